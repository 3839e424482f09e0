"""The assessment of one employee in one position for one period, with its sheets."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias
from uuid import UUID

import msgspec

from events.documents import results
from events.documents.results import Result
from events.envelope import SYSTEM, Event
from events.vocabulary import assessment as facts
from events.vocabulary.types import Data, Ref

ALWAYS_NAMED = "competencies"
"""The form that stands beside another (`arys-2022`); a form left out means the other."""


class Mark(msgspec.Struct, frozen=True):
    """A mark by a scorer for a parameter; of one scorer's marks for a parameter the last is kept."""

    parameter: str
    scorer: str
    score: Decimal
    comment: str | None = None


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
    """What is known of the assessment; a rule makes a result of it. `disputes` counts those not settled.

    `settled_on` is the last day on which one was.
    """

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
    settled_on: date | None = None

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
    if document is None:
        employee, position, period = event.document.key
        document = Assessment(employee, position, period)
    # By the type's name: two of three events are marks, and a chain of questions would cost more than they.
    change = _CHANGES.get(event.type)
    return document if change is None else change(document, event.data, event)


def evolve_all(document: Assessment | None, events: Iterable[Event]) -> Assessment | None:
    """The assessment after these events, as `evolve` has it after each.

    Marks that follow each other are put on their sheet together: that costs a third.
    """
    run: list[facts.ScoreSubmitted] = []
    for event in events:
        data = event.data
        if isinstance(data, facts.ScoreSubmitted) and document is not None:
            if run and data.form != run[0].form:
                document = _marked_by(document, run)
                run = []
            run.append(data)
            continue
        if run and document is not None:
            document = _marked_by(document, run)
            run = []
        document = evolve(document, event)
    return _marked_by(document, run) if run and document is not None else document


def _worked(current: Assessment, data: facts.WorkdaysReported, _: Event) -> Assessment:
    return msgspec.structs.replace(current, workdays=data.days)


def _issued(current: Assessment, data: facts.SheetIssued, event: Event) -> Assessment:
    """With one more sheet; of one that the clock issued first, the body says who evaluates."""
    known = current.sheet(data.form)
    if known is not None:
        said = msgspec.structs.replace(known, evaluator=data.evaluator, by_clock=False)
        return _with(current, known, said)
    sheet = Sheet(data.form, data.evaluator, by_clock=event.actor == SYSTEM)
    return msgspec.structs.replace(current, sheets=(*current.sheets, sheet))


def _marked(current: Assessment, data: facts.ScoreSubmitted, _: Event) -> Assessment:
    return _marked_by(current, (data,))


def _marked_by(current: Assessment, run: Sequence[facts.ScoreSubmitted]) -> Assessment:
    """With marks for one form, those given last at the end."""
    sheet = current.sheet(run[0].form)
    if sheet is None:
        return current
    marks = {(one.parameter, one.scorer): one for one in sheet.marks}
    for data in run:
        given = Mark(str(data.parameter), data.scorer or sheet.evaluator, data.score, data.comment)
        key = given.parameter, given.scorer
        marks.pop(key, None)
        marks[key] = given
    return _with(current, sheet, msgspec.structs.replace(sheet, marks=tuple(marks.values())))


def _signed(current: Assessment, data: facts.SheetSigned, event: Event) -> Assessment:
    return _on_sheet(
        current, data, signed_on=event.occurred_on, signed_at=event.recorded_at, signed_seq=event.seq
    )


def _countersigned(current: Assessment, data: facts.SheetCountersigned, event: Event) -> Assessment:
    return _on_sheet(current, data, countersigned_on=event.occurred_on)


def _agreed(current: Assessment, data: facts.SheetAgreed, _: Event) -> Assessment:
    return _on_sheet(current, data, agreed_by=data.by)


def _returned(current: Assessment, data: facts.SheetReturned, _: Event) -> Assessment:
    return _on_sheet(
        current, data, signed_on=None, signed_at=None, signed_seq=0, countersigned_on=None, agreed_by=None
    )


