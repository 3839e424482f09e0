"""Dossiers: the documents that a person's grades are made of, folded from the sealed ledger."""

import traceback
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from events.codec import Codec, public_type
from events.documents import Document, evolve
from events.envelope import Event
from events.header import Header, encode_header
from events.keyring import Keyring, KeyringError
from events.log.documents import hashed_name
from events.log.heads import Connection
from events.log.instants import microseconds
from events.seal import DocumentKey, unseal
from events.vocabulary import Name
from projections.rows import person_of
from projections.sql import statements
from projections.store import Place, Written

_SQL = statements("dossiers")
_ROOT: Final = Path(__file__).parents[1]

# Documents named after an employee that a grade rests on; the name's first part is his code.
_PERSONAL: Final = frozenset({"annual", "assessment", "discipline", "employment", "plan"})


class Failure(msgspec.Struct, frozen=True):
    """A document that could not be opened or folded; `error` tells a type and a place in the code."""

    stream: UUID
    seq: int
    error: str


class Opened(msgspec.Struct, frozen=True):
    """An event with the stream of its document and that one's key."""

    stream: UUID
    key: DocumentKey
    event: Event


class Stretch(msgspec.Struct, frozen=True):
    """A stretch of a ledger: events in order, what could not be opened, how many were destroyed."""

    events: list[Opened]
    failures: list[Failure]
    destroyed: int


class Dossier:
    """One person's documents as folded so far, with the streams and keys behind them.

    `employee` is None until a document names him. `records` holds the keys of his annual records, `written`
    what his rows say. A dossier with failures has no grades.
    """

    __slots__ = ("documents", "employee", "failures", "person", "records", "streams", "written")

    def __init__(self, person: bytes) -> None:
        self.person = person
        self.employee: str | None = None
        self.documents: dict[Name, Document] = {}
        self.streams: dict[Name, tuple[UUID, DocumentKey]] = {}
        self.failures: list[Failure] = []
        self.records: dict[UUID, DocumentKey] = {}
        self.written: dict[Place, Written] = {}

    def take(self, opened: Opened) -> None:
        """Folds one more event; a failure is kept in its place."""
        event = opened.event
        name = event.document
        self.employee = name.key[0]
        self.streams[name] = (opened.stream, opened.key)
        try:
            document = evolve(self.documents.get(name), event)
        except Exception as error:  # noqa: BLE001 - whatever one document does, the rest go on
            self.failures.append(Failure(opened.stream, event.seq, told(error)))
            return
        if document is not None:
            self.documents[name] = document


def is_personal(name: Name) -> bool:
    """Whether a grade of the employee that the document is named after rests on it."""
    return name.kind in _PERSONAL


def told(error: Exception) -> str:
    """The error's type, its code where it has one, and where it arose; never its message, which may quote."""
    ours = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_ROOT) and ".venv" not in frame.filename
    ]
    code = getattr(error, "code", None)
    kind = f"{type(error).__name__} {code}" if isinstance(code, str) else type(error).__name__
    if not ours:
        return kind
    return f"{kind} at {Path(ours[-1].filename).relative_to(_ROOT).as_posix()}:{ours[-1].lineno}"


