"""An intake that acknowledges before it commits loses facts when it is killed in between; that is caught."""

import asyncio
from collections.abc import Sequence

import nats
import pytest

from services import streams
from services.feeding import feed
from services.feeding.line import Line as SentLine
from services.intake.crash import CrashPoint
from services.intake.message import AFTER
from tests.faults.checker import Finding, Line, acknowledged_too_soon, open_log
from tests.faults.ground import PATIENCE, Figures, Ground
from tests.faults.lines import lines_of

pytestmark = [pytest.mark.servers, pytest.mark.faults]


async def queue_once(ground: Ground, lines: Sequence[Line]) -> None:
    """Sends as a feeder does that trusts the queue's word and never sends again."""
    last: dict[str, str] = {}
    async with await nats.connect(ground.servers.nats_url) as client:
        js = client.jetstream()
        for place, (body, data) in enumerate(lines):
            line = SentLine(place, body, data, last.get(body))
            headers = {AFTER: line.after} if line.after else None
            await js.publish(streams.facts_subject(body, line.type), line.data, headers=headers)
            last[body] = line.id


async def until_drained(ground: Ground) -> None:
    async with asyncio.timeout(PATIENCE), await nats.connect(ground.servers.nats_url) as client:
        js = client.jetstream()
        while True:
            infos = await js.consumers_info(streams.FACTS)
            if not any((info.num_pending or 0) + (info.num_ack_pending or 0) for info in infos):
                return
            await asyncio.sleep(0.1)


async def killed_before_commit(
    ground: Ground, lines: Sequence[Line], bug: str | None
) -> tuple[list[Finding], list[Finding]]:
    """What is found right after the kill, and once another intake has taken all that the queue still had."""
    opening, rest = lines[:3], lines[3:]
    intake = await ground.ready_intake()
    await feed(ground.servers.nats_url, opening, patience=PATIENCE)
    assert await asyncio.to_thread(intake.stop) == 0
    await queue_once(ground, rest)
    intake = ground.intake(bug=bug, point=CrashPoint.BEFORE_COMMIT)
    assert await asyncio.to_thread(intake.until_crashed, PATIENCE) is CrashPoint.BEFORE_COMMIT
    with open_log(ground.servers.postgres_url) as conn:
        soon = await acknowledged_too_soon(ground.servers.nats_url, conn, ground.keyring)
    intake = await ground.ready_intake()
    await until_drained(ground)
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
