"""Opening a ledger's rows as COPY sends them: what Reader does event by event, a document at a time."""

import struct
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Generic,
    NamedTuple,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)
from uuid import UUID

import msgspec

from events.codec import Codec, public_type
from events.envelope import Event
from events.failures import told
from events.header import HEADER_VERSION
from events.log.instants import EPOCH, instant, microseconds
from events.seal import NONCE_BYTES, DocumentKey
from events.vocabulary import TYPES, Data, Name
from projections.dossiers import Failure
from projections.rebuild.scanning import Rows

D = TypeVar("D", bound=Data)

# Of a row: how many columns, then each with its length before it: stream, seq, version, recorded_at,
# agency_seq, type, payload. What lies between version and payload is alike in many rows, and worked out once.
_SEQ: Final = slice(26, 34)
_VERSION: Final = slice(38, 42)
_TAIL_AT: Final = 46
_AGENCY_SEQ: Final = slice(12, 20)
_TYPE_AT: Final = 24
_TYPE_LENGTH: Final = 69  # the last byte of four: no type has a name of 256
_PAYLOAD_AT: Final = 70 + 4
_VERSION_PADDED: Final = b"\0\0\0\0"

_POSTGRES_EPOCH: Final = microseconds(datetime(2000, 1, 1, tzinfo=EPOCH.tzinfo))
_TAILS: Final = 20_000


class Recorded(msgspec.Struct, Generic[D]):
    """An event with what a fold asks of it, under the names that Event has; decoded as one object.

    It can be set after it is decoded, which an Event cannot: a second object for each event of a country, and
    its document's name anew, would cost as much as folding it.
    """

    id: UUID
    occurred_on: date
    actor: str
    data: D
    document: Name = Name("", ())
    ledger: str = ""
    seq: int = 0
    type: str = ""
    recorded_at: datetime = EPOCH
    agency_seq: int = 0


class _Tail(NamedTuple):
    """The end of the header, as `encode_header` writes it, and what it says."""

    header: bytes
    decode: Callable[[bytes], Any]
    type: str
    recorded_at: datetime
    agency_seq: int


class Opener:
    """Opens the rows of one ledger."""

    def __init__(self, ledger: str, codec: Codec) -> None:
        self._ledger = ledger
        self._codec = codec
        encoded = ledger.encode()
        self._head = bytes([HEADER_VERSION]) + struct.pack(">H", len(encoded)) + encoded
        self._tails: dict[bytes, _Tail] = {}

    def events(self, stream: UUID, key: DocumentKey, rows: Rows) -> Iterator[Event | Failure]:
        """The document's events in order, those that cannot be opened as failures.

        As an Event each has what Event has, and is good until the next is asked for.
        """
        head, ledger, tails = self._head, self._ledger, self._tails
        placed = stream.bytes + _VERSION_PADDED
        decrypt, join, number = key.cipher.decrypt, b"".join, int.from_bytes
        name: Name | None = None
        for row in rows:
            seq = row[_SEQ]
            end = _PAYLOAD_AT + row[_TYPE_LENGTH]
            said = row[_TAIL_AT : end - 4]
            try:
                tail = tails.get(said) or self._tail(said)
                event = tail.decode(
                    decrypt(
                        row[end : end + NONCE_BYTES],
                        row[end + NONCE_BYTES :],
                        join((head, seq, placed, row[_VERSION], tail.header)),
                    )
                )
                if name is None:
                    name = event.data.document
            except Exception as error:  # noqa: BLE001 - whatever one payload holds, the rest go on
                yield Failure(stream, number(seq), told(error))
                continue
            event.document = name
            event.ledger = ledger
            event.seq = number(seq)
            event.type = tail.type
            event.recorded_at = tail.recorded_at
            event.agency_seq = tail.agency_seq
            yield event

    def _tail(self, said: bytes) -> _Tail:
        stored = said[_TYPE_AT:]
        recorded = int.from_bytes(said[:8], signed=True) + _POSTGRES_EPOCH
        tail = _Tail(
            struct.pack(">H", len(stored)) + stored + struct.pack(">Q", recorded) + said[_AGENCY_SEQ],
            _decoder(self._codec, stored.decode()),
            public_type(stored.decode()),
            instant(recorded),
            int.from_bytes(said[_AGENCY_SEQ]),
        )
        if len(self._tails) >= _TAILS:
            self._tails.clear()
        self._tails[said] = tail
        return tail


@cache
def _decoder(codec: Codec, stored_type: str) -> Callable[[bytes], Any]:
    """Decodes payloads of a stored type as Recorded; an older layout is lifted by the codec."""
    kind = TYPES.get(stored_type)
    try:
        is_todays = kind is not None and codec.stored_type(stored_type) == stored_type
    except KeyError:
        is_todays = False
    if kind is not None and is_todays:
        return msgspec.json.Decoder(Recorded[unchecked(kind)]).decode  # type: ignore[misc]

    def lifted(encoded: bytes) -> Recorded[Data]:
        payload = codec.decode(stored_type, encoded)
        return Recorded(payload.id, payload.occurred_on, payload.actor, payload.data)

    return lifted


@cache
def unchecked(kind: type[Data]) -> type[Data]:
    """The type with its values' lengths and patterns left unchecked, else the same.

    They were checked when the fact was accepted, and what was sealed then is authentic. Checking them again
    costs half of decoding.
    """
    hints = get_type_hints(kind, include_extras=True)
    fields: list[tuple[str, Any, Any]] = []
    for field in msgspec.structs.fields(kind):
        default = {
            key: value
            for key, value in (("default", field.default), ("default_factory", field.default_factory))
            if value is not msgspec.NODEFAULT
        }
        fields.append(
            (field.name, _bare(hints[field.name]), msgspec.field(**default, name=field.encode_name))
        )
    return msgspec.defstruct(  # type: ignore[return-value]
        kind.__name__, fields, bases=(kind,), module=kind.__module__, frozen=True, kw_only=True, dict=True
    )


def _bare(hint: Any) -> Any:
    """The hint without annotations, all the way down."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _bare(inner[0])
    if origin in {Union, UnionType}:
        return Union[tuple(_bare(one) for one in inner)]  # noqa: UP007 - of a list, not of names
    if origin in {list, dict, tuple}:
        return origin[tuple(one if one is Ellipsis else _bare(one) for one in inner)]
    return hint
