"""Whole calculations by hand: of each step what was done, under which clause, with what, what came out."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from events.documents.assessment import Award
from events.documents.employment import Tenure
from events.period import parse_period
from methodologies.loading import shipped
from methodologies.rules import eligibility, mean_of_quarters, points, quarters_and_plan, score_sheet
from methodologies.rules.steps import Ground, Step
from tests.documents import (
    assessment,
    awards,
    breaches,
    counted,
    discipline,
    employment,
    readings,
    sanction,
    sheet,
    sheet_of,
    tenure,
)

SHEET, POINTS, TARGETS = (shipped()[one] for one in ("typical-2025", "sjc-2017", "arys-2022"))
CAUSE = UUID(int=0)
QUARTER = parse_period("2026-Q1")
HELD = {"since": date(2020, 1, 1), "until": date(2026, 3, 31), "months": 1}


@pytest.mark.parametrize(
    ("days", "code"), [(15, "workdays"), (None, "workdays-unreported")], ids=["reported", "unreported"]
)
def test_cl_5_eligibility(days: int | None, code: str) -> None:
    file = employment(tenure("2020-01-01"))

    assert eligibility.steps(SHEET, assessment(workdays=days), file, QUARTER) == (
        Step("tenure", "5", HELD, value=True),
        Step(code, "5", {"days": days, "least": 15}, value=True),
    )


def test_cl_5_one_who_never_held_the_position() -> None:
    file = employment(tenure("2020-01-01", position="p-2"))

    assert eligibility.ineligible(SHEET, assessment(), file, QUARTER) == Ground("position-not-held", "5")
    assert eligibility.tenure_in(file, "p-1", QUARTER) is None
    assert isinstance(eligibility.tenure_in(file, "p-2", QUARTER), Tenure)


def test_arys_cl_4_an_absence_that_counts_nothing_anew_hides_no_other() -> None:
    year = parse_period("2023")
    leaves = [("annual-leave", "2023-05-01", "2023-05-28"), ("study", "2023-06-01", "2023-10-10")]
    after_the_year = [("study", "2024-01-05", None), ("study", "2023-06-01", "2023-10-10")]

    for taken in (leaves, after_the_year):
        file = employment(tenure("2020-01-01"), leaves=taken)
        found = eligibility.ineligible(TARGETS, assessment("2023"), file, year)
        assert found is not None
        assert (found.code, found.inputs["since"]) == ("tenure-too-short", date(2023, 10, 11))


def test_a_sheet_marked_by_several_under_an_overall_cap() -> None:
    chosen = readings(SHEET, over_twenty="mean", discipline_cap_scope="overall")
    rows = [(str(row), "head-1", "5") for row in range(1, 6)]
    marked = sheet_of([*rows, ("1", "deputy-1", "4")], added=("deputy-1",))
    file = discipline(sanction("remark", "2026-02-10"))
    of_row = {"form": "annex-2", "scorer": "head-1"}

    working = score_sheet.work_out(SHEET, chosen, marked, file, QUARTER)

    assert score_sheet.steps(SHEET, chosen, marked, working) == (
        Step(
            "mark-mean",
            "annex 2, row 1",
            {"form": "annex-2", "parameter": "1", "sum": "9", "count": "2"},
            "4.5",
        ),
        *(Step("mark", f"annex 2, row {row}", {**of_row, "parameter": str(row)}, "5") for row in range(2, 6)),
        Step("mean", "annex 2, note", {"sum": "24.5", "count": "5"}, "4.9"),
        Step(
            "cap-overall",
            "annex 1, row 5; annex 2, row 5",
            {"sanction": "remark", "imposed_on": "2026-02-10", "ceiling": "2.99", "score": "4.9"},
            "2.99",
        ),
        Step("announced", "7", {"value": "2.99", "precision": "0.01", "rounding": "half-up"}, "2.99"),
        Step("band", "7", {"score": "2.99"}, "satisfactory"),
    )


def test_a_sheet_with_a_capped_row_that_falls_between_two_bands() -> None:
    chosen = readings(SHEET)
    marked = sheet("5", "4", "4", "4", "5")
    file = discipline(sanction("reprimand", "2026-02-10"))

    working = score_sheet.work_out(SHEET, chosen, marked, file, QUARTER)

    assert score_sheet.steps(SHEET, chosen, marked, working)[5:] == (
        Step(
            "cap-parameter",
            "annex 1, row 5; annex 2, row 5",
            {
                "sanction": "reprimand",
                "imposed_on": "2026-02-10",
                "ceiling": "2.99",
                "form": "annex-2",
                "parameter": "5",
                "mark": "5",
            },
            "2.99",
        ),
        Step("mean", "annex 2, note", {"sum": "19.99", "count": "5"}, "3.998"),
        Step("announced", "7", {"value": "3.998", "precision": "0.01", "rounding": "half-up"}, "4.00"),
        Step("band-of-gap", "7", {"score": "4.00"}, "effective"),
    )


def test_of_several_former_evaluators_of_a_row_the_last_mark_stands_where_nobody_else_marked_it() -> None:
    chosen = readings(SHEET, over_twenty="mean")
    rows = [(str(row), "head-1", "3") for row in range(2, 6)]
    marked = sheet_of([("1", "gone-1", "5"), ("1", "gone-2", "4"), *rows])

    working = score_sheet.work_out(SHEET, chosen, marked, None, QUARTER)

    assert score_sheet.steps(SHEET, chosen, marked, working)[0].inputs["scorer"] == "gone-2"
    assert working.sum == Decimal(16)


@pytest.mark.parametrize(
    ("reading", "value"), [("mean", "4"), ("by-days", "3.5")], ids=["mean", "weighted by days"]
)
def test_cl_4_a_year_with_two_positions_in_a_quarter(reading: str, value: str) -> None:
    chosen = readings(SHEET, quarter_with_several_assessments=reading)
    scores = counted(("2026-Q1", "5", "p-1", 10), ("2026-Q1", "3", "p-2", 30), ("2026-Q2", "4", "p-2", 91))
    total = Decimal(value) + 4
    mean = f"{total / 2:f}"

    working = mean_of_quarters.work_out(SHEET, chosen, scores)

    first = {"period": "2026-Q1", "body": "body-1", "position": "p-1"}
    second = {"period": "2026-Q1", "body": "body-1", "position": "p-2"}
    if reading == "by-days":
        first, second = {**first, "days": "10"}, {**second, "days": "30"}
    found = mean_of_quarters.steps(SHEET, chosen, working)
    assert found[:5] == (
        Step("quarter", "4", first, "5"),
        Step("quarter", "4", second, "3"),
        Step("quarter-mean", "4", {"period": "2026-Q1", "count": "2", "reading": reading}, value),
        Step("quarter", "4", {"period": "2026-Q2", "body": "body-1", "position": "p-2"}, "4"),
        Step("year-mean", "4", {"sum": f"{total.normalize():f}", "count": "2"}, mean),
    )


def test_sjc_points_of_a_quarter_without_breaches() -> None:
    chosen = readings(POINTS)
    working = points.work_out(POINTS, chosen, assessment("2017-Q1", awards=awards(5)))

    assert points.steps(POINTS, chosen, working) == (
        Step("base-points", "16", {}, "100"),
        Step("bonus", "18", {"indicator": "1"}, "5"),
        Step("points", "15; 26", {"base": "100", "bonus": "5", "penalty": "0"}, "105"),
        Step("announced", "27", {"value": "105", "precision": "1", "rounding": "half-up"}, "105"),
        Step("band", "27", {"score": "105"}, "satisfactory"),
    )


def test_sjc_eighty_points_by_the_reading() -> None:
    chosen = readings(POINTS)
    lost = breaches(*["discipline"] * 10)
    working = points.work_out(POINTS, chosen, assessment("2017-Q1", breaches=lost))

    assert points.steps(POINTS, chosen, working)[-1] == Step(
        "band-by-reading", "27", {"score": "80", "reading": "eighty-points"}, "satisfactory"
    )


def test_sjc_indicators_named_in_words_are_told_before_the_numbered_ones() -> None:
    given = tuple(Award(one, 1, CAUSE) for one in ("2", "10", "mentoring", "0", "1"))

    working = points.work_out(POINTS, readings(POINTS), assessment("2017-Q1", awards=given))

    assert [one.indicator for one in working.awards] == ["0", "mentoring", "1", "2", "10"]


def test_sjc_a_year_of_quarters_and_plan() -> None:
    chosen = readings(POINTS)
    scores = counted(
        ("2017-Q1", "104", "p-1", 40), ("2017-Q1", "107", "p-2", 50), ("2017-Q2", "106", "p-2", 91)
    )
    marks = tuple(quarters_and_plan.TargetMark(str(one), Decimal(mark)) for one, mark in ((1, 4), (2, 2)))

    working = quarters_and_plan.work_out(POINTS, chosen, scores, marks)

    assert quarters_and_plan.steps(POINTS, chosen, working) == (
        Step("quarter", "32", {"period": "2017-Q1", "body": "body-1", "position": "p-1"}, "104"),
        Step("quarter", "32", {"period": "2017-Q1", "body": "body-1", "position": "p-2"}, "107"),
        Step("quarter-mean", "32", {"period": "2017-Q1", "count": "2", "reading": "mean"}, "105.5"),
        Step("quarter", "32", {"period": "2017-Q2", "body": "body-1", "position": "p-2"}, "106"),
        Step("year-mean", "32", {"sum": "211.5", "count": "2"}, "105.75"),
        Step("rounded", "27", {"value": "105.75", "precision": "1", "rounding": "half-up"}, "106"),
        Step("band-of-gap", "27", {"score": "106"}, "effective"),
        Step("quarters-mark", "32", {"grade": "effective"}, "4"),
        Step("plan-mark", "30", {"target": "1"}, "4"),
        Step("plan-mark", "30", {"target": "2"}, "2"),
        Step("plan-mean", "30; 32", {"sum": "6", "count": "2"}, "3"),
        Step(
            "year-weighted",
            "32",
            {"quarters": "4", "quarters_weight": "0.4", "plan": "3", "plan_weight": "0.6"},
            "3.4",
        ),
        Step("announced", "33", {"value": "3.4", "precision": "0.01", "rounding": "half-up"}, "3.40"),
        Step("band", "33", {"score": "3.4"}, "satisfactory"),
    )


def test_sjc_a_mark_that_the_act_gives_no_meaning_is_told_under_the_clause_of_the_plan() -> None:
    chosen = readings(POINTS)
    marks = (quarters_and_plan.TargetMark("1", Decimal("4.5")),)

    working = quarters_and_plan.work_out(POINTS, chosen, counted(("2017-Q1", "100")), marks)

    (found,) = [one for one in quarters_and_plan.steps(POINTS, chosen, working) if one.rule == "plan-mark"]
    assert found == Step("plan-mark", "30; 32", {"target": "1"}, "4.5")
