"""What a decider sees: the documents concerned and the law, and the questions it asks of them."""

from collections.abc import Mapping
from datetime import date
from typing import TypeVar

import msgspec

from events.documents import Adoptions, Assessment, Calendar, Calibration, Document, Employment, Plan
from events.documents.assessment import Sheet
from events.envelope import Fact, Refusal
from events.period import Period, parse_period
from events.vocabulary import Name
from methodologies.registry import Governing, Law, governing
from methodologies.workdays import WorkCalendar
from projections.view import LedgerView

D = TypeVar("D", bound=Document)


class Situation(msgspec.Struct, frozen=True):
    """A ledger's documents by name (at least those that `needs` named) and the law as known."""

    ledger: str
    documents: Mapping[Name, Document]
    law: Law

    def find(self, name: Name, kind: type[D]) -> D | None:
        """The document of that name; None while nothing was recorded of it."""
        document = self.documents.get(name)
        return document if isinstance(document, kind) else None

    def employment(self, employee: str) -> Employment:
        """The employee's file; refuses `unknown-employee`."""
        found = self.find(Name("employment", (employee,)), Employment)
        if found is None or not found.tenures:
            raise Refusal("unknown-employee", field="data.employee")
        return found

    def servant(self, employee: str, position: str) -> Employment:
        """The file of one who holds or held the position; refuses `unknown-employee`, `unknown-position`."""
        found = self.employment(employee)
        if not found.tenures_in(position):
            raise Refusal("unknown-position", field="data.position")
        return found

    def assessment(self, name: Name) -> Assessment:
        """The assessment so far; empty while nothing was recorded of it."""
        employee, position, period = name.key
        return self.find(name, Assessment) or Assessment(employee, position, period)

    def plan(self, name: Name) -> Plan | None:
        """The work plan of an assessment's or a plan's employee, position and year."""
        return self.find(Name("plan", name.key), Plan)

    def calibration(self, name: Name) -> Calibration | None:
        """The calibration of an assessment; None while it was never asked for."""
        return self.find(Name("calibration", name.key), Calibration)

    def calendar(self, day: date) -> WorkCalendar:
        """Working days about a day, for everybody, and over them those that the body declared for itself."""
        years = (day.year - 1, day.year, day.year + 1)
        declared = (self.find(Name("calendar", (f"{year:04d}",)), Calendar) for year in years)
        own = [each for one in declared if one is not None for each in one.days]
        return self.law.calendar.with_days(own) if own else self.law.calendar

    @property
    def view(self) -> LedgerView:
        """The same as those see it who derive grades."""
        return LedgerView(self.ledger, self.documents, self.law)

    def sheet(self, fact: Fact, form: str | None) -> Sheet:
        """The sheet that a fact speaks of; refuses what is not known."""
        employee, position, _ = fact.document.key
        self.servant(employee, position)
        found = self.assessment(fact.document).sheet(form)
        if found is None:
            raise Refusal("unknown-sheet", field="data")
        return found

    def open_sheet(self, fact: Fact, form: str | None) -> Sheet:
        """The sheet that a fact speaks of, while it may still be filled in; refuses `sheet-signed`."""
        found = self.sheet(fact, form)
        if found.is_signed:
            raise Refusal("sheet-signed", field="data")
        return found

    def governing(self, period: Period) -> Governing:
        """The act that governs this body in a period."""
        return governing(self.law, self.find(Name("adoptions", ()), Adoptions), period, self.ledger)


def period_of(fact: Fact) -> Period:
    """The period of an assessment's or a plan's fact."""
    return parse_period(fact.document.key[2])
