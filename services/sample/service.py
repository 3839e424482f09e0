"""What happens to servants within a quarter: appointments, transfers, leaves, dismissals."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from events.period import Period
from services.sample.office import Fact, Office, Task, appointment
from services.sample.servant import Post, Servant
from services.sample.staff import Unit

_JOINING = 0.011
_AT_THE_EDGE = 0.3
_ON_PROBATION = 0.3
_MOVING = 0.012
_LEAVING = 0.012
_LONG_ABSENT = 0.01
_ABSENT = 0.10
_OPEN_ENDED = 0.15

_WORKING_SHARE = 5 / 7
_PROBATION = timedelta(days=91)
_DAY = timedelta(days=1)


_ABSENCES = ("annual-leave", "annual-leave", "sick-leave", "business-trip", "study")


def opening(office: Office) -> Iterator[Fact]:
    """The adoption of the body's acts and the appointments of those who serve at the start."""
    day = office.opened_on
    for act in office.body.adopted:
        data = {"methodology": act.methodology, "from_period": act.from_period}
        yield office.fact("MethodologyAdopted", act.on, office.hr, data)
    for servant in office.staff.servants:
        post, since = servant.posts[0]
        data = appointment(servant.code, post, since) | office.staff.particulars()
        yield office.fact("EmployeeAppointed", day, office.hr, data)


def service(office: Office, period: Period) -> Iterator[Task]:
    """The quarter's comings and goings."""
    staff = office.staff
    staff.servants[:] = [servant for servant in staff.servants if servant.left is None]
    serving = tuple(staff.servants)
    for servant in serving:
        servant.absent = 0
        if period.quarter == 1:
            # What ended before the year puts nobody's three months off.
            servant.leaves = []
            servant.points = []
        drawn = office.rng.random()
        if not servant.settled and drawn > 1 - _LEAVING:
            yield _dismissal(office, servant, period)
            continue
        if not servant.settled and drawn < _MOVING and len(staff.units) > 1:
            yield _transfer(office, servant, period)
        yield from _absence(office, servant, period)
    for _ in serving:
        if office.chance(_JOINING):
            yield _late_start(office, period)


def _late_start(office: Office, period: Period) -> Task:
    on = office.day_within(period.start, period.end)
    if office.chance(_AT_THE_EDGE):
        # Exactly a month before the quarter's end, or a day less.
        on = date(period.end.year, period.end.month, 1) + timedelta(days=office.rng.getrandbits(1))
    servant = office.staff.new_servant(office.rng.choice(office.staff.units), on)
    data = appointment(servant.code, servant.post, on) | office.staff.particulars()
    if office.chance(_ON_PROBATION):
        servant.probation_until = on + _PROBATION
        data["probation_until"] = servant.probation_until.isoformat()
    return on, partial(_report, office, "EmployeeAppointed", on, data)


def _transfer(office: Office, servant: Servant, period: Period) -> Task:
    on = office.day_within(period.start + _DAY, period.end)
    held = servant.post
    post = office.staff.vacancy(_another_unit(office, held), servant)
    servant.posts.append((post, on))
    data = appointment(servant.code, post, on) | {"from_position": held.position}
    return on, partial(_report, office, "EmployeeTransferred", on, data)


def _another_unit(office: Office, held: Post) -> Unit:
    units = office.staff.units
    index = int(office.rng.random() * len(units))
    return units[index] if units[index].code != held.unit else units[index - 1]


def _dismissal(office: Office, servant: Servant, period: Period) -> Task:
    on = office.day_within(max(period.start, servant.posts[-1][1]), period.end)
    servant.left = on
    data = {"employee": servant.code, "on": on.isoformat()}
    return on, partial(_report, office, "EmployeeDismissed", on, data)


def _absence(office: Office, servant: Servant, period: Period) -> Iterator[Task]:
    drawn = office.rng.random()
    if drawn >= _ABSENT + _LONG_ABSENT:
        return
    if drawn < _LONG_ABSENT:
        kind, length = "social-leave", 80 + int(office.rng.random() * 10)
        first = period.start
    else:
        kind = _ABSENCES[int(office.rng.random() * len(_ABSENCES))]
        length = 3 + int(office.rng.random() * 21)
        first = office.day_within(period.start, period.end - timedelta(days=length))
    last = min(first + timedelta(days=length - 1), period.end)
    servant.absent = round(((last - first).days + 1) * _WORKING_SHARE)
    data: dict[str, Any] = {"employee": servant.code, "kind": kind, "from": first.isoformat()}
    open_ended = office.chance(_OPEN_ENDED)
    # Whoever reports the day of the return was last away the day before it.
    servant.leaves.append((kind, first, last - _DAY if open_ended else last))
    if not open_ended:
        data["until"] = last.isoformat()
    yield first, partial(_report, office, "LeaveTaken", first, data)
    if open_ended:
        back = {"employee": servant.code, "on": last.isoformat()}
        yield last, partial(_report, office, "LeaveEnded", last, back)


def _report(office: Office, kind: str, on: date, data: dict[str, Any]) -> Iterator[Fact]:
    yield office.fact(kind, on, office.hr, data)
