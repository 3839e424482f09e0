"""The projector's process: keeps the live projections up to the ledgers, which several projectors share."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event as Flag
from typing import Any, Final

import nats
import nats.errors
import psycopg
from nats.aio.client import Client

from events import schema as ledgers_schema
from events.envelope import AGENCY
from events.keyring import Keyring
from events.log import Connection, heads
from projections import holding
from projections import schema as projections_schema
from projections.live import BATCH, Advanced, Live
from projections.rebuild import claims
from projections.rebuild.generations import RebuildError
from services import streams
from services.folding_process import Crew
from services.heartbeat import BEAT_SECONDS, beat, leave, new_instance
from services.servers import Servers, admission, connect

SERVICE: Final = "projector"
PROJECTOR: Final = "bagalau_projector"

_POLL_SECONDS = 0.2
_CONTROL_SECONDS = BEAT_SECONDS
_LONGEST_DELAY = 10.0

_log = logging.getLogger("bagalau.projector")


async def run(
    servers: Servers,
    keyring: Keyring,
    stop: asyncio.Event,
    *,
    ready: Callable[[], None] = lambda: None,
    advanced: Callable[[Advanced], None] = lambda _: None,
    batch: int = BATCH,
    keyring_file: Path | None = None,
) -> None:
    """Serves until `stop` is set, then finishes the batch in hand; `ready` is called once it serves.

    `advanced` is told of each transaction once it is committed. NATS only makes it quicker: without, the
    heads are polled five times a second. With `keyring_file` it takes part in rebuilds, in a process of its
    own that opens the keyring there. Raises SchemaError for a database that this release does not fit.
    """
    await asyncio.to_thread(_check, servers)
    loop = asyncio.get_running_loop()
    served = asyncio.Event()
    worker = Worker(
        servers,
        lambda: Live(keyring, batch=batch),
        advanced=advanced,
        served=lambda: loop.call_soon_threadsafe(served.set),
        aside=Crew(servers, keyring_file, 1, aside=True) if keyring_file else None,
    )
    working = asyncio.create_task(asyncio.to_thread(worker.run))
    over = asyncio.Event()
    listening = asyncio.create_task(_listen(servers.nats_url, worker.wake, over))
    stopped = asyncio.create_task(stop.wait())
    serving = asyncio.create_task(served.wait())
    try:
        await asyncio.wait((working, stopped, serving), return_when=asyncio.FIRST_COMPLETED)
        if served.is_set() and not stop.is_set():
            ready()
        await asyncio.wait((working, stopped), return_when=asyncio.FIRST_COMPLETED)
    finally:
        worker.stop()
        over.set()
        for task in (listening, stopped, serving):
            task.cancel()
        await asyncio.gather(listening, stopped, serving, return_exceptions=True)
        await working


class Worker:
    """Does the work, in a thread of its own: psycopg waits, and folding keeps a core busy.

    `failing` says of ledgers that stand still why they do.
    """

    def __init__(
        self,
        servers: Servers,
        driver: Callable[[], Live],
        *,
        advanced: Callable[[Advanced], None],
        served: Callable[[], object],
        aside: Crew | None = None,
    ) -> None:
        self.failing: dict[str, str] = {}
        self._served = served
        self._servers = servers
        self._driver = driver
        self._advanced = advanced
        self._aside = aside
        self._stopping = Flag()
        self._woken = Flag()
        self._instance = new_instance()
        self._known: set[str] = set()
        self._held: dict[str, None] = {}
        self._live = driver()
        self._control_at = 0.0
        self._again_at: dict[str, tuple[float, float]] = {}

    def wake(self) -> None:
        """Makes the worker look at the heads at once."""
        self._woken.set()

    def stop(self) -> None:
        """Lets the worker end after the transaction in hand."""
        self._stopping.set()
        self._woken.set()

    def run(self) -> None:
        """Projects until it is stopped, on one connection after another."""
        try:
            self._run()
        finally:
            if self._aside is not None:
                self._aside.stop()

    def _run(self) -> None:
        delay = _POLL_SECONDS
        while not self._stopping.is_set():
            try:
                with connect(
                    self._servers, PROJECTOR, autocommit=True, application_name=f"bagalau-{SERVICE}"
                ) as conn:
                    self._begin(conn)
                    delay = _POLL_SECONDS
                    self._serve(conn)
                    leave(conn, SERVICE, self._instance)
            except (psycopg.OperationalError, OSError) as error:
                # The session's locks went with it, and others may have moved the marks since.
                if delay == _POLL_SECONDS:
                    _log.warning("PostgreSQL is away: %s", type(error).__name__)
                self._stopping.wait(delay)
                delay = min(2 * delay, _LONGEST_DELAY)

    def _begin(self, conn: Connection) -> None:
        self._held.clear()
        self._live = self._driver()
        self._control_at = 0.0
        holding.be_present(conn)

    def _serve(self, conn: Connection) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            if time.monotonic() >= self._control_at:
                self._share(conn)
                self._take_part(conn)
                self._control_at = time.monotonic() + _CONTROL_SECONDS
            moved = self._round(conn)
            self._served()
            if not moved:
                self._woken.wait(_POLL_SECONDS)

    def _share(self, conn: Connection) -> None:
        """Takes ledgers that nobody holds, up to a fair share, and gives up what is above it."""
        ledgers = [head.ledger for head in heads(conn)]
        self._known = set(ledgers)
        share = -(-len(ledgers) // max(holding.count_present(conn), 1))
        for ledger in list(self._held)[share:]:
            holding.let_go(conn, ledger)
            self._forget(ledger)
        for ledger in ledgers:
            if len(self._held) >= share:
                break
            if ledger not in self._held and holding.hold(conn, ledger):
                self._held[ledger] = None
        beat(conn, SERVICE, self._instance, self._detail())

    def _take_part(self, conn: Connection) -> None:
        """Has a process of its own fold ledgers of rebuilds, so that what is live does not wait for them."""
        if self._aside is None or not claims.is_there_work(conn):
            return
        try:
            self._aside.tend()
        except RebuildError as error:
            _log.error("rebuilds are left to others: %s", error.code)
            self._aside = None

    def _round(self, conn: Connection) -> bool:
        """One transaction for each held ledger that is behind; whether any moved."""
        self._live.look(conn)
        sizes = {head.ledger: head.size for head in heads(conn)}
        if AGENCY not in sizes:
            return False
        if sizes.keys() != self._known:
            self._control_at = 0.0  # a body that joined is not kept waiting
        level = [ledger for ledger in self._held if self._is_level(ledger, sizes)]
        marks = [self._live.mark(ledger) for ledger in level]
        if any(mark is not None and mark.agency_seq < sizes[AGENCY] for mark in marks):
            self._tried(AGENCY, lambda: self._live.follow_agency(conn, level))
        moved = False
        for ledger in [one for one in self._held if not self._is_level(one, sizes)]:
            if self._stopping.is_set():
                break
            moved |= self._tried(ledger, lambda: self._advance(conn, ledger))  # noqa: B023 - called at once
        return moved

    def _is_level(self, ledger: str, sizes: dict[str, int]) -> bool:
        mark = self._live.mark(ledger)
        return (
            mark is not None
            and mark.seq == sizes.get(ledger)
            and mark.agency_seq >= self._live.law_changed_at
        )

    def _tried(self, ledger: str, work: Callable[[], None]) -> bool:
        """Whether the work was done; what failed lately is left for a while, and stops no other ledger."""
        if time.monotonic() < self._again_at.get(ledger, (0.0, 0.0))[0]:
            return False
        try:
            work()
        except psycopg.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - a ledger that stands still is seen
            self._fails(ledger, error)
            return False
        self.failing.pop(ledger, None)
        self._again_at.pop(ledger, None)
        return True

    def _advance(self, conn: Connection, ledger: str) -> None:
        done = self._live.advance(conn, ledger)
        if done.parked:
            _log.warning("%s: %d documents are parked; see `bagalau doctor`", ledger, done.parked)
        self._advanced(done)

    def _fails(self, ledger: str, error: Exception) -> None:
        # A message may quote what a document says; the type and the code tell enough.
        code = getattr(error, "sqlstate", None) or getattr(error, "code", None)
        self.failing[ledger] = type(error).__name__ + (f" ({code})" if code else "")
        _, delay = self._again_at.get(ledger, (0.0, _POLL_SECONDS))
        self._again_at[ledger] = time.monotonic() + delay, min(2 * delay, _LONGEST_DELAY)
        _log.error("%s: %s", ledger, self.failing[ledger])
        _log.debug("%s", ledger, exc_info=error)

    def _forget(self, ledger: str) -> None:
        self._held.pop(ledger, None)
        self._live.forget(ledger)
        self.failing.pop(ledger, None)
        self._again_at.pop(ledger, None)

    def _detail(self) -> dict[str, Any]:
        return {"ledgers": len(self._held), "standing": dict(self.failing)}


def _check(servers: Servers) -> None:
    with connect(servers, PROJECTOR, autocommit=True, application_name=f"bagalau-{SERVICE}") as conn:
        ledgers_schema.check(conn)
        projections_schema.check(conn)


async def _troubled(error: Exception) -> None:
    _log.debug("NATS: %s", type(error).__name__)


async def _listen(url: str, wake: Callable[[], None], over: asyncio.Event) -> None:
    """Wakes the worker at every doorbell, for as long as NATS is there, until it is over.

    To cancel it is not enough: the client swallows that while it connects.
    """

    async def rung(_: object) -> None:
        wake()

    while not over.is_set():
        client: Client | None = None
        try:
            client = await nats.connect(
                url,
                name=f"bagalau-{SERVICE}",
                max_reconnect_attempts=-1,
                error_cb=_troubled,
                **admission(url, SERVICE),
            )
            await client.subscribe(streams.all_doorbells_subject(), cb=rung)
            await over.wait()
        except (nats.errors.Error, OSError, TimeoutError) as error:
            _log.debug("no doorbell: %s", type(error).__name__)
            await asyncio.sleep(_CONTROL_SECONDS)
        finally:
            if client is not None:
                with suppress(Exception):
                    await client.close()
