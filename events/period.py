"""Assessed periods: quarters and years."""

from datetime import date, timedelta
from functools import lru_cache

import msgspec

_MONTHS_IN_QUARTER = 3
_QUARTERS = 4


class Period(msgspec.Struct, frozen=True, order=True):
    """A quarter (`2026-Q1`) or, with no quarter, a whole year (`2026`)."""

    year: int
    quarter: int | None = None

    @property
    def is_quarter(self) -> bool:
        return self.quarter is not None

    @property
    def start(self) -> date:
        """The first day."""
        return _days(self.year, self.quarter)[0]

    @property
    def end(self) -> date:
        """The last day."""
        return _days(self.year, self.quarter)[1]

    @property
    def bounds(self) -> tuple[date, date]:
        """The first day and the last."""
        return _days(self.year, self.quarter)

    @property
    def first_quarter(self) -> tuple[int, int]:
        """(year, quarter) of the first quarter, to order periods of both kinds."""
        return self.year, self.quarter or 1

    @property
    def last_quarter(self) -> tuple[int, int]:
        """(year, quarter) of the last quarter, to order periods of both kinds."""
        return self.year, self.quarter or _QUARTERS

    def contains(self, day: date) -> bool:
        start, end = _days(self.year, self.quarter)
        return start <= day <= end

    def __str__(self) -> str:
        return f"{self.year:04d}" if self.quarter is None else f"{self.year:04d}-Q{self.quarter}"


# Few periods, asked for with every grade.
@lru_cache(maxsize=4096)
def _days(year: int, quarter: int | None) -> tuple[date, date]:
    """The first day and the last."""
    first = date(year, 1 if quarter is None else (quarter - 1) * _MONTHS_IN_QUARTER + 1, 1)
    following = (
        date(year + 1, 1, 1)
        if quarter in {None, _QUARTERS}
        else date(year, (quarter or 1) * _MONTHS_IN_QUARTER + 1, 1)
    )
    return first, following - timedelta(days=1)


@lru_cache(maxsize=4096)
def parse_period(text: str) -> Period:
    """The period that `2026-Q1` or `2026` names; ValueError for anything else."""
    year, separator, quarter = text.partition("-Q")
    well_formed = len(year) == 4 and year.isascii() and year.isdigit() and year != "0000"  # noqa: PLR2004
    if not well_formed or (separator and quarter not in {"1", "2", "3", "4"}):
        raise ValueError("expected a quarter such as 2026-Q1 or a year such as 2026")
    return Period(int(year), int(quarter) if separator else None)


def quarter_of(day: date) -> Period:
    """The quarter a day falls in."""
    return Period(day.year, (day.month - 1) // _MONTHS_IN_QUARTER + 1)


def quarters_of(year: int) -> tuple[Period, ...]:
    """The four quarters of a year, in order."""
    return tuple(Period(year, quarter) for quarter in range(1, _QUARTERS + 1))
