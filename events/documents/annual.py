"""What was recorded of an employee's year: quarters carried home, and the annual score once formed."""

import msgspec

from events.envelope import Event
from events.vocabulary.assessment import AnnualFormed, QuarterCarried


class Annual(msgspec.Struct, frozen=True):
    """A year: of each quarter carried from elsewhere the last statement stands."""

    employee: str
    year: str
    carried: tuple[QuarterCarried, ...] = ()
    formed: AnnualFormed | None = None


def evolve(document: Annual | None, event: Event) -> Annual:
    """The year after one more event."""
    employee, year = event.document.key
    current = document or Annual(employee, year)
    data = event.data
    match data:
        case AnnualFormed():
            return msgspec.structs.replace(current, formed=data)
        case QuarterCarried():
            others = tuple(
                other
                for other in current.carried
                if (other.period, other.from_body, other.position)
                != (data.period, data.from_body, data.position)
            )
            return msgspec.structs.replace(current, carried=(*others, data))
    return current
