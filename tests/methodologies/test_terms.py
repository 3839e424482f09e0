"""Terms as they stand, by hand from the acts: each row is a clause, what happened, and what is then due."""

from collections.abc import Iterable
from datetime import date

import msgspec
import pytest

from events.period import parse_period
from methodologies.loading import shipped
from methodologies.model.sheets import Kind
from methodologies.moments import Moment, Subject
from methodologies.terms import Owed, terms_of
from methodologies.workdays import WorkCalendar, calendar_days

CALENDAR = WorkCalendar().with_days((day.day, day.working) for day in calendar_days(range(2017, 2028)))


def subject(act: str, period: str, kind: Kind = "quarterly", form: str | None = None) -> Subject:
    found = shipped()[act]
    return Subject(found, found.chosen(), CALENDAR, "e-1", "p-1", parse_period(period), kind, form)


def happened(*pairs: str) -> tuple[Moment, ...]:
    """`SheetSigned 2026-04-10` and so on, in the order recorded."""
    return tuple(Moment(name, date.fromisoformat(day)) for name, day in (one.split() for one in pairs))


def told(found: Iterable[Owed]) -> list[str]:
    """Each term as `code owes due state [met] clause`."""
    return [
        f"{one.term} {one.owes} {one.due} {one.state} "
        f"{'' if one.met_on is None else f'{one.met_on} '}cl. {one.clause}"
        for one in found
    ]


def standing(of: Subject, today: str, *pairs: str, grade: str | None = None) -> list[str]:
    return told(terms_of(of, happened(*pairs), date.fromisoformat(today), grade))


SHEET_ACTS = ("typical-2025", "zhanakorgan-2026", "health-2025", "pavlodar-2026")
FROM = {act: "ResultAcquainted" if act == "pavlodar-2026" else "ResultDelivered" for act in SHEET_ACTS}


@pytest.mark.clause("score-sheet/cl-4/by-the-20th")
@pytest.mark.parametrize("act", SHEET_ACTS)
@pytest.mark.parametrize(
    ("today", "pairs", "expected"),
    [
        ("2026-04-20", [], "quarter-assessed evaluator 2026-04-20 open cl. 4"),
        ("2026-04-21", [], "quarter-assessed evaluator 2026-04-20 missed cl. 4"),
        (
            "2026-04-21",
            ["SheetSigned 2026-04-20"],
            "quarter-assessed evaluator 2026-04-20 kept 2026-04-20 cl. 4",
        ),
        (
            "2026-04-30",
            ["SheetSigned 2026-04-21"],
            "quarter-assessed evaluator 2026-04-20 missed 2026-04-21 cl. 4",
        ),
    ],
)
def test_cl_4_the_quarter_is_assessed_by_the_20th(act, today, pairs, expected):
    assert standing(subject(act, "2026-Q1", form="annex-2"), today, *pairs) == [expected]


@pytest.mark.clause("score-sheet/cl-4/formed-by-itself")
@pytest.mark.parametrize("act", SHEET_ACTS)
def test_cl_4_the_annual_score_is_formed_by_30_january(act):
    year = subject(act, "2026", "annual")

    assert standing(year, "2027-01-30") == ["annual-formed body 2027-01-30 open cl. 4"]
    assert standing(year, "2027-02-01", "AnnualFormed 2027-01-29") == [
        "annual-formed body 2027-01-30 kept 2027-01-29 cl. 4"
    ]


@pytest.mark.clause("score-sheet/cl-9/dismissed-told-in-the-month")
@pytest.mark.parametrize(
    ("act", "left", "owed"),
    [
        ("zhanakorgan-2026", "2026-03-30", True),
        ("zhanakorgan-2026", "2026-03-31", False),
        ("zhanakorgan-2026", "2026-04-10", False),
        ("pavlodar-2026", "2026-04-10", True),
        ("pavlodar-2026", "2026-04-20", False),
    ],
)
def test_cl_6_and_9_one_dismissed_before_the_period_or_the_term_ended_is_told_in_the_month_after(
    act, left, owed
):
    found = standing(subject(act, "2026-Q1", form="annex-2"), "2026-04-25", f"EmployeeDismissed {left}")

    assert ("dismissed-told hr 2026-04-30 open cl. 9" in found) is owed


