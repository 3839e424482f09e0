import asyncio
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from events.keyring import Keyring
from events.log import Connection
from projections import marks, store
from projections.live import Live
from projections.rebuild import claims
from projections.rebuild.generations import RebuildError
from projections.rebuild.progress import Progress
from services import projector
from services.folding_process import Crew
from services.rebuild_steps import Rebuilding
from services.rebuilding import rebuild_all
from services.servers import Servers, connect
from tests.facts import sanctioned
from tests.projections.rebuild.building import is_gone, rows
from tests.projections.recorded import Recorder, catch_up, folded, in_order, sample

pytestmark = pytest.mark.servers


@pytest.fixture
def recorder(owner: Connection, keys: Keyring) -> Recorder:
    """A country that a projector has kept up."""
    recorder = Recorder(owner, keys)
    assert recorder.record(sample(1200, bodies=4)) > 1000
    catch_up(owner, Live(keys))
    return recorder


def assert_is_the_fold(conn: Connection, recorder: Recorder, keys: Keyring) -> None:
    expected = folded(recorder.conn, recorder.log)
    assert in_order(store.grades(conn, keys)) == expected
    assert len(expected) > 0


def test_a_whole_rebuild_by_two_processes(
    own_servers: Servers, recorder: Recorder, owner: Connection, keyring_file: Path, keys: Keyring
) -> None:
    filed = "SELECT ledger, person, stream FROM projection.dossiers"
    dossiers = set(owner.execute(filed))
    owner.execute(
        "INSERT INTO projection.dossiers"
        " SELECT ledger, person, gen_random_uuid() FROM projection.dossiers LIMIT 3"
    )
    seen: list[Progress] = []
    report = rebuild_all(own_servers, keyring_file, workers=2, watch=seen.append)
    assert set(owner.execute(filed)) == dossiers
    assert report.events == sum(one.head for one in marks.lag(owner))
    assert report.compared is not None
    assert (report.compared.rows, report.compared.differing) == (report.rows, 0)
    assert report.rows == len(rows(owner, report.generation)) > 0
    assert (report.before, marks.live_generation(owner)) == (1, report.generation)
    assert report.parked == report.destroyed == 0
    assert 0 < report.folding_seconds <= report.seconds["run"]
    assert all(peak > 10 for peak in report.peak_mib.values())
    assert seen[-1].is_folded
    assert_is_the_fold(owner, recorder, keys)
    again = rebuild_all(own_servers, keyring_file, workers=1)
    rebuilding = Rebuilding(own_servers, keyring_file)
    assert rebuilding.drop() == [report.generation, 1]
    assert is_gone(owner, 1)
    assert is_gone(owner, report.generation)
    assert [one.number for one, _ in rebuilding.listed()] == [again.generation]
    assert rebuilding.listed()[0][1] > 0


@pytest.mark.usefixtures("recorder")
def test_a_rebuild_that_changes_rows_stops_before_it_is_shown(
    own_servers: Servers, owner: Connection, keyring_file: Path
) -> None:
    owner.execute("UPDATE projection.grades SET grade = 'proper' WHERE kind = 'annual' AND ledger = 'health'")
    changed = owner.execute("DELETE FROM projection.grades WHERE ledger = 'zhanakorgan'").rowcount
    with pytest.raises(RebuildError) as refused:
        rebuild_all(own_servers, keyring_file, workers=1)
    assert refused.value.code == "rebuild-differs"
    assert marks.live_generation(owner) == 1
    rebuilding = Rebuilding(own_servers, keyring_file)
    found = rebuilding.compare()
    by_ledger = {one.ledger: one.differing for one in found.ledgers}
    assert by_ledger["zhanakorgan"] == changed > 0
    assert by_ledger["health"] > 0
    (whose, *_) = [one for one in rebuilding.changes(found) if one.ledger == "zhanakorgan"]
    assert whose.before is None
    assert whose.after is not None
    assert whose.after.body == "zhanakorgan"
    tampered = [one for one in rebuilding.changes(found) if one.ledger == "health"]
    assert {one.unreadable for one in tampered} == {"row-not-authentic"}
    report = rebuild_all(own_servers, keyring_file, workers=1, accept_changes=True)
    assert marks.live_generation(owner) == report.generation


def test_no_rows_at_all_compare_nothing(
    own_servers: Servers, owner: Connection, keys: Keyring, keyring_file: Path
) -> None:
    Recorder(owner, keys)
    with pytest.raises(RebuildError) as refused:
        rebuild_all(own_servers, keyring_file, workers=1)
    assert refused.value.code == "nothing-compared"
    rebuilding = Rebuilding(own_servers, keyring_file)
    assert rebuilding.abort() == 2
    assert is_gone(owner, 2)


def test_a_ledger_that_cannot_be_folded_is_named_and_tried_again(
    own_servers: Servers, recorder: Recorder, owner: Connection, keyring_file: Path, keys: Keyring
) -> None:
    owner.execute("ALTER TABLE ledger.ledgers DISABLE TRIGGER only_grows")
    owner.execute("UPDATE ledger.ledgers SET size = size + 1 WHERE ledger = 'health'")
    rebuilding = Rebuilding(own_servers, keyring_file)
    number = rebuilding.prepare().number
    with pytest.raises(RebuildError) as refused:
        rebuilding.run(number, workers=1)
    assert refused.value.code == "rebuild-unfolded"
    assert "health: missing-events" in refused.value.detail
    assert [one.ledger for one in rebuilding.status().failed] == ["health"]
    owner.execute("UPDATE ledger.ledgers SET size = size - 1 WHERE ledger = 'health'")
    assert rebuilding.run(number, workers=1).is_folded
    assert rebuilding.compare().differing == 0
    rebuilding.go_live()
    assert_is_the_fold(owner, recorder, keys)


