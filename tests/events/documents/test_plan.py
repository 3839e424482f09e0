from typing import Any

import pytest

from events.vocabulary.plan import PlanAgreed, PlanApproved, PlanMonitored, PlanReturned, Target
from tests.ledger import after

PLAN: dict[str, Any] = {"employee": "4117", "position": "specialist", "year": 2022}


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


def test_monitoring_changes_no_target():
    monitored = PlanMonitored(**PLAN, quarter="2022-Q1", recommendations="hold course")

    assert after(agreed(target(1)), monitored) == after(agreed(target(1)))
