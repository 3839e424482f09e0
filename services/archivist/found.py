"""Which documents a year's archive is made of: found by opening the first event of each in the ledger."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final
from uuid import UUID

import msgspec

from events.codec import Codec, UnknownEventError
from events.keyring import Keyring
from events.log import Connection, Head, UnreadableEventError
from events.log.documents import event_of, header_of
from events.log.raw import scan
from events.seal import DocumentKey, SealError
from events.vocabulary import Name
from projections.archives.grades import of_the_year
from projections.history import OF_SERVICE
from projections.rows import person_of
from services.archivist.opening import Wrapped, unwrapped, wrapped_keys
from services.archivist.sql import statements

_SQL = statements("archives")
_HELD: Final = 1000
_ASSESSED: Final = frozenset({"annual", "assessment"})


class Found(msgspec.Struct):
    """A body's documents that concern a year: by person, the body's own, its commissions' by session.

    `destroyed` counts documents without a key: whose they were and of what year is gone with it.
    """

    persons: dict[bytes, list[UUID]] = msgspec.field(default_factory=dict)
    common: list[UUID] = msgspec.field(default_factory=list)
    sessions: dict[str, UUID] = msgspec.field(default_factory=dict)
    keys: Wrapped = msgspec.field(default_factory=dict)
    destroyed: int = 0


class Reading(msgspec.Struct, frozen=True):
    """Where documents are read: their events over `proving`, their keys over `opening`, as a viewer is shown.

    `proving` shows whole ledgers and no key, `opening` keys for minutes and to some: no one connection does
    both.
    """

    proving: Connection
    opening: Connection
    keyring: Keyring


def find(reading: Reading, at: Head, year: int) -> Found:
    """The documents of everyone of whom the year has an assessment or record, up to a ledger's head.

    Memory grows with the year's documents, not with the ledger. Raises KeyringError, and
    UnreadableEventError for a document that does not open.
    """
    found = Found()
    assessed: set[bytes] = set()
    for one in _names(reading, at):
        if one.name is None or one.wrapped is None:
            found.destroyed += 1
            continue
        name = one.name
        if name.kind in OF_SERVICE and of_the_year(name, year):
            person = person_of(reading.keyring, at.ledger, name.key[0])
            found.persons.setdefault(person, []).append(one.stream)
            if name.kind in _ASSESSED:
                assessed.add(person)
        elif name.kind == "adoptions":
            found.common.append(one.stream)
        elif name.kind == "commission":
            found.sessions[name.key[0]] = one.stream
        else:
            continue
        found.keys[one.stream] = one.wrapped
    found.persons = {person: found.persons[person] for person in sorted(assessed)}
    return found


def law_documents(reading: Reading, at: Head, year: int, cited: frozenset[str] | None) -> list[UUID]:
    """The agency's documents that a year's grades rest on: acts cited, or all acts, adoptions, calendars.

    Raises as `find` does.
    """
    # What follows a year's last term lies in the next.
    calendars = {f"{one:04d}" for one in (year, year + 1)}
    return [
        one.stream
        for one in _names(reading, at)
        if one.name is not None and _is_of_law(one.name, cited, calendars)
    ]


class _Named(msgspec.Struct, frozen=True):
    stream: UUID
    name: Name | None = None
    wrapped: tuple[int, bytes] | None = None


def _names(reading: Reading, at: Head) -> Iterator[_Named]:
    """Each document of a ledger; no name where there is no key."""
    codec = Codec()
    rows = iter(scan(reading.proving, _SQL["first_events"], [at.ledger, at.size], _HELD))
    while some := list(islice(rows, _HELD)):
        streams = {row[1]: UUID(bytes=row[1]) for row in some}
        wrapped = wrapped_keys(reading.opening, at.ledger, list(streams.values()))
        keys = unwrapped(reading.keyring, wrapped, wrapped)
        for row in some:
            stream = streams[row[1]]
            if stream in keys:
                yield _Named(stream, _name(codec, at.ledger, keys[stream], row), wrapped[stream])
            else:
                yield _Named(stream)


def _name(codec: Codec, ledger: str, key: DocumentKey, row: tuple[Any, ...]) -> Name:
    header, payload = header_of(ledger, UUID(bytes=row[1]), row)
    try:
        return event_of(codec, key, header, payload).document
    except (SealError, UnknownEventError, msgspec.ValidationError) as error:
        raise UnreadableEventError(ledger, header.seq, str(error)) from error


def _is_of_law(name: Name, cited: frozenset[str] | None, calendars: set[str]) -> bool:
    match name.kind:
        case "adoptions":
            return True
        case "methodology":
            return cited is None or name.key[0] in cited
        case "calendar":
            return name.key[0] in calendars
        case _:
            return False
