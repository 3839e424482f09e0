"""Sentences of `sjc-2017`: given what a ledger holds, when a fact arrives, then as they have it."""

from typing import Any

import pytest

from events.documents import Commission
from events.vocabulary import Name
from tests.facts import BODY, adopted, appointed, fact, issued, ref, registered, signed
from tests.outcomes import outcome, refusal
from tests.services.deciding.telling import grade_of, held

QUARTER = ref(period="2017-Q2")
YEAR = ref(period="2017")
OF_YEAR = {"employee": "e-1", "position": "p-1", "year": 2017}
SERVANT = [registered(), adopted("sjc-2017", "2017-Q1"), appointed(on="2015-01-01")]
SHEET = [*SERVANT, issued(QUARTER, "points")]
SEATS = {"c-1": "chair", "m-1": "member", "m-2": "member", "hr-1": "secretary"}
VOTERS = ("c-1", "m-1", "m-2")


def awarded(points: int, indicator: int | str = 1) -> bytes:
    return fact("PointsAwarded", {**QUARTER, "indicator": indicator, "points": points})


def breached(kind: str, **more: Any) -> bytes:
    return fact("BreachRecorded", {**QUARTER, "kind": kind, "source": "a register of orders", **more})


def planned(*targets: int, measurable: bool = True) -> bytes:
    drawn_up = [{"target": one, "title": f"target {one}", "measurable": measurable} for one in targets]
    return fact("PlanAgreed", {**OF_YEAR, "targets": drawn_up}, on="2017-01-09")


def assessed(target: int, mark: int | None) -> bytes:
    given = {} if mark is None else {"mark": mark}
    return fact("TargetAssessed", {**OF_YEAR, "target": target, **given})


def sat(on: str = "2017-07-10", session: str = "k-1") -> list[bytes]:
    members = [{"member": member, "role": role} for member, role in SEATS.items()]
    return [
        fact("CommissionConvened", {"session": session, "members": members}, on=on),
        fact("CommissionSat", {"session": session, "present": list(SEATS)}, on=on),
    ]


def voted(member: str, choice: str = "approve", on: str = "2017-07-10", **more: Any) -> bytes:
    data = {**QUARTER, "session": "k-1", "member": member, "choice": choice, **more}
    return fact("VoteCast", data, on=on)


DECIDED = [*SHEET, signed(QUARTER), *sat(), *(voted(member) for member in VOTERS)]


def appealed(to: str, on: str, of: dict[str, Any] = QUARTER) -> bytes:
    return fact("DecisionAppealed", {**of, "to": to, "on": on, "grounds": "unjust"}, on=on)


@pytest.mark.clause("sjc-2017/cl-18/one-to-five")
@pytest.mark.parametrize(
    ("points", "then"),
    [(0, "points-out-of-range"), (1, "recorded"), (5, "recorded"), (6, "points-out-of-range")],
)
def test_cl_18_an_indicator_brings_from_1_to_5_points(points: int, then: str) -> None:
    problem = refusal(SHEET, awarded(points))

    assert (problem.code if problem else "recorded") == then
    assert problem is None or "cl. 18" in problem.detail


@pytest.mark.clause("sjc-2017/cl-20/two-kinds-of-breach")
@pytest.mark.parametrize(
    ("kind", "then"),
    [("execution", "recorded"), ("discipline", "recorded"), ("rudeness", "unknown-breach")],
)
def test_cl_20_and_21_a_breach_is_of_execution_or_of_discipline(kind: str, then: str) -> None:
    assert outcome(SHEET, breached(kind)) == then


@pytest.mark.clause("sjc-2017/cl-20/documented")
def test_cl_20_and_21_a_breach_without_its_source_is_no_fact() -> None:
    unproven = fact("BreachRecorded", {**QUARTER, "kind": "execution"})

    for one in (unproven, breached("execution", source=" ")):
        problem = refusal(SHEET, one)
        assert problem is not None
        assert (problem.code, problem.field) == ("missing-field", "data.source")
    assert outcome(SHEET, breached("execution")) == "recorded"


