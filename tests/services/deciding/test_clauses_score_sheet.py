"""Sentences of the score-sheet acts: given what a ledger holds, when a fact arrives, then as they have it."""

from typing import Any

import pytest

from methodologies.loading import act_to_data, shipped
from tests.facts import (
    adopted,
    appointed,
    assessed,
    body_and_servant,
    fact,
    id_of,
    issued,
    marked,
    ref,
    registered,
    sanctioned,
    scored,
    signed,
    worked,
)
from tests.outcomes import outcome, refusal
from tests.services.deciding.telling import appealed, calibrated, delivered, grade_of, held, refused, resolved

ACTS = ("typical-2025", "zhanakorgan-2026", "health-2025", "pavlodar-2026")
SHEET = [*body_and_servant(), worked(), issued()]


def own_act(**chosen: str) -> list[bytes]:
    """A servant of a body whose own act differs from Zhanakorgan's in these readings."""
    act = {**act_to_data(shipped()["zhanakorgan-2026"]), "id": "own-2026"}
    for name, value in chosen.items():
        act["readings"][name.replace("_", "-")]["value"] = value
    published = fact(
        "MethodologyPublished",
        {"id": "own-2026", "revision": 1, "act": act, "reason": None},
        body="agency",
        on="2025-12-01",
    )
    return [registered(), published, adopted("own-2026"), appointed()]


@pytest.mark.clause("score-sheet/cl-2/period-is-a-quarter")
@pytest.mark.parametrize("act", ACTS)
def test_cl_2_a_sheet_is_for_a_quarter_and_not_for_a_year(act: str) -> None:
    given = body_and_servant(act)

    assert outcome(given, issued(ref(period="2026-Q2"))) == "recorded"
    assert outcome(given, issued(ref(period="2026"))) == "wrong-period"


@pytest.mark.clause("score-sheet/cl-17/marks-0-to-5")
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    ("mark", "then"),
    [("0", "recorded"), ("5", "recorded"), ("4.99", "recorded"), ("5.01", "mark-out-of-range")],
)
def test_cl_17_a_mark_is_from_0_to_5(act: str, mark: str, then: str) -> None:
    problem = refusal([*body_and_servant(act), issued()], scored("1", mark))

    assert (problem.code if problem else "recorded") == then
    if problem is not None:
        assert "cl. 17" in problem.detail
        assert mark not in problem.detail


@pytest.mark.clause("score-sheet/cl-17/marks-0-to-5")
@pytest.mark.parametrize(
    ("precision", "mark", "then"),
    [
        ("0.01", "4.55", "recorded"),
        ("0.1", "4.5", "recorded"),
        ("0.1", "4.55", "mark-too-precise"),
        ("1", "4", "recorded"),
        ("1", "4.5", "mark-too-precise"),
    ],
)
def test_cl_17_a_mark_is_as_fine_as_the_reading_counts(precision: str, mark: str, then: str) -> None:
    assert outcome([*own_act(mark_precision=precision), issued()], scored("1", mark)) == then


@pytest.mark.clause("score-sheet/annex/zero")
def test_annex_a_0_is_a_mark_and_a_row_without_one_is_a_gap() -> None:
    four = [*SHEET, *marked(("5", "5", "5", "5"))]

    assert outcome(four, signed()) == "sheet-incomplete"
    whole = held(*four, scored("5", "0"), signed())
    assert (grade_of(whole, "2026-Q1").score, grade_of(whole, "2026-Q1").grade) == ("4.00", "effective")


@pytest.mark.clause("score-sheet/annex/five-parameters", "score-sheet/cl-15/complete-papers")
@pytest.mark.parametrize("left_out", ["1", "2", "3", "4", "5"])
def test_annex_a_sheet_is_signed_with_all_five_parameters_marked(left_out: str) -> None:
    marks = [scored(str(row), "4") for row in range(1, 6) if str(row) != left_out]
    problem = refusal([*SHEET, *marks], signed())

    assert problem is not None
    assert problem.code == "sheet-incomplete"
    assert problem.detail.startswith(f"The sheet lacks marks for the parameters {left_out}.")
    assert outcome([*SHEET, *marks, scored(left_out, "4")], signed()) == "recorded"


@pytest.mark.clause("score-sheet/annex/signed")
def test_annex_before_the_signature_there_is_no_result_and_after_it_no_mark_is_changed() -> None:
    filled = [*SHEET, *marked(("4", "4", "4", "4", "4"))]

    assert grade_of(held(*filled), "2026-Q1").grade is None
    assert refused(held(*filled), delivered()) == "no-result"
    assert grade_of(held(*filled, signed()), "2026-Q1").grade == "effective"
    assert outcome([*filled, signed()], scored("1", "5")) == "sheet-signed"


MILD, SEVERE = "4.60", "4.40"


