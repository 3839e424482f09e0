"""Two intakes on the same ledgers: they share, hand over, lose their locks, and one of them dies."""

import asyncio
from random import Random

import psycopg
import pytest

from services import streams
from services.heartbeat import heartbeats
from tests.faults.ground import PATIENCE, Figures, Ground, feeding, overhearing
from tests.faults.intake_process import IntakeProcess
from tests.faults.lines import lines_of

pytestmark = [pytest.mark.servers, pytest.mark.faults]

FACTS = 1200
WINDOW = 40
BUSY = "health"
SEEDS = 8

seeds = pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, SEEDS + 1))]
)


def holds_busy(ground: Ground) -> int | None:
    """The process that holds the partition of the busiest body; None while it changes hands."""
    with psycopg.connect(ground.servers.postgres_url) as conn:
        beats = [beat for beat in heartbeats(conn) if beat.service == "intake"]
    partition = streams.partition_of(BUSY)
    pids = {int(beat.instance.split("-")[-2]) for beat in beats if partition in beat.detail["partitions"]}
    running = [intake.pid for intake in ground.intakes if intake.is_running()]
    holders = [pid for pid in running if pid in pids]
    return holders[0] if len(holders) == 1 else None


async def holder(ground: Ground) -> IntakeProcess:
    async with asyncio.timeout(PATIENCE):
        while (pid := await asyncio.to_thread(holds_busy, ground)) is None:
            await asyncio.sleep(0.1)
    return next(intake for intake in ground.intakes if intake.pid == pid)


def cut_the_locks(ground: Ground) -> int:
    """Ends the sessions that hold partitions, under the batches in hand; how many they were."""
    with psycopg.connect(ground.servers.postgres_url, autocommit=True) as conn:
        row = conn.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE application_name LIKE 'bagalau-intake-%' AND datname = current_database()"
        ).fetchone()
    return int(row[0]) if row else 0


@seeds
async def test_the_one_that_serves_is_killed_and_another_joins(
    ground: Ground, figures: Figures, seed: int
) -> None:
    rng = Random(seed)
    lines = lines_of(FACTS, seed)
    first, second = await asyncio.gather(ground.ready_intake(), ground.ready_intake())
    async with overhearing(ground) as heard, feeding(ground, lines, WINDOW) as feeder:
        await feeder.until(rng.uniform(0.05, 0.3))
        serving = await holder(ground)
        await asyncio.to_thread(serving.kill)
        met = [feeder.answered]
        await feeder.until(rng.uniform(0.35, 0.6))
        # It takes over half of the partitions while they are busy.
        third = await ground.ready_intake()
        met.append(feeder.answered)
        fed = await feeder.done()
        other = first if serving is second else second
        assert other.is_running()
        for intake in (other, third):
            assert await asyncio.to_thread(intake.stop) == 0
    assert ground.findings(lines, fed.receipts) == []
    assert heard.contradictions() == []
    figures(
        f"two intakes, seed {seed}: {len(lines)} lines, killed and joined after {met} answers,"
        f" {fed.accepted} accepted, {fed.again} sent again, {fed.seconds:.1f} s"
    )


@seeds
async def test_partitions_change_hands_because_their_locks_are_lost(
    ground: Ground, figures: Figures, seed: int
) -> None:
    rng = Random(seed)
    lines = lines_of(FACTS, seed)
    intakes = await asyncio.gather(ground.ready_intake(), ground.ready_intake())
    async with overhearing(ground) as heard, feeding(ground, lines, WINDOW) as feeder:
        cut = 0
        for share in sorted(rng.uniform(0.05, 0.8) for _ in range(3)):
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
