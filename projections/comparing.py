"""Two generations side by side, row by row: how many rows differ, from which grade to which, and whose."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

import msgspec

from events.keyring import Keyring
from events.log.heads import Connection
from projections.grade import Grade, Kind
from projections.marks import GRADES, Mark
from projections.rows import RowError
from projections.sql import statements
from projections.stored import Stored, grade_in

_SQL = statements("comparing")
_FETCHED: Final = 500
_SIDE: Final = len(Stored._fields)

ABSENT: Final = "absent"
"""Stands for the grade where a generation has no row."""


class Shift(msgspec.Struct, frozen=True):
    """So many rows of a kind that went from one grade to another, which may be the same with another score.

    The words are grades, else statuses, or `absent`.
    """

    kind: Kind
    before: str
    after: str
    count: int


class Comparison(msgspec.Struct, frozen=True):
    """A ledger's rows in two generations, at the same places: how many are in either, and what differs."""

    ledger: str
    seq: int
    rows: int
    shifts: tuple[Shift, ...]

    @property
    def differing(self) -> int:
        """How many rows are not the same."""
        return sum(shift.count for shift in self.shifts)


class Change(msgspec.Struct, frozen=True):
    """A row that differs, opened: None where a generation has none.

    Both are None when the row's key is destroyed, or where it cannot be opened (`unreadable` says why).
    """

    ledger: str
    person: bytes
    kind: Kind
    id: UUID
    before: Grade | None
    after: Grade | None
    unreadable: str | None = None

    @property
    def is_of_result(self) -> bool:
        """Whether the result itself changed, and not alone the revision or reading that it rests on."""
        return is_another_result(self.before, self.after)


def level_marks(conn: Connection, ledger: str, before: int, after: int) -> Mark | None:
    """The mark of the later generation where both go equally far in the ledger, else None."""
    rows = conn.execute(_SQL["marks_of"], [GRADES, ledger, [before, after]]).fetchall()
    marks = {row[0]: row[1:] for row in rows}
    if len(marks) < 2 or marks[before] != marks[after]:  # noqa: PLR2004 - two generations
        return None
    return Mark(after, *marks[after])


def compare(conn: Connection, ledger: str, before: int, after: int) -> Comparison | None:
    """What a ledger's rows say in two generations; None while they do not go equally far.

    From plain columns and digests, in a transaction of its own; nothing is opened.
    """
    with one_snapshot(conn):
        mark = level_marks(conn, ledger, before, after)
        if mark is None:
            return None
        wanted = {"ledger": ledger, "before": before, "after": after}
        found = conn.execute(_SQL["compare_rows"], wanted, prepare=False).fetchall()
    shifts = tuple(
        Shift(kind, old or ABSENT, new or ABSENT, n) for kind, old, new, differs, n in found if differs
    )
    return Comparison(ledger, mark.seq, sum(row[-1] for row in found), shifts)


def changes(conn: Connection, keyring: Keyring, ledger: str, before: int, after: int) -> Iterator[Change]:
    """The rows of a ledger that differ, opened, by person; read in one transaction until the last.

    Raises KeyringError where the keyring does not fit.
    """
    wanted = {"ledger": ledger, "before": before, "after": after}
    with conn.transaction(), conn.cursor("changes", binary=True) as cursor:
        cursor.itersize = _FETCHED
        for row in cursor.execute(_SQL["differing_rows"], wanted):
            yield _change(keyring, ledger, (before, after), row)


def matrix(compared: Iterable[Comparison], kind: Kind) -> dict[str, dict[tuple[str, str], int]]:
    """Of each body with changes of a kind: how many rows went from which grade to which."""
    found: dict[str, dict[tuple[str, str], int]] = {}
    for one in compared:
        for shift in one.shifts:
            if shift.kind == kind:
                found.setdefault(one.ledger, {})[shift.before, shift.after] = shift.count
    return found


@contextmanager
def one_snapshot(conn: Connection) -> Iterator[None]:
    """A transaction that reads one snapshot, as marks and rows must be of the same moment."""
    with conn.transaction():
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _change(keyring: Keyring, ledger: str, generations: tuple[int, int], row: tuple[Any, ...]) -> Change:
    person, kind, row_id = row[:3]
    kek, wrapped = row[-2:]
    if wrapped is None:
        return Change(ledger, person, kind, row_id, None, None, "destroyed")
    key = keyring.unwrap(row_id, kek, wrapped)

    def side(generation: int, columns: tuple[Any, ...]) -> Grade | None:
        is_there = columns[0] is not None
        return (
            grade_in(ledger, person, (kind, row_id), generation, Stored(*columns), key) if is_there else None
        )

    try:
        before = side(generations[0], row[3 : 3 + _SIDE])
        after = side(generations[1], row[3 + _SIDE : 3 + 2 * _SIDE])
    except RowError as error:
        return Change(ledger, person, kind, row_id, None, None, error.code)
    return Change(ledger, person, kind, row_id, before, after)


def is_another_result(before: Grade | None, after: Grade | None) -> bool:
    """Whether two grades of the same place tell something else, whatever they rest on."""
    return _result(before) != _result(after)


def _result(grade: Grade | None) -> tuple[Any, ...] | None:
    if grade is None:
        return None
    return grade.status, grade.reason, grade.score, grade.grade, grade.quarters, grade.results, grade.flags
