"""How a revision runs the SQL that lies beside it."""

from pathlib import Path

from alembic import op


def run_beside(revision_file: str) -> None:
    """Executes the `.sql` file of the same name, in the migration's transaction."""
    connection = op.get_bind().connection.driver_connection
    assert connection is not None
    # The driver itself, without parameters: SQLAlchemy would read `%` and `:` in the statements as its own.
    connection.execute(Path(revision_file).with_suffix(".sql").read_text("utf-8"))
