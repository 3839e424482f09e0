"""Work plans: given the plan so far, when it is agreed, returned, approved or monitored, then what follows.

Clauses are those of `sjc-2017` (10-13) and of `arys-2022` (9-16).
"""

from typing import Any

import pytest

from tests.facts import adopted, appointed, fact, issued, ref, registered, signed
from tests.outcomes import outcome, refusal


def of_year(year: int = 2023, **more: Any) -> dict[str, Any]:
    return {"employee": "s-1", "position": "p-1", "year": year, **more}


def agreed(targets: int = 5, year: int = 2023, on: str = "2023-01-10", **each: Any) -> bytes:
    drawn_up = [
        {"target": number, "title": f"target {number}", "measurable": True, **each}
        for number in range(1, targets + 1)
    ]
    return fact("PlanAgreed", of_year(year, targets=drawn_up), on=on)


def returned(year: int = 2023, reason: str = "target 4 cannot be measured") -> bytes:
    return fact("PlanReturned", of_year(year, reason=reason), on="2023-01-11")


def approved(by: str = "top-1", year: int = 2023) -> bytes:
    return fact("PlanApproved", of_year(year, by=by), on="2023-01-16")


def monitored(quarter: int | str = 1, text: str = "hurry with target 2", year: int = 2023) -> bytes:
    return fact("PlanMonitored", of_year(year, quarter=quarter, recommendations=text), on="2023-04-10")


def under_arys(**appointment: Any) -> list[bytes]:
    return [
        registered(),
        adopted("arys-2022", "2023"),
        appointed("s-1", on="2020-01-01", **{"superior": "top-1", **appointment}),
    ]


ARYS = under_arys()
SJC = [registered(), adopted("sjc-2017", "2017-Q1"), appointed("s-1", on="2016-01-01")]
SJC_PLANNED = [*SJC, agreed(4, 2017, "2017-01-09")]

NUMBERS = [
    ("sjc cl. 12: one target", SJC, agreed(1, 2017), "recorded"),
    ("sjc cl. 12: four", SJC, agreed(4, 2017), "recorded"),
    ("sjc cl. 12: five", SJC, agreed(5, 2017), "wrong-number-of-targets"),
    ("sjc cl. 12: none", SJC, agreed(0, 2017), "wrong-number-of-targets"),
    ("arys cl. 14: five", ARYS, agreed(5), "recorded"),
    ("arys cl. 14: four", ARYS, agreed(4), "wrong-number-of-targets"),
    ("arys cl. 14: six", ARYS, agreed(6), "wrong-number-of-targets"),
    ("arys cl. 13: not measurable", ARYS, agreed(5, measurable=False), "targets-not-measurable"),
]


@pytest.mark.clause(
    "sjc-2017/cl-12/at-most-four",
    "arys-2022/cl-14/exactly-five",
    "arys-2022/cl-13/measurable",
)
@pytest.mark.parametrize(
    ("given", "when", "then"), [row[1:] for row in NUMBERS], ids=[row[0] for row in NUMBERS]
)
def test_cl_12_and_14_how_many_targets_a_plan_has(given, when, then):
    assert outcome(given, when) == then


RETURNS = [
    ("cl. 12: the superior returns it", [agreed()], returned(), "recorded"),
    ("cl. 12: with no word of why", [agreed()], returned(reason=" "), "missing-field"),
    ("cl. 12: nothing to return", [], returned(), "unknown-plan"),
    ("cl. 12: a second time, before it came back", [agreed(), returned()], returned(), "unknown-plan"),
    (
        "cl. 12: submitted again in two working days",
        [agreed(), returned()],
        agreed(on="2023-01-13"),
        "recorded",
    ),
    ("cl. 12: submitted again late", [agreed(), returned()], agreed(on="2023-02-13"), "recorded"),
    ("cl. 10: approved once it is back", [agreed(), returned(), agreed()], approved(), "recorded"),
    ("cl. 10: approved while it is away", [agreed(), returned()], approved(), "unknown-plan"),
    ("returned after the approval", [agreed(), approved()], returned(), "recorded"),
    ("agreed anew after the approval", [agreed(), approved()], agreed(), "recorded"),
    ("which then waits for another", [agreed(), approved(), agreed()], approved(), "recorded"),
]