@pytest.mark.clause(
    "sjc-2017/cl-15/base-bonus-penalty",
    "sjc-2017/cl-16/base-of-100",
    "sjc-2017/cl-22/two-for-each-breach",
)
@pytest.mark.parametrize(
    ("work", "score"),
    [
        ([], "100"),
        ([awarded(5), awarded(3, 2)], "108"),
        ([breached("execution")], "98"),
        ([awarded(5), breached("execution"), breached("discipline"), breached("discipline")], "99"),
    ],
    ids=["the base alone", "a bonus", "a breach", "both"],
)
def test_cl_15_to_22_a_quarter_is_100_and_the_bonus_less_2_for_each_breach(
    work: list[bytes], score: str
) -> None:
    assert grade_of(held(*SHEET, *work, signed(QUARTER)), "2017-Q2").score == score


@pytest.mark.clause("sjc-2017/cl-24/supervisor-corrects")
def test_cl_23_and_24_what_the_servant_says_of_himself_is_no_point() -> None:
    own = fact("SelfAssessed", {**QUARTER, "points": 140, "text": "far above the average"})

    assert outcome(SHEET, own) == "recorded"
    given = [*SHEET, own, awarded(4), signed(QUARTER)]
    assert grade_of(held(*given), "2017-Q2").score == "104"
    back = fact("SheetReturned", {**QUARTER, "by": "boss-1", "reason": "indicator 1 is not on the scale"})
    mended = held(*given, back, awarded(2), signed(QUARTER))
    assert grade_of(mended, "2017-Q2").score == "102"


@pytest.mark.clause("sjc-2017/cl-12/at-most-four")
@pytest.mark.parametrize(
    ("targets", "then"),
    [
        ((1,), "recorded"),
        ((1, 2, 3, 4), "recorded"),
        ((1, 2, 3, 4, 5), "wrong-number-of-targets"),
        ((), "wrong-number-of-targets"),
        ((1, 2, 2), "duplicate-target"),
    ],
)
def test_cl_12_a_plan_has_at_most_four_targets_each_once(targets: tuple[int, ...], then: str) -> None:
    problem = refusal(SERVANT, planned(*targets))

    assert (problem.code if problem else "recorded") == then
    if then == "wrong-number-of-targets":
        assert problem is not None
        assert "cl. 12" in problem.detail


@pytest.mark.clause("sjc-2017/cl-12/measurable")
def test_cl_12_a_plan_of_targets_that_cannot_be_measured_is_refused() -> None:
    assert outcome(SERVANT, planned(1, 2)) == "recorded"
    assert outcome(SERVANT, planned(1, 2, measurable=False)) == "targets-not-measurable"


@pytest.mark.clause("sjc-2017/cl-30/marks-of-targets")
@pytest.mark.parametrize(
    ("when", "then"),
    [
        (assessed(1, 1), "mark-out-of-range"),
        (assessed(1, 2), "recorded"),
        (assessed(1, 3), "recorded"),
        (assessed(1, 4), "recorded"),
        (assessed(1, 5), "recorded"),
        (assessed(1, 6), "mark-out-of-range"),
        (assessed(1, None), "mark-out-of-range"),
        (assessed(3, 4), "unknown-target"),
        (signed(YEAR), "sheet-incomplete"),
    ],
)
def test_cl_30_every_target_of_the_plan_is_marked_from_2_to_5(when: bytes, then: str) -> None:
    given = [*SERVANT, planned(1, 2), issued(YEAR, "plan"), assessed(2, 4)]

    assert outcome(given, when) == then


