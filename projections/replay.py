"""The audit of announced results: each derived anew at its place in the ledger, under the law of its day."""

from collections import Counter
from typing import Any, Final
from uuid import UUID

import msgspec

from events.documents import Assessment, Document, evolve
from events.documents.assessment import ALWAYS_NAMED
from events.envelope import Event
from events.failures import told as failed_at
from events.period import parse_period
from events.vocabulary import TYPES, Name
from events.vocabulary.assessment import (
    AnnouncedResult,
    CommissionDecided,
    DecisionApproved,
    ResultAnnounced,
    ResultDelivered,
)
from events.vocabulary.calibration import CalibrationConcluded
from methodologies.registry import Law
from projections.as_told import Behind, Then, Told
from projections.dossiers import ADOPTIONS, is_personal
from projections.lawbook import Lawbook
from projections.replayed import (
    INPUTS_DESTROYED,
    POSITION_CHANGED,
    RESTATED,
    RESTATEMENT_OWED,
    Finding,
    changes,
    differences,
    said_in,
)
from projections.results import Said, result_of, said_of
from projections.view import LedgerView

_FOLLOWING: Final = (AnnouncedResult, CalibrationConcluded, CommissionDecided, DecisionApproved)
"""What the system adds to a fact within its transaction; its other events are facts of its own."""

_RESTED_ON: Final = {
    "quarterly": frozenset({"calibration", "discipline", "employment"}),
    "annual": frozenset({"assessment", "calibration", "discipline", "employment", "plan"}),
    "competencies": frozenset({"calibration", "employment"}),
}
"""Documents beside its own assessment that a result can rest on, by the module of their vocabulary."""


class Scope(msgspec.Struct, frozen=True):
    """Which results are replayed: of an employee, of a period (a year with its quarters), or all."""

    employee: str | None = None
    period: str | None = None

    def covers(self, employee: str, period: str) -> bool:
        return self.employee in {None, employee} and (
            self.period in {None, period} or period.startswith(f"{self.period}-")
        )


