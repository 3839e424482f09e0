from datetime import date

from events.documents import fold
from events.vocabulary import Name
from events.vocabulary.body import WorkCalendarDeclared
from tests.ledger import after, given


def declared(day: date, *, working: bool) -> WorkCalendarDeclared:
    return WorkCalendarDeclared(day=day, working=working, basis="government decree")


def test_declared_days_stay_in_the_order_recorded():
    calendar = after(declared(date(2026, 1, 4), working=True), declared(date(2026, 3, 9), working=False))

    assert calendar.days == ((date(2026, 1, 4), True), (date(2026, 3, 9), False))


def test_of_two_declarations_for_a_day_the_last_stands():
    calendar = after(declared(date(2026, 3, 9), working=False), declared(date(2026, 3, 9), working=True))

    assert dict(calendar.days) == {date(2026, 3, 9): True}


def test_each_year_has_a_calendar_of_its_own():
    calendars = fold(
        given(declared(date(2025, 12, 31), working=True), declared(date(2026, 1, 4), working=True))
    )

    assert calendars.keys() == {Name("calendar", ("2025",)), Name("calendar", ("2026",))}
