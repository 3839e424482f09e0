"""Given what a ledger holds, when a fact arrives, then it is recorded or refused with its reason."""

from typing import Any

import pytest

from services.offline import Ledgers, rejections
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
    sanctioned,
    signed,
)


def outcome(given: list[bytes], when: bytes) -> str:
    """`recorded`, or the code of the refusal."""
    ledgers = Ledgers()
    assert [problem for _, problem in rejections(ledgers, given)] == []
    refused = [problem.code for _, problem in rejections(ledgers, [when])]
    return refused[0] if refused else "recorded"


def transferred(**more: Any) -> bytes:
    data = {
        "employee": "e-1",
        "from_position": "p-1",
        "position": "p-2",
        "category": "E-4",
        "managerial": False,
        "unit": "u-1",
        "supervisor": "boss-1",
        "unit_head": "head-1",
        "on": "2026-02-16",
        **more,
    }
    return fact("EmployeeTransferred", data)


def left(**more: Any) -> bytes:
    return fact("LeaveTaken", {"employee": "e-1", "kind": "sick", "from": "2026-02-02", **more})


def back(on: str) -> bytes:
    return fact("LeaveEnded", {"employee": "e-1", "on": on})


def seconded(**more: Any) -> bytes:
    data = {
        "employee": "e-1",
        "position": "p-1",
        "to_body": "health",
        "to_employee": "h-1",
        "to_position": "hp-1",
        "from": "2026-02-01",
        "until": "2026-03-01",
        **more,
    }
    return fact("EmployeeSeconded", data)


def under_others(position: str, **superiors: str) -> bytes:
    data = {"employee": "e-1", "position": position, "on": "2026-02-02", **superiors}
    return fact("SuperiorsChanged", data)


def dismissed(on: str) -> bytes:
    return fact("EmployeeDismissed", {"employee": "e-1", "on": on})


EMPLOYMENT = [
    ("an appointment", [], appointed("e-2"), "recorded"),
    (
        "another unit head",
        [],
        fact(
            "SuperiorsChanged", {"employee": "e-1", "position": "p-1", "unit_head": "h-2", "on": "2026-02-02"}
        ),
        "recorded",
    ),
    (
        "other superiors without a name",
        [],
        under_others("p-1"),
        "missing-field",
    ),
    (
        "other superiors in a position never held",
        [],
        fact(
            "SuperiorsChanged", {"employee": "e-1", "position": "p-9", "unit_head": "h-2", "on": "2026-02-02"}
        ),
        "unknown-position",
    ),
    ("a second position", [], appointed("e-1", "p-9"), "recorded"),
    ("a position already held", [], appointed(), "position-held"),
    (
        "probation before the appointment",
        [],
        appointed("e-2", probation_until="2025-05-01"),
        "dates-out-of-order",
    ),
    ("a transfer", [], transferred(), "recorded"),
    ("a transfer from a position left", [transferred()], transferred(position="p-3"), "position-not-held"),
    ("a transfer from a position never held", [], transferred(from_position="p-8"), "unknown-position"),
    ("a transfer before the position was taken", [], transferred(on="2025-06-01"), "dates-out-of-order"),
    ("a leave", [], left(until="2026-02-20"), "recorded"),
    ("a leave that ends before it begins", [], left(until="2026-02-01"), "dates-out-of-order"),
    ("a return from leave", [left()], back("2026-02-10"), "recorded"),
    ("a return from no leave", [], back("2026-02-10"), "no-such-leave"),
    ("a secondment", [], seconded(), "recorded"),
    ("a secondment to the same body", [], seconded(to_body=BODY), "same-body"),
    ("a secondment that ends before it begins", [], seconded(until="2026-01-01"), "dates-out-of-order"),
    (
        "the end of a secondment",
        [seconded()],
        fact("SecondmentEnded", {"employee": "e-1", "position": "p-1", "on": "2026-02-20"}),
        "recorded",
    ),
    (
        "the end of no secondment",
        [],
        fact("SecondmentEnded", {"employee": "e-1", "position": "p-1", "on": "2026-02-20"}),
        "no-such-secondment",
    ),
    ("a dismissal", [], dismissed("2026-03-01"), "recorded"),
    ("a second dismissal", [dismissed("2026-03-01")], dismissed("2026-03-02"), "already-dismissed"),
    ("a dismissal before the appointment", [], dismissed("2025-05-31"), "dates-out-of-order"),
    ("an appointment after a dismissal", [dismissed("2026-03-01")], appointed(on="2026-05-01"), "recorded"),
]


