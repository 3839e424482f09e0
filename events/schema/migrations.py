"""The migrations of one schema of the database: bringing it up, and saying where it stands."""

from pathlib import Path
from typing import Any, Final

import msgspec
import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql
from psycopg.rows import TupleRow
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

_ENVIRONMENT: Final = Path(__file__).parent


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
        engine = create_engine(
            "postgresql+psycopg://", creator=lambda: psycopg.connect(conninfo), poolclass=NullPool
        )
        with engine.begin() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("SELECT pg_advisory_xact_lock(%s)", [self.lock])
            driver.execute(self.prepare)
            driver.execute("SET LOCAL ROLE bagalau_owner")
            command.upgrade(self._config(connection=connection), revision)

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

    def latest(self) -> str:
        """The revision that this release needs."""
        head = ScriptDirectory.from_config(self._config()).get_current_head()
        assert head is not None
        return head

    def check(self, conn: psycopg.Connection[TupleRow]) -> None:
        """Returns when the database is at this release's revision, else raises SchemaError."""
        found, needed = self.current(conn), self.latest()
        if found == needed:
            return
        if found is None:
            raise SchemaError(
                "schema-missing", f"there is no schema {self.schema} yet: `bagalau migrate` makes it"
            )
        scripts = ScriptDirectory.from_config(self._config())
        if any(script.revision == found for script in scripts.walk_revisions()):
            raise SchemaError(
                "schema-behind",
                f"{self.schema} is at {found}, not yet at {needed}: `bagalau migrate` brings it there",
            )
        raise SchemaError(
            "schema-ahead", f"{self.schema} is at {found}, which a newer release made: upgrade this one"
        )

    def _config(self, **attributes: Any) -> Config:
        config = Config(attributes={"schema": self.schema, **attributes})
        config.set_main_option("script_location", _escaped(_ENVIRONMENT))
        config.set_main_option("version_locations", _escaped(self.versions))
        config.set_main_option("path_separator", "os")
        return config


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")
