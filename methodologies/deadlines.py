"""Due dates of an act's terms, by its readings `term-start` and `deadline-on-day-off`."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from events.period import Period
from methodologies.model.procedure import FixedDay, Term
from methodologies.workdays import WorkCalendar

_MONTHS = 12


def counted_due(term: Term, event: date, calendar: WorkCalendar, readings: Mapping[str, str]) -> date:
    """The last day of a term counted from the day of the event it names (back from it, for `before`).

    By `next-day` the day after the event is the first, by `same-day` the event's own day is, where it is a
    day of the kind counted. Terms in working days end on one; the others are moved only by the reading
    `deadline-on-day-off`, and only onward: a notice is never moved nearer to what it gives notice of.
    ValueError for a term that is a printed day.
    """
    if term.count is None:
        raise ValueError("expected a term counted in days or months")
    forward = term.before is None
    way = 1 if forward else -1
    same_day = readings["term-start"] == "same-day"
    if term.unit == "working-days":
        origin = event - timedelta(days=way) if same_day else event
        return calendar.add_working_days(origin, way * term.count)
    span = relativedelta(months=term.count) if term.unit == "months" else relativedelta(days=term.count)
    due = event + span * way - timedelta(days=way * same_day)
    return _moved(due, calendar, readings) if forward else due


def fixed_due(term: Term, period: Period, calendar: WorkCalendar, readings: Mapping[str, str]) -> date | None:
    """The printed day of a term for a period; None when the term has none for a period of that kind.

    A day off moves it only by the reading `deadline-on-day-off`.
    """
    for day in term.fixed:
        if (day.of == "quarter") == period.is_quarter and day.only_quarter in {None, period.quarter}:
            return _moved(_printed(day, period), calendar, readings)
    return None


def _printed(day: FixedDay, period: Period) -> date:
    if day.month is not None:
        year, month = period.year + day.years_after, day.month
    else:
        months = period.end.month + day.months_after
        year, month = period.year + (months - 1) // _MONTHS, (months - 1) % _MONTHS + 1
    last = monthrange(year, month)[1]
    return date(year, month, last if day.day is None else min(day.day, last))


def _moved(due: date, calendar: WorkCalendar, readings: Mapping[str, str]) -> date:
    return calendar.next_working_day(due) if readings["deadline-on-day-off"] == "next-working-day" else due
