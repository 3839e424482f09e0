"""The assessment of one employee in one position for one period, with its sheets."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from events.documents import results
from events.documents.results import Result
from events.envelope import SYSTEM, Event
from events.vocabulary import assessment as facts
from events.vocabulary.types import Ref

ALWAYS_NAMED = "competencies"
"""The form that stands beside another (`arys-2022`); a form left out means the other."""


class Mark(msgspec.Struct, frozen=True):
    """A mark by a scorer for a parameter; of one scorer's marks for a parameter the last is kept."""

    parameter: str
    scorer: str
    score: Decimal
    comment: str | None
    event: UUID


class Award(msgspec.Struct, frozen=True):
    """Bonus points for an indicator."""

    indicator: str
    points: int
    event: UUID


class Breach(msgspec.Struct, frozen=True):
    """A proven breach of `execution` or `discipline`."""

    kind: str
    event: UUID


class TargetMark(msgspec.Struct, frozen=True):
    """How a target of the plan came out."""

    target: str
    mark: int | None
    met: bool | None
    event: UUID


class CompetencyMark(msgspec.Struct, frozen=True):
    """How many of a competency's indicators were shown, and the numbers of the others."""

    competency: str
    shown: int
    missing: tuple[int, ...]
    event: UUID


class Sheet(msgspec.Struct, frozen=True):
    """A sheet on a form, under an evaluator (and those added to him); `by_clock` if nobody else issued it."""

    form: str
    evaluator: str
    added: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    signed_on: date | None = None
    signed_at: datetime | None = None
    signed_seq: int = 0
    countersigned_on: date | None = None
    agreed_by: str | None = None
    by_clock: bool = False

    @property
    def is_signed(self) -> bool:
        return self.signed_on is not None

    @property
    def evaluators(self) -> tuple[str, ...]:
        """Those who may score: the evaluator, then those added."""
        return (self.evaluator, *self.added)


class Assessment(msgspec.Struct, frozen=True):
    """What is known of the assessment; a rule makes a result of it. `disputes` counts those not settled."""

    employee: str
    position: str
    period: str
    workdays: int | None = None
    sheets: tuple[Sheet, ...] = ()
    awards: tuple[Award, ...] = ()
    breaches: tuple[Breach, ...] = ()
    targets: tuple[TargetMark, ...] = ()
    competencies: tuple[CompetencyMark, ...] = ()
    results: tuple[Result, ...] = ()
    disputes: int = 0

    def sheet(self, form: str | None = None) -> Sheet | None:
        """The sheet on a form; with no form named, the first issued that may go unnamed."""
        # A loop: it is asked for with every mark, and a generator costs more than what it finds.
        for sheet in self.sheets:
            if sheet.form == form or (form is None and sheet.form != ALWAYS_NAMED):
                return sheet
        return None

    def result(self, form: str | None = None) -> Result:
        """What became of the result of a form: of the one that is always named, or of the other."""
        strand = ALWAYS_NAMED if form == ALWAYS_NAMED else None
        for one in self.results:
            if one.form == strand:
                return one
        return _NO_RESULT[strand]


_NO_RESULT = {form: Result(form) for form in (None, ALWAYS_NAMED)}


def evolve(document: Assessment | None, event: Event) -> Assessment:
    """The assessment after one more event."""
    data = event.data
    if document is None:
        employee, position, period = event.document.key
        document = Assessment(employee, position, period)
    current = document
    # Of three events two are marks.
    if isinstance(data, facts.ScoreSubmitted):
        return _with_mark(current, event.id, data)
    match data:
        case facts.WorkdaysReported():
            return msgspec.structs.replace(current, workdays=data.days)
        case facts.SheetIssued():
            return _issued(current, data, event)
        case facts.SheetSigned():
            return _on_sheet(
                current,
                data,
                lambda sheet: msgspec.structs.replace(
                    sheet, signed_on=event.occurred_on, signed_at=event.recorded_at, signed_seq=event.seq
                ),
            )
    return _evolve_rarer(current, event)


