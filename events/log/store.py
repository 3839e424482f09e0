"""The log as its writers and readers hold it: the ledgers in PostgreSQL and the keys to them."""

from collections.abc import Collection, Iterable, Mapping

from events.codec import Codec, canonical
from events.envelope import Fact
from events.keyring import Keyring
from events.log.append import Batch, Extended, append
from events.log.documents import Loaded, load_documents
from events.log.heads import Connection
from events.log.tree import Edges
from events.vocabulary import Name


class Log:
    """What opens and seals the ledgers; it may be shared by threads, each with a connection of its own."""

    def __init__(self, keyring: Keyring, codec: Codec | None = None) -> None:
        self.keyring = keyring
        self.codec = codec or Codec()
        self._edges = Edges()

    def digest(self, fact: Fact) -> bytes:
        """The keyed digest, 32 bytes, that tells a repeated fact from another one under the same id."""
        return self.keyring.digest(canonical(fact))

    def load_documents(self, conn: Connection, wanted: Mapping[str, Collection[Name]]) -> Loaded:
        """Those of the wanted documents (by ledger) that are stored; see `documents.load_documents`."""
        return load_documents(conn, self.keyring, self.codec, wanted)

    def append(self, conn: Connection, batches: Iterable[Batch]) -> list[Extended]:
        """Stores the batches in the caller's transaction; see `append.append`."""
        return append(conn, self.keyring, self.codec, self._edges, batches)
