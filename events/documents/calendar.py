"""The days of a year that a ledger declared working or off."""

from datetime import date

import msgspec

from events.envelope import Event
from events.vocabulary.body import WorkCalendarDeclared


class Calendar(msgspec.Struct, frozen=True):
    """Declared days in the order recorded; of two for a day the last stands."""

    days: tuple[tuple[date, bool], ...] = ()


def evolve(document: Calendar | None, event: Event) -> Calendar:
    """The declared days after one more event."""
    current = document or Calendar()
    data = event.data
    if not isinstance(data, WorkCalendarDeclared):
        return current
    return Calendar((*current.days, (data.day, data.working)))
