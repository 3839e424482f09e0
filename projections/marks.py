"""Marks: how far projections go in each ledger, and what is parked."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from events.log.heads import Connection
from projections.dossiers import Failure
from projections.sql import statements

GRADES: Final = "grades"
"""The projection of every grade: quarterly, annual and of competencies."""

_SQL = statements("marks")


class MarkError(Exception):
    """Marks that do not fit the ledgers; `code` is stable.

    `unknown-ledger`, `not-live` (no generation is shown), `ahead-of-ledger` (the ledgers were put back to an
    older state), `mark-moved` (by another, without the lock).
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Mark(msgspec.Struct, frozen=True):
    """How far a generation's rows go in a ledger, and under how much of the agency's."""

    generation: int
    seq: int
    agency_seq: int


class Lag(msgspec.Struct, frozen=True):
    """A ledger's true head beside the mark of a generation; times in UTC.

    `behind` counts the events not yet projected, `law_behind` those of the agency not yet applied.
    """

    ledger: str
    head: int
    seq: int
    agency_head: int
    agency_seq: int
    moved_at: datetime | None
    recorded_at: datetime

    @property
    def behind(self) -> int:
        return self.head - self.seq

    @property
    def law_behind(self) -> int:
        return self.agency_head - self.agency_seq


class Parked(msgspec.Struct, frozen=True):
    """A document that failed to fold: the grades of its employee are missing until it folds."""

    ledger: str
    stream: UUID
    seq: int
    error: str
    parked_at: datetime


def live_generation(conn: Connection, projection: str = GRADES) -> int:
    """The generation that is shown. Raises MarkError `not-live`."""
    row = conn.execute(_SQL["live_generation"], [projection]).fetchone()
    if row is None:
        raise MarkError("not-live", f"no generation of {projection} is shown")
    return int(row[0])


def ends(conn: Connection, ledger: str) -> tuple[int, int]:
    """The sizes of the ledger and of the agency's, of one moment. Raises MarkError `unknown-ledger`."""
    row = conn.execute(_SQL["ends"], [ledger]).fetchone()
    if row is None:
        raise MarkError("unknown-ledger", f"there is no ledger {ledger}, or none of the agency")
    return int(row[0]), int(row[1])


def lock_mark(conn: Connection, generation: int, ledger: str, *, projection: str = GRADES) -> Mark:
    """The mark, locked until the transaction ends; the first time it stands at 0."""
    place = [projection, generation, ledger]
    row = conn.execute(_SQL["lock_checkpoint"], place).fetchone()
    if row is None:
        conn.execute(_SQL["open_checkpoint"], place)
        row = conn.execute(_SQL["lock_checkpoint"], place).fetchone()
        assert row is not None
    return Mark(generation, row[0], row[1])


def move_mark(conn: Connection, ledger: str, before: Mark, after: Mark, *, projection: str = GRADES) -> None:
    """Moves a locked mark. Raises MarkError `mark-moved`."""
    moved = conn.execute(
        _SQL["move_checkpoint"],
        [
            after.seq,
            after.agency_seq,
            projection,
            before.generation,
            ledger,
            before.seq,
            before.agency_seq,
        ],
    )
    if moved.rowcount != 1:
        raise MarkError("mark-moved", f"the mark of {ledger} is not where the batch began")


def set_mark(conn: Connection, ledger: str, mark: Mark, *, projection: str = GRADES) -> None:
    """Sets a mark, wherever it was."""
    conn.execute(_SQL["set_checkpoint"], [projection, mark.generation, ledger, mark.seq, mark.agency_seq])


def follow_agency(
    conn: Connection,
    generation: int,
    ledgers: Collection[str],
    changed_at: int,
    upto: int,
    *,
    projection: str = GRADES,
) -> dict[str, Mark]:
    """Moves marks of these ledgers along an agency that grew to `upto` and last changed the law before them.

    Returns those moved. The rows need no touch: under both places the law says the same.
    """
    rows = conn.execute(
        _SQL["follow_agency"], [upto, projection, generation, list(ledgers), changed_at, upto]
    )
    return {ledger: Mark(generation, seq, upto) for ledger, seq in rows}


def lag(conn: Connection, projection: str = GRADES) -> list[Lag]:
    """Every ledger's head beside its mark, by name. What is not served at all is the furthest behind."""
    return [Lag(*row) for row in conn.execute(_SQL["lags"], {"projection": projection})]


def lags_of(conn: Connection, generation: int, projection: str = GRADES) -> list[Lag]:
    """Every ledger's head beside the mark of a generation, by name."""
    wanted = {"projection": projection, "generation": generation}
    return [Lag(*row) for row in conn.execute(_SQL["lags_of"], wanted)]


def parked(conn: Connection, projection: str = GRADES) -> list[Parked]:
    """What the live generation could not fold, by ledger and place."""
    return [Parked(*row) for row in conn.execute(_SQL["list_parked"], [projection])]


def parked_of(conn: Connection, generation: int, projection: str = GRADES) -> list[Parked]:
    """What a generation could not fold, by ledger and place."""
    return [Parked(*row) for row in conn.execute(_SQL["parked_of"], [projection, generation])]


def parked_in(
    conn: Connection, generation: int, ledger: str, *, projection: str = GRADES
) -> dict[UUID, bytes | None]:
    """What a generation could not fold of a ledger, with the person where he is known."""
    rows = conn.execute(_SQL["parked_in"], [projection, generation, ledger], binary=True)
    return dict(rows.fetchall())


def release(
    conn: Connection,
    generation: int,
    ledger: str,
    persons: Collection[bytes],
    streams: Collection[UUID],
    *,
    projection: str = GRADES,
) -> None:
    """Takes these persons and documents off the list of what failed."""
    conn.execute(_SQL["release"], [projection, generation, ledger, list(persons), list(streams)])


def park(
    conn: Connection,
    generation: int,
    ledger: str,
    failures: Sequence[tuple[bytes | None, Failure]],
    *,
    projection: str = GRADES,
) -> None:
    """Puts failed documents on the list, with the person where he is known."""
    newest = {failure.stream: (person, failure) for person, failure in failures}
    conn.execute(
        _SQL["park"],
        [
            projection,
            generation,
            ledger,
            list(newest),
            [person for person, _ in newest.values()],
            [failure.seq for _, failure in newest.values()],
            [failure.error for _, failure in newest.values()],
        ],
    )
