"""Terms as the clock marks them: begun, kept, missed, lapsed, withdrawn."""

from datetime import date

import pytest

from events.vocabulary.assessment import CommissionDecided, DecisionApproved
from tests.facts import adopted, appointed, fact, issued, ref, worked
from tests.services.clock.world import World, dated, delivered, dismissed, graded, told

SERVANT = [adopted("zhanakorgan-2026"), appointed()]


def quarter() -> World:
    world = World(*SERVANT)
    world.tick("2026-04-01")
    return world


def test_cl_4_a_term_that_begins_is_marked_once() -> None:
    world = World(*SERVANT)

    assert told(world.tick("2026-04-01")) == ["SheetIssued e-1 2026-Q1", "quarter-assessed e-1 2026-Q1 open"]
    assert world.tick("2026-04-02") == []
    assert world.terms() == {"quarter-assessed": "open 2026-04-20"}


def test_cl_4_a_sheet_signed_in_time_keeps_the_term() -> None:
    world = quarter().tell(*graded(ref(), "2026-04-20"))

    assert told(world.tick("2026-04-21")) == ["quarter-assessed e-1 2026-Q1 kept"]
    assert world.terms() == {"quarter-assessed": "kept 2026-04-20 2026-04-20"}


@pytest.mark.clause("score-sheet/cl-4/by-the-20th", "score-sheet/cl-15/timely-papers")
def test_cl_4_one_that_was_missed_is_marked_the_day_after_and_again_when_it_was_met() -> None:
    world = quarter()

    assert told(world.tick("2026-04-20")) == []
    assert told(world.tick("2026-04-21")) == ["quarter-assessed e-1 2026-Q1 missed"]
    world.tell(*graded(ref(), "2026-04-24"))
    world.tick("2026-04-25")
    assert world.terms() == {"quarter-assessed": "missed 2026-04-20 2026-04-24"}


def test_a_pass_for_an_earlier_day_takes_nothing_back() -> None:
    world = quarter()
    world.tick("2026-04-21")

    assert world.tick("2026-04-05") == []


def test_cl_10_a_right_that_was_not_used_lapses() -> None:
    world = quarter().tell(*graded(ref(), "2026-04-10"), delivered(ref(), "2026-04-14"))

    assert "calibration-request e-1 2026-Q1 open" in told(world.tick("2026-04-14"))
    assert told(world.tick("2026-04-21")) == []
    assert told(world.tick("2026-04-22")) == ["calibration-request e-1 2026-Q1 lapsed"]


@pytest.mark.clause("score-sheet/cl-19/approved-in-three-days", "score-sheet/cl-15/timely-papers")
def test_cl_10_19_20_a_request_starts_the_terms_of_the_panel() -> None:
    asked = fact("CalibrationRequested", {**ref(), "grounds": "row 3"}, on="2026-04-20")
    world = quarter().tell(*graded(ref(), "2026-04-10"), delivered(ref(), "2026-04-14"), asked)

    world.tick("2026-04-24")

    assert world.terms() == {
        "quarter-assessed": "kept 2026-04-20 2026-04-10",
        "calibration-request": "kept 2026-04-21 2026-04-20",
        "panel-approved": "missed 2026-04-23",
        "panel-held": "open 2026-05-05",
    }


def test_cl_10_a_request_taken_back_takes_the_terms_of_the_panel_with_it() -> None:
    asked = fact("CalibrationRequested", {**ref(), "grounds": "row 3"}, on="2026-04-20")
    world = quarter().tell(*graded(ref(), "2026-04-10"), delivered(ref(), "2026-04-14"), asked)
    world.tick("2026-04-20")

    world.tell(fact("CalibrationWithdrawn", ref(), on="2026-04-21"))

    assert told(world.tick("2026-04-21")) == [
        "calibration-request e-1 2026-Q1 open",
        "panel-approved e-1 2026-Q1 withdrawn",
        "panel-held e-1 2026-Q1 withdrawn",
    ]


@pytest.mark.parametrize("on", ["2026-03-10", "2025-06-01"])
def test_cl_5_of_one_who_is_not_assessed_nothing_is_owed(on: str) -> None:
    world = World(adopted("zhanakorgan-2026"), appointed(on=on))
    if on == "2025-06-01":
        world.tell(worked(14))

    assert told(world.tick("2026-04-01")) == ["SheetIssued e-1 2026-Q1"]
    assert world.tick("2026-04-21") == []


def test_cl_5_what_was_owed_of_one_who_turns_out_not_to_be_assessed_is_withdrawn() -> None:
    world = quarter().tell(*dated("2026-04-10", worked(14)))

    assert told(world.tick("2026-04-10")) == ["quarter-assessed e-1 2026-Q1 withdrawn"]
    world.tell(*dated("2026-04-12", worked(57)))
    assert told(world.tick("2026-04-12")) == ["quarter-assessed e-1 2026-Q1 open"]


@pytest.mark.clause("score-sheet/cl-9/dismissed-told-in-the-month")
def test_cl_9_one_dismissed_in_the_quarter_is_told_in_the_month_after() -> None:
    world = World(*SERVANT, dismissed("e-1", "2026-03-02"))
    world.tick("2026-04-01")
    assert world.terms()["dismissed-told"] == "open 2026-04-30"

    world.tell(*graded(ref(), "2026-04-10"))
    world.tick("2026-05-01")
    assert world.terms()["dismissed-told"] == "missed 2026-04-30"