class Reader:
    """Opens what projections read of the ledgers."""

    def __init__(self, keyring: Keyring, codec: Codec | None = None) -> None:
        self.keyring = keyring
        self.codec = codec or Codec()

    def stretch(self, conn: Connection, ledger: str, after: int, upto: int) -> Stretch:
        """The ledger's events with `after` < seq <= `upto`. Raises KeyringError `unknown-kek`."""
        # Planned anew each time, here and below: a plan kept for every ledger would open every partition.
        rows = conn.cursor(binary=True).execute(_SQL["read_events"], [ledger, after, upto], prepare=False)
        sealed = rows.fetchall()
        keys = self._keys(conn, ledger, {row[1] for row in sealed})
        found = Stretch([], [], 0)
        destroyed = 0
        for row in sealed:
            key = keys.get(row[1])
            if key is None:
                destroyed += 1
            elif isinstance(key, Failure):
                found.failures.append(msgspec.structs.replace(key, seq=row[0]))
            else:
                _take(found, self._opened(ledger, key, row))
        return msgspec.structs.replace(found, destroyed=destroyed)

    def load(
        self, conn: Connection, ledger: str, persons: Collection[bytes], upto: int
    ) -> dict[bytes, Dossier]:
        """The dossiers of these persons as they were at `upto`, one for each."""
        dossiers = {person: Dossier(person) for person in persons}
        rows = conn.execute(_SQL["streams_of"], [ledger, list(persons)], binary=True).fetchall()
        owners: dict[UUID, bytes] = {stream: person for person, stream in rows}
        for found in self.streams(conn, ledger, owners, upto):
            if isinstance(found, Failure):
                dossiers[owners[found.stream]].failures.append(found)
            else:
                dossiers[owners[found.stream]].take(found)
        return dossiers

    def streams(
        self, conn: Connection, ledger: str, streams: Iterable[UUID], upto: int
    ) -> Iterator[Opened | Failure]:
        """The events of these documents up to `upto`, each document's in order; destroyed ones have none."""
        wanted = {"ledger": ledger, "streams": list(streams), "upto": upto}
        if not wanted["streams"]:
            return
        rows = conn.cursor(binary=True).execute(_SQL["load_streams"], wanted, prepare=False)
        keys: dict[UUID, DocumentKey | Failure] = {}
        for stream, kek, wrapped, *event in rows:
            key = keys.get(stream)
            if key is None:
                key = keys[stream] = self._unwrapped(stream, kek, wrapped)
                if isinstance(key, Failure):
                    yield key
            if not isinstance(key, Failure):
                seq, version, stored_type, recorded_at, agency_seq, payload = event
                yield self._opened(
                    ledger, key, (seq, stream, version, stored_type, recorded_at, agency_seq, payload)
                )

    def document(self, conn: Connection, ledger: str, name: Name, upto: int) -> Document | None:
        """One document as it was at `upto`; raises whatever it fails with."""
        hashed = hashed_name(self.keyring, ledger, name)
        row = conn.execute(_SQL["stream_named"], [ledger, hashed], binary=True).fetchone()
        document: Document | None = None
        for found in self.streams(conn, ledger, [row[0]] if row else [], upto):
            if isinstance(found, Failure):
                raise DossierError(f"{name.kind} of {ledger} cannot be read: {found.error}")
            document = evolve(document, found.event)
        return document

    def person(self, ledger: str, name: Name) -> bytes:
        """The person whose dossier a personal document belongs to."""
        return person_of(self.keyring, ledger, name.key[0])

    def _keys(
        self, conn: Connection, ledger: str, streams: Collection[UUID]
    ) -> Mapping[UUID, DocumentKey | Failure]:
        if not streams:
            return {}
        rows = conn.cursor(binary=True).execute(_SQL["document_keys"], [ledger, list(streams)])
        return {stream: self._unwrapped(stream, kek, wrapped) for stream, kek, wrapped in rows}

    def _unwrapped(self, stream: UUID, kek: int, wrapped: bytes) -> DocumentKey | Failure:
        try:
            return self.keyring.unwrap(stream, kek, wrapped)
        except KeyringError as error:
            # A keyring older than the documents is no fault of theirs.
            if error.code == "unknown-kek":
                raise
            return Failure(stream, 0, told(error))

    def _opened(self, ledger: str, key: DocumentKey, row: tuple[Any, ...]) -> Opened | Failure:
        seq, stream, version, stored_type, recorded_at, agency_seq, payload = row
        at = recorded_at.astimezone(UTC)
        header = Header(ledger, seq, stream, version, stored_type, microseconds(at), agency_seq)
        try:
            said = self.codec.decode(stored_type, unseal(key, encode_header(header), payload))
        except Exception as error:  # noqa: BLE001 - whatever one payload holds, the rest go on
            return Failure(stream, seq, told(error))
        event = Event(
            ledger,
            seq,
            public_type(stored_type),
            at,
            agency_seq,
            said.id,
            said.occurred_on,
            said.actor,
            said.data,
        )
        return Opened(stream, key, event)


class DossierError(Exception):
    """A document that a whole ledger's grades rest on cannot be read (`adoptions-unreadable`)."""

    code = "adoptions-unreadable"


def _take(stretch: Stretch, found: Opened | Failure) -> None:
    if isinstance(found, Failure):
        stretch.failures.append(found)
    else:
        stretch.events.append(found)


def page_of_persons(conn: Connection, ledger: str, after: bytes, most: int) -> list[bytes]:
    """The next persons of a ledger in the order of their hashes."""
    return [row[0] for row in conn.execute(_SQL["page_of_persons"], [ledger, after, most], binary=True)]


def persons_of(conn: Connection, ledger: str, streams: Collection[UUID]) -> dict[UUID, bytes]:
    """Whose documents these are, of those that are known."""
    if not streams:
        return {}
    rows = conn.execute(_SQL["persons_of"], [ledger, list(streams)], binary=True)
    return {stream: person for person, stream in rows}


def add_to_dossiers(conn: Connection, ledger: str, found: Mapping[UUID, bytes]) -> None:
    """Notes whose documents these streams are; what is known already stays."""
    if found:
        conn.execute(_SQL["add_to_dossiers"], [ledger, list(found.values()), list(found)])