@pytest.mark.parametrize(
    ("given", "when", "then"), [row[1:] for row in EMPLOYMENT], ids=[row[0] for row in EMPLOYMENT]
)
def test_employment(given, when, then):
    assert outcome([*body_and_servant(), *given], when) == then


def returned(**more: Any) -> bytes:
    return fact("SheetReturned", {**ref(), "by": "boss-1", "reason": "unsupported", **more})


SHEETS = [
    ("a sheet returned before it is signed", [issued()], returned(), "sheet-unsigned"),
    ("a signed sheet returned", [issued(), *marked(), signed()], returned(), "recorded"),
    ("a returned sheet signed again", [issued(), *marked(), signed(), returned()], signed(), "recorded"),
    (
        "the servant's own signature before the evaluator's",
        [issued()],
        fact("SheetCountersigned", ref()),
        "recorded",
    ),
    (
        "a refusal to sign, which stops nothing",
        [issued()],
        fact("SigningRefused", {**ref(), "witnesses": ["hr-1"]}),
        "recorded",
    ),
    (
        "points under an act that has none",
        [issued()],
        fact("PointsAwarded", {**ref(), "indicator": "1", "points": 2}),
        "not-in-act",
    ),
    (
        "more work days than the period has",
        [],
        fact("WorkdaysReported", {**ref(), "days": 91}),
        "too-many-days",
    ),
    (
        "an evaluator in another's place",
        [issued()],
        fact("EvaluatorReplaced", {**ref(), "evaluator": "deputy-1", "ground": "absence"}),
        "recorded",
    ),
    (
        "an evaluator replaced after the signature",
        [issued(), *marked(), signed()],
        fact("EvaluatorReplaced", {**ref(), "evaluator": "deputy-1", "ground": "absence"}),
        "sheet-signed",
    ),
    ("a sanction of one nobody appointed", [], sanctioned("remark", "2026-02-01", "e-9"), "unknown-employee"),
]


@pytest.mark.parametrize(
    ("given", "when", "then"), [row[1:] for row in SHEETS], ids=[row[0] for row in SHEETS]
)
def test_sheets(given, when, then):
    assert outcome([*body_and_servant(), *given], when) == then


AGENCY = [
    ("a body", [], registered("health"), "recorded"),
    ("a body twice", [registered("health")], registered("health"), "already-registered"),
    (
        "an adoption for every body",
        [],
        fact("MethodologyAdopted", {"methodology": "health-2025", "from_period": "2026-Q2"}, body="agency"),
        "recorded",
    ),
    (
        "an adoption that ends before it begins",
        [],
        adopted("health-2025", "2026-Q2", until_period="2026-Q1"),
        "period-order",
    ),
    (
        "a revision that is no act",
        [],
        fact("MethodologyPublished", {"id": "x-1", "revision": 1, "act": {"id": "x-1"}}, body="agency"),
        "methodology-invalid",
    ),
]


@pytest.mark.parametrize(
    ("given", "when", "then"), [row[1:] for row in AGENCY], ids=[row[0] for row in AGENCY]
)
def test_agency(given, when, then):
    assert outcome([*body_and_servant(), *given], when) == then


PLAN = {"employee": "s-1", "position": "p-1", "year": "2017"}


def target(number: int, *, measurable: bool = True) -> dict[str, Any]:
    return {"target": number, "title": f"target {number}", "measurable": measurable}


def plan_agreed(*targets: dict[str, Any], **more: Any) -> bytes:
    return fact("PlanAgreed", {**PLAN, "targets": list(targets), **more}, on="2017-01-09")


def target_assessed(number: int, mark: int | None = 4, **more: Any) -> bytes:
    return fact("TargetAssessed", {**PLAN, "target": number, **({"mark": mark} if mark else {}), **more})


