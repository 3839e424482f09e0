"""Every projection taken past a destruction, so that nobody writes again what was made of it."""

from datetime import datetime
from time import monotonic, sleep
from typing import Final

from events.keyring import Keyring
from events.log import Connection
from projections.live import Live
from projections.rebuild import generations
from projections.rebuild.generations import WRITTEN, Generation
from projections.sql import statements
from services.destroying.errors import DestroyingError

_SQL = statements("destroying")
_LOOK_SECONDS: Final = 0.25


def settle(projector: Connection, keyring: Keyring, ledger: str, seq: int, *, patience: float) -> None:
    """Returns once the rows of every generation are of the ledger at `seq` or later, which is committed.

    Generations that lie beside each other are taken further here, as retired ones stand still. Whoever folds
    the ledger for one that is being filled, and began before, starts over. One that has folded it and is
    still being filled is waited for, so many seconds. Raises DestroyingError `rebuild-under-way`.
    """
    since = projector.execute("SELECT clock_timestamp()").fetchall()[0][0]
    until = monotonic() + patience
    while late := _late(projector, keyring, ledger, seq, since):
        if monotonic() > until:
            named = ", ".join(str(one) for one in late)
            raise DestroyingError(
                "rebuild-under-way",
                f"Generation {named} was folded before the destruction, and is not full yet.",
                "Finish the rebuild, or give it up with `bagalau rebuild abort`, and run the act again.",
            )
        sleep(_LOOK_SECONDS)


def _late(projector: Connection, keyring: Keyring, ledger: str, seq: int, since: datetime) -> list[int]:
    """The generations that are not past the place, and that nothing can be done about for now."""
    marks = dict(projector.execute(_SQL["marks_of"], [ledger]).fetchall())
    late = []
    for one in generations.generations(projector):
        if marks.get(one.number, 0) >= seq or one.state == "leaving":
            continue
        if one.state in WRITTEN:
            _advance(projector, keyring, one, ledger, seq)
        elif not _is_unfolded(projector, one.number, ledger, since):
            late.append(one.number)
    return late


def _advance(projector: Connection, keyring: Keyring, one: Generation, ledger: str, seq: int) -> None:
    live = Live(keyring, built=None if one.state == "live" else one.number)
    while live.advance(projector, ledger).seq < seq:
        continue


def _is_unfolded(projector: Connection, generation: int, ledger: str, since: datetime) -> bool:
    """Whether nobody has folded the ledger with keys that are destroyed by now, nor will."""
    projector.execute(_SQL["take_back"], [generation, ledger, since])
    row = projector.execute(_SQL["claim_of"], [generation, ledger]).fetchone()
    return row is None or row[0] != "done"
