import asyncio
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import nats
import psycopg
import pytest

from events import keyring
from events.envelope import AGENCY
from events.keyring import Keyring
from events.log import Connection, Log, heads
from events.schema import SchemaError
from projections import holding, marks, store
from projections.live import Advanced
from services import projector, streams
from services.heartbeat import heartbeats
from services.servers import Servers, connect
from tests.facts import BODY, adopted, assessed, body_and_servant
from tests.projections.recorded import Recorder, folded, in_order, sample

pytestmark = pytest.mark.servers

FIVES = ("5", "5", "5", "5", "5")


@asynccontextmanager
async def serving(
    servers: Servers, keys: Keyring, advanced: Callable[[Advanced], None] = lambda _: None
) -> AsyncIterator[asyncio.Event]:
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(projector.run(servers, keys, stop, ready=ready.set, advanced=advanced))
    try:
        await asyncio.wait_for(ready.wait(), 20)
        yield stop
    finally:
        stop.set()
        await task


def is_level(conn: Connection) -> bool:
    return all(one.behind == 0 and one.law_behind == 0 for one in marks.lag(conn))


async def until(condition: Callable[[], bool], within: float = 30) -> None:
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - another process's or thread's doing is waited for
            await asyncio.sleep(0.02)


async def level(servers: Servers) -> None:
    with connect(servers, "bagalau_projector", autocommit=True) as conn:
        await until(lambda: is_level(conn))


def record(servers: Servers, keys: Keyring, lines: list[bytes]) -> None:
    with connect(servers, "bagalau_writer", autocommit=True) as conn:
        Recorder(conn, keys).record(lines)


def assert_is_the_fold(servers: Servers, keys: Keyring) -> None:
    with (
        connect(servers, "bagalau_writer", autocommit=True) as writer,
        connect(servers, "bagalau_projector", autocommit=True) as reader,
    ):
        expected = folded(writer, Log(keys))
        assert in_order(store.grades(reader, keys)) == expected
        assert len(expected) > 0


async def test_grades_follow_the_ledgers(own_servers: Servers, keys: Keyring) -> None:
    async with serving(own_servers, keys):
        await asyncio.to_thread(record, own_servers, keys, sample(300))
        await level(own_servers)
        assert_is_the_fold(own_servers, keys)
        with connect(own_servers, "bagalau_projector", autocommit=True) as conn:
            (beat,) = heartbeats(conn)
            assert beat.service == projector.SERVICE
            assert beat.detail["standing"] == {}
    with connect(own_servers, "bagalau_projector", autocommit=True) as conn:
        assert heartbeats(conn) == [], "what ended well is not missed"


async def test_without_nats_the_heads_are_polled(own_servers: Servers, keys: Keyring) -> None:
    without = Servers(own_servers.postgres_url, "nats://127.0.0.1:9", embedded=own_servers.embedded)
    async with serving(without, keys):
        await asyncio.to_thread(record, own_servers, keys, sample(100))
        await level(own_servers)
    assert_is_the_fold(own_servers, keys)


async def test_a_doorbell_wakes_it_at_once(
    own_servers: Servers, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "_POLL_SECONDS", 3600.0)
    monkeypatch.setattr(projector, "_CONTROL_SECONDS", 0.0)
    async with (
        serving(own_servers, keys),
        await nats.connect(own_servers.nats_url) as client,
        asyncio.timeout(60),
    ):
        await asyncio.to_thread(record, own_servers, keys, sample(100))
        with connect(own_servers, "bagalau_projector", autocommit=True) as conn:
            # It is no promise: the subscription may not be there yet.
            while not is_level(conn):
                await client.publish(streams.doorbell_subject(BODY))
                await client.flush()
                await asyncio.sleep(0.1)


async def test_an_adoption_for_all_reaches_bodies_that_stand_still(
    own_servers: Servers, keys: Keyring
) -> None:
    async with serving(own_servers, keys):
        with connect(own_servers, "bagalau_writer", autocommit=True) as conn:
            recorder = Recorder(conn, keys)
            lines = [line for line in body_and_servant() if b"MethodologyAdopted" not in line]
            recorder.record([*lines, *assessed(FIVES)])
            await level(own_servers)
            recorder.record([adopted("health-2025", body=AGENCY)])
            await level(own_servers)
    with connect(own_servers, "bagalau_projector", autocommit=True) as conn:
        assert {one.methodology for one in store.grades(conn, keys)} == {"health-2025"}


