"""The schema of what is derived: its migrations, and whether a database is where this release needs it."""

from pathlib import Path
from typing import Any, Final

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg.rows import TupleRow
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

import events.schema as ledgers
from events.schema import SchemaError

SCHEMA: Final = "projection"
_HERE: Final = Path(__file__).parent
# Any number does, as long as it is every release's and not the ledgers'.
_LOCK: Final = 0x6261_6761_6C61_7502


def migrate(conninfo: str, revision: str = "head") -> None:
    """Brings the database to `revision`, in one transaction; several may call it at once.

    The ledgers' schema comes first: the roles are made there. Needs what that migration needs.
    """
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(conninfo), poolclass=NullPool
    )
    with engine.begin() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        driver.execute("CREATE SCHEMA IF NOT EXISTS projection AUTHORIZATION bagalau_owner")
        driver.execute("SET LOCAL ROLE bagalau_owner")
        command.upgrade(_config(connection=connection), revision)


def current(conninfo: str) -> str | None:
    """The revision that the database is at; None when it has never been migrated."""
    with psycopg.connect(conninfo) as conn:
        return _current(conn)


def latest() -> str:
    """The revision that this release needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def check(conn: psycopg.Connection[TupleRow]) -> None:
    """Returns when the database is at this release's revision, else raises SchemaError."""
    found, needed = _current(conn), latest()
    if found == needed:
        return
    if found is None:
        raise SchemaError("schema-missing", "the database has no projections yet: migrate it")
    scripts = ScriptDirectory.from_config(_config())
    if any(script.revision == found for script in scripts.walk_revisions()):
        raise SchemaError(
            "schema-behind", f"the projections are at {found}, this release needs {needed}: migrate them"
        )
    raise SchemaError(
        "schema-ahead", f"the projections are at {found}, which a newer release made: upgrade this one"
    )


def _current(conn: psycopg.Connection[TupleRow]) -> str | None:
    row = conn.execute("SELECT to_regclass('projection.alembic_version') IS NOT NULL").fetchone()
    if row is None or not row[0]:
        return None
    found = conn.execute("SELECT version_num FROM projection.alembic_version").fetchone()
    return None if found is None else str(found[0])


def _config(**attributes: Any) -> Config:
    config = Config(attributes={"schema": SCHEMA, **attributes})
    # The ledgers' environment runs these revisions too; only where they lie differs.
    config.set_main_option("script_location", _escaped(Path(ledgers.__file__).parent))
    config.set_main_option("version_locations", _escaped(_HERE / "versions"))
    config.set_main_option("path_separator", "os")
    return config


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")
