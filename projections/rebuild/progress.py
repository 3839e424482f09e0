"""How a rebuild fares: what is folded of what, how fast, how long it may still take, what failed."""

from collections.abc import Sequence

import msgspec

from events.log.heads import Connection
from projections import marks
from projections.rebuild.claims import Claimed, claims
from projections.rebuild.generations import Purpose, State, find
from projections.sql import statements

_SQL = statements("rebuild")


class Progress(msgspec.Struct, frozen=True):
    """A rebuild by now; `rate` is in events a second since the folding last began, `seconds_left` goes by it.

    `behind` counts the events that came since a ledger was folded; `in_hand` are the ledgers at work,
    `failed` those that stand still.
    """

    generation: int
    state: State
    purpose: Purpose
    ledgers: int
    ledgers_done: int
    events: int
    folded: int
    rate: float | None
    seconds_left: float | None
    rows: int
    parked: int
    destroyed: int
    behind: int
    in_hand: tuple[Claimed, ...]
    failed: tuple[Claimed, ...]

    @property
    def is_folded(self) -> bool:
        """Whether every ledger is folded."""
        return self.ledgers_done == self.ledgers


def progress(conn: Connection, number: int | None = None) -> Progress:
    """How the rebuild of this number, or the one under way, fares. Raises RebuildError `no-rebuild`."""
    found = find(conn, number)
    listed = claims(conn, found.number)
    events, folded = sum(max(one.size, one.folded) for one in listed), sum(one.folded for one in listed)
    rate = None
    if found.state == "running" and found.run_from is not None:
        row = conn.execute(_SQL["running_seconds"], [found.number]).fetchone()
        seconds = row[0] if row else None
        if seconds and folded > found.run_from:
            rate = (folded - found.run_from) / seconds
    return Progress(
        generation=found.number,
        state=found.state,
        purpose=found.purpose,
        ledgers=len(listed),
        ledgers_done=sum(one.state == "done" for one in listed),
        events=events,
        folded=folded,
        rate=rate,
        seconds_left=(events - folded) / rate if rate else None,
        rows=sum(one.written for one in listed),
        parked=len(marks.parked_of(conn, found.number)),
        destroyed=sum(one.destroyed for one in listed),
        behind=_behind(conn, found.number, listed),
        in_hand=tuple(one for one in listed if one.state == "taken"),
        failed=tuple(one for one in listed if one.state == "failed"),
    )


def _behind(conn: Connection, generation: int, listed: Sequence[Claimed]) -> int:
    done = {one.ledger for one in listed if one.state == "done"}
    return sum(one.behind for one in marks.lags_of(conn, generation) if one.ledger in done)
