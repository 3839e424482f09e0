"""The live driver: a ledger's new events become rows, and its mark moves, in one transaction."""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final
from uuid import UUID

import msgspec

from events.codec import Codec
from events.documents import Adoptions, adoptions
from events.envelope import AGENCY
from events.keyring import Keyring
from events.log.heads import Connection
from events.vocabulary.retention import DocumentDestroyed
from projections import dossiers, marks, store
from projections.dossiers import Dossier, Failure, Opened, Reader, Stretch, is_personal
from projections.grading import ADOPTIONS, Ground, year_of
from projections.law import AgencyLaw
from projections.marks import Mark, MarkError
from projections.writing import Outcome, Years, derive

BATCH: Final = 1000
"""The most events in one transaction."""

CACHED: Final = 4_000
"""The most persons whose documents are kept folded between transactions, over all ledgers."""

_PAGE: Final = 250


class Advanced(msgspec.Struct, frozen=True):
    """What one transaction did: the ledger's mark and head after it, events read, rows written and removed.

    `whole` says that everyone in the ledger was derived anew.
    """

    ledger: str
    seq: int
    head: int
    events: int
    written: int
    removed: int
    parked: int
    whole: bool

    @property
    def is_level(self) -> bool:
        """Whether the rows stood at the ledger's head."""
        return self.seq == self.head


class _State:
    """A ledger as this driver left it: good only where the mark still stands at the same place."""

    def __init__(self, mark: Mark, own: Adoptions | None) -> None:
        self.mark = mark
        self.adoptions = own
        self.dossiers: OrderedDict[bytes, Dossier] = OrderedDict()
        self.tried_again = False


class Live:
    """Keeps the live generation of grades up to the ledgers; for one connection and one thread.

    Documents folded lately stay in memory, up to a bound; they are taken only where the ledger's mark stands
    as this driver left it, so another driver's work is never overlooked.
    """

    def __init__(
        self, keyring: Keyring, codec: Codec | None = None, *, batch: int = BATCH, cached: int = CACHED
    ) -> None:
        self._reader = Reader(keyring, codec)
        self._law = AgencyLaw(self._reader)
        self._batch = batch
        self._cached = cached
        self._states: OrderedDict[str, _State] = OrderedDict()

    @property
    def law_changed_at(self) -> int:
        """The last place in the agency's ledger, as far as it was read, where the law came to say else."""
        return self._law.changed_at

    def mark(self, ledger: str) -> Mark | None:
        """Where this driver left the ledger; None when it never was there, or failed there."""
        state = self._states.get(ledger)
        return state.mark if state else None

    def follow_agency(self, conn: Connection, ledgers: Collection[str]) -> None:
        """Reads the agency's new events, and moves the marks of those ledgers whose law says the same.

        A mark left behind `law_changed_at` is for `advance`. Raises LawError and MarkError.
        """
        with conn.transaction():
            generation = marks.live_generation(conn)
            _, head = marks.ends(conn, AGENCY)
            self._law.catch_up(conn, head)
            moved = marks.follow_agency(conn, generation, ledgers, self._law.changed_at, head)
        for ledger, mark in moved.items():
            state = self._states.get(ledger)
            if state is not None and state.mark.seq == mark.seq and state.mark.generation == generation:
                state.mark = mark

    def forget(self, ledger: str) -> None:
        """Drops what is kept of a ledger, as when another takes it over."""
        self._states.pop(ledger, None)

    def advance(self, conn: Connection, ledger: str) -> Advanced:
        """Projects the next events of a ledger in one transaction; nothing new is no error.

        The first time, what was parked is tried again. Raises MarkError, LawError, DossierError, KeyringError
        and psycopg.Error; nothing is then written, and the next call begins where this one did.
        """
        try:
            with conn.transaction():
                advanced = self._advance(conn, ledger)
        except BaseException:
            self.forget(ledger)
            raise
        self._evict()
        return advanced

    def _advance(self, conn: Connection, ledger: str) -> Advanced:
        mark = marks.lock_mark(conn, marks.live_generation(conn), ledger)
        head, agency_head = marks.ends(conn, ledger)
        if head < mark.seq or agency_head < mark.agency_seq:
            raise MarkError(
                "ahead-of-ledger",
                f"{ledger} was restored from an older back-up than its projection",
            )
        law = self._law.catch_up(conn, agency_head)
        state = self._state(conn, ledger, mark)
        upto = min(head, mark.seq + self._batch)
        stretch = self._reader.stretch(conn, ledger, mark.seq, upto)
        reading = _Reading(conn, self._reader, ledger, state, upto)
        reading.take(stretch)
        whole = reading.adopted or (mark.seq > 0 and self._law.changed_at > mark.agency_seq)
        ground = Ground(ledger, upto, state.adoptions, law)
        outcome = Outcome(parked=reading.orphaned)
        for some in reading.everyone() if whole else [reading.touched()]:
            one = derive(conn, self._reader.keyring, ground, mark.generation, some)
            outcome = Outcome(*map(sum, zip(outcome, one, strict=True)))
            # What failed is read anew the next time, all of it.
            for dossier, _ in some:
                if dossier.failures:
                    state.dossiers.pop(dossier.person, None)
        after = Mark(mark.generation, upto, agency_head)
        if after != mark:
            marks.move_mark(conn, ledger, mark, after)
        state.mark = after
        return Advanced(ledger, upto, head, len(stretch.events), *outcome, whole)

    def _state(self, conn: Connection, ledger: str, mark: Mark) -> _State:
        state = self._states.get(ledger)
        if state is None or state.mark != mark:
            own = self._reader.document(conn, ledger, ADOPTIONS, mark.seq)
            state = _State(mark, own if isinstance(own, Adoptions) else None)
            self._states[ledger] = state
        self._states.move_to_end(ledger)
        return state

    def _evict(self) -> None:
        surplus = sum(len(state.dossiers) for state in self._states.values()) - self._cached
        for state in self._states.values():
            while surplus > 0 and state.dossiers:
                state.dossiers.popitem(last=False)
                surplus -= 1


