"""The law as it was at every place of the agency's ledger."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from uuid import UUID

import msgspec

from events.envelope import Event
from methodologies import registry
from methodologies.registry import Law


class Amendment(msgspec.Struct, frozen=True):
    """An event of the agency's that changed the law, and the law after it."""

    seq: int
    type: str
    law: Law


class Lawbook:
    """The agency's ledger up to `seq`, kept at every place where the law came to say something else."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.law = Law()
        self._amendments: list[Amendment] = []
        self._places: list[int] = []
        self._by_event: dict[UUID, Amendment] = {}
        for event in events:
            self.take(event)

    @property
    def seq(self) -> int:
        """How far the agency's ledger was read."""
        return self.law.seq

    def take(self, event: Event) -> None:
        """One more event of the agency's ledger. Raises ActError for an act that is not sound."""
        self.law = registry.evolve(self.law, event)
        if registry.changes_law(event):
            amendment = Amendment(event.seq, event.type, self.law)
            self._amendments.append(amendment)
            self._places.append(event.seq)
            self._by_event[event.id] = amendment

    def at(self, seq: int) -> Law | None:
        """The law as a decider saw it at a place; None for a place that was not read."""
        if seq > self.seq:
            return None
        found = bisect_right(self._places, seq)
        return self._amendments[found - 1].law if found else Law()

    def since(self, seq: int, upto: int) -> Iterator[Amendment]:
        """What changed the law after a place up to another, in order."""
        for at in range(bisect_right(self._places, seq), bisect_right(self._places, upto)):
            yield self._amendments[at]

    def amended_by(self, event: UUID) -> Amendment | None:
        """The change that an event made; None for any other event."""
        return self._by_event.get(event)
