"""Two intakes on the same ledgers: they share, hand over, lose their locks, and one of them dies."""

import asyncio
from random import Random

import psycopg
import pytest

from services import streams
from services.heartbeat import heartbeats
from services.intake.crash import CrashPoint
from tests.faults.ground import PATIENCE, Figures, Ground, feeding, overhearing
from tests.faults.intake_process import IntakeProcess
from tests.faults.lines import lines_of

pytestmark = [pytest.mark.servers, pytest.mark.faults]

FACTS = 1200
WINDOW = 20
BUSY = "health"
SEEDS = 8

seeds = pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, SEEDS + 1))]
)


def held_by(ground: Ground) -> dict[int, list[int]]:
    """The partitions that each running intake said last that it holds, by its process."""
    with psycopg.connect(ground.servers.postgres_url) as conn:
        beats = [beat for beat in heartbeats(conn) if beat.service == "intake"]
    said = {int(beat.instance.split("-")[-2]): beat.detail["partitions"] for beat in beats}
    return {one.pid: said.get(one.pid, []) for one in ground.intakes if one.is_running()}


async def holder(ground: Ground, partition: int) -> IntakeProcess:
    """The intake that holds the partition, once exactly one says so."""
    async with asyncio.timeout(PATIENCE):
        while True:
            held = await asyncio.to_thread(held_by, ground)
            found = [one for one in ground.intakes if partition in held.get(one.pid, ())]
            if len(found) == 1:
                return found[0]
            await asyncio.sleep(0.1)


async def until_it_holds_some(ground: Ground, intake: IntakeProcess) -> int:
    """How many partitions the intake holds, once it holds any."""
    async with asyncio.timeout(PATIENCE):
        while not (held := (await asyncio.to_thread(held_by, ground))[intake.pid]):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return len(held)


def cut_the_locks(ground: Ground) -> int:
    """Ends the intakes' sessions, under the batches in hand; how many they were."""
    with psycopg.connect(ground.servers.postgres_url, autocommit=True) as conn:
        row = conn.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE application_name LIKE 'bagalau-intake%' AND datname = current_database()"
        ).fetchone()
    return int(row[0]) if row else 0


@seeds
async def test_the_one_that_serves_is_killed_and_another_joins(
    ground: Ground, figures: Figures, seed: int
) -> None:
    rng = Random(f"killed/{seed}")
    lines = lines_of(FACTS, seed)
    # The second part is sent while the one that joined takes its share, however long its start took.
    early, late = lines[: len(lines) // 2], lines[len(lines) // 2 :]
    first, second = await asyncio.gather(ground.ready_intake(), ground.ready_intake())
    for intake in (first, second):
        await until_it_holds_some(ground, intake)
    serving = await holder(ground, streams.partition_of(BUSY))
    async with overhearing(ground) as heard:
        async with feeding(ground, early, WINDOW) as feeder:
            await feeder.until(rng.uniform(0.05, 0.5))
            await asyncio.to_thread(serving.kill)
            met = feeder.answered
            fed = await feeder.done()
        third = await ground.ready_intake()
        async with feeding(ground, late, WINDOW) as feeder:
            fed_then = await feeder.done()
        taken = await until_it_holds_some(ground, third)
        for intake in (first if serving is second else second, third):
            assert await asyncio.to_thread(intake.stop) == 0
    assert ground.findings(lines, [*fed.receipts, *fed_then.receipts]) == []
    assert heard.contradictions() == []
    figures(
        f"two intakes, seed {seed}: {len(lines)} lines, one killed after {met} answers, {taken} partitions"
        f" handed to a third, {fed.accepted + fed_then.accepted} accepted,"
        f" {fed.again + fed_then.again} sent again, {fed.seconds + fed_then.seconds:.1f} s"
    )


@seeds
async def test_partitions_change_hands_because_their_locks_are_lost(
    ground: Ground, figures: Figures, seed: int
) -> None:
    rng = Random(f"cut/{seed}")
    lines = lines_of(FACTS, seed)
    intakes = await asyncio.gather(ground.ready_intake(), ground.ready_intake())
    async with overhearing(ground) as heard, feeding(ground, lines, WINDOW) as feeder:
        cut = 0
        for share in sorted(rng.uniform(0.05, 0.5) for _ in range(3)):
            await feeder.until(share)
            cut += await asyncio.to_thread(cut_the_locks, ground)
        fed = await feeder.done()
        for intake in intakes:
            assert await asyncio.to_thread(intake.stop) == 0
    assert cut > 0
    assert ground.findings(lines, fed.receipts) == []
    assert heard.contradictions() == []
    figures(
        f"locks cut, seed {seed}: {len(lines)} lines, {cut} sessions ended, {fed.accepted} accepted,"
        f" {fed.again} sent again, {fed.seconds:.1f} s"
    )


async def test_a_holder_that_speaks_late_does_not_deafen_the_queue(ground: Ground, figures: Figures) -> None:
    """One stands still between COMMIT and acknowledgement, and speaks while its successor has its batch."""
    lines = lines_of(800, 1, bodies=1)
    # The late one has counted further by then than its successor ever will.
    early, rest = lines[: 3 * len(lines) // 4], lines[3 * len(lines) // 4 :]
    pausing = {"point": CrashPoint.AFTER_COMMIT_BEFORE_ACK, "pauses": True}
    late = await ground.ready_intake(**pausing, awaits=True)
    async with overhearing(ground) as heard:
        async with feeding(ground, early) as feeder:
            fed = await feeder.done()
        late.arm()
        async with feeding(ground, rest, WINDOW) as feeder:
            await asyncio.to_thread(late.until_paused)
            successor = await ground.ready_intake(**pausing)
            await asyncio.to_thread(cut_the_locks, ground)
            await asyncio.to_thread(successor.until_paused)
            late.go_on()
            # Its acknowledgements are on their way while its successor has the same batch in hand.
            await asyncio.sleep(1)
            await asyncio.to_thread(late.kill)
            successor.go_on()
            fed_then = await feeder.done()
            waited = await ground.until_drained()
        assert await asyncio.to_thread(successor.stop) == 0
    assert ground.findings(lines, [*fed.receipts, *fed_then.receipts]) == []
    assert heard.contradictions() == []
    figures(
        f"late holder: {len(early)} lines before and {len(rest)} after it; {fed_then.seconds:.1f} s,"
        f" the queue at rest {waited:.1f} s after the last answer"
    )
