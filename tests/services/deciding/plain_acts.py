"""What the acts say in figures and lists, as `plain_model` reads them, and the days that terms run over."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

DAYS_OFF = {date(2026, 5, 1), date(2026, 5, 7), date(2026, 5, 11), date(2026, 5, 27), date(2026, 7, 6)}
"""Those of April to July 2026 that are no Saturday or Sunday."""

EMPLOYEE, POSITION = "e-1", "p-1"
SUPERVISOR, UNIT_HEAD, SUPERIOR = "boss-1", "head-1", "top-1"
QUARTERS, YEAR = ("2025-Q3", "2025-Q4"), "2025"
LAST_DAYS = {"2025-Q3": date(2025, 9, 30), "2025-Q4": date(2025, 12, 31)}

ROWS = ("1", "2", "3", "4", "5")
MILD = {"remark", "reprimand", "severe-reprimand"}
ON_FIVE = ("unsatisfactory", "unsatisfactory", "satisfactory", "proper", "effective", "effective")
"""The grades of scores by their whole part (cl. 7)."""
OF_TARGETS = ("unsatisfactory", "satisfactory", "effective", "excellent")
"""The grades of two targets met, or fewer, of three, four and five (`arys-2022` cl. 18)."""
ASKED = {  # indicators by the group of the post: A, B, C (`arys-2022`, annex 4)
    "managing-work": (3, 4, 4),
    "cooperation": (3, 4, 3),
    "decisions": (5, 5, 3),
    "promptness": (4, 3, 4),
    "self-development": (4, 3, 3),
    "client-focus": (4, 3, 3),
    "informing-clients": (2, 3, 3),
    "integrity": (6, 6, 3),
    "responsibility": (1, 1, 1),
    "initiative": (1, 1, 1),
    "stress-resistance": (1, 1, 1),
}
CLIENTS = {"client-focus", "informing-clients"}


class Act(NamedTuple):
    """What sets an act apart; one that is `overall` reads a cap as one of the whole score."""

    id: str
    family: str = "sheet"
    grounds: frozenset[str] = frozenset({"absence"})
    by_supervisor: frozenset[str] = frozenset({"E-1", "E-2", "E-R-1"})
    from_acquaintance: bool = False
    overall: bool = False


_ALL_GROUNDS = frozenset({"absence", "secondment", "first-head"})
_WITH_E_3 = frozenset({"E-1", "E-2", "E-3", "E-R-1"})
ACTS = (
    Act("typical-2025"),
    Act("zhanakorgan-2026", by_supervisor=_WITH_E_3),
    Act("health-2025", grounds=_ALL_GROUNDS),
    Act("pavlodar-2026", grounds=_ALL_GROUNDS, from_acquaintance=True),
    Act("own-2026", by_supervisor=_WITH_E_3, overall=True),
    Act("sjc-2017", "points"),
    Act("arys-2022", "targets"),
)
FORMS = {
    "sheet": {"annex-1": "quarter", "annex-2": "quarter"},
    "points": {"points": "quarter", "plan": "year"},
    "targets": {"targets": "year", "competencies": "year"},
}


class Post(NamedTuple):
    category: str
    managerial: bool = False
    heads_unit: bool = False
    serves_public: bool = False


def rounded(score: Decimal, to: str = "0.01") -> Decimal:
    return score.quantize(Decimal(to), rounding=ROUND_HALF_UP)


def quarter_of(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def working_days_after(day: date) -> Iterator[date]:
    while True:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in DAYS_OFF:
            yield day


def due(since: date, days: int) -> date:
    """The last day of a term of so many working days that begins on the next day."""
    return next(day for number, day in enumerate(working_days_after(since), start=1) if number == days)
