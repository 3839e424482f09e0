"""Evaluators in another's place, or beside him: given a sheet, when one is named, then by the act."""

from typing import Any

import pytest

from tests.facts import adopted, appointed, fact, issued, marked, ref, registered, scored, signed
from tests.outcomes import outcome, refusal

SHEET_ACTS = ("typical-2025", "zhanakorgan-2026", "health-2025", "pavlodar-2026")
RECEIVING = frozenset({"health-2025", "pavlodar-2026"})


def sheet(methodology: str = "zhanakorgan-2026") -> list[bytes]:
    return [registered(), adopted(methodology), appointed(), issued()]


def replaced(ground: str, by: str = "deputy-1", of: dict[str, Any] | None = None) -> bytes:
    return fact("EvaluatorReplaced", {**(of or ref()), "evaluator": by, "ground": ground})


def added(by: str = "helper-1", ground: str = "over-twenty") -> bytes:
    return fact("EvaluatorAdded", {**ref(), "evaluator": by, "ground": ground})


@pytest.mark.clause("score-sheet/cl-3/stand-in")
@pytest.mark.parametrize("act", SHEET_ACTS)
def test_cl_3_whoever_stands_in_for_an_absent_evaluator_assesses(act):
    assert outcome(sheet(act), replaced("absence")) == "recorded"
    assert outcome([*sheet(act), replaced("absence")], scored("1", "5", scorer="deputy-1")) == "recorded"


@pytest.mark.clause("pavlodar-2026/cl-3/seconded", "pavlodar-2026/cl-3/first-head")
@pytest.mark.parametrize("act", SHEET_ACTS)
@pytest.mark.parametrize("ground", ["secondment", "first-head"])
def test_cl_3_secondment_and_the_first_head_s_decision_only_where_the_act_has_them(act, ground):
    expected = "recorded" if act in RECEIVING else "ground-not-in-act"

    assert outcome(sheet(act), replaced(ground)) == expected


@pytest.mark.clause("score-sheet/cl-17/over-twenty")
@pytest.mark.parametrize("act", SHEET_ACTS)
def test_cl_17_with_more_than_twenty_to_assess_others_assess_too(act):
    assert outcome(sheet(act), added()) == "recorded"
    both = [*sheet(act), added(), scored("1", "5", scorer="helper-1")]
    assert outcome(both, scored("2", "5", scorer="head-1")) == "recorded"


@pytest.mark.clause("pavlodar-2026/cl-3/first-head")
def test_cl_3_a_ground_that_the_act_has_not_is_refused_with_the_clauses_and_the_grounds_it_has():
    problem = refusal(sheet(), replaced("first-head", "chief-1"))

    assert problem is not None
    assert problem.field == "data.ground"
    assert "Under cl. 3; 17" in problem.detail
    assert "absence, over-twenty" in problem.detail
    assert "chief-1" not in problem.detail


GUARDS = [
    # a second evaluator, what came before, the outcome
    ("the servant in his evaluator's place", [], replaced("absence", "e-1"), "wrong-evaluator"),
    ("the servant beside his evaluator", [], added("e-1"), "wrong-evaluator"),
    ("the evaluator in his own place", [], replaced("absence", "head-1"), "already-evaluator"),
    ("the stand-in once more", [replaced("absence")], replaced("absence"), "already-evaluator"),
    ("back to the first", [replaced("absence")], replaced("absence", "head-1"), "recorded"),
    ("the evaluator beside himself", [], added("head-1"), "already-evaluator"),
    ("the same helper twice", [added()], added(), "already-evaluator"),
    ("two helpers", [added()], added("helper-2"), "recorded"),
    ("a helper in the evaluator's place", [added()], replaced("absence", "helper-1"), "recorded"),
    ("a ground of no act", [], replaced("illness"), "unknown-ground"),
    ("a ground that adds, to replace", [], replaced("over-twenty"), "unknown-ground"),
    ("a ground that replaces, to add", [], added(ground="absence"), "unknown-ground"),
    ("a sheet never issued", [], replaced("absence", of=ref(period="2026-Q2")), "unknown-sheet"),
    ("a replacement on a signed sheet", [*marked(), signed()], replaced("absence"), "sheet-signed"),
    ("a helper on a signed sheet", [*marked(), signed()], added(), "sheet-signed"),
]


@pytest.mark.clause(
    "score-sheet/cl-3/stand-in",
    "score-sheet/cl-17/over-twenty",
    "score-sheet/cl-2/assessed-by-a-superior",
)
@pytest.mark.parametrize(
    ("given", "when", "then"), [row[1:] for row in GUARDS], ids=[row[0] for row in GUARDS]
)
def test_cl_3_and_17_who_may_not_assess(given, when, then):
    assert outcome([*sheet(), *given], when) == then


OLDER = {
    "sjc-2017": [
        registered(),
        adopted("sjc-2017", "2017-Q1"),
        appointed(on="2015-01-01"),
        issued(ref(period="2017-Q1"), "points"),
    ],
    "arys-2022": [
        registered(),
        adopted("arys-2022", "2023"),
        appointed(on="2020-01-01"),
        issued(ref(period="2023"), "competencies"),
    ],
}
OF = {
    "sjc-2017": ref(period="2017-Q1"),
    "arys-2022": {**ref(period="2023"), "form": "competencies"},
}


@pytest.mark.parametrize("act", OLDER)
def test_an_act_silent_on_substitution_does_not_let_a_sheet_wait_for_one_who_is_away(act):
    assert outcome(OLDER[act], replaced("absence", of=OF[act])) == "recorded"
    assert outcome(OLDER[act], replaced("absence", "e-1", OF[act])) == "wrong-evaluator"


@pytest.mark.parametrize(("act", "clause"), [("sjc-2017", "cl. 4"), ("arys-2022", "cl. 25")])
def test_other_grounds_are_rights_that_an_act_gives(act, clause):
    problem = refusal(OLDER[act], replaced("first-head", of=OF[act]))

    assert problem is not None
    assert problem.code == "ground-not-in-act"
    assert clause in problem.detail


@pytest.mark.clause("score-sheet/cl-3/stand-in", "score-sheet/cl-17/evaluator-marks")
def test_one_replaced_no_longer_scores_cl_3():
    given = [*sheet(), replaced("absence")]
    assert outcome(given, scored("1", "5", scorer="head-1")) == "not-an-evaluator"
