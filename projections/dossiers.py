"""Dossiers: the documents that a person's grades are made of, folded from the sealed ledger."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final, TypeAlias
from uuid import UUID

import msgspec

from events.codec import Codec
from events.documents import Adoptions, Document, evolve, evolve_all
from events.envelope import Event
from events.failures import told
from events.keyring import Keyring, KeyringError
from events.log.documents import event_of, hashed_name, header_of
from events.log.heads import Connection, LogError
from events.log.raw import ask
from events.seal import DocumentKey
from events.vocabulary import Name
from projections.rows import person_of
from projections.sql import statements
from projections.store import Written
from projections.stored import Place

_SQL = statements("dossiers")

# A document's key, or how it failed to unwrap.
_Key: TypeAlias = tuple[UUID, DocumentKey | str]

ADOPTIONS: Final = Name("adoptions", ())
"""The document of a body's own acts."""

# Documents named after an employee that a grade rests on; the name's first part is his code.
_PERSONAL: Final = frozenset({"annual", "assessment", "calibration", "discipline", "employment", "plan"})

# Named after him too, and read by him, though no grade rests on them.
_OWN: Final = _PERSONAL | {"disclosures", "hold", "obligations", "viewer"}


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
        """Folds one more event."""
        self.take_all(opened.stream, opened.key, (opened.event,))

    def take_all(
        self, stream: UUID, key: DocumentKey, events: Sequence[Event], failures: Sequence[Failure] = ()
    ) -> None:
        """Folds events of one document in order; `failures` are those that could not be opened."""
        failing = list(failures)
        if events:
            name = events[0].document
            self.employee = name.key[0]
            self.streams[name] = (stream, key)
            before = self.documents.get(name)
            try:
                document = evolve_all(before, events)
            except Exception:  # noqa: BLE001 - which event it is, they tell one by one
                document, unfolded = _one_by_one(stream, before, events)
                failing += unfolded
            if document is not None:
                self.documents[name] = document
        if failing:
            self.failures += sorted(failing, key=lambda one: one.seq)


def _one_by_one(
    stream: UUID, document: Document | None, events: Iterable[Event]
) -> tuple[Document | None, list[Failure]]:
    """The document after the events that can be folded, and the others."""
    failures: list[Failure] = []
    for event in events:
        try:
            document = evolve(document, event)
        except Exception as error:  # noqa: BLE001 - whatever one document does, the rest go on
            failures.append(Failure(stream, event.seq, told(error)))
    return document, failures


def is_personal(name: Name) -> bool:
    """Whether a grade of the employee that the document is named after rests on it."""
    return name.kind in _PERSONAL


def is_own(name: Name) -> bool:
    """Whether the document is the employee's that it is named after, and stands in his dossier."""
    return name.kind in _OWN and bool(name.key)


