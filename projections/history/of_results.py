"""What results, those who decide on them, and terms say beyond their plain fields."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from events.period import parse_period
from events.vocabulary import Data, commission, obligation
from events.vocabulary import assessment as sheets
from projections.history.said import Coded, Counted, Owed, Said, Value
from projections.history.scene import Scene

_CORRECTIONS: Final = ("score", "points", "competencies")


def _decided(said: Said, scene: Scene, data: Any) -> Said:
    """A choice, and what it corrects."""
    chosen = said.varied(getattr(data, "choice", None) or data.outcome)
    return chosen.detailed(**_corrections(scene, data))


def _corrections(scene: Scene, data: Any) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name in _CORRECTIONS:
        value = getattr(data, name, None)
        if value is not None:
            found[f"corrected_{name}"] = scene.verdicts(value) if name == "competencies" else value
    return found


def _voted(said: Said, scene: Scene, data: commission.VoteCast) -> Said:
    return _decided(said, scene, data) if data.choice is not None else said.varied("panel")


def _of_body(said: Said, _: Scene, data: commission.ProtocolFiled | commission.MemberReplaced) -> Said:
    return said.varied("panel" if data.session is None else "commission")


def _announced(said: Said, scene: Scene, data: sheets.AnnouncedResult) -> Said:
    act = scene.act_of(data.methodology, data.revision)
    told = said.varied(
        act=act.title if act else data.methodology,
        cause=Coded("cause", data.cause),
        grade=scene.grade_title(data.grade, act),
    )
    if data.results is not None:
        return told.varied("competencies", results=scene.verdicts(data.results))
    return told.varied("none") if data.score is None else told.varied(score=Decimal(data.score))


def _formed(said: Said, scene: Scene, data: sheets.AnnualFormed) -> Said:
    counted = tuple(Counted(parse_period(one.period), Decimal(one.score)) for one in data.quarters)
    told = said.detailed(quarters=counted) if counted else said
    if data.score is None:
        return told.varied("open")
    act = scene.act_of(data.methodology, data.revision)
    return told.varied(score=Decimal(data.score), grade=scene.grade_title(data.grade, act))


def _quarter_carried(said: Said, scene: Scene, data: sheets.QuarterCarried) -> Said:
    told = said.varied(quarter=parse_period(data.period))
    if data.score is None:
        return told.varied("withdrawn")
    told = told.varied(score=Decimal(data.score))
    act = scene.act_of(data.methodology) if data.methodology else None
    return told if data.grade is None else told.detailed(grade=scene.grade_title(data.grade, act))


def _terms_marked(said: Said, scene: Scene, data: obligation.TermsMarked) -> Said:
    acts_own = scene.act.terms if scene.act else {}
    owed = tuple(
        Owed(
            acts_own[one.term].title if one.term in acts_own else one.term,
            Coded("who", one.owes),
            one.due,
            one.clause,
            Coded("term", one.state),
            one.met_on,
        )
        for one in data.terms
    )
    return said.detailed(terms=owed)


SAID: Final[Mapping[type[Data], Callable[[Said, Scene, Any], Said]]] = MappingProxyType(
    {
        commission.MemberReplaced: _of_body,
        commission.ProtocolFiled: _of_body,
        commission.VoteCast: _voted,
        obligation.TermsMarked: _terms_marked,
        sheets.AnnualFormed: _formed,
        sheets.AppealResolved: _decided,
        sheets.CommissionDecided: _decided,
        sheets.QuarterCarried: _quarter_carried,
        sheets.ResultAnnounced: _announced,
        sheets.ResultRestated: _announced,
    }
)