def _evolve_rarer(current: Assessment, event: Event) -> Assessment:
    data = event.data
    match data:
        case facts.EvaluatorReplaced():
            return _on_sheet(
                current, data, lambda sheet: msgspec.structs.replace(sheet, evaluator=data.evaluator)
            )
        case facts.EvaluatorAdded():
            return _on_sheet(
                current,
                data,
                lambda sheet: msgspec.structs.replace(sheet, added=(*sheet.added, data.evaluator)),
            )
        case facts.SheetReturned():
            return _on_sheet(
                current,
                data,
                lambda sheet: msgspec.structs.replace(
                    sheet,
                    signed_on=None,
                    signed_at=None,
                    signed_seq=0,
                    countersigned_on=None,
                    agreed_by=None,
                ),
            )
        case facts.SheetCountersigned():
            return _on_sheet(
                current,
                data,
                lambda sheet: msgspec.structs.replace(sheet, countersigned_on=event.occurred_on),
            )
        case facts.SheetAgreed():
            return _on_sheet(current, data, lambda sheet: msgspec.structs.replace(sheet, agreed_by=data.by))
    if isinstance(data, facts.DisputeRaised | facts.DisputeSettled):
        change = 1 if isinstance(data, facts.DisputeRaised) else -1
        return msgspec.structs.replace(current, disputes=current.disputes + change)
    if isinstance(data, Ref):
        before = current.result(data.form)
        result = results.evolve(before, event)
        if result is not before:
            others = tuple(one for one in current.results if one.form != result.form)
            return msgspec.structs.replace(current, results=(*others, result))
    return _evolve_points_and_targets(current, event)


def _evolve_points_and_targets(current: Assessment, event: Event) -> Assessment:
    data = event.data
    match data:
        case facts.PointsAwarded():
            award = Award(str(data.indicator), data.points, event.id)
            others = tuple(other for other in current.awards if other.indicator != award.indicator)
            return msgspec.structs.replace(current, awards=(*others, award))
        case facts.BreachRecorded():
            return msgspec.structs.replace(current, breaches=(*current.breaches, Breach(data.kind, event.id)))
        case facts.TargetAssessed():
            target = TargetMark(str(data.target), data.mark, data.met, event.id)
            rest = tuple(other for other in current.targets if other.target != target.target)
            return msgspec.structs.replace(current, targets=(*rest, target))
        case facts.CompetencyAssessed():
            competency = CompetencyMark(str(data.competency), data.shown, tuple(data.missing), event.id)
            left = tuple(other for other in current.competencies if other.competency != competency.competency)
            return msgspec.structs.replace(current, competencies=(*left, competency))
    return current


def _issued(current: Assessment, data: facts.SheetIssued, event: Event) -> Assessment:
    """With one more sheet; of one that the clock issued first, the body says who evaluates."""
    known = next((sheet for sheet in current.sheets if sheet.form == data.form), None)
    if known is not None:
        said = msgspec.structs.replace(known, evaluator=data.evaluator, by_clock=False)
        sheets = tuple(said if sheet is known else sheet for sheet in current.sheets)
        return msgspec.structs.replace(current, sheets=sheets)
    sheet = Sheet(data.form, data.evaluator, by_clock=event.actor == SYSTEM)
    return msgspec.structs.replace(current, sheets=(*current.sheets, sheet))


def _on_sheet(current: Assessment, data: Ref, change: Callable[[Sheet], Sheet]) -> Assessment:
    subject = current.sheet(data.form)
    sheets = tuple(change(sheet) if sheet is subject else sheet for sheet in current.sheets)
    return msgspec.structs.replace(current, sheets=sheets)


def _with_mark(current: Assessment, event: UUID, data: facts.ScoreSubmitted) -> Assessment:
    sheet = current.sheet(data.form)
    if sheet is None:
        return current
    parameter, scorer = str(data.parameter), data.scorer or sheet.evaluator
    marks = [other for other in sheet.marks if other.parameter != parameter or other.scorer != scorer]
    marks.append(Mark(parameter, scorer, data.score, data.comment, event))
    marked = msgspec.structs.replace(sheet, marks=tuple(marks))
    if len(current.sheets) == 1:
        return msgspec.structs.replace(current, sheets=(marked,))
    sheets = tuple([marked if one is sheet else one for one in current.sheets])
    return msgspec.structs.replace(current, sheets=sheets)
