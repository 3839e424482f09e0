"""The country: how many bodies, how large, under which acts, for which quarters."""

from collections.abc import Iterator
from datetime import date
from itertools import count
from math import exp
from random import Random
from typing import Literal

import msgspec

from events.period import Period
from services.sample.names import MINISTRIES, PLACES, Naming

Family = Literal["score-sheet", "points", "targets"]
Kind = Literal["ministry", "region", "city", "district", "office"]

LEAST_SERVANTS = 4
"""A body's servants at least: a leader, the head of a unit, and two to assess."""

_MOST_WRONG = 0.9

# Facts of one servant: his appointment, then what he adds in a quarter. A little below what is counted, so
# that a country made for N facts has at least N.
_FACTS_ONCE = 1.0
_FACTS_A_QUARTER = 10.0


class Adopted(msgspec.Struct, frozen=True):
    """A methodology that a body adopts on a day, from a period on."""

    methodology: str
    from_period: str
    on: date


class SampleBody(msgspec.Struct, frozen=True):
    """A body of the country: its code is its ledger's name; `employees` are those at the start."""

    code: str
    kind: Kind
    family: Family
    name: Naming
    employees: int
    years: tuple[int, ...]
    adopted: tuple[Adopted, ...] = ()

    def governed_by(self, period: Period) -> str:
        """The methodology that governs a period; the typical text where none was adopted for it."""
        governing = [act.methodology for act in self.adopted if act.from_period <= str(period)]
        return governing[-1] if governing else "typical-2025"


