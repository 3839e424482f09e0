"""Claims: who folds which ledger of a rebuild, under a fencing number that is checked when he commits."""

from typing import Final, Literal

import msgspec

from events.log.heads import Connection
from projections.sql import statements

PRESENCE: Final = 0x6261_6773
"""The first half of the key of a worker's session lock; the second is its backend."""

SILENT_SECONDS: Final = 15.0
"""A worker that was not heard of for so long hangs; his ledger is taken over."""

_SQL = statements("rebuild")


class ClaimLost(Exception):  # noqa: N818 - nothing went wrong: another has the ledger, or nobody needs it
    """The ledger was taken over, or the rebuild was given up; nothing of it may be committed."""


class Claim(msgspec.Struct, frozen=True):
    """A ledger of a generation, taken under a fencing number."""

    generation: int
    ledger: str
    fence: int


class Filled(msgspec.Struct, frozen=True):
    """What became of a ledger: folded to which places, rows written, documents parked, events destroyed.

    `peak_kib` is the largest resident memory of the process so far, in KiB; None where it is not known.
    """

    upto: int
    agency_seq: int
    folded: int
    written: int
    parked: int
    destroyed: int
    peak_kib: int | None = None


class Claimed(msgspec.Struct, frozen=True):
    """How a ledger of a rebuild fares; `size` and `folded` count events."""

    ledger: str
    state: Literal["open", "taken", "done", "failed"]
    fence: int
    worker: str | None
    size: int
    folded: int
    written: int
    parked: int
    destroyed: int
    peak_kib: int | None
    error: str | None


def be_present(conn: Connection) -> None:
    """Shows that the session's claims are somebody's, for as long as it lasts."""
    conn.execute(_SQL["be_present"], [PRESENCE])


def take(
    conn: Connection, worker: str, generation: int | None = None, *, silent: float = SILENT_SECONDS
) -> Claim | None:
    """The largest ledger that nobody folds, of one rebuild or of any; None when there is none to take."""
    wanted = {"worker": worker, "generation": generation, "silent": silent, "locks": PRESENCE}
    row = conn.execute(_SQL["take_claim"], wanted, prepare=True).fetchone()
    return None if row is None else Claim(*row)


def is_there_work(conn: Connection, *, silent: float = SILENT_SECONDS) -> bool:
    """Whether any rebuild has a ledger that nobody folds."""
    row = conn.execute(_SQL["is_there_work"], [silent]).fetchone()
    return bool(row and row[0])


def beat(conn: Connection, claim: Claim, folded: int, size: int) -> bool:
    """Says that the claim is worked on; False when it is no longer the worker's."""
    found = conn.execute(_SQL["beat_claim"], [folded, size, claim.generation, claim.ledger, claim.fence])
    return found.rowcount == 1


def finish(conn: Connection, claim: Claim, filled: Filled) -> None:
    """Commits the claim with the rows, in the transaction of both. Raises ClaimLost."""
    named = msgspec.structs.asdict(filled) | msgspec.structs.asdict(claim)
    if conn.execute(_SQL["finish_claim"], named).rowcount != 1:
        raise ClaimLost(f"{claim.ledger} of generation {claim.generation} is another's")


def fail(conn: Connection, claim: Claim, error: str) -> None:
    """Leaves the ledger with what it failed on: a type and a place, or a code."""
    conn.execute(_SQL["fail_claim"], [error, claim.generation, claim.ledger, claim.fence])


def claims(conn: Connection, generation: int) -> list[Claimed]:
    """Every ledger of a rebuild, those at work first, then by size."""
    return [Claimed(*row) for row in conn.execute(_SQL["list_claims"], [generation])]


def folding_seconds(conn: Connection, generation: int) -> float:
    """From the first ledger taken to the last committed, in seconds; waits between two runs count."""
    row = conn.execute(_SQL["folding_seconds"], [generation]).fetchone()
    return float(row[0]) if row else 0.0
