"""A ledger read as papers: every document that is there, with its name, its stream and how it stands."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from events.documents import Document, evolve
from events.envelope import Event
from events.log import Connection
from events.vocabulary import Name
from events.vocabulary.retention import DocumentDestroyed
from projections.dossiers import Opened, Reader
from projections.history import PERSONAL

_PAGE: Final = 1000

SESSIONS: Final = "commission"


class Paper(msgspec.Struct):
    """A document: how many events it has, the last one's place and day; `unread` where one does not open."""

    name: Name
    stream: UUID
    events: int = 0
    last_seq: int = 0
    last_on: date = date.min
    document: Document | None = None
    unread: bool = False


class Papers:
    """A ledger's papers up to `seq`, taken further as it grows; `orphans` are documents that tell no name."""

    def __init__(self, reader: Reader, ledger: str) -> None:
        self.ledger = ledger
        self.seq = 0
        self.documents: dict[Name, Document] = {}
        self.orphans: set[UUID] = set()
        self._reader = reader
        self._papers: dict[Name, Paper] = {}
        self._names: dict[UUID, Name] = {}
        self._of: dict[str, dict[Name, Paper]] = {}

    @property
    def employees(self) -> list[str]:
        """Whose papers there are, by their codes."""
        return sorted(self._of)

    @property
    def sessions(self) -> list[Paper]:
        """The papers of commissions' sessions."""
        return [one for one in self._papers.values() if one.name.kind == SESSIONS]

    def of(self, employee: str) -> list[Paper]:
        """A servant's own papers."""
        return list(self._of.get(employee, {}).values())

    def at(self, stream: UUID) -> Paper | None:
        """The paper of a stream; None where it was destroyed, or tells no name."""
        name = self._names.get(stream)
        return self._papers[name] if name is not None else None

    def catch_up(self, conn: Connection, upto: int) -> None:
        """Reads the ledger on to a place. Raises LogError `missing-events` and KeyringError `unknown-kek`."""
        while self.seq < upto:
            end = min(upto, self.seq + _PAGE)
            stretch = self._reader.stretch(conn, self.ledger, self.seq, end)
            for opened in stretch.events:
                self.take(opened)
            for failure in stretch.failures:
                paper = self.at(failure.stream)
                if paper is None:
                    self.orphans.add(failure.stream)
                else:
                    paper.unread = True
            self.seq = end

    def take(self, opened: Opened) -> None:
        """Takes the ledger's next event in; a document that it says was destroyed is gone."""
        event = opened.event
        name = event.document
        paper = self._papers.get(name)
        if paper is None:
            paper = self._papers[name] = Paper(name, opened.stream, unread=opened.stream in self.orphans)
            self._names[opened.stream] = name
            self.orphans.discard(opened.stream)
            if name.kind in PERSONAL and name.key:
                self._of.setdefault(name.key[0], {})[name] = paper
        paper.events += 1
        paper.last_seq, paper.last_on = event.seq, event.occurred_on
        self._fold(paper, event)
        if isinstance(event.data, DocumentDestroyed):
            self._forget(event.data.stream)

    def _fold(self, paper: Paper, event: Event) -> None:
        try:
            paper.document = evolve(paper.document, event)
        except Exception:  # noqa: BLE001 - whatever one document does, the rest go on
            paper.unread = True
        if paper.document is not None:
            self.documents[paper.name] = paper.document

    def _forget(self, stream: UUID) -> None:
        name = self._names.pop(stream, None)
        if name is None:
            return
        del self._papers[name]
        self.documents.pop(name, None)
        if name.kind in PERSONAL and name.key:
            mine = self._of[name.key[0]]
            del mine[name]
            if not mine:
                del self._of[name.key[0]]
