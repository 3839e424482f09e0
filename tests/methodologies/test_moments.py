"""The days of an assessment, from the events of its body's ledger."""

from datetime import date
from typing import Any
from uuid import UUID

from events.envelope import Event
from events.period import parse_period
from events.vocabulary import Data
from events.vocabulary.assessment import AnnualFormed, CommissionDecided, DecisionApproved
from events.vocabulary.employment import SecondmentReceived
from events.wire import read_fact
from methodologies.loading import shipped
from methodologies.model.sheets import Kind
from methodologies.moments import Moment, Subject, adds_nothing, happened, moments, moments_in
from methodologies.terms import terms_of
from methodologies.workdays import WorkCalendar, calendar_days
from tests.facts import appointed, fact, issued, marked, ref, signed
from tests.ledger import event

CALENDAR = WorkCalendar().with_days((day.day, day.working) for day in calendar_days(range(2017, 2028)))
OF_SESSION = {"session": "s-1"}
YEAR = {"employee": "e-1", "position": "p-1", "year": 2023}
COMPETENCIES = {**ref(period="2023"), "form": "competencies"}
TARGETS = {**ref(period="2023"), "form": "targets"}


def subject(
    act: str = "zhanakorgan-2026",
    period: str = "2026-Q1",
    kind: Kind = "quarterly",
    form: str | None = "annex-2",
) -> Subject:
    found = shipped()[act]
    return Subject(found, found.chosen(), CALENDAR, "e-1", "p-1", parse_period(period), kind, form)


SJC = subject("sjc-2017", "2017-Q1", form="points")
ARYS_TARGETS = subject("arys-2022", "2023", "annual", "targets")
ARYS_COMPETENCIES = subject("arys-2022", "2023", "competencies", "competencies")


def recorded(*lines: bytes) -> list[Event]:
    facts = [read_fact(line) for line in lines]
    return [event(one.data, seq, occurred_on=one.occurred_on) for seq, one in enumerate(facts, start=1)]


def told(of: Subject, *lines: bytes) -> list[str]:
    return [f"{one.name} {one.day}" for one in moments(of, recorded(*lines))]


def sent(type_: str, data: dict[str, Any], on: str) -> bytes:
    return fact(type_, data, on=on)


def away(kind: str, since: str, until: str) -> bytes:
    return sent("LeaveTaken", {"employee": "e-1", "kind": kind, "from": since, "until": until}, since)


def vote(session: str, of: dict[str, Any], on: str) -> bytes:
    return sent("VoteCast", {**of, "session": session, "member": "m-1", "choice": "approve"}, on)


def test_what_happened_stands_on_the_day_the_fact_names_and_else_on_its_own():
    delivered = {**ref(), "channel": "information-system", "on": "2026-04-14"}
    filed = {**ref(), "number": "1", "signed_on": "2026-05-05"}

    found = told(
        subject(),
        appointed(on="2025-06-01"),
        issued(),
        signed(),
        sent("ResultDelivered", delivered, "2026-04-15"),
        sent("ProtocolFiled", filed, "2026-05-08"),
    )

    assert found == [
        "EmployeeAppointed 2025-06-01",
        "SheetIssued 2026-04-10",
        "SheetSigned 2026-04-10",
        "ResultDelivered 2026-04-14",
        "ProtocolFiled 2026-05-08",
        "ProtocolSigned 2026-05-05",
    ]


def test_an_assessment_has_started_by_its_first_mark():
    found = told(subject(), *marked())

    assert found[-1] == "AssessmentStarts 2026-04-10"
    assert found.count("AssessmentStarts 2026-04-10") == 1


def test_what_happened_to_others_or_in_other_periods_is_passed_over():
    others = [ref(employee="e-2"), ref(position="p-2"), ref(period="2026-Q2")]

    assert (
        told(subject(), *(signed(one) for one in others), appointed("e-2"), appointed(position="p-2")) == []
    )


def test_a_transfer_into_the_position_is_an_appointment_to_it():
    data = {
        "employee": "e-1",
        "from_position": "p-0",
        "position": "p-1",
        "category": "E-4",
        "managerial": False,
        "unit": "u-1",
        "supervisor": "boss-1",
        "unit_head": "head-1",
        "on": "2026-02-02",
    }

    assert told(subject(), sent("EmployeeTransferred", data, "2026-02-03")) == [
        "EmployeeAppointed 2026-02-02"
    ]


