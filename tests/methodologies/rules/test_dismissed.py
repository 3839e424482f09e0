"""Who left too early to take part, by hand from cl. 6 of each act."""

from uuid import UUID

import pytest

from events.documents import Employment
from events.documents.employment import Received
from events.period import parse_period
from methodologies.loading import shipped
from methodologies.rules.dismissed import left_early
from methodologies.workdays import WorkCalendar, calendar_days
from tests.documents import employment, tenure

CALENDAR = WorkCalendar().with_days((day.day, day.working) for day in calendar_days(range(2026, 2028)))


def is_early(act: str, file: Employment, period: str = "2026-Q1", position: str | None = None) -> bool:
    found = shipped()[act]
    return left_early(found, found.chosen(), CALENDAR, parse_period(period), file, position=position)


def left(on: str, *later: tuple[str, str | None]) -> Employment:
    """The file of one whose last day it was, and of the times he served after it."""
    return employment(tenure("2020-01-01", on), *(tenure(since, until) for since, until in later))


@pytest.mark.clause("typical-2025/cl-6/dismissed-are-assessed")
@pytest.mark.parametrize("act", ["typical-2025", "zhanakorgan-2026", "health-2025"])
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2025-12-31", False),
        ("2026-01-01", True),
        ("2026-03-30", True),
        ("2026-03-31", False),
        ("2026-04-10", False),
    ],
)
def test_cl_6_one_dismissed_before_the_period_ended_takes_no_part(act, on, expected):
    assert is_early(act, left(on)) is expected


@pytest.mark.clause("pavlodar-2026/cl-6/dismissed-are-assessed")
@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2025-12-31", False),
        ("2026-03-31", True),
        ("2026-04-10", True),
        ("2026-04-19", True),
        ("2026-04-20", False),
        ("2026-04-21", False),
    ],
)
def test_pavlodar_cl_6_it_is_the_end_of_the_term_that_counts(on, expected):
    assert is_early("pavlodar-2026", left(on)) is expected


def test_one_who_still_serves_takes_part():
    assert is_early("zhanakorgan-2026", employment(tenure("2020-01-01"))) is False


@pytest.mark.parametrize(
    ("again", "expected"), [("2026-03-31", False), ("2026-04-01", True), ("2026-11-01", True)]
)
def test_one_appointed_again_before_the_period_ended_takes_part(again, expected):
    assert is_early("zhanakorgan-2026", left("2026-02-01", (again, None))) is expected


def test_a_transfer_is_no_dismissal():
    moved = employment(tenure("2020-01-01", "2026-02-15"), tenure("2026-02-16", position="p-2"))

    assert is_early("zhanakorgan-2026", moved) is False
    assert is_early("zhanakorgan-2026", moved, position="p-1") is False


def test_one_who_left_from_another_position_is_dismissed_from_the_first_as_well():
    gone = employment(tenure("2020-01-01", "2026-02-15"), tenure("2026-02-16", "2026-03-01", position="p-2"))

    assert is_early("zhanakorgan-2026", gone, position="p-1") is True
    assert is_early("zhanakorgan-2026", gone, position="p-3") is False


def test_one_whose_secondment_to_the_body_ended_went_home():
    from_home = Received(UUID(int=1), "arys", "a-1", "ap-1")

    assert (
        is_early("pavlodar-2026", employment(tenure("2026-01-12", "2026-02-20", received=from_home))) is False
    )


@pytest.mark.parametrize("act", ["sjc-2017", "arys-2022"])
@pytest.mark.parametrize("period", ["2026-Q1", "2026"])
def test_the_older_acts_do_not_speak_of_the_dismissed(act, period):
    assert is_early(act, left("2026-02-01"), period) is False
