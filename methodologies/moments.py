"""The days that terms run from and are met on, taken from the events of an assessment and its servant."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from sys import intern

import msgspec

from events.documents import Employment
from events.documents.assessment import ALWAYS_NAMED
from events.documents.employment import Leave, evolve
from events.envelope import Event
from events.period import Period
from events.vocabulary.assessment import CommissionDecided, CompetencyAssessed
from events.vocabulary.commission import ProtocolFiled
from events.vocabulary.employment import EmployeeAppointed, SecondmentReceived
from events.vocabulary.types import Data, Name
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

_ABSENCES = frozenset({"LeaveTaken", "LeaveEnded"})

_APPOINTED = "EmployeeAppointed"


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

    @property
    def documents(self) -> tuple[Name, ...]:
        """The documents whose events are its moments."""
        employee, period = (self.employee,), str(self.period)
        assessment = (self.employee, self.position, period)
        names = (
            Name("employment", employee),
            Name("assessment", assessment),
            Name("calibration", assessment),
        )
        if self.period.is_quarter:
            return names
        return (*names, Name("plan", assessment), Name("annual", (self.employee, period)))


class Moment(msgspec.Struct, frozen=True):
    """That something happened on a day: a type of fact, or one of `procedure.MOMENTS`."""

    name: str
    day: date


class Happened(msgspec.Struct, frozen=True):
    """What terms need of an event: its place, its own day, what it is about and the moments that it is.

    `kind` is its document's; `position` and `form` are None where it names none.
    """

    seq: int
    type: str
    on: date
    kind: str
    position: str | None
    form: str | None
    moments: tuple[Moment, ...]


def happened(event: Event) -> Happened:
    """The event as terms need it."""
    data, kind = event.data, event.document.kind
    position = None if kind == "annual" else getattr(data, "position", None)
    form = ALWAYS_NAMED if isinstance(data, CompetencyAssessed) else getattr(data, "form", None)
    # A ledger's are kept at hand by the hundred thousand, and say few things.
    return Happened(
        event.seq,
        intern(event.type),
        event.occurred_on,
        kind,
        None if position is None else intern(position),
        None if form is None else intern(form),
        tuple(_moments_of(event)),
    )


def adds_nothing(one: Happened, before: Iterable[Happened]) -> bool:
    """Whether an assessment with these behind it has the same moments without one more.

    Of the marks of one kind only the first tells something: that the assessment has started.
    """
    return one.type in _MARKING and any(
        other.type == one.type and other.form == one.form and other.on <= one.on for other in before
    )


def moments(subject: Subject, events: Iterable[Event]) -> tuple[Moment, ...]:
    """What happened to an assessment, in the order recorded, from events of its body's ledger.

    Events of others are passed over. See `moments_in`.
    """
    names = frozenset(subject.documents)
    trail: list[Happened] = []
    employment: Employment | None = None
    for event in events:
        if event.document not in names:
            continue
        if event.document.kind == "employment":
            employment = evolve(employment, event)
        trail.append(happened(event))
    return moments_in(subject, trail, employment)


def moments_in(
    subject: Subject, trail: Iterable[Happened], employment: Employment | None
) -> tuple[Moment, ...]:
    """What happened to an assessment, from what happened in its documents, in the order recorded.

    What a withdrawal or a return took back is left out, but for a return that the act gives a term of its
    own, and so is an appointment after the period and a dismissal before it. Of absences only those are told
    that put the assessment off (`eligibility.absence`): LeaveTaken on the first day, LeaveEnded on the day of
    the return.
    """
    found: list[Moment] = []
    for one in trail:
        if one.type in _ABSENCES or not _is_about(subject, one):
            continue
        taken_back = _taken_back(subject.act, one.type)
        found = [moment for moment in found if moment.name not in taken_back]
        found.extend(moment for moment in one.moments if _concerns(subject.period, moment))
    return *found, *_started(found), *_absences(subject, employment, found)


def _is_about(subject: Subject, one: Happened) -> bool:
    """Whether an event of one of its documents is of its position and its form."""
    if one.position not in {None, subject.position}:
        return False
    if one.form is not None:
        return one.form == subject.form
    # A plan and a year have no form; of an assessment's facts one that names none is of the other sheet.
    return one.kind not in {"assessment", "calibration"} or subject.form != ALWAYS_NAMED


def _concerns(period: Period, moment: Moment) -> bool:
    """One who came back to the position in a later year, or left it in an earlier one, is another matter."""
    if moment.name == _APPOINTED:
        return moment.day <= period.end
    return moment.name != "EmployeeDismissed" or moment.day >= period.start


def _taken_back(act: Act, type_: str) -> tuple[str, ...]:
    taken = _TAKES_BACK.get(type_, ())
    if taken and any(term.since == type_ for term in act.terms.values()):
        return ()
    return taken


def _moments_of(event: Event) -> Iterator[Moment]:
    data = event.data
    yield Moment(intern(_name_of(event.type, data)), _day_of(data, event.occurred_on))
    match data:
        case ProtocolFiled():
            yield Moment("ProtocolSigned", data.signed_on)
        case CommissionDecided():
            # The session's own days, which its ledger's other documents keep.
            yield Moment("CommissionConvened", data.convened_on)
            yield Moment("CommissionSat", data.sat_on)


def _name_of(type_: str, data: Data) -> str:
    # Whoever comes by transfer or secondment comes to the position all the same.
    if isinstance(data, EmployeeAppointed | SecondmentReceived):
        return _APPOINTED
    return "ResultApproved" if type_ == "DecisionApproved" else type_


def _day_of(data: Data, occurred_on: date) -> date:
    if isinstance(data, SecondmentReceived):
        return data.from_
    named: date = getattr(data, "on", occurred_on)
    return named


def _started(found: Sequence[Moment]) -> Iterator[Moment]:
    days = [one.day for one in found if one.name in _MARKING]
    if days:
        yield Moment("AssessmentStarts", min(days))


def _absences(subject: Subject, employment: Employment | None, found: Sequence[Moment]) -> Iterator[Moment]:
    rule = subject.act.eligibility.absence
    if rule is None or employment is None or not employment.leaves:
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
