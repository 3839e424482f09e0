"""Builds the events of one ledger from what they say, in the order in which they happened."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from uuid import UUID

from events.documents import Document, evolve
from events.envelope import Event
from events.vocabulary import Data

OPENED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def event(said: Data, seq: int = 1, *, occurred_on: date = date(2026, 4, 10)) -> Event:
    return Event(
        ledger="zhanakorgan",
        seq=seq,
        type=type(said).__name__,
        recorded_at=OPENED + timedelta(minutes=seq),
        agency_seq=7,
        id=fact_id(seq),
        occurred_on=occurred_on,
        actor="hr",
        data=said,
    )


def fact_id(seq: int) -> UUID:
    return UUID(int=seq)


def given(*said: Data) -> list[Event]:
    return [event(one, seq) for seq, one in enumerate(said, start=1)]


def document_of(events: Iterable[Event]) -> Document | None:
    return reduce(evolve, events, None)


def after(*said: Data) -> Document | None:
    """The document after events that say this, one after another."""
    return document_of(given(*said))
