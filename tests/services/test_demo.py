"""The demo tells a contested result and corrects an act; it ends, with a code, when the system does not."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from events.keyring import Keyring
from events.log import heads
from services import demo
from services.demo import DemoError, country, run
from services.demo_story import contested, page, to_json
from services.sample import Country
from services.servers import Servers, connect
from services.system import prepare, services
from tests import serving

pytestmark = pytest.mark.servers

OF = country(100, 1)


async def failing(_: Servers, __: Keyring, ___: asyncio.Event, ready: Callable[[], None]) -> None:
    ready()
    await asyncio.sleep(0.3)
    raise ZeroDivisionError("Есенова")


async def ending(_: Servers, __: Keyring, ___: asyncio.Event, ready: Callable[[], None]) -> None:
    ready()
    await asyncio.sleep(0.3)


async def idle(_: Servers, __: Keyring, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    ready()
    await stop.wait()


async def outcome(servers: Servers, home: Path, *without: str, **also: object) -> DemoError:
    ring = await asyncio.to_thread(prepare, home, servers)
    chosen = {name: one for name, one in services(home).items() if name not in without} | also
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(demo, "services", lambda _: chosen)
        patched.setattr(demo, "PATIENCE", 3.0)
        with pytest.raises(DemoError) as raised:
            await asyncio.wait_for(run(home, servers, ring, OF), serving.PATIENCE)
    assert "bagalau doctor" in raised.value.remedy
    assert "Есенова" not in str(raised.value)
    return raised.value


async def test_a_service_that_fails_ends_the_demo(fresh_servers: Servers, home: Path) -> None:
    error = await outcome(fresh_servers, home, "intake", bad=failing)
    assert error.code == "services-ended"
    assert "ZeroDivisionError" in error.detail


async def test_a_service_that_merely_ends_does_too(fresh_servers: Servers, home: Path) -> None:
    assert (await outcome(fresh_servers, home, "intake", bad=ending)).code == "services-ended"


async def test_facts_that_nobody_takes_are_not_waited_for_for_ever(
    fresh_servers: Servers, home: Path
) -> None:
    assert (await outcome(fresh_servers, home, "intake", idle=idle)).code == "no-receipts"


async def test_grades_that_nobody_makes_are_not_waited_for_for_ever(
    fresh_servers: Servers, home: Path
) -> None:
    assert (await outcome(fresh_servers, home, "projector", idle=idle)).code == "grades-behind"


async def test_one_contested_result_is_told_from_its_marks_to_the_protocol(
    fresh_servers: Servers, home: Path
) -> None:
    ring = await asyncio.to_thread(prepare, home, fresh_servers)
    report = await asyncio.wait_for(run(home, fresh_servers, ring, country(1500, 2)), 3 * serving.PATIENCE)
    story = report.story
    assert report.ok
    assert story is not None
    types = [one.type for one in story.entries]
    procedure = ("ScoreSubmitted", "SheetSigned", "ResultDelivered", "ResultAnnounced")
    panel = ("CalibrationRequested", "CalibrationConvened", "ArgumentHeard", "VoteCast")
    ended = ("CalibrationConcluded", "ResultRestated", "ProtocolFiled")
    places = [types.index(one) for one in (*procedure, *panel, *ended)]
    assert places == sorted(places)
    assert types[0] == "ScoreSubmitted"
    assert types[-1] == "ProtocolFiled"
    told = "\n".join(page(story))
    assert "Round 1: " in told
    decided = to_json(story)["events"][places[-3]]
    assert f"decided for the score {decided['score_after']}" in told
    corrected = report.correction
    assert corrected.ok
    assert corrected.tally.results == len(corrected.changed) > 0
    quarters = [one.after for one in corrected.changed if one.grade.kind == "quarterly"]
    assert {one.revision for one in quarters if one} == {2}
    with connect(fresh_servers, "bagalau_auditor", autocommit=True) as conn:
        assert {one.ledger: one.rows for one in report.verified} == {
            one.ledger: one.size for one in heads(conn)
        }


def test_a_country_in_which_nobody_contests_has_no_story() -> None:
    assert list(contested(Country(bodies=1, employees=4, quarters=(1,)))) == []