# Received on Tuesday 14 April 2026, asked on the 20th; 1, 7 and 11 May are days off.
CALIBRATED = [
    ("2026-04-21", [], "calibration-request employee 2026-04-21 open cl. 10"),
    ("2026-04-22", [], "calibration-request employee 2026-04-21 lapsed cl. 10"),
    (
        "2026-04-22",
        ["CalibrationRequested 2026-04-20"],
        "calibration-request employee 2026-04-21 kept 2026-04-20 cl. 10",
    ),
    (
        "2026-04-22",
        ["CalibrationRequested 2026-04-20"],
        "panel-approved appointing-authority 2026-04-23 open cl. 19",
    ),
    (
        "2026-04-24",
        ["CalibrationRequested 2026-04-20"],
        "panel-approved appointing-authority 2026-04-23 missed cl. 19",
    ),
    (
        "2026-04-24",
        ["CalibrationRequested 2026-04-20", "CalibrationConvened 2026-04-23"],
        "panel-approved appointing-authority 2026-04-23 kept 2026-04-23 cl. 19",
    ),
    ("2026-05-05", ["CalibrationRequested 2026-04-20"], "panel-held hr 2026-05-05 open cl. 20"),
    (
        "2026-05-06",
        ["CalibrationRequested 2026-04-20", "CalibrationConcluded 2026-05-06"],
        "panel-held hr 2026-05-05 missed 2026-05-06 cl. 20",
    ),
    ("2026-05-08", ["ProtocolSigned 2026-05-05"], "protocol-filed hr 2026-05-12 open cl. 22"),
    (
        "2026-05-12",
        ["ProtocolSigned 2026-05-05", "ProtocolFiled 2026-05-11"],
        "protocol-filed hr 2026-05-12 kept 2026-05-11 cl. 22",
    ),
]


@pytest.mark.clause(
    "score-sheet/cl-19/approved-in-three-days",
    "score-sheet/cl-20/ten-working-days",
    "score-sheet/cl-21/hr-organises",
    "score-sheet/cl-22/filed-in-three-days",
)
@pytest.mark.parametrize("act", SHEET_ACTS)
@pytest.mark.parametrize(("today", "pairs", "expected"), CALIBRATED)
def test_cl_10_19_20_22_calibration(act, today, pairs, expected):
    sheet = ["SheetSigned 2026-04-10", f"{FROM[act]} 2026-04-14"]

    found = standing(subject(act, "2026-Q1", form="annex-2"), today, *sheet, *pairs)

    assert expected in found


@pytest.mark.parametrize("act", SHEET_ACTS)
def test_cl_10_a_term_of_what_has_not_happened_is_not_there_yet(act):
    found = terms_of(subject(act, "2026-Q1", form="annex-2"), (), date(2026, 4, 1))

    assert [one.term for one in found] == ["quarter-assessed"]


def test_cl_10_a_result_delivered_anew_opens_the_days_for_a_request_again():
    of = subject("zhanakorgan-2026", "2026-Q1", form="annex-2")
    past = ["ResultDelivered 2026-04-14", "CalibrationRequested 2026-04-20"]

    found = standing(of, "2026-06-03", *past, "ResultDelivered 2026-06-01")

    assert "calibration-request employee 2026-06-08 open cl. 10" in found


SJC_QUARTER = [
    ("cl. 3", [], "quarter-assessed evaluator 2017-04-10 open cl. 3"),
    ("cl. 14", ["AssessmentStarts 2017-04-03"], "notice hr 2017-03-24 missed cl. 14"),
    (
        "cl. 14",
        ["SheetIssued 2017-03-24", "AssessmentStarts 2017-04-03"],
        "notice hr 2017-03-24 kept 2017-03-24 cl. 14",
    ),
    (
        "cl. 14",
        ["SheetIssued 2017-03-25", "AssessmentStarts 2017-04-03"],
        "notice hr 2017-03-24 missed 2017-03-25 cl. 14",
    ),
    ("cl. 36", ["CommissionSat 2017-04-05"], "told hr 2017-04-07 open cl. 36"),
    (
        "cl. 36",
        ["CommissionSat 2017-04-04", "ResultDelivered 2017-04-06"],
        "told hr 2017-04-06 kept 2017-04-06 cl. 36",
    ),
    (
        "cl. 36: a refusal to be told stops nothing",
        ["CommissionSat 2017-04-04", "AcquaintanceRefused 2017-04-05"],
        "told hr 2017-04-06 kept 2017-04-05 cl. 36",
    ),
    ("cl. 38", ["CommissionSat 2017-04-05"], "appeal employee 2017-04-19 open cl. 38"),
    (
        "cl. 38",
        ["CommissionSat 2017-04-05", "DecisionAppealed 2017-04-06"],
        "appeal employee 2017-04-19 kept 2017-04-06 cl. 38",
    ),
]


