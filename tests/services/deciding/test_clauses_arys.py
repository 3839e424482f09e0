"""Sentences of `arys-2022`: given what a ledger holds, when a fact arrives, then as they have it."""

from typing import Any

import pytest

from tests.facts import adopted, appointed, fact, issued, ref, registered, signed
from tests.outcomes import outcome, refusal
from tests.services.deciding.telling import grade_of, held

YEAR = ref(period="2023")
TARGETS = {**YEAR, "form": "targets"}
COMPETENCIES = {**YEAR, "form": "competencies"}
OF_YEAR = {"employee": "e-1", "position": "p-1", "year": 2023}
SERVANT = [registered(), adopted("arys-2022", "2023"), appointed(on="2020-01-01", superior="top-1")]
FIVE = range(1, 6)
SEATS = {"c-1": "chair", "m-1": "member", "m-2": "member", "m-3": "member", "hr-1": "secretary"}
# Group C: the number of indicators of each competency asked of one who serves no public.
INDICATORS = {1: 4, 2: 3, 3: 3, 4: 4, 5: 3, 8: 3, 9: 1, 10: 1, 11: 1}


def planned(*, measurable: bool = True) -> bytes:
    targets = [{"target": one, "title": f"KTI {one}", "measurable": measurable} for one in FIVE]
    return fact("PlanAgreed", {**OF_YEAR, "targets": targets}, on="2023-01-10")


def assessed(target: int, **how: Any) -> bytes:
    return fact("TargetAssessed", {**OF_YEAR, "target": target, **how})


def shown(competency: int, count: int, *missing: int) -> bytes:
    data = {**OF_YEAR, "competency": competency, "shown": count, "missing": list(missing)}
    return fact("CompetencyAssessed", data)


def agreed(by: str = "top-1") -> bytes:
    return fact("SheetAgreed", {**TARGETS, "by": by})


def sat(on: str = "2024-01-18") -> list[bytes]:
    members = [{"member": member, "role": role} for member, role in SEATS.items()]
    return [
        fact("CommissionConvened", {"session": "k-1", "members": members}, on=on),
        fact("CommissionSat", {"session": "k-1", "present": list(SEATS)}, on=on),
    ]


def voted(member: str, of: dict[str, Any] = TARGETS, choice: str = "approve", **more: Any) -> bytes:
    data = {**of, "session": "k-1", "member": member, "choice": choice, **more}
    return fact("VoteCast", data, on="2024-01-18")


SHEET = [*SERVANT, planned(), issued(YEAR, "targets")]
FILLED = [*SHEET, *(assessed(one, met=True) for one in FIVE)]
AGREED = [*FILLED, signed(TARGETS), agreed()]
DECIDED = [*AGREED, *sat(), *(voted(member) for member in ("c-1", "m-1", "m-2"))]


def appealed(to: str, on: str) -> bytes:
    return fact("DecisionAppealed", {**TARGETS, "to": to, "on": on, "grounds": "unjust"}, on=on)


def resolved(outcome_: str, **more: Any) -> bytes:
    data = {**TARGETS, "outcome": outcome_, "on": "2024-03-01", "explanation": "heard", **more}
    return fact("AppealResolved", data, on="2024-03-01")


@pytest.mark.clause("arys-2022/cl-18/fully-met")
def test_cl_18_what_was_nearly_reached_does_not_count_and_whether_it_was_is_told() -> None:
    nearly = [
        *SHEET,
        *(assessed(one, met=True) for one in (1, 2, 3, 4)),
        assessed(5, met=False, actual="99%"),
    ]
    found = grade_of(held(*nearly, signed(TARGETS)), "2023", "annual")

    assert (found.score, found.grade) == ("4", "effective")
    problem = refusal(SHEET, assessed(5, actual="100%"))
    assert problem is not None
    assert (problem.code, problem.field) == ("missing-field", "data.met")


@pytest.mark.clause("arys-2022/cl-17/supervisor")
def test_cl_17_the_supervisor_signs_a_sheet_that_tells_of_every_kti() -> None:
    four = [*SHEET, *(assessed(one, met=True) for one in (1, 2, 3, 4))]

    assert outcome(four, signed(TARGETS)) == "sheet-incomplete"
    assert outcome([*four, assessed(5, met=False)], signed(TARGETS)) == "recorded"
    assert outcome(SERVANT, issued(YEAR, "targets", evaluator="head-1")) == "wrong-evaluator"
    assert outcome([*SERVANT, issued(YEAR, "targets")], signed(TARGETS)) == "sheet-incomplete"


