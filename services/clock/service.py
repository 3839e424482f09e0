"""The clock's process: a pass at the start, when ledgers grew, and when the day changes."""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from threading import Event as Flag
from typing import Any, Final, NamedTuple

import psycopg

from events import schema
from events.keyring import Keyring
from events.log import Connection, Head, Log, heads, today
from services.clock.passing import Clock, Passed
from services.rounds import Rounds
from services.servers import Servers, check_durability, connect

SERVICE: Final = "clock"
ROLE: Final = "bagalau_writer"

_LOOK_SECONDS = 1.0
_QUIET_SECONDS = 3.0
"""A ledger is left alone while its body is in the middle of telling something, as the sheets it issued."""

_LONGEST_WAIT = 300.0
"""But not for longer, in seconds; nor is one that failed."""

_AGAIN_SECONDS = 15.0
_LONGEST_DELAY = 10.0

_LOCK: Final = (0x6261_6763, 0)

_log = logging.getLogger("bagalau.clock")


async def run(
    servers: Servers,
    keyring: Keyring,
    stop: asyncio.Event,
    *,
    ready: Callable[[], None] = lambda: None,
    passed: Callable[[Passed], None] = lambda _: None,
    day: Callable[[Connection], date] = today,
) -> None:
    """Serves until `stop` is set; of several clocks one works and the others stand by.

    `passed` is told of each pass. The day is Almaty's by the server's clock. Raises ServersError
    `server-not-durable`, and SchemaError for a database of another release.
    """
    worker = Worker(servers, Log(keyring), passed=passed, day=day)
    await asyncio.to_thread(_check, servers)
    ready()
    ended = asyncio.Event()
    # On a connection of its own: the first pass over large ledgers takes longer than one may be silent.
    beats = Rounds(SERVICE, partial(_connected, servers), lambda: worker.detail)
    tasks = [
        asyncio.create_task(asyncio.to_thread(worker.run)),
        asyncio.create_task(beats.run(ended)),
    ]
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((*tasks, stopped), return_when=asyncio.FIRST_COMPLETED)
    finally:
        worker.stop()
        ended.set()
        stopped.cancel()
        await asyncio.gather(stopped, return_exceptions=True)
        await asyncio.gather(*tasks)


class Worker:
    """Does the work, in a thread of its own; `detail` tells how it fares."""

    def __init__(
        self,
        servers: Servers,
        log: Log,
        *,
        passed: Callable[[Passed], None],
        day: Callable[[Connection], date],
    ) -> None:
        self.detail: dict[str, Any] = {"standby": True}
        self._servers = servers
        self._clock = Clock(log)
        self._passed = passed
        self._today = day
        self._stopping = Flag()
        self._day: date | None = None
        self._growing = Growing()

    @property
    def stopping(self) -> bool:
        """Whether it is to end."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Lets the worker end after the transaction in hand."""
        self._stopping.set()

    def run(self) -> None:
        """Works until it is stopped, on one connection after another."""
        delay = _LOOK_SECONDS
        while not self.stopping:
            try:
                with _connected(self._servers) as conn:
                    self._stand_by(conn)
                    delay = _LOOK_SECONDS
                    while not self.stopping:
                        self._look(conn)
                        self._stopping.wait(_LOOK_SECONDS)
            except (psycopg.OperationalError, OSError) as error:
                # The session's lock went with it; what was read is of what was committed, and stays.
                if delay == _LOOK_SECONDS:
                    _log.warning("PostgreSQL is away: %s", type(error).__name__)
                self.detail = {"standby": True}
                self._day = None
                self._stopping.wait(delay)
                delay = min(2 * delay, _LONGEST_DELAY)

    def _stand_by(self, conn: Connection) -> None:
        while not self.stopping and not _locked(conn):
            self.detail = {"standby": True}
            self._stopping.wait(_LOOK_SECONDS)

    def _look(self, conn: Connection) -> None:
        day = self._today(conn)
        found = heads(conn)
        behind = [head for head in found if not self._clock.is_level(head)]
        busy = self._growing.busy(behind, time.monotonic())
        if day == self._day and not any(head.ledger not in busy for head in behind):
            return
        self._pass(conn, day, busy)

    def _pass(self, conn: Connection, day: date, busy: set[str]) -> None:
        try:
            done = self._clock.pass_over(conn, day, busy, lambda: self.stopping)
        except psycopg.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - one that cannot go on is seen, and tries again
            # A message may quote what a document says; the type and the code tell enough.
            why = " ".join(filter(None, [type(error).__name__, getattr(error, "code", None)]))
            _log.error("no pass: %s", why)
            self.detail = {"standing": {"agency": why}}
            self._stopping.wait(_AGAIN_SECONDS)
            return
        self._day = day
        for ledger, why in done.failing.items():
            _log.error("%s: %s", ledger, why)
        self._growing.put_off(done.failing, time.monotonic())
        if done.count:
            _log.info("%s: %d events recorded", day, done.count)
        self.detail = {
            "ledgers": len(self._clock.held),
            "standing": dict(done.failing),
            "day": day.isoformat(),
            "left_out": done.failed,
            "unnamed": done.unnamed,
        }
        self._passed(done)


class _Grown(NamedTuple):
    """The size of a ledger that is behind, when it last grew, and since when it is behind."""

    size: int
    at: float
    since: float


class Growing:
    """Which of the ledgers that are behind are left for a later look."""

    def __init__(self) -> None:
        self._seen: dict[str, _Grown] | None = None
        self._again_at: dict[str, float] = {}

    def busy(self, behind: Iterable[Head], now: float) -> set[str]:
        """Those that grew a moment ago, but for those that have been growing for long, and those put off.

        `now` is in seconds of a clock that never goes back.
        """
        seen: dict[str, _Grown] = {}
        for head in behind:
            before = self._seen.get(head.ledger) if self._seen is not None else None
            if before is not None:
                grown_at = before.at if before.size == head.size else now
                seen[head.ledger] = _Grown(head.size, grown_at, before.since)
            else:
                # What was there before the first look may have come long ago.
                grown_at = -math.inf if self._seen is None else now
                seen[head.ledger] = _Grown(head.size, grown_at, now)
        self._seen = seen
        growing = {
            ledger
            for ledger, one in seen.items()
            if now - one.at < _QUIET_SECONDS and now - one.since < _LONGEST_WAIT
        }
        return growing | {ledger for ledger, at in self._again_at.items() if now < at}

    def put_off(self, failing: Iterable[str], now: float) -> None:
        """Leaves those that failed for a while."""
        self._again_at = {ledger: at for ledger, at in self._again_at.items() if at > now}
        self._again_at |= dict.fromkeys(failing, now + _AGAIN_SECONDS)


def _check(servers: Servers) -> None:
    with _connected(servers) as conn:
        check_durability(conn)
        schema.check(conn)


def _connected(servers: Servers) -> Connection:
    return connect(servers, ROLE, autocommit=True, application_name=f"bagalau-{SERVICE}")


def _locked(conn: Connection) -> bool:
    row = conn.execute("SELECT pg_try_advisory_lock(%s, %s)", _LOCK).fetchone()
    return bool(row and row[0])