@pytest.mark.clause(
    "sjc-2017/cl-3/quarter-by-the-10th",
    "sjc-2017/cl-14/ten-days-before",
    "sjc-2017/cl-36/told-in-two-days",
)
@pytest.mark.parametrize(("clause", "pairs", "expected"), SJC_QUARTER)
def test_sjc_quarter(clause, pairs, expected):
    found = standing(subject("sjc-2017", "2017-Q1", form="points"), "2017-04-06", *pairs)

    assert expected in found, clause


SJC_YEAR = [
    ("cl. 3: 25 December", [], None, "annual-assessed evaluator 2017-12-25 open cl. 3"),
    ("cl. 10: 10 January", [], None, "plan-drawn-up evaluator 2017-01-10 missed cl. 10"),
    (
        "cl. 10",
        ["PlanAgreed 2017-01-10"],
        None,
        "plan-drawn-up evaluator 2017-01-10 kept 2017-01-10 cl. 10",
    ),
    (
        "cl. 11: ten from appointment",
        ["EmployeeAppointed 2017-02-01", "PlanAgreed 2017-02-15"],
        None,
        "plan-of-appointed evaluator 2017-02-15 kept 2017-02-15 cl. 11",
    ),
    (
        "cl. 32: five before the sitting, 18 and 19 December off",
        ["CommissionSat 2017-12-22", "AnnualFormed 2017-12-13"],
        None,
        "annual-computed hr 2017-12-13 kept 2017-12-13 cl. 32",
    ),
    (
        "cl. 42: three months",
        ["CommissionSat 2017-11-30"],
        "unsatisfactory",
        "training body 2018-02-28 open cl. 42",
    ),
]


@pytest.mark.clause(
    "sjc-2017/cl-3/year-by-25-december",
    "sjc-2017/cl-10/plan-by-10-january",
    "sjc-2017/cl-11/plan-of-the-appointed",
    "sjc-2017/cl-32/five-days-before-the-sitting",
)
@pytest.mark.parametrize(("clause", "pairs", "grade", "expected"), SJC_YEAR)
def test_sjc_year(clause, pairs, grade, expected):
    found = standing(subject("sjc-2017", "2017", "annual", "plan"), "2017-12-20", *pairs, grade=grade)

    assert expected in found, clause


@pytest.mark.clause("sjc-2017/cl-10/plan-by-10-january", "sjc-2017/cl-11/plan-of-the-appointed")
@pytest.mark.parametrize(
    ("appointed", "owed"),
    [
        ("2016-05-01", ["plan-drawn-up"]),
        ("2017-01-10", ["plan-drawn-up"]),
        ("2017-01-11", ["plan-of-appointed"]),
    ],
)
def test_sjc_cl_10_and_11_a_plan_is_owed_by_one_term_or_the_other(appointed, owed):
    found = terms_of(
        subject("sjc-2017", "2017", "annual", "plan"),
        happened(f"EmployeeAppointed {appointed}"),
        date(2017, 1, 12),
    )

    assert [one.term for one in found if one.term.startswith("plan-")] == owed


@pytest.mark.clause("sjc-2017/cl-42/training")
@pytest.mark.parametrize(
    ("grade", "kind", "period", "form", "owed"),
    [
        ("unsatisfactory", "annual", "2017", "plan", True),
        ("satisfactory", "annual", "2017", "plan", False),
        (None, "annual", "2017", "plan", False),
        ("unsatisfactory", "quarterly", "2017-Q1", "points", False),
    ],
)
def test_sjc_cl_42_training_follows_an_unsatisfactory_year_alone(grade, kind, period, form, owed):
    found = terms_of(
        subject("sjc-2017", period, kind, form), happened("CommissionSat 2017-12-22"), date(2018, 1, 9), grade
    )

    assert ("training" in [one.term for one in found]) is owed


