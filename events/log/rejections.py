"""Rejected messages: the problem is kept plain, the body sealed under its day's key, both for thirty days."""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec

from events.envelope import REJECTED, UNKNOWN_YET, Problem, Receipt
from events.keyring import Keyring
from events.log.contents import kept_digest
from events.log.heads import Connection
from events.seal import NONCE_BYTES, DocumentKey, new_key, seal, unseal
from events.sql import statements
from events.zone import ALMATY

KEPT: Final = timedelta(days=30)

_PAGE: Final = 500
_SQL = statements("rejections")


class Rejection(msgspec.Struct, frozen=True):
    """A refused message: the body whose subject it came on, its id (or digest), why, and its bytes.

    `digest` is the keyed digest of what it said, 32 bytes.
    """

    body: str
    message_id: str
    digest: bytes
    problem: Problem
    message: bytes


class KeptRejection(msgspec.Struct, frozen=True):
    """A rejection as it is listed; `message` is None unless asked for, and once its day's key is gone."""

    id: int
    body: str
    message_id: str
    problem: Problem
    recorded_at: datetime
    expires_on: date
    message: bytes | None


def write_rejections(
    conn: Connection, keyring: Keyring, rejections: Sequence[Rejection], recorded_at: datetime
) -> list[Receipt]:
    """Keeps the rejections in the caller's transaction; their receipts, in the same order."""
    if not rejections:
        return []
    at = recorded_at.astimezone(UTC)
    day = at.astimezone(ALMATY).date()
    key = _day_key(conn, keyring, day)
    rows = [
        (
            each.body,
            each.message_id,
            kept_digest(key, each.digest),
            msgspec.json.encode(each.problem).decode(),
            day,
            seal(key, _header(each.body, each.message_id), each.message, os.urandom(NONCE_BYTES)),
            at,
            day + KEPT,
        )
        for each in rejections
    ]
    conn.execute(_SQL["insert_rejections"], [list(column) for column in zip(*rows, strict=True)])
    return [
        Receipt(each.message_id, each.body, REJECTED, None, None, None, at, each.problem)
        for each in rejections
    ]


def list_rejections(
    conn: Connection,
    keyring: Keyring,
    body: str | None = None,
    before: int | None = None,
    *,
    messages: bool = False,
    on: date | None = None,
) -> Iterator[KeptRejection]:
    """What was rejected (of one body, or of all), the newest first, from the one before the id `before` on.

    Left out is what was not known yet, and was accepted when it came again, and what has expired by the day
    `on` (None: today). A message that was refused again on the same day is listed once, as decided last.
    Messages are opened only when asked for.

    Raises SealError and KeyringError for a message that is asked for and cannot be opened.
    """
    keys: dict[UUID, DocumentKey] = {}
    asked = _asked(conn, body, on)
    while True:
        page = conn.execute(
            _SQL["list_rejections"], {**asked, "before": before, "limit": _PAGE}, binary=True
        ).fetchall()
        for row in page:
            yield _kept(keyring if messages else None, keys, row)
        if len(page) < _PAGE:
            return
        before = page[-1][0]


def count_rejections(conn: Connection, body: str | None = None, on: date | None = None) -> int:
    """How many `list_rejections` would list."""
    row = conn.execute(_SQL["count_rejections"], _asked(conn, body, on)).fetchone()
    return int(row[0]) if row else 0


def today(conn: Connection) -> date:
    """The day it is in Almaty by the server's clock, which terms are held against."""
    row = conn.execute(_SQL["today"]).fetchone()
    assert row is not None
    found: date = row[0]
    return found


def purge_rejections(conn: Connection, before: date) -> int:
    """Deletes the rejections that expire by `before`, and the keys of days that then have none; how many."""
    purged = conn.execute(_SQL["purge_rejections"], [before]).rowcount
    # Today's key stays: others may be sealing under it. Yesterday's too: what began before midnight may
    # commit after it.
    conn.execute(_SQL["purge_day_keys"], [before])
    return purged


def _asked(conn: Connection, body: str | None, on: date | None) -> dict[str, Any]:
    return {"body": body, "today": on or today(conn), "anew": sorted(UNKNOWN_YET)}


def _day_key(conn: Connection, keyring: Keyring, day: date) -> DocumentKey:
    row = conn.execute(_SQL["find_day_key"], [day], binary=True).fetchone()
    if row is None:
        stream = uuid4()
        conn.execute(_SQL["offer_day_key"], [day, stream, *keyring.wrap(stream, new_key(os.urandom))])
        row = conn.execute(_SQL["find_day_key"], [day], binary=True).fetchone()
        assert row is not None
    return keyring.unwrap(*row)


def _kept(keyring: Keyring | None, keys: dict[UUID, DocumentKey], row: tuple[Any, ...]) -> KeptRejection:
    """The rejection in a row with its day's key beside it; `keys` holds those unwrapped so far.

    Without a keyring its message stays closed.

    Raises SealError and KeyringError.
    """
    rejection, body, message_id, problem, recorded_at, expires_on, sealed, stream, kek, wrapped = row
    message = None
    if keyring is not None and stream is not None:
        if stream not in keys:
            keys[stream] = keyring.unwrap(stream, kek, wrapped)
        message = unseal(keys[stream], _header(body, message_id), sealed)
    return KeptRejection(
        rejection,
        body,
        message_id,
        msgspec.convert(problem, Problem),
        recorded_at.astimezone(UTC),
        expires_on,
        message,
    )


def _header(body: str, message_id: str) -> bytes:
    return f"{body}\n{message_id}".encode()
