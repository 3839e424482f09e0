"""The rows of the projection held against what the ledger comes to at the very place where they stand."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import msgspec

from events.failures import told
from events.keyring import Keyring, KeyringError
from events.log.heads import Connection
from projections.grade import Grade
from projections.ledger import Work, grades_of, work_by_employee
from projections.marks import Mark
from projections.replay import Scope
from projections.replayed import INPUTS_DESTROYED, Finding, row_differences
from projections.rows import RowError
from projections.sql import statements
from projections.stored import Stored, grade_in
from projections.view import LedgerView

UNEXPECTED: Final = "row-unexpected"

_SQL = statements("replay")
_FETCHED = 500


class StoredRow(msgspec.Struct, frozen=True):
    """A row as it lies there: its grade, or why there is none to read; neither where its key is gone.

    `id` is its document's, or of a year its record's.
    """

    person: bytes
    kind: str
    id: UUID
    period: str
    grade: Grade | None = None
    problem: str | None = None


class Rows(msgspec.Struct, frozen=True):
    """How many rows were compared, and how many employees were left out as the projector parked them."""

    compared: int
    parked: int
    findings: tuple[Finding, ...]


def mark_of(conn: Connection, ledger: str) -> Mark | None:
    """Where the generation that is shown stands in a ledger; None where no projector ever was."""
    row = conn.execute(_SQL["mark"], [ledger]).fetchone()
    return None if row is None else Mark(*row)


def stored_rows(
    conn: Connection, keyring: Keyring, ledger: str, generation: int, person: bytes | None = None
) -> Iterator[StoredRow]:
    """A generation's rows of a ledger, or of one person there, each person's together; in a transaction."""
    wanted = {"ledger": ledger, "generation": generation, "person": person}
    with conn.cursor("replayed_rows", binary=True) as cursor:
        cursor.itersize = _FETCHED
        for columns in cursor.execute(_SQL["read_rows"], wanted):
            yield _stored(keyring, ledger, generation, columns)


def _stored(keyring: Keyring, ledger: str, generation: int, columns: tuple[Any, ...]) -> StoredRow:
    person, kind, row_id, *read, kek, wrapped = columns
    stored = Stored(*read)
    if wrapped is None:
        return StoredRow(person, kind, row_id, stored.period)
    try:
        key = keyring.unwrap(row_id, kek, wrapped)
        grade = grade_in(ledger, person, (kind, row_id), generation, stored, key)
    except RowError as error:
        return StoredRow(person, kind, row_id, stored.period, problem=error.code)
    except KeyringError as error:
        if error.code == "unknown-kek":
            raise
        return StoredRow(person, kind, row_id, stored.period, problem="row-not-authentic")
    return StoredRow(person, kind, row_id, stored.period, grade)


def compare(
    view: LedgerView,
    rows: Iterable[StoredRow],
    person_of: Callable[[str], bytes],
    scope: Scope,
    *,
    parked: AbstractSet[bytes],
    destroyed: AbstractSet[UUID],
    inputs_lost: bool,
) -> Rows:
    """What differs between the rows and the grades of everyone in the ledger; `rows` are sorted by person.

    `inputs_lost` says that documents are gone which the rows were made of. A row without a key is let be
    where it goes with documents that were `destroyed`.
    """
    comparing = _Comparing(view, scope, destroyed, inputs_lost=inputs_lost)
    work = {
        person_of(employee): (employee, its)
        for employee, its in work_by_employee(view.documents).items()
        if scope.employee in {None, employee}
    }
    for person, its_rows in groupby(rows, key=lambda row: row.person):
        known = work.pop(person, None)
        if person not in parked:
            comparing.person(person, known, list(its_rows))
    unseen = [known for person, known in work.items() if person not in parked]
    for known in unseen:
        comparing.person(b"", known, [])
    return Rows(comparing.compared, len(parked), tuple(comparing.findings))


class _Comparing:
    def __init__(
        self, view: LedgerView, scope: Scope, destroyed: AbstractSet[UUID], *, inputs_lost: bool
    ) -> None:
        self.findings: list[Finding] = []
        self.compared = 0
        self._view = view
        self._scope = scope
        self._destroyed = destroyed
        self._inputs_lost = inputs_lost

    def person(self, person: bytes, known: tuple[str, Work] | None, rows: list[StoredRow]) -> None:
        employee = known[0] if known else None
        try:
            grades = list(grades_of(self._view, *known)) if known else []
        except Exception as error:  # noqa: BLE001 - whatever one person's documents do, the rest go on
            failed = Finding(
                code="not-derivable", body=self._view.ledger, employee=employee, detail=told(error)
            )
            self.findings.append(failed)
            return
        derived = {_place(grade): grade for grade in grades}
        unread: Counter[tuple[str, str]] = Counter()
        # What can be read comes first: what is left then may be what cannot.
        for row in sorted(rows, key=lambda row: row.grade is None):
            if not self._scope.covers(employee or self._scope.employee or "", row.period):
                continue
            if row.grade is None:
                is_of_a_year = row.kind == "annual" and ("annual", row.period, "") in derived
                problem = row.problem or self._keyless(row, is_of_a_year=is_of_a_year)
                # Anybody can have put it there: it stands for no other.
                unread[row.kind, row.period] += problem != UNEXPECTED
                self._unread(employee, person, row, problem)
                continue
            self.compared += 1
            self._compare(row.grade, derived.pop(_place(row.grade), None))
        for grade in derived.values():
            at = (grade.kind, grade.period)
            if unread[at]:
                unread[at] -= 1
            elif self._scope.covers(grade.employee, grade.period):
                self._find("row-missing", grade, ())

    def _keyless(self, row: StoredRow, *, is_of_a_year: bool) -> str | None:
        """What is wrong with a row whose key is gone; None where it went with what it was made of."""
        if is_of_a_year:
            # The ledger comes to that year still.
            return "row-not-authentic"
        went = bool(self._destroyed) if row.kind == "annual" else row.id in self._destroyed
        return None if went else UNEXPECTED

    def _unread(self, employee: str | None, person: bytes, row: StoredRow, problem: str | None) -> None:
        if problem is None:
            return
        nobodys = None if employee else f"no employee of the ledger has this row's hash, {person.hex()}"
        keyless = None if row.problem else f"{row.id} has no key, and no destruction took it"
        self.findings.append(
            Finding(
                code=problem,
                body=self._view.ledger,
                employee=employee,
                period=row.period,
                form=row.kind,
                detail="; ".join(filter(None, (nobodys, keyless))) or None,
            )
        )

    def _compare(self, row: Grade, derived: Grade | None) -> None:
        if derived is None:
            self._find(UNEXPECTED, row, ())
            return
        found = row_differences(row, derived)
        if found:
            self._find("row-differs", row, found)

    def _find(self, code: str, grade: Grade, differences: Any) -> None:
        self.findings.append(
            Finding(
                code=INPUTS_DESTROYED if self._inputs_lost else code,
                body=grade.body,
                employee=grade.employee,
                position=grade.position,
                period=grade.period,
                form=grade.kind,
                differences=differences,
            )
        )


def _place(grade: Grade) -> tuple[str, str, str]:
    """What tells a grade from a person's others; a year's stands once, in the position he held last."""
    return grade.kind, grade.period, "" if grade.kind == "annual" else grade.position
