"""Embedded servers that end while they are used are started again."""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path

from services.servers.errors import ServersError
from services.servers.home import addresses
from services.servers.nats import EmbeddedNats
from services.servers.postgres import EmbeddedPostgres

_LOOK_SECONDS = 0.5

_log = logging.getLogger("bagalau.servers")


async def supervise(home: Path, stop: asyncio.Event) -> None:
    """Starts embedded servers of the home again, with their data and address, until `stop` is set.

    Given servers are left to those who run them. Raises ServersError when one cannot be started.
    """
    found = addresses(home)
    watched: list[tuple[str, EmbeddedPostgres | EmbeddedNats, str]] = []
    if not found.postgres_url:
        watched.append(("PostgreSQL", EmbeddedPostgres(home), EmbeddedPostgres(home).url))
    if not found.nats_url:
        watched.append(("NATS", EmbeddedNats(home), EmbeddedNats(home).url))
    while watched and not stop.is_set():
        for name, server, url in watched:
            # Several processes of a home may notice; one of them starts it.
            if server.pid() is None and await asyncio.to_thread(server.start):
                if server.url != url:
                    raise ServersError(
                        "nats-port-taken",
                        "NATS ended, and another program has taken its port.",
                        "Start `bagalau up` again.",
                    )
                _log.warning("%s ended and was started again", name)
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_SECONDS):
                await stop.wait()
