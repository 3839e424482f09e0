"""Years worked out by hand from clause 4: the mean of the quarters that have a score, each counted once."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from methodologies.loading import shipped
from methodologies.rules.mean_of_quarters import Counted, Working, mean, quarters, steps, work_out
from methodologies.rules.steps import plain
from tests.documents import counted, readings
from tests.methodologies.rules.replaying import of_rule, only, year_score

ACT = shipped()["typical-2025"]


def worked_out(*scores: tuple[str, str] | tuple[str, str, str, int], **chosen: str) -> Working:
    return work_out(ACT, readings(ACT, **chosen), counted(*scores))


YEARS = [
    # clause and case; quarters; score, grade, gap
    ("cl. 4: one quarter", [("2026-Q2", "4.20")], ("4.20", "effective", False)),
    ("cl. 4: two quarters", [("2026-Q1", "4.00"), ("2026-Q2", "3.00")], ("3.50", "proper", False)),
    (
        "cl. 4: three quarters",
        [("2026-Q1", "4.00"), ("2026-Q2", "4.00"), ("2026-Q4", "3.00")],
        ("3.67", "proper", False),
    ),
    (
        "cl. 4: four quarters",
        [("2026-Q1", "5.00"), ("2026-Q2", "4.50"), ("2026-Q3", "4.60"), ("2026-Q4", "2.99")],
        ("4.27", "effective", False),
    ),
    (
        "cl. 7: 3.995 lies between two bands",
        [("2026-Q1", "3.99"), ("2026-Q2", "4.00")],
        ("4.00", "effective", True),
    ),
    (
        "cl. 7: 3.9925 lies between two bands, nearer to the lower",
        [("2026-Q1", "3.99"), ("2026-Q2", "3.99"), ("2026-Q3", "3.99"), ("2026-Q4", "4.00")],
        ("3.99", "proper", True),
    ),
    (
        "cl. 7: a whole 4 of thirds",
        [("2026-Q1", "3.99"), ("2026-Q2", "4.00"), ("2026-Q3", "4.01")],
        ("4.00", "effective", False),
    ),
    (
        "cl. 17: a quarter of zeros counts",
        [("2026-Q1", "0.00"), ("2026-Q2", "5.00")],
        ("2.50", "satisfactory", False),
    ),
]


@pytest.mark.clause("score-sheet/cl-4/mean-of-the-quarters")
@pytest.mark.parametrize("row", YEARS, ids=[row[0] for row in YEARS])
def test_a_year(row: tuple[str, list[tuple[str, str]], tuple[str, str, bool]]) -> None:
    _, scores, expected = row
    placed = worked_out(*scores).placed
    assert (plain(placed.announced), placed.grade, placed.gap) == expected


TWO_POSITIONS: list[tuple[str, str, str, int]] = [
    ("2026-Q1", "5.00", "p-1", 30),
    ("2026-Q1", "3.00", "p-2", 60),
    ("2026-Q2", "4.00", "p-2", 91),
]


def test_a_quarter_in_two_positions_counts_once_by_its_mean() -> None:
    working = worked_out(*TWO_POSITIONS)
    assert [plain(quarter.value) for quarter in working.quarters] == ["4.00", "4.00"]
    assert plain(working.placed.announced) == "4.00"


def test_a_quarter_in_two_positions_is_weighed_by_days_by_the_other_reading() -> None:
    working = worked_out(*TWO_POSITIONS, quarter_with_several_assessments="by-days")
    # (5 x 30 + 3 x 60) / 90 = 11/3; with the 4 of the second quarter the mean is 23/6
    assert working.mean == Decimal(23) / Decimal(6)
    assert plain(working.placed.announced) == "3.83"


def test_days_do_not_weigh_whole_quarters_against_each_other() -> None:
    long_and_short = [("2026-Q1", "5.00", "p-1", 90), ("2026-Q2", "3.00", "p-1", 1)]
    assert worked_out(*long_and_short, quarter_with_several_assessments="by-days").mean == Decimal(4)


@pytest.mark.clause("score-sheet/cl-4/mean-of-the-quarters")
def test_a_quarter_carried_from_another_body_stands_beside_ones_own() -> None:
    own = Counted("2026-Q1", "body-1", "p-1", Decimal("4.00"))
    carried = Counted("2026-Q1", "body-2", "p-1", Decimal("5.00"))
    (quarter,) = quarters((carried, own), readings(ACT))
    assert quarter.scores == (own, carried)
    assert quarter.value == Decimal("4.5")


def test_a_year_without_a_graded_quarter_has_no_score() -> None:
    with pytest.raises(ValueError, match="graded quarter"):
        work_out(ACT, readings(ACT), ())


def test_the_steps_of_a_year() -> None:
    found = steps(ACT, readings(ACT), worked_out(*TWO_POSITIONS))
    assert [step.rule for step in found] == [
        "quarter",
        "quarter",
        "quarter-mean",
        "quarter",
        "year-mean",
        "announced",
        "band",
    ]
    assert {step.clause for step in found} == {"4", "7"}
    assert found[2].inputs == {"period": "2026-Q1", "count": "2", "reading": "mean"}
    assert only(found, "year-mean").inputs == {"sum": "8", "count": "2"}


scores = st.decimals("0", "5", places=2).map(str)
entered = st.lists(
    st.tuples(st.sampled_from(["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]), scores), min_size=1, max_size=7
)


@given(entered)
def test_the_steps_done_again_by_hand_give_the_score(given_scores: list[tuple[str, str]]) -> None:
    working = worked_out(*given_scores)
    found = steps(ACT, readings(ACT), working)
    assert year_score(found) == plain(working.placed.announced)
    assert len(of_rule(found, "quarter")) == len(given_scores)


@given(entered, st.randoms(use_true_random=False))
def test_the_order_of_quarters_does_not_matter(given_scores: list[tuple[str, str]], random: object) -> None:
    shuffled = list(given_scores)
    getattr(random, "shuffle")(shuffled)  # noqa: B009
    assert worked_out(*shuffled).mean == worked_out(*given_scores).mean


@given(entered, st.data())
def test_a_higher_quarter_never_lowers_a_year(
    given_scores: list[tuple[str, str]], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(given_scores) - 1))
    period, score = given_scores[place]
    higher = data.draw(st.decimals(score, "5", places=2).map(str))
    raised = [*given_scores[:place], (period, higher), *given_scores[place + 1 :]]
    chosen = readings(ACT)
    before, after = quarters(counted(*given_scores), chosen), quarters(counted(*raised), chosen)
    assert mean(before) <= mean(after)
