"""Sheets worked out by hand from clauses 7 and 17 and the annexes: marks, caps of both kinds, bands."""

from decimal import Decimal

import pytest

from events.documents import Discipline
from events.documents.assessment import Sheet
from events.documents.discipline import Sanction
from events.period import parse_period
from methodologies.loading import shipped
from methodologies.rules.score_sheet import Working, binding_ceiling, missing_parameters, steps, work_out
from methodologies.rules.steps import Step, plain
from tests.documents import discipline, readings, sanction, sheet, sheet_of
from tests.methodologies.rules.replaying import of_rule, only

ACT = shipped()["typical-2025"]
PERIOD = parse_period("2026-Q1")
FIVES = ("5", "5", "5", "5", "5")
REMARK = sanction("remark", "2026-02-11")
DISMISSAL = sanction("dismissal", "2026-02-11")


def worked_out(of: Sheet, *sanctions: Sanction, **chosen: str) -> Working:
    file = discipline(*sanctions) if sanctions else None
    return work_out(ACT, readings(ACT, **chosen), of, file, PERIOD)


def outcome(of: Sheet, *sanctions: Sanction, **chosen: str) -> tuple[str, str, bool]:
    placed = worked_out(of, *sanctions, **chosen).placed
    return plain(placed.announced), placed.grade, placed.gap


def told(of: Sheet, *sanctions: Sanction, **chosen: str) -> tuple[Step, ...]:
    return steps(ACT, readings(ACT, **chosen), of, worked_out(of, *sanctions, **chosen))


OVERALL = {"discipline_cap_scope": "overall"}
BY_GROUND = {"discrediting_mild_sanction": "by-ground"}
SHEETS: list[tuple[str, tuple[str, ...], tuple[Sanction, ...], dict[str, str], tuple[str, str, bool]]] = [
    # what it shows, marks, sanctions, readings, (score, grade, gap)
    ("cl. 17: five zeros are a score", ("0",) * 5, (), {}, ("0.00", "unsatisfactory", False)),
    ("cl. 17: one zero counts", ("0", "5", "5", "5", "5"), (), {}, ("4.00", "effective", False)),
    ("note: the sum over the number", ("4", "4", "5", "3.5", "5"), (), {}, ("4.30", "effective", False)),
    ("row 5: no sanction", FIVES, (), {}, ("5.00", "effective", False)),
    ("row 5: a remark", FIVES, (REMARK,), {}, ("4.60", "effective", False)),
    ("row 5: a remark, overall", FIVES, (REMARK,), OVERALL, ("2.99", "satisfactory", False)),
    ("row 5: a dismissal", FIVES, (DISMISSAL,), {}, ("4.40", "effective", False)),
    ("row 5: a dismissal, overall", FIVES, (DISMISSAL,), OVERALL, ("1.99", "unsatisfactory", False)),
    ("row 5: 3.998 is told as 4.00", ("5", "4", "4", "4", "5"), (REMARK,), {}, ("4.00", "effective", True)),
    ("row 5: a lower mark stays", ("5", "5", "5", "5", "2"), (REMARK,), {}, ("4.40", "effective", False)),
    ("row 5: a zero stays", ("5", "5", "5", "5", "0"), (DISMISSAL,), {}, ("4.00", "effective", False)),
    ("row 5: a lower score stays", ("1",) * 5, (REMARK,), OVERALL, ("1.00", "unsatisfactory", False)),
    ("row 5: the lowest of two", FIVES, (REMARK, DISMISSAL), {}, ("4.40", "effective", False)),
    ("row 5: a day before", FIVES, (sanction("remark", "2025-12-31"),), {}, ("5.00", "effective", False)),
    ("row 5: the first day", FIVES, (sanction("remark", "2026-01-01"),), {}, ("4.60", "effective", False)),
    ("row 5: the last day", FIVES, (sanction("remark", "2026-03-31"),), {}, ("4.60", "effective", False)),
    ("row 5: a day after", FIVES, (sanction("remark", "2026-04-01"),), {}, ("5.00", "effective", False)),
    (
        "row 5: the sanction outside does not lower the one inside",
        FIVES,
        (REMARK, sanction("dismissal", "2026-04-01")),
        {},
        ("4.60", "effective", False),
    ),
    (
        "annulled: never imposed",
        FIVES,
        (sanction("dismissal", "2026-02-11", annulled=True),),
        {},
        ("5.00", "effective", False),
    ),
    (
        "annulled: counts by the other reading",
        FIVES,
        (sanction("dismissal", "2026-02-11", annulled=True),),
        {"annulled_sanction": "counts"},
        ("4.40", "effective", False),
    ),
    (
        "discrediting: a reprimand keeps 2.99",
        FIVES,
        (sanction("reprimand", "2026-02-11", discrediting=True),),
        {},
        ("4.60", "effective", False),
    ),
    (
        "discrediting: a reprimand has 1.99 by the other reading",
        FIVES,
        (sanction("reprimand", "2026-02-11", discrediting=True),),
        BY_GROUND,
        ("4.40", "effective", False),
    ),
    (
        "discrediting: by ground, what does not discredit keeps 2.99",
        FIVES,
        (REMARK,),
        BY_GROUND,
        ("4.60", "effective", False),
    ),
]