@pytest.mark.clause("arys-2022/cl-13/measurable")
def test_cl_13_a_plan_of_kti_that_cannot_be_measured_is_refused() -> None:
    problem = refusal(SERVANT, planned(measurable=False))

    assert problem is not None
    assert problem.code == "targets-not-measurable"
    assert "cl. 13" in problem.detail
    assert outcome(SERVANT, planned()) == "recorded"


@pytest.mark.clause("arys-2022/cl-25/supervisor")
def test_cl_25_every_competency_asked_of_the_servant_is_assessed_by_his_supervisor() -> None:
    given = [*SERVANT, issued(YEAR, "competencies")]
    every = [shown(code, count) for code, count in INDICATORS.items()]

    assert outcome([*given, *every[:-1]], signed(COMPETENCIES)) == "sheet-incomplete"
    assert outcome([*given, *every], signed(COMPETENCIES)) == "recorded"
    assert outcome(SERVANT, issued(YEAR, "competencies", evaluator="head-1")) == "wrong-evaluator"
    assert outcome([*given, *every, signed(COMPETENCIES)], shown(1, 3, 4)) == "sheet-signed"


@pytest.mark.clause("arys-2022/cl-26/indicators-of-the-group", "arys-2022/cl-27/three-quarters")
@pytest.mark.parametrize(
    ("when", "then"),
    [
        (shown(1, 3, 4), "recorded"),
        (shown(1, 4), "recorded"),
        (shown(1, 3), "indicators-do-not-add-up"),
        (shown(1, 3, 5), "indicators-do-not-add-up"),
        (shown(1, 2, 4, 4), "indicators-do-not-add-up"),
        (shown(1, 5), "indicators-do-not-add-up"),
        (shown(12, 1), "unknown-competency"),
    ],
)
def test_cl_26_and_27_shown_and_missing_are_the_indicators_of_the_group(when: bytes, then: str) -> None:
    assert outcome([*SERVANT, issued(YEAR, "competencies")], when) == then


@pytest.mark.clause("arys-2022/cl-26/indicators-of-the-group")
def test_cl_26_a_category_in_no_group_has_no_indicators() -> None:
    given = [*SERVANT[:2], appointed(on="2020-01-01", category="C-4"), issued(YEAR, "competencies")]

    assert outcome(given, shown(1, 4)) == "unknown-category"


@pytest.mark.clause("arys-2022/cl-24/to-the-commission", "arys-2022/cl-36/filled-sheets")
def test_cl_24_and_36_the_commission_sees_what_is_signed_and_agreed() -> None:
    assert outcome([*FILLED, *sat()], voted("m-1")) == "sheet-unsigned"
    assert outcome([*FILLED, signed(TARGETS), *sat()], voted("m-1")) == "sheet-not-agreed"
    assert outcome([*AGREED, *sat()], voted("m-1")) == "recorded"


@pytest.mark.clause("arys-2022/cl-32/open-vote", "arys-2022/cl-33/majority")
@pytest.mark.parametrize(
    ("when", "then"),
    [
        (voted("m-1"), "recorded"),
        (voted("x-1"), "not-a-member"),
        (voted("c-1"), "voted-already"),
        (voted("m-3"), "not-present"),
    ],
)
def test_cl_32_and_33_members_who_are_present_vote_once(when: bytes, then: str) -> None:
    convened, _ = sat()
    present = [member for member in SEATS if member != "m-3"]
    sitting = fact("CommissionSat", {"session": "k-1", "present": present}, on="2024-01-18")

    assert outcome([*AGREED, convened, sitting, voted("c-1")], when) == then


