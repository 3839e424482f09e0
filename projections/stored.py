"""A row of grades as it was read: what stands beside the grade, and the grade itself once it is opened."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias
from uuid import UUID

from events.seal import DocumentKey
from projections.grade import Grade, Kind
from projections.rows import Concerned, Row, RowError, opened

Place: TypeAlias = tuple[Kind, UUID]
"""A person's row: its kind and id."""


class Stored(NamedTuple):
    """What a row has after its person and place, in the order in which statements ask for it."""

    period: str
    status: str
    grade: str | None
    methodology: str
    revision: int
    seq: int
    digest: bytes
    sealed: bytes
    evaluators: Sequence[bytes]
    members: Sequence[bytes]
    requested: bool

    @property
    def concerned(self) -> Concerned:
        """Who else has to do with it."""
        return Concerned(tuple(self.evaluators), tuple(self.members), self.requested)

    def says(self, row: Row) -> bool:
        """Whether it says what a derived row says: its words, its digest, and whom it concerns.

        The digest stands for what is sealed, which is not opened.
        """
        return (
            self.digest == row.digest
            and self.period == row.period
            and self.status == row.status
            and self.grade == row.grade
            and self.methodology == row.methodology
            and self.revision == row.revision
            and self.concerned == row.concerned
        )


def grade_in(  # noqa: PLR0917 - whose row it is, where it stands, and what opens it
    ledger: str, person: bytes, place: Place, generation: int, stored: Stored, key: DocumentKey
) -> Grade:
    """The grade in a row. Raises RowError, also for a row that holds another's grade."""
    kind, row_id = place
    row = Row(
        ledger,
        person,
        kind,
        row_id,
        stored.period,
        stored.status,
        stored.grade,
        stored.methodology,
        stored.revision,
        stored.seq,
        stored.digest,
        b"",
        stored.concerned,
    )
    found = opened(row, generation, key, stored.sealed)
    if (found.body, found.kind, found.period) != (ledger, kind, stored.period):
        raise RowError("row-not-authentic", f"the row {kind} {row_id} of {ledger} holds another's grade")
    return found
