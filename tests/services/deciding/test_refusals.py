"""Facts that do not fit what there is: given it, when one arrives, then it is refused and told why."""

from typing import Any

import pytest

from tests.facts import (
    BODY,
    adopted,
    appointed,
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
from tests.outcomes import outcome

SJC = [registered(), adopted("sjc-2017", "2017-Q1"), appointed(on="2015-01-01")]
ARYS = [registered(), adopted("arys-2022", "2023"), appointed(on="2020-01-01")]
PLAN_2017 = {"employee": "e-1", "position": "p-1", "year": 2017}
PLAN_2026 = {**PLAN_2017, "year": 2026}
POINTS = {"indicator": 1, "points": 3}
# What was issued under one act, when another governs the period after all.
ISSUED_UNDER_ANOTHER = [*body_and_servant(), worked(), issued(), adopted("sjc-2017")]
COMPETENCE = {"competency": 1, "shown": 4, "missing": []}


def agreed(year: dict[str, Any]) -> bytes:
    targets = [{"target": 1, "title": "t", "measurable": True}]
    return fact("PlanAgreed", {**year, "targets": targets}, on=f"{year['year']}-01-09")


NOT_IN_ACT = [
    ("a plan under an act that has none", body_and_servant(), agreed(PLAN_2026)),
    (
        "a target under an act that has no plan",
        body_and_servant(),
        fact("TargetAssessed", {**PLAN_2026, "target": 1, "mark": 4}),
    ),
    (
        "competencies under an act that assesses none",
        SJC,
        fact("CompetencyAssessed", {**PLAN_2017, **COMPETENCE}),
    ),
    (
        "points on the sheet of the plan",
        [*SJC, agreed(PLAN_2017), issued(ref(period="2017"), "plan")],
        fact("PointsAwarded", {**ref(period="2017"), **POINTS}),
    ),
    (
        "points on a form of another act",
        ISSUED_UNDER_ANOTHER,
        fact("PointsAwarded", {**ref(), **POINTS}),
    ),
]


@pytest.mark.parametrize(
    ("given", "when"), [row[1:] for row in NOT_IN_ACT], ids=[row[0] for row in NOT_IN_ACT]
)
def test_what_the_act_of_the_period_has_not_is_refused(given: list[bytes], when: bytes) -> None:
    assert outcome(given, when) == "not-in-act"


def test_a_commission_does_not_review_a_form_of_another_act() -> None:
    seats = [{"member": f"c-{n}", "role": "member" if n else "chair"} for n in range(3)]
    signed_under_another = [*body_and_servant(), worked(), issued(), *marked(), signed(), adopted("sjc-2017")]
    sitting = [
        fact("CommissionConvened", {"session": "k-1", "members": seats}),
        fact("CommissionSat", {"session": "k-1", "present": ["c-0", "c-1", "c-2"]}),
    ]
    vote = fact("VoteCast", {**ref(), "session": "k-1", "member": "c-1", "choice": "approve"})

    assert outcome([*signed_under_another, *sitting], vote) == "not-in-act"


def test_a_form_of_another_act_has_no_parameters_and_is_not_signed() -> None:
    assert outcome(ISSUED_UNDER_ANOTHER, scored("1", "5")) == "unknown-parameter"
    assert outcome(ISSUED_UNDER_ANOTHER, signed()) == "sheet-incomplete"


def test_of_one_who_did_not_hold_the_position_in_the_year_no_competency_is_asked() -> None:
    left = {
        "employee": "e-1",
        "from_position": "p-1",
        "position": "p-2",
        "category": "E-4",
        "managerial": False,
    }
    moved = {**left, "unit": "u-2", "supervisor": "boss-2", "unit_head": "head-2", "on": "2022-06-01"}
    given = [
        *ARYS,
        fact("EmployeeTransferred", moved, on="2022-06-01"),
        issued(ref(period="2023"), "competencies"),
    ]

    assessed = fact("CompetencyAssessed", {**PLAN_2017, "year": 2023, **COMPETENCE})
    assert outcome(given, assessed) == "unknown-competency"


def test_nobody_is_transferred_to_a_position_that_he_holds() -> None:
    moved = {
        "employee": "e-1",
        "from_position": "p-1",
        "position": "p-2",
        "category": "E-4",
        "managerial": False,
        "unit": "u-1",
        "supervisor": "boss-1",
        "unit_head": "head-1",
        "on": "2026-02-16",
    }
    given = [*body_and_servant(), appointed(position="p-2")]

    assert outcome(given, fact("EmployeeTransferred", moved)) == "position-held"


@pytest.mark.parametrize("code", ["agency", BODY])
def test_a_body_is_registered_once_and_never_under_the_name_of_the_agency(code: str) -> None:
    assert outcome([registered()], registered(code)) == "already-registered"
