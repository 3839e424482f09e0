"""An intake that acknowledges before it commits loses facts when it is killed in between; that is caught."""

import asyncio
from collections.abc import Sequence

import pytest

from services.feeding import feed
from services.intake.crash import CrashPoint
from tests.faults.checker import Finding, Line, acknowledged_too_soon, open_log
from tests.faults.ground import PATIENCE, Figures, Ground
from tests.faults.lines import lines_of

pytestmark = [pytest.mark.servers, pytest.mark.faults]


async def killed_before_commit(
    ground: Ground, lines: Sequence[Line], bug: str | None
) -> tuple[list[Finding], list[Finding]]:
    """What is found right after the kill, and once another intake has taken all that the queue still had."""
    opening, rest = lines[:3], lines[3:]
    intake = await ground.ready_intake()
    await feed(ground.servers.nats_url, opening, patience=PATIENCE)
    assert await asyncio.to_thread(intake.stop) == 0
    await ground.queue_once(rest)
    intake = ground.intake(bug=bug, point=CrashPoint.BEFORE_COMMIT)
    assert await asyncio.to_thread(intake.until_crashed, PATIENCE) is CrashPoint.BEFORE_COMMIT
    with open_log(ground.servers.postgres_url) as conn:
        soon = await acknowledged_too_soon(ground.servers.nats_url, conn)
    intake = await ground.ready_intake()
    await ground.until_drained()
    assert await asyncio.to_thread(intake.stop) == 0
    return soon, ground.findings(lines)


async def test_an_intake_that_acknowledges_before_it_commits_is_caught(
    ground: Ground, figures: Figures
) -> None:
    lines = lines_of(300, 1)
    soon, after = await killed_before_commit(ground, lines, "acknowledges-first")
    lost = sum(one.code == "good-fact-missing" for one in after)
    assert {one.code for one in soon} == {"acknowledged-too-soon"}
    assert lost > 0
    figures(f"seeded bug: {len(soon)} facts acknowledged too soon, {lost} good facts lost of {len(lines)}")


async def test_the_product_s_intake_loses_nothing_in_the_same_place(ground: Ground) -> None:
    lines = lines_of(300, 1)
    assert await killed_before_commit(ground, lines, None) == ([], [])
