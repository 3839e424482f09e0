"""What employment, sanctions and the law say beyond their plain fields."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from events.period import parse_period
from events.vocabulary import Data, body, discipline, employment, methodology, retention
from projections.history.said import Coded, Said
from projections.history.scene import Scene


def _superiors(said: Said, _: Scene, data: employment.SuperiorsChanged) -> Said:
    changed = {"supervisor": data.supervisor, "unit_head": data.unit_head}
    return said.detailed(**{name: code for name, code in changed.items() if code is not None})


def _leave(said: Said, _: Scene, data: employment.LeaveTaken) -> Said:
    return said.varied("open" if data.until is None else "until")


def _sanctioned(said: Said, _: Scene, data: discipline.DisciplineRecorded) -> Said:
    called = data.title if data.sanction == "other" and data.title else Coded("sanction", data.sanction)
    return said.varied("discrediting" if data.discrediting else "", sanction=called)


def _annulled(said: Said, scene: Scene, _: discipline.DisciplineAnnulled) -> Said:
    found = scene.sanction
    if found is None:
        return said.varied("unknown")
    return said.varied(sanction=Coded("sanction", found.sanction), imposed_on=found.imposed_on)


def _carried(said: Said, _: Scene, data: discipline.DisciplineCarried) -> Said:
    variant = "annulled" if data.annulled else "discrediting" if data.discrediting else ""
    return said.varied(variant, sanction=Coded("sanction", data.sanction))


def _adopted(said: Said, scene: Scene, data: body.MethodologyAdopted) -> Said:
    since = parse_period(data.from_period)
    return said.varied(act=scene.act_title(data.methodology), from_period=since)


def _of_act(said: Said, scene: Scene, data: Any) -> Said:
    return said.varied(act=scene.act_title(data.id, data.revision))


def _declared(said: Said, _: Scene, data: body.WorkCalendarDeclared) -> Said:
    return said.varied("working" if data.working else "off")


def _held(said: Said, _: Scene, data: retention.HoldPlaced | retention.HoldLifted) -> Said:
    if data.period is None:
        return said.varied()
    return said.varied("period", period=parse_period(data.period))


SAID: Final[Mapping[type[Data], Callable[[Said, Scene, Any], Said]]] = MappingProxyType(
    {
        body.MethodologyAdopted: _adopted,
        body.WorkCalendarDeclared: _declared,
        discipline.DisciplineAnnulled: _annulled,
        discipline.DisciplineCarried: _carried,
        discipline.DisciplineRecorded: _sanctioned,
        employment.LeaveTaken: _leave,
        employment.SuperiorsChanged: _superiors,
        methodology.MethodologyActivated: _of_act,
        methodology.MethodologyPublished: _of_act,
        methodology.MethodologyRepealed: _of_act,
        retention.HoldLifted: _held,
        retention.HoldPlaced: _held,
    }
)
