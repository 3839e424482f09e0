"""A ledger opened event by event, past gaps, destroyed documents and rows that do not open."""

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias
from uuid import UUID

import msgspec

from events.codec import Codec, public_type
from events.envelope import Event
from events.failures import told
from events.keyring import Keyring, KeyringError
from events.log.documents import event_of, header_of
from events.log.heads import Connection
from events.log.raw import ask
from events.seal import DocumentKey
from projections.sql import statements

PAGE: Final = 2000
"""How many events are held at once."""

_KEYS_HELD: Final = 16 * PAGE
_SQL = statements("replay")


class Gone(msgspec.Struct, frozen=True):
    """An event whose document was destroyed."""

    seq: int
    stream: UUID
    type: str


class Unopened(msgspec.Struct, frozen=True):
    """An event that does not open; `error` tells a type and a place in the code."""

    seq: int
    error: str


class Missing(msgspec.Struct, frozen=True):
    """The first place without an event."""

    seq: int


Read: TypeAlias = Event | Gone | Unopened | Missing


class Unsealing:
    """Opens one ledger; keys of its documents are kept, up to a bound. `met` is told each event's stream."""

    def __init__(
        self,
        conn: Connection,
        keyring: Keyring,
        ledger: str,
        codec: Codec,
        met: Callable[[UUID, Event], None] = lambda _, __: None,
    ) -> None:
        self._conn = conn
        self._keyring = keyring
        self._ledger = ledger
        self._codec = codec
        self._met = met
        # By the raw stream: its key, or how it failed to unwrap; None where there is none.
        self._keys: dict[bytes, tuple[UUID, DocumentKey | str] | None] = {}

    def read(self, after: int, upto: int, passed: Callable[[int], None] = lambda _: None) -> Iterator[Read]:
        """What lies after one seq up to another, in order; `passed` is told how many places were gone over.

        Raises KeyringError `unknown-kek`.
        """
        while after < upto:
            until = min(after + PAGE, upto)
            rows = ask(self._conn, _SQL["read_events"], [self._ledger, after, until]).fetchall()
            # The rows are read before their keys: one that is missing was destroyed.
            self._fetch_keys({row[1] for row in rows})
            expected = after + 1
            for row in rows:
                if row[0] != expected:
                    yield Missing(expected)
                expected = row[0] + 1
                yield self._opened(row)
            if expected != until + 1:
                yield Missing(expected)
            passed(until - after)
            after = until

    def _fetch_keys(self, streams: set[bytes]) -> None:
        missing = streams - self._keys.keys()
        if not missing:
            return
        if len(self._keys) + len(missing) > _KEYS_HELD:
            self._keys.clear()
            missing = streams
        self._keys.update(dict.fromkeys(missing))
        asked = [UUID(bytes=stream) for stream in missing]
        rows = self._conn.cursor(binary=True).execute(_SQL["document_keys"], [self._ledger, asked])
        for stream, kek, wrapped in rows:
            self._keys[stream.bytes] = stream, self._unwrapped(stream, kek, wrapped)

    def _unwrapped(self, stream: UUID, kek: int, wrapped: bytes) -> DocumentKey | str:
        try:
            return self._keyring.unwrap(stream, kek, wrapped)
        except KeyringError as error:
            # A keyring older than the documents is no fault of theirs.
            if error.code == "unknown-kek":
                raise
            return told(error)

    def _opened(self, row: tuple[Any, ...]) -> Event | Gone | Unopened:
        kept = self._keys[row[1]]
        if kept is None:
            return Gone(row[0], UUID(bytes=row[1]), public_type(row[3]))
        stream, key = kept
        if isinstance(key, str):
            return Unopened(row[0], key)
        try:
            event = event_of(self._codec, key, *header_of(self._ledger, stream, row))
        except Exception as error:  # noqa: BLE001 - whatever one payload holds, the rest go on
            return Unopened(row[0], told(error))
        self._met(stream, event)
        return event
