"""What a replay finds, and what an announced result is held against."""

from collections.abc import Mapping
from typing import Final, TypeAlias

import msgspec

from events.vocabulary.assessment import AnnouncedResult
from methodologies.registry import Law
from projections.grade import Grade
from projections.results import Said, said_of

RESTATED: Final = "restated"
RESTATEMENT_OWED: Final = "restatement-owed"
POSITION_CHANGED: Final = "position-changed"
INPUTS_DESTROYED: Final = "inputs-destroyed"

EXPLAINED: Final = frozenset({RESTATED, RESTATEMENT_OWED, POSITION_CHANGED, INPUTS_DESTROYED})
"""What differs for a reason that the ledger tells; every other finding is unexplained."""

Value: TypeAlias = str | int | Mapping[str, str] | None


class Difference(msgspec.Struct, frozen=True):
    """A field, what stands recorded in it and what is derived; of a change what it was and what it became."""

    field: str
    recorded: Value
    derived: Value


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that differs; of a result `employee`, `position` and `period` name it, of an event `seq`.

    Explained: `restated` (with its cause), `restatement-owed` (the law in `cause` changed it and it was not
    told since), `position-changed` (a year told in a position that is no longer his last),
    `inputs-destroyed`.

    Of announced results: `result-differs`, `cause-unknown`, `out-of-turn` (restated before it was announced,
    or told as it was), `changed-silently` (it had changed before its cause), `differs-today`,
    `announcement-missing`, `law-missing`, `not-derivable` (a document or a rule fails). Of rows of the
    projection: `row-not-authentic`, `row-unreadable`, `row-differs`, `row-missing`, `row-unexpected`,
    `mark-ahead`. Of the table of dossiers, with the stream of the `document`: `dossier-differs` (it stands in
    another's alone), `dossier-missing`, `dossier-unexpected`, `dossier-stray` (the ledger does not have it).
    Of the log: `log-altered`, `not-replayed`, and `rests-on-altered-log` for whatever else differs in such a
    ledger.
    """

    code: str
    body: str
    seq: int | None = None
    employee: str | None = None
    position: str | None = None
    period: str | None = None
    form: str | None = None
    cause: str | None = None
    cause_seq: int | None = None
    differences: tuple[Difference, ...] = ()
    detail: str | None = None
    document: str | None = None

    @property
    def is_explained(self) -> bool:
        return self.code in EXPLAINED


def said_in(told: AnnouncedResult) -> Said:
    """What an announcement told."""
    return told.score, told.grade, told.results


def changes(before: Said, after: Said) -> tuple[Difference, ...]:
    """What differs between two of a result's values."""
    fields = ("score", "grade", "results")
    return tuple(
        Difference(field, was, became)
        for field, was, became in zip(fields, before, after, strict=True)
        if was != became
    )


def differences(told: AnnouncedResult, grade: Grade, law: Law) -> tuple[Difference, ...]:
    """Every field of an announcement that the grade does not come to under this law."""
    score, word, results = said_of(grade)
    revision = law.methodologies[grade.methodology].revisions[grade.revision]
    derived: dict[str, Value] = {
        "kind": grade.kind,
        "position": grade.position,
        "score": score,
        "grade": word,
        "results": results,
        "methodology": grade.methodology,
        "revision": grade.revision,
        "digest": revision.digest,
        "readings": dict(grade.readings),
    }
    recorded = ((field, getattr(told, field)) for field in derived)
    return tuple(
        Difference(field, value, derived[field]) for field, value in recorded if value != derived[field]
    )


def row_differences(row: Grade, derived: Grade) -> tuple[Difference, ...]:
    """Every field of a row's grade that is not the derived one's; their steps are not compared."""
    pairs = (
        (field, getattr(row, field), getattr(derived, field))
        for field in row.__struct_fields__
        if field != "steps"
    )
    return tuple(
        Difference(field, _plain(stands), _plain(comes)) for field, stands, comes in pairs if stands != comes
    )


def _plain(value: object) -> Value:
    """A field as it is told: what is made of parts as JSON."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Mapping):
        return dict(value)
    return msgspec.json.encode(value).decode()
