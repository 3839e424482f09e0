"""The law for projections: the agency's ledger, folded as far as it goes."""

from collections.abc import Iterator
from typing import Final

from events.envelope import AGENCY, Event
from events.log.heads import Connection, head
from methodologies import registry
from methodologies.registry import Law
from projections.dossiers import Reader

_PAGE: Final = 1000


class LawError(Exception):
    """The agency's ledger cannot be read (`law-unreadable`): no grade can be derived without it."""

    code = "law-unreadable"


class AgencyLaw:
    """The law as far as it was read; taken further as the agency's ledger grows.

    `changed_at` is the last place at which it came to say something else: what was derived before that place
    is derived anew.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.law = Law()
        self.seq = 0
        self.changed_at = 0

    def catch_up(self, conn: Connection, upto: int) -> Law:
        """The law at `upto`, a place of the agency's ledger not before the last one. Raises LawError."""
        for end, events in agency_pages(conn, self._reader, self.seq, upto):
            self.law = registry.fold(events, self.law)
            changing = (event.seq for event in events if registry.changes_law(event))
            self.changed_at = max(changing, default=self.changed_at)
            self.seq = end
        return self.law


def agency_pages(
    conn: Connection, reader: Reader, after: int, upto: int
) -> Iterator[tuple[int, list[Event]]]:
    """What lies in the agency's ledger between two places, page by page, with where each ends.

    Raises LawError for a page of which an event cannot be read.
    """
    while after < upto:
        end = min(upto, after + _PAGE)
        stretch = reader.stretch(conn, AGENCY, after, end)
        if stretch.failures:
            first = stretch.failures[0]
            raise LawError(f"event {first.seq} of the agency cannot be read: {first.error}")
        yield end, [opened.event for opened in stretch.events]
        after = end


def law_today(conn: Connection, reader: Reader) -> Law:
    """The law as it stands now, read from its beginning. Raises LawError."""
    return AgencyLaw(reader).catch_up(conn, head(conn, AGENCY).size)
