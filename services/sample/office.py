"""A body's HR service at work: it knows the staff, and writes facts down under its own ids."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from heapq import heappop, heappush
from random import Random
from typing import Any, TypeAlias

import msgspec

from events.period import Period
from services.sample.country import SampleBody
from services.sample.servant import Case, Lent, Post, Servant
from services.sample.staff import Staff

Fact: TypeAlias = dict[str, Any]
"""A fact as its JSON object, in the envelope of the wire."""

Make: TypeAlias = Callable[[], Iterator[Fact]]
"""Makes the facts of something done."""

Task: TypeAlias = tuple[date, Make]
"""Something that a body does on a day, and the facts that come of it."""

Procedure: TypeAlias = Callable[["Office", Period], Iterator[Task]]
"""What a body does about a period, during it and after it; each task's facts are made when its day comes."""


class Lapse(msgspec.Struct, frozen=True, order=True):
    """A term of an act that a body fails to keep, by its code."""

    employee: str
    position: str
    period: str
    term: str


_SATURDAY = 5


class Office:
    """A body's HR service; everything it does follows from the seed, in one order."""

    def __init__(self, body: SampleBody, seed: int, periods: tuple[Period, ...]) -> None:
        self.body = body
        self.rng = Random(f"{seed}/{body.code}")
        self.periods = periods
        self.opened_on = opened_on(periods)
        self.staff = Staff(body, self.rng, self.opened_on)
        self.plans: dict[tuple[str, str, int], int] = {}
        """How many targets were agreed, by employee, position and year."""
        self.hr = f"hr-{body.code}"
        self.marks_as_numbers = self.rng.random() < 1 / 2
        self.signs_with_text = self.rng.random() < 1 / 4
        self.comments_in_kazakh = self.rng.random() < 1 / 2
        self.docket: dict[str, list[Case]] = {}
        """By period, the results that wait for the commission."""
        self.sessions = 0
        """How many sessions the commission was called to."""
        self.lapses: set[Lapse] | None = None
        """The terms that the body fails to keep, where somebody wants to know."""
        self.lent: tuple[Lent, ...] = ()
        self.borrowed: tuple[Lent, ...] = ()
        self.guests: list[Servant] = []
        """Servants of other bodies who are lent to this one."""
        self._agenda: list[tuple[date, int, Make]] = []
        self._planned = 0

    def plan(self, on: date, make: Make) -> None:
        """Puts something on the agenda; its facts are made when the day comes, after those planned before."""
        self._planned += 1
        heappush(self._agenda, (on, self._planned, make))

    def worked(self, until: date | None = None) -> Iterator[Fact]:
        """The facts of everything on the agenda before a day, and of what it leads to; without one of all."""
        while self._agenda and (until is None or self._agenda[0][0] < until):
            yield from heappop(self._agenda)[2]()

    def fails(self, ref: dict[str, Any], term: str) -> None:
        """Notes that a term of an assessment is not kept."""
        if self.lapses is not None:
            self.lapses.add(Lapse(ref["employee"], ref["position"], ref["period"], term))

    def runs_anew(self, ref: dict[str, Any], term: str) -> None:
        """Notes that a term of an assessment begins again, however it went before."""
        if self.lapses is not None:
            self.lapses.discard(Lapse(ref["employee"], ref["position"], ref["period"], term))

    def fact(self, kind: str, on: date, actor: str, data: dict[str, Any], fact_id: str | None = None) -> Fact:
        """A fact of this body."""
        return {
            "id": fact_id or new_id(self.rng),
            "body": self.body.code,
            "type": kind,
            "occurred_on": on.isoformat(),
            "actor": actor,
            "data": data,
        }

    def chance(self, share: float) -> bool:
        """True as often as `share` says."""
        return self.rng.random() < share

    def day_within(self, first: date, last: date) -> date:
        """A day from the first to the last, both possible."""
        return first + timedelta(days=int(self.rng.random() * ((last - first).days + 1)))

    def weekday_after(self, day: date, first: int, last: int) -> date:
        """A weekday among the days `first` to `last` after a day, counted from 1."""
        days = _weekdays_after(day, first, last)
        return days[int(self.rng.random() * len(days))]

    def signature(self) -> dict[str, str]:
        """The signature as it goes into a fact, in the bodies that send one."""
        return {"signature": f"{self.rng.getrandbits(256):064x}"} if self.signs_with_text else {}


def opened_on(periods: tuple[Period, ...]) -> date:
    """The day on which a body that assesses these periods begins to report."""
    return periods[0].start - timedelta(days=10)


def appointment(employee: str, post: Post, on: date) -> dict[str, Any]:
    """The data of an appointment to a post."""
    data: dict[str, Any] = {
        "employee": employee,
        "position": post.position,
        "category": post.category,
        "managerial": post.managerial,
        "unit": post.unit,
        "supervisor": post.supervisor,
        "unit_head": post.unit_head,
        "superior": post.superior,
        "on": on.isoformat(),
    }
    if post.heads_unit:
        data["heads_unit"] = True
    if post.serves_public is not None:
        data["serves_public"] = post.serves_public
    return data


def reference(employee: str, position: str, period: str) -> dict[str, Any]:
    """The fields that name an assessment."""
    return {"employee": employee, "position": position, "period": period}


def new_id(rng: Random) -> str:
    """A version 4 UUID from a seeded generator."""
    bits = rng.getrandbits(128) & ~(0xF000 << 64 | 0xC000 << 48) | (0x4000 << 64 | 0x8000 << 48)
    text = f"{bits:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


@lru_cache(maxsize=256)
def _weekdays_after(day: date, first: int, last: int) -> tuple[date, ...]:
    days = [day + timedelta(days=number) for number in range(first, last + 1)]
    return tuple(day for day in days if day.weekday() < _SATURDAY) or (days[-1],)
