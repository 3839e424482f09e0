from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.period import Period, parse_period, quarter_of, quarters_of
from events.vocabulary.types import PERIOD_PATTERN
from tests.vocabulary_strategies import days, matching

periods = matching(PERIOD_PATTERN).map(parse_period)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q2", date(2026, 4, 1), date(2026, 6, 30)),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_runs_from_its_first_day_to_its_last(text, first, last):
    period = parse_period(text)

    assert (period.start, period.end, str(period)) == (first, last, text)
    assert period.contains(first)
    assert period.contains(last)
    assert not period.contains(first - timedelta(days=1))
    assert not period.contains(last + timedelta(days=1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-Q0",
        "2026-Q5",
        "2026-Q",
        "2026-Q1-Q1",
        "2026-q1",
        "2026-1",
        "26-Q1",
        "0000",
        "٢٠٢٦",
        "2026 ",
        "-Q1",
    ],
)
def test_a_period_that_does_not_exist_is_refused(text):
    with pytest.raises(ValueError, match="expected a quarter such as 2026-Q1"):
        parse_period(text)


@given(periods)
def test_whatever_the_door_takes_for_a_period_is_one(period):
    assert parse_period(str(period)) == period
    assert period.start <= period.end
    assert period.is_quarter == (period.quarter is not None)


@given(days)
def test_a_day_lies_in_one_quarter_of_its_year(day):
    assert [quarter for quarter in quarters_of(day.year) if quarter.contains(day)] == [quarter_of(day)]


@given(st.integers(1991, 2999))
def test_the_quarters_of_a_year_follow_each_other_without_a_gap(year):
    quarters = quarters_of(year)

    assert quarters[0].start == Period(year).start
    assert quarters[-1].end == Period(year).end
    for earlier, later in pairwise(quarters):
        assert later.start == earlier.end + timedelta(days=1)
        assert earlier < later


def test_a_year_spans_from_its_first_quarter_to_its_last():
    assert (Period(2026).first_quarter, Period(2026).last_quarter) == ((2026, 1), (2026, 4))
    assert Period(2026, 3).first_quarter == Period(2026, 3).last_quarter == (2026, 3)
