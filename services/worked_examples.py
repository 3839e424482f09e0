"""A made-up servant assessed under each shipped act: facts in, grades out, by the code that grades."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from events.envelope import AGENCY
from methodologies.act import Act
from methodologies.model.readings import Family
from projections.grade import Grade
from services.offline import Ledgers, rejections

BODY = "example"
_EMPLOYEE, _POSITION, _EVALUATOR = "e-1", "p-1", "head-1"

_Given = tuple[str, str, dict[str, Any]]
"""A fact's type, its day, its data."""


class Example(msgspec.Struct, frozen=True):
    """What was reported, in words, and the grades that it came to, with their steps."""

    given: tuple[str, ...]
    grades: tuple[Grade, ...]


def example(act: Act) -> Example:
    """The worked example of a shipped act. RuntimeError when one of its facts is refused."""
    story = _STORIES[act.family]
    ledgers = Ledgers()
    lines = (_line(place, *fact) for place, fact in enumerate(_facts(act, story), start=1))
    for refused, problem in rejections(ledgers, lines):
        raise RuntimeError(f"the example of {act.id} is refused: {refused}: {problem.code}")
    return Example(story.given, tuple(one for one in ledgers.grades() if one.status == "graded"))


class _Story(msgspec.Struct, frozen=True):
    """The facts of an assessment, and how they are told."""

    year: int
    given: tuple[str, ...]
    facts: Callable[[], Iterator[_Given]]


def _facts(act: Act, story: _Story) -> Iterator[_Given]:
    before = f"{story.year - 1}-12-01"
    name = {"kk": "Мысал", "ru": "Пример", "en": "Example"}
    yield "BodyRegistered", before, {"code": BODY, "name": name}
    from_period = f"{story.year}-Q1"
    yield "MethodologyAdopted", before, {"methodology": act.id, "from_period": from_period}
    appointment = {
        "employee": _EMPLOYEE,
        "position": _POSITION,
        "category": "E-4",
        "managerial": False,
        "unit": "u-1",
        "supervisor": _EVALUATOR,
        "unit_head": _EVALUATOR,
        "on": "2015-06-01",
    }
    yield "EmployeeAppointed", "2015-06-01", appointment
    yield from story.facts()


def _line(place: int, type_: str, on: str, data: Mapping[str, Any]) -> bytes:
    envelope = {
        "id": str(uuid5(NAMESPACE_URL, f"{type_}/{place}")),
        "body": AGENCY if type_ == "BodyRegistered" else BODY,
        "type": type_,
        "occurred_on": on,
        "actor": "hr-1",
        "data": data,
    }
    return msgspec.json.encode(envelope)


def _ref(period: str) -> dict[str, Any]:
    return {"employee": _EMPLOYEE, "position": _POSITION, "period": period}


def _sheets() -> Iterator[_Given]:
    sanction = {
        "employee": _EMPLOYEE,
        "sanction": "severe-reprimand",
        "imposed_on": "2026-02-10",
        "discrediting": False,
        "basis": "order",
    }
    yield "DisciplineRecorded", "2026-02-10", sanction
    yield from _sheet("2026-Q1", "2026-04-10", ("5", "4", "4", "4", "5"), 57)
    yield from _sheet("2026-Q2", "2026-07-10", ("3.5", "4", "3", "4", "5"), 61)


def _sheet(period: str, on: str, marks: tuple[str, ...], days: int) -> Iterator[_Given]:
    ref = _ref(period)
    yield "WorkdaysReported", on, {**ref, "days": days}
    yield "SheetIssued", on, {**ref, "form": "annex-2", "evaluator": _EVALUATOR}
    for row, mark in enumerate(marks, start=1):
        yield "ScoreSubmitted", on, {**ref, "parameter": str(row), "score": mark}
    yield "SheetSigned", on, ref


