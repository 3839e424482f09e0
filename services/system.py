"""All services together: a prepared database, its keyring, and each process's task."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from events import schema as ledger_schema
from events.keyring import Keyring
from projections import schema as result_schema
from services import projector, relay, witness
from services.intake import service as intake
from services.keys import keyring_path, open_keyring
from services.servers import Servers, connect, conninfo

Runner = Callable[[Servers, Keyring, asyncio.Event, Callable[[], None]], Awaitable[None]]


def services(home: Path) -> Mapping[str, Runner]:
    """What can be served, by name; each runs until its event is set."""
    return {
        "intake": lambda servers, keyring, stop, ready: intake.run(servers, keyring, stop, ready=ready),
        "projector": lambda servers, keyring, stop, ready: projector.run(servers, keyring, stop, ready=ready),
        "relay": lambda servers, keyring, stop, ready: relay.run(servers, keyring, stop, ready=ready),
        "witness": lambda servers, keyring, stop, ready: witness.run(
            servers, keyring, stop, home=home, ready=ready
        ),
    }


SERVICES: Final = ("intake", "projector", "relay", "witness")


def prepare(home: Path, servers: Servers) -> Keyring:
    """Migrates the database and opens the keyring, which is made where nothing was sealed yet.

    Raises SchemaError and KeyringError.
    """
    migrator = conninfo(servers)
    ledger_schema.migrate(migrator)
    result_schema.migrate(migrator)
    return open_keyring(keyring_path(home), make=not _holds_events(servers))


def _holds_events(servers: Servers) -> bool:
    with connect(servers) as conn:
        row = conn.execute("SELECT EXISTS (SELECT FROM ledger.ledgers WHERE size > 0)").fetchone()
    return row is not None and bool(row[0])


async def serve(
    servers: Servers,
    keyring: Keyring,
    runners: Iterable[Runner],
    stop: asyncio.Event,
    *,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Runs the services until `stop` is set or one of them fails; `ready` is called once all serve."""
    chosen = list(runners)
    waiting = len(chosen)

    def one_more() -> None:
        nonlocal waiting
        waiting -= 1
        if waiting == 0:
            ready()

    async with asyncio.TaskGroup() as tasks:
        for runner in chosen:
            tasks.create_task(_stopping_others(runner(servers, keyring, stop, one_more), stop))


async def _stopping_others(service: Awaitable[None], stop: asyncio.Event) -> None:
    try:
        await service
    finally:
        # One that ended, well or not, takes the others along: half a system would look like a whole one.
        stop.set()


def stop_on_signals(stop: asyncio.Event) -> None:
    """Sets `stop` on SIGTERM and SIGINT, so that batches in hand are finished."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
