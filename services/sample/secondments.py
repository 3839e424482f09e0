"""Servants lent to another body for a time, which assesses them meanwhile (`pavlodar-2026` cl. 3)."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache, partial
from random import Random
from typing import Any

import msgspec

from events.period import Period
from services.sample import law
from services.sample.country import Country, SampleBody, bodies
from services.sample.office import Fact, Office, Task, opened_on
from services.sample.servant import Lent, Servant
from services.sample.staff import Staff

_LENT = 0.012
_LEAST_SERVANTS = 20
_FROM_QUARTERS = (2, 3)
_LATEST_START = 60
_SHORTEST, _LONGEST = 20, 120
_ENDED_EARLY = 0.2
_DAY = timedelta(days=1)


@lru_cache(maxsize=8)
def secondments(country: Country) -> tuple[Lent, ...]:
    """Every secondment of the country: between bodies whose acts know of them."""
    roll = bodies(country)
    lending = [body for body in roll if _from_quarters(body, country)]
    found: list[Lent] = []
    for number, home in enumerate(lending):
        host = lending[number - 1]
        if host.code != home.code and home.employees >= _LEAST_SERVANTS:
            found += _of_a_body(home, host, country)
    return tuple(found)


def _from_quarters(body: SampleBody, country: Country) -> tuple[Period, ...]:
    """The quarters in which the body's act lets a secondment begin and go on."""
    if not body.adopted:
        return ()
    return tuple(
        period
        for period in country.periods(body)
        if period.quarter in _FROM_QUARTERS and "secondment" in law.act(body.governed_by(period)).substitution
    )


def _of_a_body(home: SampleBody, host: SampleBody, country: Country) -> Iterator[Lent]:
    rng = Random(f"{country.seed}/{home.code}/secondments")
    periods = [period for period in _from_quarters(home, country) if period in _from_quarters(host, country)]
    if not periods:
        return
    # The body's own generator begins so, so these are the servants whom its office knows.
    staff = Staff(home, Random(f"{country.seed}/{home.code}"), opened_on(country.periods(home)))
    servants = [servant for servant in staff.servants if not servant.settled]
    count = min(len(servants), max(1, round(_LENT * home.employees * len(country.years))))
    for number, servant in enumerate(rng.sample(servants, count), start=1):
        since = rng.choice(periods).start + _DAY * rng.randrange(_LATEST_START)
        until = since + _DAY * rng.randrange(_SHORTEST, _LONGEST)
        early = rng.random() < _ENDED_EARLY
        yield Lent(
            home.code,
            servant.code,
            servant.post,
            host.code,
            f"{host.code[:2].upper()}-{home.code[:2].upper()}-{number:02d}",
            f"seconded/{home.code}-{number}",
            since,
            until,
            since + (until - since) // 2 if early else None,
        )


def lend(office: Office, period: Period) -> Iterator[Task]:
    """The secondments of the body's own servants that begin or end early in the quarter."""
    by_code = {one.code: one for one in office.staff.servants} if office.lent else {}
    for lent in office.lent:
        if period.contains(lent.since):
            by_code[lent.employee].away.append((lent.since, lent.last_day))
            yield lent.since, partial(_lent, office, lent)
        if lent.recalled_on is not None and period.contains(lent.recalled_on):
            yield lent.recalled_on, partial(_recalled, office, lent, lent.recalled_on)


def receive(office: Office, period: Period) -> Iterator[Task]:
    """The servants of other bodies who come in the quarter; nothing is reported of it, it is carried here."""
    for lent in office.borrowed:
        if period.contains(lent.since):
            unit = office.staff.units[0]
            post = msgspec.structs.replace(
                lent.post,
                position=lent.to_position,
                unit=unit.code,
                supervisor=unit.supervisor,
                unit_head=unit.head,
                superior=unit.superior,
            )
            guest = Servant(lent.to_employee, post, lent.since, 0, settled=True)
            guest.goes_home = lent.last_day
            office.guests.append(guest)
    yield from ()


def settle(office: Office) -> None:
    """Those who are to be lent neither move nor leave."""
    codes = {lent.employee for lent in office.lent}
    for servant in office.staff.servants if codes else ():
        servant.settled |= servant.code in codes


def _lent(office: Office, lent: Lent) -> Iterator[Fact]:
    data: dict[str, Any] = {
        "employee": lent.employee,
        "position": lent.post.position,
        "to_body": lent.host,
        "to_employee": lent.to_employee,
        "to_position": lent.to_position,
        "from": lent.since.isoformat(),
        "until": lent.until.isoformat(),
    }
    yield office.fact("EmployeeSeconded", lent.since, office.hr, data)


def _recalled(office: Office, lent: Lent, on: date) -> Iterator[Fact]:
    data = {"employee": lent.employee, "position": lent.post.position, "on": on.isoformat()}
    yield office.fact("SecondmentEnded", on, office.hr, data)
