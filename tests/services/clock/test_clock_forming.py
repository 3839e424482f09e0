"""The annual score: when the clock forms it, and when anew."""

import pytest

from tests.facts import adopted, appointed, fact, issued, ref, sanctioned
from tests.services.clock.world import World, dismissed, graded

SERVANT = [adopted("zhanakorgan-2026"), appointed()]
QUARTERS = ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")
FOURS = ("4", "4", "4", "4", "4")


def formed(world: World, today: str) -> list[str]:
    """`employee year score grade quarters` of each year formed on a day."""
    return [
        f"{one.data.employee} {one.data.year} {one.data.score} {one.data.grade} "
        + ",".join(quarter.period[-2:] for quarter in one.data.quarters)
        for one in world.tick(today)
        if one.type == "AnnualFormed"
    ]


def lived(*quarters: str, marks: tuple[str, ...] = FOURS) -> World:
    """A year whose sheets the clock issued, and these of whose quarters were graded in time."""
    world = World(*SERVANT)
    for quarter in QUARTERS:
        number = int(quarter[-1])
        month, year = (number * 3 % 12) + 1, 2026 + (number == 4)
        world.tick(f"{year}-{month:02d}-01")
        if quarter in quarters:
            world.tell(*graded(ref(period=quarter), f"{year}-{month:02d}-15", marks))
    return world


@pytest.mark.clause("score-sheet/cl-4/formed-by-itself")
def test_cl_4_the_year_is_formed_as_soon_as_it_is_over_and_every_quarter_is_graded() -> None:
    world = lived(*QUARTERS)

    assert formed(world, "2027-01-16") == ["e-1 2026 4.00 effective Q1,Q2,Q3,Q4"]
    assert formed(world, "2027-01-17") == []


@pytest.mark.clause("score-sheet/cl-4/formed-by-itself")
def test_cl_4_while_a_quarter_is_open_it_waits_and_on_30_january_it_waits_no_longer() -> None:
    world = lived("2026-Q1", "2026-Q2")

    assert formed(world, "2027-01-29") == []
    assert formed(world, "2027-01-30") == ["e-1 2026 4.00 effective Q1,Q2"]


def test_a_year_that_is_not_over_is_not_formed_though_all_there_is_is_graded() -> None:
    world = World(*SERVANT, issued(), *graded(ref(), "2026-04-10"))

    assert formed(world, "2026-12-31") == []


def test_a_quarter_in_which_he_was_not_assessed_is_not_waited_for() -> None:
    world = World(adopted("zhanakorgan-2026"), appointed(on="2026-09-20"))
    for day in ("2026-10-01", "2027-01-01"):
        world.tick(day)
    world.tell(*graded(ref(period="2026-Q4"), "2027-01-05", FOURS))

    assert formed(world, "2027-01-06") == ["e-1 2026 4.00 effective Q4"]


def test_a_year_without_any_grade_is_not_formed() -> None:
    assert formed(lived(), "2027-02-15") == []


def test_a_sanction_that_came_to_light_forms_the_year_anew() -> None:
    world = lived(*QUARTERS, marks=("5", "5", "5", "5", "5"))
    assert formed(world, "2027-01-16") == ["e-1 2026 5.00 effective Q1,Q2,Q3,Q4"]
    world.tell(sanctioned("remark", "2026-11-10"))

    assert formed(world, "2027-03-01") == ["e-1 2026 4.90 effective Q1,Q2,Q3,Q4"]
    assert formed(world, "2027-03-02") == []


@pytest.mark.parametrize("quarter", [None, "2017-Q4"])
def test_sjc_cl_32_formed_once_the_plan_and_every_quarter_are_graded(quarter: str | None) -> None:
    world = World(adopted("sjc-2017", "2017-Q1"), appointed(on="2015-06-01"))
    for day in ("2017-03-31", "2017-06-30", "2017-09-30", "2017-11-30", "2017-12-15"):
        world.tick(day)
    year = {"employee": "e-1", "position": "p-1", "year": 2017}
    target = {"target": 1, "title": "t", "measurable": True}
    world.tell(fact("PlanAgreed", {**year, "targets": [target]}, on="2017-01-10"))
    for period in ("2017-Q1", "2017-Q2", "2017-Q3", "2017-Q4"):
        if period != quarter:
            world.tell(fact("SheetSigned", {**ref(period=period), "form": "points"}, on="2017-12-08"))
    world.tell(
        fact("TargetAssessed", {**year, "target": 1, "mark": 4}, on="2017-12-18"),
        fact("SheetSigned", {**ref(period="2017"), "form": "plan"}, on="2017-12-18"),
    )

    expected = "e-1 2017 3.60 satisfactory Q1,Q2,Q3" + ("" if quarter else ",Q4")
    found = formed(world, "2017-12-18")
    if quarter is None:
        assert found == [expected]
    else:
        assert found == []
        assert formed(world, "2018-01-01") == [expected]


def test_arys_forms_no_year_of_quarters() -> None:
    world = World(adopted("arys-2022", "2023"), appointed(on="2020-06-01"))

    assert formed(world, "2024-02-01") == []


def test_one_dismissed_in_the_year_has_his_year_formed_with_the_others() -> None:
    world = World(*SERVANT, issued(), *graded(ref(), "2026-04-10", FOURS), dismissed("e-1", "2026-03-31"))

    assert formed(world, "2026-12-31") == []
    assert formed(world, "2027-01-01") == ["e-1 2026 4.00 effective Q1"]