class Reader:
    """Opens what projections read of the ledgers."""

    def __init__(self, keyring: Keyring, codec: Codec | None = None) -> None:
        self.keyring = keyring
        self.codec = codec or Codec()

    def stretch(
        self, conn: Connection, ledger: str, after: int, upto: int, *, unread: AbstractSet[str] = frozenset()
    ) -> Stretch:
        """The ledger's events with `after` < seq <= `upto`.

        Of the types `unread`, named as they are stored, only a document's first event is opened: it tells
        whose the document is. Raises LogError `missing-events` and KeyringError `unknown-kek`.
        """
        if upto <= after:
            return Stretch([], [], 0)
        rows = ask(conn, _SQL["read_events"], [ledger, after, upto - after]).fetchall()
        if len(rows) != upto - after:
            raise LogError("missing-events", f"events of {ledger} from {after + 1} to {upto} are missing")
        keys = self._keys(conn, ledger, {row[1] for row in rows})
        events: list[Opened] = []
        failures: list[Failure] = []
        destroyed = 0
        for row in rows:
            # The rows are read before their keys: one that is missing was destroyed.
            if row[1] not in keys:
                destroyed += 1
            elif row[3] not in unread or row[2] == 1:
                found = self._opened(ledger, keys[row[1]], row)
                if isinstance(found, Failure):
                    failures.append(found)
                else:
                    events.append(found)
        return Stretch(events, failures, destroyed)

    def load(
        self,
        conn: Connection,
        ledger: str,
        persons: Collection[bytes],
        upto: int,
        *,
        unread: AbstractSet[str] = frozenset(),
    ) -> dict[bytes, Dossier]:
        """The dossiers of these persons as they were at `upto`, one for each, without the `unread` types.

        The table tells where to look; whose a document is, it says itself.
        """
        dossiers = {person: Dossier(person) for person in persons}
        rows = conn.execute(_SQL["streams_of"], [ledger, list(persons)], binary=True).fetchall()
        owners: dict[UUID, bytes] = {stream: person for person, stream in rows}
        whose: dict[UUID, bytes | None] = {}
        failed: list[Failure] = []
        for found in self.streams(conn, ledger, owners, upto, unread=unread):
            if isinstance(found, Failure):
                failed.append(found)
                continue
            if found.stream not in whose:
                name = found.event.document
                whose[found.stream] = self.person(ledger, name) if is_own(name) else None
            person = whose[found.stream]
            if person in dossiers:
                dossiers[person].take(found)
        for one in failed:
            person = whose.get(one.stream, owners[one.stream])
            if person in dossiers:
                dossiers[person].failures.append(one)
        return dossiers

    def streams(
        self,
        conn: Connection,
        ledger: str,
        streams: Collection[UUID],
        upto: int,
        *,
        unread: AbstractSet[str] = frozenset(),
    ) -> Iterator[Opened | Failure]:
        """The events of these documents up to `upto`, each document's in order; destroyed ones have none.

        Those of the types `unread`, named as they are stored, are left out.
        """
        if not streams:
            return
        rows = ask(conn, _SQL["load_streams"], [ledger, list(streams), upto]).fetchall()
        keys = self._keys(conn, ledger, {row[1] for row in rows})
        for row in rows:
            if row[1] in keys and row[3] not in unread:
                yield self._opened(ledger, keys[row[1]], row)

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

    def adoptions(self, conn: Connection, ledger: str, upto: int) -> Adoptions | None:
        """What a body adopted by `upto`; None before it adopted anything. Raises DossierError."""
        found = self.document(conn, ledger, ADOPTIONS, upto)
        return found if isinstance(found, Adoptions) else None

    def person(self, ledger: str, name: Name) -> bytes:
        """The person whose dossier a personal document belongs to."""
        return person_of(self.keyring, ledger, name.key[0])

    def _keys(self, conn: Connection, ledger: str, raw_streams: Collection[bytes]) -> Mapping[bytes, _Key]:
        asked = [UUID(bytes=stream) for stream in raw_streams]
        rows = conn.cursor(binary=True).execute(_SQL["document_keys"], [ledger, asked])
        return {stream.bytes: self._unwrapped(stream, kek, wrapped) for stream, kek, wrapped in rows}

    def _unwrapped(self, stream: UUID, kek: int, wrapped: bytes) -> _Key:
        try:
            return stream, self.keyring.unwrap(stream, kek, wrapped)
        except KeyringError as error:
            # A keyring older than the documents is no fault of theirs.
            if error.code == "unknown-kek":
                raise
            return stream, told(error)

    def _opened(self, ledger: str, found: _Key, row: tuple[Any, ...]) -> Opened | Failure:
        stream, key = found
        if isinstance(key, str):
            return Failure(stream, row[0], key)
        try:
            return Opened(stream, key, event_of(self.codec, key, *header_of(ledger, stream, row)))
        except Exception as error:  # noqa: BLE001 - whatever one payload holds, the rest go on
            return Failure(stream, row[0], told(error))


class DossierError(Exception):
    """A document that a whole ledger's grades rest on cannot be read (`adoptions-unreadable`)."""

    code = "adoptions-unreadable"


def page_of_persons(conn: Connection, ledger: str, after: bytes, most: int) -> list[bytes]:
    """The next persons of a ledger in the order of their hashes."""
    return [row[0] for row in conn.execute(_SQL["page_of_persons"], [ledger, after, most], binary=True)]


def persons_of(conn: Connection, ledger: str, streams: Collection[UUID]) -> dict[UUID, set[bytes]]:
    """In whose dossiers these documents stand, of those that stand in one."""
    found: dict[UUID, set[bytes]] = {}
    if streams:
        for person, stream in conn.execute(_SQL["persons_of"], [ledger, list(streams)], binary=True):
            found.setdefault(stream, set()).add(person)
    return found


def add_to_dossiers(conn: Connection, ledger: str, found: Mapping[UUID, bytes]) -> None:
    """Notes whose documents these streams are; what is known already stays."""
    if found:
        conn.execute(_SQL["add_to_dossiers"], [ledger, list(found.values()), list(found)])
