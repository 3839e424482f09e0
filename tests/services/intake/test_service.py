"""Intakes on real servers: what they found, share, take over and say of themselves."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import date
from uuid import uuid4

import psycopg
import pytest

from events.envelope import ACCEPTED, AGENCY, Event, Fact
from events.log import Log
from events.vocabulary.body import WorkCalendarDeclared
from events.vocabulary.methodology import MethodologyPublished
from services import streams
from services.founding import founding_facts
from services.heartbeat import heartbeats
from services.intake import batch, opening
from services.intake.opening import found
from services.intake.partition import LOCKS
from services.servers import Servers, connect
from tests import serving
from tests.facts import BODY, appointed, body_and_servant, id_of, registered

pytestmark = pytest.mark.servers


async def until(holds: Callable[[], bool], seconds: float = serving.PATIENCE) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what is waited for is in the servers
            await asyncio.sleep(0.05)


def holders(servers: Servers) -> dict[int, list[int]]:
    """The partitions that each session holds, by the session's process."""
    with psycopg.connect(servers.postgres_url) as conn:
        rows = conn.execute(
            "SELECT pid, objid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s"
            " AND objid < %s AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCKS, streams.PARTITIONS],
        ).fetchall()
    return {pid: [number for holder, number in rows if holder == pid] for pid, _ in rows}


def test_the_founding_facts_are_the_same_each_time_and_found_themselves_once(fresh_servers: Servers) -> None:
    log = Log(serving.new_keyring())
    with connect(fresh_servers, "bagalau_writer", autocommit=True) as conn:
        assert found(conn, log) == len(founding_facts())
        assert found(conn, log) == 0
        events = [event for event in log.read(conn, AGENCY) if isinstance(event, Event)]
    assert [event.id for event in events] == [fact.id for fact in founding_facts()]
    assert [event.agency_seq for event in events] == list(range(len(events)))
    assert {event.actor for event in events} == {"system"}


