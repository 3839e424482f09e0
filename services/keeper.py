"""The keeper: what was kept for a term goes when the term is over; so far, rejected messages."""

import asyncio
import logging
import math
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import psycopg

from events import schema
from events.keyring import Keyring
from events.log import Connection, purge_rejections, today
from services.heartbeat import BEAT_SECONDS, beat, leave, new_instance
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
    keeper = _Keeper(servers)
    await asyncio.to_thread(keeper.connect)
    ready()
    try:
        while not stop.is_set():
            await asyncio.to_thread(keeper.look)
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_SECONDS):
                    await stop.wait()
        await asyncio.to_thread(keeper.end)
    finally:
        keeper.close()


class _Keeper:
    """Purges over one connection after another."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._instance = new_instance()
        self._conn: Connection | None = None
        self._purged_at = -math.inf
        self._purged = 0

    def connect(self) -> Connection:
        if self._conn is None or self._conn.closed:
            self._conn = _connected(self._servers)
        return self._conn

    def look(self) -> None:
        """Beats, and purges when it is time; PostgreSQL may be away."""
        away = self._conn is None
        try:
            conn = self.connect()
            if time.monotonic() - self._purged_at >= _PURGE_SECONDS:
                self._purge(conn)
                self._purged_at = time.monotonic()
            beat(conn, SERVICE, self._instance, {"purged": self._purged})
        except psycopg.Error as error:
            if not away:
                _log.warning("rejections are not purged for now: %s", type(error).__name__)
            self.close()

    def end(self) -> None:
        """Says goodbye."""
        with suppress(psycopg.Error):
            leave(self.connect(), SERVICE, self._instance)

    def close(self) -> None:
        if self._conn is not None:
            self._conn.close()
            self._conn = None

    def _purge(self, conn: Connection) -> None:
        with conn.transaction():
            purged = purge_rejections(conn, today(conn))
        self._purged += purged
        if purged:
            _log.info("%d rejections whose term is over were purged", purged)


def _connected(servers: Servers) -> Connection:
    conn = connect(servers, ROLE, autocommit=True, application_name="bagalau-keeper")
    schema.check(conn)
    return conn
