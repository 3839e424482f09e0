"""A filled sheet: given it, when it is signed, refused, agreed or returned, then by the act's clauses."""

from typing import Any

import pytest

from tests.facts import (
    adopted,
    appointed,
    assessed,
    body_and_servant,
    fact,
    issued,
    marked,
    ref,
    registered,
    scored,
    signed,
    worked,
)
from tests.outcomes import outcome, refusal

QUARTER = ref(period="2017-Q1")
YEAR = ref(period="2023")
TARGETS = {**YEAR, "form": "targets"}
COMPETENCIES = {**YEAR, "form": "competencies"}


def sjc(**appointment: Any) -> list[bytes]:
    """A quarter's sheet of points, filled in."""
    given = [registered(), adopted("sjc-2017", "2017-Q1"), appointed(on="2015-01-01", **appointment)]
    return [*given, issued(QUARTER, "points")]


def refused_to_sign(*witnesses: str, of: dict[str, Any] | None = None) -> bytes:
    return fact("SigningRefused", {**(of or QUARTER), "witnesses": list(witnesses)})


WITNESSES = [
    ("HR and the supervisor", ("hr-1", "boss-1"), "recorded"),
    ("HR, the supervisor and another", ("hr-1", "boss-1", "w-1"), "recorded"),
    ("nobody", (), "too-few-witnesses"),
    ("HR alone", ("hr-1",), "too-few-witnesses"),
    ("the supervisor twice", ("boss-1", "boss-1"), "too-few-witnesses"),
    ("the supervisor and the servant", ("boss-1", "e-1"), "too-few-witnesses"),
    ("two of HR, without the supervisor", ("hr-1", "hr-2"), "too-few-witnesses"),
]


@pytest.mark.clause("sjc-2017/cl-25/signing-refused")
@pytest.mark.parametrize(
    ("witnesses", "then"), [row[1:] for row in WITNESSES], ids=[row[0] for row in WITNESSES]
)
@pytest.mark.parametrize("is_signed", [False, True], ids=["before the signature", "after it"])
def test_sjc_cl_25_a_refusal_to_sign_is_recorded_by_hr_and_the_supervisor(is_signed, witnesses, then):
    given = [*sjc(), signed(QUARTER)] if is_signed else sjc()
    assert outcome(given, refused_to_sign(*witnesses)) == then


@pytest.mark.clause("sjc-2017/cl-25/signing-refused")
def test_sjc_cl_31_a_refusal_to_sign_the_year_s_sheet_is_recorded_the_same_way():
    year = ref(period="2017")
    given = [*sjc(), issued(year, "plan")]
    assert outcome(given, refused_to_sign("hr-1", of=year)) == "too-few-witnesses"
    assert outcome(given, refused_to_sign("hr-1", "boss-1", of=year)) == "recorded"


@pytest.mark.clause("sjc-2017/cl-25/signing-refused")
def test_sjc_cl_25_whoever_stands_in_for_the_supervisor_records_the_refusal_with_hr():
    stood_in = fact("EvaluatorReplaced", {**QUARTER, "evaluator": "deputy-1", "ground": "absence"})
    assert outcome(sjc(), refused_to_sign("hr-1", "deputy-1")) == "too-few-witnesses"
    assert outcome([*sjc(), stood_in], refused_to_sign("hr-1", "deputy-1")) == "recorded"


def test_sjc_cl_25_the_refusal_names_the_clause_and_nobody():
    problem = refusal(sjc(), refused_to_sign("hr-7"))
    assert problem is not None
    assert problem.field == "data.witnesses"
    assert "cl. 25; 31" in problem.detail
    assert "at least 2 others" in problem.detail
    assert "hr-7" not in problem.detail


@pytest.mark.clause("sjc-2017/cl-25/refusal-stops-nothing")
def test_sjc_cl_25_a_refusal_to_sign_stops_nothing():
    given = [*sjc(), refused_to_sign("hr-1", "boss-1")]
    awarded = fact("PointsAwarded", {**QUARTER, "indicator": 1, "points": 3})
    assert outcome(given, awarded) == "recorded"
    assert outcome(given, signed(QUARTER)) == "recorded"
    assert outcome([*given, signed(QUARTER)], fact("SheetCountersigned", QUARTER)) == "recorded"


