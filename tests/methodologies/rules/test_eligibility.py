"""Who is assessed, worked out by hand from each act's clause."""

from datetime import date

import pytest

from events.documents import Employment
from events.period import parse_period
from methodologies.loading import shipped
from methodologies.rules.eligibility import ineligible, steps, tenure_in
from methodologies.rules.steps import Ground
from tests.documents import assessment, employment, tenure


def ground(act: str, period: str, file: Employment | None, workdays: int | None = 57) -> Ground | None:
    return ineligible(shipped()[act], assessment(period, workdays=workdays), file, parse_period(period))


def reason(act: str, period: str, file: Employment | None, workdays: int | None = 57) -> str | None:
    found = ground(act, period, file, workdays)
    return None if found is None else found.code


TENURES = [
    # clause, act, period, since, until, reason
    ("cl. 5: the whole quarter", "typical-2025", "2026-Q1", "2020-05-04", None, None),
    ("cl. 5: exactly a month to the end", "typical-2025", "2026-Q1", "2026-03-01", None, None),
    ("cl. 5: a day less", "typical-2025", "2026-Q1", "2026-03-02", None, "tenure-too-short"),
    ("cl. 5: the last day", "typical-2025", "2026-Q1", "2026-03-31", None, "tenure-too-short"),
    ("cl. 5: after the period", "typical-2025", "2026-Q1", "2026-04-01", None, "position-not-held"),
    ("cl. 5: a month, then left", "typical-2025", "2026-Q1", "2026-02-01", "2026-02-28", None),
    (
        "cl. 5: a day less, then left",
        "typical-2025",
        "2026-Q1",
        "2026-02-01",
        "2026-02-27",
        "tenure-too-short",
    ),
    ("cl. 5: from 31 January to 27 February", "typical-2025", "2026-Q1", "2026-01-31", "2026-02-27", None),
    (
        "cl. 5: left before the period",
        "typical-2025",
        "2026-Q1",
        "2020-01-01",
        "2025-12-31",
        "position-not-held",
    ),
    ("cl. 5: left on its first day", "typical-2025", "2026-Q1", "2020-01-01", "2026-01-01", None),
    ("cl. 5: the fourth quarter", "typical-2025", "2026-Q4", "2026-12-01", None, None),
    (
        "cl. 5: the fourth quarter, a day less",
        "typical-2025",
        "2026-Q4",
        "2026-12-02",
        None,
        "tenure-too-short",
    ),
    ("cl. 3: three months are the quarter", "sjc-2017", "2017-Q1", "2017-01-01", None, None),
    ("cl. 3: a day less", "sjc-2017", "2017-Q1", "2017-01-02", None, "tenure-too-short"),
    ("cl. 3: three months of the year", "sjc-2017", "2017", "2017-10-01", None, None),
    ("cl. 3: a day less of the year", "sjc-2017", "2017", "2017-10-02", None, "tenure-too-short"),
    ("cl. 4: three months in the position", "arys-2022", "2022", "2022-10-01", None, None),
    ("cl. 4: a day less in the position", "arys-2022", "2022", "2022-10-02", None, "tenure-too-short"),
]


@pytest.mark.clause(
    "score-sheet/cl-5/a-month-in-the-position",
    "sjc-2017/cl-3/three-months",
    "arys-2022/cl-4/three-months",
)
@pytest.mark.parametrize("row", TENURES, ids=[f"{row[1]} {row[0]}" for row in TENURES])
def test_time_in_the_position(row: tuple[str, str, str, str, str | None, str | None]) -> None:
    _, act, period, since, until, expected = row
    assert reason(act, period, employment(tenure(since, until))) == expected


def test_nobody_is_assessed_in_a_position_that_he_never_held() -> None:
    held = employment(tenure("2020-01-01", position="p-2"))
    assert reason("typical-2025", "2026-Q1", held) == "position-not-held"
    assert reason("typical-2025", "2026-Q1", None) == "position-not-held"


def test_of_two_times_in_a_position_the_one_that_is_long_enough_decides() -> None:
    returned = employment(tenure("2026-01-01", "2026-01-10"), tenure("2026-02-01"))
    assert reason("typical-2025", "2026-Q1", returned) is None
    left = employment(tenure("2020-01-01", "2026-01-10"), tenure("2026-03-20"))
    assert reason("typical-2025", "2026-Q1", left) is None
    never = employment(tenure("2026-01-01", "2026-01-10"), tenure("2026-03-20"))
    found = ground("typical-2025", "2026-Q1", never)
    assert found is not None
    assert found.inputs == {"since": date(2026, 3, 20), "until": date(2026, 3, 31), "months": 1}


def test_of_two_times_in_a_position_the_first_stands_for_the_servant() -> None:
    first = tenure("2026-01-01", "2026-01-10", category="E-3")
    file = employment(tenure("2026-02-01"), first)
    assert tenure_in(file, "p-1", parse_period("2026-Q1")) == first


@pytest.mark.clause("score-sheet/cl-5/fifteen-working-days")
@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "too-few-workdays"), (14, "too-few-workdays"), (15, None), (16, None), (None, None)],
)
def test_clause_5_wants_fifteen_days_actually_worked(days: int | None, expected: str | None) -> None:
    assert reason("typical-2025", "2026-Q1", employment(tenure("2020-01-01")), days) == expected


@pytest.mark.parametrize("act", ["sjc-2017", "arys-2022"])
def test_the_older_acts_ask_for_no_number_of_days(act: str) -> None:
    assert reason(act, "2022", employment(tenure("2020-01-01")), 0) is None