@pytest.mark.clause("score-sheet/row-5/mild-kinds", "score-sheet/row-5/other-kinds")
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    ("sanction", "score"),
    [
        ("remark", MILD),
        ("reprimand", MILD),
        ("severe-reprimand", MILD),
        ("incompetence-warning", SEVERE),
        ("demotion", SEVERE),
        ("dismissal", SEVERE),
        ("unfit-for-elected-post", SEVERE),
        ("other", SEVERE),
    ],
)
@pytest.mark.parametrize("discrediting", [False, True], ids=["by kind", "though discrediting"])
def test_row_5_each_kind_has_its_ceiling_whatever_the_ground(
    act: str, sanction: str, score: str, *, discrediting: bool
) -> None:
    named = {"title": "exclusion from the reserve"} if sanction == "other" else {}
    imposed = sanctioned(sanction, "2026-02-10", discrediting=discrediting, **named)

    ledgers = held(*body_and_servant(act), imposed, *assessed())

    assert grade_of(ledgers, "2026-Q1").score == score


@pytest.mark.clause("score-sheet/row-5/other-kinds")
@pytest.mark.parametrize(
    ("sanction", "told", "then"),
    [
        ("scolding", {}, "unknown-sanction"),
        ("other", {}, "sanction-unnamed"),
        ("other", {"title": "  "}, "sanction-unnamed"),
        ("other", {"title": "exclusion from the reserve"}, "recorded"),
    ],
)
def test_row_5_a_kind_that_no_act_names_is_told_in_words(
    sanction: str, told: dict[str, Any], then: str
) -> None:
    assert outcome(body_and_servant(), sanctioned(sanction, "2026-02-10", **told)) == then


@pytest.mark.clause("score-sheet/row-5/annulled")
def test_row_5_an_annulled_sanction_never_was_and_is_annulled_once() -> None:
    imposed = sanctioned("remark", "2026-02-10")

    def annulled(of: bytes, employee: str = "e-1") -> bytes:
        data = {"employee": employee, "discipline": str(id_of(of)), "basis": "court"}
        return fact("DisciplineAnnulled", data)

    given = [*body_and_servant(), imposed, *assessed()]
    assert grade_of(held(*given), "2026-Q1").score == MILD
    assert grade_of(held(*given, annulled(imposed)), "2026-Q1").score == "5.00"
    assert outcome([*given, annulled(imposed)], annulled(imposed)) == "already-annulled"
    assert outcome(given, annulled(sanctioned("remark", "2026-02-10"))) == "unknown-sanction"


@pytest.mark.clause("score-sheet/cl-5/fifteen-working-days")
@pytest.mark.parametrize(("days", "then"), [(90, "recorded"), (91, "too-many-days")])
def test_cl_5_days_worked_are_days_of_the_period(days: int, then: str) -> None:
    assert outcome(body_and_servant(), worked(days)) == then


CALIBRATED = [*body_and_servant(), *assessed(("3", "3", "3", "3", "3")), delivered(), *calibrated("4")]


@pytest.mark.clause("score-sheet/cl-11/appealed")
def test_cl_11_only_a_decision_is_appealed_where_the_code_says_once_and_after_it_was_taken() -> None:
    told = CALIBRATED[: -len(calibrated("4"))]

    assert outcome(CALIBRATED, appealed("authorised-body")) == "recorded"
    assert outcome(told, appealed("authorised-body")) == "no-decision"
    assert outcome(CALIBRATED, appealed("newspaper")) == "not-in-act"
    assert outcome(CALIBRATED, appealed(on="2026-04-20")) == "dates-out-of-order"
    assert outcome([*CALIBRATED, appealed()], appealed("authorised-body")) == "appeal-pending"


@pytest.mark.clause("score-sheet/cl-11/what-comes-back")
@pytest.mark.parametrize(
    ("back", "then"),
    [
        (resolved("left"), "recorded"),
        (resolved("revise", score="3.5"), "recorded"),
        (resolved("heard"), "unknown-outcome"),
        (resolved("left", score="4"), "correction-without-revision"),
        (resolved("revise", score="5.5"), "correction-misfit"),
        (resolved("revise", competencies={"integrity": "meets"}), "correction-misfit"),
        (resolved("left", on="2026-05-01"), "dates-out-of-order"),
    ],
)
def test_cl_11_what_comes_back_leaves_revises_to_a_score_of_the_act_or_annuls(back: bytes, then: str) -> None:
    assert outcome([*CALIBRATED, appealed()], back) == then
    assert outcome(CALIBRATED, back) == "no-appeal"


@pytest.mark.clause("score-sheet/cl-13/confidential")
def test_cl_13_a_refusal_repeats_neither_a_mark_nor_a_name() -> None:
    given = [*SHEET, *marked(("4", "4", "4", "4", "4")), signed()]
    attempts = [
        scored("1", "2.71"),
        scored("1", "2.71", scorer="Есенова"),
        fact("SheetIssued", {**ref(period="2026-Q2"), "form": "annex-2", "evaluator": "Есенова"}),
        fact("CalibrationRequested", {**ref(), "grounds": "Есенова"}),
    ]

    told = [problem for one in attempts if (problem := refusal(given, one)) is not None]

    assert len(told) == len(attempts)
    assert not any(word in problem.detail for problem in told for word in ("2.71", "Есенова", "4.00"))


@pytest.mark.clause("score-sheet/annex/mean")
def test_annex_the_score_is_the_sum_of_the_marks_by_their_number() -> None:
    marks = ("5", "4.2", "3.1", "0", "2.7")
    found = grade_of(held(*SHEET, *marked(marks), signed()), "2026-Q1")

    assert (found.score, found.grade) == ("3.00", "proper")
