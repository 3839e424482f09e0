"""A rebuild may take documents out of dossiers in which they have no place."""

from events.schema.script import run_beside

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_beside(__file__)
