"""`arys-2022`: key target indicators set and monitored, they and the competencies assessed and reviewed."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

from events.period import Period
from services.sample import law
from services.sample.office import Fact, Office, Task, reference
from services.sample.servant import Case, Post, Servant
from services.sample.session import AT_ONCE, review

ACT = "arys-2022"

_TARGETS = (1, 2, 3, 4, 5)
_TITLES = (
    ("Отремонтировать уличную сеть", "км", 42),
    ("Подключить дома к водоснабжению", "домов", 310),
    ("Открыть места в детских садах", "мест", 180),
    ("Озеленить дворы", "дворов", 25),
    ("Сократить срок оказания услуг", "дней", 3),
)
_LAST_QUARTER = 4
_TOGETHER = AT_ONCE // 2
COMPETENCIES = "competencies"

_RETURNED = 0.05
_MET = 0.86
_UNSIGNED = 0.02
_SHOWN = 0.9


def set_targets(office: Office, period: Period) -> Iterator[Task]:
    """Five targets for whoever has none for his post yet, and what is recommended after each quarter."""
    for servant in office.staff.servants:
        post, since = servant.posts[-1]
        if servant.left is not None:
            continue
        key = (servant.code, post.position, period.year)
        plan = {"employee": servant.code, "position": post.position, "year": period.year}
        if key not in office.plans:
            office.plans[key] = len(_TARGETS)
            on = office.weekday_after(max(since, period.start), 2, 9)
            yield on, partial(_agree, office, plan, post, on)
        elif period.quarter != _LAST_QUARTER:
            on = office.weekday_after(period.end, 1, 10)
            yield on, partial(_monitor, office, plan, post, on, period)


def assess_year(office: Office, period: Period) -> Iterator[Task]:
    """The year's two sheets, in the January after it: some servants on one day, and before one session."""
    if period.quarter != _LAST_QUARTER:
        return
    due = [servant for servant in office.staff.servants if _is_due(office, servant, period)]
    assessed = [_Year(servant, period) for servant in due]
    for number in range(0, len(assessed), _TOGETHER):
        batch = f"{period.year:04d}/{number // _TOGETHER}"
        # The sheets go out seven working days before anybody assesses (cl. 29).
        issued = law.working_day(period.end, 1 + number // _TOGETHER % 3)
        on = law.working_day(issued, 8 + int(office.rng.random() * 3))
        for one in assessed[number : number + _TOGETHER]:
            yield issued, partial(_issue, office, one, issued)
            yield on, partial(_targets, office, one, on, batch)
            yield on, partial(_competencies, office, one, on, batch)
        # Within two working days of every signature and agreement (cl. 24, 28).
        convened = law.working_day(on, 2)
        days = convened, law.working_day(convened, 5)
        yield convened, partial(review, office, batch, days, _revised)


def _is_due(office: Office, servant: Servant, period: Period) -> bool:
    key = servant.code, servant.post.position, period.year
    return servant.left is None and key in office.plans


class _Year:
    """A servant's year as it is to be assessed."""

    def __init__(self, servant: Servant, period: Period) -> None:
        self.servant = servant
        self.post = servant.post
        self.ref = reference(servant.code, self.post.position, f"{period.year:04d}")
        year = Period(period.year)
        *_, stint = servant.stints(year)
        self.is_assessed = law.is_assessed(ACT, servant, stint, year, None)

    def case(self, ref: dict[str, Any], score: int) -> Case:
        return Case(ref, self.servant, ACT, self.post.supervisor, self.post.supervisor, score)


def _agree(office: Office, plan: dict[str, Any], post: Post, on: date) -> Iterator[Fact]:
    yield _agreed(office, plan, post, on)
    if office.chance(_RETURNED):
        back = law.working_day(on, 1)
        office.plan(back, partial(_returned, office, plan, post, back))
    else:
        yield _approved(office, plan, post, on)


def _returned(office: Office, plan: dict[str, Any], post: Post, on: date) -> Iterator[Fact]:
    reason = {**plan, "reason": "Показатель № 4 неизмерим."}
    yield office.fact("PlanReturned", on, post.superior, reason)
    again = law.working_day(on, 1 + int(office.rng.random() * 2))
    office.plan(again, partial(_agreed_again, office, plan, post, again))


def _agreed_again(office: Office, plan: dict[str, Any], post: Post, on: date) -> Iterator[Fact]:
    yield _agreed(office, plan, post, on)
    yield _approved(office, plan, post, on)


def _agreed(office: Office, plan: dict[str, Any], post: Post, on: date) -> Fact:
    targets = [_target(number, plan["year"]) for number in _TARGETS]
    return office.fact("PlanAgreed", on, post.supervisor, {**plan, "targets": targets})


def _approved(office: Office, plan: dict[str, Any], post: Post, on: date) -> Fact:
    return office.fact("PlanApproved", on, post.superior, {**plan, "by": post.superior})


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


def _issue(office: Office, of: _Year, on: date) -> Iterator[Fact]:
    for form in law.act(ACT).forms:
        data = {**of.ref, "form": form, "evaluator": of.post.supervisor}
        yield office.fact("SheetIssued", on, office.hr, data)


def _targets(office: Office, of: _Year, on: date, batch: str) -> Iterator[Fact]:
    post, reached = of.post, 0
    for target in _TARGETS:
        met = office.chance(_MET)
        reached += met
        data = {**_of_year(of.ref), "target": target, "met": met, "actual": "100 %" if met else "72 %"}
        yield office.fact("TargetAssessed", on, post.supervisor, data)
    if office.chance(_UNSIGNED):
        return
    # Where no form is named, the sheet of targets is meant.
    case = of.case(of.ref if office.chance(1 / 2) else {**of.ref, "form": "targets"}, reached)
    yield office.fact("SheetSigned", on, post.supervisor, case.ref | office.signature())
    if office.chance(_RETURNED):
        data = {**case.ref, "by": post.superior, "reason": "Нет подтверждения по показателю № 3."}
        yield office.fact("SheetReturned", on, post.superior, data)
        again = law.working_day(on, 1)
        office.plan(again, partial(_signed_again, office, of, case, again, batch))
    else:
        yield from _superior_agrees(office, of, case, on, batch)


def _signed_again(office: Office, of: _Year, case: Case, on: date, batch: str) -> Iterator[Fact]:
    yield office.fact("SheetSigned", on, of.post.supervisor, case.ref | office.signature())
    yield from _superior_agrees(office, of, case, on, batch)


def _superior_agrees(office: Office, of: _Year, case: Case, on: date, batch: str) -> Iterator[Fact]:
    yield office.fact("SheetAgreed", on, of.post.superior, {**case.ref, "by": of.post.superior})
    _submit(office, of, case, batch)


def _submit(office: Office, of: _Year, case: Case, batch: str) -> None:
    if of.is_assessed:
        office.docket.setdefault(batch, []).append(case)


def _competencies(office: Office, of: _Year, on: date, batch: str) -> Iterator[Fact]:
    for competency, count in _asked(of.post):
        missing = [number for number in range(1, count + 1) if not office.chance(_SHOWN)]
        data = {
            **_of_year(of.ref),
            "competency": competency,
            "shown": count - len(missing),
            "missing": missing,
        }
        yield office.fact("CompetencyAssessed", on, of.post.supervisor, data)
    if not office.chance(_UNSIGNED):
        case = of.case({**of.ref, "form": COMPETENCIES}, 0)
        yield office.fact("SheetSigned", on, of.post.supervisor, case.ref | office.signature())
        _submit(office, of, case, batch)


def _of_year(ref: dict[str, Any]) -> dict[str, Any]:
    return {"employee": ref["employee"], "position": ref["position"], "year": int(ref["period"])}


def _asked(post: Post) -> Iterator[tuple[str, int]]:
    """The competencies that one in the post is assessed on, and how many indicators each has (annex 4)."""
    rule = law.competencies(ACT)
    group = rule.group_of(post.category, heads_unit=post.heads_unit)
    for code in rule.asked_of(serves_public=bool(post.serves_public)) if group else ():
        yield code, rule.competencies[code].count(group or "")


def _revised(office: Office, case: Case) -> dict[str, Any]:
    if case.ref.get("form") == COMPETENCIES:
        asked = [code for code, _ in _asked(case.servant.post)]
        results = tuple(law.competencies(ACT).results)
        code = asked[int(office.rng.random() * len(asked))]
        return {COMPETENCIES: {code: results[int(office.rng.random() * len(results))]}}
    case.score = (case.score + 1) % (len(_TARGETS) + 1)
    return {"score": str(case.score)}
