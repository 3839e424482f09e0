"""Years of `arys-2022` worked out by hand from clause 18: how many of five targets were fully met."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from methodologies.loading import shipped
from methodologies.rules.steps import Step
from methodologies.rules.targets import Working, steps, unassessed_targets, work_out
from tests.documents import assessment, met, plan
from tests.methodologies.rules.replaying import of_rule, only

ACT = shipped()["arys-2022"]
PLAN = plan(5, year="2022")


def worked_out(targets: dict[str, bool]) -> Working:
    return work_out(ACT, PLAN, assessment("2022", targets=met(targets)))


@pytest.mark.clause("arys-2022/cl-18/bands")
@pytest.mark.parametrize(
    ("number", "grade"),
    [
        (0, "unsatisfactory"),
        (1, "unsatisfactory"),
        (2, "unsatisfactory"),
        (3, "satisfactory"),
        (4, "effective"),
        (5, "excellent"),
    ],
)
def test_clause_18_grades_by_the_number_of_targets_met(number: int, grade: str) -> None:
    found = worked_out({str(target): target <= number for target in range(1, 6)})
    assert (found.met, found.grade, found.clause) == (number, grade, "18")


@pytest.mark.clause("arys-2022/cl-18/fully-met")
def test_a_target_that_was_not_assessed_is_not_met() -> None:
    assert worked_out({"1": True, "2": True, "3": True}).grade == "satisfactory"


def test_a_target_that_the_plan_does_not_have_does_not_count() -> None:
    assert worked_out({"1": True, "6": True}).met == 1


def test_more_targets_than_the_act_allows_have_no_grade() -> None:
    six = {str(target): True for target in range(1, 7)}
    with pytest.raises(LookupError, match="6 targets"):
        work_out(ACT, plan(6, year="2022"), assessment("2022", targets=met(six)))


def test_a_sheet_is_complete_when_every_target_of_the_plan_is_assessed() -> None:
    assert unassessed_targets(PLAN, assessment("2022")) == ("1", "2", "3", "4", "5")
    some = assessment("2022", targets=met({"5": False, "2": True}))
    assert unassessed_targets(PLAN, some) == ("1", "3", "4")
    every = assessment("2022", targets=met({str(target): False for target in range(1, 6)}))
    assert unassessed_targets(PLAN, every) == ()


def test_the_steps_of_a_year() -> None:
    found = steps(ACT, worked_out({"1": True, "2": False, "3": True, "4": True, "5": True}))
    assert found[:2] == (
        Step("target", "18", {"target": "1"}, value=True),
        Step("target", "18", {"target": "2"}, value=False),
    )
    assert found[5:] == (
        Step("targets-met", "18", {"count": "5"}, "4"),
        Step("band-of-targets", "18", {"met": "4"}, "effective"),
    )


outcomes = st.permutations([str(target) for target in range(1, 6)]).flatmap(
    lambda order: st.lists(st.booleans(), min_size=5, max_size=5).map(
        lambda values: dict(zip(order, values, strict=True))
    )
)


@given(outcomes)
def test_order_does_not_matter_and_the_steps_counted_again_give_the_number(
    targets: dict[str, bool],
) -> None:
    found = worked_out(targets)
    assert found == worked_out(dict(sorted(targets.items())))
    told = steps(ACT, found)
    assert sum(step.value for step in of_rule(told, "target")) == int(only(told, "targets-met").value)


@given(outcomes, st.sampled_from("12345"))
def test_one_more_target_met_never_lowers_the_grade(targets: dict[str, bool], more: str) -> None:
    rank = {band.grade: place for place, band in enumerate(ACT.bands["targets"].bands)}
    assert rank[worked_out({**targets, more: True}).grade] >= rank[worked_out(targets).grade]
