"""The results that are told: as they stood when they were delivered, and again when they change (cl. 9)."""

from collections.abc import Iterable, Iterator
from typing import TypeVar
from uuid import UUID

import msgspec

from events.documents import Assessment
from events.documents.results import Result
from events.envelope import Event, Fact
from events.vocabulary import Name
from events.vocabulary.assessment import AnnouncedResult, ResultAnnounced, ResultRestated
from projections.grade import Grade
from projections.results import result_of, said_of
from projections.view import LedgerView
from services.deciding.added import added

T = TypeVar("T", bound=AnnouncedResult)

RESTATING = frozenset(
    {
        "AnnualFormed",
        "AppealResolved",
        "CalibrationConcluded",
        "CommissionDecided",
        "DecisionApproved",
        "DisciplineAnnulled",
        "DisciplineCarried",
        "DisciplineRecorded",
        "EmployeeAppointed",
        "EmployeeDismissed",
        "EmployeeTransferred",
        "LeaveEnded",
        "LeaveTaken",
        "PlanAgreed",
        "PlanReturned",
        "QuarterCarried",
        "SecondmentReceived",
        "SheetReturned",
        "SheetSigned",
        "WorkdaysReported",
    }
)
"""Events that can change a result that was told before; marks cannot, as they wait for a signature."""


class Cause(msgspec.Struct, frozen=True):
    """Why a result is told: the type of what changed it, and its id where it stands in the same ledger."""

    type: str
    id: UUID | None = None


def announced(fact: Fact, view: LedgerView, grade: Grade) -> Fact:
    """What a delivery of this grade announces."""
    return added(fact, _told(ResultAnnounced, view, grade, getattr(fact.data, "form", None), fact))


def restated(fact: Fact, events: Iterable[Event], names: Iterable[Name], view: LedgerView) -> Iterator[Fact]:
    """What an accepted fact, with the events it came to, changed of the announced results among `names`.

    The cause is the last of the events that can change a result.
    """
    causes = [event for event in events if event.type in RESTATING]
    if not causes:
        return
    for name in dict.fromkeys(names):
        for result in _results(view, name):
            changed = restatement(view, name, result)
            if changed is not None:
                yield added(fact, _told(ResultRestated, view, changed, result.form, causes[-1]))


def overtaken(view: LedgerView) -> Iterator[ResultRestated]:
    """What a change of the law made of the announced results of a ledger, all of whose documents are here.

    Facts of the ledger restate what they change when they are recorded; an act that is adopted late, or
    corrected, changes results without one.
    """
    for name, document in view.documents.items():
        for result in document.results if isinstance(document, Assessment) else ():
            changed = restatement(view, name, result)
            if changed is not None and result.last is not None:
                cause = _cause_in_law(view, changed, result.last)
                yield _told(ResultRestated, view, changed, result.form, cause)


def _cause_in_law(view: LedgerView, grade: Grade, last: AnnouncedResult) -> Cause:
    if grade.methodology == last.methodology:
        return Cause("MethodologyActivated")
    repealed = view.law.methodologies[last.methodology].repealed_on is not None
    return Cause("MethodologyRepealed" if repealed else "MethodologyAdopted")


def restatement(view: LedgerView, name: Name, result: Result) -> Grade | None:
    """The grade that an announced result has come to; None while it still is what was told last."""
    last = result.last
    if last is None:
        return None
    grade = result_of(view, name, result.form)
    if grade is None or said_of(grade) == (last.score, last.grade, last.results):
        return None
    return grade


def _results(view: LedgerView, name: Name) -> tuple[Result, ...]:
    found = view.documents.get(name)
    return found.results if isinstance(found, Assessment) else ()


def _told(kind: type[T], view: LedgerView, grade: Grade, form: str | None, cause: Fact | Event | Cause) -> T:
    score, word, results = said_of(grade)
    return kind(
        employee=grade.employee,
        position=grade.position,
        period=grade.period,
        form=form,
        kind=grade.kind,
        score=score,
        grade=word,
        results=None if results is None else dict(results),
        methodology=grade.methodology,
        revision=grade.revision,
        digest=view.law.methodologies[grade.methodology].revisions[grade.revision].digest,
        readings=dict(grade.readings),
        cause=cause.type,
        caused_by=cause.id,
    )
