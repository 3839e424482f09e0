"""Sentences that set a term: given what was reported, when its day has passed, then it is kept or missed."""

from datetime import date
from typing import Any

import pytest

from events.vocabulary.assessment import CommissionDecided, DecisionApproved
from tests.facts import adopted, appointed, fact, issued, ref, signed
from tests.services.clock.world import World, dated

SERVANT = [adopted("zhanakorgan-2026"), appointed()]
SJC = [adopted("sjc-2017", "2017-Q1"), appointed(on="2015-06-01")]
ARYS = [adopted("arys-2022", "2023"), appointed(on="2020-06-01")]
QUARTER = {**ref(period="2017-Q1"), "form": "points"}
YEAR = {**ref(period="2017"), "form": "plan"}
TARGETS = {**ref(period="2023"), "form": "targets"}


def on(day: str, type_: str, **data: Any) -> bytes:
    return fact(type_, data, on=day)


def term(name: str, period: str, today: str, world: World) -> str | None:
    """How a term of a period stands on a day: `state due [met]`; None where it does not run."""
    world.tick(today)
    return world.terms(period=period).get(name)


def agreed(year: int, day: str, targets: int = 1) -> bytes:
    drawn_up = [{"target": one, "title": "t", "measurable": True} for one in range(1, targets + 1)]
    return on(day, "PlanAgreed", employee="e-1", position="p-1", year=year, targets=drawn_up)


def decided(of: dict[str, Any], world: World, sat_on: str, convened_on: str) -> World:
    days = {"convened_on": date.fromisoformat(convened_on), "sat_on": date.fromisoformat(sat_on)}
    told = CommissionDecided(**of, session="s-1", choice="approve", **days)
    world.say([told], date.fromisoformat(sat_on))
    return world


@pytest.mark.clause("score-sheet/cl-22/filed-in-three-days", "score-sheet/cl-15/timely-papers")
@pytest.mark.parametrize(
    ("filed", "then"),
    [
        # Three working days from Tuesday 5 May 2026, the 7th and the weekend off, end on Tuesday the 12th.
        ("2026-05-12", "kept 2026-05-12 2026-05-12"),
        ("2026-05-13", "missed 2026-05-12 2026-05-13"),
    ],
)
def test_cl_22_a_protocol_is_filed_within_three_working_days_of_its_signing(filed: str, then: str) -> None:
    protocol = on(filed, "ProtocolFiled", **ref(), number="7", signed_on="2026-05-05")
    world = World(*SERVANT, *dated("2026-04-01", issued()), protocol)

    assert term("protocol-filed", "2026-Q1", "2026-05-20", world) == then


@pytest.mark.clause("sjc-2017/cl-3/quarter-by-the-10th")
@pytest.mark.parametrize(
    ("period", "last", "after"),
    [("2017-Q1", "2017-04-10", "2017-04-11"), ("2017-Q4", "2017-12-10", "2017-12-11")],
)
def test_sjc_cl_3_a_quarter_is_assessed_by_the_10th_and_the_fourth_by_10_december(
    period: str, last: str, after: str
) -> None:
    sheet = dated(last, issued(ref(period=period), "points"), signed(ref(period=period)))

    assert term("quarter-assessed", period, last, World(*SJC)) == f"open {last}"
    assert term("quarter-assessed", period, after, World(*SJC)) == f"missed {last}"
    assert term("quarter-assessed", period, after, World(*SJC, *sheet)) == f"kept {last} {last}"


@pytest.mark.clause("sjc-2017/cl-3/year-by-25-december")
def test_sjc_cl_3_the_year_is_assessed_by_25_december() -> None:
    assert term("annual-assessed", "2017", "2017-12-25", World(*SJC)) == "open 2017-12-25"
    assert term("annual-assessed", "2017", "2017-12-26", World(*SJC)) == "missed 2017-12-25"


@pytest.mark.clause("sjc-2017/cl-3/five-days-after-return")
@pytest.mark.parametrize("kind", ["social-leave", "sick-leave"])
def test_sjc_cl_3_one_on_leave_or_sick_is_assessed_within_five_working_days_of_his_return(kind: str) -> None:
    leave = {"employee": "e-1", "kind": kind, "from": "2017-04-03"}
    given = [
        *SJC,
        on("2017-04-03", "LeaveTaken", **leave),
        on("2017-04-17", "LeaveEnded", employee="e-1", on="2017-04-17"),
    ]

    assert term("absent-assessed", "2017-Q1", "2017-04-24", World(*given)) == "open 2017-04-24"
    assert term("absent-assessed", "2017-Q1", "2017-04-25", World(*given)) == "missed 2017-04-24"
    assert term("quarter-assessed", "2017-Q1", "2017-04-25", World(*given)) is None


