"""Who was shown a servant's results: what he may know of it himself (cl. 13)."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from events.envelope import Event
from events.keyring import Keyring
from events.log import Connection, Log
from events.vocabulary import Name
from events.vocabulary.retention import ResultDisclosed
from services.history import recorded

_OF_RESULTS = frozenset({"annual", "assessment"})


class Shown(msgspec.Struct, frozen=True):
    """One disclosure: where and when (UTC) it was recorded, and what it says."""

    ledger: str
    seq: int
    recorded_at: datetime
    data: ResultDisclosed

    @property
    def is_of_everybody(self) -> bool:
        """Whether it was of the whole body and not of him alone."""
        return self.data.employee is None


def disclosures_of(
    conn: Connection, keyring: Keyring, ledger: str, employee: str
) -> tuple[Shown, ...] | None:
    """Who was shown the employee's results, in order: by name, and with everybody's since he has any.

    `conn` is of a system login. None where nobody of this code is known in the ledger.
    """
    held = next(recorded(conn, keyring, employee, ledger), None)
    if held is None:
        return None
    since = min((one.seq for one in held.events if one.document.kind in _OF_RESULTS), default=None)
    names = [Name("disclosures", (employee,)), Name("disclosures", ())]
    loaded = Log(keyring).load_documents(conn, {ledger: names})
    found = (shown for stored in loaded.values() for shown in _shown(stored.events))
    own = (one for one in found if not one.is_of_everybody or (since is not None and one.seq > since))
    return tuple(sorted(own, key=lambda one: one.seq))


def _shown(events: tuple[Event, ...]) -> Iterator[Shown]:
    for event in events:
        if isinstance(event.data, ResultDisclosed):
            yield Shown(event.ledger, event.seq, event.recorded_at, event.data)
