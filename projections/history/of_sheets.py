"""What sheets, their marks and work plans say beyond their plain fields."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from events.period import parse_period
from events.vocabulary import Data, plan
from events.vocabulary import assessment as sheets
from events.vocabulary import signature as signatures
from projections.history.said import Numbered, Said
from projections.history.scene import Scene


def _of_sheet(said: Said, scene: Scene, _: Data) -> Said:
    return said.varied(form=scene.form_title())


def _scored(said: Said, scene: Scene, data: sheets.ScoreSubmitted) -> Said:
    sheet, parameter = scene.sheet, str(data.parameter)
    scorer = data.scorer or (sheet.evaluator if sheet else scene.event.actor)
    before = next(
        (
            mark.score
            for mark in (sheet.marks if sheet else ())
            if (mark.parameter, mark.scorer) == (parameter, scorer)
        ),
        None,
    )
    named = said.varied(parameter=parameter, title=scene.parameter_title(parameter), scorer=scorer)
    return named if before is None else named.varied("again", before=before)


def _self_assessed(said: Said, _: Scene, data: sheets.SelfAssessed) -> Said:
    return said if data.points is None else said.detailed(own_points=data.points)


def _target_assessed(said: Said, scene: Scene, data: sheets.TargetAssessed) -> Said:
    number = str(data.target)
    named = said.varied(target=number, title=scene.target_title(number))
    if data.mark is None:
        return named.varied("met" if data.met else "missed")
    meanings = scene.act.plan.marks.values() if scene.act and scene.act.plan else ()
    meaning = next((one.title for one in meanings if one.mark == data.mark), None)
    return named.varied("mark") if meaning is None else named.varied("mark-titled", meaning=meaning)


def _competency_assessed(said: Said, scene: Scene, data: sheets.CompetencyAssessed) -> Said:
    named = str(data.competency)
    whole = data.shown + len(data.missing)
    told = said.varied(title=scene.competency_title(named), of=whole)
    missing = scene.indicators(named, tuple(sorted(data.missing)))
    return told.detailed(missing=missing) if missing else told


def _plan_agreed(said: Said, _: Scene, data: plan.PlanAgreed) -> Said:
    targets = tuple(Numbered(str(one.target), one.title) for one in data.targets)
    told = said.counting("count", count=len(targets))
    return told.detailed(targets=targets) if targets else told


def _monitored(said: Said, _: Scene, data: plan.PlanMonitored) -> Said:
    return said.varied(quarter=parse_period(f"{data.year!s}-Q{str(data.quarter)[-1]}"))


def _signature_checked(said: Said, _: Scene, data: signatures.SignatureChecked) -> Said:
    if data.outcome != signatures.VERIFIED:
        return said
    if data.certificate is None:
        return said.varied("by-key")
    return said.varied("by-somebody" if data.signer is None else "by-certificate")


SAID: Final[Mapping[type[Data], Callable[[Said, Scene, Any], Said]]] = MappingProxyType(
    {
        plan.PlanAgreed: _plan_agreed,
        plan.PlanMonitored: _monitored,
        sheets.CompetencyAssessed: _competency_assessed,
        sheets.PointsAwarded: lambda said, _, __: said.counting("points"),
        sheets.ScoreSubmitted: _scored,
        sheets.SelfAssessed: _self_assessed,
        sheets.SheetCountersigned: _of_sheet,
        sheets.SheetIssued: _of_sheet,
        sheets.SheetSigned: _of_sheet,
        sheets.SigningRefused: _of_sheet,
        signatures.SignatureChecked: _signature_checked,
        sheets.TargetAssessed: _target_assessed,
        sheets.WorkdaysReported: lambda said, _, __: said.counting("days"),
    }
)
