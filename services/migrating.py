"""Bringing the database to this release's schema, under the login that may."""

import msgspec

from events import schema as ledger_schema
from projections import schema as result_schema
from services.servers import Servers, conninfo

_SCHEMAS = (ledger_schema, result_schema)


class Migrated(msgspec.Struct, frozen=True):
    """Where a schema stood, None where it was not there, and where it stands now."""

    schema: str
    before: str | None
    after: str


def migrate(servers: Servers) -> tuple[Migrated, ...]:
    """Brings both schemas to this release; what stands there already stays, and several may call it at once.

    Raises ServersError `migrator-url-missing`, and psycopg.Error.
    """
    url = conninfo(servers)
    done: list[Migrated] = []
    for one in _SCHEMAS:
        before = one.current(url)
        one.migrate(url)
        done.append(Migrated(one.SCHEMA, before, one.latest()))
    return tuple(done)