def test_a_request_taken_back_is_no_request():
    asked = sent("CalibrationRequested", {**ref(), "grounds": "row 3"}, "2026-04-16")

    assert told(subject(), asked, sent("CalibrationWithdrawn", ref(), "2026-04-17")) == [
        "CalibrationWithdrawn 2026-04-17"
    ]


def test_a_return_takes_the_signature_back_where_the_act_gives_it_no_term_of_its_own():
    returned = sent("SheetReturned", {**ref(), "by": "boss-1", "reason": "r"}, "2026-04-12")

    assert told(subject(), signed(), returned) == ["SheetReturned 2026-04-12"]


def test_arys_cl_23_a_return_starts_a_term_and_leaves_the_signature():
    returned = sent("SheetReturned", {**TARGETS, "by": "boss-1", "reason": "r"}, "2024-01-12")

    found = told(ARYS_TARGETS, sent("SheetSigned", TARGETS, "2024-01-10"), returned)

    assert found == ["SheetSigned 2024-01-10", "SheetReturned 2024-01-12"]


def test_arys_each_of_two_sheets_has_its_own_facts():
    lines = [
        sent("SheetSigned", ref(period="2023"), "2024-01-09"),
        sent("SheetSigned", COMPETENCIES, "2024-01-10"),
        sent("TargetAssessed", {**YEAR, "target": 1, "met": True}, "2024-01-03"),
        sent(
            "CompetencyAssessed",
            {**YEAR, "competency": "initiative", "shown": 1, "missing": []},
            "2024-01-04",
        ),
        sent("PlanReturned", {**YEAR, "reason": "r"}, "2023-01-20"),
    ]

    assert told(ARYS_TARGETS, *lines) == [
        "SheetSigned 2024-01-09",
        "TargetAssessed 2024-01-03",
        "PlanReturned 2023-01-20",
        "AssessmentStarts 2024-01-03",
    ]
    assert told(ARYS_COMPETENCIES, *lines) == [
        "SheetSigned 2024-01-10",
        "CompetencyAssessed 2024-01-04",
        "PlanReturned 2023-01-20",
        "AssessmentStarts 2024-01-04",
    ]


def decided(of: dict[str, Any], session: str = "s-1") -> Data:
    days = {"convened_on": date(2024, 1, 9), "sat_on": date(2024, 1, 18)}
    return CommissionDecided(**of, session=session, choice="approve", **days)


def test_what_a_commission_decided_tells_when_it_was_called_and_sat_and_its_approval_follows():
    said = [decided(TARGETS), DecisionApproved(**TARGETS, session="s-1", by="akim")]
    events = [event(one, seq, occurred_on=date(2024, 1, 18 + seq)) for seq, one in enumerate(said, start=1)]

    assert [f"{one.name} {one.day}" for one in moments(ARYS_TARGETS, events)] == [
        "CommissionDecided 2024-01-19",
        "CommissionConvened 2024-01-09",
        "CommissionSat 2024-01-18",
        "ResultApproved 2024-01-20",
    ]
    assert moments(ARYS_COMPETENCIES, events) == ()


def test_a_session_alone_is_nobodys():
    sat = sent("CommissionSat", {**OF_SESSION, "present": ["m-1"]}, "2024-01-18")
    approved = sent("ResultApproved", {**OF_SESSION, "by": "akim"}, "2024-01-19")

    assert told(ARYS_TARGETS, sat, vote("s-1", TARGETS, "2024-01-18"), approved) == []


def test_one_who_comes_by_secondment_is_appointed_to_the_position_he_comes_to():
    came = SecondmentReceived(
        employee="e-1",
        id=UUID(int=1),
        position="p-1",
        category="E-4",
        managerial=False,
        from_body="health",
        from_employee="h-1",
        from_position="q-1",
        from_=date(2026, 2, 2),
        until=date(2026, 3, 31),
        source_seq=9,
        source_leaf="00",
    )

    assert moments(subject(), [event(came)]) == (Moment("EmployeeAppointed", date(2026, 2, 2)),)


def test_one_who_comes_back_in_a_later_period_was_not_appointed_then_nor_dismissed_before():
    gone = sent("EmployeeDismissed", {"employee": "e-1", "on": "2026-06-30"}, "2026-06-30")
    lines = [appointed(on="2025-06-01"), gone, appointed(on="2026-08-03")]

    assert told(subject(), *lines) == ["EmployeeAppointed 2025-06-01", "EmployeeDismissed 2026-06-30"]
    assert told(subject(period="2026-Q3"), *lines) == [
        "EmployeeAppointed 2025-06-01",
        "EmployeeAppointed 2026-08-03",
    ]


