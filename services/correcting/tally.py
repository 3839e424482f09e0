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

    `rows` results there are of the bodies that it is for, of whatever period and under whatever act;
    `changed` holds the results that change, `fixed` those that stay as a panel, a
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
    def is_idle(self) -> bool:
        """Whether nobody has another result by it, and nothing else follows for anybody."""
        return not self.changed and not self.turns

    @property
    def announced(self) -> int:
        """How many of them were told already."""
        return sum(cell.announced for cell in self.changed)


_Cell = tuple[str, Kind, str, str]
_Code = tuple[str, str]


class Counting(msgspec.Struct):
    """Counts people as they go by; `rows` results there are of the bodies asked about."""

    rows: int = 0
    people: int = 0
    changed: Counter[_Cell] = msgspec.field(default_factory=Counter)
    announced: Counter[_Cell] = msgspec.field(default_factory=Counter)
    fixed: Counter[_Cell] = msgspec.field(default_factory=Counter)
    fixed_announced: Counter[_Cell] = msgspec.field(default_factory=Counter)
    gained: Counter[_Code] = msgspec.field(default_factory=Counter)
    lost: Counter[_Code] = msgspec.field(default_factory=Counter)
    unread: Counter[_Code] = msgspec.field(default_factory=Counter)

    def count(self, one: Person | Unread) -> None:
        """Takes one more into account."""
        if isinstance(one, Unread):
            self.unread[one.body, one.why] += 1
            return
        self.people += bool(one.results)
        _enter(one.results, self.changed, self.announced)
        _enter(one.fixed, self.fixed, self.fixed_announced)
        self.gained.update((one.body, code) for code in _codes(one.gained))
        self.lost.update((one.body, code) for code in _codes(one.lost))

    def add(self, other: "Counting") -> None:
        """Takes into account what another counted, of other people."""
        self.rows += other.rows
        self.people += other.people
        self.changed.update(other.changed)
        self.announced.update(other.announced)
        self.fixed.update(other.fixed)
        self.fixed_announced.update(other.fixed_announced)
        self.gained.update(other.gained)
        self.lost.update(other.lost)
        self.unread.update(other.unread)

    def tally(self) -> Tally:
        """What it came to, by body, kind and grade."""
        codes = sorted({*self.gained, *self.lost})
        return Tally(
            rows=self.rows,
            people=self.people,
            changed=_cells(self.changed, self.announced),
            fixed=_cells(self.fixed, self.fixed_announced),
            turns=tuple(Turn(*code, self.gained[code], self.lost[code]) for code in codes),
            unread=tuple((*key, count) for key, count in sorted(self.unread.items())),
        )


def word(grade: Grade | None) -> str:
    """The grade's word in a matrix."""
    return ABSENT if grade is None else grade.grade or grade.status


def _enter(
    results: Iterable[Affected],
    all_: Counter[_Cell],
    announced: Counter[_Cell],
) -> None:
    for one in results:
        key = (one.grade.body, one.grade.kind, word(one.before), word(one.after))
        all_[key] += 1
        announced[key] += one.announced is not None


def _codes(found: Iterable[Consequence]) -> set[str]:
    return {one.code for one in found}


def _cells(all_: Counter[_Cell], announced: Counter[_Cell]) -> tuple[Cell, ...]:
    order = {"quarterly": 0, "annual": 1, "competencies": 2}
    keys = sorted(all_, key=lambda key: (order[key[1]], key[0], key[2:]))
    return tuple(Cell(*key, all_[key], announced[key]) for key in keys)