@pytest.mark.clause("sjc-2017/cl-10/plan-by-10-january")
def test_sjc_cl_10_the_plan_is_drawn_up_by_10_january() -> None:
    drawn_up = agreed(2017, "2017-01-10")

    assert term("plan-drawn-up", "2017", "2017-01-10", World(*SJC)) == "open 2017-01-10"
    assert term("plan-drawn-up", "2017", "2017-01-11", World(*SJC)) == "missed 2017-01-10"
    assert term("plan-drawn-up", "2017", "2017-01-11", World(*SJC, drawn_up)) == "kept 2017-01-10 2017-01-10"


@pytest.mark.clause("sjc-2017/cl-11/plan-of-the-appointed")
def test_sjc_cl_11_one_appointed_later_has_his_plan_within_ten_working_days() -> None:
    given = [SJC[0], *dated("2017-02-01", appointed(on="2017-02-01"))]

    assert term("plan-of-appointed", "2017", "2017-02-15", World(*given)) == "open 2017-02-15"
    assert term("plan-of-appointed", "2017", "2017-02-16", World(*given)) == "missed 2017-02-15"
    assert term("plan-drawn-up", "2017", "2017-02-16", World(*given)) is None


@pytest.mark.clause("sjc-2017/cl-14/ten-days-before")
def test_sjc_cl_14_notice_is_given_ten_days_before_the_first_mark() -> None:
    def world(sent: str) -> World:
        marked = on("2017-04-03", "PointsAwarded", **QUARTER, indicator=1, points=2)
        return World(*SJC, *dated(sent, issued(ref(period="2017-Q1"), "points")), marked)

    assert term("notice", "2017-Q1", "2017-04-04", world("2017-03-24")) == "kept 2017-03-24 2017-03-24"
    assert term("notice", "2017-Q1", "2017-04-04", world("2017-03-25")) == "missed 2017-03-24 2017-03-25"


@pytest.mark.clause("sjc-2017/cl-32/five-days-before-the-sitting")
def test_sjc_cl_32_the_annual_score_is_computed_five_working_days_before_the_sitting() -> None:
    sheets = dated("2017-12-01", issued(ref(period="2017"), "plan"))
    world = decided(YEAR, World(*SJC, *sheets), "2017-12-22", "2017-12-20")

    # The 18th and 19th are days off.
    assert term("annual-computed", "2017", "2017-12-22", world) == "missed 2017-12-13"


@pytest.mark.clause("sjc-2017/cl-36/told-in-two-days")
@pytest.mark.parametrize(
    ("told", "then"),
    [("2017-04-14", "kept 2017-04-14 2017-04-14"), ("2017-04-17", "missed 2017-04-14 2017-04-17")],
)
def test_sjc_cl_36_the_servant_is_told_within_two_working_days(told: str, then: str) -> None:
    sheets = dated("2017-04-03", issued(ref(period="2017-Q1"), "points"), signed(QUARTER))
    world = decided(QUARTER, World(*SJC, *sheets), "2017-04-12", "2017-04-06")

    world.tell(on(told, "ResultDelivered", **QUARTER, channel="written", on=told))
    assert term("told", "2017-Q1", "2017-04-20", world) == then


@pytest.mark.clause("arys-2022/cl-9/plan-in-ten-days")
def test_arys_cl_9_the_plan_is_drawn_up_within_ten_working_days_of_the_year() -> None:
    # The 2nd and 3rd of January are days off.
    assert term("plan-drawn-up", "2023", "2023-01-17", World(*ARYS)) == "open 2023-01-17"
    assert term("plan-drawn-up", "2023", "2023-01-18", World(*ARYS)) == "missed 2023-01-17"


