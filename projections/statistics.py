"""How many results there are of each grade, as far as the counts tell nobody's own (cl. 13)."""

from typing import Final

import msgspec

from events.log import Connection, today
from events.period import parse_period
from projections.grade import Kind
from projections.sql import statements

FEWEST: Final = 5
"""A grade that fewer were given in a body would point at them."""

_SQL = statements("statistics")


class Statistics(msgspec.Struct, frozen=True):
    """Counts of the graded results of a period: by body and grade, and of all bodies together by grade.

    A body whose counts would tell somebody's own result is not among them, nor bodies that it could be worked
    out from; `total` is empty where that reaches all of them, nothing is graded, or the period is not over.
    """

    period: str
    fewest: int
    bodies: dict[str, dict[str, int]]
    total: dict[str, int]
    is_over: bool

    @property
    def withheld(self) -> int:
        """How many results are counted in the total alone."""
        return sum(self.total.values()) - sum(sum(counts.values()) for counts in self.bodies.values())


def statistics(conn: Connection, period: str, fewest: int = FEWEST) -> Statistics:
    """The counts of a quarter or a year that PostgreSQL tells anybody, without a viewer too.

    `fewest` below 5 counts as 5. A period that is not over by Almaty's day has none. Raises ValueError for a
    period that is none.
    """
    kind = _kind(period)
    is_over = parse_period(period).end < today(conn)
    found = Statistics(period, max(fewest, FEWEST), {}, {}, is_over)
    for ledger, grade, results in conn.execute(_SQL["result_counts"], [kind, period, found.fewest]):
        counts = found.total if ledger is None else found.bodies.setdefault(ledger, {})
        counts[grade] = results
    return found


def has_results(conn: Connection, period: str) -> bool:
    """Whether any result of a quarter or a year is graded; `conn` is of a login that sees all of them.

    Raises ValueError for a period that is none.
    """
    row = conn.execute(_SQL["has_results"], [_kind(period), period]).fetchone()
    return bool(row and row[0])


def _kind(period: str) -> Kind:
    return "quarterly" if parse_period(period).is_quarter else "annual"
