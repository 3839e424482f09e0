"""A what-if: a generation that lasts as long as somebody looks at it."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Final

from events.log import Connection
from projections.rebuild import generations
from projections.supposed import Supposition
from services.rebuild_steps import Rebuilding

HOLDS: Final = 0x6261_6777
"""The first half of the key of the lock of who looks at a what-if; the second is the generation."""


@contextmanager
def trial(rebuilding: Rebuilding, supposed: Supposition, ledgers: Collection[str]) -> Iterator[int]:
    """A prepared generation of some ledgers under a supposed law, gone when the block ends, however it ends.

    One that was left behind by a process that was killed is taken away first.
    """
    with rebuilding.owner() as holding:
        sweep(rebuilding, holding)
        # Locked before another can see it: between the two it would look like one left behind.
        with holding.transaction():
            number = generations.prepare(
                holding, purpose="what-if", supposed=supposed, ledgers=ledgers
            ).number
            _hold(holding, number)
        try:
            yield number
        finally:
            rebuilding.abort(number)


def sweep(rebuilding: Rebuilding, holding: Connection) -> list[int]:
    """Takes away the what-ifs that nobody looks at any more; their numbers."""
    gone: list[int] = []
    for one in generations.generations(holding):
        if one.purpose == "what-if" and _is_free(holding, one.number):
            rebuilding.abort(one.number)
            holding.execute("SELECT pg_advisory_unlock(%s, %s)", [HOLDS, one.number])
            gone.append(one.number)
    return gone


def _hold(conn: Connection, number: int) -> None:
    conn.execute("SELECT pg_advisory_lock(%s, %s)", [HOLDS, number])


def _is_free(conn: Connection, number: int) -> bool:
    row = conn.execute("SELECT pg_try_advisory_lock(%s, %s)", [HOLDS, number]).fetchone()
    return bool(row and row[0])
