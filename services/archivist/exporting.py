"""A body's year written to a file: its sealed documents, the law, its grades, and what proves all of it."""

import os
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import IO, Final
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from events.codec import Codec
from events.documents import Adoptions
from events.envelope import AGENCY, Event
from events.log import Head, LogError, head
from events.log.documents import header_of
from events.log.raw import ask, scan
from events.merkle import root_of
from events.seal import DocumentKey
from events.sql import statements as log_statements
from events.vocabulary import Name
from events.vocabulary.assessment import AnnouncedResult, CommissionDecided, DecisionApproved
from methodologies import registry
from methodologies.registry import TYPICAL, Law
from projections.archives import heads, manifest
from projections.archives.checking import check
from projections.archives.container import (
    CHECKPOINTS,
    COMMON,
    EVENTS,
    GRADES,
    KEYS,
    LAW_EVENTS,
    LAW_LEAVES,
    LEAVES,
    Writer,
)
from projections.archives.deriving import Ground, adoptions_in, opened
from projections.archives.escrow import seal_keys
from projections.archives.failures import ArchiveError
from projections.archives.grades import SealedGrades, seal_grade, write_grades
from projections.archives.manifest import Counts, Covered, Manifest
from projections.archives.records import NOBODY, Group, Sealed, sealed, write_group
from services.archivist.files import mapped, written_whole
from services.archivist.found import Found, Reading, find, law_documents
from services.archivist.kept import kept_heads
from services.archivist.opening import Wrapped, unwrapped, wrapped_keys
from services.archivist.sql import statements

_SQL = statements("archives")
_SNAPSHOT = log_statements("verification")["snapshot"]
_PAGE: Final = 100
"""So many persons are read at once."""

_LEAVES_HELD: Final = 8192

Passed = Callable[[int, int], None]
"""Told how many persons are written, and of how many."""


class Order(msgspec.Struct, frozen=True):
    """What is asked for: the body and year, when and by which release, and the escrow, if any."""

    body: str
    year: int
    at: datetime
    release: str
    escrow: X25519PublicKey | None = None


class Exported(msgspec.Struct, frozen=True):
    """What was written: its manifest, and the length of the file in bytes."""

    manifest: Manifest
    length: int


def export(
    reading: Reading,
    home: Path,
    order: Order,
    path: Path,
    *,
    force: bool = False,
    passed: Passed = lambda _, __: None,
) -> Exported:
    """Writes the archive, whole or not at all, once it was checked as `archive verify` checks it.

    `reading.proving` must be outside any transaction: the ledgers are read in one snapshot. Raises
    ArchiveError `file-exists`, `nothing-assessed` or `log-altered`, KeyringError, and LogError, also for a
    document that does not open.
    """
    with written_whole(path, force=force) as file:
        with reading.proving.transaction():
            reading.proving.execute(_SNAPSHOT)
            found = _Export(reading, home, order, passed).write(file)
        file.flush()
        public_key = reading.keyring.log_key.public_key().public_bytes_raw()
        with mapped(file) as data:
            checked = check(data, [public_key])
            length = len(data)
        if checked.faults:
            first = checked.faults[0]
            raise ArchiveError(
                "log-altered",
                f"what the ledger holds does not prove itself: {first.code}: {first.detail}",
                "Run `bagalau verify`.",
            )
    return Exported(found, length)


