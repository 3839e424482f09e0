"""The law for projections: the agency's ledger, folded as far as it goes."""

from typing import Final

from events.envelope import AGENCY
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
        while self.seq < upto:
            end = min(upto, self.seq + _PAGE)
            stretch = self._reader.stretch(conn, AGENCY, self.seq, end)
            if stretch.failures:
                first = stretch.failures[0]
                raise LawError(f"event {first.seq} of the agency cannot be read: {first.error}")
            self.law = registry.fold((opened.event for opened in stretch.events), self.law)
            changing = (one.event for one in stretch.events if registry.changes_law(one.event))
            self.changed_at = max((event.seq for event in changing), default=self.changed_at)
            self.seq = end
        return self.law


def law_today(conn: Connection, reader: Reader) -> Law:
    """The law as it stands now, read from its beginning. Raises LawError."""
    return AgencyLaw(reader).catch_up(conn, head(conn, AGENCY).size)
