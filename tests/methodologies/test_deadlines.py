"""Due dates of every term of the acts, by hand, and what the two readings change."""

from datetime import date

import pytest

from events.period import parse_period
from methodologies.deadlines import counted_due, fixed_due
from methodologies.loading import shipped
from methodologies.workdays import WorkCalendar, calendar_days

CALENDAR = WorkCalendar().with_days((day.day, day.working) for day in calendar_days(range(2017, 2028)))
DEFAULT = {"term-start": "next-day", "deadline-on-day-off": "stays"}
SAME_DAY = {"term-start": "same-day", "deadline-on-day-off": "stays"}
MOVED = {"term-start": "next-day", "deadline-on-day-off": "next-working-day"}

FIXED = [
    (
        "zhanakorgan-2026",
        "quarter-assessed",
        "2026-Q1",
        date(2026, 4, 20),
        "cl. 4: the 20th after the quarter",
    ),
    ("zhanakorgan-2026", "quarter-assessed", "2026-Q4", date(2027, 1, 20), "cl. 4: across the New Year"),
    ("zhanakorgan-2026", "annual-formed", "2026", date(2027, 1, 30), "cl. 4: 30 January"),
    ("zhanakorgan-2026", "dismissed-told", "2026-Q1", date(2026, 4, 30), "cl. 9: within the month after"),
    ("zhanakorgan-2026", "dismissed-told", "2026-Q4", date(2027, 1, 31), "cl. 9: within the month after"),
    ("sjc-2017", "quarter-assessed", "2017-Q1", date(2017, 4, 10), "cl. 3(1): the 10th after the quarter"),
    ("sjc-2017", "quarter-assessed", "2017-Q3", date(2017, 10, 10), "cl. 3(1): the 10th after the quarter"),
    ("sjc-2017", "quarter-assessed", "2017-Q4", date(2017, 12, 10), "cl. 3(1): the fourth by 10 December"),
    ("sjc-2017", "annual-assessed", "2017", date(2017, 12, 25), "cl. 3(2): 25 December of the year"),
    ("sjc-2017", "plan-drawn-up", "2018", date(2018, 1, 10), "cl. 10: 10 January of the year"),
]

COUNTED = [
    (
        "zhanakorgan-2026",
        "calibration-request",
        date(2026, 4, 14),
        date(2026, 4, 21),
        "cl. 10: five from receipt",
    ),
    (
        "pavlodar-2026",
        "calibration-request",
        date(2026, 4, 17),
        date(2026, 4, 24),
        "cl. 10: five from acquaintance",
    ),
    (
        "zhanakorgan-2026",
        "panel-approved",
        date(2026, 4, 17),
        date(2026, 4, 22),
        "cl. 19: three from the request",
    ),
    (
        "zhanakorgan-2026",
        "panel-held",
        date(2026, 4, 29),
        date(2026, 5, 18),
        "cl. 20: ten over the May holidays",
    ),
    (
        "zhanakorgan-2026",
        "protocol-filed",
        date(2026, 5, 15),
        date(2026, 5, 20),
        "cl. 22: three from signing",
    ),
    ("sjc-2017", "absent-assessed", date(2017, 4, 10), date(2017, 4, 17), "cl. 3: five from the return"),
    ("sjc-2017", "plan-of-appointed", date(2017, 2, 1), date(2017, 2, 15), "cl. 11: ten from appointment"),
    ("sjc-2017", "notice", date(2017, 4, 3), date(2017, 3, 24), "cl. 14: ten calendar days before"),
    (
        "sjc-2017",
        "annual-computed",
        date(2017, 12, 22),
        date(2017, 12, 13),
        "cl. 32: five before, 18 and 19 off",
    ),
    ("sjc-2017", "told", date(2017, 4, 7), date(2017, 4, 11), "cl. 36: two from completion"),
    ("sjc-2017", "appeal", date(2017, 4, 7), date(2017, 4, 21), "cl. 38: ten from the decision"),
    ("sjc-2017", "training", date(2017, 11, 30), date(2018, 2, 28), "cl. 42: three months from approval"),
    ("arys-2022", "plan-drawn-up", date(2023, 1, 1), date(2023, 1, 17), "cl. 9: ten, the 2nd and 3rd off"),
    ("arys-2022", "plan-resubmitted", date(2023, 1, 20), date(2023, 1, 24), "cl. 12: two from the return"),
    ("arys-2022", "sheet-resubmitted", date(2023, 1, 20), date(2023, 1, 24), "cl. 23: two from the return"),
    ("arys-2022", "targets-to-commission", date(2023, 1, 20), date(2023, 1, 24), "cl. 24: two from signing"),
    (
        "arys-2022",
        "competencies-to-commission",
        date(2023, 1, 20),
        date(2023, 1, 24),
        "cl. 28: two from signing",
    ),
    ("arys-2022", "notice", date(2023, 1, 20), date(2023, 1, 11), "cl. 29: seven working days before"),
    ("arys-2022", "absent-assessed", date(2023, 1, 20), date(2023, 1, 27), "cl. 4: five from the return"),
    ("arys-2022", "told", date(2023, 1, 27), date(2023, 1, 31), "cl. 40: two from completion"),
    ("arys-2022", "refused-sent", date(2023, 1, 27), date(2023, 1, 31), "cl. 41: in the same two"),
    ("arys-2022", "appeal", date(2023, 1, 27), date(2023, 2, 10), "cl. 42: ten from the decision"),
]


