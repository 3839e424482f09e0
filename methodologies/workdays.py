"""Working days of Kazakhstan: Monday to Friday but for the days declared otherwise."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from importlib.metadata import version
from types import MappingProxyType

import holidays
import msgspec

from events.vocabulary.body import WorkCalendarDeclared

_DAY = timedelta(days=1)
_SATURDAY = 5

FIRST_YEARS = range(2016, 2031)
"""The years whose calendars are published at first start: from before the oldest act to past the newest."""


class WorkCalendar(msgspec.Struct, frozen=True, eq=False):
    """Declared days over the ordinary week; a day that nobody declared is working from Monday to Friday."""

    declared: Mapping[date, bool] = msgspec.field(default_factory=lambda: MappingProxyType({}))

    def is_working(self, day: date) -> bool:
        return self.declared.get(day, day.weekday() < _SATURDAY)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after the day (before it, if negative); the day itself for 0."""
        step = _DAY if count > 0 else -_DAY
        left = abs(count)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def working_days(self, start: date, end: date) -> int:
        """How many working days there are from start to end, both included."""
        return sum(self.is_working(start + _DAY * place) for place in range((end - start).days + 1))

    def next_working_day(self, day: date) -> date:
        """The day itself if it is a working day, else the first one after it."""
        return day if self.is_working(day) else self.add_working_days(day, 1)

    def with_days(self, days: Iterable[tuple[date, bool]]) -> "WorkCalendar":
        """The calendar with more days declared; of two for a day the last stands."""
        return WorkCalendar(MappingProxyType({**self.declared, **dict(days)}))


def calendar_days(years: Iterable[int]) -> tuple[WorkCalendarDeclared, ...]:
    """The days of the years that are not as their day of the week says, by the package `holidays`.

    They are published as facts once, so that another version of the package changes no history. The days of
    Kurban ait in years to come are the package's estimate until they are declared.
    """
    return tuple(day for year in sorted(set(years)) for day in _of_year(year))


@cache
def _of_year(year: int) -> tuple[WorkCalendarDeclared, ...]:
    return tuple(_differing(year))


def _differing(year: int) -> Iterator[WorkCalendarDeclared]:
    # A day moved across New Year is known only to the neighbouring year, so three years are asked for; the
    # package then also lists 28.12.2013 as a working week-end whatever years are asked: other years are cut.
    known = holidays.country_holidays("KZ", years=range(year - 1, year + 2), language="kk")
    moved = {day for day in known.weekend_workdays if day.year == year}
    source = f"holidays {version('holidays')}"
    day = date(year, 1, 1)
    while day.year == year:
        ordinary = day.weekday() < _SATURDAY
        if ordinary and day in known:
            yield WorkCalendarDeclared(day=day, working=False, basis=f"{source}: {known[day]}")
        elif not ordinary and day in moved:
            yield WorkCalendarDeclared(day=day, working=True, basis=f"{source}: ауыстырылған жұмыс күні")
        day += _DAY
