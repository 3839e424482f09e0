"""The migrations of one schema of the database: bringing it up, and saying where it stands."""

from pathlib import Path

import msgspec
import psycopg
from psycopg import sql
from psycopg.rows import TupleRow


class SchemaError(Exception):
    """A database that this release does not work with; `code` is stable.

    `schema-missing`, `schema-behind` (migrate it), `schema-ahead` (a newer release migrated it).
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Migrations(msgspec.Struct, frozen=True):
    """The revisions in a folder for a schema; `prepare` is SQL that comes first, under the caller's rights.

    `lock` is any number that is the same in every release and another for every schema.
    """

    schema: str
    versions: Path
    prepare: str
    lock: int

    def migrate(self, conninfo: str, revision: str = "head") -> None:
        """Brings the database to `revision`, in one transaction; several may call it at once."""
        # Loading Alembic takes as long as all else that a command which only reads has to load.
        from events.schema.upgrading import upgrade  # noqa: PLC0415

        upgrade(
            conninfo,
            revision,
            schema=self.schema,
            versions=self.versions,
            prepare=self.prepare,
            lock=self.lock,
        )

    def current(self, conn: psycopg.Connection[TupleRow]) -> str | None:
        """The revision that the database is at; None when it has never been migrated."""
        table = sql.Identifier(self.schema, "alembic_version")
        row = conn.execute(
            "SELECT to_regclass(%s) IS NOT NULL", [f"{self.schema}.alembic_version"]
        ).fetchone()
        if row is None or not row[0]:
            return None
        found = conn.execute(sql.SQL("SELECT version_num FROM {}").format(table)).fetchone()
        return None if found is None else str(found[0])

    def revisions(self) -> list[str]:
        """Every revision of this release in order, by the names of its files."""
        return sorted(path.stem[1:].partition("_")[0] for path in self.versions.glob("v[0-9]*.py"))

    def latest(self) -> str:
        """The revision that this release needs."""
        return self.revisions()[-1]

    def check(self, conn: psycopg.Connection[TupleRow]) -> None:
        """Returns when the database is at this release's revision, else raises SchemaError."""
        found, known = self.current(conn), self.revisions()
        needed = known[-1]
        if found == needed:
            return
        if found is None:
            raise SchemaError(
                "schema-missing", f"there is no schema {self.schema} yet: `bagalau migrate` makes it"
            )
        if found in known:
            raise SchemaError(
                "schema-behind",
                f"{self.schema} is at {found}, not yet at {needed}: `bagalau migrate` brings it there",
            )
        raise SchemaError(
            "schema-ahead", f"{self.schema} is at {found}, which a newer release made: upgrade this one"
        )