@pytest.mark.clause("sjc-2017/cl-42/training")
@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], "training body 2018-03-22 missed cl. 42"),
        (["TrainingAssigned 2018-03-22"], "training body 2018-03-22 kept 2018-03-22 cl. 42"),
        (["TrainingAssigned 2018-03-23"], "training body 2018-03-22 missed 2018-03-23 cl. 42"),
    ],
)
def test_sjc_cl_42_sent_to_training_within_three_months(pairs, expected):
    of = subject("sjc-2017", "2017", "annual", "plan")

    found = standing(of, "2018-06-01", "CommissionSat 2017-12-22", *pairs, grade="unsatisfactory")

    assert expected in found


def test_a_term_that_no_fact_meets_is_never_called_missed():
    of = subject("sjc-2017", "2017", "annual", "plan")
    training = msgspec.structs.replace(of.act.terms["training"], met_by=None)
    act = msgspec.structs.replace(of.act, terms={**of.act.terms, "training": training})
    silent = msgspec.structs.replace(of, act=act)

    found = standing(silent, "2018-06-01", "CommissionSat 2017-12-22", grade="unsatisfactory")

    assert "training body 2018-03-22 unreported cl. 42" in found


# On sick leave on 10 April 2017, when the quarter's assessment was due; back on Monday the 17th.
ABSENT = ["LeaveTaken 2017-04-03", "LeaveEnded 2017-04-17"]


@pytest.mark.clause("sjc-2017/cl-3/five-days-after-return")
@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        (ABSENT, ["absent-assessed evaluator 2017-04-24 open cl. 3"]),
        (ABSENT[:1], []),
        (
            [*ABSENT, "SheetSigned 2017-04-18"],
            ["absent-assessed evaluator 2017-04-24 kept 2017-04-18 cl. 3"],
        ),
        (
            [*ABSENT, "SheetSigned 2017-04-25"],
            ["absent-assessed evaluator 2017-04-24 missed 2017-04-25 cl. 3"],
        ),
        (
            [*ABSENT, "SheetSigned 2017-04-07"],
            ["quarter-assessed evaluator 2017-04-10 kept 2017-04-07 cl. 3"],
        ),
    ],
    ids=["back", "still-away", "in-time", "late", "assessed-while-away"],
)
def test_sjc_cl_3_one_absent_on_the_printed_day_is_assessed_in_the_five_days_after_his_return(
    pairs, expected
):
    assert standing(subject("sjc-2017", "2017-Q1", form="points"), "2017-04-18", *pairs) == expected


ARYS_TARGETS = [
    ("cl. 9: the 2nd and 3rd of January off", [], "plan-drawn-up evaluator 2023-01-17 missed cl. 9"),
    (
        "cl. 9",
        ["PlanAgreed 2023-01-17"],
        "plan-drawn-up evaluator 2023-01-17 kept 2023-01-17 cl. 9",
    ),
    (
        "cl. 12: the plan stays drawn up in time",
        ["PlanAgreed 2023-01-17", "PlanReturned 2023-01-20", "PlanAgreed 2023-01-24"],
        "plan-drawn-up evaluator 2023-01-17 kept 2023-01-17 cl. 9",
    ),
    (
        "cl. 12: two from the return",
        ["PlanAgreed 2023-01-17", "PlanReturned 2023-01-20", "PlanAgreed 2023-01-24"],
        "plan-resubmitted evaluator 2023-01-24 kept 2023-01-24 cl. 12",
    ),
    (
        "cl. 12: what was returned the day it came does not meet it",
        ["PlanAgreed 2023-01-17", "PlanReturned 2023-01-17"],
        "plan-resubmitted evaluator 2023-01-19 missed cl. 12",
    ),
    (
        "cl. 23: two from the return",
        ["SheetSigned 2024-01-10", "SheetReturned 2024-01-11"],
        "sheet-resubmitted evaluator 2024-01-15 open cl. 23",
    ),
    (
        "cl. 24: two from the superior's signature",
        ["SheetAgreed 2024-01-11"],
        "targets-to-commission hr 2024-01-15 open cl. 24",
    ),
    (
        "cl. 24",
        ["SheetAgreed 2024-01-11", "CommissionConvened 2024-01-12"],
        "targets-to-commission hr 2024-01-15 kept 2024-01-12 cl. 24",
    ),
    (
        "cl. 29: seven working days before",
        ["SheetIssued 2023-12-28", "AssessmentStarts 2024-01-10"],
        "notice hr 2023-12-28 kept 2023-12-28 cl. 29",
    ),
    ("cl. 40: two from the approval", ["ResultApproved 2024-01-11"], "told hr 2024-01-15 open cl. 40"),
    (
        "cl. 41: then sent electronically, in the same days",
        ["ResultApproved 2024-01-11", "AcquaintanceRefused 2024-01-12"],
        "refused-sent hr 2024-01-15 open cl. 40; 41",
    ),
    (
        "cl. 41",
        ["ResultApproved 2024-01-11", "AcquaintanceRefused 2024-01-12", "ResultDelivered 2024-01-15"],
        "refused-sent hr 2024-01-15 kept 2024-01-15 cl. 40; 41",
    ),
    ("cl. 42: ten from the decision", ["CommissionSat 2024-01-05"], "appeal employee 2024-01-19 open cl. 42"),
]


