"""What differs between two acts, clause by clause."""

from typing import Literal

import msgspec

from methodologies.act import Act
from methodologies.model.clause import Language
from methodologies.outline.rows import Row
from methodologies.outline.telling import outline

How = Literal["differs", "only-first", "only-second"]


class Difference(msgspec.Struct, frozen=True):
    """A row that two acts do not share: in one alone, or with another figure, clause or reason."""

    section: str
    how: How
    first: Row | None
    second: Row | None

    @property
    def row(self) -> Row:
        """The row of the act that has it, the first one's where both have."""
        found = self.first or self.second
        assert found is not None, "a difference is of a row that one of the two has"
        return found


def difference(first: Act, second: Act, language: Language) -> tuple[Difference, ...]:
    """What differs, in the order of the sections; none where the acts decide the same."""
    of_first, of_second = _rows(first, language), _rows(second, language)
    order = sorted({*of_first, *of_second}, key=lambda key: _place(key, of_first, of_second))
    return tuple(
        Difference(key[0], _how(of_first.get(key), of_second.get(key)), of_first.get(key), of_second.get(key))
        for key in order
        if of_first.get(key) != of_second.get(key)
    )


_Key = tuple[str, str]


def _rows(act: Act, language: Language) -> dict[_Key, Row]:
    # Where a figure was found makes no difference to what is decided.
    return {
        (section.key, row.key): msgspec.structs.replace(row, inferred_from=())
        for section in outline(act, language)
        for row in section.rows
    }


def _place(key: _Key, of_first: dict[_Key, Row], of_second: dict[_Key, Row]) -> tuple[int, int]:
    sections = list(dict.fromkeys(one for one, _ in (*of_first, *of_second)))
    rows = [*of_first, *(one for one in of_second if one not in of_first)]
    return sections.index(key[0]), rows.index(key)


def _how(first: Row | None, second: Row | None) -> How:
    if first is None:
        return "only-second"
    return "only-first" if second is None else "differs"
