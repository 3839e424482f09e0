"""How many results a correction changes: by body, from which grade to which, told already or not."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from projections.comparing import ABSENT
from projections.consequences import Consequence
from projections.grade import Grade, Kind
from services.correcting.affected import Affected, Person, Unread


class Cell(msgspec.Struct, frozen=True):
    """So many results of a kind in a body that go from one grade to another; `announced` were told already.

    The words are grades, else statuses, or `absent`; the same twice is another score or flag.
    """

    body: str
    kind: Kind
    before: str
    after: str
    count: int
    announced: int


class Turn(msgspec.Struct, frozen=True):
    """A consequence that so many servants of a body gain or lose."""

    body: str
    code: str
    gained: int
    lost: int


class Tally(msgspec.Struct, frozen=True):
    """What a correction comes to.

    `rows` were compared; `changed` holds the results that change, `fixed` those that stay as a panel, a
    commission or an appeal decided them and would change otherwise; `unread` counts those of whom nothing can
    be told, by body and why.
    """

    rows: int
    people: int
    changed: tuple[Cell, ...]
    fixed: tuple[Cell, ...]
    turns: tuple[Turn, ...]
    unread: tuple[tuple[str, str, int], ...]

    @property
    def results(self) -> int:
        """How many results change."""
        return sum(cell.count for cell in self.changed)

    @property
    def announced(self) -> int:
        """How many of them were told already."""
        return sum(cell.announced for cell in self.changed)


class Counting:
    """Counts people as they go by."""

    def __init__(self) -> None:
        self.rows = 0
        self._people = 0
        self._changed: Counter[tuple[str, Kind, str, str]] = Counter()
        self._announced: Counter[tuple[str, Kind, str, str]] = Counter()
        self._fixed: Counter[tuple[str, Kind, str, str]] = Counter()
        self._fixed_announced: Counter[tuple[str, Kind, str, str]] = Counter()
        self._turns: dict[tuple[str, str], list[int]] = {}
        self._unread: Counter[tuple[str, str]] = Counter()

    def count(self, one: Person | Unread) -> None:
        """Takes one more into account."""
        if isinstance(one, Unread):
            self._unread[one.body, one.why] += 1
            return
        self._people += bool(one.results)
        _enter(one.results, self._changed, self._announced)
        _enter(one.fixed, self._fixed, self._fixed_announced)
        for at, found in enumerate((one.gained, one.lost)):
            for code in _codes(found):
                self._turns.setdefault((one.body, code), [0, 0])[at] += 1

    def tally(self) -> Tally:
        """What it came to, by body, kind and grade."""
        return Tally(
            rows=self.rows,
            people=self._people,
            changed=_cells(self._changed, self._announced),
            fixed=_cells(self._fixed, self._fixed_announced),
            turns=tuple(Turn(*key, *counts) for key, counts in sorted(self._turns.items())),
            unread=tuple((*key, count) for key, count in sorted(self._unread.items())),
        )


def word(grade: Grade | None) -> str:
    """The grade's word in a matrix."""
    return ABSENT if grade is None else grade.grade or grade.status


def _enter(
    results: Iterable[Affected],
    all_: Counter[tuple[str, Kind, str, str]],
    announced: Counter[tuple[str, Kind, str, str]],
) -> None:
    for one in results:
        key = (one.grade.body, one.grade.kind, word(one.before), word(one.after))
        all_[key] += 1
        announced[key] += one.announced is not None


def _codes(found: Iterable[Consequence]) -> set[str]:
    return {one.code for one in found}


def _cells(
    all_: Counter[tuple[str, Kind, str, str]], announced: Counter[tuple[str, Kind, str, str]]
) -> tuple[Cell, ...]:
    order = {"quarterly": 0, "annual": 1, "competencies": 2}
    keys = sorted(all_, key=lambda key: (order[key[1]], key[0], key[2:]))
    return tuple(Cell(*key, all_[key], announced[key]) for key in keys)
