"""Servers killed, emptied or away during a feed: feeder and intake go on by themselves."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from random import Random

import pytest

from tests.faults.ground import Figures, Ground, feeding, overhearing
from tests.faults.lines import lines_of

pytestmark = [pytest.mark.servers, pytest.mark.faults]

FACTS = 1200
WINDOW = 20
SHORT = 1
SEEDS = 8

seeds = pytest.mark.parametrize(
    "seed",
    [*range(1, SHORT + 1), *(pytest.param(n, marks=pytest.mark.long) for n in range(SHORT + 1, SEEDS + 1))],
)

Fault = Callable[[], Awaitable[None]]


async def survives(ground: Ground, figures: Figures, seed: int, name: str, faults: list[Fault]) -> None:
    """Feeds lines to one intake that is never started again, with the faults spread over the feed."""
    rng = Random(f"{name}/{seed}")
    lines = lines_of(FACTS, seed)
    shares = sorted(rng.uniform(0.05, 0.5) for _ in faults)
    intake = await ground.ready_intake()
    async with overhearing(ground) as heard, feeding(ground, lines, WINDOW) as feeder:
        met = []
        for share, fault in zip(shares, faults, strict=True):
            await feeder.until(share)
            met.append(feeder.answered)
            await fault()
        fed = await feeder.done()
        assert intake.is_running(), ground.said()
        assert await asyncio.to_thread(intake.stop) == 0
    assert ground.findings(lines, fed.receipts) == []
    assert heard.contradictions() == []
    figures(
        f"{name}, seed {seed}: {len(lines)} lines, faults after {met} answers, {fed.accepted} accepted,"
        f" {fed.again} sent again, {fed.seconds:.1f} s"
    )


@seeds
async def test_nats_server_killed_and_started_again(ground: Ground, figures: Figures, seed: int) -> None:
    async def killed() -> None:
        await asyncio.to_thread(ground.broker.kill)
        await asyncio.to_thread(ground.broker.start)

    await survives(ground, figures, seed, "nats-server killed", [killed, killed])


@seeds
async def test_the_jetstream_store_is_lost(ground: Ground, figures: Figures, seed: int) -> None:
    async def wiped() -> None:
        await asyncio.to_thread(ground.broker.kill)
        await asyncio.to_thread(shutil.rmtree, ground.broker.store)
        await asyncio.to_thread(ground.broker.start)

    await survives(ground, figures, seed, "JetStream store wiped", [wiped])


@seeds
async def test_the_postmaster_is_killed(ground: Ground, figures: Figures, seed: int) -> None:
    async def killed() -> None:
        await asyncio.to_thread(ground.postgres.kill)
        await asyncio.to_thread(ground.postgres.start)

    await survives(ground, figures, seed, "postmaster killed", [killed])


@pytest.mark.parametrize("seconds", [10, pytest.param(75, marks=pytest.mark.long)])
async def test_nats_is_away_for_longer_than_clients_usually_wait(
    ground: Ground, figures: Figures, seconds: int
) -> None:
    """A client of nats-py's gives up after sixty attempts unless it is told not to."""

    async def away() -> None:
        await asyncio.to_thread(ground.broker.kill)
        await asyncio.sleep(seconds)
        await asyncio.to_thread(ground.broker.start)

    await survives(ground, figures, seconds, f"NATS away for {seconds} s", [away])