class Replay:
    """One pass over a body's ledger; `findings` so far, and how many announcements were `judged`.

    Of those `alike` came out the same to the last digit. `lost` counts announcements that were destroyed.
    """

    def __init__(self, ledger: str, laws: Lawbook, scope: Scope | None = None) -> None:
        self.findings: list[Finding] = []
        self.documents: dict[Name, Document] = {}
        self.judged = 0
        self.alike = 0
        self.lost = 0
        self.results = 0
        self.causes: Counter[str] = Counter()
        self._ledger = ledger
        self._laws = laws
        self._then = Then(ledger, laws)
        self._scope = scope or Scope()
        self._told: dict[tuple[Name, str | None], Told] = {}
        # Of the transaction in hand: its events, and its documents as they were before it.
        self._events: dict[UUID, Event] = {}
        self._before: dict[Name, Document | None] = {}
        self._adopted: dict[UUID, Event] = {}
        self._lost_since: dict[str, int] = {}

    def view(self, law: Law) -> LedgerView:
        """The ledger as it is now, under a law."""
        return LedgerView(self._ledger, self.documents, law)

    def take(self, event: Event) -> None:
        """The next event of the ledger that can be read."""
        data = event.data
        if not isinstance(data, _FOLLOWING):
            self._begin()
        elif isinstance(data, AnnouncedResult) and self._scope.covers(data.employee, data.period):
            self._judge(event, data)
        self._events[event.id] = event
        if event.document == ADOPTIONS:
            self._adopted[event.id] = event
        self._fold(event)

    def take_destroyed(self, type_: str, seq: int) -> None:
        """The next event of the ledger, whose document was destroyed."""
        kind = TYPES.get(type_)
        if kind is None or not issubclass(kind, _FOLLOWING):
            self._begin()
        if kind is not None:
            self._lost_since.setdefault(kind.__module__.rpartition(".")[2], seq)
            self.lost += issubclass(kind, AnnouncedResult)

    def finish(self) -> None:
        """Holds what was told last against what the whole ledger comes to under the law as it stands."""
        self.results = len(self._told)
        for (name, form), last in self._told.items():
            try:
                self._judge_standing(name, form, last)
            except Exception as error:  # noqa: BLE001 - whatever one result does, the rest go on
                self._find("not-derivable", name, form, detail=failed_at(error))
        for document in self.documents.values():
            if not isinstance(document, Assessment):
                continue
            name = Name("assessment", (document.employee, document.position, document.period))
            for result in document.results:
                untold = result.delivered_on is not None and not result.announced
                if untold and self._scope.covers(document.employee, document.period):
                    self._find("announcement-missing", name, result.form)

    def _begin(self) -> None:
        """Another transaction of the ledger's begins."""
        self._events.clear()
        self._before.clear()

    def _fold(self, event: Event) -> None:
        name = event.document
        if name == ADOPTIONS or (is_personal(name) and self._scope.employee in {None, name.key[0]}):
            before = self.documents.get(name)
            self._before.setdefault(name, before)
            try:
                after = evolve(before, event)
            except Exception as error:  # noqa: BLE001 - whatever one document does, the rest go on
                employee = None if name == ADOPTIONS else name.key[0]
                found = Finding(
                    code="not-derivable",
                    body=self._ledger,
                    seq=event.seq,
                    employee=employee,
                    detail=failed_at(error),
                )
                self.findings.append(found)
                return
            if after is not None:
                self.documents[name] = after

    def _judge(self, event: Event, data: AnnouncedResult) -> None:
        self.judged += 1
        name, form = data.document, ALWAYS_NAMED if data.form == ALWAYS_NAMED else None
        last = self._told.get((name, form))
        said = said_in(data)
        try:
            said = self._compare(event, data, name)
            self._trace(event, data, last)
        except Exception as error:  # noqa: BLE001 - whatever one result does, the rest go on
            self._find("not-derivable", name, form, seq=event.seq, detail=failed_at(error))
        announces = isinstance(data, ResultAnnounced)
        own = self.documents.get(ADOPTIONS)
        self._told[name, form] = Told(event.seq, event.agency_seq, own, said, announces)

    def _compare(self, event: Event, data: AnnouncedResult, name: Name) -> Said:
        """To the last digit: what was told, and what the documents right before it come to.

        What they come to is returned: what follows is held against that, so that one wrong value is told of
        once.
        """
        law = self._laws.at(event.agency_seq)
        if law is None:
            self._find("law-missing", name, data.form, seq=event.seq)
            return said_in(data)
        grade = result_of(self.view(law), name, data.form)
        found = differences(data, grade, law) if grade else changes(said_in(data), said_of(None))
        if grade is None or found:
            code = INPUTS_DESTROYED if self._rests_on_lost(data.kind, event.seq) else "result-differs"
            detail = None if grade else "he held no such result"
            self._find(
                code, name, data.form, seq=event.seq, cause=data.cause, differences=found, detail=detail
            )
        else:
            self.alike += 1
        return said_of(grade)

    def _trace(self, event: Event, data: AnnouncedResult, last: Told | None) -> None:
        """What made the result other than it was told before: named rightly, and nothing besides."""
        name, form, said = data.document, data.form, said_in(data)
        announces = isinstance(data, ResultAnnounced)
        cause = self._cause(event, data, last)
        if cause is None:
            lost = self._rests_on_lost(data.kind, event.seq)
            code = INPUTS_DESTROYED if lost else "cause-unknown"
            self._find(code, name, form, seq=event.seq, cause=data.cause)
        if last is None:
            if not announces:
                self._find("out-of-turn", name, form, seq=event.seq, cause=data.cause)
            return
        if last.is_announced if announces else last.said == said:
            self._find("out-of-turn", name, form, seq=event.seq, cause=data.cause)
        # What the law changes comes on top of the documents as they are; a fact is looked at from before it.
        before = {} if cause is not None and cause.is_law else self._before
        stood = self._then.said(self.documents, name, form, last, before)
        if stood is not None and stood != last.said:
            lost = self._rests_on_lost(data.kind, event.seq)
            code = INPUTS_DESTROYED if lost else "changed-silently"
            self._find(code, name, form, seq=event.seq, differences=changes(last.said, stood))
        elif last.said != said and cause is not None:
            if announces or cause.is_law:
                law = self._then.law_behind(self.documents, name, form, last, event.agency_seq)
                cause = cause if law is None or (cause.is_law and law.type != cause.type) else law
            self.causes[cause.type] += 1
            self._find(
                RESTATED,
                name,
                form,
                seq=event.seq,
                cause=cause.type,
                cause_seq=cause.seq,
                differences=changes(last.said, said),
            )

    def _cause(self, event: Event, data: AnnouncedResult, last: Told | None) -> Behind | None:
        """What is named as the cause, where it is what it is said to be."""
        named = None
        if data.caused_by is not None:
            named = self._events.get(data.caused_by) or self._adopted.get(data.caused_by)
        if isinstance(data, ResultAnnounced):
            told = named.data if named is not None and named.type == data.cause else None
            if named is None or not isinstance(told, ResultDelivered):
                return None
            of_this = (told.form, told.document) == (data.form, data.document)
            return Behind(named.type, named.seq) if of_this else None
        if named is None:
            return self._then.law_named(self.documents, data, last, event.agency_seq)
        if named.type != data.cause or isinstance(named.data, ResultDelivered):
            return None
        return Behind(named.type, named.seq, is_law=named.id in self._adopted)

    def _judge_standing(self, name: Name, form: str | None, last: Told) -> None:
        grade = result_of(self.view(self._laws.law), name, form)
        said = said_of(grade)
        if grade is not None and said == last.said:
            return
        if grade is None and not parse_period(name.key[2]).is_quarter and form != ALWAYS_NAMED:
            self._find(POSITION_CHANGED, name, form, seq=last.seq)
            return
        found = changes(last.said, said)
        kind = "quarterly" if parse_period(name.key[2]).is_quarter else "competencies" if form else "annual"
        if self._then.said(self.documents, name, form, last) == last.said:
            law = self._then.law_behind(self.documents, name, form, last, self._laws.seq)
            self._find(
                RESTATEMENT_OWED,
                name,
                form,
                seq=last.seq,
                cause=law.type if law else None,
                cause_seq=law.seq if law else None,
                differences=found,
            )
        else:
            code = INPUTS_DESTROYED if self._rests_on_lost(kind) else "differs-today"
            self._find(code, name, form, seq=last.seq, differences=found)

    def _rests_on_lost(self, kind: str, before: int | None = None) -> bool:
        """Whether a document was destroyed that such a result may have rested on: whose it was is gone."""
        since = [self._lost_since[one] for one in _RESTED_ON.get(kind, ()) if one in self._lost_since]
        return bool(since) and (before is None or min(since) < before)

    def _find(self, code: str, name: Name, form: str | None, **more: Any) -> None:
        employee, position, period = name.key
        self.findings.append(
            Finding(
                code=code,
                body=self._ledger,
                employee=employee,
                position=position,
                period=period,
                form=form,
                **more,
            )
        )
