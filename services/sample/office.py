"""A body's HR service at work: it knows the staff, and writes facts down under its own ids."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Any, TypeAlias

from events.period import Period
from services.sample.country import SampleBody
from services.sample.staff import Post, Staff

Fact: TypeAlias = dict[str, Any]
"""A fact as its JSON object, in the envelope of the wire."""

Task: TypeAlias = tuple[date, Callable[[], Iterator[Fact]]]
"""Something that a body does on a day, and the facts that come of it."""

Procedure: TypeAlias = Callable[["Office", Period], Iterator[Task]]
"""What a body does about a period, during it and after it; each task's facts are made when its day comes."""

_SATURDAY = 5


class Office:
    """A body's HR service; everything it does follows from the seed, in one order."""

    def __init__(self, body: SampleBody, seed: int, periods: tuple[Period, ...]) -> None:
        self.body = body
        self.rng = Random(f"{seed}/{body.code}")
        self.periods = periods
        self.opened_on = periods[0].start - timedelta(days=10)
        self.staff = Staff(body, self.rng, self.opened_on)
        self.plans: dict[tuple[str, str], int] = {}
        """Targets agreed for the year, by employee and position."""
        self.hr = f"hr-{body.code}"
        self.marks_as_numbers = self.rng.random() < 1 / 2
        self.signs_with_text = self.rng.random() < 1 / 4
        self.comments_in_kazakh = self.rng.random() < 1 / 2

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

    def working_day_after(self, day: date, first: int, last: int) -> date:
        """A weekday among the days `first` to `last` after a day, counted from 1."""
        days = _weekdays_after(day, first, last)
        return days[int(self.rng.random() * len(days))]

    def signature(self) -> dict[str, str]:
        """The signature as it goes into a fact, in the bodies that send one."""
        return {"signature": f"{self.rng.getrandbits(256):064x}"} if self.signs_with_text else {}


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
