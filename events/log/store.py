"""The log as its writers and readers hold it: the ledgers in PostgreSQL and the keys to them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from events.codec import Codec, canonical
from events.envelope import Event, Fact, Receipt
from events.keyring import Keyring
from events.log.append import Batch, Extended, append
from events.log.documents import Loaded, load_documents
from events.log.heads import Connection
from events.log.reading import Destroyed, read, read_streams
from events.log.rejections import KeptRejection, Rejection, list_rejections, write_rejections
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

    def read(
        self, conn: Connection, ledger: str, after: int = 0, upto: int | None = None
    ) -> Iterator[Event | Destroyed]:
        """The ledger's events after `after` up to `upto` (None: its head), in order; see `reading.read`."""
        return read(conn, self.keyring, self.codec, ledger, (after, upto))

    def read_streams(
        self, conn: Connection, ledger: str, streams: Collection[UUID]
    ) -> dict[UUID, tuple[Event, ...]]:
        """The events of each stream that is stored and not destroyed; see `reading.read_streams`."""
        return read_streams(conn, self.keyring, self.codec, ledger, streams)

    def write_rejections(
        self, conn: Connection, rejections: Sequence[Rejection], recorded_at: datetime
    ) -> list[Receipt]:
        """Keeps the rejections in the caller's transaction; see `rejections.write_rejections`."""
        return write_rejections(conn, self.keyring, rejections, recorded_at)

    def list_rejections(
        self,
        conn: Connection,
        body: str | None = None,
        before: int | None = None,
        *,
        messages: bool = False,
        on: date | None = None,
    ) -> Iterator[KeptRejection]:
        """What was rejected, the newest first; see `rejections.list_rejections`."""
        return list_rejections(conn, self.keyring, body, before, messages=messages, on=on)
