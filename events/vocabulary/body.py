"""The body: its registration, the methodology it adopts, its days of work."""

from datetime import date
from functools import cached_property

from events.vocabulary.types import BodyCode, Data, Name, Names, PeriodText, Text
from events.vocabulary.words import ActId


class BodyRegistered(Data, frozen=True, kw_only=True):
    """A state body whose servants are assessed joins and gets its ledger (cl. 1; recorded by central HR)."""

    code: BodyCode
    name: Names

    @cached_property
    def document(self) -> Name:
        return Name("body", (self.code,))


class MethodologyAdopted(Data, frozen=True, kw_only=True, omit_defaults=True):
    """A body (or in `agency` every body) is governed by a methodology from a period on (cl. 1)."""

    methodology: ActId
    from_period: PeriodText
    until_period: PeriodText | None = None

    @cached_property
    def document(self) -> Name:
        return Name("adoptions", ())


class WorkCalendarDeclared(Data, frozen=True, kw_only=True):
    """A day is declared a working day or a day off (labour code; the government moves days)."""

    day: date
    working: bool
    basis: Text

    @cached_property
    def document(self) -> Name:
        return Name("calendar", (f"{self.day.year:04d}",))
