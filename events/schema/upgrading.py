"""Running migrations, by Alembic."""

from pathlib import Path
from typing import Final

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

_ENVIRONMENT: Final = Path(__file__).parent


def upgrade(conninfo: str, revision: str, *, schema: str, versions: Path, prepare: str, lock: int) -> None:
    """Brings the database to `revision`, in one transaction; several may call it at once."""
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(conninfo), poolclass=NullPool
    )
    with engine.begin() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
        driver.execute(prepare)
        driver.execute("SET LOCAL ROLE bagalau_owner")
        command.upgrade(config(schema, versions, connection), revision)


def config(schema: str, versions: Path, connection: Connection | None = None) -> Config:
    """What Alembic is told: whose revisions lie where, and the connection that they run on."""
    made = Config(attributes={"schema": schema, "connection": connection})
    made.set_main_option("script_location", _escaped(_ENVIRONMENT))
    made.set_main_option("version_locations", _escaped(versions))
    made.set_main_option("path_separator", "os")
    return made


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")