@pytest.mark.clause(
    "arys-2022/cl-9/plan-in-ten-days",
    "arys-2022/cl-12/two-working-days",
    "arys-2022/cl-23/two-working-days",
    "arys-2022/cl-24/to-the-commission",
    "arys-2022/cl-29/seven-working-days",
    "arys-2022/cl-40/told-in-two-days",
    "arys-2022/cl-41/then-sent",
)
@pytest.mark.parametrize(("clause", "pairs", "expected"), ARYS_TARGETS)
def test_arys_targets(clause, pairs, expected):
    found = standing(subject("arys-2022", "2023", "annual", "targets"), "2024-01-12", *pairs)

    assert expected in found, clause


@pytest.mark.clause("arys-2022/cl-41/then-sent")
def test_arys_cl_41_nothing_is_sent_to_one_who_did_not_refuse():
    found = terms_of(
        subject("arys-2022", "2023", "annual", "targets"),
        happened("ResultApproved 2024-01-11"),
        date(2024, 1, 12),
    )

    assert "refused-sent" not in [one.term for one in found]


@pytest.mark.clause("arys-2022/cl-28/straight-to-the-commission")
def test_arys_cl_28_the_competency_sheet_goes_straight_to_the_commission_and_has_no_plan():
    of = subject("arys-2022", "2023", "competencies", "competencies")

    found = standing(of, "2024-01-11", "SheetSigned 2024-01-10")

    assert found == ["competencies-to-commission hr 2024-01-12 open cl. 28"]


@pytest.mark.clause("arys-2022/cl-4/five-days-after-return")
def test_arys_cl_4_one_away_after_the_year_is_assessed_in_the_five_days_after_his_return():
    of = subject("arys-2022", "2023", "competencies", "competencies")

    found = standing(of, "2024-02-01", "LeaveTaken 2024-01-08", "LeaveEnded 2024-01-29")

    assert found == ["absent-assessed evaluator 2024-02-05 open cl. 4"]


def test_arys_cl_9_a_plan_is_not_owed_for_days_before_the_appointment():
    found = terms_of(
        subject("arys-2022", "2023", "annual", "targets"),
        happened("EmployeeAppointed 2023-06-01"),
        date(2023, 6, 5),
    )

    assert found == ()


@pytest.mark.parametrize("identity", sorted(shipped()))
def test_every_term_of_every_act_can_come_up(identity):
    act = shipped()[identity]
    once = [
        Moment(name, date(2026, 4, 1))
        for name in sorted({one for term in act.terms.values() for one in (term.since, term.before) if one})
    ]
    once += [
        Moment("EmployeeDismissed", date(2026, 3, 1)),
        Moment("AcquaintanceRefused", date(2026, 4, 2)),
        Moment("LeaveTaken", date(2025, 12, 1)),
    ]
    kinds: list[tuple[Kind, str | None]] = [(form.kind, code) for code, form in act.forms.items()]
    kinds += [("annual", None)]

    found = {
        one.term
        for kind, form in kinds
        for period in ("2026-Q1", "2026-Q4", "2026")
        for moments in (once, [one for one in once if one.name not in {"EmployeeAppointed", "LeaveTaken"}])
        for one in terms_of(
            subject(identity, period, kind, form), moments, date(2026, 4, 2), "unsatisfactory"
        )
    }

    assert found == set(act.terms)
