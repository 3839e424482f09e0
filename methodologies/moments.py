"""The days that terms run from and are met on, taken from the events of an assessment and its servant."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from events.documents import Employment
from events.documents.assessment import ALWAYS_NAMED
from events.documents.employment import Leave, evolve
from events.envelope import Event
from events.period import Period
from events.vocabulary.assessment import CompetencyAssessed
from events.vocabulary.commission import ProtocolFiled, VoteCast
from events.vocabulary.employment import EmployeeAppointed
from events.vocabulary.types import Data
from methodologies.act import Act
from methodologies.deadlines import fixed_due
from methodologies.model.sheets import Kind
from methodologies.workdays import WorkCalendar

_DAY = timedelta(days=1)

_MARKING = frozenset(
    {"SelfAssessed", "ScoreSubmitted", "PointsAwarded", "TargetAssessed", "CompetencyAssessed"}
)
"""No fact says when an assessment was to start; it has started by the day of the first of these."""

_TAKES_BACK: Mapping[str, tuple[str, ...]] = {
    "CalibrationWithdrawn": ("CalibrationRequested",),
    "SheetReturned": ("SheetSigned", "SheetAgreed"),
}


class Subject(msgspec.Struct, frozen=True):
    """An assessment under the law that governs it; `form` is None for a year that no sheet is issued for."""

    act: Act
    readings: Mapping[str, str]
    calendar: WorkCalendar
    employee: str
    position: str
    period: Period
    kind: Kind
    form: str | None = None


class Moment(msgspec.Struct, frozen=True):
    """That something happened on a day: a type of fact, or one of `procedure.MOMENTS`."""

    name: str
    day: date


def moments(subject: Subject, events: Iterable[Event]) -> tuple[Moment, ...]:
    """What happened to an assessment, in the order recorded, from events of its body's ledger.

    Events of others are passed over; a commission's session counts once a vote in it names the assessment.
    What a withdrawal or a return took back is left out, but for a return that the act gives a term of its
    own. Of absences only those are told that put the assessment off (`eligibility.absence`): LeaveTaken on
    the first day, LeaveEnded on the day of the return.
    """
    known = list(events)
    sessions = _sessions(subject, known)
    found: list[Moment] = []
    employment: Employment | None = None
    for event in known:
        if event.document.kind == "employment" and event.document.key == (subject.employee,):
            employment = evolve(employment, event)
        if not _is_about(subject, event.data, sessions) or event.type.startswith("Leave"):
            continue
        taken_back = _taken_back(subject.act, event.type)
        found = [one for one in found if one.name not in taken_back]
        found.extend(_moments_of(event))
    return *found, *_started(found), *_absences(subject, employment, found)


def _sessions(subject: Subject, events: Sequence[Event]) -> frozenset[str]:
    return frozenset(
        event.data.session
        for event in events
        if isinstance(event.data, VoteCast) and event.data.session is not None and _names(subject, event.data)
    )


def _is_about(subject: Subject, data: Data, sessions: frozenset[str]) -> bool:
    session = getattr(data, "session", None)
    if session is not None:
        return session in sessions
    return _names(subject, data)


def _names(subject: Subject, data: Data) -> bool:
    """Whether a fact names the employee and, where it names them, the position, the period and the form."""
    period = getattr(data, "period", None) or getattr(data, "year", None)
    return (
        getattr(data, "employee", None) == subject.employee
        and (data.document.kind == "annual" or getattr(data, "position", None) in {None, subject.position})
        and (period is None or str(period) == str(subject.period))
        and _names_form(subject, data)
    )


def _names_form(subject: Subject, data: Data) -> bool:
    form = ALWAYS_NAMED if isinstance(data, CompetencyAssessed) else getattr(data, "form", None)
    if form is not None:
        return bool(form == subject.form)
    # A plan and a year have no form; of an assessment's facts one that names none is of the other sheet.
    return data.document.kind not in {"assessment", "calibration"} or subject.form != ALWAYS_NAMED


def _taken_back(act: Act, type_: str) -> tuple[str, ...]:
    if any(term.since == type_ for term in act.terms.values()):
        return ()
    return _TAKES_BACK.get(type_, ())


def _moments_of(event: Event) -> Iterator[Moment]:
    data = event.data
    name = "EmployeeAppointed" if isinstance(data, EmployeeAppointed) else event.type
    yield Moment(name, getattr(data, "on", event.occurred_on))
    if isinstance(data, ProtocolFiled):
        yield Moment("ProtocolSigned", data.signed_on)


def _started(found: Sequence[Moment]) -> Iterator[Moment]:
    days = [one.day for one in found if one.name in _MARKING]
    if days:
        yield Moment("AssessmentStarts", min(days))


def _absences(subject: Subject, employment: Employment | None, found: Sequence[Moment]) -> Iterator[Moment]:
    rule = subject.act.eligibility.absence
    if rule is None or employment is None:
        return
    printed = printed_day(subject, subject.act.terms[rule.term].met_by)
    signed = min((one.day for one in found if one.name == "SheetSigned"), default=date.max)
    for leave in employment.leaves:
        if leave.kind in rule.kinds and _puts_off(leave, printed, subject.period, signed):
            yield Moment("LeaveTaken", leave.since)
            if leave.until is not None:
                yield Moment("LeaveEnded", leave.until + _DAY)


def _puts_off(leave: Leave, printed: date | None, period: Period, signed: date) -> bool:
    # With no printed day the assessment follows the period, so an absence after it puts it off as well.
    latest_start = signed if printed is None else min(printed, signed)
    return leave.since <= latest_start and (leave.until is None or leave.until >= (printed or period.end))


def printed_day(subject: Subject, met_by: str | None) -> date | None:
    """The printed day by which a fact is due of the assessment; None where the act prints none."""
    for term in subject.act.terms.values():
        if term.met_by == met_by and (not term.forms or subject.form in term.forms):
            due = fixed_due(term, subject.period, subject.calendar, subject.readings)
            if due is not None:
                return due
    return None
