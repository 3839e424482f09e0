"""What was told of results, read without the rest of their assessments."""

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias
from uuid import UUID

from events.documents.assessment import ALWAYS_NAMED
from events.log import Connection
from events.log.documents import event_of, header_of
from events.log.raw import ask
from events.seal import DocumentKey
from events.vocabulary import Name
from events.vocabulary.assessment import AnnouncedResult, ResultAnnounced, ResultRestated
from projections.dossiers import Reader
from projections.grade import Grade
from projections.sql import statements

_SQL = statements("correcting")
_TYPES: Final = ("ResultAnnounced", "ResultRestated")

Streams: TypeAlias = Mapping[Name, tuple[UUID, DocumentKey]]
"""Documents by name, each with its stream and key."""


def strand_of(grade: Grade) -> tuple[Name, str | None]:
    """The assessment that a grade would be told in, and the form where it is always named."""
    name = Name("assessment", (grade.employee, grade.position, grade.period))
    return name, ALWAYS_NAMED if grade.kind == ALWAYS_NAMED else None


class Told:
    """What was told of some assessments of a ledger up to a place of it."""

    def __init__(self, conn: Connection, reader: Reader, ledger: str, streams: Streams, upto: int) -> None:
        self._last: dict[tuple[Name, str | None], AnnouncedResult] = {}
        self._failing: set[Name] = set()
        if not streams:
            return
        opening = {stream.bytes: (stream, name, key) for name, (stream, key) in streams.items()}
        asked = [stream for stream, _, _ in opening.values()]
        for row in ask(conn, _SQL["told_of"], [ledger, asked, list(_TYPES), upto]).fetchall():
            stream, name, key = opening[row[1]]
            try:
                data = event_of(reader.codec, key, *header_of(ledger, stream, row)).data
            except Exception:  # noqa: BLE001 - whatever one payload holds, the others are told of
                self._failing.add(name)
                continue
            if isinstance(data, ResultAnnounced | ResultRestated):
                self._last[name, ALWAYS_NAMED if data.form == ALWAYS_NAMED else None] = data

    def last(self, grade: Grade) -> AnnouncedResult | None:
        """What was told of the result last; None while nothing was."""
        return self._last.get(strand_of(grade))

    def fails(self, grades: Iterable[Grade]) -> bool:
        """Whether what was told of one of them cannot be read."""
        return bool(self._failing) and any(strand_of(one)[0] in self._failing for one in grades)
