"""Whose results a correction changes, and who keeps another only because it was decided otherwise."""

from collections.abc import Collection

import msgspec

from events.log import Connection
from events.vocabulary.assessment import AnnouncedResult
from methodologies.rules.decisions import Decider
from projections.consequences import Consequence
from projections.dossiers import persons_of
from projections.grade import Grade
from projections.sql import statements

_SQL = statements("correcting")


class Affected(msgspec.Struct, frozen=True):
    """A result that changes, or that would if it were not decided by somebody (`fixed`).

    `announced` is what was told of it last; None while nothing was. Both grades carry their steps where they
    were asked for; None where there is none.
    """

    announced: AnnouncedResult | None
    before: Grade | None
    after: Grade | None
    fixed: Decider | None = None

    @property
    def grade(self) -> Grade:
        """Either of the two, for what they share."""
        found = self.after or self.before
        assert found is not None, "a change is of a grade that there is before or after it"
        return found


class Person(msgspec.Struct, frozen=True):
    """An employee with the results that change, those that stay fixed, and what follows of it for him."""

    body: str
    employee: str
    person: bytes
    results: tuple[Affected, ...]
    fixed: tuple[Affected, ...]
    gained: tuple[Consequence, ...]
    lost: tuple[Consequence, ...]


class Unread(msgspec.Struct, frozen=True):
    """Somebody whose rows differ and cannot be told of: destroyed, or not readable."""

    body: str
    person: bytes
    why: str


def persons_under(conn: Connection, ledger: str, methodology: str, revision: int) -> list[bytes]:
    """Whose results a revision decides, of those that are shown."""
    rows = conn.execute(_SQL["persons_under"], [ledger, methodology, revision], binary=True)
    return [row[0] for row in rows]


def persons_since(conn: Connection, ledger: str, seq: int) -> Collection[bytes]:
    """Of whom something was recorded after a place of the ledger, of those that projections know."""
    streams = [row[0] for row in conn.execute(_SQL["streams_since"], [ledger, seq], binary=True)]
    return set().union(*persons_of(conn, ledger, streams).values())