@pytest.mark.clause("arys-2022/cl-33/majority", "arys-2022/cl-33/chair-breaks-a-tie")
@pytest.mark.parametrize(
    ("for_four", "score"),
    [
        (("m-1", "m-2", "m-3"), "4"),
        (("c-1", "m-1"), "4"),
        (("m-1", "m-2"), "5"),
        (("m-1",), "5"),
    ],
    ids=["three of four", "half with the chair", "half without him", "one"],
)
def test_cl_33_the_majority_decides_and_at_a_tie_the_chair(for_four: tuple[str, ...], score: str) -> None:
    votes = [
        voted(member, choice="revise", score="4", explanation="KTI 2")
        if member in for_four
        else voted(member)
        for member in ("m-1", "m-2", "m-3", "c-1")
    ]

    assert grade_of(held(*AGREED, *sat(), *votes), "2023", "annual").score == score


@pytest.mark.clause("arys-2022/cl-34/secretary-does-not-vote")
def test_cl_34_the_secretary_does_not_vote() -> None:
    problem = refusal([*AGREED, *sat()], voted("hr-1"))

    assert problem is not None
    assert problem.code == "secretary-votes"
    assert "cl. 34" in problem.detail


@pytest.mark.clause("arys-2022/cl-38/correction")
@pytest.mark.parametrize(
    ("revised", "then"),
    [
        ({"score": "4"}, "recorded"),
        ({"score": "3.5"}, "correction-misfit"),
        ({"score": "2.5"}, "correction-misfit"),
        ({"score": "6"}, "correction-misfit"),
        ({"points": 4}, "correction-misfit"),
        ({"competencies": {"integrity": "meets"}}, "correction-misfit"),
        ({}, "missing-field"),
    ],
    ids=[
        "four of five",
        "half a KTI",
        "half a KTI of few",
        "six of five",
        "points",
        "competencies",
        "nothing",
    ],
)
def test_cl_38_a_revision_names_a_result_that_the_act_prints(revised: dict[str, Any], then: str) -> None:
    assert outcome([*AGREED, *sat()], voted("m-1", choice="revise", **revised)) == then


@pytest.mark.clause("arys-2022/cl-38/correction")
@pytest.mark.parametrize(
    ("revised", "then"),
    [
        ({"competencies": {"integrity": "does-not-meet"}}, "recorded"),
        ({"score": "4"}, "correction-misfit"),
        ({"points": 4}, "correction-misfit"),
        ({"competencies": {"courage": "meets"}}, "correction-misfit"),
        ({"competencies": {"integrity": "excellent"}}, "correction-misfit"),
        ({}, "missing-field"),
    ],
    ids=["a result", "a score", "points", "no competency of the act", "no result of the act", "nothing"],
)
def test_cl_38_competencies_are_revised_to_results_of_the_act(revised: dict[str, Any], then: str) -> None:
    every = [shown(code, count) for code, count in INDICATORS.items()]
    given = [*SERVANT, issued(YEAR, "competencies"), *every, signed(COMPETENCIES), *sat()]

    assert outcome(given, voted("m-1", COMPETENCIES, "revise", **revised)) == then


@pytest.mark.clause("arys-2022/cl-39/approved")
def test_cl_39_until_the_authorised_person_approves_the_result_waits() -> None:
    def approved() -> bytes:
        return fact("ResultApproved", {"session": "k-1", "by": "akim-1"}, on="2024-01-19")

    assert grade_of(held(*DECIDED), "2023", "annual").flags == ("awaiting-commission",)
    assert grade_of(held(*DECIDED, approved()), "2023", "annual").flags == ()
    assert outcome([*DECIDED, approved()], approved()) == "already-approved"
    assert outcome([*AGREED, *sat()], approved()) == "nothing-decided"


@pytest.mark.clause("arys-2022/cl-41/refusal-witnessed")
@pytest.mark.parametrize(
    ("witnesses", "then"),
    [
        ([], "too-few-witnesses"),
        (["w-1"], "too-few-witnesses"),
        (["w-1", "w-1"], "too-few-witnesses"),
        (["w-1", "e-1"], "too-few-witnesses"),
        (["w-1", "w-2"], "recorded"),
    ],
)
def test_cl_41_two_other_servants_witness_a_refusal_to_be_told(witnesses: list[str], then: str) -> None:
    refused = fact("AcquaintanceRefused", {**TARGETS, "on": "2024-01-22", "witnesses": witnesses})
    problem = refusal(DECIDED, refused)

    assert (problem.code if problem else "recorded") == then
    assert problem is None or "cl. 41" in problem.detail


