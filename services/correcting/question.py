"""What is asked of a generation, in a form that can be sent to another process."""

from itertools import pairwise
from typing import Final, Literal, TypeAlias

import msgspec

from events.log import Connection
from methodologies.model.clause import Language
from projections.sql import statements
from projections.supposed import Supposition
from services.correcting.proposal import Scope

_SQL = statements("correcting")
_ROWS: Final = 2_000
_END: Final = b"\xff" * 33
"""After every person: they are named by 32 bytes at most."""

Listed: TypeAlias = Literal["csv", "json"]


class Question(msgspec.Struct, frozen=True):
    """Who changes between two generations, of which `after` was folded under a proposal.

    `agency_seq` is how far the law is read; `supposed` and `decided_too` are what is supposed beyond it,
    `listed` the form of a list, and `heard` whether the people themselves are wanted.
    """

    before: int
    after: int
    methodology: str
    revision: int
    scope: Scope
    agency_seq: int
    supposed: Supposition
    decided_too: Supposition
    listed: Listed | None = None
    language: Language = "en"
    heard: bool = False

    @property
    def explained(self) -> bool:
        """Whether the steps of every change are wanted: only one form of a list has them."""
        return self.listed == "json"


class Part(msgspec.Struct, frozen=True):
    """The persons of a ledger from one on to another, which is not of it, as they are at a place of it."""

    ledger: str
    seq: int
    first: bytes
    last: bytes


def parts(conn: Connection, ledger: str, seq: int, generation: int) -> list[Part]:
    """A ledger's persons in parts of about the same number of rows; together they are all there can be."""
    rows = conn.execute(_SQL["every_so_many"], [generation, ledger, _ROWS], binary=True)
    bounds = [b"", *(row[0] for row in rows), _END]
    return [Part(ledger, seq, *pair) for pair in pairwise(bounds)]
