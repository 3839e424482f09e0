"""An act of destruction as its ledger tells it: what it lists, who authorised it, what was destroyed."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Final
from uuid import UUID, uuid5

import msgspec

from events.envelope import AGENCY, SYSTEM, Event, Fact
from events.log import Connection, Log, head, heads
from events.sql import statements
from events.vocabulary import Data, Name
from events.vocabulary.retention import (
    DestructionAuthorised,
    DestructionCompleted,
    DestructionListed,
    DocumentDestroyed,
    ListedDocument,
)
from services.destroying.errors import DestroyingError

_SQL = statements("destroying")

NEEDED: Final = 2
"""So many different people authorise."""

_CAUSE: Final = UUID("5b0f2a77-93b1-5c0e-8f4e-6d0b8a2f7c11")
"""Stands for destructions; the ids of what they record follow from it, the act and what is told of."""


class Act(msgspec.Struct, frozen=True, dict=True):
    """An act by its number in a body's ledger, with its events so far."""

    ledger: str
    number: str
    events: tuple[Event, ...] = ()

    @cached_property
    def lists(self) -> tuple[DestructionListed, ...]:
        return tuple(one.data for one in self.events if isinstance(one.data, DestructionListed))

    @cached_property
    def documents(self) -> tuple[ListedDocument, ...]:
        """What it lists, by stream."""
        found = [document for part in self.lists for document in part.documents]
        return tuple(sorted(found, key=lambda one: one.stream.bytes))

    @property
    def is_listed(self) -> bool:
        return bool(self.lists)

    @property
    def as_of(self) -> date:
        """The day by which everything listed was due."""
        return self.lists[0].as_of

    @cached_property
    def authorised(self) -> tuple[Event, ...]:
        return tuple(one for one in self.events if isinstance(one.data, DestructionAuthorised))

    @cached_property
    def authorisations(self) -> tuple[DestructionAuthorised, ...]:
        """What each of those who authorised it signed, in the order of `authorised`."""
        return tuple(one.data for one in self.events if isinstance(one.data, DestructionAuthorised))

    @cached_property
    def destroyed(self) -> dict[UUID, Event]:
        """By stream, where the ledger says that it was destroyed."""
        return {one.data.stream: one for one in self.events if isinstance(one.data, DocumentDestroyed)}

    @cached_property
    def completed(self) -> Event | None:
        return next((one for one in self.events if isinstance(one.data, DestructionCompleted)), None)

    @property
    def state(self) -> str:
        """`listed`, `authorised` (by both), `begun` or `completed`."""
        if self.completed is not None:
            return "completed"
        if self.destroyed:
            return "begun"
        return "authorised" if len(self.authorised) >= NEEDED else "listed"

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hex, of the list: a line for each document in the order of their streams.

        A line is the stream, the number of its events and the place of the last, between single spaces.
        """
        lines = (f"{one.stream} {one.events} {one.last_seq}\n" for one in self.documents)
        return sha256("".join(lines).encode()).hexdigest()

    @property
    def statement(self) -> bytes:
        """What those who authorise sign: which act of which body, and the digest of what it lists."""
        parts = (
            "bagalau destruction 1",
            self.ledger,
            self.number,
            self.as_of,
            len(self.documents),
            self.digest,
        )
        return "".join(f"{part}\n" for part in parts).encode()

    def check(self) -> None:
        """Raises DestroyingError `list-altered` unless both signed what it lists."""
        signed = [(one.digest, one.documents) for one in self.authorisations]
        if any(one != (self.digest, len(self.documents)) for one in signed):
            raise DestroyingError("list-altered", f"Act {self.number} does not list what was authorised.")


def act_name(number: str) -> Name:
    """The document in which an act is kept."""
    return Name("destruction", (number,))


def load(conn: Connection, log: Log, ledger: str, number: str) -> Act:
    """The act as it stands in a ledger; without events where there is none of that number."""
    name = act_name(number)
    found = log.load_documents(conn, {ledger: [name]}).get((ledger, name))
    return Act(ledger, number, found.events if found else ())


def find(conn: Connection, log: Log, number: str, body: str | None = None) -> Act:
    """The act of a number, in a body or in whichever has one.

    Raises DestroyingError `unknown-act`, and `act-elsewhere` where several bodies have one.
    """
    ledgers = [body] if body else [one.ledger for one in heads(conn) if one.ledger != AGENCY]
    name = act_name(number)
    loaded = log.load_documents(conn, {ledger: [name] for ledger in ledgers})
    if not loaded:
        raise DestroyingError(
            "unknown-act",
            f"There is no act of destruction {number}.",
            "`bagalau destroy list` tells which are.",
        )
    if len(loaded) > 1:
        named = ", ".join(sorted(ledger for ledger, _ in loaded))
        raise DestroyingError(
            "act-elsewhere", f"Several bodies have an act {number}: {named}.", "Name it with --body."
        )
    [((ledger, _), document)] = loaded.items()
    return Act(ledger, number, document.events)


def fact_of(ledger: str, data: Data, on: date, of: Sequence[object] = ()) -> Fact:
    """The system's fact of an act; `of` tells facts of one type apart.

    Whoever comes to the same statement comes to the same id, so that it is recorded once.
    """
    kind = type(data).__name__
    subject = msgspec.json.encode((ledger, kind, data.document.key[0], *map(str, of))).decode()
    return Fact(uuid5(_CAUSE, subject), ledger, kind, on, SYSTEM, data)


def check_day(as_of: date, on: date) -> None:
    """Raises DestroyingError `not-due-yet` for a list of what is due by a day that is after `on`."""
    if as_of > on:
        raise DestroyingError(
            "not-due-yet",
            f"What is due by {as_of} is not all due by today, {on}: nothing is destroyed before its term.",
            "Draw up an act as of today or earlier; `bagalau destroy --due --as-of DAY` looks ahead.",
        )


def agency_seq(conn: Connection) -> int:
    """How far the agency's ledger goes."""
    return head(conn, AGENCY).size


def acts(conn: Connection, log: Log, ledger: str) -> list[Act]:
    """Every act of a ledger, in the order drawn up."""
    stored = log.codec.stored_type(DestructionListed.__name__)
    streams = [row[0] for row in conn.execute(_SQL["streams_of_type"], [ledger, stored], binary=True)]
    found = [
        Act(ledger, events[0].document.key[0], events)
        for events in log.read_streams(conn, ledger, streams).values()
    ]
    return sorted(found, key=lambda one: one.events[0].seq)
