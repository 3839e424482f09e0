"""The envelope: what is said of every fact, and what the ledger adds when it becomes an event."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

import msgspec

from events.problems import KINDS
from events.vocabulary import Data, Name

AGENCY = "agency"
"""The ledger of central HR."""

SYSTEM = "system"
"""The actor of what the system itself records; refused from the queue."""


class Fact(msgspec.Struct, frozen=True):
    """What a body reports, as it was read from the wire."""

    id: UUID
    body: str
    type: str
    occurred_on: date
    actor: str
    data: Data

    @property
    def document(self) -> Name:
        """The document of the body's ledger that it belongs to."""
        return self.data.document


class Event(msgspec.Struct, frozen=True):
    """An accepted fact at its place in a ledger.

    `seq` counts from 1 in its ledger, `recorded_at` is in UTC, `agency_seq` is how much of the agency's
    ledger its decider had seen.
    """

    ledger: str
    seq: int
    type: str
    recorded_at: datetime
    agency_seq: int
    id: UUID
    occurred_on: date
    actor: str
    data: Data

    @property
    def document(self) -> Name:
        """The document that it is an event of."""
        return self.data.document


class Problem(msgspec.Struct, frozen=True):
    """Why a fact was refused (RFC 9457); it never repeats a value from the fact."""

    type: str
    code: str
    title: str
    detail: str
    field: str | None = None


class Refusal(Exception):  # noqa: N818
    """A fact is refused: `code` is one of `problems.KINDS`, `field` is where (`data.score`).

    `detail` says what is wrong and what to do; without one the code's own sentence does.
    """

    def __init__(self, code: str, detail: str | None = None, field: str | None = None) -> None:
        detail = KINDS[code].sentence if detail is None else detail
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.field = field

    @classmethod
    def because(cls, code: str, meaning: str, field: str | None = None) -> Self:
        """A refusal that tells more of its meaning than the code's sentence; what to do stays the code's."""
        return cls(code, f"{meaning} {KINDS[code].remedy}", field)

    @property
    def problem(self) -> Problem:
        """The refusal as it is told to the feeder."""
        kind = KINDS.get(self.code)
        return Problem(
            type=f"urn:bagalau:problem:{self.code}",
            code=self.code,
            # A code that the table lacks must not keep a refusal from being told.
            title=self.code if kind is None else kind.title,
            detail=self.detail,
            field=self.field,
        )


class Receipt(msgspec.Struct, frozen=True):
    """The answer to a fact, published and kept.

    `id` is the fact's, or the SHA-256 digest of a message that has none that can be read.
    """

    id: str
    body: str
    outcome: str
    ledger: str | None
    seq: int | None
    leaf: str | None
    recorded_at: datetime
    problem: Problem | None


ACCEPTED = "accepted"
REJECTED = "rejected"

UNKNOWN_YET = frozenset(
    {
        "procedure-not-kept",
        "unknown-employee",
        "unknown-ledger",
        "unknown-position",
        "unknown-predecessor",
        "unknown-sheet",
    }
)
"""Refusals for what is not known yet, to the ledger or the release: sent again, a fact is decided anew."""
