"""A body whose facts lie in the queue together with its registration, in the agency's own partition."""

import asyncio
from itertools import count

import pytest

from events.envelope import ACCEPTED, AGENCY
from services import streams
from tests.facts import adopted, appointed, registered
from tests.faults.ground import PATIENCE, Ground, overhearing

pytestmark = [pytest.mark.servers, pytest.mark.faults]

BESIDE_THE_AGENCY = next(
    code
    for number in count(1)
    if streams.partition_of(code := f"body-{number}") == streams.partition_of(AGENCY)
)


async def test_a_body_is_registered_and_served_in_one_batch(ground: Ground) -> None:
    """Its feeder did not wait for central HR's, and the intake was away when both sent."""
    body = BESIDE_THE_AGENCY
    lines = [
        (AGENCY, registered(body)),
        (body, adopted("typical-2025", body=body)),
        *((body, appointed(f"e-{number}", body=body)) for number in range(20)),
    ]
    async with overhearing(ground) as heard:
        await ground.queue_once(lines)
        intake = await ground.ready_intake()
        async with asyncio.timeout(PATIENCE):
            while len(heard.receipts) < len(lines):  # noqa: ASYNC110 - another process goes on
                await asyncio.sleep(0.05)
        assert await asyncio.to_thread(intake.stop) == 0
    assert {receipt.outcome for receipt in heard.receipts} == {ACCEPTED}
    found = ground.findings(lines, heard.receipts)
    # Nobody was assessed yet.
    assert {finding.code for finding in found} == {"no-grades"}
