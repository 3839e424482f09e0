"""The clock's process: it follows the ledgers and the days, one at a time, and outlives its server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest

from events.log import Connection, Head, Log
from events.wire import read_fact
from services.clock import service
from services.clock.passing import Passed
from services.clock.service import Growing
from services.heartbeat import Heartbeat, heartbeats
from services.servers import Servers, connect
from tests import ledgers
from tests.facts import BODY, adopted, appointed, ref
from tests.services.clock.world import graded

pytestmark = pytest.mark.servers

APRIL = date(2026, 4, 1)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(service, "_QUIET_SECONDS", 0.1)


@asynccontextmanager
async def serving(servers: Servers, log: Log, **options: Any) -> AsyncIterator[list[Passed]]:
    stop, ready, passed = asyncio.Event(), asyncio.Event(), list[Passed]()
    options.setdefault("day", lambda _: APRIL)
    task = asyncio.create_task(
        service.run(servers, log.keyring, stop, ready=ready.set, passed=passed.append, **options)
    )
    try:
        await asyncio.wait_for(ready.wait(), 20)
        yield passed
    finally:
        stop.set()
        await task


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - another thread's doing is waited for
            await asyncio.sleep(0.02)


def tell(conn: Connection, log: Log, *lines: bytes) -> None:
    ledgers.record(conn, log, [read_fact(line) for line in lines])


def beats(conn: Connection) -> list[Heartbeat]:
    return [one for one in heartbeats(conn) if one.service == "clock"]


def total(passed: list[Passed]) -> int:
    return sum(one.count for one in passed)


async def test_it_passes_at_the_start_says_how_it_fares_and_leaves(
    own_servers: Servers, conn: Connection, log: Log
) -> None:
    tell(conn, log, adopted("zhanakorgan-2026"), appointed())
    async with serving(own_servers, log) as passed:
        await until(lambda: passed and any(beat.detail.get("day") == "2026-04-01" for beat in beats(conn)))
        assert passed[0].recorded == {BODY: {"SheetIssued": 1, "TermsMarked": 1}}
        (one,) = beats(conn)
        assert one.detail["ledgers"] == 1
        assert one.detail["standing"] == {}
    assert beats(conn) == []


async def test_it_follows_what_bodies_report(own_servers: Servers, conn: Connection, log: Log) -> None:
    tell(conn, log, adopted("zhanakorgan-2026"), appointed())
    async with serving(own_servers, log) as passed:
        await until(lambda: total(passed) == 2)
        tell(conn, log, *graded(ref(), "2026-04-01"))
        await until(lambda: total(passed) == 3)


async def test_it_follows_the_days(own_servers: Servers, conn: Connection, log: Log) -> None:
    tell(conn, log, adopted("zhanakorgan-2026"), appointed())
    day = date(2026, 3, 31)
    async with serving(own_servers, log, day=lambda _: day) as passed:
        await until(lambda: passed)
        assert total(passed) == 0
        day = APRIL
        await until(lambda: total(passed) == 2)
        assert len(passed) == 2


async def test_of_two_one_works_and_the_other_takes_over(
    own_servers: Servers, conn: Connection, log: Log
) -> None:
    async with AsyncExitStack() as first, AsyncExitStack() as second:
        working = await first.enter_async_context(serving(own_servers, log))
        await until(lambda: working)
        standing_by = await second.enter_async_context(serving(own_servers, log))
        await until(lambda: any(beat.detail.get("standby") for beat in beats(conn)))
        tell(conn, log, adopted("zhanakorgan-2026"), appointed())
        await until(lambda: total(working) == 2)
        assert standing_by == []

        await first.aclose()
        tell(conn, log, *graded(ref(), "2026-04-01"))
        await until(lambda: total(standing_by) == 1)


async def test_a_session_that_is_cut_gives_way_and_comes_back(
    own_servers: Servers, conn: Connection, log: Log
) -> None:
    async with serving(own_servers, log) as passed:
        await until(lambda: passed)
        with connect(own_servers, autocommit=True) as owner:
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'bagalau-clock' AND datname = current_database()"
            )
        tell(conn, log, adopted("zhanakorgan-2026"), appointed())
        await until(lambda: total(passed) == 2)
        await until(lambda: beats(conn))


def head(size: int, ledger: str = BODY) -> Head:
    return Head(ledger, size, b"", datetime(2026, 4, 1, tzinfo=UTC))


def test_what_is_there_at_the_start_is_looked_at_at_once_and_what_grows_once_it_is_quiet() -> None:
    growing = Growing()

    assert growing.busy([head(5)], 100.0) == set()
    assert growing.busy([], 100.05) == set()
    assert growing.busy([head(6)], 101.0) == {BODY}
    assert growing.busy([head(7)], 101.05) == {BODY}
    assert growing.busy([head(7)], 101.1) == {BODY}
    assert growing.busy([head(7)], 101.2) == set()


def test_one_that_never_falls_quiet_is_looked_at_all_the_same() -> None:
    growing = Growing()
    growing.busy([], 0.0)

    waits = [growing.busy([head(second)], float(second)) for second in range(1, 303)]

    assert waits[0] == waits[298] == {BODY}
    assert waits[301] == set()


def test_one_that_failed_is_left_for_a_while() -> None:
    growing = Growing()
    growing.put_off([BODY], 100.0)

    assert growing.busy([head(5)], 101.0) == {BODY}
    assert growing.busy([head(5)], 116.0) == set()
