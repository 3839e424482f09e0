"""`sjc-2017`: a work plan in January, points each quarter, the plan's marks in December."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from events.period import Period
from services.sample.office import Fact, Office, Task, reference
from services.sample.staff import Stint

_MOST_TARGETS = 4
_TITLES = (
    "Подготовка заседаний Совета",
    "Сокращение сроков рассмотрения обращений",
    "Обновление кадрового резерва",
    "Перевод дел в электронный архив",
)
_MARKS = (2, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5)
_LAST_QUARTER = 4

_MOST_AWARDS = 14
_MOST_POINTS = 5
_SELF_ASSESSED = 0.8
_IN_BREACH = 0.12
_OFTEN_IN_BREACH = 0.03
_UNSIGNED = 0.015
_REFUSING = 0.04


def agree_plans(office: Office, period: Period) -> Iterator[Task]:
    """A work plan for whoever has none for his post yet: by 10 January, or soon after appointment."""
    for servant in office.staff.servants:
        post, since = servant.posts[-1]
        if servant.left is not None or (servant.code, post.position) in office.plans:
            continue
        count = 1 + int(office.rng.random() * _MOST_TARGETS)
        office.plans[servant.code, post.position] = count
        on = office.working_day_after(max(since, period.start), 2, 9)
        data = {
            "employee": servant.code,
            "position": post.position,
            "year": period.year,
            "targets": [_target(number, period.year) for number in range(1, count + 1)],
        }
        yield on, partial(_written, office, "PlanAgreed", on, post.supervisor, data)


def award_points(office: Office, period: Period) -> Iterator[Task]:
    """The quarter's points: by the 10th of the month after it, of the fourth by 10 December."""
    before = date(period.year, 11, 30) if period.quarter == _LAST_QUARTER else period.end
    for servant in office.staff.servants:
        for stint in servant.stints(period):
            if stint.since > before:
                continue
            ref = reference(servant.code, stint.post.position, str(period))
            issued = office.working_day_after(before, 1, 4)
            yield issued, partial(_issue, office, ref, "points", stint, issued)
            on = office.working_day_after(before, 5, 10)
            yield on, partial(_points, office, ref, stint, on)


def mark_plans(office: Office, period: Period) -> Iterator[Task]:
    """The year's marks for the plan, by 25 December."""
    if period.quarter != _LAST_QUARTER:
        return
    before = date(period.year, 12, 10)
    for servant in office.staff.servants:
        for stint in servant.stints(period):
            targets = office.plans.get((servant.code, stint.post.position))
            if targets is None or stint.until < period.end or stint.since > before:
                continue
            ref = reference(servant.code, stint.post.position, f"{period.year:04d}")
            issued = office.working_day_after(before, 1, 4)
            yield issued, partial(_issue, office, ref, "plan", stint, issued)
            on = office.working_day_after(before, 5, 15)
            yield on, partial(_plan, office, ref, stint, on, targets)


def _target(number: int, year: int) -> dict[str, Any]:
    due = date(year, 3 * number, 25).isoformat()
    return {"target": number, "title": _TITLES[number - 1], "measurable": True, "due": due}


def _written(office: Office, kind: str, on: date, actor: str, data: dict[str, Any]) -> Iterator[Fact]:
    yield office.fact(kind, on, actor, data)


def _issue(office: Office, ref: dict[str, Any], form: str, stint: Stint, on: date) -> Iterator[Fact]:
    data = {**ref, "form": form, "evaluator": stint.post.supervisor}
    yield office.fact("SheetIssued", on, office.hr, data)


def _points(office: Office, ref: dict[str, Any], stint: Stint, on: date) -> Iterator[Fact]:
    employee, supervisor = ref["employee"], stint.post.supervisor
    if office.chance(_SELF_ASSESSED):
        yield office.fact("SelfAssessed", on, employee, {**ref, "text": "Порученная работа выполнена."})
    # Squared, so that a few rewarded indicators are common and many are rare.
    for indicator in range(1, 1 + int(office.rng.random() ** 2 * _MOST_AWARDS)):
        points = 1 + int(office.rng.random() * _MOST_POINTS)
        yield office.fact("PointsAwarded", on, supervisor, {**ref, "indicator": indicator, "points": points})
    for number in range(_breaches(office)):
        kind = "execution" if office.chance(2 / 3) else "discipline"
        source = f"Служебная записка № {number + 1} от {(on - timedelta(days=20)).isoformat()}"
        yield office.fact("BreachRecorded", on, office.hr, {**ref, "kind": kind, "source": source})
    yield from _signed(office, ref, supervisor, on)


def _breaches(office: Office) -> int:
    drawn = office.rng.random()
    if drawn < _OFTEN_IN_BREACH:
        return 9 + int(office.rng.random() * 5)
    return 1 + int(office.rng.random() * 3) if drawn < _IN_BREACH else 0


def _plan(office: Office, ref: dict[str, Any], stint: Stint, on: date, targets: int) -> Iterator[Fact]:
    for target in range(1, targets + 1):
        mark = _MARKS[int(office.rng.random() * len(_MARKS))]
        data = {
            "employee": ref["employee"],
            "position": ref["position"],
            "year": int(ref["period"]),
            "target": target,
            "mark": mark,
        }
        yield office.fact("TargetAssessed", on, stint.post.supervisor, data)
    yield from _signed(office, ref, stint.post.supervisor, on)


def _signed(office: Office, ref: dict[str, Any], supervisor: str, on: date) -> Iterator[Fact]:
    if office.chance(_UNSIGNED):
        return
    yield office.fact("SheetSigned", on, supervisor, ref | office.signature())
    if office.chance(_REFUSING):
        yield office.fact("SigningRefused", on, office.hr, {**ref, "witnesses": [office.hr, supervisor]})
    else:
        yield office.fact("SheetCountersigned", on, ref["employee"], ref | office.signature())