def _evaluator_replaced(current: Assessment, data: facts.EvaluatorReplaced, _: Event) -> Assessment:
    return _on_sheet(current, data, evaluator=data.evaluator)


def _evaluator_added(current: Assessment, data: facts.EvaluatorAdded, _: Event) -> Assessment:
    sheet = current.sheet(data.form)
    return _on_sheet(current, data, added=(*sheet.added, data.evaluator)) if sheet else current


def _disputed(current: Assessment, _: facts.DisputeRaised, __: Event) -> Assessment:
    return msgspec.structs.replace(current, disputes=current.disputes + 1)


def _settled(current: Assessment, _: facts.DisputeSettled, event: Event) -> Assessment:
    last = max(event.occurred_on, current.settled_on or event.occurred_on)
    return msgspec.structs.replace(current, disputes=current.disputes - 1, settled_on=last)


def _awarded(current: Assessment, data: facts.PointsAwarded, event: Event) -> Assessment:
    award = Award(str(data.indicator), data.points, event.id)
    others = tuple(other for other in current.awards if other.indicator != award.indicator)
    return msgspec.structs.replace(current, awards=(*others, award))


def _breached(current: Assessment, data: facts.BreachRecorded, event: Event) -> Assessment:
    return msgspec.structs.replace(current, breaches=(*current.breaches, Breach(data.kind, event.id)))


def _target_assessed(current: Assessment, data: facts.TargetAssessed, event: Event) -> Assessment:
    target = TargetMark(str(data.target), data.mark, data.met, event.id)
    others = tuple(other for other in current.targets if other.target != target.target)
    return msgspec.structs.replace(current, targets=(*others, target))


def _competency_assessed(current: Assessment, data: facts.CompetencyAssessed, event: Event) -> Assessment:
    competency = CompetencyMark(str(data.competency), data.shown, tuple(data.missing), event.id)
    others = tuple(other for other in current.competencies if other.competency != competency.competency)
    return msgspec.structs.replace(current, competencies=(*others, competency))


def _of_result(current: Assessment, data: Ref, event: Event) -> Assessment:
    before = current.result(data.form)
    result = results.evolve(before, event)
    if result is before:
        return current
    others = tuple(one for one in current.results if one.form != result.form)
    return msgspec.structs.replace(current, results=(*others, result))


def _on_sheet(current: Assessment, data: Ref, **changes: Any) -> Assessment:
    sheet = current.sheet(data.form)
    return current if sheet is None else _with(current, sheet, msgspec.structs.replace(sheet, **changes))


def _with(current: Assessment, before: Sheet, after: Sheet) -> Assessment:
    if len(current.sheets) == 1:
        return msgspec.structs.replace(current, sheets=(after,))
    sheets = tuple(after if sheet is before else sheet for sheet in current.sheets)
    return msgspec.structs.replace(current, sheets=sheets)


_Change: TypeAlias = Callable[[Assessment, Any, Event], Assessment]

_BY_KIND: Final[tuple[tuple[type[Data], _Change], ...]] = (
    (facts.ScoreSubmitted, _marked),
    (facts.WorkdaysReported, _worked),
    (facts.SheetIssued, _issued),
    (facts.SheetSigned, _signed),
    (facts.SheetCountersigned, _countersigned),
    (facts.SheetAgreed, _agreed),
    (facts.SheetReturned, _returned),
    (facts.EvaluatorReplaced, _evaluator_replaced),
    (facts.EvaluatorAdded, _evaluator_added),
    (facts.DisputeRaised, _disputed),
    (facts.DisputeSettled, _settled),
    (facts.PointsAwarded, _awarded),
    (facts.BreachRecorded, _breached),
    (facts.TargetAssessed, _target_assessed),
    (facts.CompetencyAssessed, _competency_assessed),
    *((kind, _of_result) for kind in results.TYPES),
)
_CHANGES: Final[Mapping[str, _Change]] = {kind.__name__: change for kind, change in _BY_KIND}
