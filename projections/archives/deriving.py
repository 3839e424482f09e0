"""A person's events opened, folded and graded for the year, as at export so at every replay."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import msgspec

from events.codec import Codec, public_type
from events.documents import Adoptions, Document, evolve
from events.envelope import Event
from events.failures import told
from events.log.documents import event_of
from events.period import parse_period
from events.seal import DocumentKey
from events.vocabulary import Name
from methodologies.registry import Law
from projections.archives.records import Sealed
from projections.dossiers import ADOPTIONS
from projections.grade import Grade
from projections.ledger import Work, grades_of, work_by_employee
from projections.view import LedgerView


class Lost(msgspec.Struct, frozen=True):
    """An event that has no key any more: its document was destroyed, or the keys at hand lack it."""

    seq: int
    stream: UUID
    type: str


class Unread(msgspec.Struct, frozen=True):
    """An event that does not open; `error` tells a type and a place in the code."""

    seq: int
    error: str


Opened = Event | Lost | Unread


def opened(codec: Codec, events: Iterable[Sealed], keys: Mapping[UUID, DocumentKey]) -> list[Opened]:
    """The events, those without a key and those that fail each in their place."""
    found: list[Opened] = []
    for one in events:
        key = keys.get(one.header.stream)
        if key is None:
            found.append(Lost(one.header.seq, one.header.stream, public_type(one.header.type)))
            continue
        try:
            found.append(event_of(codec, key, one.header, one.payload))
        except Exception as error:  # noqa: BLE001 - whatever one payload holds, the rest go on
            found.append(Unread(one.header.seq, told(error)))
    return found


class Ground(msgspec.Struct, frozen=True):
    """What everybody's grades are derived on: the body, the year, its own adoptions, the law."""

    body: str
    year: int
    adoptions: Adoptions | None
    law: Law

    def documents_of(self, events: Iterable[Event]) -> dict[Name, Document]:
        """A person's documents. Raises whatever a fold fails with."""
        documents: dict[Name, Document] = {}
        for event in events:
            document = evolve(documents.get(event.document), event)
            if document is not None:
                documents[event.document] = document
        return documents

    def grades(self, documents: Mapping[Name, Document]) -> list[Grade]:
        """The year's grades of the one person whose documents these are, each explained."""
        seen: dict[Name, Document] = dict(documents)
        if self.adoptions is not None:
            seen[ADOPTIONS] = self.adoptions
        view = LedgerView(self.body, seen, self.law)
        return [
            grade
            for employee, work in work_by_employee(documents).items()
            for grade in grades_of(view, employee, self._of_the_year(work), explained=True)
        ]

    def _of_the_year(self, work: Work) -> Work:
        assessments = [one for one in work.assessments if parse_period(one.period).year == self.year]
        return Work(assessments, work.years & {self.year})


def adoptions_in(events: Sequence[Event]) -> Adoptions | None:
    """The body's own adoptions after these events."""
    document: Document | None = None
    for event in events:
        if event.document == ADOPTIONS:
            document = evolve(document, event)
    return document if isinstance(document, Adoptions) else None