def test_a_later_calendar_overrules_no_declared_day_and_a_later_act_no_published_one(
    fresh_servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log(serving.new_keyring())
    moved = WorkCalendarDeclared(day=date(2026, 5, 28), working=True, basis="made up")
    act, *_ = founding_facts()
    assert isinstance(act.data, MethodologyPublished)
    new_day = WorkCalendarDeclared(day=date(2031, 3, 21), working=False, basis="made up")
    later = [
        founding_fact(moved, moved.day),
        Fact(uuid4(), AGENCY, act.type, act.occurred_on, act.actor, act.data),
        founding_fact(new_day, new_day.day),
    ]
    with connect(fresh_servers, "bagalau_writer", autocommit=True) as conn:
        found(conn, log)
        monkeypatch.setattr(opening, "founding_facts", lambda: (*founding_facts(), *later))
        assert (found(conn, log), found(conn, log)) == (1, 0)
        *_, last = [event for event in log.read(conn, AGENCY) if isinstance(event, Event)]
    assert last.data == new_day


def founding_fact(data: WorkCalendarDeclared, day: date) -> Fact:
    return Fact(uuid4(), AGENCY, "WorkCalendarDeclared", day, "system", data)


async def test_two_intakes_may_found_at_once(fresh_servers: Servers) -> None:
    ring = serving.new_keyring()
    log = Log(ring)

    def open_() -> int:
        with connect(fresh_servers, "bagalau_writer", autocommit=True) as conn:
            return found(conn, log)

    counts = await asyncio.gather(*(asyncio.to_thread(open_) for _ in range(4)))
    assert sorted(counts) == [0, 0, 0, len(founding_facts())]


async def test_two_intakes_share_the_partitions_and_one_takes_over_the_others(fresh_servers: Servers) -> None:
    ring = serving.new_keyring()
    register, *opening = body_and_servant()
    async with AsyncExitStack() as first, serving.mailbox(fresh_servers) as box:
        await first.enter_async_context(serving.intake(fresh_servers, ring))
        await box.ask([register], AGENCY)
        async with serving.intake(fresh_servers, ring):

            def shared() -> bool:
                with psycopg.connect(fresh_servers.postgres_url) as conn:
                    beats = [beat for beat in heartbeats(conn) if beat.service == "intake"]
                held = sorted(len(beat.detail["partitions"]) for beat in beats)
                return held == [streams.PARTITIONS // 2] * 2

            await until(shared)
            assert serving.codes(await box.ask(opening)) == [ACCEPTED] * len(opening)
            await first.aclose()
            await until(lambda: len(holders(fresh_servers)) == streams.PARTITIONS)
            lines = [appointed(f"e-{number}") for number in range(2, 9)]
            assert serving.codes(await box.ask(lines)) == [ACCEPTED] * len(lines)


async def test_a_partition_whose_connection_is_cut_is_sought_again(fresh_servers: Servers) -> None:
    async with serving.intake(fresh_servers, serving.new_keyring()), serving.mailbox(fresh_servers) as box:
        await box.ask([registered()], AGENCY)
        before = holders(fresh_servers)
        with psycopg.connect(fresh_servers.postgres_url, autocommit=True) as conn:
            conn.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", [list(before)])
        lines = [appointed(f"e-{number}") for number in range(20)]
        assert serving.codes(await box.ask(lines)) == [ACCEPTED] * len(lines)
        await until(lambda: len(holders(fresh_servers)) == streams.PARTITIONS)
        assert not before.keys() & holders(fresh_servers).keys()


async def test_a_fact_that_a_decider_fails_on_is_kept_told_and_delays_nobody(
    fresh_servers: Servers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ring = serving.new_keyring()
    decide = batch.decide
    poison, *good = [appointed(f"e-{number}") for number in range(5)]

    def failing(fact, documents, law, trust):  # type: ignore[no-untyped-def]
        if fact.id == id_of(poison):
            raise ZeroDivisionError("Есенова")
        return decide(fact, documents, law, trust)

    lines = [*good[:2], poison, *good[2:]]
    async with serving.intake(fresh_servers, ring), serving.mailbox(fresh_servers) as box:
        await box.ask([registered()], AGENCY)
        with monkeypatch.context() as patched:
            patched.setattr(batch, "decide", failing)
            answers = await box.ask(lines)
            assert serving.codes(answers) == [ACCEPTED] * 2 + ["undecidable"] + [ACCEPTED] * 2

        def seen() -> bool:
            with psycopg.connect(fresh_servers.postgres_url) as conn:
                details = [beat.detail for beat in heartbeats(conn)]
            cause = str(details[0]["undecidable_cause"]) if details else ""
            return (
                [one["undecidable"] for one in details] == [1]
                and cause.startswith("ZeroDivisionError at services.intake.batch:_decide:")
                and cause.partition(" at ")[2] in caplog.text
            )

        await until(seen)
        assert "Есенова" not in caplog.text
        # Once the release is mended, the fact is accepted when it is sent again.
        assert serving.codes(await box.ask([poison])) == [ACCEPTED]


async def test_a_lone_fact_does_not_wait_for_a_batch_to_fill(fresh_servers: Servers) -> None:
    async with serving.intake(fresh_servers, serving.new_keyring()), serving.mailbox(fresh_servers) as box:
        await box.ask([registered()], AGENCY)
        for number in range(5):
            async with asyncio.timeout(2):
                await box.ask([appointed(f"e-{number}")])


async def test_facts_are_taken_in_the_order_sent_however_they_are_batched(fresh_servers: Servers) -> None:
    ring = serving.new_keyring()
    lines = [appointed(f"e-{number}") for number in range(1500)]
    async with serving.intake(fresh_servers, ring), serving.mailbox(fresh_servers) as box:
        await box.ask([registered()], AGENCY)
        await box.ask(lines)
    with psycopg.connect(fresh_servers.postgres_url) as conn:
        events = [event for event in Log(ring).read(conn, BODY) if isinstance(event, Event)]
    assert [event.id for event in events] == [id_of(line) for line in lines]
    assert [event.seq for event in events] == list(range(1, len(lines) + 1))
    recorded = [event.recorded_at for event in events]
    assert recorded == sorted(recorded)