def test_the_annual_score_formed_by_the_system_counts_whatever_position_it_names():
    formed = AnnualFormed(
        employee="e-1", position="p-9", year=2026, methodology="zhanakorgan-2026", revision=1, quarters=[]
    )

    found = moments(
        subject(period="2026", kind="annual", form=None),
        [event(formed, occurred_on=date(2027, 1, 29))],
    )

    assert found == (Moment("AnnualFormed", date(2027, 1, 29)),)


SICK = away("sick-leave", "2017-04-03", "2017-04-16")


def test_sjc_cl_3_an_absence_over_the_printed_day_puts_the_assessment_off():
    assert told(SJC, appointed(on="2016-06-01"), SICK)[1:] == [
        "LeaveTaken 2017-04-03",
        "LeaveEnded 2017-04-17",
    ]


def test_sjc_cl_3_a_return_reported_early_ends_the_absence():
    back = sent("LeaveEnded", {"employee": "e-1", "on": "2017-04-12"}, "2017-04-12")

    assert told(SJC, SICK, back) == ["LeaveTaken 2017-04-03", "LeaveEnded 2017-04-12"]


def test_sjc_cl_3_other_absences_put_nothing_off():
    of_another_kind = away("annual-leave", "2017-04-03", "2017-04-16")
    over_before = away("sick-leave", "2017-04-03", "2017-04-09")
    begun_after = away("sick-leave", "2017-04-11", "2017-04-16")
    once_signed = sent("SheetSigned", {**ref(period="2017-Q1"), "form": "points"}, "2017-04-02")

    assert told(SJC, of_another_kind, over_before, begun_after) == []
    assert told(SJC, once_signed, SICK) == ["SheetSigned 2017-04-02"]


def test_an_absence_without_an_end_leaves_the_assessment_to_the_return():
    ill = sent("LeaveTaken", {"employee": "e-1", "kind": "sick-leave", "from": "2017-04-03"}, "2017-04-03")

    found = moments(SJC, recorded(ill))

    assert [one.name for one in found] == ["LeaveTaken"]
    assert terms_of(SJC, found, date(2017, 5, 1)) == ()


def test_a_score_sheet_act_puts_nothing_off():
    assert told(subject(), away("sick-leave", "2026-04-03", "2026-04-30")) == []


def test_arys_cl_4_with_no_printed_day_an_absence_after_the_year_counts_until_the_sheet_is_signed():
    trip = away("business-trip", "2024-01-08", "2024-01-28")
    in_the_year = away("business-trip", "2023-05-08", "2023-05-28")
    once_signed = sent("SheetSigned", TARGETS, "2024-01-05")

    assert told(ARYS_TARGETS, in_the_year, trip) == ["LeaveTaken 2024-01-08", "LeaveEnded 2024-01-29"]
    assert told(ARYS_TARGETS, once_signed, trip) == ["SheetSigned 2024-01-05"]


def test_from_events_to_open_terms():
    delivered = {**ref(), "channel": "information-system", "on": "2026-04-14"}
    lines = [
        appointed(),
        issued(),
        *marked(),
        signed(),
        sent("ResultDelivered", delivered, "2026-04-14"),
        sent("CalibrationRequested", {**ref(), "grounds": "row 3"}, "2026-04-20"),
    ]

    found = terms_of(subject(), moments(subject(), recorded(*lines)), date(2026, 4, 24))

    assert [(one.term, one.state, one.due) for one in found] == [
        ("quarter-assessed", "kept", date(2026, 4, 20)),
        ("calibration-request", "kept", date(2026, 4, 21)),
        ("panel-approved", "missed", date(2026, 4, 23)),
        ("panel-held", "open", date(2026, 5, 5)),
    ]


def test_of_the_marks_of_one_kind_only_the_first_tells_something():
    first, later, earlier, of_the_other = (
        happened(one)
        for one in recorded(
            sent("TargetAssessed", {**YEAR, "target": 1, "met": True}, "2024-01-04"),
            sent("TargetAssessed", {**YEAR, "target": 2, "met": True}, "2024-01-05"),
            sent("TargetAssessed", {**YEAR, "target": 3, "met": True}, "2024-01-03"),
            sent("SheetSigned", TARGETS, "2024-01-06"),
        )
    )

    assert adds_nothing(later, [first])
    assert not adds_nothing(earlier, [first])
    assert not adds_nothing(of_the_other, [of_the_other])
    assert moments_in(ARYS_TARGETS, [first], None)[-1] == moments_in(ARYS_TARGETS, [first, later], None)[-1]