@pytest.mark.clause("arys-2022/cl-12/returned-with-the-reason", "arys-2022/cl-10/approved-by-the-superior")
@pytest.mark.parametrize(
    ("given", "when", "then"), [row[1:] for row in RETURNS], ids=[row[0] for row in RETURNS]
)
def test_cl_10_and_12_a_plan_goes_to_the_superior_and_back(given, when, then):
    assert outcome([*ARYS, *given], when) == then


FIRST_HEAD = {"supervisor": "akim-1", "superior": "akim-1"}

APPROVERS = [
    ("cl. 10: the superior", {}, "top-1", "recorded"),
    ("cl. 10: the supervisor", {}, "boss-1", "wrong-approver"),
    ("cl. 10: a stranger", {}, "x-1", "wrong-approver"),
    ("cl. 10: the servant himself", {}, "s-1", "wrong-approver"),
    ("cl. 11: the first head, who supervises", FIRST_HEAD, "akim-1", "recorded"),
    ("cl. 11: anybody else then", FIRST_HEAD, "top-1", "wrong-approver"),
    ("cl. 11: a supervisor with nobody above him in the file", {"superior": None}, "boss-1", "recorded"),
    ("whoever it is, where the file tells of no superior", {"superior": None}, "x-1", "recorded"),
    ("but not the servant himself", {"superior": None}, "s-1", "wrong-approver"),
]


@pytest.mark.clause("arys-2022/cl-10/approved-by-the-superior", "arys-2022/cl-11/first-head-approves")
@pytest.mark.parametrize(
    ("file", "by", "then"), [row[1:] for row in APPROVERS], ids=[row[0] for row in APPROVERS]
)
def test_cl_10_and_11_who_approves_a_plan(file, by, then):
    assert outcome([*under_arys(**file), agreed()], approved(by)) == then


@pytest.mark.clause("arys-2022/cl-10/approved-by-the-superior")
def test_cl_10_the_superior_is_the_one_of_the_last_time_the_position_was_held_in_the_year():
    away = {
        "employee": "s-1",
        "category": "E-4",
        "managerial": False,
        "unit": "u-1",
        "supervisor": "boss-1",
        "unit_head": "head-1",
    }
    gone = {**away, "from_position": "p-1", "position": "p-2", "on": "2023-02-01"}
    come = {**away, "from_position": "p-2", "position": "p-1", "on": "2023-03-01", "superior": "top-2"}
    given = [*ARYS, agreed(), fact("EmployeeTransferred", gone), fact("EmployeeTransferred", come)]

    assert outcome(given, approved("top-2")) == "recorded"
    assert outcome(given, approved("top-1")) == "wrong-approver"


def test_a_wrong_approver_is_told_the_clauses():
    problem = refusal([*ARYS, agreed()], approved("x-1"))

    assert (problem.code, problem.field) == ("wrong-approver", "data.by")
    assert problem.detail.startswith("Under cl. 10; cl. 11 the superior")


APPROVALS = [
    ("cl. 10: twice", [*ARYS, agreed(), approved()], approved(), "plan-approved-already"),
    ("sjc cl. 10: drawn up by both, approved by nobody", SJC_PLANNED, approved(year=2017), "not-in-act"),
    ("sjc cl. 10: returned by nobody either", SJC_PLANNED, returned(2017), "not-in-act"),
]


@pytest.mark.clause("arys-2022/cl-10/approved-by-the-superior")
@pytest.mark.parametrize(
    ("given", "when", "then"), [row[1:] for row in APPROVALS], ids=[row[0] for row in APPROVALS]
)
def test_cl_10_a_plan_is_approved_where_the_act_wants_it_and_once(given, when, then):
    assert outcome(given, when) == then