@pytest.mark.parametrize("act", ["zhanakorgan-2026", "pavlodar-2026"])
def test_the_score_sheet_acts_ask_no_witnesses_of_a_refusal_to_sign(act):
    assert outcome([*body_and_servant(act), issued()], refused_to_sign("w-1", of=ref())) == "recorded"


@pytest.mark.clause("sjc-2017/cl-25/refusal-stops-nothing")
@pytest.mark.parametrize("type_", ["SelfAssessed", "SheetCountersigned"])
def test_sjc_cl_23_and_25_the_servant_s_own_word_stops_nothing(type_):
    own = fact(type_, QUARTER)
    assert outcome(sjc(), own) == "recorded"
    assert outcome([*sjc(), own], signed(QUARTER)) == "recorded"
    assert outcome([*sjc(), signed(QUARTER)], own) == "recorded"
    assert outcome(sjc(), fact(type_, ref(period="2017-Q2"))) == "unknown-sheet"


def arys(**appointment: Any) -> list[bytes]:
    """A year's two sheets, that of the targets filled in and signed."""
    plan = {"employee": "e-1", "position": "p-1", "year": 2023}
    targets = [{"target": one, "title": "t", "measurable": True} for one in range(1, 6)]
    met = [fact("TargetAssessed", {**plan, "target": one, "met": True}) for one in range(1, 6)]
    return [
        registered(),
        adopted("arys-2022", "2023"),
        appointed(on="2020-01-01", **{"superior": "chief-1", **appointment}),
        fact("PlanAgreed", {**plan, "targets": targets}),
        issued(YEAR, "targets"),
        issued(YEAR, "competencies"),
        *met,
        signed(TARGETS),
    ]


def agreed(by: str = "chief-1", of: dict[str, Any] = TARGETS) -> bytes:
    return fact("SheetAgreed", {**of, "by": by})


def returned(by: str = "chief-1", of: dict[str, Any] = TARGETS) -> bytes:
    return fact("SheetReturned", {**of, "by": by, "reason": "no proof of the third target"})


BY = [
    ("the superior", {}, "chief-1", "recorded"),
    ("the supervisor", {}, "boss-1", "not-the-superior"),
    ("the servant", {}, "e-1", "not-the-superior"),
    ("another", {}, "x-1", "not-the-superior"),
    ("the first head as supervisor, cl. 20", {"superior": "boss-1"}, "boss-1", "recorded"),
    ("a supervisor with nobody above him, cl. 20", {"superior": None}, "boss-1", "recorded"),
    ("the servant with nobody named", {"superior": None}, "e-1", "not-the-superior"),
]


@pytest.mark.clause("arys-2022/cl-19/to-the-superior", "arys-2022/cl-20/first-head")
@pytest.mark.parametrize(("file", "by", "then"), [row[1:] for row in BY], ids=[row[0] for row in BY])
def test_arys_cl_19_and_21_the_superior_of_the_supervisor_agrees_or_returns(file, by, then):
    given = arys(**file)
    assert outcome(given, agreed(by)) == then
    assert outcome(given, returned(by)) == then


@pytest.mark.clause("arys-2022/cl-19/to-the-superior")
def test_arys_cl_19_only_a_signed_sheet_is_agreed_or_returned():
    unsigned = arys()[:-1]
    assert outcome(unsigned, agreed()) == "sheet-unsigned"
    assert outcome(unsigned, returned()) == "sheet-unsigned"


@pytest.mark.clause("arys-2022/cl-19/to-the-superior")
def test_arys_cl_21_a_sheet_is_agreed_once():
    assert outcome([*arys(), agreed()], agreed()) == "already-agreed"


@pytest.mark.clause("arys-2022/cl-22/returned")
def test_arys_cl_22_a_returned_sheet_is_marked_signed_and_agreed_again():
    mended = fact(
        "TargetAssessed", {"employee": "e-1", "position": "p-1", "year": 2023, "target": 3, "met": False}
    )
    given = [*arys(), agreed()]
    assert outcome(given, mended) == "sheet-signed"
    assert outcome([*given, returned()], agreed()) == "sheet-unsigned"
    assert outcome([*given, returned(), mended, signed(TARGETS)], agreed()) == "recorded"


