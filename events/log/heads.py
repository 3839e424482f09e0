"""The heads of the ledgers: their order, their locks and the time of what is recorded."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

import msgspec
import psycopg

from events.sql import statements

Connection: TypeAlias = psycopg.Connection[Any]

_SQL = statements("heads")


class LogError(Exception):
    """A log that is not as it must be; `code` is stable.

    `unknown-ledger`, `head-moved` (appended to without its lock), `misplaced-event`, `broken-tree` (the rows
    do not lead to the head's root), `missing-events`, `unreadable-event`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Head(msgspec.Struct, frozen=True):
    """How far a ledger goes: how many events, their Merkle root, when the last was recorded (UTC)."""

    ledger: str
    size: int
    root: bytes
    recorded_at: datetime


class Lock(msgspec.Struct, frozen=True):
    """Heads that are locked until the transaction ends, by ledger, and the server's clock once they were."""

    heads: Mapping[str, Head]
    now: datetime

    def recorded_at(self, ledger: str) -> datetime:
        """The time, in UTC, of what is appended under the lock: never before what the ledger holds."""
        return max(self.now, self.heads[ledger].recorded_at)


def lock_heads(conn: Connection, ledgers: Iterable[str]) -> Lock:
    """Locks the heads of those `ledgers` that are open; the others are missing from the lock.

    One round trip. Everything that a decision rests on is read after it, under READ COMMITTED.
    """
    with conn.pipeline():
        locked = conn.execute(_SQL["lock_heads"], [sorted(set(ledgers))], binary=True)
        clock = conn.execute(_SQL["clock"], binary=True)
    return Lock({row[0]: _head(row) for row in locked}, clock.fetchall()[0][0].astimezone(UTC))


def heads(conn: Connection) -> list[Head]:
    """Every ledger's head, by name."""
    return [_head(row) for row in conn.execute(_SQL["heads"], binary=True)]


def head(conn: Connection, ledger: str) -> Head:
    """The ledger's head. Raises LogError `unknown-ledger`."""
    row = conn.execute(_SQL["head"], [ledger], binary=True).fetchone()
    if row is None:
        raise LogError("unknown-ledger", f"there is no ledger {ledger}")
    return _head(row)


def open_ledger(conn: Connection, ledger: str) -> bool:
    """Opens a body's ledger in the caller's transaction; False when it is open already."""
    return bool(conn.execute(_SQL["open_ledger"], [ledger]).fetchall()[0][0])


def _head(row: tuple[Any, ...]) -> Head:
    ledger, size, root, recorded_at = row
    return Head(ledger, size, root, recorded_at.astimezone(UTC))
