"""What everything due of itself is found by: a ledger, the law and a day."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import cached_property
from typing import Final, TypeAlias

from events.documents import Annual, Assessment
from events.failures import told
from events.period import Period, quarters_of
from events.vocabulary import Data
from methodologies.deadlines import counted_due
from methodologies.model.sheets import Kind
from methodologies.moments import Subject, printed_day
from methodologies.registry import Governing, Law
from methodologies.workdays import WorkCalendar
from projections.grade import Grade
from projections.ledger import Work, grades_of
from projections.view import LedgerView
from services.clock.state import LedgerState
from services.deciding.situation import Situation

_DAY = timedelta(days=1)

_ENDED = "act-ended"

NOBODY: Final = ("", "")
"""Printed days are the same for everyone."""


class Ground:
    """A ledger as it is known, under the law, on a day (Asia/Almaty)."""

    def __init__(self, state: LedgerState, law: Law, today: date) -> None:
        self.state = state
        self.law = law
        self.today = today
        self.view = LedgerView(state.ledger, state.documents, law)
        self._issued_from: dict[tuple[Period, str], date] = {}

    @cached_property
    def periods(self) -> tuple[tuple[Period, Governing], ...]:
        """The periods of this year and the last that an adopted act governs which has not ended."""
        years = (self.today.year - 1, self.today.year)
        periods = (period for year in years for period in (*quarters_of(year), Period(year)))
        return tuple((one, law) for one in periods if (law := self.adopted(one)) is not None)

    @cached_property
    def calendar(self) -> WorkCalendar:
        """Working days for everybody, and over them those that the body declared for itself."""
        return Situation(self.state.ledger, self.state.documents, self.law).calendar(self.today)

    def adopted(self, period: Period) -> Governing | None:
        """What governs a period; None where nobody adopted it, or by its own source it has ended."""
        law = self.view.governing(period)
        if law.basis == "typical" or any(one.code == _ENDED for one in law.warnings):
            return None
        return law

    def subject(self, law: Governing, servant: tuple[str, str], period: Period, form: str | None) -> Subject:
        """The assessment of a servant (employee, position) under the law; without a form his year."""
        kind: Kind = "annual" if form is None else law.act.forms[form].kind
        return Subject(law.act, law.readings, self.calendar, *servant, period, kind, form)

    def issued_from(self, law: Governing, period: Period, form: str) -> date:
        """The day from which a sheet is issued: when the period is over, or earlier where the act needs it.

        Where it must be signed so early that the notice before it falls into the period, on the day of that
        notice (`sjc-2017` cl. 3, 14).
        """
        key = period, form
        if key not in self._issued_from:
            self._issued_from[key] = self._first_day(law, period, form)
        return self._issued_from[key]

    def _first_day(self, law: Governing, period: Period, form: str) -> date:
        subject = self.subject(law, NOBODY, period, form)
        after = period.end + _DAY
        signed_by = printed_day(subject, "SheetSigned")
        if signed_by is None:
            return after
        notices = (
            counted_due(term, signed_by, self.calendar, law.readings)
            for term in law.act.terms.values()
            if term.before == "AssessmentStarts" and term.met_by == "SheetIssued"
        )
        return min((after, *notices))

    def grades(self, employee: str) -> list[Grade]:
        """Every grade of the employee as it stands."""
        found: list[Assessment] = []
        years: set[int] = set()
        for name in self.state.names.get(employee, ()):
            document = self.state.documents.get(name)
            if isinstance(document, Assessment):
                found.append(document)
            elif isinstance(document, Annual):
                years.add(int(document.year))
        return list(grades_of(self.view, employee, Work(found, years)))


Duty: TypeAlias = Callable[[Ground, str], Iterator[Data]]
"""What is due of itself for one employee, given a ground; pure."""


def due(duty: Duty, ground: Ground, employees: Iterable[str]) -> tuple[list[Data], dict[str, str]]:
    """What a duty comes to for these employees, and those that it failed on with the place of the failure.

    Those whose documents cannot all be read are passed over.
    """
    found: list[Data] = []
    failed: dict[str, str] = {}
    for employee in employees:
        if employee in ground.state.unfit:
            continue
        try:
            found += duty(ground, employee)
        except Exception as error:  # noqa: BLE001 - whatever one person's documents do, the rest go on
            failed[employee] = told(error)
    return found, failed
