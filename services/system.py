"""All services together: a prepared database, its keyring, and each process's task."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from events import schema as ledger_schema
from events.keyring import Keyring
from events.log import Connection
from projections import schema as result_schema
from services import grants, keeper, projector, relay, witness
from services.clock import service as clock
from services.intake import service as intake
from services.keys import check, claim, is_claimed, keyring_path, open_keyring
from services.migrating import migrate
from services.servers import Servers, connect, reach, remember, supervise
from services.viewers.first import first_viewer

Runner = Callable[[Servers, Keyring, asyncio.Event, Callable[[], None]], Awaitable[None]]


def services(home: Path) -> Mapping[str, Runner]:
    """What can be served, by name; each runs until its event is set."""
    return {
        "intake": lambda servers, keyring, stop, ready: intake.run(servers, keyring, stop, ready=ready),
        "projector": lambda servers, keyring, stop, ready: projector.run(
            servers, keyring, stop, ready=ready, keyring_file=keyring_path(home)
        ),
        "relay": lambda servers, keyring, stop, ready: relay.run(servers, keyring, stop, ready=ready),
        "witness": lambda servers, keyring, stop, ready: witness.run(
            servers, keyring, stop, home=home, ready=ready
        ),
        "keeper": lambda servers, keyring, stop, ready: keeper.run(servers, keyring, stop, ready=ready),
        "clock": lambda servers, keyring, stop, ready: clock.run(servers, keyring, stop, ready=ready),
    }


SERVICES: Final = ("intake", "projector", "relay", "witness", "keeper", "clock")

_WRITER = "bagalau_writer"
_ROLES: Final = {
    "intake": _WRITER,
    "projector": projector.PROJECTOR,
    "relay": relay.ROLE,
    "witness": witness.ROLE,
    "keeper": keeper.ROLE,
    "clock": clock.ROLE,
}
_NATS_SECONDS = 10.0


def supervisor(home: Path) -> Runner:
    """Runs beside services, and starts embedded servers of the home again when they end."""

    async def run(_: Servers, __: Keyring, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        ready()
        await supervise(home, stop)

    return run


def prepare(home: Path, servers: Servers, names: Collection[str] = SERVICES) -> Keyring:
    """Sees that the database and its keyring are fit for these services, and opens the keyring.

    With the migrator's URL, or embedded, the database is migrated, and the keyring made where nothing was
    sealed yet; with logins alone it is looked at as each of them may. Keeps in the home which servers were
    given. Not for a running event loop. Raises ServersError (`nats-failed`, `grants-differ`,
    `role-url-missing`), SchemaError and KeyringError (`keyring-missing`, `keyring-wrong` and others).
    """
    asyncio.run(_answers(servers.nats_url))
    if servers.migrates:
        migrate(servers)
    remember(home)
    path = keyring_path(home)
    roles = [_WRITER] if servers.migrates else sorted({_ROLES[name] for name in names})
    # Whoever writes comes first: where nothing was sealed yet he makes the keyring that the others look for.
    for role in sorted(roles, key=lambda role: role != _WRITER):
        with connect(servers, role, autocommit=True) as conn:
            ring = _fit(conn, role, path)
            if role == _WRITER and servers.embedded:
                first_viewer(conn, ring, home)
    return ring


def _fit(conn: Connection, role: str, path: Path) -> Keyring:
    ledger_schema.check(conn)
    if role != _WRITER:
        # He has nothing to do with results, and may not so much as look at their schema.
        result_schema.check(conn)
    grants.check(conn)
    if role != _WRITER:
        ring = open_keyring(path)
        check(conn, ring, path)
        return ring
    ring = open_keyring(path, make=not is_claimed(conn) and not _holds_events(conn))
    claim(conn, ring, path)
    return ring


async def _answers(url: str) -> None:
    # The services wait for NATS for ever, and a wrong address would be waited for without a word.
    await (await reach(url, _NATS_SECONDS)).close()


def _holds_events(conn: Connection) -> bool:
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
    """Sets `stop` on SIGTERM and SIGINT, so that batches in hand are finished.

    The handlers outlive the loop: a signal that comes while servers are being stopped changes nothing.
    """
    loop = asyncio.get_running_loop()

    def end(*_: object) -> None:
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(stop.set)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
