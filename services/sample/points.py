"""`sjc-2017`: a work plan in January, points each quarter, the plan's marks in December, a commission."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache, partial
from typing import Any

from events.period import Period
from services.sample import law
from services.sample.office import Fact, Office, Task, reference
from services.sample.servant import Case, Servant, Stint
from services.sample.session import review

ACT = "sjc-2017"

_TITLES = (
    "Подготовка заседаний Совета",
    "Сокращение сроков рассмотрения обращений",
    "Обновление кадрового резерва",
    "Перевод дел в электронный архив",
)
# How often each of the act's marks is given, from the lowest up.
_SHARES = (1, 2, 5, 4)
_LAST_QUARTER = 4
_NOTICE = timedelta(days=12)
_SITS_AFTER = 7

_MOST_AWARDS = 14
_SELF_ASSESSED = 0.8
_IN_BREACH = 0.12
_OFTEN_IN_BREACH = 0.03
_UNSIGNED = 0.015
_REFUSING = 0.04


def agree_plans(office: Office, period: Period) -> Iterator[Task]:
    """A work plan for whoever has none for his post yet: by 10 January, or soon after appointment."""
    most = law.plan(ACT).most_targets.value
    for servant in office.staff.servants:
        post, since = servant.posts[-1]
        if servant.left is not None or (servant.code, post.position, period.year) in office.plans:
            continue
        count = 1 + int(office.rng.random() * int(most))
        office.plans[servant.code, post.position, period.year] = count
        on = office.weekday_after(max(since, period.start), 2, 9)
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
            case = _case(servant, stint, str(period))
            assessed = law.is_assessed(ACT, servant, stint, period, None)
            issued = max(stint.since, office.weekday_after(before - _NOTICE, 1, 4))
            yield issued, partial(_issue, office, case, "points", issued)
            on = office.weekday_after(before, 5, 10)
            yield on, partial(_points, office, case, on, assessed=assessed)
    convened = law.working_day(before + timedelta(days=11), 1)
    yield convened, partial(review, office, str(period), _days_from(convened), _revised_points)


def mark_plans(office: Office, period: Period) -> Iterator[Task]:
    """The year's marks for the plan, by 25 December."""
    if period.quarter != _LAST_QUARTER:
        return
    before = date(period.year, 12, 10)
    year = Period(period.year)
    for servant in office.staff.servants:
        for stint in servant.stints(period):
            targets = office.plans.get((servant.code, stint.post.position, period.year))
            if targets is None or stint.until < period.end or stint.since > before:
                continue
            case = _case(servant, stint, f"{period.year:04d}")
            assessed = law.is_assessed(ACT, servant, stint, year, None)
            issued = max(stint.since, office.weekday_after(before - _NOTICE, 1, 4))
            yield issued, partial(_issue, office, case, "plan", issued)
            on = office.weekday_after(before, 5, 15)
            yield on, partial(_plan, office, case, on, targets, assessed=assessed)
    # The year is computed at the latest five working days before the commission sits (cl. 32).
    convened = law.working_day(period.end, 4)
    yield convened, partial(review, office, f"{period.year:04d}", _days_from(convened), _revised_year)


def _days_from(convened: date) -> tuple[date, date]:
    return convened, law.working_day(convened, _SITS_AFTER)


def _case(servant: Servant, stint: Stint, period: str) -> Case:
    supervisor = stint.post.supervisor
    ref = reference(servant.code, stint.post.position, period)
    return Case(ref, servant, ACT, supervisor, supervisor, 0)


def _target(number: int, year: int) -> dict[str, Any]:
    due = date(year, 3 * number, 25).isoformat()
    return {"target": number, "title": _TITLES[number - 1], "measurable": True, "due": due}


def _written(office: Office, kind: str, on: date, actor: str, data: dict[str, Any]) -> Iterator[Fact]:
    yield office.fact(kind, on, actor, data)