class _Export:
    def __init__(self, reading: Reading, home: Path, order: Order, passed: Passed) -> None:
        self._reading = reading
        self._conn = reading.proving
        self._keyring = reading.keyring
        self._home = home
        self._order = order
        self._passed = passed
        self._codec = Codec()
        self._wrapped: Wrapped = {}
        self._escrowed: dict[UUID, DocumentKey] = {}
        self._cited: set[str] = {TYPICAL}
        self._sessions: set[str] = set()
        self._documents: set[UUID] = set()
        self._events = self._grades = self._last = 0

    def write(self, file: IO[bytes]) -> Manifest:
        order = self._order
        at, of_law = head(self._conn, order.body), head(self._conn, AGENCY)
        found = find(self._reading, at, order.year)
        if not found.persons:
            raise ArchiveError(
                "nothing-assessed", f"nothing of {order.year} is recorded in {order.body} that can be read"
            )
        self._wrapped = found.keys
        law = self._law(of_law)
        writer = Writer(file)
        with tempfile.TemporaryFile() as grades:
            self._write_persons(writer, found, law, at, grades)
            self._write_common(writer, found, at)
            covered = self._write_leaves(writer, LEAVES, order.body, self._last)
            # They come with the events and lie behind them: they waited in a file, sealed already.
            writer.copy(GRADES, grades)
        law_events = self._write_law(writer, of_law)
        law_covered = self._write_leaves(writer, LAW_LEAVES, AGENCY, of_law.size)
        with writer.section(CHECKPOINTS) as write:
            key = self._keyring.log_key
            kept = [
                *kept_heads(self._conn, self._home, at, covered, key),
                *kept_heads(self._conn, self._home, of_law, law_covered, key),
            ]
            write(heads.encode(kept))
        escrow = self._write_keys(writer)
        done: list[Manifest] = []

        def note(length: int, digest: str) -> bytes:
            counts = Counts(
                self._events, law_events, len(self._documents), len(found.persons), self._grades,
                found.destroyed,
            )  # fmt: skip
            done.append(
                Manifest(
                    order.body,
                    order.year,
                    order.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    order.release,
                    counts,
                    covered,
                    law_covered,
                    escrow,
                    tuple(writer.sections),
                    length,
                    digest,
                )
            )
            return manifest.sign(done[0], key)

        writer.finish(note)
        return done[0]

    def _law(self, of_law: Head) -> Law:
        """The law as it stands, of what of the agency's ledger is law."""
        law = Law()
        every = law_documents(self._reading, of_law, self._order.year, None)
        events, keys = self._read(of_law, every, counted=False)
        for one in opened(self._codec, events, keys):
            if not isinstance(one, Event):
                raise LogError("unreadable-event", f"event {one.seq} of the agency cannot be opened")
            law = registry.evolve(law, one)
        self._cited |= {one.methodology for one in law.adoptions.entries}
        return law

    def _write_persons(self, writer: Writer, found: Found, law: Law, at: Head, grades: IO[bytes]) -> None:
        order = self._order
        common = opened(self._codec, *self._read(at, found.common))
        own = adoptions_in([one for one in common if isinstance(one, Event)])
        self._cite(own)
        ground = Ground(order.body, order.year, own, law)
        with writer.section(EVENTS) as write:
            for done, (group, keys) in enumerate(self._groups(found, at), start=1):
                write_group(write, group)
                write_grades(grades.write, self._graded(ground, group, keys))
                self._passed(done, len(found.persons))

    def _groups(self, found: Found, at: Head) -> Iterator[tuple[Group, Mapping[UUID, DocumentKey]]]:
        persons = list(found.persons)
        for start in range(0, len(persons), _PAGE):
            page = persons[start : start + _PAGE]
            owner = {stream: person for person in page for stream in found.persons[person]}
            events: dict[bytes, list[Sealed]] = {person: [] for person in page}
            read, keys = self._read(at, owner)
            for one in read:
                events[owner[one.header.stream]].append(one)
            for person in page:
                yield Group(person, tuple(events[person])), keys

    def _graded(self, ground: Ground, group: Group, keys: Mapping[UUID, DocumentKey]) -> SealedGrades:
        events: list[Event] = []
        streams: dict[Name, tuple[UUID, DocumentKey]] = {}
        for one, sealed_one in zip(opened(self._codec, group.events, keys), group.events, strict=True):
            if not isinstance(one, Event):
                raise LogError("unreadable-event", f"event {one.seq} of {ground.body} cannot be opened")
            stream = sealed_one.header.stream
            streams.setdefault(one.document, (stream, keys[stream]))
            events.append(one)
            match one.data:
                case AnnouncedResult():
                    self._cited.add(one.data.methodology)
                case CommissionDecided() | DecisionApproved():
                    self._sessions.add(one.data.session)
        documents = ground.documents_of(events)
        place = (ground.body, ground.year, group.person)
        found = []
        for grade in ground.grades(documents):
            self._cited.add(grade.methodology)
            found.append(seal_grade(grade, documents, streams, place, os.urandom))
        self._grades += len(found)
        return SealedGrades(group.person, tuple(found))

    def _cite(self, own: Adoptions | None) -> None:
        self._cited |= {one.methodology for one in own.entries} if own else set()

    def _write_common(self, writer: Writer, found: Found, at: Head) -> None:
        streams = [*found.common, *(found.sessions[one] for one in self._sessions & found.sessions.keys())]
        events, _ = self._read(at, streams)
        with writer.section(COMMON) as write:
            if events:
                write_group(write, Group(NOBODY, tuple(events)))

    def _write_law(self, writer: Writer, of_law: Head) -> int:
        cited = frozenset(self._cited)
        wanted = law_documents(self._reading, of_law, self._order.year, cited)
        events, keys = self._read(of_law, wanted, counted=False)
        self._escrowed |= keys
        with writer.section(LAW_EVENTS) as write:
            write_group(write, Group(NOBODY, tuple(events)))
        return len(events)

    def _read(
        self, at: Head, streams: Collection[UUID], *, counted: bool = True
    ) -> tuple[list[Sealed], Mapping[UUID, DocumentKey]]:
        """The events of some documents in the ledger's order, and the documents' keys."""
        asked = [at.ledger, list(streams), at.size]
        rows = sorted(ask(self._conn, _SQL["events_of"], asked).fetchall(), key=itemgetter(0))
        events = [sealed(*header_of(at.ledger, UUID(bytes=row[1]), row)) for row in rows]
        if at.ledger == AGENCY:
            self._wrapped |= wrapped_keys(self._reading.opening, AGENCY, streams)
        keys = unwrapped(self._keyring, self._wrapped, streams)
        if counted and events:
            self._note(events, streams)
            self._escrowed |= keys
        return events, keys

    def _note(self, events: Iterable[Sealed], streams: Collection[UUID]) -> None:
        fresh = set(streams) - self._documents
        self._documents |= fresh
        for one in events:
            self._events += one.header.stream in fresh
            self._last = max(self._last, one.header.seq)

    def _write_leaves(self, writer: Writer, tag: str, ledger: str, size: int) -> Covered:
        def leaves() -> Iterator[bytes]:
            for (leaf,) in scan(self._conn, _SQL["leaves"], [ledger, size], _LEAVES_HELD):
                write(leaf)
                yield leaf

        with writer.section(tag) as write:
            return Covered(ledger, size, root_of(leaves()).hex())

    def _write_keys(self, writer: Writer) -> str | None:
        order = self._order
        if order.escrow is None:
            return None
        with writer.section(KEYS) as write:
            write(seal_keys(self._escrowed, order.escrow, order.body, order.year))
        return order.escrow.public_bytes_raw().hex()