@pytest.mark.clause("sjc-2017/cl-28/year-by-the-supervisor")
def test_cl_28_and_29_the_year_is_assessed_by_a_plan_that_there_is() -> None:
    unplanned = [*SERVANT, issued(YEAR, "plan")]

    assert outcome(unplanned, assessed(1, 4)) == "unknown-target"
    assert outcome(unplanned, signed(YEAR)) == "sheet-incomplete"
    assert outcome(SERVANT, issued(YEAR, "plan", evaluator="e-1")) == "wrong-evaluator"


@pytest.mark.clause("sjc-2017/cl-6/every-result-reviewed")
def test_cl_6_a_result_waits_for_the_commission() -> None:
    signed_sheet = [*SHEET, signed(QUARTER)]

    assert grade_of(held(*signed_sheet), "2017-Q2").flags == ("awaiting-commission",)
    assert grade_of(held(*DECIDED), "2017-Q2").flags == ()
    assert outcome([*SHEET, *sat()], voted("m-1")) == "sheet-unsigned"


@pytest.mark.clause("sjc-2017/cl-8/open-vote")
def test_cl_8_every_vote_is_on_record_by_its_member() -> None:
    ledgers = held(*DECIDED[:-1], voted("m-2", "revise", points=90, explanation="late twice"))
    session = ledgers.document(BODY, Name("commission", ("k-1",)))

    assert isinstance(session, Commission)
    assert [(vote.member, vote.choice) for vote in session.votes] == [
        ("c-1", "approve"),
        ("m-1", "approve"),
        ("m-2", "revise"),
    ]


@pytest.mark.clause("sjc-2017/cl-38/ten-working-days")
@pytest.mark.parametrize(
    ("on", "then"),
    [
        ("2017-07-09", "dates-out-of-order"),
        ("2017-07-10", "recorded"),
        # Ten working days from Monday 10 July 2017 end on Monday the 24th.
        ("2017-07-24", "recorded"),
        ("2017-07-25", "term-missed"),
    ],
)
def test_cl_38_the_decision_is_appealed_within_ten_working_days(on: str, then: str) -> None:
    problem = refusal(DECIDED, appealed("authorised-body", on))

    assert (problem.code if problem else "recorded") == then
    if then == "term-missed":
        assert problem is not None
        assert problem.detail.startswith("Under cl. 38 the last day to appeal was 2017-07-24.")


@pytest.mark.clause("sjc-2017/cl-38/ten-working-days")
def test_cl_38_the_authorised_body_hears_of_a_decision_and_not_of_a_sheet() -> None:
    told = fact("ResultDelivered", {**QUARTER, "channel": "written", "on": "2017-07-12"}, on="2017-07-12")
    undecided = [*SHEET, signed(QUARTER), told]

    assert outcome(undecided, appealed("authorised-body", "2017-07-13")) == "no-decision"


@pytest.mark.clause("sjc-2017/cl-39/court")
def test_cl_39_a_court_hears_of_a_result_whenever_it_is_asked() -> None:
    assert outcome(DECIDED, appealed("court", "2018-02-01")) == "recorded"
    told = fact("ResultDelivered", {**QUARTER, "channel": "written", "on": "2017-07-12"}, on="2017-07-12")
    undecided = [*SHEET, signed(QUARTER)]
    assert outcome([*undecided, told], appealed("court", "2017-07-13")) == "recorded"
    assert outcome([*undecided, told], appealed("court", "2017-07-11")) == "dates-out-of-order"
    assert outcome(undecided, appealed("court", "2017-07-13")) == "no-decision"
    assert outcome(DECIDED, appealed("administrative-procedure", "2017-07-13")) == "not-in-act"


