"""The schema of the ledgers: its migrations, and whether a database stands where this release needs it."""

from pathlib import Path
from typing import Final

import psycopg
from psycopg.rows import TupleRow

from events.schema.migrations import Migrations, SchemaError

SCHEMA: Final = "ledger"
_HERE: Final = Path(__file__).parent
_MIGRATIONS: Final = Migrations(
    schema=SCHEMA,
    versions=_HERE / "versions",
    prepare=(_HERE / "roles.sql").read_text("utf-8"),
    lock=0x6261_6761_6C61_7501,
)


def migrate(conninfo: str, revision: str = "head") -> None:
    """Brings the database to `revision`, in one transaction; several may call it at once.

    Needs a superuser, or a role that may create roles and schemas in the database.
    """
    _MIGRATIONS.migrate(conninfo, revision)


def current(conninfo: str) -> str | None:
    """The revision that the database is at; None when it has never been migrated."""
    with psycopg.connect(conninfo) as conn:
        return _MIGRATIONS.current(conn)


def latest() -> str:
    """The revision that this release needs."""
    return _MIGRATIONS.latest()


def check(conn: psycopg.Connection[TupleRow]) -> None:
    """Returns when the database is at this release's revision, else raises SchemaError."""
    _MIGRATIONS.check(conn)


__all__ = ["SCHEMA", "SchemaError", "check", "current", "latest", "migrate"]