@pytest.mark.clause("arys-2022/cl-28/straight-to-the-commission")
def test_arys_cl_28_nobody_agrees_to_the_competencies_which_go_straight_to_the_commission():
    problem = refusal([*arys(), *_shown(), signed(COMPETENCIES)], agreed(of=COMPETENCIES))
    assert problem is not None
    assert problem.code == "not-in-act"


def _shown() -> list[bytes]:
    counts = {1: 4, 2: 3, 3: 3, 4: 4, 5: 3, 8: 3, 9: 1, 10: 1, 11: 1}
    year = {"employee": "e-1", "position": "p-1", "year": 2023}
    return [
        fact("CompetencyAssessed", {**year, "competency": one, "shown": count, "missing": []})
        for one, count in counts.items()
    ]


@pytest.mark.parametrize("act", ["zhanakorgan-2026", "pavlodar-2026"])
def test_the_score_sheet_acts_know_no_agreement(act):
    assert outcome([*body_and_servant(act), *assessed()], agreed(of=ref())) == "not-in-act"


def test_a_return_reopens_the_sheet_for_marks_under_any_act():
    given = [*body_and_servant(), *assessed()]
    assert outcome(given, scored("1", "4")) == "sheet-signed"
    assert outcome([*given, returned("head-1", ref())], scored("1", "4")) == "recorded"
    assert outcome([*given, returned("head-1", ref())], signed()) == "recorded"


@pytest.mark.clause("score-sheet/cl-15/complete-papers", "score-sheet/annex/signed")
def test_an_incomplete_sheet_is_not_signed_and_a_signed_one_not_twice():
    given = [*body_and_servant(), issued(), *marked(("5", "5", "5", "5"))]
    assert outcome(given, signed()) == "sheet-incomplete"
    assert outcome([*given, scored("5", "5"), signed()], signed()) == "already-signed"


def test_cl_5_work_days_are_taken_after_the_signature_too():
    assert outcome([*body_and_servant(), *assessed()], worked(12)) == "recorded"


PANEL = [
    {"member": "m-1", "role": "evaluator"},
    {"member": "m-2", "role": "evaluator"},
    {"member": "hr-2", "role": "hr"},
]
CALIBRATED = [
    *body_and_servant(),
    *assessed(),
    fact("ResultDelivered", {**ref(), "channel": "information-system", "on": "2026-04-13"}, on="2026-04-13"),
    fact("CalibrationRequested", {**ref(), "grounds": "too low"}, on="2026-04-15"),
    fact("CalibrationConvened", {**ref(), "members": PANEL, "sits_on": "2026-04-20"}, on="2026-04-16"),
    *(
        fact("VoteCast", {**ref(), "round": 1, "member": member, "score": "4"}, on="2026-04-20")
        for member in ("m-1", "m-2")
    ),
]


@pytest.mark.clause("score-sheet/cl-22/final")
def test_cl_22_what_a_panel_decided_is_not_undone_by_returning_the_sheet():
    assert outcome(CALIBRATED[:-1], returned("head-1", ref())) == "calibration-running"
    assert outcome(CALIBRATED, returned("head-1", ref())) == "result-decided"


@pytest.mark.clause("score-sheet/cl-11/what-comes-back")
@pytest.mark.parametrize(("outcome_", "then"), [("annul", "recorded"), ("left", "result-decided")])
def test_cl_11_an_appeal_that_annuls_lets_the_sheet_be_returned(outcome_, then):
    appealed = {"to": "court", "on": "2026-04-24", "grounds": "procedure"}
    came_back = {"outcome": outcome_, "on": "2026-05-20", "explanation": "as stated"}
    given = [
        *CALIBRATED,
        fact("DecisionAppealed", {**ref(), **appealed}, on="2026-04-24"),
        fact("AppealResolved", {**ref(), **came_back}, on="2026-05-20"),
    ]
    assert outcome(given, returned("head-1", ref())) == then