@pytest.mark.clause(
    "score-sheet/cl-4/by-the-20th",
    "score-sheet/cl-4/formed-by-itself",
    "score-sheet/cl-9/dismissed-told-in-the-month",
    "sjc-2017/cl-3/quarter-by-the-10th",
    "sjc-2017/cl-3/year-by-25-december",
    "sjc-2017/cl-10/plan-by-10-january",
)
@pytest.mark.parametrize(("act", "term", "period", "due", "clause"), FIXED, ids=str)
def test_printed_days(act: str, term: str, period: str, due: date, clause: str) -> None:
    assert fixed_due(shipped()[act].terms[term], parse_period(period), CALENDAR, DEFAULT) == due, clause


@pytest.mark.clause(
    "pavlodar-2026/cl-10/five-working-days",
    "sjc-2017/cl-11/plan-of-the-appointed",
    "sjc-2017/cl-14/ten-days-before",
    "sjc-2017/cl-32/five-days-before-the-sitting",
    "sjc-2017/cl-36/told-in-two-days",
    "arys-2022/cl-9/plan-in-ten-days",
    "arys-2022/cl-29/seven-working-days",
    "arys-2022/cl-40/told-in-two-days",
)
@pytest.mark.parametrize(("act", "term", "event", "due", "clause"), COUNTED, ids=str)
def test_counted_terms(act: str, term: str, event: date, due: date, clause: str) -> None:
    assert counted_due(shipped()[act].terms[term], event, CALENDAR, DEFAULT) == due, clause


@pytest.mark.parametrize("act", sorted(shipped()))
def test_every_term_of_the_act_is_in_these_tables(act: str) -> None:
    tabled = {(row[0], row[1]) for row in [*FIXED, *COUNTED]}
    like = "zhanakorgan-2026" if act in {"typical-2025", "health-2025", "pavlodar-2026"} else act

    assert {(like, term) for term in shipped()[act].terms} <= tabled


@pytest.mark.parametrize(
    ("act", "term", "event", "due"),
    [
        ("zhanakorgan-2026", "calibration-request", date(2026, 4, 14), date(2026, 4, 20)),
        ("zhanakorgan-2026", "calibration-request", date(2026, 4, 12), date(2026, 4, 17)),
        ("sjc-2017", "training", date(2017, 11, 30), date(2018, 2, 27)),
        ("sjc-2017", "notice", date(2017, 4, 3), date(2017, 3, 25)),
        ("arys-2022", "notice", date(2023, 1, 20), date(2023, 1, 12)),
    ],
)
def test_by_the_reading_same_day_the_day_of_the_event_is_the_first(
    act: str, term: str, event: date, due: date
) -> None:
    assert counted_due(shipped()[act].terms[term], event, CALENDAR, SAME_DAY) == due


@pytest.mark.parametrize(
    ("act", "term", "period", "due"),
    [
        ("zhanakorgan-2026", "quarter-assessed", "2025-Q2", date(2025, 7, 21)),
        ("zhanakorgan-2026", "annual-formed", "2026", date(2027, 2, 1)),
        ("sjc-2017", "quarter-assessed", "2017-Q4", date(2017, 12, 11)),
    ],
)
def test_by_the_reading_next_working_day_a_printed_day_moves_off_a_day_off(
    act: str, term: str, period: str, due: date
) -> None:
    assert fixed_due(shipped()[act].terms[term], parse_period(period), CALENDAR, MOVED) == due


def test_a_notice_is_never_moved_nearer_to_what_it_gives_notice_of() -> None:
    notice = shipped()["sjc-2017"].terms["notice"]

    assert counted_due(notice, date(2017, 4, 4), CALENDAR, MOVED) == date(2017, 3, 25)


def test_months_that_end_on_a_day_off_move_only_by_the_reading() -> None:
    training = shipped()["sjc-2017"].terms["training"]

    assert counted_due(training, date(2017, 4, 15), CALENDAR, DEFAULT) == date(2017, 7, 15)
    assert counted_due(training, date(2017, 4, 15), CALENDAR, MOVED) == date(2017, 7, 17)


def test_a_printed_day_belongs_to_one_kind_of_period() -> None:
    terms = shipped()["sjc-2017"].terms

    assert fixed_due(terms["quarter-assessed"], parse_period("2017"), CALENDAR, DEFAULT) is None
    assert fixed_due(terms["annual-assessed"], parse_period("2017-Q4"), CALENDAR, DEFAULT) is None
    assert fixed_due(terms["appeal"], parse_period("2017"), CALENDAR, DEFAULT) is None


def test_a_printed_day_cannot_be_counted() -> None:
    with pytest.raises(ValueError, match="counted"):
        counted_due(shipped()["sjc-2017"].terms["plan-drawn-up"], date(2017, 1, 1), CALENDAR, DEFAULT)