def test_cl_4_the_term_of_the_annual_score_begins_when_the_year_is_over() -> None:
    world = World(*SERVANT, issued(), *graded(ref(), "2026-04-10"))

    world.tick("2026-12-31")
    assert world.terms(period="2026") == {}
    world.tick("2027-01-01")
    assert world.terms(period="2026") == {"annual-formed": "open 2027-01-30"}
    world.tick("2027-01-30")
    assert world.terms(period="2026") == {"annual-formed": "kept 2027-01-30 2027-01-30"}


def test_cl_4_a_clock_that_was_off_on_30_january_missed_the_term() -> None:
    world = World(*SERVANT, issued(), *graded(ref(), "2026-04-10"))

    world.tick("2027-02-03")

    assert world.terms(period="2026") == {"annual-formed": "missed 2027-01-30 2027-02-03"}


YEAR = {"employee": "e-1", "position": "p-1", "year": 2017}
TARGET = {"target": 1, "title": "t", "measurable": True}


def test_sjc_cl_10_a_plan_is_owed_from_the_first_day_of_the_year_without_any_sheet() -> None:
    world = World(adopted("sjc-2017", "2017-Q1"), appointed(on="2015-06-01"))

    world.tick("2017-01-01")
    assert world.terms(period="2017") == {"plan-drawn-up": "open 2017-01-10"}
    world.tell(fact("PlanAgreed", {**YEAR, "targets": [TARGET]}, on="2017-01-11"))
    world.tick("2017-01-12")
    assert world.terms(period="2017") == {"plan-drawn-up": "missed 2017-01-10 2017-01-11"}


def test_sjc_cl_3_the_years_own_term_begins_with_its_sheet() -> None:
    world = World(adopted("sjc-2017", "2017-Q1"), appointed(on="2015-06-01"))

    world.tick("2017-12-14")
    assert "annual-assessed" not in world.terms(period="2017")
    world.tick("2017-12-15")
    assert world.terms(period="2017")["annual-assessed"] == "open 2017-12-25"


def test_sjc_cl_10_and_11_no_plan_is_owed_of_one_who_left_before_its_day() -> None:
    gone = [appointed("e-2", on="2015-06-01"), dismissed("e-2", "2017-01-05")]
    late = [appointed("e-3", on="2017-02-01"), dismissed("e-3", "2017-02-03")]
    world = World(adopted("sjc-2017", "2017-Q1"), *gone, *late)

    world.tick("2017-03-01")

    assert world.terms("e-2", "2017") == {}
    assert world.terms("e-3", "2017") == {}


def test_sjc_cl_36_38_from_the_session_he_is_told_and_may_appeal() -> None:
    points = {**ref(period="2017-Q1"), "form": "points"}
    world = World(adopted("sjc-2017", "2017-Q1"), appointed(on="2015-06-01"))
    world.tick("2017-03-31")
    world.tell(fact("SheetSigned", points, on="2017-04-07"))
    decided = CommissionDecided(
        **points,
        session="s-1",
        choice="approve",
        convened_on=date(2017, 4, 6),
        sat_on=date(2017, 4, 12),
    )
    world.say([decided], date(2017, 4, 12))

    world.tick("2017-04-12")

    terms = world.terms(period="2017-Q1")
    assert (terms["told"], terms["appeal"]) == ("open 2017-04-14", "open 2017-04-26")


def test_arys_cl_24_40_the_sheet_goes_to_the_commission_and_the_approved_result_to_the_servant() -> None:
    targets = {**ref(period="2023"), "form": "targets"}
    world = World(adopted("arys-2022", "2023"), appointed(on="2020-06-01"))
    world.tick("2024-01-01")
    world.tell(
        fact("SheetSigned", targets, on="2024-01-10"),
        fact("SheetAgreed", {**targets, "by": "akim"}, on="2024-01-11"),
    )
    days = {"convened_on": date(2024, 1, 12), "sat_on": date(2024, 1, 18)}
    world.say([CommissionDecided(**targets, session="s-1", choice="approve", **days)], date(2024, 1, 18))
    world.say([DecisionApproved(**targets, session="s-1", by="akim")], date(2024, 1, 19))

    world.tick("2024-01-19")

    terms = world.terms(period="2023")
    assert terms["targets-to-commission"] == "kept 2024-01-15 2024-01-12"
    assert terms["told"] == "open 2024-01-23"
    assert terms["appeal"] == "open 2024-02-01"


def test_a_years_sheet_in_a_position_that_he_left_within_the_year_asks_for_nothing() -> None:
    moved = {
        "employee": "e-1",
        "from_position": "p-1",
        "position": "p-2",
        "category": "E-4",
        "managerial": False,
        "unit": "u-1",
        "supervisor": "boss-2",
        "unit_head": "head-1",
        "on": "2017-12-18",
    }
    world = World(adopted("sjc-2017", "2017-Q1"), appointed(on="2015-06-01"))
    world.tick("2017-12-15")
    world.tell(fact("EmployeeTransferred", moved, on="2017-12-18"))
    world.tick("2017-12-18")
    world.tick("2017-12-27")

    by_position = {
        name.key[1]: {mark.term: mark.state for mark in found.terms.values()}
        for name, found in world.obligations().items()
        if name.key[2] == "2017"
    }
    assert by_position["p-1"]["annual-assessed"] == "withdrawn"
    assert "annual-assessed" not in by_position["p-2"]
