from datetime import date
from typing import Any

import pytest

from events.documents.plan import Monitored
from events.vocabulary.plan import PlanAgreed, PlanApproved, PlanMonitored, PlanReturned, Target
from tests.ledger import after, document_of, event

PLAN: dict[str, Any] = {"employee": "4117", "position": "specialist", "year": 2022}
DAY = date(2026, 4, 10)


def agreed(*targets: Target) -> PlanAgreed:
    return PlanAgreed(**PLAN, targets=list(targets))


def target(number: int | str, title: str = "Reports on time") -> Target:
    return Target(target=number, title=title, measurable=True)


def test_a_plan_agreed_holds_its_targets_and_waits_for_approval():
    plan = after(agreed(target(1), target(2)))

    assert (plan.employee, plan.position, plan.year) == ("4117", "specialist", "2022")
    assert [each.target for each in plan.targets] == [1, 2]
    assert (plan.agreed, plan.approved_by) == (True, None)


@pytest.mark.parametrize("named", [2, "2"])
def test_a_target_is_found_by_its_number_however_it_was_written(named):
    assert after(agreed(target(1), target(named, "Visits"))).target("2").title == "Visits"


def test_a_target_that_is_not_in_the_plan_is_not_found():
    assert after(agreed(target(1))).target("2") is None


def test_the_superior_approves():
    assert after(agreed(target(1)), PlanApproved(**PLAN, by="2001")).approved_by == "2001"


def test_a_returned_plan_is_neither_agreed_nor_approved():
    plan = after(
        agreed(target(1)), PlanApproved(**PLAN, by="2001"), PlanReturned(**PLAN, reason="not measurable")
    )

    assert (plan.agreed, plan.approved_by) == (False, None)
    assert [each.target for each in plan.targets] == [1]


def test_a_plan_agreed_again_has_the_new_targets_alone_and_waits_anew():
    plan = after(agreed(target(1)), PlanApproved(**PLAN, by="2001"), agreed(target(2), target(3)))

    assert [each.target for each in plan.targets] == [2, 3]
    assert (plan.agreed, plan.approved_by) == (True, None)


@pytest.mark.parametrize("quarter", [2, "2", "Q2", "2022-Q2"])
def test_monitoring_is_kept_by_quarter_and_changes_no_target(quarter):
    monitored = PlanMonitored(**PLAN, quarter=quarter, recommendations="hold course")
    plan = after(agreed(target(1)), PlanApproved(**PLAN, by="2001"), monitored)

    assert plan.monitored == (Monitored(2, "hold course", DAY),)
    assert [each.target for each in plan.targets] == [1]
    assert (plan.agreed, plan.approved_by) == (True, "2001")


def test_of_two_recommendations_for_a_quarter_the_last_stands():
    first = PlanMonitored(**PLAN, quarter=1, recommendations="hold course")
    other = PlanMonitored(**PLAN, quarter=2, recommendations="hurry")
    again = PlanMonitored(**PLAN, quarter="Q1", recommendations="turn back")
    plan = after(agreed(target(1)), first, other, again)

    assert [(one.quarter, one.recommendations) for one in plan.monitored] == [(2, "hurry"), (1, "turn back")]


def test_a_plan_keeps_the_days_it_was_drawn_up_returned_submitted_again_and_approved():
    days = [date(2022, 1, day) for day in (10, 11, 12, 13)]
    said = (
        agreed(target(1)),
        PlanReturned(**PLAN, reason="not measurable"),
        agreed(target(1)),
        PlanApproved(**PLAN, by="2001"),
    )
    steps = zip(said, days, strict=True)
    plan = document_of([event(one, seq, occurred_on=on) for seq, (one, on) in enumerate(steps, 1)])

    assert (plan.drawn_up_on, plan.returned_on, plan.agreed_on, plan.approved_on) == tuple(days)


def test_what_is_agreed_or_returned_after_the_approval_waits_for_another():
    approved = (agreed(target(1)), PlanApproved(**PLAN, by="2001"))

    for changed in (agreed(target(2)), PlanReturned(**PLAN, reason="not measurable")):
        assert after(*approved, changed).approved_on is None
