"""What the shipped acts say in words: titles as printed, who assesses whom, terms, competencies, sources."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from methodologies.act import Act
from methodologies.loading import act_to_data, shipped
from methodologies.model.readings import READINGS
from methodologies.model.sheets import Kind, category_code

CLONES = ("typical-2025", "zhanakorgan-2026", "health-2025", "pavlodar-2026")
LARGEST_FACT = 64 * 1024


def act(identity: str) -> Act:
    return shipped()[identity]


@pytest.mark.parametrize(
    ("identity", "grade", "language", "title"),
    [
        ("zhanakorgan-2026", "effective", "ru", "Выполняет функциональные обязанности эффективно"),
        ("zhanakorgan-2026", "proper", "ru", "Выполняет функциональные обязанности надлежащим образом"),
        ("zhanakorgan-2026", "satisfactory", "ru", "Выполняет функциональные обязанности удовлетворительно"),
        (
            "zhanakorgan-2026",
            "unsatisfactory",
            "ru",
            "Выполняет функциональные обязанности не удовлетворительно",
        ),
        ("health-2025", "unsatisfactory", "ru", "Выполняет функциональные обязанности неудовлетворительно"),
        ("pavlodar-2026", "effective", "kk", "Функционалдық міндеттерін тиімді атқарады"),
        ("pavlodar-2026", "proper", "kk", "Функционалдық міндеттерін тиісті түрде атқарады"),
        ("pavlodar-2026", "satisfactory", "kk", "Функционалдық міндеттерін қанағаттанарлық түрде атқарады"),
        (
            "pavlodar-2026",
            "unsatisfactory",
            "kk",
            "Функционалдық міндеттерін қанағаттанарлықсыз түрде атқарады",
        ),
        ("sjc-2017", "excellent", "ru", "превосходно"),
        ("sjc-2017", "unsatisfactory", "ru", "неудовлетворительно"),
        ("arys-2022", "effective", "ru", "эффективно"),
        ("arys-2022", "satisfactory", "ru", "удовлетворительно"),
    ],
)
def test_grades_are_titled_as_printed(identity: str, grade: str, language: Any, title: str) -> None:
    assert act(identity).grades[grade].title.in_(language) == title


@pytest.mark.parametrize("identity", CLONES)
def test_each_of_two_sheets_has_five_rows_numbered_as_printed(identity: str) -> None:
    for form in act(identity).forms.values():
        assert list(form.parameters) == ["1", "2", "3", "4", "5"]
        assert [row.clause[-5:] for row in form.parameters.values()] == [f"row {n}" for n in range(1, 6)]


def test_pavlodar_row_4_is_printed_of_the_evaluator_and_noted_as_a_fault() -> None:
    printed = act("pavlodar-2026").forms["annex-1"].parameters["4"].title.kk

    assert printed == "Бағалаушы адамның еңбек тәртібін сақтауы"
    assert act("pavlodar-2026").faults["discipline-of-the-evaluator"].clause == "annex 1, row 4"
    assert act("typical-2025").forms["annex-1"].parameters["4"].title.kk.startswith("Бағаланатын")


@pytest.mark.clause(
    "zhanakorgan-2026/cl-16/managers-by-category",
    "typical-2025/cl-16/managers-by-category",
    "score-sheet/cl-16/other-managers",
    "score-sheet/cl-16/all-others",
)
@pytest.mark.parametrize(
    ("identity", "category", "managerial", "form", "evaluator"),
    [
        ("zhanakorgan-2026", "E-1", True, "annex-1", "supervisor"),
        ("zhanakorgan-2026", "E-2", True, "annex-1", "supervisor"),
        ("zhanakorgan-2026", "E-3", True, "annex-1", "supervisor"),
        ("zhanakorgan-2026", "E-3", False, "annex-1", "supervisor"),
        ("zhanakorgan-2026", "Е-3", False, "annex-1", "supervisor"),
        ("zhanakorgan-2026", "E-R-1", True, "annex-1", "supervisor"),
        ("zhanakorgan-2026", "E-R-2", True, "annex-1", "unit-head"),
        ("zhanakorgan-2026", "E-4", False, "annex-2", "unit-head"),
        ("pavlodar-2026", "Е-R-1", True, "annex-1", "supervisor"),
        ("pavlodar-2026", "E-3", True, "annex-1", "unit-head"),
        ("pavlodar-2026", "E-3", False, "annex-2", "unit-head"),
        ("health-2025", "E-3", False, "annex-2", "unit-head"),
        ("health-2025", "C-4", True, "annex-1", "unit-head"),
        ("typical-2025", "E-2", False, "annex-1", "supervisor"),
        ("typical-2025", "E-5", False, "annex-2", "unit-head"),
    ],
)
def test_clause_16_form_and_evaluator(
    identity: str, category: str, managerial: bool, form: str, evaluator: str
) -> None:
    found = act(identity).assignment("quarterly", category, managerial=managerial)

    assert found is not None
    assert (found.form, found.evaluator, found.clause) == (form, evaluator, "16")


@pytest.mark.parametrize(
    ("identity", "kind", "heads_unit", "form", "clause"),
    [
        ("sjc-2017", "quarterly", True, "points", "4"),
        ("sjc-2017", "quarterly", False, "points", "4"),
        ("sjc-2017", "annual", False, "plan", "28-29"),
        ("arys-2022", "annual", False, "targets", "17"),
        ("arys-2022", "competencies", True, "competencies", "25"),
    ],
)
def test_under_a_commission_the_supervisor_assesses(
    identity: str, kind: Kind, heads_unit: bool, form: str, clause: str
) -> None:
    found = act(identity).assignment(kind, "E-4", managerial=False, heads_unit=heads_unit)

    assert found is not None
    assert (found.form, found.evaluator, found.clause) == (form, "supervisor", clause)


@pytest.mark.clause("sjc-2017/cl-4/supervisor")
def test_sjc_clause_4_the_supervisor_of_a_head_of_department_is_the_head_of_the_office() -> None:
    posts = [one.post.en for one in act("sjc-2017").assignments if one.post is not None]

    assert posts == ["head of the Office", "head of department"]


def test_an_act_without_a_kind_of_grade_assigns_nobody() -> None:
    assert act("arys-2022").assignment("quarterly", "E-4", managerial=False) is None


def test_row_5_mild_kinds_are_capped_at_2_99_and_all_others_at_1_99() -> None:
    caps = act("zhanakorgan-2026").caps
    assert caps is not None
    ceilings = {kind: cap.ceiling for cap in caps.ceilings for kind in cap.sanctions}

    assert ceilings == {
        "remark": Decimal("2.99"),
        "reprimand": Decimal("2.99"),
        "severe-reprimand": Decimal("2.99"),
        "incompetence-warning": Decimal("1.99"),
        "demotion": Decimal("1.99"),
        "dismissal": Decimal("1.99"),
        "unfit-for-elected-post": Decimal("1.99"),
        "other": Decimal("1.99"),
    }
    assert (caps.by_ground() or caps.ceilings[0]).ceiling == Decimal("1.99")
    assert caps.by_kind("remark") is caps.ceilings[0]
    assert caps.by_kind("praise") is None


TERMS = {
    "zhanakorgan-2026": """
        quarter-assessed evaluator obliges fixed SheetSigned 4
        annual-formed body obliges fixed AnnualFormed 4
        dismissed-told hr obliges fixed ResultDelivered 9
        calibration-request employee refuses ResultDelivered:working-days CalibrationRequested 10
        panel-approved appointing-authority obliges CalibrationRequested:working-days CalibrationConvened 19
        panel-held hr obliges CalibrationRequested:working-days CalibrationConcluded 20
        protocol-filed hr obliges ProtocolSigned:working-days ProtocolFiled 22
    """,
    "sjc-2017": """
        quarter-assessed evaluator obliges fixed SheetSigned 3
        annual-assessed evaluator obliges fixed SheetSigned 3
        absent-assessed evaluator obliges LeaveEnded:working-days SheetSigned 3
        plan-drawn-up evaluator obliges fixed PlanAgreed 10
        plan-of-appointed evaluator obliges EmployeeAppointed:working-days PlanAgreed 11
        notice hr obliges before:AssessmentStarts:calendar-days SheetIssued 14
        annual-computed hr obliges before:CommissionSat:working-days AnnualFormed 32
        told hr obliges CommissionSat:working-days ResultDelivered 36
        appeal employee refuses CommissionSat:working-days DecisionAppealed 38
        training body obliges CommissionSat:months TrainingAssigned 42
    """,
    "arys-2022": """
        absent-assessed evaluator obliges LeaveEnded:working-days SheetSigned 4
        plan-drawn-up evaluator obliges PeriodStarts:working-days PlanAgreed 9
        plan-resubmitted evaluator obliges PlanReturned:working-days PlanAgreed 12
        sheet-resubmitted evaluator obliges SheetReturned:working-days SheetSigned 23
        targets-to-commission hr obliges SheetAgreed:working-days CommissionConvened 24
        competencies-to-commission hr obliges SheetSigned:working-days CommissionConvened 28
        notice hr obliges before:AssessmentStarts:working-days SheetIssued 29
        told hr obliges ResultApproved:working-days ResultDelivered 40
        refused-sent hr obliges ResultApproved:working-days ResultDelivered 40; 41
        appeal employee refuses CommissionSat:working-days DecisionAppealed 42
    """,
}


def _terms(identity: str) -> Iterator[str]:
    for code, term in act(identity).terms.items():
        start = term.since if term.before is None else f"before:{term.before}"
        when = "fixed" if term.fixed else f"{start}:{term.unit}"
        yield f"{code} {term.owes} {term.missing} {when} {term.met_by} {term.clause}"


@pytest.mark.clause("score-sheet/cl-21/hr-organises")
@pytest.mark.parametrize("identity", sorted(TERMS))
def test_who_owes_what_from_when(identity: str) -> None:
    assert list(_terms(identity)) == [line.strip() for line in TERMS[identity].strip().splitlines()]


@pytest.mark.clause("pavlodar-2026/cl-10/five-working-days")
def test_pavlodar_clause_10_counts_from_acquaintance_and_nothing_else_differs() -> None:
    own = list(_terms("pavlodar-2026"))
    typical = list(_terms("typical-2025"))

    assert [line for line in own if line not in typical] == [
        "calibration-request employee refuses ResultAcquainted:working-days CalibrationRequested 10"
    ]
    assert list(_terms("health-2025")) == list(_terms("zhanakorgan-2026")) == typical


@pytest.mark.parametrize(
    ("identity", "before"),
    [
        ("zhanakorgan-2026", "period-end"),
        ("health-2025", "period-end"),
        ("typical-2025", "period-end"),
        ("pavlodar-2026", "term-end"),
    ],
)
def test_clause_6_dismissed_before_the_period_or_the_term_ended(identity: str, before: str) -> None:
    dismissed = act(identity).eligibility.dismissed

    assert dismissed is not None
    assert (dismissed.before, dismissed.clause, dismissed.channels_clause) == (before, "6", "9")


@pytest.mark.parametrize(
    ("identity", "grounds"),
    [
        ("typical-2025", ["absence", "over-twenty"]),
        ("zhanakorgan-2026", ["absence", "over-twenty"]),
        ("health-2025", ["absence", "over-twenty", "secondment", "first-head"]),
        ("pavlodar-2026", ["absence", "over-twenty", "secondment", "first-head"]),
        ("sjc-2017", []),
        ("arys-2022", []),
    ],
)
def test_clause_3_and_17_who_may_assess_instead(identity: str, grounds: list[str]) -> None:
    assert list(act(identity).substitution) == grounds


COUNTS = {
    "managing-work": (3, 4, 4),
    "cooperation": (3, 4, 3),
    "decisions": (5, 5, 3),
    "promptness": (4, 3, 4),
    "self-development": (4, 3, 3),
    "client-focus": (4, 3, 3),
    "informing-clients": (2, 3, 3),
    "integrity": (6, 6, 3),
    "responsibility": (1, 1, 1),
    "initiative": (1, 1, 1),
    "stress-resistance": (1, 1, 1),
}


@pytest.mark.clause("arys-2022/cl-26/indicators-of-the-group")
def test_arys_annex_4_indicators_per_group() -> None:
    competencies = act("arys-2022").competencies
    assert competencies is not None

    counted = {
        code: tuple(one.count(group) for group in ("A", "B", "C"))
        for code, one in competencies.competencies.items()
    }

    assert counted == COUNTS
    assert [one.clause for one in competencies.competencies.values()] == [
        f"annex 3, row {row}" for row in range(1, 12)
    ]


@pytest.mark.clause("arys-2022/cl-26/indicators-of-the-group")
@pytest.mark.parametrize(
    ("category", "heads_unit", "group"),
    [
        ("E-1", True, "A"),
        ("E-R-1", False, "A"),
        ("E-2", False, "B"),
        ("E-3", True, "B"),
        ("E-3", False, "C"),
        ("E-R-2", True, "B"),
        ("E-R-3", False, "B"),
        ("E-G-1", False, "B"),
        ("E-G-2", True, "B"),
        ("E-G-2", False, "C"),
        ("E-4", True, "C"),
        ("E-5", False, "C"),
        ("E-R-4", False, "C"),
        ("E-R-5", False, "C"),
        ("E-G-3", False, "C"),
        ("Е-G-4", False, "C"),
        ("C-4", False, None),
    ],
)
def test_arys_annex_4_groups_of_categories(category: str, heads_unit: bool, group: str | None) -> None:
    competencies = act("arys-2022").competencies

    assert competencies is not None
    assert competencies.group_of(category, heads_unit=heads_unit) == group


@pytest.mark.clause("arys-2022/annex-3/clients")
def test_arys_annex_3_note_two_competencies_only_for_those_who_serve_the_public() -> None:
    competencies = act("arys-2022").competencies
    assert competencies is not None

    serving = competencies.asked_of(serves_public=True)
    others = competencies.asked_of(serves_public=False)

    assert [code for code in serving if code not in others] == ["client-focus", "informing-clients"]


@pytest.mark.parametrize("identity", ["sjc-2017", "arys-2022"])
def test_a_commission_votes_openly_by_majority_with_the_chair_breaking_a_tie(identity: str) -> None:
    commission = act(identity).commission

    assert commission is not None
    assert commission.tie_decided_by == "chair"
    assert not commission.secretary_votes
    assert commission.decisions == ("approve", "revise")


def test_the_commission_of_sjc_explains_a_revision_and_that_of_arys_is_approved_by_the_authority() -> None:
    sjc, arys = act("sjc-2017").commission, act("arys-2022").commission

    assert sjc is not None
    assert arys is not None
    assert (sjc.revision_explained, sjc.approved_by, sjc.least_members) == (True, None, None)
    assert (arys.revision_explained, arys.approved_by) == (False, "appointing-authority")
    assert sjc.reviews == ("quarterly", "annual")
    assert arys.reviews == ("annual", "competencies")


@pytest.mark.clause("sjc-2017/cl-37/kept-without-a-term")
def test_sjc_sets_no_term_of_keeping() -> None:
    assert act("sjc-2017").keeping.years is None


def test_arys_clause_4_three_months_are_in_the_position_and_those_of_sjc_in_the_period() -> None:
    assert act("arys-2022").eligibility.tenure.within == "position"
    assert act("arys-2022").eligibility.tenure.counted_after == ("social-leave", "study")
    assert act("sjc-2017").eligibility.tenure.within == "period"


@pytest.mark.parametrize(
    ("identity", "section", "inferred"),
    [
        ("typical-2025", "bands", True),
        ("health-2025", "bands", True),
        ("health-2025", "panel", True),
        ("health-2025", "eligibility", False),
        ("zhanakorgan-2026", "bands", False),
        ("pavlodar-2026", "panel", False),
        ("arys-2022", "competencies", False),
    ],
)
def test_what_an_act_only_infers_is_marked(identity: str, section: str, inferred: bool) -> None:
    assert bool(act(identity).source.infers(section)) is inferred


@pytest.mark.parametrize("identity", sorted(shipped()))
def test_an_act_makes_every_choice_of_its_family_and_no_other(identity: str) -> None:
    family = act(identity).family

    assert set(act(identity).readings) == {n for n, kind in READINGS.items() if family in kind.families}


@pytest.mark.parametrize(("scope", "binds"), [("parameter", "no"), ("overall", "yes")])
def test_whether_a_cap_binds_the_panel_follows_its_scope(scope: str, binds: str) -> None:
    base = act("zhanakorgan-2026")
    changed = msgspec.structs.replace(base.readings["discipline-cap-scope"], value=scope)
    other = msgspec.structs.replace(base, readings={**base.readings, "discipline-cap-scope": changed})

    assert other.chosen()["cap-binds-panel"] == binds
    assert other.chosen()["discipline-cap-scope"] == scope


@pytest.mark.parametrize("identity", sorted(shipped()))
def test_an_act_fits_in_one_fact(identity: str) -> None:
    assert len(msgspec.json.encode(act_to_data(act(identity)))) < LARGEST_FACT - 4096


def _texts(data: Any) -> Iterator[dict[str, str]]:
    if isinstance(data, dict):
        if set(data) == {"kk", "ru", "en"}:
            yield data
        else:
            for value in data.values():
                yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)


@pytest.mark.parametrize("identity", sorted(shipped()))
def test_no_two_languages_carry_the_same_words(identity: str) -> None:
    data = act_to_data(act(identity))
    del data["source"]
    for text in _texts(data):
        assert len(set(text.values())) == len(text), text
        assert not re.search("[А-Яа-я]", text["en"]), text
        assert re.search("[А-Яа-я]", text["kk"]), text


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("E-3", "E-3"),
        ("Е-3", "E-3"),
        ("е-3", "E-3"),
        (" e–3 ", "E-3"),
        ("Е-R-1", "E-R-1"),
        ("С-О-1", "C-O-1"),
    ],
)
def test_look_alike_letters_of_categories_are_one(written: str, code: str) -> None:
    assert category_code(written) == code
