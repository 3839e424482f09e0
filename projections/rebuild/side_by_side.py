"""Comparing two generations while facts come in: each ledger is brought to the same place in both first."""

from collections.abc import Iterator
from typing import Final

from events.keyring import Keyring
from events.log.heads import Connection
from projections import marks
from projections.comparing import Comparison, compare
from projections.live import Live
from projections.rebuild.generations import RebuildError

_TRIES: Final = 100
MOST_BEHIND: Final = 50_000
"""Whoever compares brings up so many events himself."""


def side_by_side(
    projector: Connection, reader: Connection, keyring: Keyring, before: int, after: int
) -> Iterator[Comparison]:
    """The comparison of every ledger, by name. Both sessions commit each step.

    Raises RebuildError `rebuild-behind`, and what `Live.advance` raises.
    """
    sides = {number: Live(keyring, built=number) for number in (before, after)}
    lags = {number: marks.lags_of(reader, number) for number in sides}
    for number, its in lags.items():
        late = sum(one.behind for one in its)
        if late > MOST_BEHIND:
            raise RebuildError(
                "rebuild-behind",
                f"Generation {number} is {late} events behind.",
                "A running projector brings the one that is shown up; `bagalau rebuild catchup` the other.",
            )
    for one in lags[after]:
        yield _compared(projector, reader, sides, one.ledger)


def _compared(projector: Connection, reader: Connection, sides: dict[int, Live], ledger: str) -> Comparison:
    before, after = sides
    for _ in range(_TRIES):
        found = compare(reader, ledger, before, after)
        if found is not None:
            return found
        for live in sides.values():
            live.level(projector, ledger)
    raise RebuildError(
        "rebuild-behind", f"{ledger} grows faster than its rows can be compared.", "Try again later."
    )
