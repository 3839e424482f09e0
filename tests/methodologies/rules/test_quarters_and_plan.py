"""Years of `sjc-2017` by hand: the quarters' mark and the plan's mean (cl. 30, 32), the band (cl. 33)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from methodologies.loading import shipped
from methodologies.rules.quarters_and_plan import (
    TargetMark,
    Working,
    plan_marks,
    steps,
    unmarked_targets,
    work_out,
)
from methodologies.rules.steps import plain
from tests.documents import assessment, counted, marked, plan, readings
from tests.methodologies.rules.replaying import of_rule, only, quarters_mean, weighted_year_score

ACT = shipped()["sjc-2017"]
QUARTERS = ("2017-Q1", "2017-Q2", "2017-Q3", "2017-Q4")


def plan_of(*marks: int) -> tuple[TargetMark, ...]:
    return tuple(TargetMark(str(number), Decimal(mark)) for number, mark in enumerate(marks, 1))


def worked_out(points: tuple[str, ...], marks: tuple[int, ...], **chosen: str) -> Working:
    scores = counted(*zip(QUARTERS, points, strict=False))
    return work_out(ACT, readings(ACT, **chosen), scores, plan_of(*marks))


def outcome(working: Working) -> tuple[str, str, bool]:
    return plain(working.placed.announced), working.placed.grade, working.gap


MARKS_OF_MEANS = [
    # cl. 27, 32: the mean of the quarters; its mark under both scopes; whether it fell in a gap
    (("79",), 2, 2, False),
    (("79", "80"), 2, 3, False),
    (("80",), 3, 3, True),
    (("80.4",), 3, 3, True),
    (("80", "81"), 3, 3, True),
    (("81",), 3, 3, False),
    (("105",), 3, 3, False),
    (("105", "106"), 4, 4, True),
    (("105", "105", "106"), 3, 3, True),
    (("106",), 4, 4, False),
    (("130",), 4, 4, False),
    (("130.4",), 5, 4, False),
    (("130", "130", "130", "131"), 5, 4, False),
    (("131", "131", "130"), 5, 5, False),
]


@pytest.mark.clause("sjc-2017/cl-5/quarters-and-plan")
@pytest.mark.parametrize(("points", "gaps_only", "every_score", "gap"), MARKS_OF_MEANS)
def test_the_mean_of_the_quarters_takes_the_mark_of_its_band(
    points: tuple[str, ...], gaps_only: int, every_score: int, *, gap: bool
) -> None:
    for scope, mark in (("gaps-only", gaps_only), ("every-score", every_score)):
        found = worked_out(points, (4,), rounding_scope=scope)
        assert (found.quarters_mark, found.quarters_placed.gap) == (Decimal(mark), gap)


def test_a_mean_that_rounds_to_eighty_follows_the_reading() -> None:
    assert worked_out(("80.4",), (4,), eighty_points="unsatisfactory").quarters_mark == Decimal(2)


YEARS: list[tuple[str, tuple[str, ...], tuple[int, ...], str, str, tuple[str, str, bool]]] = [
    # clause and case; points; plan; weights; scope; score, grade, gap
    ("one quarter", ("112",), (4, 4), "0.4/0.6", "gaps-only", ("4.00", "effective", False)),
    ("two quarters", ("112", "90"), (3, 3), "0.4/0.6", "gaps-only", ("3.00", "satisfactory", False)),
    ("three quarters", ("140", "131", "135"), (5,), "0.4/0.6", "gaps-only", ("5.00", "excellent", False)),
    (
        "four quarters",
        ("70", "90", "70", "70"),
        (2, 3),
        "0.4/0.6",
        "gaps-only",
        ("2.30", "unsatisfactory", False),
    ),
    ("2.95 is under 3", ("70",), (3,), "0.05/0.95", "gaps-only", ("2.95", "unsatisfactory", False)),
    ("2.95 is rounded first", ("70",), (3,), "0.05/0.95", "every-score", ("2.95", "satisfactory", False)),
    ("3.95 is in a gap", ("90",), (4,), "0.05/0.95", "gaps-only", ("3.95", "effective", True)),
    ("3.95, every score", ("90",), (4,), "0.05/0.95", "every-score", ("3.95", "effective", True)),
    ("4.95 is in a gap", ("112",), (5,), "0.05/0.95", "gaps-only", ("4.95", "excellent", True)),
    ("4.95, every score", ("112",), (5,), "0.05/0.95", "every-score", ("4.95", "excellent", True)),
    ("thirds: exactly 4", ("140",), (3, 3, 4), "0.4/0.6", "gaps-only", ("4.00", "effective", False)),
    ("thirds: 3.80", ("112",), (3, 4, 4), "0.4/0.6", "gaps-only", ("3.80", "satisfactory", False)),
    (
        "only the quarters' mean in a gap",
        ("105", "106"),
        (4,),
        "0.4/0.6",
        "gaps-only",
        ("4.00", "effective", True),
    ),
]


@pytest.mark.clause("sjc-2017/cl-5/quarters-and-plan", "sjc-2017/cl-33/bands")
@pytest.mark.parametrize("row", YEARS, ids=[f"cl. 32-33: {row[0]}" for row in YEARS])
def test_a_year(
    row: tuple[str, tuple[str, ...], tuple[int, ...], str, str, tuple[str, str, bool]],
) -> None:
    _, points, marks, weights, scope, expected = row
    assert outcome(worked_out(points, marks, annual_weights=weights, rounding_scope=scope)) == expected


def test_a_quarter_in_two_positions_counts_once() -> None:
    scores = counted(
        ("2017-Q1", "90", "p-1", 30), ("2017-Q1", "120", "p-2", 60), ("2017-Q2", "105", "p-2", 91)
    )
    by_mean = work_out(ACT, readings(ACT), scores, plan_of(4))
    by_days = work_out(ACT, readings(ACT, quarter_with_several_assessments="by-days"), scores, plan_of(4))
    assert plain(by_mean.quarters_placed.value) == "105"
    assert plain(by_days.quarters_placed.value) == "107.5"


@pytest.mark.parametrize(("points", "marks"), [((), (4,)), (("100",), ())])
def test_a_year_needs_a_quarter_and_a_marked_target(points: tuple[str, ...], marks: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="a graded quarter and a marked target"):
        worked_out(points, marks)


def test_a_plan_is_complete_when_every_target_has_a_mark() -> None:
    agreed = plan(3)
    some = assessment("2017", targets=marked({"3": 5, "1": 2}))
    assert unmarked_targets(agreed, assessment("2017")) == ("1", "2", "3")
    assert unmarked_targets(agreed, some) == ("2",)
    every = assessment("2017", targets=marked({"3": 5, "2": 3, "1": 2}))
    assert unmarked_targets(agreed, every) == ()
    assert plan_marks(agreed, every) == plan_of(2, 3, 5)


def test_a_target_that_the_plan_no_longer_has_does_not_count() -> None:
    assert plan_marks(plan(1), assessment("2017", targets=marked({"1": 4, "2": 2}))) == plan_of(4)


def test_the_steps_of_a_year() -> None:
    found = steps(ACT, readings(ACT), worked_out(("105", "106"), (4, 5)))
    assert [(step.rule, step.clause, step.value) for step in found] == [
        ("quarter", "32", "105"),
        ("quarter", "32", "106"),
        ("year-mean", "32", "105.5"),
        ("rounded", "27", "106"),
        ("band-of-gap", "27", "effective"),
        ("quarters-mark", "32", "4"),
        ("plan-mark", "30", "4"),
        ("plan-mark", "30", "5"),
        ("plan-mean", "30; 32", "4.5"),
        ("year-weighted", "32", "4.3"),
        ("announced", "33", "4.30"),
        ("band", "33", "effective"),
    ]
    assert only(found, "year-weighted").inputs == {
        "quarters": "4",
        "quarters_weight": "0.4",
        "plan": "4.5",
        "plan_weight": "0.6",
    }


points_of_quarters = st.lists(st.integers(0, 200).map(str), min_size=1, max_size=4).map(tuple)
marks_of_plans = st.lists(st.integers(2, 5), min_size=1, max_size=4).map(tuple)
weights = st.sampled_from(["0.4/0.6", "0.5/0.5", "0.05/0.95", "0/1", "1/0"])


@given(points_of_quarters, marks_of_plans, weights, st.sampled_from(["gaps-only", "every-score"]))
def test_the_steps_done_again_by_hand_give_the_score(
    points: tuple[str, ...], marks: tuple[int, ...], weighing: str, scope: str
) -> None:
    chosen = {"annual_weights": weighing, "rounding_scope": scope}
    working = worked_out(points, marks, **chosen)
    found = steps(ACT, readings(ACT, **chosen), working)
    assert quarters_mean(found) == Fraction(sum(map(int, points)), len(points))
    assert weighted_year_score(found) == plain(working.placed.announced)
    assert len(of_rule(found, "plan-mark")) == len(marks)


@given(points_of_quarters, marks_of_plans, st.data(), weights)
def test_more_points_or_a_higher_mark_never_lower_a_year(
    points: tuple[str, ...], marks: tuple[int, ...], data: st.DataObject, weighing: str
) -> None:
    before = worked_out(points, marks, annual_weights=weighing).placed.value
    more = (str(int(points[0]) + data.draw(st.integers(0, 60))), *points[1:])
    higher = (data.draw(st.integers(marks[0], 5)), *marks[1:])
    assert worked_out(more, marks, annual_weights=weighing).placed.value >= before
    assert worked_out(points, higher, annual_weights=weighing).placed.value >= before