@pytest.mark.clause("arys-2022/cl-12/two-working-days")
def test_arys_cl_12_a_returned_plan_is_submitted_again_within_two_working_days() -> None:
    plan = {"employee": "e-1", "position": "p-1", "year": 2023}
    given = [*ARYS, agreed(2023, "2023-01-17", 5), on("2023-01-20", "PlanReturned", **plan, reason="KTI 4")]

    assert term("plan-resubmitted", "2023", "2023-01-24", World(*given)) == "open 2023-01-24"
    assert term("plan-resubmitted", "2023", "2023-01-25", World(*given)) == "missed 2023-01-24"
    again = World(*given, agreed(2023, "2023-01-24", 5))
    assert term("plan-resubmitted", "2023", "2023-01-25", again) == "kept 2023-01-24 2023-01-24"


@pytest.mark.clause("arys-2022/cl-23/two-working-days")
def test_arys_cl_23_a_returned_sheet_is_submitted_again_within_two_working_days() -> None:
    given = [
        *ARYS,
        *dated("2023-12-20", issued(ref(period="2023"), "targets")),
        *dated("2024-01-10", signed(TARGETS)),
        on("2024-01-11", "SheetReturned", **TARGETS, by="akim", reason="KTI 3 is not supported"),
    ]

    assert term("sheet-resubmitted", "2023", "2024-01-15", World(*given)) == "open 2024-01-15"
    assert term("sheet-resubmitted", "2023", "2024-01-16", World(*given)) == "missed 2024-01-15"


@pytest.mark.clause("arys-2022/cl-4/five-days-after-return")
def test_arys_cl_4_one_absent_is_assessed_within_five_working_days_of_his_return() -> None:
    leave = {"employee": "e-1", "kind": "business-trip", "from": "2024-01-08"}
    given = [
        *ARYS,
        on("2024-01-08", "LeaveTaken", **leave),
        on("2024-01-29", "LeaveEnded", employee="e-1", on="2024-01-29"),
    ]

    assert term("absent-assessed", "2023", "2024-02-05", World(*given)) == "open 2024-02-05"
    assert term("absent-assessed", "2023", "2024-02-06", World(*given)) == "missed 2024-02-05"


@pytest.mark.clause("arys-2022/cl-29/seven-working-days")
def test_arys_cl_29_notice_is_given_seven_working_days_before_the_first_assessment() -> None:
    def world(sent: str) -> World:
        first = {"employee": "e-1", "position": "p-1", "year": 2023, "target": 1, "met": True}
        return World(
            *ARYS,
            *dated(sent, issued(ref(period="2023"), "targets")),
            on("2024-01-10", "TargetAssessed", **first),
        )

    assert term("notice", "2023", "2024-01-11", world("2023-12-28")) == "kept 2023-12-28 2023-12-28"
    assert term("notice", "2023", "2024-01-11", world("2023-12-29")) == "missed 2023-12-28 2023-12-29"


def approved() -> World:
    """A result that the commission decided on 11 January 2024 and that was approved the same day."""
    sheets = dated("2023-12-20", issued(ref(period="2023"), "targets"), signed(TARGETS))
    world = decided(TARGETS, World(*ARYS, *sheets), "2024-01-11", "2024-01-10")
    world.say([DecisionApproved(**TARGETS, session="s-1", by="akim")], date(2024, 1, 11))
    return world


@pytest.mark.clause("arys-2022/cl-40/told-in-two-days")
def test_arys_cl_40_the_servant_is_told_within_two_working_days() -> None:
    assert term("told", "2023", "2024-01-15", approved()) == "open 2024-01-15"
    assert term("told", "2023", "2024-01-16", approved()) == "missed 2024-01-15"


@pytest.mark.clause("arys-2022/cl-41/then-sent")
@pytest.mark.parametrize(
    ("sent", "then"),
    [("2024-01-15", "kept 2024-01-15 2024-01-15"), ("2024-01-16", "missed 2024-01-15 2024-01-16")],
)
def test_arys_cl_41_to_one_who_refused_the_result_is_sent_in_the_same_days(sent: str, then: str) -> None:
    world = approved()
    assert term("refused-sent", "2023", "2024-01-12", world) is None

    world.tell(on("2024-01-12", "AcquaintanceRefused", **TARGETS, on="2024-01-12", witnesses=["w-1", "w-2"]))
    world.tell(on(sent, "ResultDelivered", **TARGETS, channel="intranet-portal", on=sent))
    assert term("refused-sent", "2023", "2024-01-20", world) == then