def _points() -> Iterator[_Given]:
    year = {"employee": _EMPLOYEE, "position": _POSITION, "year": 2017}
    targets = [{"target": place, "title": f"Target {place}", "measurable": True} for place in (1, 2, 3)]
    yield "PlanAgreed", "2017-01-10", {**year, "targets": targets}
    yield from _quarter("2017-Q1", "2017-04-10", awards=(5, 3), breaches=("execution",))
    yield from _quarter("2017-Q2", "2017-07-10", awards=(2,), breaches=("execution", "discipline"))
    plan = {**_ref("2017"), "form": "plan"}
    yield "SheetIssued", "2017-12-10", {**plan, "evaluator": _EVALUATOR}
    for target, mark in enumerate((4, 5, 3), start=1):
        yield "TargetAssessed", "2017-12-15", {**year, "target": target, "mark": mark}
    yield "SheetSigned", "2017-12-18", plan


def _quarter(period: str, on: str, *, awards: tuple[int, ...], breaches: tuple[str, ...]) -> Iterator[_Given]:
    ref = {**_ref(period), "form": "points"}
    yield "SheetIssued", on, {**ref, "evaluator": _EVALUATOR}
    for indicator, points in enumerate(awards, start=1):
        yield "PointsAwarded", on, {**ref, "indicator": indicator, "points": points}
    for kind in breaches:
        yield "BreachRecorded", on, {**ref, "kind": kind, "source": "memo"}
    yield "SheetSigned", on, ref


def _targets() -> Iterator[_Given]:
    year = {"employee": _EMPLOYEE, "position": _POSITION, "year": 2023}
    five = range(1, 6)
    targets = [{"target": place, "title": f"Target {place}", "measurable": True} for place in five]
    yield "PlanAgreed", "2023-01-16", {**year, "targets": targets}
    sheet = {**_ref("2023"), "form": "targets"}
    yield "SheetIssued", "2023-12-20", {**sheet, "evaluator": _EVALUATOR}
    for place in five:
        yield "TargetAssessed", "2024-01-10", {**year, "target": place, "met": place != five[-1]}
    yield "SheetSigned", "2024-01-11", sheet
    other = {**_ref("2023"), "form": "competencies"}
    yield "SheetIssued", "2023-12-20", {**other, "evaluator": _EVALUATOR}
    for competency, shown, missing in _SHOWN:
        data = {**year, "competency": competency, "shown": shown, "missing": missing}
        yield "CompetencyAssessed", "2024-01-10", data
    yield "SheetSigned", "2024-01-11", other


# Of the group C that category E-4 belongs to, for one who does not serve the public.
_SHOWN: tuple[tuple[str, int, list[int]], ...] = (
    ("managing-work", 3, [4]),
    ("cooperation", 2, [3]),
    ("decisions", 3, []),
    ("promptness", 4, []),
    ("self-development", 3, []),
    ("integrity", 3, []),
    ("responsibility", 1, []),
    ("initiative", 0, [1]),
    ("stress-resistance", 1, []),
)

_STORIES: Mapping[Family, _Story] = {
    "score-sheet": _Story(
        2026,
        (
            "A servant of category E-4, in the post since 2015, is assessed on annex 2.",
            "Quarter 1 of 2026: 57 days worked; marks 5, 4, 4, 4, 5; a severe reprimand of 10 February.",
            "Quarter 2 of 2026: 61 days worked; marks 3.5, 4, 3, 4, 5; no sanction.",
        ),
        _sheets,
    ),
    "points": _Story(
        2017,
        (
            "A servant of category E-4, in the post since 2015, with a work plan of three targets.",
            "Quarter 1 of 2017: 5 and 3 points for two rewarded indicators; one missed deadline.",
            "Quarter 2 of 2017: 2 points for one rewarded indicator; one missed deadline, one lateness.",
            "The plan's targets are marked 4, 5 and 3.",
        ),
        _points,
    ),
    "targets": _Story(
        2023,
        (
            "A servant of category E-4, in the post since 2015, who does not serve the public.",
            "Four of the five key target indicators of 2023 are fully met.",
            "Of the indicators of nine competencies three in all are not shown, as below.",
        ),
        _targets,
    ),
}
