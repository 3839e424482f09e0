"""The rows of a ledger that are shown, and what of them another derivation of the same ledger changes."""

from typing import Any, TypeAlias
from uuid import UUID

from events.log.heads import Connection
from events.seal import DocumentKey
from projections.comparing import Change, opened_side
from projections.dossiers import Dossier
from projections.grade import Grade
from projections.rebuild.record_keys import RecordKeys
from projections.rows import RowError
from projections.sql import statements
from projections.store import Place
from projections.writing import Derived

_SQL = statements("comparing")
_DIGEST = 6

Columns: TypeAlias = tuple[Any, ...]
"""What stands in a row after its place, as `opened_side` takes it."""


_After: TypeAlias = tuple[Grade, DocumentKey]


class Shown:
    """A ledger's rows of a generation by person, unopened; whoever takes a person's has all of them."""

    def __init__(self, conn: Connection, ledger: str, generation: int) -> None:
        self.ledger = ledger
        self.generation = generation
        self._rows: dict[bytes, dict[Place, Columns]] = {}
        for person, kind, row_id, *columns in conn.cursor(binary=True).execute(
            _SQL["rows_shown"], [generation, ledger]
        ):
            self._rows.setdefault(person, {})[kind, row_id] = tuple(columns)

    def take(self, person: bytes) -> dict[Place, Columns]:
        """The person's rows, which are not there any more then."""
        return self._rows.pop(person, {})

    @property
    def left(self) -> dict[bytes, dict[Place, Columns]]:
        """The rows that nobody took."""
        return self._rows


def changed(shown: Shown, derived: Derived, record_keys: RecordKeys) -> tuple[int, list[Change]]:
    """How many rows of a person are shown or derived, and what differs between the two, opened, in order.

    By digest: it tells what is sealed, and a row whose words were altered beside it does not open.
    """
    before = shown.take(derived.dossier.person)
    differing: list[tuple[Place, Columns | None, _After | None]] = []
    for grade, (row, key) in zip(derived.grades, derived.rows, strict=True):
        place = row.kind, row.id
        old = before.pop(place, None)
        if old is None or old[_DIGEST] != row.digest:
            differing.append((place, old, (grade, key)))
    differing += [(place, old, None) for place, old in before.items()]
    changes = [
        _change(shown, place, old, new, derived.dossier, record_keys)
        for place, old, new in sorted(differing, key=lambda one: one[0])
    ]
    return len(derived.rows) + len(before), changes


def _change(  # noqa: PLR0917 - both sides of a place, and what opens it
    shown: Shown,
    place: Place,
    before: Columns | None,
    after: _After | None,
    dossier: Dossier,
    record_keys: RecordKeys,
) -> Change:
    whose = (shown.ledger, dossier.person, *place)
    if before is None:
        return Change(*whose, None, None if after is None else after[0])
    key = _key(place, dossier, record_keys) if after is None else after[1]
    if key is None:
        return Change(*whose, None, None, "destroyed")
    try:
        old = opened_side(shown.ledger, (dossier.person, *place), shown.generation, before, key)
    except RowError as error:
        return Change(*whose, None, None, error.code)
    return Change(*whose, old, None if after is None else after[0])


def _key(place: Place, dossier: Dossier, record_keys: RecordKeys) -> DocumentKey | None:
    """Of a row that is derived no more."""
    kind, row_id = place
    if kind == "annual":
        return record_keys.find(row_id)
    keys: dict[UUID, DocumentKey] = dict(dossier.streams.values())
    return keys.get(row_id)
