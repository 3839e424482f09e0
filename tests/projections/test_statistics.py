"""Counts told to anybody: right where they are told, and nobody's own to be worked out from them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.log import Connection, today
from events.period import Period, quarter_of
from projections.statistics import FEWEST, Statistics, statistics
from services.servers import Servers, connect

GRADES = ("effective", "proper", "satisfactory", "unsatisfactory")
PERIOD = "2025-Q1"

Counts = Mapping[str, Mapping[str, int]]

some_counts = st.dictionaries(
    st.sampled_from([f"body-{number}" for number in range(7)]),
    st.dictionaries(st.sampled_from(GRADES), st.integers(1, 30), min_size=1),
)


@pytest.fixture
def anybody(own_servers: Servers) -> Iterator[Connection]:
    """The login of those who read, with no viewer."""
    with connect(own_servers, "bagalau_reader", autocommit=True) as conn:
        yield conn


@pytest.fixture
def told(owner: Connection, anybody: Connection) -> "Told":
    return Told(owner, anybody)


class Told:
    """What anybody is told of results like these."""

    def __init__(self, owner: Connection, reader: Connection) -> None:
        self._owner = owner
        self._reader = reader

    def __call__(self, counts: Counts, fewest: int = FEWEST, *, period: str = PERIOD) -> Statistics:
        self._owner.execute("DELETE FROM projection.grades")
        for body, grades in counts.items():
            for grade, results in grades.items():
                self._owner.execute(
                    "INSERT INTO projection.grades (generation, ledger, person, kind, id, period, status,"
                    " grade, methodology, revision, seq, digest, sealed)"
                    " SELECT 1, %s, uuid_send(u), %s, u, %s, 'graded', %s, 'zhanakorgan-2026', 1, 1,"
                    " uuid_send(u), ''"
                    " FROM (SELECT gen_random_uuid() AS u FROM generate_series(1, %s)) AS each",
                    [body, "quarterly" if "Q" in period else "annual", period, grade, results],
                )
        return statistics(self._reader, period, fewest)


def tells_nobodys(counts: Mapping[str, int], fewest: int) -> bool:
    """Whether whoever knows these counts knows nobody's grade by them."""
    given_to = [results for results in counts.values() if results]
    return len(given_to) > 1 and min(given_to) >= fewest


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(counts=some_counts, fewest=st.integers(5, 8))
def test_what_is_told_is_right_and_what_is_left_out_cannot_be_worked_out(
    told: Told, counts: Counts, fewest: int
) -> None:
    found = told(counts, fewest)
    for body, grades in found.bodies.items():
        assert grades == counts[body]
        assert tells_nobodys(grades, fewest)
    everybody = sum((Counter(grades) for grades in counts.values()), Counter[str]())
    assert found.total in ({}, everybody)
    if found.total:
        rest = everybody - sum((Counter(grades) for grades in found.bodies.values()), Counter[str]())
        assert not rest or tells_nobodys(rest, fewest)
        assert len(counts) - len(found.bodies) != 1
        assert found.withheld == rest.total()
    else:
        assert not found.bodies


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(counts=some_counts)
def test_nothing_is_withheld_where_every_body_may_be_told(told: Told, counts: Counts) -> None:
    many = {
        body: {grade: grades.get(grade, 0) + FEWEST for grade in GRADES} for body, grades in counts.items()
    }
    assert told(many).bodies == many


LARGE = {"effective": 40, "proper": 20}


def test_a_grade_that_four_were_given_withholds_their_body_and_the_smallest_other(told: Told) -> None:
    small = {"effective": 9, "proper": 6}
    found = told({"aul": {"effective": 30, "unsatisfactory": 4}, "kent": small, "oblys": LARGE})
    # Four unsatisfactory are still four in the two together, so the third has to be withheld as well.
    assert found.bodies == {}
    assert found.total == {}
    found = told({"aul": {"effective": 30, "proper": 4}, "kent": small, "oblys": LARGE})
    assert found.bodies == {"oblys": LARGE}
    assert found.total == {"effective": 79, "proper": 30}


def test_one_grade_for_all_of_a_body_is_everybodys_own(told: Told) -> None:
    found = told({"aul": {"effective": 30}, "kent": {"effective": 9, "proper": 6}, "oblys": LARGE})
    assert found.bodies == {"oblys": LARGE}


def test_fewer_than_five_is_never_asked_for(told: Told) -> None:
    bodies = {"aul": {"effective": 30, "proper": 4}, "kent": LARGE, "oblys": LARGE}
    assert told(bodies, 1).bodies == told(bodies, 5).bodies


def test_a_year_counts_annual_results(told: Told) -> None:
    assert told({"aul": LARGE, "oblys": LARGE}, period="2025").total == {"effective": 80, "proper": 40}


def test_the_reader_sees_no_row_of_what_it_is_told_the_counts_of(told: Told, anybody: Connection) -> None:
    assert told({"aul": LARGE, "oblys": LARGE}).total
    row = anybody.execute("SELECT count(*) FROM projection.grades").fetchone()
    assert row == (0,)


def test_of_a_period_that_is_not_over_nothing_is_told(told: Told, owner: Connection) -> None:
    now = quarter_of(today(owner))
    before = quarter_of(now.start - timedelta(days=1))
    after = quarter_of(now.end + timedelta(days=1))
    many = {"aul": LARGE, "oblys": LARGE}
    for period in (now, after, Period(now.year), Period(now.year + 1)):
        found = told(many, period=str(period))
        assert (found.is_over, found.bodies, found.total, found.withheld) == (False, {}, {}, 0)
    for period in (before, Period(now.year - 1)):
        found = told(many, period=str(period))
        assert found.is_over
        assert found.total == {"effective": 80, "proper": 40}


IS_OVER = "SELECT projection.is_over(%s, %s)"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(year=st.integers(2000, 2100), quarter=st.sampled_from([None, 1, 2, 3, 4]))
def test_a_period_is_over_on_the_day_after_its_last(
    owner: Connection, year: int, quarter: int | None
) -> None:
    period = Period(year, quarter)
    for day, expected in ((period.end, False), (period.end + timedelta(days=1), True)):
        assert owner.execute(IS_OVER, [str(period), day]).fetchone() == (expected,)


@pytest.mark.parametrize("text", ["", "2025-Q5", "2025-Q", "2025-01", "0000", "2025-Q1\n", "25", "x2025"])
def test_what_is_no_period_is_never_over(owner: Connection, text: str) -> None:
    assert owner.execute(IS_OVER, [text, date(2030, 1, 1)]).fetchone() == (False,)
