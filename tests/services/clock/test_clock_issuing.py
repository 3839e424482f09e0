"""Sheets that the clock issues at the end of a period, and those that it does not."""

from datetime import date, timedelta

import pytest

from services.clock.ground import Ground
from services.clock.issuing import unnamed
from tests.facts import adopted, appointed, fact, issued, ref
from tests.services.clock.world import World, dismissed, told

SERVANT = [adopted("zhanakorgan-2026"), appointed()]


def sheets(world: World, today: str) -> list[str]:
    """`employee position period form evaluator` of each sheet issued on a day."""
    return [
        f"{one.data.employee} {one.data.position} {one.data.period} {one.data.form} {one.data.evaluator}"
        for one in world.tick(today)
        if one.type == "SheetIssued"
    ]


@pytest.mark.clause("score-sheet/cl-17/sheet-is-sent")
def test_cl_16_the_day_after_the_quarter_everyones_sheet_goes_to_the_one_who_assesses_him() -> None:
    manager = appointed("e-2", "p-2", category="E-1", managerial=True)
    world = World(*SERVANT, manager)

    assert sheets(world, "2026-03-31") == []
    assert sheets(world, "2026-04-01") == [
        "e-1 p-1 2026-Q1 annex-2 head-1",
        "e-2 p-2 2026-Q1 annex-1 boss-1",
    ]
    assert sheets(world, "2026-04-01") == []
    assert sheets(world, "2026-06-30") == []


def test_what_the_clock_says_is_the_systems_own_on_the_day_it_did_it() -> None:
    (issue, *_) = World(*SERVANT).tick("2026-04-03")

    assert (issue.actor, str(issue.occurred_on)) == ("system", "2026-04-03")


def test_a_sheet_that_the_body_issued_is_not_issued_again_whatever_its_form_would_be_now() -> None:
    world = World(*SERVANT, issued())
    assert sheets(world, "2026-04-01") == []

    world.tell(
        fact(
            "EmployeeTransferred",
            {
                "employee": "e-1",
                "from_position": "p-1",
                "position": "p-1",
                "category": "E-1",
                "managerial": True,
                "unit": "u-1",
                "supervisor": "boss-1",
                "unit_head": "head-1",
                "on": "2026-03-02",
            },
        )
    )
    assert sheets(world, "2026-04-02") == []


def test_after_days_off_every_quarter_that_was_missed_is_issued() -> None:
    assert sheets(World(*SERVANT), "2026-08-15") == [
        "e-1 p-1 2026-Q1 annex-2 head-1",
        "e-1 p-1 2026-Q2 annex-2 head-1",
    ]


def test_what_is_older_than_the_last_year_is_left() -> None:
    found = sheets(World(*SERVANT), "2028-01-10")

    assert {line.split()[2][:4] for line in found} == {"2027"}


def test_who_was_appointed_too_late_has_a_sheet_as_well_and_who_came_after_the_quarter_none() -> None:
    world = World(*SERVANT, appointed("e-2", "p-2", on="2026-03-30"), appointed("e-3", on="2026-04-01"))

    assert [line.split()[0] for line in sheets(world, "2026-04-01")] == ["e-1", "e-2"]


@pytest.mark.clause("typical-2025/cl-6/dismissed-are-assessed")
def test_cl_6_one_dismissed_in_the_quarter_has_a_sheet_and_one_dismissed_before_it_none() -> None:
    gone = [
        appointed("e-2"),
        dismissed("e-2", "2026-02-10"),
        appointed("e-3"),
        dismissed("e-3", "2025-12-31"),
    ]

    assert [line.split()[0] for line in sheets(World(*SERVANT, *gone), "2026-04-01")] == ["e-1", "e-2"]


@pytest.mark.parametrize(
    "lines",
    [[appointed()], [adopted("zhanakorgan-2026", "2026-Q2"), appointed()]],
    ids=["nobody adopted an act", "from the next quarter on"],
)
def test_nothing_is_issued_for_a_period_that_no_adopted_act_governs(lines: list[bytes]) -> None:
    assert sheets(World(*lines), "2026-04-01") == []


def test_an_act_that_ended_by_its_own_source_issues_nothing_more() -> None:
    world = World(adopted("sjc-2017", "2017-Q1"), appointed(on="2015-06-01"))

    assert [line.split()[2] for line in sheets(world, "2018-11-30")] == [
        *(f"2017-Q{quarter}" for quarter in range(1, 5)),
        "2017",
        "2018-Q1",
    ]


SJC = [adopted("sjc-2017", "2017-Q1"), appointed(on="2015-06-01")]


@pytest.mark.clause("sjc-2017/cl-14/ten-days-before")
@pytest.mark.parametrize(
    ("day", "period"),
    [
        ("2017-03-31", "2017-Q1"),
        ("2017-06-30", "2017-Q2"),
        ("2017-09-30", "2017-Q3"),
        ("2017-11-30", "2017-Q4"),
        ("2017-12-15", "2017"),
    ],
)
def test_sjc_cl_3_and_14_ten_days_before_it_must_be_signed(day: str, period: str) -> None:
    world = World(*SJC)
    before = {
        line.split()[2] for line in told(world.tick(_day_before(day))) if line.startswith("SheetIssued")
    }

    assert period not in before
    assert [line.split()[2] for line in sheets(world, day)] == [period]


def test_arys_both_sheets_of_the_year_are_issued_once_it_is_over_for_the_position_held_last() -> None:
    moved = {
        "employee": "e-1",
        "from_position": "p-1",
        "position": "p-2",
        "category": "E-4",
        "managerial": False,
        "unit": "u-1",
        "supervisor": "boss-2",
        "unit_head": "head-1",
        "on": "2023-05-02",
    }
    world = World(
        adopted("arys-2022", "2023"), appointed(on="2020-06-01"), fact("EmployeeTransferred", moved)
    )

    assert sheets(world, "2023-12-31") == []
    assert sheets(world, "2024-01-01") == ["e-1 p-2 2023 targets boss-2", "e-1 p-2 2023 competencies boss-2"]


def test_one_whose_file_names_nobody_who_could_assess_him_waits_for_the_body() -> None:
    world = World(adopted("zhanakorgan-2026"), appointed("e-1", unit_head="e-1", supervisor="e-1"))

    assert sheets(world, "2026-04-01") == []
    assert unnamed(Ground(world.states["zhanakorgan"], world.law, _date("2026-04-01")), "e-1") == 1
    assert world.terms()["quarter-assessed"] == "open 2026-04-20"

    named = {"employee": "e-1", "position": "p-1", "supervisor": "boss-1", "on": "2026-04-02"}
    world.tell(fact("SuperiorsChanged", named))
    assert sheets(world, "2026-04-02") == ["e-1 p-1 2026-Q1 annex-2 boss-1"]


def test_a_sheet_that_is_there_counts_for_its_position_alone() -> None:
    world = World(*SERVANT, appointed("e-1", "p-2"), issued(ref()))

    assert sheets(world, "2026-04-01") == ["e-1 p-2 2026-Q1 annex-2 head-1"]


def _date(text: str) -> date:
    return date.fromisoformat(text)


def _day_before(text: str) -> date:
    return _date(text) - timedelta(days=1)
