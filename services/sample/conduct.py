"""Sanctions: before the sheet, after it, a day outside the quarter, and some annulled later."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from events.period import Period
from services.sample.delivery import tell_all_anew
from services.sample.office import Fact, Office, Task, new_id
from services.sample.servant import Servant

_SANCTIONED = 0.02
_LATE = 0.3
_A_DAY_OUTSIDE = 0.15
_ANNULLED = 0.15
_DISCREDITING = 0.1

_KINDS = (
    ("remark", 40),
    ("reprimand", 30),
    ("severe-reprimand", 14),
    ("incompetence-warning", 8),
    ("demotion", 3),
    ("unfit-for-elected-post", 2),
    ("other", 3),
)
_DRAWN = tuple(kind for kind, weight in _KINDS for _ in range(weight))
_DAY = timedelta(days=1)
# Once every result of the quarter was told.
_LATE_FROM, _LATE_TO = 40, 60
_ANNULLED_FROM, _ANNULLED_TO = 45, 75


def conduct(office: Office, period: Period) -> Iterator[Task]:
    """The sanctions imposed in the quarter, or a day outside it, and what came of them."""
    for servant in office.staff.servants:
        servant.capped = False
        if office.chance(_SANCTIONED):
            yield from _sanction(office, servant, period)


def _sanction(office: Office, servant: Servant, period: Period) -> Iterator[Task]:
    first = max(period.start, servant.posts[0][1])
    last = min(period.end, servant.left or period.end)
    imposed, reported = _days(office, first, last, period)
    servant.capped = first <= imposed <= last and reported <= period.end
    fact_id = new_id(office.rng)
    told = period if reported > period.end + _DAY else None
    yield reported, partial(_recorded, office, servant, (imposed, reported), fact_id, told)
    if office.chance(_ANNULLED):
        first = max(reported + _DAY, period.end + timedelta(days=_ANNULLED_FROM))
        on = office.day_within(first, period.end + timedelta(days=_ANNULLED_TO))
        yield on, partial(_annulled, office, servant, on, fact_id, period)


def _days(office: Office, first: date, last: date, period: Period) -> tuple[date, date]:
    """The day a sanction is imposed, and the day it is reported."""
    if office.chance(_A_DAY_OUTSIDE):
        # Reported within the quarter all the same, or the day after it.
        before = office.rng.getrandbits(1) and first == period.start
        return (period.start - _DAY, first) if before else (period.end + _DAY, period.end + _DAY)
    imposed = office.day_within(first, last)
    if office.chance(_LATE):
        late = office.day_within(
            period.end + timedelta(days=_LATE_FROM), period.end + timedelta(days=_LATE_TO)
        )
        return imposed, late
    return imposed, min(imposed + timedelta(days=int(office.rng.random() * 3)), period.end)


def _recorded(
    office: Office, servant: Servant, days: tuple[date, date], fact_id: str, told: Period | None
) -> Iterator[Fact]:
    imposed, on = days
    sanction = _DRAWN[int(office.rng.random() * len(_DRAWN))]
    data: dict[str, Any] = {
        "employee": servant.code,
        "sanction": sanction,
        "imposed_on": imposed.isoformat(),
        "discrediting": office.chance(_DISCREDITING),
        "basis": f"Приказ № {1 + int(office.rng.random() * 900)}-ж",
    }
    if sanction == "other":
        data["title"] = "Лишение классного чина"
    yield office.fact("DisciplineRecorded", on, office.hr, data, fact_id)
    if told is not None:
        tell_all_anew(office, servant, str(told), on)


def _annulled(office: Office, servant: Servant, on: date, fact_id: str, period: Period) -> Iterator[Fact]:
    basis = f"Суд шешімі {on.year}/{on.month}"
    data = {"employee": servant.code, "discipline": fact_id, "basis": basis}
    yield office.fact("DisciplineAnnulled", on, office.hr, data)
    tell_all_anew(office, servant, str(period), on)