async def test_two_share_the_ledgers_and_one_takes_over(own_servers: Servers, keys: Keyring) -> None:
    first: list[Advanced] = []
    second: list[Advanced] = []
    await asyncio.to_thread(record, own_servers, keys, sample(400))
    with connect(own_servers, "bagalau_writer", autocommit=True) as conn:
        known = {head.ledger for head in heads(conn)}
    async with serving(own_servers, keys, first.append):
        await level(own_servers)
        assert {one.ledger for one in first} == known
        async with serving(own_servers, keys, second.append):
            await until(lambda: len({one.ledger for one in second}) == len(known) // 2)
            held = {one.ledger for one in second}
            assert held < known
        taken_back = len(first)
        await until(lambda: {one.ledger for one in first[taken_back:]} == held)
    # What was level already was read by nobody twice.
    events = sum(one.events for one in (*first, *second))
    with connect(own_servers, "bagalau_projector", autocommit=True) as conn:
        assert events == sum(one.head for one in marks.lag(conn))
    assert_is_the_fold(own_servers, keys)


async def test_a_ledger_held_by_another_is_left_alone(own_servers: Servers, keys: Keyring) -> None:
    await asyncio.to_thread(record, own_servers, keys, [*body_and_servant(), *assessed(FIVES)])
    with connect(own_servers, "bagalau_projector", autocommit=True) as other:
        assert holding.hold(other, BODY)
        async with serving(own_servers, keys):
            with connect(own_servers, "bagalau_projector", autocommit=True) as conn:
                await asyncio.sleep(0.5)
                assert {one.ledger: one.seq for one in marks.lag(conn)}[BODY] == 0
            assert holding.let_go(other, BODY)
            await level(own_servers)
    assert_is_the_fold(own_servers, keys)


async def test_a_ledger_that_stands_still_stops_no_other_and_is_told(
    own_servers: Servers, keys: Keyring
) -> None:
    await asyncio.to_thread(record, own_servers, keys, sample(200, bodies=2))
    with connect(own_servers, autocommit=True) as owner:
        owner.execute("INSERT INTO projection.checkpoints VALUES ('grades', 1, 'health', 1000000, 0, now())")
        async with serving(own_servers, keys):
            await until(lambda: {one.ledger for one in marks.lag(owner) if one.behind} == {"health"})
            await until(lambda: any(one.detail["standing"] for one in heartbeats(owner)))
            (beat,) = heartbeats(owner)
            assert beat.detail["standing"] == {"health": "MarkError (ahead-of-ledger)"}


async def test_a_lost_connection_is_made_again(own_servers: Servers, keys: Keyring) -> None:
    with connect(own_servers, autocommit=True) as owner:
        recorder = Recorder(owner, keys)
        lines = sample(600, bodies=3)
        async with serving(own_servers, keys):
            for at in range(0, len(lines), 100):
                await asyncio.to_thread(recorder.record, lines[at : at + 100])
                await asyncio.sleep(0.1)
                killed = owner.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'bagalau-projector' AND datname = current_database()"
                )
                assert killed.rowcount >= 0
            await level(own_servers)
    assert_is_the_fold(own_servers, keys)


async def test_a_database_of_another_release_is_refused(
    servers: Servers, empty_database: str, keys: Keyring
) -> None:
    with pytest.raises((SchemaError, psycopg.errors.InsufficientPrivilege)):
        await projector.run(
            Servers(empty_database, servers.nats_url, embedded=servers.embedded), keys, asyncio.Event()
        )


_PROCESS = """
import asyncio, sys
from pathlib import Path
from events import keyring
from services import projector
from services.servers import Servers

servers = Servers(sys.argv[1], sys.argv[2], embedded=sys.argv[3] == "True")
asyncio.run(projector.run(servers, keyring.load(Path(sys.argv[4])), asyncio.Event(), batch=3))
"""


@pytest.mark.faults
def test_killed_at_any_moment_nothing_is_lost_or_doubled(
    own_servers: Servers, keys: Keyring, tmp_path: Path
) -> None:
    rng = random.Random(5)
    file = tmp_path / "keyring"
    keyring.save(keys, file)
    lines = sample(2000, bodies=4)
    argv = [own_servers.postgres_url, own_servers.nats_url, str(own_servers.embedded), str(file)]
    with (
        connect(own_servers, "bagalau_writer", autocommit=True) as writer,
        connect(own_servers, "bagalau_projector", autocommit=True) as reader,
    ):

        def projected() -> int:
            return sum(one.seq for one in marks.lag(reader))

        recorder = Recorder(writer, keys)
        seen, interrupted = [0], 0
        for at in range(0, len(lines), len(lines) // 5):
            recorder.record(lines[at : at + len(lines) // 5])
            process = subprocess.Popen([sys.executable, "-c", _PROCESS, *argv])
            try:
                deadline = time.monotonic() + 20
                while projected() == seen[-1] and time.monotonic() < deadline:
                    time.sleep(0.002)
                time.sleep(rng.random() * 0.1)
            finally:
                process.kill()
                process.wait()
            seen.append(projected())
            interrupted += not is_level(reader)
        assert seen == sorted(seen)
        assert interrupted > 2
        process = subprocess.Popen([sys.executable, "-c", _PROCESS, *argv])
        try:
            deadline = time.monotonic() + 60
            while not is_level(reader) and time.monotonic() < deadline:
                time.sleep(0.05)
        finally:
            process.kill()
            process.wait()
    assert_is_the_fold(own_servers, keys)
