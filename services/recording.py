"""How the system records facts of its own: decided under the head's lock, under ids that cannot repeat."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID, uuid5

import msgspec

from events.envelope import SYSTEM, Event, Fact
from events.log import (
    Batch,
    Connection,
    Entry,
    Head,
    Log,
    LogError,
    Stream,
    find_receipts,
    lock_heads,
    new_stream,
    place,
)
from events.vocabulary import Data, Name
from events.vocabulary.assessment import QuarterCarried, SheetIssued
from events.vocabulary.discipline import DisciplineCarried
from events.vocabulary.employment import SecondmentReceived
from events.vocabulary.types import Ref

_CAUSE: Final = UUID("0b6f7c52-52c4-5d0e-9f0c-3a4a1c0f6b85")
"""Stands for the passing of time; the ids of what falls due follow from it and from what they are about."""

About = tuple[str, ...]
"""What a fact of the system's own says something of: its type, its document, and what it names in it."""


class Due(msgspec.Struct, frozen=True):
    """Facts to be recorded in a ledger, and how much of the agency's ledger they were decided by."""

    facts: Sequence[Fact] = ()
    agency_seq: int = 0


def about(data: Data) -> About:
    """What the data says something of; a later statement about the same replaces an earlier one."""
    name = data.document
    part: tuple[str, ...] = ()
    match data:
        case SheetIssued():
            part = (data.form,)
        case QuarterCarried():
            part = (data.period, data.from_body, data.position)
        case SecondmentReceived():
            part = (str(data.id),)
        case DisciplineCarried():
            part = (str(data.discipline),)
        case Ref():
            part = (data.form or "",)
    return (type(data).__name__, name.kind, *name.key, *part)


def system_fact(ledger: str, data: Data, said: int, on: date) -> Fact:
    """The system's fact on a day; `said` is how many statements about the same the ledger holds before it.

    Whoever comes to the same statement after the same history comes to the same id.
    """
    # JSON keeps the parts apart: codes are the bodies' own and may hold any separator.
    subject = msgspec.json.encode((ledger, *about(data), said)).decode()
    return Fact(uuid5(_CAUSE, subject), ledger, type(data).__name__, on, SYSTEM, data)


def record(
    conn: Connection,
    log: Log,
    ledger: str,
    due: Callable[[Head], Due],
    *,
    beside: Callable[[tuple[Event, ...]], None] = lambda _: None,
) -> tuple[Event, ...]:
    """The events that were recorded in one transaction, which is committed when it returns.

    `due` is asked under the lock of the ledger's head, so what it answers holds for the ledger at that head.
    Facts whose ids the ledger holds already are left out. `beside` does in the same transaction what has to
    stand or fall with the events. Raises LogError `unknown-ledger`.
    """
    with conn.transaction():
        lock = lock_heads(conn, (ledger,))
        head = lock.heads.get(ledger)
        if head is None:
            raise LogError("unknown-ledger", f"there is no ledger {ledger}")
        asked = due(head)
        fresh = _fresh(conn, ledger, asked.facts)
        events = tuple(
            place(fact, ledger, seq, lock.recorded_at(ledger), asked.agency_seq)
            for seq, fact in enumerate(fresh, head.size + 1)
        )
        if events:
            streams = _streams(conn, log, ledger, events)
            entries = [
                Entry(event, streams[event.document], log.digest(fact))
                for event, fact in zip(events, fresh, strict=True)
            ]
            log.append(conn, [Batch(head, entries)])
            beside(events)
    return events


def _fresh(conn: Connection, ledger: str, facts: Sequence[Fact]) -> list[Fact]:
    unique = {fact.id: fact for fact in facts}
    if not unique:
        return []
    known = find_receipts(conn, ((ledger, fact) for fact in unique))
    return [fact for fact in unique.values() if (ledger, fact.id) not in known]


def _streams(conn: Connection, log: Log, ledger: str, events: Sequence[Event]) -> Mapping[Name, Stream]:
    names = dict.fromkeys(event.document for event in events)
    loaded = log.load_documents(conn, {ledger: names})
    return {
        name: loaded[ledger, name].stream if (ledger, name) in loaded else new_stream(ledger, name)
        for name in names
    }