MONITORINGS = [
    ("a quarter", [agreed()], monitored(1), "recorded"),
    ("a quarter by its letter", [agreed()], monitored("Q3"), "recorded"),
    ("a quarter of the year", [agreed()], monitored("2023-Q2"), "recorded"),
    ("a quarter of another", [agreed()], monitored("2024-Q1"), "wrong-period"),
    ("a quarter once more", [agreed(), monitored()], monitored(), "recorded"),
    ("with nothing recommended", [agreed()], monitored(text=" \n"), "missing-field"),
    ("without a plan", [], monitored(), "unknown-plan"),
]


@pytest.mark.clause("arys-2022/cl-16/monitored")
@pytest.mark.parametrize(
    ("given", "when", "then"), [row[1:] for row in MONITORINGS], ids=[row[0] for row in MONITORINGS]
)
def test_cl_16_every_quarter_the_supervisor_recommends_in_writing(given, when, then):
    assert outcome([*ARYS, *given], when) == then


def test_sjc_has_no_monitoring():
    assert outcome(SJC_PLANNED, monitored(year=2017)) == "not-in-act"


def assessed(year: int, form: str, targets: int, **how: Any) -> list[bytes]:
    of = ref("s-1", period=str(year))
    marks = (fact("TargetAssessed", of_year(year, target=n, **how)) for n in range(1, targets + 1))
    return [issued(of, form), *marks, signed(of)]


ARYS_SIGNED = [*ARYS, agreed(), *assessed(2023, "targets", 5, met=True)]
SJC_SIGNED = [*SJC_PLANNED, *assessed(2017, "plan", 4, mark=4)]
ARYS_BACK = fact("SheetReturned", {**ref("s-1", period="2023"), "by": "top-1", "reason": "unsupported"})

AFTER_SIGNING = [
    ("sjc cl. 28: another plan", SJC_SIGNED, agreed(3, 2017), "sheet-signed"),
    ("arys cl. 17: another plan", ARYS_SIGNED, agreed(), "sheet-signed"),
    ("arys cl. 17: the plan returned", ARYS_SIGNED, returned(), "sheet-signed"),
    ("a late approval, which changes no target", ARYS_SIGNED, approved(), "recorded"),
    ("late recommendations", ARYS_SIGNED, monitored(4), "recorded"),
    ("once the sheet is returned", [*ARYS_SIGNED, ARYS_BACK], agreed(), "recorded"),
    ("the plan of another year", ARYS_SIGNED, agreed(year=2024), "recorded"),
]


@pytest.mark.parametrize(
    ("given", "when", "then"), [row[1:] for row in AFTER_SIGNING], ids=[row[0] for row in AFTER_SIGNING]
)
def test_a_plan_is_not_changed_once_its_sheet_is_signed(given, when, then):
    assert outcome(given, when) == then


def test_a_signed_sheet_of_competencies_holds_no_plan():
    of = {**ref("s-1", period="2023"), "form": "competencies"}
    shown = {
        "managing-work": 4,
        "cooperation": 3,
        "decisions": 3,
        "promptness": 4,
        "self-development": 3,
        "integrity": 3,
        "responsibility": 1,
        "initiative": 1,
        "stress-resistance": 1,
    }
    marks = (
        fact("CompetencyAssessed", of_year(competency=code, shown=count, missing=[]))
        for code, count in shown.items()
    )
    given = [*ARYS, issued(of, "competencies"), *marks, signed(of)]

    assert outcome(given, agreed()) == "recorded"


@pytest.mark.parametrize("on", ["2017-03-15", "2017-12-01"])
def test_cl_11_one_appointed_in_the_middle_of_the_year_draws_up_a_plan_then(on):
    given = [*SJC[:2], appointed("s-1", on="2017-03-01")]

    # The ten working days are owed by the body, so one who is late with it is not refused.
    assert outcome(given, agreed(4, 2017, on)) == "recorded"
