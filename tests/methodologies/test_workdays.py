"""Working days of Kazakhstan, and calendars declared over them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.period import parse_period, quarters_of
from methodologies.workdays import FIRST_YEARS, WorkCalendar, calendar_days

DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    return WorkCalendar().with_days((day.day, day.working) for day in calendar_days(FIRST_YEARS))


@pytest.mark.parametrize(("year", "quarters"), [(2025, [57, 61, 64, 64]), (2026, [57, 61, 65, 64])])
def test_working_days_by_quarter(calendar: WorkCalendar, year: int, quarters: list[int]) -> None:
    counted = [calendar.working_days(quarter.start, quarter.end) for quarter in quarters_of(year)]

    assert counted == quarters
    assert calendar.working_days(date(year, 1, 1), date(year, 12, 31)) == sum(quarters)


@pytest.mark.parametrize(("year", "days"), [(2025, 246), (2026, 247)])
def test_working_days_by_year(calendar: WorkCalendar, year: int, days: int) -> None:
    period = parse_period(str(year))

    assert calendar.working_days(period.start, period.end) == days


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2025, 1, 3), False),
        (date(2025, 1, 5), True),
        (date(2025, 1, 4), False),
        (date(2025, 3, 10), False),
        (date(2026, 3, 23), False),
        (date(2026, 3, 24), False),
        (date(2026, 3, 26), True),
        (date(2026, 8, 31), True),
    ],
)
def test_moved_and_observed_days(calendar: WorkCalendar, day: date, working: bool) -> None:
    assert calendar.is_working(day) is working


def test_a_year_alone_is_as_among_others_and_has_no_stray_day() -> None:
    alone = [day for year in FIRST_YEARS for day in calendar_days([year])]

    assert tuple(alone) == calendar_days(FIRST_YEARS)
    assert all(day.day.year in FIRST_YEARS for day in alone)
    assert date(2013, 12, 28) in {day.day for day in calendar_days([2013])}
    assert date(2013, 12, 28) not in {day.day for day in calendar_days([2014])}


def test_only_days_unlike_their_day_of_the_week_are_declared() -> None:
    for day in calendar_days([2025, 2026]):
        assert day.working is (day.day.weekday() >= 5)
        assert day.basis.startswith("holidays 0.109: ")


def test_the_last_declaration_of_a_day_stands(calendar: WorkCalendar) -> None:
    day = date(2026, 4, 10)

    moved = calendar.with_days([(day, False), (date(2026, 4, 11), True)])

    assert calendar.is_working(day)
    assert not moved.is_working(day)
    assert moved.is_working(date(2026, 4, 11))
    assert moved.with_days([(day, True)]).is_working(day)


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (date(2026, 4, 10), 5, date(2026, 4, 17)),
        (date(2026, 4, 10), 1, date(2026, 4, 13)),
        (date(2026, 4, 11), 1, date(2026, 4, 13)),
        (date(2026, 4, 10), 0, date(2026, 4, 10)),
        (date(2026, 4, 30), 3, date(2026, 5, 6)),
        (date(2026, 4, 13), -1, date(2026, 4, 10)),
        (date(2026, 5, 12), -3, date(2026, 5, 5)),
    ],
)
def test_counting_working_days(calendar: WorkCalendar, start: date, count: int, expected: date) -> None:
    assert calendar.add_working_days(start, count) == expected


@given(DAYS, st.integers(1, 40))
def test_as_many_working_days_lie_behind_a_due_date_as_were_added(day: date, count: int) -> None:
    calendar = WorkCalendar().with_days((one.day, one.working) for one in calendar_days([2025, 2026]))

    due = calendar.add_working_days(day, count)

    assert calendar.is_working(due)
    assert calendar.working_days(day + timedelta(days=1), due) == count
    assert calendar.next_working_day(due) == due


@given(DAYS)
def test_the_next_working_day_skips_only_days_off(day: date) -> None:
    calendar = WorkCalendar()

    following = calendar.next_working_day(day)

    assert calendar.is_working(following)
    assert calendar.working_days(day, following) == 1
