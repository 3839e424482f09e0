"""`arys-2022`: five key target indicators set and monitored, then they and the competencies assessed."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from events.period import Period
from services.sample.office import Fact, Office, Task, reference
from services.sample.staff import Post

_TARGETS = (1, 2, 3, 4, 5)
_TITLES = (
    ("Отремонтировать уличную сеть", "км", 42),
    ("Подключить дома к водоснабжению", "домов", 310),
    ("Открыть места в детских садах", "мест", 180),
    ("Озеленить дворы", "дворов", 25),
    ("Сократить срок оказания услуг", "дней", 3),
)
_LAST_QUARTER = 4

_RETURNED = 0.05
_MET = 0.86
_UNSIGNED = 0.02
_SHOWN = 0.9

# Indicators of each competency for the groups A, B and C (annex 4).
_INDICATORS: dict[str, tuple[int, int, int]] = {
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
_OF_CLIENTS = frozenset({"client-focus", "informing-clients"})
_GROUP_A = frozenset({"E-1", "E-R-1"})
_GROUP_B = frozenset({"E-2", "E-R-2", "E-R-3", "E-G-1"})
_GROUP_B_OF_HEADS = frozenset({"E-3", "E-G-2"})


def set_targets(office: Office, period: Period) -> Iterator[Task]:
    """Five targets for whoever has none for his post yet, and what is recommended after each quarter."""
    for servant in office.staff.servants:
        post, since = servant.posts[-1]
        if servant.left is not None:
            continue
        key = (servant.code, post.position)
        plan = {"employee": servant.code, "position": post.position, "year": period.year}
        if key not in office.plans:
            office.plans[key] = len(_TARGETS)
            on = office.working_day_after(max(since, period.start), 2, 9)
            yield on, partial(_agree, office, plan, post, on)
        elif period.quarter != _LAST_QUARTER:
            on = office.working_day_after(period.end, 1, 10)
            yield on, partial(_monitor, office, plan, post, on, period)


def assess_year(office: Office, period: Period) -> Iterator[Task]:
    """The year's two sheets, in the January after it."""
    if period.quarter != _LAST_QUARTER:
        return
    for servant in office.staff.servants:
        post, _ = servant.posts[-1]
        if servant.left is not None or (servant.code, post.position) not in office.plans:
            continue
        ref = reference(servant.code, post.position, f"{period.year:04d}")
        issued = office.working_day_after(period.end, 5, 9)
        yield issued, partial(_issue, office, ref, post, issued)
        on = office.working_day_after(period.end, 10, 16)
        yield on, partial(_targets, office, ref, post, on)
        yield on, partial(_competencies, office, ref, post, on)


def _agree(office: Office, plan: dict[str, Any], post: Post, on: date) -> Iterator[Fact]:
    year = plan["year"]
    targets = [_target(number, year) for number in _TARGETS]
    yield office.fact("PlanAgreed", on, post.supervisor, {**plan, "targets": targets})
    if office.chance(_RETURNED):
        reason = {**plan, "reason": "Показатель № 4 неизмерим."}
        yield office.fact("PlanReturned", on + timedelta(days=1), post.superior, reason)
        on += timedelta(days=2)
        yield office.fact("PlanAgreed", on, post.supervisor, {**plan, "targets": targets})
    yield office.fact("PlanApproved", on, post.superior, {**plan, "by": post.superior})


def _monitor(office: Office, plan: dict[str, Any], post: Post, on: date, period: Period) -> Iterator[Fact]:
    data = {**plan, "quarter": period.quarter, "recommendations": "Ускорить работу по показателю № 2."}
    yield office.fact("PlanMonitored", on, post.supervisor, data)


def _target(number: int, year: int) -> dict[str, Any]:
    title, unit, planned = _TITLES[number - 1]
    return {
        "target": number,
        "title": title,
        "measurable": True,
        "unit": unit,
        "planned": planned,
        "due": date(year, 12, 20).isoformat(),
        "source": f"План развития города, пункт {number}",
        "expected": "Рост удовлетворённости жителей",
    }


def _issue(office: Office, ref: dict[str, Any], post: Post, on: date) -> Iterator[Fact]:
    for form in ("targets", "competencies"):
        yield office.fact("SheetIssued", on, office.hr, {**ref, "form": form, "evaluator": post.supervisor})


def _targets(office: Office, ref: dict[str, Any], post: Post, on: date) -> Iterator[Fact]:
    for target in _TARGETS:
        met = office.chance(_MET)
        data = {**_of_year(ref), "target": target, "met": met, "actual": "100 %" if met else "72 %"}
        yield office.fact("TargetAssessed", on, post.supervisor, data)
    if office.chance(_UNSIGNED):
        return
    # Where no form is named, the sheet of targets is meant.
    signed = ref if office.chance(1 / 2) else {**ref, "form": "targets"}
    yield office.fact("SheetSigned", on, post.supervisor, signed | office.signature())
    if office.chance(_RETURNED):
        data = {**signed, "by": post.superior, "reason": "Нет подтверждения по показателю № 3."}
        yield office.fact("SheetReturned", on, post.superior, data)
        yield office.fact("SheetSigned", on, post.supervisor, signed | office.signature())
    yield office.fact("SheetAgreed", on, post.superior, {**signed, "by": post.superior})


def _competencies(office: Office, ref: dict[str, Any], post: Post, on: date) -> Iterator[Fact]:
    group = _group(post)
    for competency, indicators in _INDICATORS.items():
        if competency in _OF_CLIENTS and not post.serves_public:
            continue
        numbers = range(1, indicators[group] + 1)
        missing = [number for number in numbers if not office.chance(_SHOWN)]
        data = {
            **_of_year(ref),
            "competency": competency,
            "shown": indicators[group] - len(missing),
            "missing": missing,
        }
        yield office.fact("CompetencyAssessed", on, post.supervisor, data)
    if not office.chance(_UNSIGNED):
        signed = {**ref, "form": "competencies"}
        yield office.fact("SheetSigned", on, post.supervisor, signed | office.signature())


def _of_year(ref: dict[str, Any]) -> dict[str, Any]:
    return {"employee": ref["employee"], "position": ref["position"], "year": int(ref["period"])}


def _group(post: Post) -> int:
    if post.category in _GROUP_A:
        return 0
    heads = post.category in _GROUP_B_OF_HEADS and post.heads_unit
    return 1 if heads or post.category in _GROUP_B else 2