class Country(msgspec.Struct, frozen=True, kw_only=True):
    """What a country is made from: the same parameters give the same bytes.

    `bodies` counts those under the score sheet; `families` adds one body each for `points` (`sjc`, 2017)
    and `targets` (`arys`, 2023). `employees` is the total, shared out as in life: a few ministries with
    thousands, most akimats with tens; without it each body has its natural size, or `per_body` on average.
    `wrong` is the share of wrong messages among all. With `clocked` the clock is at work where the facts go:
    it carries secondments, so that a receiving body reports of those lent to it. Raises ValueError for
    what cannot be made.
    """

    seed: int = 1
    bodies: int = 5
    employees: int | None = None
    per_body: int | None = None
    years: tuple[int, ...] = (2026,)
    quarters: tuple[int, ...] = (1, 2, 3, 4)
    wrong: float = 0.02
    families: tuple[Family, ...] = ("score-sheet",)
    clocked: bool = False

    def __post_init__(self) -> None:
        if self.bodies < 1:
            raise ValueError("a country has at least one body")
        if not self.years or list(self.years) != sorted(set(self.years)):
            raise ValueError("years are given once each, in order")
        if not self.quarters or set(self.quarters) - {1, 2, 3, 4}:
            raise ValueError("quarters are among 1, 2, 3 and 4")
        if not 0 <= self.wrong <= _MOST_WRONG:
            raise ValueError(f"the share of wrong messages is from 0 to {_MOST_WRONG}")
        if self.employees is not None and self.per_body is not None:
            raise ValueError("give the employees in total or per body, not both")
        total = self.total_employees
        if total is not None and total < LEAST_SERVANTS * self.body_count:
            raise ValueError(f"{self.body_count} bodies need {LEAST_SERVANTS * self.body_count} employees")

    @classmethod
    def of_facts(
        cls,
        facts: int,
        *,
        seed: int = 1,
        bodies: int = 5,
        years: tuple[int, ...] = (2026,),
        quarters: tuple[int, ...] = (1, 2, 3, 4),
        wrong: float = 0.02,
        families: tuple[Family, ...] = ("score-sheet",),
    ) -> "Country":
        """A country with at least `facts` good facts, and not many more; bodies have a least size."""
        each = _FACTS_ONCE + _FACTS_A_QUARTER * len(years) * len(set(quarters))
        least = LEAST_SERVANTS * (bodies + len(set(families) - {"score-sheet"}))
        return cls(
            seed=seed,
            bodies=bodies,
            employees=max(least, -int(-facts // each)),
            years=years,
            quarters=quarters,
            wrong=wrong,
            families=families,
        )

    @property
    def body_count(self) -> int:
        """Bodies of all families."""
        return self.bodies + len(set(self.families) - {"score-sheet"})

    @property
    def total_employees(self) -> int | None:
        """Employees of all bodies, where they are given."""
        return self.employees if self.per_body is None else self.per_body * self.body_count

    def periods(self, body: SampleBody) -> tuple[Period, ...]:
        """The quarters that a body assesses, in order."""
        return tuple(Period(year, quarter) for year in body.years for quarter in sorted(set(self.quarters)))


class _Profile(msgspec.Struct, frozen=True):
    code: str
    kind: Kind
    name: Naming
    natural: int
    family: Family = "score-sheet"
    years: tuple[int, ...] | None = None
    adopted: tuple[Adopted, ...] = ()


_FIRST = (
    _Profile(
        "zhanakorgan",
        "district",
        Naming(
            "Жаңақорған ауданының әкімдігі", "Акимат Жанакорганского района", "Zhanakorgan District Akimat"
        ),
        90,
        adopted=(Adopted("zhanakorgan-2026", "2026-Q1", date(2026, 1, 28)),),
    ),
    _Profile(
        "health",
        "ministry",
        Naming("Денсаулық сақтау министрлігі", "Министерство здравоохранения", "Ministry of Health"),
        2200,
        adopted=(Adopted("health-2025", "2025-Q4", date(2025, 9, 22)),),
    ),
    _Profile(
        "pavlodar",
        "city",
        Naming("Павлодар қаласының әкімдігі", "Акимат города Павлодара", "Pavlodar City Akimat"),
        300,
        adopted=(Adopted("pavlodar-2026", "2026-Q2", date(2026, 4, 9)),),
    ),
)

_OF_FAMILY: dict[Family, _Profile] = {
    "points": _Profile(
        "sjc",
        "office",
        Naming(
            "Жоғары Сот Кеңесінің Аппараты",
            "Аппарат Высшего Судебного Совета",
            "Office of the Supreme Judicial Council",
        ),
        60,
        family="points",
        years=(2017,),
        adopted=(Adopted("sjc-2017", "2017-Q1", date(2017, 2, 17)),),
    ),
    "targets": _Profile(
        "arys",
        "city",
        Naming("Арыс қаласының әкімдігі", "Акимат города Арыс", "Arys City Akimat"),
        80,
        family="targets",
        years=(2023,),
        adopted=(Adopted("arys-2022", "2023", date(2022, 11, 28)),),
    ),
}

# Medians of servants and their spread (of the logarithm).
_SIZES: dict[Kind, tuple[float, float]] = {
    "ministry": (1500.0, 0.6),
    "region": (180.0, 0.6),
    "district": (45.0, 0.7),
}
_MINISTRY_EVERY, _MINISTRY_AT = 12, 5
_REGION_EVERY, _REGION_AT = 6, 4


def bodies(country: Country) -> tuple[SampleBody, ...]:
    """The bodies in file order; the first is `zhanakorgan`."""
    profiles = list(_profiles(country))
    sizes = _sizes(country, [profile.natural for profile in profiles])
    return tuple(
        SampleBody(
            profile.code,
            profile.kind,
            profile.family,
            profile.name,
            size,
            profile.years or country.years,
            profile.adopted,
        )
        for profile, size in zip(profiles, sizes, strict=True)
    )


def _profiles(country: Country) -> Iterator[_Profile]:
    rng = Random(f"{country.seed}/bodies")
    ministries = iter(MINISTRIES)
    places = _places()
    for index in range(country.bodies):
        if index < len(_FIRST):
            yield _FIRST[index]
            continue
        ministry = next(ministries, None) if index % _MINISTRY_EVERY == _MINISTRY_AT else None
        if ministry is not None:
            yield _Profile(ministry[0], "ministry", ministry[1], _natural(rng, "ministry"))
            continue
        kind: Kind = "region" if index % _REGION_EVERY == _REGION_AT else "district"
        code, naming = next(places[kind])
        yield _Profile(code, kind, naming, _natural(rng, kind))
    for family in sorted(set(country.families) - {"score-sheet"}):
        yield _OF_FAMILY[family]


def _natural(rng: Random, kind: Kind) -> int:
    median, spread = _SIZES[kind]
    return max(LEAST_SERVANTS, round(median * exp(rng.gauss(0, spread))))


def _places() -> dict[str, Iterator[tuple[str, Naming]]]:
    return {"district": _named("district", ""), "region": _named("region", "-region")}


def _named(kind: str, suffix: str) -> Iterator[tuple[str, Naming]]:
    for turn in count(1):
        for place in PLACES:
            again = "" if turn == 1 else f"-{turn}"
            yield f"{place.en.lower()}{suffix}{again}", place.akimat(kind, turn)


def _sizes(country: Country, natural: list[int]) -> list[int]:
    total = country.total_employees
    if total is None:
        return natural
    # The least size comes first, the rest by natural size with the largest remainders rounded up.
    rest = total - LEAST_SERVANTS * len(natural)
    exact = [rest * weight / sum(natural) for weight in natural]
    sizes = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: (sizes[index] - exact[index], index))
    for index in by_remainder[: rest - sum(sizes)]:
        sizes[index] += 1
    return [LEAST_SERVANTS + size for size in sizes]
