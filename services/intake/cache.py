"""Documents at hand between batches, so that a busy document is not read and folded again each time."""

from collections import OrderedDict
from collections.abc import Collection, Mapping

import msgspec

from events.documents import Document
from events.log import Stream
from events.vocabulary import Name


class Held(msgspec.Struct, frozen=True):
    """A document with its stream; both None for a name under which nothing was recorded."""

    stream: Stream | None
    document: Document | None


class DocumentCache:
    """The documents used last, each good only while its ledger has the size that it was read at."""

    def __init__(self, most: int = 8192) -> None:
        self._most = most
        self._sizes: dict[str, int] = {}
        self._held: OrderedDict[tuple[str, Name], Held] = OrderedDict()

    def get(self, ledger: str, size: int, names: Collection[Name]) -> dict[Name, Held]:
        """Those of the documents that are held and good at this size of the ledger."""
        if self._sizes.get(ledger) != size:
            self.forget(ledger)
            return {}
        found = {}
        for name in names:
            held = self._held.get((ledger, name))
            if held is not None:
                self._held.move_to_end((ledger, name))
                found[name] = held
        return found

    def put(self, ledger: str, size: int, documents: Mapping[Name, Held]) -> None:
        """Holds what was read or appended in a transaction that committed and left the ledger at `size`.

        What else is held of the ledger must be as it was: the transaction changed these documents alone.
        """
        self._sizes[ledger] = size
        for name, held in documents.items():
            self._held[ledger, name] = held
            self._held.move_to_end((ledger, name))
        while len(self._held) > self._most:
            self._held.popitem(last=False)

    def forget(self, ledger: str) -> None:
        """Drops what is held of a ledger that grew elsewhere."""
        if self._sizes.pop(ledger, None) is not None:
            for key in [key for key in self._held if key[0] == ledger]:
                del self._held[key]

    def clear(self) -> None:
        """Drops everything."""
        self._sizes.clear()
        self._held.clear()
