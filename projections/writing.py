"""Deriving persons' grades and writing what changed of them."""

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias
from uuid import UUID

from events.keyring import Keyring
from events.log.heads import Connection
from events.seal import DocumentKey
from events.vocabulary import Name
from projections import marks, store
from projections.dossiers import Dossier, Failure
from projections.grade import Grade
from projections.grading import Ground, grades_in, year_of
from projections.rows import Row, record_of, row_of
from projections.store import Place, Written

Years: TypeAlias = frozenset[int] | None
"""The years of a person to derive; None: all."""


class Outcome(NamedTuple):
    """How many rows were written and removed, and how many documents parked."""

    written: int = 0
    removed: int = 0
    parked: int = 0


def derive(
    conn: Connection,
    keyring: Keyring,
    ground: Ground,
    generation: int,
    some: Iterable[tuple[Dossier, Years]],
) -> Outcome:
    """Derives the grades of these persons and makes a generation's rows say them.

    The dossiers know what their rows say, before and after. Those with failures lose their rows.
    """
    derived = [(dossier, years, grades_in(ground, dossier, years)) for dossier, years in some]
    _give_record_keys(conn, keyring, ground.ledger, derived)
    rows: list[tuple[Row, DocumentKey]] = []
    gone: list[tuple[bytes, Place]] = []
    failures: list[tuple[bytes | None, Failure]] = []
    for dossier, years, grades in derived:
        before = dossier.written
        after = {} if dossier.failures else _rows(keyring, ground, dossier, grades)
        for place, (row, key) in after.items():
            if place not in before or before[place].digest != row.digest:
                rows.append((row, key))
        whole = years is None or bool(dossier.failures)
        lost = [
            place
            for place, row in before.items()
            if place not in after and (whole or year_of(row.period) in (years or ()))
        ]
        gone += [(dossier.person, place) for place in lost]
        failures += [(dossier.person, failure) for failure in dossier.failures]
        dossier.written = {place: row for place, row in before.items() if place not in lost} | {
            place: Written(row.period, row.digest) for place, (row, _) in after.items()
        }
    store.write(conn, generation, rows)
    store.remove(conn, generation, ground.ledger, gone)
    if failures:
        marks.park(conn, generation, ground.ledger, failures)
    return Outcome(len(rows), len(gone), len(failures))


def _give_record_keys(
    conn: Connection, keyring: Keyring, ledger: str, derived: list[tuple[Dossier, Years, list[Grade]]]
) -> None:
    """Sees to it that each dossier holds the keys of the annual records in its grades."""
    wanted: dict[UUID, Dossier] = {}
    for dossier, _, grades in derived:
        for grade in grades:
            if grade.kind == "annual":
                record = record_of(keyring, ledger, grade.employee, grade.period)
                if record not in dossier.records:
                    wanted[record] = dossier
    keys = store.record_keys(conn, keyring, ledger, {record: one.person for record, one in wanted.items()})
    for record, dossier in wanted.items():
        key = keys.get(record)
        if key is None:
            dossier.failures.append(Failure(record, 0, "KeyringError not-unwrapped"))
        else:
            dossier.records[record] = key


def _rows(
    keyring: Keyring, ground: Ground, dossier: Dossier, grades: list[Grade]
) -> dict[Place, tuple[Row, DocumentKey]]:
    found: dict[Place, tuple[Row, DocumentKey]] = {}
    for grade in grades:
        if grade.kind == "annual":
            row_id = record_of(keyring, ground.ledger, grade.employee, grade.period)
            key = dossier.records[row_id]
        else:
            row_id, key = dossier.streams[Name("assessment", (grade.employee, grade.position, grade.period))]
        found[grade.kind, row_id] = row_of(grade, dossier.person, row_id, key, ground.seq), key
    return found
