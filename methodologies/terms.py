"""The terms of an assessment as they stand on a day: what is due, who owes it, by when, by which clause."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec

from methodologies.deadlines import counted_due, fixed_due
from methodologies.model.procedure import Owes, Term
from methodologies.model.sheets import Kind
from methodologies.model.text import Text
from methodologies.moments import Moment, Subject, printed_day
from methodologies.rules.dismissed import stays_until

State = Literal["open", "kept", "missed", "lapsed", "unreported"]
"""`lapsed`: a right not used in time, owed by nobody; `unreported`: over, and no fact tells how it went."""

_LATE: frozenset[str] = frozenset({"EmployeeAppointed", "LeaveEnded"})
"""One who came, or came back, after a printed day has the days after that instead of it."""

_RETURNS: frozenset[str] = frozenset({"PlanReturned", "SheetReturned"})

_ONLY_OF: Mapping[str, Kind] = {"PlanAgreed": "annual", "AnnualFormed": "annual"}
"""What is done once a year, whatever forms the act has."""


class Owed(msgspec.Struct, frozen=True):
    """A term of the act, by its code, as it stands: `due` is its last day, `met_on` the day it was met."""

    term: str
    title: Text
    owes: Owes
    due: date
    clause: str
    state: State
    met_on: date | None = None


def terms_of(
    subject: Subject, moments: Sequence[Moment], today: date, grade: str | None = None
) -> tuple[Owed, ...]:
    """Every term of the assessment that runs or ran, by due date; for a servant who is assessed.

    A term counted from something that has not happened is not there yet. Terms that follow from a grade
    need the grade.
    """
    found = (
        _owed(subject, code, term, moments, today=today, grade=grade)
        for code, term in subject.act.terms.items()
    )
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.due))


def _owed(
    subject: Subject, code: str, term: Term, moments: Sequence[Moment], *, today: date, grade: str | None
) -> Owed | None:
    if not _concerns(subject, code, term, moments, grade):
        return None
    due = _due(subject, term, moments)
    if due is None:
        return None
    met_on = next(_met(subject, code, term, moments), None)
    state = state_of(term, due, met_on, today)
    return Owed(code, term.title, term.owes, due, term.clause, state, met_on)


def _concerns(subject: Subject, code: str, term: Term, moments: Sequence[Moment], grade: str | None) -> bool:
    act = subject.act
    if not _fits(subject, term):
        return False
    dismissed, refusal = act.eligibility.dismissed, act.delivery.refusal
    if dismissed is not None and code == dismissed.term:
        return _dismissed_early(subject, moments)
    if refusal is not None and code == refusal.term:
        return _last(moments, "AcquaintanceRefused") is not None
    following = [one for one in act.consequences.values() if one.term == code]
    return not following or any(
        subject.kind in one.kinds and (not one.grades or grade in one.grades) for one in following
    )


def _fits(subject: Subject, term: Term) -> bool:
    return (not term.forms or subject.form in term.forms) and (
        _ONLY_OF.get(term.met_by or "", subject.kind) == subject.kind
    )


def _dismissed_early(subject: Subject, moments: Sequence[Moment]) -> bool:
    left, until = _last(moments, "EmployeeDismissed"), stays_until(subject)
    if left is None or until is None or left >= until:
        return False
    again = _last(moments, "EmployeeAppointed")
    return again is None or not left < again <= until


def _due(subject: Subject, term: Term, moments: Sequence[Moment]) -> date | None:
    if term.fixed:
        due = fixed_due(term, subject.period, subject.calendar, subject.readings)
        return None if due is None or _is_put_off(subject, term, due, moments) else due
    since = _start(subject, term, moments)
    if since is None or (term.since in _LATE and not _comes_instead(subject, term, since, moments)):
        return None
    due = counted_due(term, since, subject.calendar, subject.readings)
    return None if term.since == "PeriodStarts" and _came_after(moments, due) else due


def _start(subject: Subject, term: Term, moments: Sequence[Moment]) -> date | None:
    if term.since == "PeriodStarts":
        return subject.period.start
    return _last(moments, term.since or term.before or "")


def _is_put_off(subject: Subject, term: Term, due: date, moments: Sequence[Moment]) -> bool:
    if _came_after(moments, due):
        return True
    instead = any(
        one.since == "LeaveEnded" and one.met_by == term.met_by and _fits(subject, one)
        for one in subject.act.terms.values()
    )
    absent = _last(moments, "LeaveTaken") is not None
    return instead and absent and not _met_by(moments, term, due)


def _comes_instead(subject: Subject, term: Term, since: date, moments: Sequence[Moment]) -> bool:
    printed = printed_day(subject, term.met_by)
    if term.since == "EmployeeAppointed":
        return since > (printed or subject.period.start)
    return printed is None or not _met_by(moments, term, printed)


def _came_after(moments: Sequence[Moment], due: date) -> bool:
    appointed = _last(moments, "EmployeeAppointed")
    return appointed is not None and appointed > due


def _met_by(moments: Sequence[Moment], term: Term, day: date) -> bool:
    return any(one.name == term.met_by and one.day <= day for one in moments)


def _met(subject: Subject, code: str, term: Term, moments: Sequence[Moment]) -> Iterator[date]:
    """The days on which the term was met, the first one first."""
    refusal = subject.act.delivery.refusal
    names = {term.met_by}
    if term.met_by == "ResultDelivered" and refusal is not None and code != refusal.term:
        # One who refuses to be told has been offered the result, and the refusal stops nothing.
        names.add("AcquaintanceRefused")
    after: Sequence[Moment] = moments
    since = None
    if term.since in _RETURNS:
        # What was returned was there before, perhaps on the same day: only what was recorded later counts.
        after = moments[max(place for place, one in enumerate(moments) if one.name == term.since) :]
    elif term.since is not None and term.since not in _LATE:
        since = _start(subject, term, moments)
    yield from sorted(one.day for one in after if one.name in names and (since is None or one.day >= since))


def state_of(term: Term, due: date, met_on: date | None, today: date) -> State:
    """How a term of the act stands on a day, by its last day and the day it was met."""
    if met_on is not None:
        return "kept" if met_on <= due else "missed"
    if today <= due:
        return "open"
    if term.missing == "refuses":
        return "lapsed"
    return "missed" if term.met_by is not None else "unreported"


def _last(moments: Sequence[Moment], name: str) -> date | None:
    return max((one.day for one in moments if one.name == name), default=None)
