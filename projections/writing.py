"""Deriving persons' grades and writing what changed of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from events.keyring import Keyring
from events.log.heads import Connection
from events.seal import DocumentKey
from projections import marks, store
from projections.concerned import Hashes, concerned
from projections.dossiers import Dossier, Failure
from projections.grade import Grade
from projections.grading import Ground, grades_in, year_of
from projections.record_keys import RecordKeys
from projections.rows import Row, record_of, row_of
from projections.store import Written
from projections.stored import Place

Years: TypeAlias = frozenset[int] | None
"""The years of a person to derive; None: all."""


class Derived(NamedTuple):
    """What a person's rows must say by now, for the years asked; none where the dossier has failures.

    `grades` are what the `rows` say, each in its place.
    """

    dossier: Dossier
    years: Years
    grades: Sequence[Grade]
    rows: Sequence[tuple[Row, DocumentKey]]


class Outcome(NamedTuple):
    """How many rows were written and removed, and how many documents parked."""

    written: int = 0
    removed: int = 0
    parked: int = 0


def work_out(
    keyring: Keyring,
    ground: Ground,
    some: Iterable[tuple[Dossier, Years]],
    record_keys: RecordKeys,
    hashes: Hashes,
) -> Iterator[Derived]:
    """The rows of these persons, the same whoever writes them and however; failures are the dossiers'.

    Keys of annual records are asked for once, for all that lack theirs; `hashes` are of the same ledger.
    """
    graded = [(dossier, years, grades_in(ground, dossier, years)) for dossier, years in some]
    records = _give_record_keys(keyring, ground.ledger, graded, record_keys)
    for dossier, years, grades in graded:
        if dossier.failures:
            yield Derived(dossier, years, [], [])
        else:
            yield Derived(dossier, years, grades, _rows(ground, dossier, grades, records, hashes))


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
    rows: list[tuple[Row, DocumentKey]] = []
    gone: list[tuple[bytes, Place]] = []
    failures: list[tuple[bytes | None, Failure]] = []
    record_keys = partial(store.record_keys, conn, keyring, ground.ledger)
    hashes = Hashes(keyring, ground.ledger)
    for dossier, years, _, worked_out in work_out(keyring, ground, some, record_keys, hashes):
        before, after = dossier.written, {(row.kind, row.id): (row, key) for row, key in worked_out}
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
    keyring: Keyring, ledger: str, graded: list[tuple[Dossier, Years, list[Grade]]], record_keys: RecordKeys
) -> dict[tuple[str, str], UUID]:
    """Sees to it that each dossier holds the keys of the annual records in its grades; their ids."""
    records: dict[tuple[str, str], UUID] = {}
    wanted: dict[UUID, Dossier] = {}
    for dossier, _, grades in graded:
        for grade in grades:
            if grade.kind == "annual":
                record = record_of(keyring, ledger, grade.employee, grade.period)
                records[grade.employee, grade.period] = record
                if record not in dossier.records:
                    wanted[record] = dossier
    keys = record_keys({record: one.person for record, one in wanted.items()})
    for record, dossier in wanted.items():
        key = keys.get(record)
        if key is None:
            dossier.failures.append(Failure(record, 0, "KeyringError not-unwrapped"))
        else:
            dossier.records[record] = key
    return records


def _rows(
    ground: Ground,
    dossier: Dossier,
    grades: list[Grade],
    records: Mapping[tuple[str, str], UUID],
    hashes: Hashes,
) -> list[tuple[Row, DocumentKey]]:
    found: list[tuple[Row, DocumentKey]] = []
    for grade in grades:
        if grade.kind == "annual":
            row_id = records[grade.employee, grade.period]
            key = dossier.records[row_id]
        else:
            # A plain tuple finds what a Name does, for every grade of a country.
            name: Any = ("assessment", (grade.employee, grade.position, grade.period))
            row_id, key = dossier.streams[name]
        others = concerned(dossier.documents, grade, hashes)
        found.append((row_of(grade, dossier.person, row_id, key, ground.seq, others), key))
    return found
