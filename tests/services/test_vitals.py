"""What heartbeats tell of the services."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.finding import Finding
from services.heartbeat import Heartbeat
from services.vitals import ranges, vitals

NOW = datetime(2026, 4, 11, tzinfo=UTC)
ALL = ("intake", "projector", "relay", "witness", "keeper", "clock")


def beat(service: str, age: float = 0.4, instance: str = "one", **detail: Any) -> Heartbeat:
    return Heartbeat(service, instance, NOW, age, detail)


def told(*beats: Heartbeat) -> dict[str, Finding]:
    return {one.subject: one for one in vitals(beats)}


def test_without_an_intake_or_a_projector_everything_is_stuck_and_the_others_are_worth_a_look() -> None:
    found = told()
    assert {subject: one.verdict for subject, one in found.items()} == {
        "intake": "stuck",
        "projector": "stuck",
        "relay": "look",
        "witness": "look",
        "keeper": "look",
        "clock": "look",
    }
    assert len({one.remedy for one in found.values()}) == 1


def test_what_runs_is_well_and_says_what_it_holds_and_when_it_was_heard() -> None:
    found = told(
        *(beat(service) for service in ALL if service != "intake"), beat("intake", partitions=[0, 1, 2, 7])
    )
    assert {one.verdict for one in found.values()} == {"well"}
    assert found["intake one"].detail == "partitions 0-2, 7; heard 0 s ago"


def test_a_clock_says_up_to_which_day_it_came_and_what_it_leaves_to_people() -> None:
    found = told(beat("clock", day="2026-04-01", ledgers=3, unnamed=2, left_out=1))["clock one"]
    assert found.verdict == "well"
    assert found.detail.startswith(
        "3 ledgers; up to 2026-04-01; sheets that wait until their body names who assesses: 2;"
        " 1 employees are left to people"
    )


def test_a_clock_that_stopped_beating_leaves_sheets_unissued() -> None:
    found = told(beat("clock", 30))["clock"]
    assert found.verdict == "look"
    assert "no sheets are issued" in found.detail


@pytest.mark.parametrize("age", [5.1, 60, 80_000])
def test_one_that_fell_silent_is_missed_at_once(age: float) -> None:
    found = told(beat("intake", age))
    assert found["intake"].verdict == "stuck"
    assert "silent" in found["intake"].detail


def test_one_that_fell_silent_beside_another_is_worth_a_look_for_a_while() -> None:
    found = told(beat("intake"), beat("intake", 30, "two"), beat("intake", 4000, "three"))
    assert found["intake two"].verdict == "look"
    assert "silent for 30 s" in found["intake two"].detail
    assert "intake three" not in found


def test_partitions_that_fail_for_one_reason_are_told_together() -> None:
    standing = {"0": "OperationalError", "1": "OperationalError", "9": "DataError"}
    found = told(beat("intake", standing=standing))
    assert found["intake one"].verdict == "stuck"
    assert "partitions 9 fail: DataError; partitions 0-1 fail: OperationalError" in found["intake one"].detail


@pytest.mark.parametrize(
    ("detail", "verdict"), [({"connected": False}, "stuck"), ({"undecidable": 2}, "look")]
)
def test_an_intake_without_its_queue_or_with_facts_it_failed_on_says_so(
    detail: dict[str, Any], verdict: str
) -> None:
    assert told(beat("intake", **detail))["intake one"].verdict == verdict


def test_what_an_intake_failed_on_last_is_named() -> None:
    cause = "ZeroDivisionError at services.deciding.assessment:decide:7"
    found = told(beat("intake", undecidable=2, undecidable_cause=cause))["intake one"]
    assert found.detail.startswith(f"2 facts that this release failed on, last by {cause}; ")


@pytest.mark.parametrize(
    ("numbers", "written"),
    [([], ""), ([3], "3"), ([2, 1, 0], "0-2"), ([1, 3, 4], "1, 3-4"), (range(16), "0-15")],
)
def test_numbers_are_written_as_people_do(numbers: list[int], written: str) -> None:
    assert ranges(numbers) == written
