"""Whether events stand in their places in a ledger: once, in order, each document from its first on."""

from collections.abc import Callable
from uuid import UUID

from events.merkle import HASH_BYTES
from projections.archives.container import Buffer
from projections.archives.manifest import Covered
from projections.archives.records import NOBODY, Group, Sealed

Found = Callable[[str, str, str, int], None]
"""Told a code, a detail, the ledger and the place in it."""


class Placing:
    """Takes a ledger's events as they come in an archive, and tells what is wrong with their places."""

    def __init__(self, covered: Covered, leaves: Buffer, found: Found) -> None:
        self.events = 0
        self.persons = 0
        self._covered = covered
        self._leaves = leaves
        self._found = found
        # By what is there: the size that an archive tells of may be anything.
        self._size = len(leaves) // HASH_BYTES
        self._seen = bytearray(self._size + 1)
        self._versions: dict[UUID, int] = {}
        self._last_person = b""

    @property
    def documents(self) -> int:
        """How many documents there were events of."""
        return len(self._versions)

    def take(self, group: Group) -> None:
        """A group's events: they stand in the order of the ledger, the persons in that of their hashes."""
        if group.person != NOBODY:
            self.persons += 1
            if group.person <= self._last_person and group.events:
                self._tell("reordered-event", "a person's events are not in their place", group.events[0])
            self._last_person = group.person
        last = 0
        for one in group.events:
            self.events += 1
            self._take(one, last)
            last = max(last, one.header.seq)

    def _take(self, one: Sealed, last: int) -> None:
        header = one.header
        of_ledger = header.ledger == self._covered.ledger and 0 < header.seq <= self._size
        if not of_ledger or self._seen[header.seq]:
            self._tell("added-event", "the event has no place in the ledger", one)
            return
        self._seen[header.seq] = 1
        if header.seq <= last:
            self._tell("reordered-event", "the event is not in its place", one)
        if header.version > self._versions.get(header.stream, 0) + 1:
            self._tell("missing-event", "an earlier event of its document is missing", one)
        self._versions[header.stream] = header.version
        place = (header.seq - 1) * HASH_BYTES
        if one.leaf != self._leaves[place : place + HASH_BYTES]:
            self._tell("altered-event", "the event does not lead to its leaf", one)

    def _tell(self, code: str, detail: str, one: Sealed) -> None:
        self._found(code, detail, self._covered.ledger, one.header.seq)
