"""The keeper: what was kept for a term goes when it is over: rejected messages, what disclosures admit."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Final

from events import schema
from events.keyring import Keyring
from events.log import Connection, purge_rejections, today
from events.log.admissions import purge_admissions
from services.rounds import Rounds
from services.servers import Servers, connect

SERVICE: Final = "keeper"
ROLE: Final = "bagalau_destroyer"

_PURGE_SECONDS: Final = 3600.0

_log = logging.getLogger("bagalau.keeper")


async def run(
    servers: Servers,
    _keyring: Keyring | None,
    stop: asyncio.Event,
    *,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Purges what is past its term, at the start and every hour, until `stop` is set; it opens nothing.

    Raises SchemaError for a database of another release.
    """
    keeper = _Keeper()
    rounds = Rounds(SERVICE, partial(_connected, servers), keeper.detail, keeper.purge, every=_PURGE_SECONDS)
    await rounds.run(stop, ready)


class _Keeper:
    """Purges, and counts what it purged."""

    def __init__(self) -> None:
        self._purged = 0

    def detail(self) -> dict[str, int]:
        return {"purged": self._purged}

    def purge(self, conn: Connection) -> None:
        with conn.transaction():
            purged = purge_rejections(conn, today(conn))
            purge_admissions(conn)
        self._purged += purged
        if purged:
            _log.info("%d rejections whose term is over were purged", purged)


def _connected(servers: Servers) -> Connection:
    conn = connect(servers, ROLE, autocommit=True, application_name="bagalau-keeper")
    schema.check(conn)
    return conn
