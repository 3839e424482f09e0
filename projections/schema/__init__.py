"""The schema of what is derived: its migrations, and whether a database is where this release needs it."""

from pathlib import Path
from typing import Final

import psycopg
from psycopg.rows import TupleRow

from events.schema.migrations import Migrations, SchemaError

SCHEMA: Final = "projection"
_MIGRATIONS: Final = Migrations(
    schema=SCHEMA,
    versions=Path(__file__).parent / "versions",
    prepare="CREATE SCHEMA IF NOT EXISTS projection AUTHORIZATION bagalau_owner",
    lock=0x6261_6761_6C61_7502,
)


def migrate(conninfo: str, revision: str = "head") -> None:
    """Brings the database to `revision`, in one transaction; several may call it at once.

    The ledgers' schema comes first: the roles are made there. Needs what that migration needs.
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
