"""What a correction tells anew is delivered and may be contested again, within terms that run from then."""

import asyncio
import json
from pathlib import Path

import pytest

from events.keyring import Keyring
from projections.live import Live
from services.correcting.correction import Correcting
from services.correcting.proposal import Scope
from services.feeding import feed
from services.servers import Servers, connect
from tests import serving
from tests.facts import BODY, ref
from tests.projections.recorded import catch_up
from tests.services.correcting.small_world import OTHER, OVERALL, elsewhere, world
from tests.services.deciding.calibrating import asked
from tests.services.deciding.telling import delivered

pytestmark = pytest.mark.servers

Answers = list[str | None]
"""For each fact in its order the code it was refused with; None where it was accepted."""


async def reported(servers: Servers, keys: Keyring, *lines: bytes | str) -> Answers:
    """What a running intake answers."""
    facts = [json.loads(line) for line in lines]
    sent = [(fact["body"], json.dumps(fact).encode()) for fact in facts]
    async with serving.intake(servers, keys):
        fed = await feed(servers.nats_url, sent, patience=serving.PATIENCE)
    problems = {(one.body, one.id): one.problem for one in fed.receipts}
    found = [problems[fact["body"], fact["id"]] for fact in facts]
    return [None if one is None else one.code for one in found]


def corrected(servers: Servers, keyring_file: Path, file: Path) -> dict[str, int]:
    correcting = Correcting(servers, keyring_file)
    proposal = correcting.read(file, Scope())
    return correcting.apply(proposal, correcting.what_if(proposal), "read anew", workers=1).restated


async def test_delivery_and_the_right_to_calibration_are_open_again_with_their_terms(
    fresh_servers: Servers, keys: Keyring, keyring_file: Path, tmp_path: Path
) -> None:
    """Told on 15 April 2026, the term of five working days was over on the 22nd; restated, it runs anew."""
    file = tmp_path / "overall.toml"
    file.write_text(OVERALL)
    of = ref("e-2")

    def asks(on: str) -> list[bytes | str]:
        line = asked(on=on, **of)
        return [line, *elsewhere([line])]

    assert set(await reported(fresh_servers, keys, *world())) == {None}
    with connect(fresh_servers, "bagalau_projector", autocommit=True) as conn:
        catch_up(conn, Live(keys))
    assert await reported(fresh_servers, keys, *asks("2026-07-20")) == ["term-missed"] * 2

    assert await asyncio.to_thread(corrected, fresh_servers, keyring_file, file) == {BODY: 2, OTHER: 1}

    told = delivered(of, on="2026-07-20")
    assert await reported(fresh_servers, keys, told) == [None]
    # Five working days from the day after: to Monday the 27th, as the 25th and 26th are days off.
    (late, _), (last, untold) = asks("2026-07-28"), asks("2026-07-27")
    assert await reported(fresh_servers, keys, late, last) == ["term-missed", None]
    # Where he was not told yet what it is by now, no term of his runs.
    assert await reported(fresh_servers, keys, untold) == [None]
