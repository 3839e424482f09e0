"""The holds on a servant's papers: which periods are kept beyond their term, and why."""

from datetime import date

import msgspec

from events.envelope import Event
from events.vocabulary.retention import HoldLifted, HoldPlaced


class Placed(msgspec.Struct, frozen=True):
    """A hold that stands: on a period's papers, or (None) on all of the servant's."""

    period: str | None
    basis: str
    on: date
    seq: int

    def covers(self, period: str | None) -> bool:
        """Whether papers of the period (None: of no period) are held; a year takes in its quarters."""
        if self.period is None:
            return True
        return period is not None and (period == self.period or period.startswith(f"{self.period}-"))


class Hold(msgspec.Struct, frozen=True):
    """Every hold on an employee's papers that was not lifted, in the order placed."""

    employee: str
    placed: tuple[Placed, ...] = ()

    def on(self, period: str | None) -> Placed | None:
        """The hold that was placed for exactly this period; None where none stands."""
        return next((one for one in self.placed if one.period == period), None)

    def covering(self, period: str | None) -> Placed | None:
        """The first hold that keeps papers of the period."""
        return next((one for one in self.placed if one.covers(period)), None)


def evolve(document: Hold | None, event: Event) -> Hold:
    """The holds after one more event."""
    data = event.data
    current = document or Hold(event.document.key[0])
    match data:
        case HoldPlaced():
            placed = Placed(data.period, data.basis, event.occurred_on, event.seq)
            return msgspec.structs.replace(current, placed=(*current.placed, placed))
        case HoldLifted():
            left = tuple(one for one in current.placed if one.period != data.period)
            return msgspec.structs.replace(current, placed=left)
    return current
