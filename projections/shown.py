"""The rows of a ledger that are shown, and what of them another derivation of the same ledger changes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID

from msgspec.structs import replace

from events.log.heads import Connection
from events.seal import DocumentKey
from methodologies.registry import Law
from projections.comparing import Change
from projections.dossiers import Dossier
from projections.grade import Grade
from projections.record_keys import LedgerKeys
from projections.rows import Row, RowError, row_of
from projections.sql import statements
from projections.stored import Place, Stored, grade_in
from projections.writing import Derived

_SQL = statements("comparing")

_New: TypeAlias = tuple[Grade, Row, DocumentKey]
"""A grade that is derived, its row, and the key of that."""


class ShownRows:
    """A ledger's rows of a generation by person, unopened; whoever takes a person's has all of them."""

    def __init__(self, conn: Connection, ledger: str, generation: int) -> None:
        self.ledger = ledger
        self.generation = generation
        self._rows: dict[bytes, dict[Place, Stored]] = {}
        for person, kind, row_id, *columns in conn.cursor(binary=True).execute(
            _SQL["rows_shown"], [generation, ledger]
        ):
            self._rows.setdefault(person, {})[kind, row_id] = Stored(*columns)

    def take(self, person: bytes) -> dict[Place, Stored]:
        """The person's rows, which are not there any more then."""
        return self._rows.pop(person, {})

    @property
    def left(self) -> dict[bytes, dict[Place, Stored]]:
        """The rows that nobody took."""
        return self._rows


class Readings(dict[tuple[str, int], Mapping[str, str] | None]):
    """The readings of revisions of acts, by both; None for one that the law does not have."""

    def __init__(self, law: Law) -> None:
        super().__init__()
        self._law = law

    def __missing__(self, of: tuple[str, int]) -> Mapping[str, str] | None:
        act = self._law.methodologies.get(of[0])
        revision = None if act is None else act.revisions.get(of[1])
        found = None if revision is None else MappingProxyType(revision.act.chosen())
        self[of] = found
        return found


def changed(
    shown: ShownRows, derived: Derived, record_keys: LedgerKeys, readings: Readings
) -> tuple[int, list[Change]]:
    """How many rows of a person are shown or derived, and what differs between the two, in order.

    A row that says the same beside what is sealed, and has the digest of the same, is not opened; nor is one
    that has the digest of the same result under the revision that stands beside it.
    """
    person, before = derived.dossier.person, shown.take(derived.dossier.person)
    differing: list[tuple[Place, Stored | None, _New | None]] = []
    for grade, (row, key) in zip(derived.grades, derived.rows, strict=True):
        place = row.kind, row.id
        old = before.pop(place, None)
        if old is None or not old.says(row):
            differing.append((place, old, (grade, row, key)))
    differing += [(place, old, None) for place, old in before.items()]
    changes = []
    for place, old, new in sorted(differing, key=lambda one: one[0]):
        was, problem = None, None
        if old is not None:
            was = None if new is None else _under_its_revision(old, new, readings)
            if was is None:
                key_of = new[2] if new is not None else _key(place, derived.dossier, record_keys)
                was, problem = _opened(shown, person, place, old, key_of)
        now = None if new is None or problem else new[0]
        changes.append(Change(shown.ledger, person, *place, was, now, problem))
    return len(derived.rows) + len(before), changes


def _under_its_revision(stored: Stored, new: _New, readings: Readings) -> Grade | None:
    """The grade in a row that tells what is derived under another revision; None if it has to be opened."""
    grade, row, key = new
    if (stored.methodology, stored.revision) == (row.methodology, row.revision):
        return None  # that is what it was held against already
    its = readings[stored.methodology, stored.revision]
    if its is None:
        return None
    said = replace(grade, methodology=stored.methodology, revision=stored.revision, readings=its)
    again = row_of(said, row.person, row.id, key, row.seq, row.concerned)
    return said if stored.says(again) else None


def _opened(
    shown: ShownRows, person: bytes, place: Place, stored: Stored, key: DocumentKey | None
) -> tuple[Grade | None, str | None]:
    """The grade in a row, or why there is none to read; a year's key that does not unwrap is none."""
    if key is None:
        return None, "destroyed"
    try:
        return grade_in(shown.ledger, person, place, shown.generation, stored, key), None
    except RowError as error:
        return None, error.code


def _key(place: Place, dossier: Dossier, record_keys: LedgerKeys) -> DocumentKey | None:
    """Of a row that is derived no more."""
    kind, row_id = place
    if kind == "annual":
        return record_keys.find(row_id)
    keys: dict[UUID, DocumentKey] = dict(dossier.streams.values())
    return keys.get(row_id)