def test_facts_go_on_while_everything_is_rebuilt(
    own_servers: Servers, recorder: Recorder, owner: Connection, keyring_file: Path, keys: Keyring
) -> None:
    employees = [one.employee for one in folded(owner, recorder.log) if one.body == "zhanakorgan"]
    stop = threading.Event()

    def record() -> None:
        at = 0
        while not stop.is_set():
            recorder.record([sanctioned("reprimand", "2026-02-10", employees[at % len(employees)])])
            at += 1
            time.sleep(0.02)

    thread = threading.Thread(target=record)
    thread.start()
    try:
        report = rebuild_all(own_servers, keyring_file, workers=2)
    finally:
        stop.set()
        thread.join()
    assert marks.live_generation(owner) == report.generation
    with connect(own_servers, "bagalau_projector", autocommit=True) as conn:
        catch_up(conn, Live(keys))
    assert sum(one.head for one in marks.lag(owner)) > report.events
    assert_is_the_fold(owner, recorder, keys)


async def test_a_projector_takes_part_and_goes_on_with_what_is_shown_then(
    own_servers: Servers, recorder: Recorder, owner: Connection, keyring_file: Path, keys: Keyring
) -> None:
    rebuilding = Rebuilding(own_servers, keyring_file)
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(
        projector.run(own_servers, keys, stop, ready=ready.set, keyring_file=keyring_file)
    )
    try:
        await asyncio.wait_for(ready.wait(), 20)
        number = rebuilding.prepare().number
        async with asyncio.timeout(60):
            await asyncio.to_thread(rebuilding.run, number, workers=0)
        assert {one.state for one in claims.claims(owner, number)} == {"done"}
        await asyncio.to_thread(rebuilding.go_live, number)
        shown = [one for one in folded(owner, recorder.log) if one.body == "zhanakorgan"]
        await asyncio.to_thread(
            recorder.record, [sanctioned("reprimand", "2026-02-10", one.employee) for one in shown[:3]]
        )
        async with asyncio.timeout(30):
            while any(one.behind for one in marks.lag(owner)):  # noqa: ASYNC110 - the projector is waited for
                await asyncio.sleep(0.05)
        assert marks.live_generation(owner) == number
        assert_is_the_fold(owner, recorder, keys)
    finally:
        stop.set()
        await task


_RUN = """
import sys
from pathlib import Path
from services.rebuild_steps import Rebuilding
from services.servers import Servers

if __name__ == "__main__":
    servers = Servers(sys.argv[1], "", embedded=sys.argv[2] == "True")
    rebuilding = Rebuilding(servers, Path(sys.argv[3]))
    rebuilding.prepare()
    rebuilding.run(workers=2)
    print("folded")
"""


def _children(pid: int) -> list[int]:
    """The workers of a process; what multiprocessing itself keeps beside them is none."""
    told = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    ).stdout
    return [int(line.split()[0]) for line in told.splitlines() if "spawn_main" in line]


@pytest.mark.faults
@pytest.mark.parametrize("kills", [4, pytest.param(20, marks=pytest.mark.long)])
def test_killed_at_any_moment_the_rebuild_is_the_same(
    own_servers: Servers,
    recorder: Recorder,
    owner: Connection,
    keyring_file: Path,
    tmp_path: Path,
    kills: int,
) -> None:
    rng = random.Random(kills)
    recorder.record(sample(2500, seed=9, bodies=12))
    with connect(own_servers, "bagalau_projector", autocommit=True) as conn:
        catch_up(conn, Live(recorder.log.keyring))
    expected = rows(owner, 1)
    assert len(expected) > 0
    program = tmp_path / "run.py"
    program.write_text(_RUN)
    embedded = str(own_servers.embedded)
    argv = [sys.executable, str(program), own_servers.postgres_url, embedded, str(keyring_file)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    rebuilding = Rebuilding(own_servers, keyring_file)
    killed = whole = 0
    deadline = time.monotonic() + 90 + 20 * kills
    while True:
        process = subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            while killed < kills and process.poll() is None and time.monotonic() < deadline:
                if not owner.execute("SELECT FROM projection.rebuild_claims WHERE state = 'taken'").rowcount:
                    time.sleep(0.005)
                    continue
                time.sleep(rng.random() * 0.2)
                if rng.random() < 0.8:
                    workers = _children(process.pid)
                    if not workers:
                        continue
                    os.kill(rng.choice(workers), signal.SIGKILL)
                else:
                    process.kill()
                    process.wait()
                    whole += 1
                killed += 1
            ended = process.wait(timeout=120)
        finally:
            process.kill()
            process.wait()
        if ended != 0:
            continue
        number = rebuilding.status().generation
        assert rows(owner, number) == expected
        if killed >= kills:
            break
        # It was quicker than its killer: once more from the beginning.
        rebuilding.abort()
        assert is_gone(owner, number)
    print(f"{killed} kills, {whole} of the whole rebuild; {len(expected)} rows alike")  # noqa: T201
    rebuilding.go_live()
    assert marks.live_generation(owner) == number


def test_workers_that_end_of_themselves_are_not_started_for_ever(
    own_servers: Servers, tmp_path: Path
) -> None:
    def tended(crew: Crew) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            crew.tend()
            time.sleep(0.1)

    with Crew(own_servers, tmp_path / "no-keyring.json", 1) as crew:
        with pytest.raises(RebuildError) as ended:
            tended(crew)
        assert ended.value.code == "workers-ended"