YEAR = {"employee": "s-1", "position": "p-1", "period": "2017"}
UNDER_SJC = [
    registered(),
    adopted("sjc-2017", "2017-Q1"),
    appointed("s-1", on="2016-01-01"),
]
PLANNED = [*UNDER_SJC, plan_agreed(target(1), target(2)), issued(YEAR, "plan")]

PLANS = [
    ("four targets, cl. 12", UNDER_SJC, plan_agreed(*(target(n) for n in range(1, 5))), "recorded"),
    (
        "five targets, cl. 12",
        UNDER_SJC,
        plan_agreed(*(target(n) for n in range(1, 6))),
        "wrong-number-of-targets",
    ),
    ("one number twice", UNDER_SJC, plan_agreed(target(1), target(1)), "duplicate-target"),
    (
        "a target that is not measurable, cl. 12",
        UNDER_SJC,
        plan_agreed(target(1), target(2, measurable=False)),
        "targets-not-measurable",
    ),
    ("a mark from the scale of cl. 30", PLANNED, target_assessed(1, 5), "recorded"),
    ("a mark outside it", PLANNED, target_assessed(1, 1), "mark-out-of-range"),
    ("a target that the plan has not", PLANNED, target_assessed(3), "unknown-target"),
    ("a plan half marked and signed", [*PLANNED, target_assessed(1)], signed(YEAR), "sheet-incomplete"),
    (
        "a plan marked and signed",
        [*PLANNED, target_assessed(1), target_assessed(2)],
        signed(YEAR),
        "recorded",
    ),
    (
        "an approval of no plan",
        UNDER_SJC,
        fact("PlanApproved", {**PLAN, "by": "boss-1"}),
        "unknown-plan",
    ),
]


@pytest.mark.clause(
    "sjc-2017/cl-12/at-most-four",
    "sjc-2017/cl-12/measurable",
    "sjc-2017/cl-30/marks-of-targets",
)
@pytest.mark.parametrize(("given", "when", "then"), [row[1:] for row in PLANS], ids=[row[0] for row in PLANS])
def test_work_plans(given, when, then):
    assert outcome(given, when) == then


RETRAINED = {"employee": "s-1", "position": "p-1", "year": "2023"}
COMPETENCE = {"employee": "s-1", "position": "p-1", "period": "2023", "form": "competencies"}
UNDER_ARYS = [
    registered(),
    adopted("arys-2022", "2023"),
    appointed("s-1", on="2020-01-01", category="E-4"),
    issued(COMPETENCE, "competencies"),
]


def shown(competency: int, count: int, missing: list[int]) -> bytes:
    return fact(
        "CompetencyAssessed", {**RETRAINED, "competency": competency, "shown": count, "missing": missing}
    )


COMPETENCIES = [
    # Group C has four indicators of managing work.
    ("shown and missing make the group's indicators", shown(1, 3, [4]), "recorded"),
    ("too few in all", shown(1, 2, [4]), "indicators-do-not-add-up"),
    ("a number that is not there", shown(1, 3, [5]), "indicators-do-not-add-up"),
    ("one missing twice", shown(1, 2, [4, 4]), "indicators-do-not-add-up"),
    ("a competency that is not there", shown(12, 1, []), "unknown-competency"),
]


@pytest.mark.clause("arys-2022/cl-26/indicators-of-the-group")
@pytest.mark.parametrize(
    ("when", "then"), [row[1:] for row in COMPETENCIES], ids=[row[0] for row in COMPETENCIES]
)
def test_competencies_annex_4(when, then):
    assert outcome(UNDER_ARYS, when) == then


@pytest.mark.clause("arys-2022/annex-3/clients")
def test_clients_are_asked_about_only_of_those_who_serve_the_public_annex_3():
    about_clients = shown(6, 3, [])
    serving = [*UNDER_ARYS[:2], appointed("s-1", on="2020-01-01", serves_public=True), UNDER_ARYS[3]]
    assert outcome(UNDER_ARYS, about_clients) == "unknown-competency"
    assert outcome(serving, about_clients) == "recorded"
