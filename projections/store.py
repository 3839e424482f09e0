"""Grades in and out of their tables: sealed on the way in, opened on the way out."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec

from events.keyring import Keyring
from events.log.heads import Connection, heads
from events.seal import NONCE_BYTES, DocumentKey, new_key
from projections.grade import Grade, Kind
from projections.record_keys import unwrapped
from projections.rows import Row, person_of, sealed
from projections.sql import statements
from projections.stored import Place, Stored, grade_in

_SQL = statements("grades")
_FETCHED = 500


class Written(msgspec.Struct, frozen=True):
    """What a row says by now: its period, and the digest of the grade in it."""

    period: str
    digest: bytes


class Count(msgspec.Struct, frozen=True):
    """How many results of a body, kind and period are alike in methodology, status and grade."""

    ledger: str
    kind: Kind
    period: str
    methodology: str
    status: str
    grade: str | None
    count: int


def grades(
    conn: Connection,
    keyring: Keyring,
    *,
    ledger: str | None = None,
    employee: str | None = None,
    period: str | None = None,
    kind: Kind | None = None,
) -> Iterator[Grade]:
    """The grades shown, without steps: by body, each person's together, quarters before years.

    Fetched as they are asked for, in a transaction that lasts until the last one. An employee's code is
    looked up in every body unless one is given. What was destroyed is left out. Raises RowError for a row
    that was tampered with and KeyringError where the keyring does not fit.
    """
    ledgers: list[str] | None = [ledger] if ledger is not None else None
    persons: list[bytes] | None = None
    with conn.transaction():
        if employee is not None:
            ledgers = ledgers or [head.ledger for head in heads(conn)]
            persons = [person_of(keyring, each, employee) for each in ledgers]
        wanted = {"ledgers": ledgers, "persons": persons, "period": period, "kind": kind}
        with conn.cursor("grades", binary=True) as cursor:
            cursor.itersize = _FETCHED
            rows = cursor.execute(_SQL["read_grades"], wanted)
            for _, of_person in groupby(rows, key=lambda row: (row[1], row[2])):
                yield from sorted((_opened(keyring, row) for row in of_person), key=_order)


def counts(
    conn: Connection, *, ledger: str | None = None, kind: Kind | None = None, period: str | None = None
) -> list[Count]:
    """How many results there are of each body, kind, period, methodology, status and grade, in this order."""
    wanted = {"ledger": ledger, "kind": kind, "period": period}
    return [Count(*row) for row in conn.execute(_SQL["count_grades"], wanted, prepare=False)]


def written(
    conn: Connection, generation: int, ledger: str, persons: Collection[bytes]
) -> dict[bytes, dict[Place, Written]]:
    """What a generation's rows of these persons say by now."""
    found: dict[bytes, dict[Place, Written]] = {person: {} for person in persons}
    rows = conn.cursor(binary=True).execute(_SQL["written"], [generation, ledger, list(persons)])
    for person, kind, row_id, period, digest in rows:
        found[person][kind, row_id] = Written(period, digest)
    return found


def write(conn: Connection, generation: int, rows: Sequence[tuple[Row, DocumentKey]]) -> None:
    """Writes the rows of one ledger, each sealed under its key, over those that stand in their places."""
    if not rows:
        return
    nonces = os.urandom(NONCE_BYTES * len(rows))
    columns = [
        (
            row.person,
            row.kind,
            row.id,
            row.period,
            row.status,
            row.grade,
            row.methodology,
            row.revision,
            row.seq,
            row.digest,
            sealed(row, generation, key, nonces[at * NONCE_BYTES : (at + 1) * NONCE_BYTES]),
            _array(row.concerned.evaluators),
            _array(row.concerned.members),
            row.concerned.requested,
        )
        for at, (row, key) in enumerate(rows)
    ]
    conn.execute(_SQL["write_grades"], [generation, rows[0][0].ledger, *_columns(columns)])


def remove(conn: Connection, generation: int, ledger: str, places: Collection[tuple[bytes, Place]]) -> None:
    """Removes rows of a generation."""
    if places:
        columns = _columns([(person, kind, row_id) for person, (kind, row_id) in places])
        conn.execute(_SQL["remove_grades"], [*columns, generation, ledger])


def record_keys(
    conn: Connection, keyring: Keyring, ledger: str, records: Mapping[UUID, bytes]
) -> dict[UUID, DocumentKey]:
    """The keys of annual records (with the persons they are of), made for those that have none yet.

    A record whose stored key does not unwrap is left out. Raises KeyringError `unknown-kek`.
    """
    if not records:
        return {}
    keys = _stored_keys(conn, keyring, ledger, records)
    fresh = {record: new_key(os.urandom) for record in records if record not in keys}
    if not fresh:
        return keys
    wrapped = [
        (records[record], record, *keyring.wrap(record, key))
        for record, key in sorted(fresh.items(), key=lambda one: one[0])
    ]
    taken = {row[0] for row in conn.execute(_SQL["offer_record_keys"], [ledger, *_columns(wrapped)])}
    keys |= {record: key for record, key in fresh.items() if record in taken}
    if len(taken) < len(fresh):
        keys |= _stored_keys(conn, keyring, ledger, records)
    return keys


def _stored_keys(
    conn: Connection, keyring: Keyring, ledger: str, records: Mapping[UUID, bytes]
) -> dict[UUID, DocumentKey]:
    persons = list(set(records.values()))
    rows = conn.cursor(binary=True).execute(_SQL["record_keys"], [ledger, persons])
    asked = ((record, unwrapped(keyring, record, *key)) for _, record, *key in rows if record in records)
    return {record: key for record, key in asked if key is not None}


def _opened(keyring: Keyring, columns: tuple[Any, ...]) -> Grade:
    generation, ledger, person, kind, row_id, *stored, kek, wrapped = columns
    key = keyring.unwrap(row_id, kek, wrapped)
    return grade_in(ledger, person, (kind, row_id), generation, Stored(*stored), key)


def _order(grade: Grade) -> tuple[bool, str, str, str]:
    return grade.kind != "quarterly", grade.period, grade.position, grade.kind


def _array(hashes: Sequence[bytes]) -> str:
    # As text: arrays of several lengths are no array of arrays.
    return "{" + ",".join([f'"\\\\x{one.hex()}"' for one in hashes]) + "}"


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