@pytest.mark.parametrize("row", SHEETS, ids=[row[0] for row in SHEETS])
def test_a_sheet(
    row: tuple[str, tuple[str, ...], tuple[Sanction, ...], dict[str, str], tuple[str, str, bool]],
) -> None:
    _, marks, sanctions, chosen, expected = row
    assert outcome(sheet(*marks), *sanctions, **chosen) == expected


@pytest.mark.clause("score-sheet/row-5/mild-kinds", "score-sheet/row-5/other-kinds")
@pytest.mark.parametrize(
    ("kind", "ceiling"),
    [
        ("remark", "2.99"),
        ("reprimand", "2.99"),
        ("severe-reprimand", "2.99"),
        ("incompetence-warning", "1.99"),
        ("demotion", "1.99"),
        ("dismissal", "1.99"),
        ("unfit-for-elected-post", "1.99"),
        ("other", "1.99"),
    ],
)
def test_row_5_caps_each_kind_of_sanction(kind: str, ceiling: str) -> None:
    found = binding_ceiling(ACT, readings(ACT), discipline(sanction(kind, "2026-02-11")), PERIOD)
    assert found is not None
    assert found.cap.ceiling == Decimal(ceiling)
    assert found.cap.clause == "annex 1, row 5; annex 2, row 5"


def test_without_sanctions_nothing_is_capped() -> None:
    assert binding_ceiling(ACT, readings(ACT), None, PERIOD) is None
    assert binding_ceiling(ACT, readings(ACT), Discipline("e-1"), PERIOD) is None
    assert worked_out(sheet(*FIVES)).ceiling is None


def test_of_equal_caps_the_sanction_imposed_first_is_named() -> None:
    later = sanction("reprimand", "2026-03-01")
    for file in (discipline(REMARK, later), discipline(later, REMARK)):
        found = binding_ceiling(ACT, readings(ACT), file, PERIOD)
        assert found is not None
        assert found.sanction == REMARK


def test_the_managers_form_is_worked_out_alike() -> None:
    assert outcome(sheet("5", "4", "4", "4", "5", form="annex-1"), REMARK) == ("4.00", "effective", True)


TWO_SCORERS = sheet_of(
    [
        *[(str(row), "head-1", "4") for row in range(1, 6)],
        *[(str(row), "aide-1", "3") for row in range(1, 6)],
    ],
    added=("aide-1",),
)


def test_with_more_than_twenty_the_last_scorer_alone_counts_when_shared_out() -> None:
    assert outcome(TWO_SCORERS) == ("3.00", "proper", False)


def test_with_more_than_twenty_the_marks_of_a_row_are_averaged_by_the_other_reading() -> None:
    assert outcome(TWO_SCORERS, over_twenty="mean") == ("3.50", "proper", False)


