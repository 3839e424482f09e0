"""Documents as the rules meet them, in few words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from events.documents import Assessment, Discipline, Employment, Plan
from events.documents.assessment import Award, Breach, CompetencyMark, Mark, Sheet, TargetMark
from events.documents.discipline import Sanction
from events.documents.employment import Leave, Tenure
from events.vocabulary.plan import Target
from methodologies.act import Act
from methodologies.rules.mean_of_quarters import Counted

_CAUSE = UUID(int=0)
LONG_AGO = date(2010, 1, 1)


def readings(act: Act, **chosen: str) -> Mapping[str, str]:
    """The act's readings, with others chosen where said (`rounding_scope="every-score"`)."""
    return {**act.chosen(), **{name.replace("_", "-"): value for name, value in chosen.items()}}


def sheet(*marks: str, form: str = "annex-2", evaluator: str = "head-1") -> Sheet:
    """A sheet with these marks for its rows, in their order."""
    return sheet_of(
        [(str(row), evaluator, mark) for row, mark in enumerate(marks, 1)], form=form, evaluator=evaluator
    )


def sheet_of(
    marks: Iterable[tuple[str, str, str]],
    *,
    form: str = "annex-2",
    evaluator: str = "head-1",
    added: tuple[str, ...] = (),
) -> Sheet:
    """A sheet with marks as (parameter, scorer, mark), in the order given."""
    made = tuple(Mark(row, scorer, Decimal(mark)) for row, scorer, mark in marks)
    return Sheet(form, evaluator, added=added, marks=made)


def discipline(*sanctions: Sanction) -> Discipline:
    return Discipline("e-1", sanctions)


def sanction(kind: str, on: str, *, discrediting: bool = False, annulled: bool = False) -> Sanction:
    imposed = date.fromisoformat(on)
    return Sanction(uuid5(_CAUSE, f"{kind} {on}"), kind, imposed, discrediting, annulled)


def tenure(since: str, until: str | None = None, **more: Any) -> Tenure:
    """A position held from a day to a last day; category E-4, no manager, unless said."""
    common = {
        "position": "p-1",
        "category": "E-4",
        "managerial": False,
        "unit": "u-1",
        "supervisor": "boss-1",
        "unit_head": "head-1",
        "superior": None,
        "heads_unit": False,
        "probation_until": None,
        "serves_public": False,
    }
    ended = None if until is None else date.fromisoformat(until)
    return Tenure(**{**common, "since": date.fromisoformat(since), "until": ended, **more})


def employment(*tenures: Tenure, leaves: Sequence[tuple[str, str, str | None]] = ()) -> Employment:
    """An employee's file; leaves as (kind, first day, last day)."""
    taken = tuple(
        Leave(kind, date.fromisoformat(since), None if until is None else date.fromisoformat(until))
        for kind, since, until in leaves
    )
    return Employment("e-1", tenures=tenures, leaves=taken)


def assessment(period: str = "2026-Q1", **known: Any) -> Assessment:
    return Assessment("e-1", "p-1", period, **known)


def awards(*points: int) -> tuple[Award, ...]:
    """Bonus points for indicators 1, 2, …"""
    return tuple(Award(str(number), value, _CAUSE) for number, value in enumerate(points, 1))


def breaches(*kinds: str) -> tuple[Breach, ...]:
    return tuple(Breach(kind, _CAUSE) for kind in kinds)


def plan(targets: int, year: str = "2017") -> Plan:
    """An agreed plan with targets 1, 2, …"""
    made = tuple(Target(number, f"target {number}", measurable=True) for number in range(1, targets + 1))
    return Plan("e-1", "p-1", year, made, agreed=True)


def marked(marks: Mapping[str, int]) -> tuple[TargetMark, ...]:
    return tuple(TargetMark(target, mark, None, _CAUSE) for target, mark in marks.items())


def met(targets: Mapping[str, bool]) -> tuple[TargetMark, ...]:
    return tuple(TargetMark(target, None, is_met, _CAUSE) for target, is_met in targets.items())


def shown(competency: str, count: int, missing: tuple[int, ...] = ()) -> CompetencyMark:
    return CompetencyMark(competency, count, missing, _CAUSE)


def counted(*scores: tuple[str, str] | tuple[str, str, str, int]) -> tuple[Counted, ...]:
    """Quarters as (period, score) or (period, score, position, days)."""
    return tuple(
        Counted(one[0], "body-1", one[2], Decimal(one[1]), one[3])
        if len(one) == 4
        else Counted(one[0], "body-1", "p-1", Decimal(one[1]))
        for one in scores
    )
