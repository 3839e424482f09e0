"""Carrying an act out: keys and derived rows destroyed, the living keys wrapped anew, and the end told."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from events.keyring import Keyring
from events.log import Connection, Head, Log, today
from events.sql import statements
from events.vocabulary.retention import DestructionCompleted
from projections.sql import statements as projection_statements
from services.destroying.acts import NEEDED, Act, agency_seq, check_day, fact_of, load
from services.destroying.deleting import BATCH, Deleting, Left, delete_rows
from services.destroying.errors import DestroyingError
from services.destroying.rotation import Rotated, rotate
from services.destroying.settling import settle
from services.destroying.signing import check_signatures, folded
from services.recording import Due, record

_SQL = statements("destroying")
_PROJECTION_SQL = projection_statements("destroying")

_LOCK: Final = (0x6261_6764, 1)

Reached: TypeAlias = Callable[[str], None]
QueueKeeps: TypeAlias = Callable[[str, Collection[UUID]], datetime | None]
"""Until when the broker keeps facts of a body with these ids; see `queue.kept_until`."""


class Outcome(msgspec.Struct, frozen=True):
    """What a run came to: documents destroyed by the act, those left out, and the keys wrapped anew."""

    act: Act
    destroyed: int
    left: tuple[Left, ...]
    rotated: Rotated


class Destroyer:
    """Carries acts out, on a session of the destroyer's role and one of the projector's, each committing.

    `told` is told how many documents were destroyed since, `reached` of each step. `day` tells which day it
    is: nothing goes whose term has not ended by then.
    """

    def __init__(
        self,
        conn: Connection,
        projector: Connection,
        keyring: Keyring,
        keyring_file: Path,
        queue: QueueKeeps,
        *,
        reached: Reached = lambda _: None,
        told: Callable[[int], None] = lambda _: None,
        day: Callable[[Connection], date] = today,
        patience: float = 60.0,
        batch: int = BATCH,
    ) -> None:
        self._conn = conn
        self._projector = projector
        self._log = Log(keyring)
        self._file = keyring_file
        self._queue = queue
        self._reached = reached
        self._told = told
        self._day = day
        self._patience = patience
        self._batch = batch

    def run(self, ledger: str, number: str) -> Outcome:
        """Destroys what an authorised act lists; broken off anywhere it is called again, and finishes.

        Raises DestroyingError `act-unauthorised`, `authorisation-invalid`, `authorisation-revoked`,
        `act-completed`, `not-due-yet`, `list-altered`, `papers-changed`, `destruction-under-way`, and, with
        the keys destroyed already, `rebuild-under-way` and `queue-holds-facts`: it is then run again for the
        rest.
        """
        with self._alone():
            act = load(self._conn, self._log, ledger, number)
            on = self._day(self._conn)
            _check(act, on)
            check_signatures(self._conn, self._log, act)
            if not act.destroyed:
                self._check_queue(act, [one.stream for one in act.documents])
            left = Deleting(self._conn, self._log, act, self._reached, self._told, on=on).run(self._batch)
            self._reached("destroyed")
            rotated = rotate(self._conn, self._file, self._reached)
            act = load(self._conn, self._log, ledger, number)
            streams = list(act.destroyed)
            if streams:
                last = max(one.seq for one in act.destroyed.values())
                settle(self._projector, self._log.keyring, ledger, last, patience=self._patience)
                self._reached("settled")
                self._sweep(act)
                self._reached("swept")
            self._check_queue(act, streams)
            self._complete(act, left)
            self._reached("completed")
        return Outcome(load(self._conn, self._log, ledger, number), len(streams), tuple(left), rotated)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        row = self._conn.execute(_SQL["hold_destroyer"], _LOCK).fetchone()
        if not (row and row[0]):
            raise DestroyingError(
                "destruction-under-way", "Another destruction is under way.", "Wait until it has ended."
            )
        try:
            yield
        finally:
            if not self._conn.closed:
                self._conn.execute("SELECT pg_advisory_unlock(%s, %s)", _LOCK)

    def _check_queue(self, act: Act, streams: list[UUID]) -> None:
        if not streams:
            return
        facts = [row[0] for row in self._conn.execute(_SQL["facts_of"], [act.ledger, streams])]
        until = self._queue(act.ledger, facts)
        if until is not None:
            raise DestroyingError(
                "queue-holds-facts",
                f"The queue keeps facts of what act {act.number} destroys until {until:%Y-%m-%d %H:%M} UTC.",
                "Run it again after that: nobody can take a message out of the queue before its time.",
            )

    def _sweep(self, act: Act) -> None:
        """What still tells which rows were whose, once every projection is past the destruction."""
        gone = [one for one in act.documents if one.stream in act.destroyed]
        with self._conn.transaction():
            delete_rows(self._conn, act.ledger, gone, [])
            self._conn.execute(
                _PROJECTION_SQL["destroy_dossiers"], [act.ledger, [one.stream for one in gone]]
            )

    def _complete(self, act: Act, left: Sequence[Left]) -> None:
        on = self._day(self._conn)
        said = DestructionCompleted(
            act=act.number, on=on, destroyed=len(act.destroyed), left=[one.stream for one in left]
        )

        def due(_: Head) -> Due:
            return Due((fact_of(act.ledger, said, on),), agency_seq(self._conn))

        record(self._conn, self._log, act.ledger, due)


def _check(act: Act, on: date) -> None:
    if act.completed is not None:
        raise DestroyingError("act-completed", f"Act {act.number} of {act.ledger} is completed.")
    act.check()
    parts = {one.part for one in act.lists}
    if not act.lists or parts != set(range(1, act.lists[0].parts + 1)):
        raise DestroyingError("list-altered", f"Act {act.number} does not list all that it should.")
    check_day(act.as_of, on)
    people = {folded(one.by_of, one.by) for one in act.authorisations}
    keys = {one.public_key for one in act.authorisations}
    if len(people) < NEEDED or len(keys) < NEEDED:
        raise DestroyingError(
            "act-unauthorised",
            f"Act {act.number} of {act.ledger} is authorised by {len(people)} of {NEEDED}.",
            "`bagalau destroy authorise` is for each of two people.",
        )


__all__ = ["BATCH", "Destroyer", "Left", "Outcome"]
