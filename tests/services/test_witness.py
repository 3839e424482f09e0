"""The witness: what it keeps of ledgers outside the database, and that it never signs two histories."""

import asyncio
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.checkpoint import CheckpointError
from events.log import Head
from events.verification import verify
from services import witness
from services.heartbeat import heartbeats
from services.servers import Servers, connect
from services.witness import Witness, WitnessError, kept_checkpoints
from tests import serving
from tests.ledgers import BODY, new_log, record, scores

NOW = datetime(2026, 4, 11, tzinfo=UTC)
RING = serving.new_keyring()


def head(size: int, root: bytes = b"r") -> Head:
    return Head(BODY, size, root * 32, NOW)


def sizes(home: Path) -> list[int]:
    return [checkpoint.size for checkpoint in kept_checkpoints(home, BODY, RING.log_key)]


def test_a_checkpoint_is_kept_whenever_the_ledger_has_grown(tmp_path: Path) -> None:
    keeper = Witness(tmp_path, RING.log_key)
    assert [keeper.keep(head(size)) for size in (0, 3, 3, 8)] == [False, True, False, True]
    assert sizes(tmp_path) == [3, 8]
    assert stat.S_IMODE((tmp_path / "checkpoints" / BODY).stat().st_mode) == 0o600


def test_another_witness_goes_on_where_the_one_before_ended(tmp_path: Path) -> None:
    Witness(tmp_path, RING.log_key).keep(head(3))
    assert not Witness(tmp_path, RING.log_key).keep(head(3))
    assert Witness(tmp_path, RING.log_key).keep(head(4))
    assert sizes(tmp_path) == [3, 4]


@pytest.mark.parametrize("after", [head(2), head(3, b"x"), head(0)])
def test_a_ledger_that_went_back_is_not_signed(tmp_path: Path, after: Head) -> None:
    Witness(tmp_path, RING.log_key).keep(head(3))
    with pytest.raises(WitnessError):
        Witness(tmp_path, RING.log_key).keep(after)
    assert sizes(tmp_path) == [3]


def test_a_note_that_a_crash_left_half_written_is_no_note(tmp_path: Path) -> None:
    keeper = Witness(tmp_path, RING.log_key)
    keeper.keep(head(3))
    keeper.keep(head(5))
    path = tmp_path / "checkpoints" / BODY
    whole = path.read_bytes()
    first = len(whole) // 2
    for cut in range(first + 1, len(whole)):
        path.write_bytes(whole[:cut])
        assert sizes(tmp_path) == [3]
        Witness(tmp_path, RING.log_key).keep(head(7))
        assert sizes(tmp_path) == [3, 7]


def test_a_note_of_anothers_key_is_not_believed(tmp_path: Path) -> None:
    Witness(tmp_path, serving.new_keyring().log_key).keep(head(3))
    with pytest.raises(CheckpointError):
        sizes(tmp_path)


@pytest.mark.servers
async def test_what_it_keeps_of_real_ledgers_agrees_with_their_rows(
    fresh_servers: Servers, tmp_path: Path
) -> None:
    log = new_log()
    with connect(fresh_servers, "bagalau_writer", autocommit=True) as conn:
        record(conn, log, scores(300))
        stop, ready = asyncio.Event(), asyncio.Event()
        keeping = asyncio.create_task(
            witness.run(fresh_servers, log.keyring, stop, home=tmp_path, ready=ready.set)
        )
        await ready.wait()
        await asyncio.sleep(0.3)
        record(conn, log, scores(20))
        stop.set()
        await keeping
    kept = list(kept_checkpoints(tmp_path, BODY, log.keyring.log_key))
    assert kept[-1].size == 320
    with connect(fresh_servers, "bagalau_auditor", autocommit=True) as conn:
        report = verify(conn, BODY, checkpoints=kept)
    assert report.ok
    assert report.caveat is None


@pytest.mark.servers
async def test_it_says_that_it_is_alive_and_what_it_does_not_sign(
    fresh_servers: Servers, tmp_path: Path
) -> None:
    log = new_log()
    Witness(tmp_path, log.keyring.log_key).keep(head(9))
    stop = asyncio.Event()
    with (
        connect(fresh_servers, "bagalau_writer", autocommit=True) as writer,
        connect(fresh_servers, "bagalau_reader", autocommit=True) as conn,
    ):
        record(writer, log, scores(3))
        keeping = asyncio.create_task(witness.run(fresh_servers, log.keyring, stop, home=tmp_path))
        async with asyncio.timeout(serving.PATIENCE):
            standing = {"standing": {BODY: "ledger-went-back"}}
            while [one.detail for one in heartbeats(conn)] != [standing]:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        stop.set()
        await keeping
        assert heartbeats(conn) == []


@pytest.mark.servers
async def test_it_goes_on_when_its_connection_was_cut(fresh_servers: Servers, tmp_path: Path) -> None:
    log = new_log()
    stop, ready = asyncio.Event(), asyncio.Event()
    with connect(fresh_servers, autocommit=True) as conn:
        keeping = asyncio.create_task(
            witness.run(fresh_servers, log.keyring, stop, home=tmp_path, ready=ready.set)
        )
        await ready.wait()
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'bagalau-witness' AND datname = current_database()"
        )
        conn.execute("SET ROLE bagalau_writer")
        record(conn, log, scores(3))
        await asyncio.sleep(1.5)
        stop.set()
        await keeping
    assert [one.size for one in kept_checkpoints(tmp_path, BODY, log.keyring.log_key)] == [3]
