"""The law that the intake decides by: the agency's ledger, read once and taken further as it grows."""

from collections.abc import Callable, Iterable
from threading import Lock
from typing import TypeAlias

from events.envelope import AGENCY, Event
from events.log import Connection, Destroyed, Log
from methodologies.registry import Law, fold

ReadAgency: TypeAlias = Callable[[Connection, int, int], Iterable[Event]]
"""The events of `agency` after one seq up to another, in order."""


def agency_events(log: Log) -> ReadAgency:
    """Reads them from the log."""

    def read(conn: Connection, after: int, upto: int) -> Iterable[Event]:
        # Nothing of the agency's is ever destroyed: what it holds is law.
        return (event for event in log.read(conn, AGENCY, after, upto) if not isinstance(event, Destroyed))

    return read


class LawKeeper:
    """The law as of the latest place in `agency` that any partition of the process has seen."""

    def __init__(self, read_agency: ReadAgency) -> None:
        self._read = read_agency
        self._lock = Lock()
        self._law = Law()

    def at_least(self, conn: Connection, seq: int) -> Law:
        """The law up to `seq` or to a later place that was committed; its own `seq` tells which."""
        with self._lock:
            if self._law.seq < seq:
                self._law = fold(self._read(conn, self._law.seq, seq), self._law)
            return self._law

    def advance(self, law: Law) -> None:
        """Takes the law as it is after a batch of the agency's own that was committed."""
        with self._lock:
            if law.seq > self._law.seq:
                self._law = law
