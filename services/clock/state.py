"""A ledger at hand: its documents, what happened in them, and what the system said there, as it grows."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from heapq import merge
from operator import attrgetter
from typing import Final
from uuid import UUID

import msgspec

from events.documents import Document, Employment, evolve, obligations
from events.documents.obligations import Obligations
from events.envelope import Event
from events.log import Connection
from events.vocabulary import Name
from events.vocabulary.discipline import DisciplineAnnulled, DisciplineRecorded
from events.vocabulary.employment import EmployeeSeconded, SecondmentEnded
from events.vocabulary.retention import DocumentDestroyed
from methodologies.moments import Happened, adds_nothing, happened
from projections.dossiers import Failure, Reader, Stretch
from projections.history import OF_SERVICE
from services.recording import About, about

_PAGE: Final = 1000

_OBLIGATIONS: Final = "obligations"


class Source(msgspec.Struct, frozen=True):
    """The event that last said how a secondment or a sanction of this ledger stands: its place and day."""

    seq: int
    on: date


class LedgerState:
    """A ledger folded up to `seq`, whose events were decided by the agency's ledger up to `agency_seq`.

    `unfit` are employees whose documents cannot all be read: nothing is done of itself for them. `left_out`
    counts the events that were destroyed or could not be read. `touched` are employees of whom something was
    recorded since it was last emptied; `adopted` tells whether a methodology was.
    """

    def __init__(self, ledger: str) -> None:
        self.ledger = ledger
        self.seq = 0
        self.agency_seq = 0
        self.documents: dict[Name, Document] = {}
        self.obligations: dict[Name, Obligations] = {}
        self.names: dict[str, dict[Name, None]] = {}
        self.sources: dict[UUID, Source] = {}
        self.seconded: dict[str, None] = {}
        self.said: Counter[About] = Counter()
        self.unfit: set[str] = set()
        self.left_out = 0
        self.touched: set[str] = set()
        self.adopted = False
        self._trails: dict[Name, list[Happened]] = {}

    @property
    def employees(self) -> Collection[str]:
        """Everyone in the ledger, in the order in which they were first spoken of."""
        return self.names.keys()

    def trail(self, names: Iterable[Name]) -> Iterable[Happened]:
        """What happened in these documents, in the order recorded."""
        return merge(*(self._trails.get(name, ()) for name in names), key=attrgetter("seq"))

    def employment(self, employee: str) -> Employment | None:
        found = self.documents.get(Name("employment", (employee,)))
        return found if isinstance(found, Employment) else None

    def take(self, event: Event) -> None:
        """Folds the next event; what fails leaves its employee to people."""
        self.seq = event.seq
        self.agency_seq = max(self.agency_seq, event.agency_seq)
        name = event.document
        if name.kind in OF_SERVICE:
            employee = name.key[0]
            self.names.setdefault(employee, {})[name] = None
            if name.kind != _OBLIGATIONS:
                self.touched.add(employee)
        try:
            self._fold(event, name)
        except Exception:  # noqa: BLE001 - whatever one document does, the rest go on
            self._leave_out(name)

    def _fold(self, event: Event, name: Name) -> None:
        before = self.documents.get(name)
        if name.kind == _OBLIGATIONS:
            self.obligations[name] = obligations.evolve(self.obligations.get(name), event)
        else:
            document = evolve(before, event)
            if document is not None:
                self.documents[name] = document
            if name.kind in OF_SERVICE:
                trail, one = self._trails.setdefault(name, []), happened(event)
                if not adds_nothing(one, trail):
                    trail.append(one)
            self.adopted |= name.kind == "adoptions"
        if type(event.data).system:
            self.said[about(event.data)] += 1
        self._note_source(event, before)

    def _note_source(self, event: Event, before: Document | None) -> None:
        source, data = Source(event.seq, event.occurred_on), event.data
        match data:
            case EmployeeSeconded():
                self.sources[event.id] = source
                self.seconded[data.employee] = None
            case SecondmentEnded():
                after = self.employment(data.employee)
                known = set(before.secondments) if isinstance(before, Employment) else set()
                for one in after.secondments if after else ():
                    if one not in known:
                        self.sources[one.id] = source
            case DisciplineRecorded():
                self.sources[event.id] = source
            case DisciplineAnnulled():
                self.sources[data.discipline] = source

    def _leave_out(self, name: Name) -> None:
        self.left_out += 1
        if name.kind in OF_SERVICE:
            self.unfit.add(name.key[0])

    def read(self, conn: Connection, reader: Reader, stretch: Stretch, upto: int) -> None:
        """Folds the stretch that follows, up to its end; who cannot be read of is left to people."""
        for opened in stretch.events:
            self.take(opened.event)
        self.left_out += len(stretch.failures) + stretch.destroyed
        # Whose the unread ones are is told by what can be read of the same documents.
        broken = {failure.stream for failure in stretch.failures}
        for found in reader.streams(conn, self.ledger, broken, upto):
            if not isinstance(found, Failure) and found.event.document.kind in OF_SERVICE:
                self.unfit.add(found.event.document.key[0])
        self.seq = upto


def caught_up(conn: Connection, reader: Reader, state: LedgerState, upto: int) -> LedgerState:
    """The state at a place of the ledger not before its own; a new one where documents were destroyed since.

    Raises LogError `missing-events` and KeyringError `unknown-kek`.
    """
    fresh = state.seq == 0
    while state.seq < upto:
        end = min(upto, state.seq + _PAGE)
        stretch = reader.stretch(conn, state.ledger, state.seq, end)
        if not fresh and any(isinstance(one.event.data, DocumentDestroyed) for one in stretch.events):
            # What was destroyed must not be kept here either.
            return caught_up(conn, reader, LedgerState(state.ledger), upto)
        state.read(conn, reader, stretch, end)
    return state
