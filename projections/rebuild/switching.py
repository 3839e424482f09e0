"""Catching up with live traffic, and going live once every ledger is at its head."""

from collections.abc import Callable
from typing import Final

from events.keyring import Keyring
from events.log.heads import Connection, Lock, heads, lock_heads
from projections import marks
from projections.live import Advanced, Live
from projections.marks import GRADES, Lag
from projections.rebuild import generations
from projections.rebuild.generations import RebuildError
from projections.sql import statements

_SQL = statements("rebuild")

_CLOSE: Final = 500
"""So few events are left to the short while in which nothing can be appended."""

_ROUNDS: Final = 50
_TRIES: Final = 5

Together = Callable[[Connection, Lock], int]
"""Appends to the agency's ledger, under the lock, what makes the law the one supposed; its new size."""


def behind(conn: Connection, generation: int) -> list[Lag]:
    """The ledgers that a generation is behind in, or whose law it has not followed."""
    return [one for one in marks.lags_of(conn, generation) if one.behind or one.law_behind]


def catch_up(
    conn: Connection,
    live: Live,
    generation: int,
    *,
    rounds: int = 1,
    advanced: Callable[[Advanced], None] = lambda _: None,
) -> int:
    """Takes every ledger to its head, some rounds over as traffic goes on; how many events are left.

    The session is the projector's and commits each step; `live` is built for the generation. Raises what
    `Live.advance` raises.
    """
    for _ in range(rounds):
        late = behind(conn, generation)
        if not late:
            return 0
        level = [one.ledger for one in late if not one.behind]
        if level:
            live.follow_agency(conn, level)
        for one in behind(conn, generation):
            advanced(done := live.advance(conn, one.ledger))
            while not done.is_level:
                advanced(done := live.advance(conn, one.ledger))
    return sum(one.behind for one in behind(conn, generation))


def go_live(
    owner: Connection,
    projector: Connection,
    keyring: Keyring,
    generation: int,
    *,
    together: Together | None = None,
) -> int:
    """Shows the generation instead of the one before, whose number is returned.

    Appends wait for the moment of the last catch-up and the switch; readers do not. What is derived under a
    supposed law goes live `together` with the facts that make it the law. Raises RebuildError
    `rebuild-state` or `rebuild-behind`.
    """
    found = generations.find(owner, generation)
    if found.supposed and together is None and found.state != "retired":
        raise RebuildError(
            "rebuild-state",
            f"Generation {generation} is a correction's, and goes live with it.",
            "`bagalau correct` takes it live.",
        )
    live = Live(keyring, built=generation)
    for _ in range(_TRIES):
        for _ in range(_ROUNDS):
            if catch_up(projector, live, generation) <= _CLOSE:
                break
        before = _switch(owner, projector, live, generation, together)
        if before is not None:
            return before
    raise RebuildError(
        "rebuild-behind",
        f"Generation {generation} does not catch up: facts come faster than it takes them in.",
        "Try again when fewer come.",
    )


def _switch(
    owner: Connection, projector: Connection, live: Live, generation: int, together: Together | None
) -> int | None:
    """The generation shown before; None where something was appended that was not taken in."""
    with owner.transaction():
        # In the order in which those who append lock them, so that nobody waits for one who waits for him.
        lock = lock_heads(owner, [head.ledger for head in heads(owner)])
        catch_up(projector, live, generation)
        if any(one.ledger in lock.heads for one in behind(owner, generation)):
            return None
        before = marks.live_generation(owner)
        if together is not None:
            size = together(owner, lock)
            # It was folded under what the law says only now.
            owner.execute(_SQL["set_agency_seq"], [size, GRADES, generation])
        generations.show(owner, generation, before)
    return before


def is_level(conn: Connection, generation: int) -> bool:
    """Whether a generation stands at every ledger's head."""
    return not behind(conn, generation)