@pytest.mark.clause("arys-2022/cl-42/ten-working-days")
@pytest.mark.parametrize(
    ("on", "then"),
    [
        ("2024-01-17", "dates-out-of-order"),
        # Ten working days from Thursday 18 January 2024 end on Thursday 1 February.
        ("2024-02-01", "recorded"),
        ("2024-02-02", "term-missed"),
    ],
)
def test_cl_42_the_decision_is_appealed_within_ten_working_days(on: str, then: str) -> None:
    problem = refusal(DECIDED, appealed("authorised-body", on))

    assert (problem.code if problem else "recorded") == then
    assert then != "term-missed" or "cl. 42" in problem.detail


@pytest.mark.clause("arys-2022/cl-42/cancelled-or-left")
def test_cl_42_what_was_left_stands_and_what_was_cancelled_is_decided_anew() -> None:
    on_appeal = [*DECIDED, appealed("authorised-body", "2024-01-30")]
    members = [{"member": member, "role": role} for member, role in SEATS.items()]
    another = [
        fact("CommissionConvened", {"session": "k-2", "members": members}, on="2024-03-05"),
        fact("CommissionSat", {"session": "k-2", "present": list(SEATS)}, on="2024-03-05"),
    ]
    again = voted("m-1", session="k-2")

    assert outcome([*on_appeal, resolved("left"), *another], again) == "decided-already"
    assert outcome([*on_appeal, resolved("revise"), *another], again) == "recorded"
    # It recommends; to annul is for a court.
    assert outcome(on_appeal, resolved("annul")) == "unknown-outcome"
    assert outcome([*DECIDED, appealed("court", "2024-01-30")], resolved("annul")) == "recorded"


@pytest.mark.clause("arys-2022/cl-43/court")
def test_cl_43_a_court_hears_of_a_result_whenever_it_is_asked_and_nobody_else_does() -> None:
    assert outcome(DECIDED, appealed("court", "2024-06-03")) == "recorded"
    assert outcome(DECIDED, appealed("newspaper", "2024-01-30")) == "not-in-act"


@pytest.mark.clause("arys-2022/cl-18/bands")
@pytest.mark.parametrize(
    ("met", "grade"),
    [
        (0, "unsatisfactory"),
        (2, "unsatisfactory"),
        (3, "satisfactory"),
        (4, "effective"),
        (5, "excellent"),
    ],
)
def test_cl_18_how_many_of_five_were_met_is_the_grade(met: int, grade: str) -> None:
    sheet = [*SHEET, *(assessed(one, met=one <= met) for one in FIVE), signed(TARGETS)]
    found = grade_of(held(*sheet), "2023", "annual")

    assert (found.score, found.grade) == (str(met), grade)


def back(on: str) -> list[bytes]:
    leave = {"employee": "e-1", "kind": "social-leave", "from": "2023-03-01"}
    return [
        fact("LeaveTaken", leave, on="2023-03-01"),
        fact("LeaveEnded", {"employee": "e-1", "on": on}, on=on),
    ]


@pytest.mark.clause("arys-2022/cl-4/three-months", "arys-2022/cl-4/probation")
@pytest.mark.parametrize(
    ("appointment", "leave", "reason"),
    [
        ({"on": "2023-10-01"}, [], None),
        ({"on": "2023-10-02"}, [], "tenure-too-short"),
        ({"on": "2020-01-01"}, back("2023-10-01"), None),
        ({"on": "2020-01-01"}, back("2023-10-03"), "tenure-too-short"),
        ({"on": "2020-01-01", "probation_until": "2023-12-31"}, [], "on-probation"),
    ],
    ids=["three months", "a day less", "back for three months", "back for less", "on probation"],
)
def test_cl_4_three_months_in_the_position_or_since_the_return_and_no_probation(
    appointment: dict[str, Any], leave: list[bytes], reason: str | None
) -> None:
    given = [*SERVANT[:2], appointed(**appointment), *leave, *SHEET[3:]]
    sheet = [*given, *(assessed(one, met=True) for one in FIVE), signed(TARGETS)]

    assert grade_of(held(*sheet), "2023", "annual").reason == reason