@pytest.mark.clause("sjc-2017/cl-36/refusal-recorded")
def test_cl_36_a_refusal_to_be_told_is_recorded_by_hr_and_stops_nothing() -> None:
    def refused(*witnesses: str) -> bytes:
        data = {**QUARTER, "on": "2017-07-11", "witnesses": list(witnesses)}
        return fact("AcquaintanceRefused", data, on="2017-07-11")

    problem = refusal(DECIDED, refused())
    assert problem is not None
    assert problem.code == "too-few-witnesses"
    assert "cl. 36" in problem.detail
    assert outcome(DECIDED, refused("e-1")) == "too-few-witnesses"
    assert outcome(DECIDED, refused("hr-1")) == "recorded"
    delivered = fact("ResultDelivered", {**QUARTER, "channel": "electronic", "on": "2017-07-12"})
    assert outcome([*DECIDED, refused("hr-1")], delivered) == "recorded"
    assert outcome(SHEET, refused("hr-1")) == "no-result"


@pytest.mark.clause("sjc-2017/cl-42/training")
def test_cl_42_only_an_act_that_has_training_sends_to_it() -> None:
    def sent(period: str) -> bytes:
        return fact("TrainingAssigned", {**ref(period=period), "on": "2018-02-01"}, on="2018-02-01")

    assert outcome([*SERVANT, adopted("arys-2022", "2023")], sent("2017")) == "recorded"
    assert outcome([*SERVANT, adopted("arys-2022", "2023")], sent("2023")) == "not-in-act"


@pytest.mark.clause("sjc-2017/cl-3/three-months", "sjc-2017/cl-3/probation")
@pytest.mark.parametrize(
    ("appointment", "then"),
    [
        ({"on": "2017-04-01"}, ("graded", None)),
        ({"on": "2017-04-02"}, ("not-assessed", "tenure-too-short")),
        ({"on": "2017-01-01", "probation_until": "2017-03-31"}, ("graded", None)),
        ({"on": "2017-01-01", "probation_until": "2017-06-30"}, ("not-assessed", "on-probation")),
    ],
)
def test_cl_3_three_months_in_the_position_and_no_probation(
    appointment: dict[str, Any], then: tuple[str, str | None]
) -> None:
    given = [*SERVANT[:2], appointed(**appointment), issued(QUARTER, "points"), signed(QUARTER)]
    found = grade_of(held(*given), "2017-Q2")

    assert (found.status, found.reason) == then


@pytest.mark.clause("sjc-2017/cl-27/bands")
@pytest.mark.parametrize(
    ("bonus", "breaches", "score", "grade"),
    [
        (1, 11, "79", "unsatisfactory"),
        (1, 10, "81", "satisfactory"),
        (5, 0, "105", "satisfactory"),
        (6, 0, "106", "effective"),
        (30, 0, "130", "effective"),
        (31, 0, "131", "excellent"),
    ],
)
def test_cl_27_a_quarters_points_and_their_grade(bonus: int, breaches: int, score: str, grade: str) -> None:
    fives, rest = divmod(bonus, 5)
    work = [awarded(points, number) for number, points in enumerate([5] * fives + [rest] * bool(rest))]
    work += [breached("execution", source=f"order {number}") for number in range(breaches)]
    found = grade_of(held(*SHEET, *work, signed(QUARTER)), "2017-Q2")

    assert (found.score, found.grade) == (score, grade)


@pytest.mark.clause("sjc-2017/cl-5/quarters-and-plan", "sjc-2017/cl-33/bands")
@pytest.mark.parametrize(
    ("marks", "score", "grade"),
    [
        # The quarter's 100 points are a 3; 0.4 of it and 0.6 of the mean of the plan.
        ((2, 2), "2.40", "unsatisfactory"),
        ((3, 3), "3.00", "satisfactory"),
        ((4, 5), "3.90", "satisfactory"),
        ((5, 5), "4.20", "effective"),
    ],
)
def test_cl_5_and_33_the_year_of_its_quarters_and_its_plan(
    marks: tuple[int, int], score: str, grade: str
) -> None:
    plan = [planned(1, 2), issued(YEAR, "plan"), *(assessed(n, mark) for n, mark in enumerate(marks, 1))]
    ledgers = held(*SHEET, signed(QUARTER), *plan, signed(YEAR))
    found = grade_of(ledgers, "2017", "annual")

    assert (found.score, found.grade) == (score, grade)
