"""A stretch of a ledger, read person by person into the dossiers that it changes."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Final
from uuid import UUID

from events.documents import Adoptions, adoptions
from events.log.heads import Connection
from events.vocabulary.retention import DocumentDestroyed
from projections import dossiers, marks, store
from projections.dossiers import ADOPTIONS, Dossier, Failure, Opened, Reader, Stretch, is_own, is_personal
from projections.grading import year_of
from projections.marks import Mark
from projections.reads import UNREAD, UNREAD_AS_STORED
from projections.writing import Years

_PAGE: Final = 250


class State:
    """A ledger as this driver left it: good only where the mark still stands at the same place."""

    def __init__(self, mark: Mark, own: Adoptions | None) -> None:
        self.mark = mark
        self.adoptions = own
        self.dossiers: OrderedDict[bytes, Dossier] = OrderedDict()
        self.tried_again = False


class Reading:
    """A stretch of a ledger, read person by person into the dossiers concerned."""

    def __init__(self, conn: Connection, reader: Reader, ledger: str, state: State, upto: int) -> None:
        self.conn = conn
        self.reader = reader
        self.ledger = ledger
        self.state = state
        self.upto = upto
        self.adopted = False
        self.orphaned = 0
        self._events: dict[bytes, list[Opened]] = {}
        self._unread: dict[UUID, bytes] = {}
        self._years: dict[bytes, set[int] | None] = {}
        self._found: list[UUID] = []

    def take(self, stretch: Stretch) -> None:
        """Sorts the events by person, notes new documents, and finds whose the failed ones are."""
        destroyed: list[UUID] = []
        for opened in stretch.events:
            event = opened.event
            name = event.document
            if is_own(name):
                self._of_person(self.reader.person(self.ledger, name), opened)
            elif name == ADOPTIONS:
                self.state.adoptions = adoptions.evolve(self.state.adoptions, event)
                self.adopted = True
            elif isinstance(event.data, DocumentDestroyed):
                destroyed.append(event.data.stream)
        self._add_to_dossiers()
        failures = {failure.stream: failure for failure in stretch.failures}
        orphans = self._find_owners(failures)
        if destroyed:
            # Whatever was kept of them, keys too, goes.
            self.state.dossiers.clear()
            self._read_anew(chain(*dossiers.persons_of(self.conn, self.ledger, destroyed).values()))
        self._try_again()
        if self._years or self._found:
            marks.release(self.conn, self.state.mark.generation, self.ledger, self._years, self._found)
        if orphans:
            marks.park(self.conn, self.state.mark.generation, self.ledger, [(None, one) for one in orphans])
            self.orphaned = len(orphans)

    def touched(self) -> list[tuple[Dossier, Years]]:
        """The dossiers that the stretch changes, with the years concerned."""
        kept = self.state.dossiers
        for person, events in self._events.items():
            if person in kept:
                for opened in events:
                    kept[person].take(opened)
        missing = [person for person in self._years if person not in kept]
        for at in range(0, len(missing), _PAGE):
            kept.update(self._loaded(missing[at : at + _PAGE]))
        for person in self._years:
            kept.move_to_end(person)
        return [
            (kept[person], None if years is None else frozenset(years))
            for person, years in self._years.items()
        ]

    def everyone(self) -> Iterator[list[tuple[Dossier, Years]]]:
        """Every dossier of the ledger, a page at a time; none is kept."""
        self.state.dossiers.clear()
        after = b""
        while page := dossiers.page_of_persons(self.conn, self.ledger, after, _PAGE):
            yield [(dossier, None) for dossier in self._loaded(page).values()]
            after = page[-1]

    def _of_person(self, person: bytes, opened: Opened) -> None:
        if type(opened.event.data) in UNREAD or not is_personal(opened.event.document):
            # No grade rests on it, and yet it may be all that a history finds the document by.
            self._unread[opened.stream] = person
            return
        self._events.setdefault(person, []).append(opened)
        name = opened.event.document
        if name.kind in {"assessment", "plan", "annual"}:
            years = self._years.setdefault(person, set())
            if years is not None:
                years.add(year_of(name.key[-1]))
        else:
            self._years[person] = None

    def _add_to_dossiers(self) -> None:
        kept = self.state.dossiers
        dossiers.add_to_dossiers(
            self.conn,
            self.ledger,
            self._unread
            | {
                opened.stream: person
                for person, events in self._events.items()
                for opened in events
                if person not in kept or opened.event.document not in kept[person].streams
            },
        )

    def _find_owners(self, failures: Mapping[UUID, Failure]) -> list[Failure]:
        """Marks the persons of failed documents to be read anew; the failures that are nobody's yet."""
        owners = dossiers.persons_of(self.conn, self.ledger, failures)
        self._read_anew(chain(*owners.values()))
        return [failure for stream, failure in failures.items() if stream not in owners]

    def _try_again(self) -> None:
        """Once for each ledger taken: a newer release, or a restored key, may fold what was parked."""
        if self.state.tried_again:
            return
        self.state.tried_again = True
        generation = self.state.mark.generation
        listed = marks.parked_in(self.conn, generation, self.ledger)
        self._read_anew(person for person in listed.values() if person is not None)
        nobodys = [stream for stream, person in listed.items() if person is None]
        owners: dict[UUID, bytes] = {}
        opened: set[UUID] = set()
        failed: set[UUID] = set()
        for found in self.reader.streams(self.conn, self.ledger, nobodys, self.upto):
            if isinstance(found, Failure):
                failed.add(found.stream)
                continue
            opened.add(found.stream)
            if is_own(found.event.document):
                owners[found.stream] = self.reader.person(self.ledger, found.event.document)
        dossiers.add_to_dossiers(self.conn, self.ledger, owners)
        self._found = [*owners, *(opened - failed)]
        self._read_anew(owners.values())

    def _read_anew(self, persons: Iterable[bytes]) -> None:
        for person in persons:
            self.state.dossiers.pop(person, None)
            self._years[person] = None

    def _loaded(self, persons: list[bytes]) -> dict[bytes, Dossier]:
        found = self.reader.load(self.conn, self.ledger, persons, self.upto, unread=UNREAD_AS_STORED)
        rows = store.written(self.conn, self.state.mark.generation, self.ledger, persons)
        for person, dossier in found.items():
            dossier.written = rows[person]
        return found
