"""Sheets issued: given the file, when a sheet is sent, then it is recorded or refused with the clause."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from events.vocabulary import Name
from events.vocabulary.assessment import SheetIssued
from services.offline import Ledgers, rejections
from services.recording import system_fact
from tests.facts import BODY, adopted, appointed, body_and_servant, fact, issued, ref, registered
from tests.outcomes import outcome, refusal

YEAR_2017 = ref(period="2017")
YEAR_2023 = ref(period="2023")


def under(methodology: str, from_period: str = "2026-Q1", **appointment: Any) -> list[bytes]:
    return [registered(), adopted(methodology, from_period), appointed(**appointment)]


def transferred(on: str = "2026-02-16", **more: Any) -> bytes:
    data = {
        "employee": "e-1",
        "from_position": "p-1",
        "position": "p-2",
        "category": "E-1",
        "managerial": True,
        "unit": "u-2",
        "supervisor": "boss-2",
        "unit_head": "head-2",
        "on": on,
        **more,
    }
    return fact("EmployeeTransferred", data, on=on)


SPECIALIST = under("zhanakorgan-2026")
MANAGER = under("zhanakorgan-2026", category="E-R-2", managerial=True)
LEADER = under("zhanakorgan-2026", category="E-1", managerial=True)
E_3 = under("zhanakorgan-2026", category="E-3")
E_3_IN_PAVLODAR = under("pavlodar-2026", category="E-3")

CL_16 = [
    ("a specialist, by the head of his unit", SPECIALIST, "annex-2", "head-1", "recorded"),
    ("a specialist, by his supervisor", SPECIALIST, "annex-2", "boss-1", "wrong-evaluator"),
    ("a specialist, by a stranger", SPECIALIST, "annex-2", "x-1", "wrong-evaluator"),
    ("a specialist, by himself", SPECIALIST, "annex-2", "e-1", "wrong-evaluator"),
    ("a specialist on the managers' form", SPECIALIST, "annex-1", "head-1", "wrong-form"),
    ("another manager, by the head of the unit", MANAGER, "annex-1", "head-1", "recorded"),
    ("another manager, by his supervisor", MANAGER, "annex-1", "boss-1", "wrong-evaluator"),
    ("another manager on the others' form", MANAGER, "annex-2", "head-1", "wrong-form"),
    ("E-1, by his supervisor", LEADER, "annex-1", "boss-1", "recorded"),
    ("E-1, by the head of the unit", LEADER, "annex-1", "head-1", "wrong-evaluator"),
    ("E-3 in Zhanakorgan, no manager", E_3, "annex-1", "boss-1", "recorded"),
    ("E-3 in Zhanakorgan on the others' form", E_3, "annex-2", "head-1", "wrong-form"),
    ("E-3 in Pavlodar, no manager", E_3_IN_PAVLODAR, "annex-2", "head-1", "recorded"),
    ("E-3 in Pavlodar on the managers' form", E_3_IN_PAVLODAR, "annex-1", "boss-1", "wrong-form"),
]


@pytest.mark.clause(
    "zhanakorgan-2026/cl-16/managers-by-category",
    "typical-2025/cl-16/managers-by-category",
    "score-sheet/cl-16/other-managers",
    "score-sheet/cl-16/all-others",
    "score-sheet/cl-2/assessed-by-a-superior",
)
@pytest.mark.parametrize(
    ("given", "form", "evaluator", "then"), [row[1:] for row in CL_16], ids=[row[0] for row in CL_16]
)
def test_cl_16_a_sheet_is_on_the_right_form_and_goes_to_the_right_evaluator(given, form, evaluator, then):
    assert outcome(given, issued(form=form, evaluator=evaluator)) == then


SJC = under("sjc-2017", "2017-Q1", on="2015-01-01")
HEADS_DEPARTMENT = under("sjc-2017", "2017-Q1", on="2015-01-01", managerial=True, heads_unit=True)
ARYS = under("arys-2022", "2023", on="2020-01-01")

OTHER_ACTS = [
    ("sjc cl. 4: a quarter", SJC, ref(period="2017-Q1"), "points", "boss-1", "recorded"),
    ("sjc cl. 4: a quarter, by another", SJC, ref(period="2017-Q1"), "points", "head-1", "wrong-evaluator"),
    (
        "sjc cl. 4: a head of department",
        HEADS_DEPARTMENT,
        ref(period="2017-Q1"),
        "points",
        "boss-1",
        "recorded",
    ),
    ("sjc cl. 28: the plan", SJC, YEAR_2017, "plan", "boss-1", "recorded"),
    ("sjc cl. 28: the plan, by another", SJC, YEAR_2017, "plan", "head-1", "wrong-evaluator"),
    ("sjc cl. 28: the plan for a quarter", SJC, ref(period="2017-Q1"), "plan", "boss-1", "wrong-period"),
    ("arys cl. 17: the targets", ARYS, YEAR_2023, "targets", "boss-1", "recorded"),
    ("arys cl. 17: the targets, by another", ARYS, YEAR_2023, "targets", "head-1", "wrong-evaluator"),
    ("arys cl. 25: competencies", ARYS, YEAR_2023, "competencies", "boss-1", "recorded"),
    ("arys cl. 25: by himself", ARYS, YEAR_2023, "competencies", "e-1", "wrong-evaluator"),
]


@pytest.mark.clause(
    "sjc-2017/cl-4/supervisor",
    "sjc-2017/cl-28/year-by-the-supervisor",
    "arys-2022/cl-17/supervisor",
    "arys-2022/cl-25/supervisor",
)
@pytest.mark.parametrize(
    ("given", "of", "form", "evaluator", "then"),
    [row[1:] for row in OTHER_ACTS],
    ids=[row[0] for row in OTHER_ACTS],
)
def test_under_the_older_acts_the_supervisor_assesses(given, of, form, evaluator, then):
    assert outcome(given, issued(of, form, evaluator=evaluator)) == then


@pytest.mark.clause("arys-2022/cl-6/two-strands")
def test_arys_cl_6_both_sheets_of_a_year_are_issued():
    both = [issued(YEAR_2023, "targets"), issued(YEAR_2023, "competencies")]
    assert list(rejections(Ledgers(), [*ARYS, *both])) == []
    assert outcome([*ARYS, *both], issued(YEAR_2023, "targets")) == "sheet-issued-already"


@pytest.mark.clause("score-sheet/cl-16/all-others", "score-sheet/cl-13/confidential")
def test_cl_16_a_refusal_names_the_clause_and_what_is_right_and_repeats_nothing():
    form = refusal(SPECIALIST, issued(form="annex-1", evaluator="x-1"))
    assert form is not None
    assert (form.field, "cl. 16" in form.detail, "annex-2" in form.detail) == ("data.form", True, True)
    assert "annex-1" not in form.detail

    evaluator = refusal(SPECIALIST, issued(evaluator="x-1"))
    assert evaluator is not None
    assert evaluator.field == "data.evaluator"
    assert "Under cl. 16 the sheet goes to the head of his unit" in evaluator.detail
    assert not any(code in evaluator.detail for code in ("x-1", "head-1", "boss-1"))

    leader = refusal(LEADER, issued(form="annex-1", evaluator="head-1"))
    assert leader is not None
    assert "his supervisor" in leader.detail


TRANSFER = [
    ("the position left", ref(), "annex-2", "head-1", "recorded"),
    ("the position left, by the new head", ref(), "annex-2", "head-2", "wrong-evaluator"),
    ("the position taken", ref(position="p-2"), "annex-1", "boss-2", "recorded"),
    ("the position taken, on the old form", ref(position="p-2"), "annex-2", "head-1", "wrong-form"),
]


@pytest.mark.parametrize(
    ("of", "form", "evaluator", "then"), [row[1:] for row in TRANSFER], ids=[row[0] for row in TRANSFER]
)
def test_after_a_transfer_in_mid_quarter_each_position_has_its_own_sheet(of, form, evaluator, then):
    given = [*SPECIALIST, transferred()]
    assert outcome(given, issued(of, form, evaluator=evaluator)) == then


def test_cl_5_a_sheet_is_not_refused_for_eligibility():
    late = under("zhanakorgan-2026", on="2026-03-31")
    assert outcome(late, issued()) == "recorded"
    on_probation = under("sjc-2017", "2017-Q1", on="2017-03-01", probation_until="2017-06-01")
    assert outcome(on_probation, issued(ref(period="2017-Q1"), "points")) == "recorded"


def test_for_a_period_in_which_the_position_was_not_held_the_file_knows_no_evaluator():
    gone = [*SPECIALIST, transferred("2025-12-01")]
    assert outcome(gone, issued(evaluator="x-1", form="annex-1")) == "recorded"
    assert outcome(gone, issued(evaluator="e-1")) == "wrong-evaluator"


@pytest.mark.clause("score-sheet/cl-2/assessed-by-a-superior")
def test_cl_2_one_who_heads_the_unit_himself_is_assessed_by_his_supervisor():
    given = under("pavlodar-2026", category="E-R-2", managerial=True, unit_head="e-1")
    assert outcome(given, issued(form="annex-1", evaluator="boss-1")) == "recorded"
    assert outcome(given, issued(form="annex-1", evaluator="e-1")) == "wrong-evaluator"


@pytest.mark.clause("score-sheet/cl-2/assessed-by-a-superior")
def test_where_the_file_names_nobody_above_the_servant_any_other_may_assess():
    given = under("pavlodar-2026", category="E-1", managerial=True, supervisor="e-1")
    assert outcome(given, issued(form="annex-1", evaluator="minister-1")) == "recorded"
    assert outcome(given, issued(form="annex-1", evaluator="e-1")) == "wrong-evaluator"


def test_what_is_issued_for_a_period_follows_the_act_of_that_period():
    given = [registered(), adopted("zhanakorgan-2026", "2026-Q2"), appointed(category="E-3")]
    assert outcome(given, issued()) == "recorded"
    assert outcome(given, issued(ref(period="2026-Q2"))) == "wrong-form"


def test_a_refused_sheet_leaves_the_right_one_to_be_issued():
    ledgers = Ledgers()
    lines = [*body_and_servant(), issued(evaluator="x-1"), issued()]
    assert [problem.code for _, problem in rejections(ledgers, lines)] == ["wrong-evaluator"]


ACTS = st.sampled_from(["typical-2025", "zhanakorgan-2026", "health-2025", "pavlodar-2026"])
CATEGORIES = st.sampled_from(["E-1", "E-2", "E-3", "Е-3", "E-4", "E-R-1", "E-R-2", "C-1"])


@pytest.mark.clause("score-sheet/cl-16/other-managers", "score-sheet/cl-16/all-others")
@settings(max_examples=40, deadline=None)
@drawn(ACTS, CATEGORIES, st.booleans())
def test_cl_16_of_all_forms_and_evaluators_one_pair_is_right_for_a_servant(act, category, managerial):
    given = under(act, category=category, managerial=managerial)
    accepted = [
        (form, evaluator)
        for form in ("annex-1", "annex-2")
        for evaluator in ("boss-1", "head-1", "e-1", "x-1")
        if outcome(given, issued(form=form, evaluator=evaluator)) == "recorded"
    ]
    assert len(accepted) == 1
    assert ("annex-2", "boss-1") not in accepted


def test_a_body_may_still_issue_what_the_clock_issued_first():
    ledgers = Ledgers()
    assert [problem.code for _, problem in rejections(ledgers, body_and_servant())] == []
    data = SheetIssued(**ref(), form="annex-2", evaluator="acting-1")
    by_clock = system_fact(BODY, data, 0, date(2026, 4, 1))
    sitting = ledgers._sitting
    sitting.append(BODY, sitting.ledgers[BODY], [by_clock])

    assert [problem.code for _, problem in rejections(ledgers, [issued()])] == []
    assert [problem.code for _, problem in rejections(ledgers, [issued()])] == ["sheet-issued-already"]
    document = ledgers.document(BODY, Name("assessment", ("e-1", "p-1", "2026-Q1")))
    assert [(sheet.form, sheet.evaluator) for sheet in document.sheets] == [("annex-2", "head-1")]