class _Reading:
    """A stretch of a ledger, read person by person into the dossiers concerned."""

    def __init__(self, conn: Connection, reader: Reader, ledger: str, state: _State, upto: int) -> None:
        self.conn = conn
        self.reader = reader
        self.ledger = ledger
        self.state = state
        self.upto = upto
        self.adopted = False
        self.orphaned = 0
        self._events: dict[bytes, list[Opened]] = {}
        self._years: dict[bytes, set[int] | None] = {}
        self._found: list[UUID] = []

    def take(self, stretch: Stretch) -> None:
        """Sorts the events by person, notes new documents, and finds whose the failed ones are."""
        destroyed: list[UUID] = []
        for opened in stretch.events:
            event = opened.event
            name = event.document
            if is_personal(name):
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
            self._read_anew(dossiers.persons_of(self.conn, self.ledger, destroyed).values())
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
            {
                opened.stream: person
                for person, events in self._events.items()
                for opened in events
                if person not in kept or opened.event.document not in kept[person].streams
            },
        )

    def _find_owners(self, failures: Mapping[UUID, Failure]) -> list[Failure]:
        """Marks the persons of failed documents to be read anew; the failures that are nobody's yet."""
        owners = dossiers.persons_of(self.conn, self.ledger, failures)
        self._read_anew(owners.values())
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
            if is_personal(found.event.document):
                owners[found.stream] = self.reader.person(self.ledger, found.event.document)
        dossiers.add_to_dossiers(self.conn, self.ledger, owners)
        self._found = [*owners, *(opened - failed)]
        self._read_anew(owners.values())

    def _read_anew(self, persons: Iterable[bytes]) -> None:
        for person in persons:
            self.state.dossiers.pop(person, None)
            self._years[person] = None

    def _loaded(self, persons: list[bytes]) -> dict[bytes, Dossier]:
        found = self.reader.load(self.conn, self.ledger, persons, self.upto)
        rows = store.written(self.conn, self.state.mark.generation, self.ledger, persons)
        for person, dossier in found.items():
            dossier.written = rows[person]
        return found
