"""The intake killed by SIGKILL at each point of a batch, while a feeder waits for its receipts."""

import asyncio
from collections import Counter
from random import Random

import pytest

from services.intake.crash import CrashPoint
from tests.faults.checker import acknowledged_too_soon, open_log
from tests.faults.ground import PATIENCE, Figures, Ground, feeding, overhearing
from tests.faults.lines import least_batches, lines_of

pytestmark = [pytest.mark.servers, pytest.mark.faults]

SHORT = (1, 2)
SEEDS = 22
_HITS: Counter[CrashPoint] = Counter()


@pytest.mark.parametrize(
    "seed", [*SHORT, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(3, SEEDS + 1))]
)
async def test_what_is_receipted_survives_a_kill_at_every_point(
    ground: Ground, figures: Figures, seed: int
) -> None:
    rng = Random(f"crash/{seed}")
    lines = lines_of(400, seed)
    window = rng.choice((5, 12, 25))
    points = list(CrashPoint)
    rng.shuffle(points)
    # So early that the feed cannot be over before all the points were reached.
    latest = max(1, least_batches(lines, window) // (2 * len(points)))
    hits: Counter[CrashPoint] = Counter()
    async with overhearing(ground) as heard, feeding(ground, lines, window) as feeder:
        for point in points:
            intake = ground.intake(point=point, reach=rng.randint(1, latest))
            hits[await asyncio.to_thread(intake.until_crashed, PATIENCE)] += 1
            with open_log(ground.servers.postgres_url) as conn:
                assert await acknowledged_too_soon(ground.servers.nats_url, conn) == []
        last = ground.intake()
        fed = await feeder.done()
        with open_log(ground.servers.postgres_url) as conn:
            assert await acknowledged_too_soon(ground.servers.nats_url, conn) == []
        assert await asyncio.to_thread(last.stop) == 0
    assert ground.findings(lines, fed.receipts) == []
    assert heard.contradictions() == []
    assert hits == Counter(points)
    _HITS.update(hits)
    told = ", ".join(f"{point} {_HITS[point]}" for point in CrashPoint)
    figures(
        f"seed {seed}: {len(lines)} lines, window {window}, {fed.accepted} accepted, {fed.again} sent again,"
        f" {len(heard.receipts)} receipts given, {fed.seconds:.1f} s; hits so far: {told}"
    )