def test_means_of_thirds_do_not_lose_the_edge_of_a_band() -> None:
    thirds = sheet_of(
        [
            *[("1", scorer, mark) for scorer, mark in (("head-1", "3"), ("aide-1", "3"), ("aide-2", "4"))],
            *[("2", scorer, mark) for scorer, mark in (("head-1", "5"), ("aide-1", "5"), ("aide-2", "4"))],
            *[(row, "head-1", "4") for row in ("3", "4", "5")],
        ],
        added=("aide-1", "aide-2"),
    )
    working = worked_out(thirds, over_twenty="mean")
    assert working.mean == Decimal(4)
    assert (working.placed.grade, working.placed.gap) == ("effective", False)
    assert only(told(thirds, over_twenty="mean"), "mean").inputs["sum"] == "20"


def test_one_whose_place_another_took_no_longer_counts_in_a_mean() -> None:
    replaced = sheet_of(
        [
            ("1", "before", "1"),
            *[(str(row), "head-1", "4") for row in range(1, 5)],
            ("5", "before", "3"),
        ]
    )
    working = worked_out(replaced, over_twenty="mean")
    marks = [step.value for step in told(replaced, over_twenty="mean") if step.rule == "mark"]
    assert marks == ["4", "4", "4", "4", "3"]
    assert plain(working.sum) == "19"


def test_missing_parameters_are_named_in_the_order_of_the_form() -> None:
    form = ACT.forms["annex-2"]
    assert missing_parameters(form, sheet_of([])) == ("1", "2", "3", "4", "5")
    assert missing_parameters(form, sheet_of([("4", "a", "0"), ("2", "a", "5")])) == ("1", "3", "5")
    assert missing_parameters(form, sheet(*FIVES)) == ()


def test_the_steps_of_a_capped_row() -> None:
    first, *_ = told(sheet("4.5", "4", "4", "4", "5"), REMARK)
    assert first == Step(
        "mark", "annex 2, row 1", {"form": "annex-2", "parameter": "1", "scorer": "head-1"}, "4.5"
    )
    capped = told(sheet("4.5", "4", "4", "4", "5"), REMARK)
    assert [step.rule for step in capped] == ["mark"] * 5 + ["cap-parameter", "mean", "announced", "band"]
    assert capped[5] == Step(
        "cap-parameter",
        "annex 1, row 5; annex 2, row 5",
        {
            "sanction": "remark",
            "imposed_on": "2026-02-11",
            "ceiling": "2.99",
            "form": "annex-2",
            "parameter": "5",
            "mark": "5",
        },
        "2.99",
    )
    assert (capped[6].inputs, capped[6].value) == ({"sum": "19.49", "count": "5"}, "3.898")


def test_the_step_of_a_capped_score() -> None:
    step = only(told(sheet(*FIVES), DISMISSAL, **OVERALL), "cap-overall")
    assert step.inputs == {
        "sanction": "dismissal",
        "imposed_on": "2026-02-11",
        "ceiling": "1.99",
        "score": "5",
    }
    assert step.value == "1.99"


def test_a_cap_shows_even_where_the_mark_is_already_lower() -> None:
    step = only(told(sheet("5", "5", "5", "5", "0"), REMARK), "cap-parameter")
    assert (step.inputs["mark"], step.value) == ("0", "0")


def test_the_step_of_an_averaged_row_carries_its_sum_and_number() -> None:
    (first, *_) = of_rule(told(TWO_SCORERS, over_twenty="mean"), "mark-mean")
    assert (first.inputs["sum"], first.inputs["count"], first.value) == ("7", "2", "3.5")


def test_a_cap_on_an_averaged_row_meets_its_mean() -> None:
    marks = [(str(row), "head-1", "5") for row in range(1, 6)] + [("5", "aide-1", "1")]
    found = worked_out(sheet_of(marks, added=("aide-1",)), DISMISSAL, over_twenty="mean")
    assert found.mean == Decimal("4.398")
    under = [(str(row), "head-1", "5") for row in range(1, 5)] + [
        ("5", "head-1", "3"),
        ("5", "aide-1", "0.5"),
    ]
    found = worked_out(sheet_of(under, added=("aide-1",)), DISMISSAL, over_twenty="mean")
    assert found.mean == Decimal("4.35")


def test_the_mean_is_told_under_the_note_that_sets_it() -> None:
    assert only(told(sheet(*FIVES)), "mean").clause == "annex 2, note"