def _issue(office: Office, case: Case, form: str, on: date) -> Iterator[Fact]:
    data = {**case.ref, "form": form, "evaluator": case.evaluator}
    yield office.fact("SheetIssued", on, office.hr, data)


def _points(office: Office, case: Case, on: date, *, assessed: bool) -> Iterator[Fact]:
    rule = law.points(ACT)
    total = int(rule.base.value)
    if office.chance(_SELF_ASSESSED):
        data = {**case.ref, "text": "Порученная работа выполнена."}
        yield office.fact("SelfAssessed", on, case.servant.code, data)
    # Squared, so that a few rewarded indicators are common and many are rare.
    for indicator in range(1, 1 + int(office.rng.random() ** 2 * _MOST_AWARDS)):
        points = 1 + int(office.rng.random() * int(rule.bonus_most.value))
        total += points
        data = {**case.ref, "indicator": indicator, "points": points}
        yield office.fact("PointsAwarded", on, case.evaluator, data)
    for number in range(_breaches(office)):
        total -= int(rule.penalty.value)
        kind = "execution" if office.chance(2 / 3) else "discipline"
        source = f"Служебная записка № {number + 1} от {(on - timedelta(days=20)).isoformat()}"
        yield office.fact("BreachRecorded", on, office.hr, {**case.ref, "kind": kind, "source": source})
    signed = not office.chance(_UNSIGNED)
    if signed:
        yield from _signed(office, case, on)
    if signed and assessed:
        case.score = total
        case.servant.points.append(total)
        office.docket.setdefault(case.ref["period"], []).append(case)


def _breaches(office: Office) -> int:
    drawn = office.rng.random()
    if drawn < _OFTEN_IN_BREACH:
        return 9 + int(office.rng.random() * 5)
    return 1 + int(office.rng.random() * 3) if drawn < _IN_BREACH else 0


def _plan(office: Office, case: Case, on: date, targets: int, *, assessed: bool) -> Iterator[Fact]:
    marks = [_drawn_mark(office) for _ in range(targets)]
    for target, mark in enumerate(marks, start=1):
        data = {
            "employee": case.ref["employee"],
            "position": case.ref["position"],
            "year": int(case.ref["period"]),
            "target": target,
            "mark": mark,
        }
        yield office.fact("TargetAssessed", on, case.evaluator, data)
    if office.chance(_UNSIGNED):
        return
    yield from _signed(office, case, on)
    quarters = case.servant.points
    if assessed and quarters:
        case.score = law.annual_hundredths(ACT, sum(quarters) / len(quarters), sum(marks) / len(marks))
        office.docket.setdefault(case.ref["period"], []).append(case)


def _drawn_mark(office: Office) -> int:
    marks = _marks()
    return marks[int(office.rng.random() * len(marks))]


@cache
def _marks() -> tuple[int, ...]:
    in_order = sorted(int(one.mark) for one in law.plan(ACT).marks.values())
    return tuple(mark for mark, share in zip(in_order, _SHARES, strict=True) for _ in range(share))


def _signed(office: Office, case: Case, on: date) -> Iterator[Fact]:
    ref, supervisor = case.ref, case.evaluator
    yield office.fact("SheetSigned", on, supervisor, ref | office.signature())
    if office.chance(_REFUSING):
        yield office.fact("SigningRefused", on, office.hr, {**ref, "witnesses": [office.hr, supervisor]})
    else:
        yield office.fact("SheetCountersigned", on, case.servant.code, ref | office.signature())


def _revised_points(office: Office, case: Case) -> dict[str, Any]:
    case.score = max(0, case.score + 2 * (int(office.rng.random() * 9) - 3))
    return {"points": case.score}


def _revised_year(office: Office, case: Case) -> dict[str, Any]:
    # In whole tenths, as the bands are printed.
    case.score = 10 * min(50, case.score // 10 + 1 + int(office.rng.random() * 4))
    return {"score": f"{case.score / 100:.2f}"}