@pytest.mark.clause("sjc-2017/cl-3/probation", "arys-2022/cl-4/probation")
@pytest.mark.parametrize(
    ("act", "until", "expected"),
    [
        ("sjc-2017", "2022-12-30", None),
        ("sjc-2017", "2022-12-31", "on-probation"),
        ("sjc-2017", "2023-02-01", "on-probation"),
        ("arys-2022", "2022-12-30", None),
        ("arys-2022", "2022-12-31", "on-probation"),
        ("typical-2025", "2023-02-01", None),
    ],
)
def test_probation_excuses_where_the_act_says_so(act: str, until: str, expected: str | None) -> None:
    file = employment(tenure("2022-01-01", probation_until=date.fromisoformat(until)))
    assert reason(act, "2022", file) == expected


@pytest.mark.clause("arys-2022/cl-4/three-months")
@pytest.mark.parametrize(
    ("act", "leave", "expected"),
    [
        ("arys-2022", ("social-leave", "2022-02-01", "2022-09-30"), None),
        ("arys-2022", ("social-leave", "2022-02-01", "2022-10-01"), "tenure-too-short"),
        ("arys-2022", ("study", "2022-02-01", "2022-10-01"), "tenure-too-short"),
        ("arys-2022", ("social-leave", "2022-02-01", "2022-12-30"), "tenure-too-short"),
        ("arys-2022", ("annual-leave", "2022-02-01", "2022-12-01"), None),
        ("sjc-2017", ("social-leave", "2022-02-01", "2022-12-01"), None),
    ],
)
def test_clause_4_of_arys_counts_the_three_months_anew_after_social_leave_or_study(
    act: str, leave: tuple[str, str, str | None], expected: str | None
) -> None:
    assert reason(act, "2022", employment(tenure("2015-01-01"), leaves=[leave])) == expected


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2022-04-01", None, None),
        ("2022-03-31", None, "tenure-too-short"),
        ("2022-04-01", "2022-12-31", None),
        ("2022-12-31", None, None),
        ("2022-01-01", None, "tenure-too-short"),
        ("2021-06-01", "2023-06-01", "tenure-too-short"),
    ],
)
def test_one_who_has_not_returned_is_judged_by_the_time_before_he_left(
    since: str, until: str | None, expected: str | None
) -> None:
    file = employment(tenure("2022-01-01"), leaves=[("social-leave", since, until)])
    assert reason("arys-2022", "2022", file) == expected


@pytest.mark.parametrize(
    ("appointed", "since", "expected"),
    [
        ("2015-01-01", "2022-01-01", "tenure-too-short"),
        ("2015-01-01", "2022-01-02", None),
        ("2022-10-01", "2022-12-31", "tenure-too-short"),
        ("2022-09-30", "2022-12-31", None),
    ],
)
def test_the_day_a_leave_begins_is_no_day_in_the_position(
    appointed: str, since: str, expected: str | None
) -> None:
    file = employment(tenure(appointed), leaves=[("social-leave", since, None)])
    assert reason("arys-2022", "2022", file) == expected


def test_the_ground_shows_the_days_that_were_counted() -> None:
    returned = employment(tenure("2015-01-01"), leaves=[("study", "2022-02-01", "2022-11-30")])
    found = ground("arys-2022", "2022", returned)
    assert found is not None
    assert (found.inputs["since"], found.inputs["until"]) == (date(2022, 12, 1), date(2022, 12, 31))
    away = employment(tenure("2015-01-01"), leaves=[("study", "2021-02-01", None)])
    found = ground("arys-2022", "2022", away)
    assert found is not None
    assert (found.inputs["since"], found.inputs["until"]) == (date(2022, 12, 31), date(2022, 12, 31))


def test_a_leave_after_the_period_changes_nothing_in_it() -> None:
    file = employment(tenure("2015-01-01"), leaves=[("social-leave", "2023-01-01", None)])
    assert reason("arys-2022", "2022", file) is None


def test_each_ground_carries_its_clause_and_what_it_was_judged_by() -> None:
    short = ground("sjc-2017", "2017-Q1", employment(tenure("2017-02-01")))
    few = ground("typical-2025", "2026-Q1", employment(tenure("2020-01-01")), 14)
    probation = ground(
        "sjc-2017", "2017-Q1", employment(tenure("2016-01-01", probation_until=date(2017, 4, 1)))
    )
    assert short == Ground(
        "tenure-too-short", "3", {"since": date(2017, 2, 1), "until": date(2017, 3, 31), "months": 3}
    )
    assert few == Ground("too-few-workdays", "5", {"days": 14, "least": 15})
    assert probation == Ground(
        "on-probation", "3", {"until": date(2017, 4, 1), "period_end": date(2017, 3, 31)}
    )


@pytest.mark.parametrize(
    ("act", "days", "rules"),
    [
        ("typical-2025", 57, ["tenure", "workdays"]),
        ("typical-2025", None, ["tenure", "workdays-unreported"]),
        ("sjc-2017", None, ["tenure"]),
    ],
)
def test_one_who_is_assessed_sees_why(act: str, days: int | None, rules: list[str]) -> None:
    told = steps(
        shipped()[act],
        assessment(workdays=days),
        employment(tenure("2020-01-01")),
        parse_period("2026-Q1"),
    )
    assert [step.rule for step in told] == rules
    assert all(step.value is True for step in told)


def test_without_the_position_there_is_nothing_to_tell() -> None:
    assert steps(shipped()["typical-2025"], assessment(), None, parse_period("2026-Q1")) == ()
