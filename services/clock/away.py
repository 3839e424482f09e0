"""Servants who are away: secondments as the ledgers of both bodies know them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TypeAlias

import msgspec

from events.documents.employment import Secondment
from events.period import quarter_of
from events.vocabulary import Data
from services.clock.state import LedgerState

Leaf: TypeAlias = Callable[[str, int], str]
"""The leaf of an event, by ledger and place, in hexadecimal."""

States: TypeAlias = Mapping[str, LedgerState]


class Carried(msgspec.Struct, frozen=True):
    """What is to be said in another ledger, on the day its source happened."""

    data: Data
    on: date


class Away(msgspec.Struct, frozen=True):
    """A secondment as both ledgers know it."""

    home: LedgerState
    host: LedgerState
    employee: str
    of: Secondment

    def touches(self, day: date) -> bool:
        """Whether the quarter of a day holds a day of the secondment."""
        quarter = quarter_of(day)
        return self.of.since <= quarter.end and self.of.until >= quarter.start


def aways(states: States) -> Iterator[Away]:
    """Every secondment between ledgers at hand, of those whose documents can be read at both ends."""
    for home in states.values():
        for employee in home.seconded:
            employment = None if employee in home.unfit else home.employment(employee)
            for one in employment.secondments if employment else ():
                host = states.get(one.to_body)
                known = one.id in home.sources and host is not None and one.to_employee not in host.unfit
                if host is not None and known:
                    yield Away(home, host, employee, one)
