"""Opening a ledger's rows as COPY sends them: what Reader does event by event, a document at a time."""

import struct
from collections.abc import Callable
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
from projections.rebuild.scanning import TYPE_AT, TYPE_LENGTH, Rows

D = TypeVar("D", bound=Data)

# Of a row: how many columns, then each with its length before it: stream, seq, version, recorded_at,
# agency_seq, type, payload. What lies between version and payload is alike in many rows, and worked out once.
_SEQ: Final = slice(26, 34)
_VERSION: Final = slice(38, 42)
_TAIL_AT: Final = 46
_AGENCY_SEQ: Final = slice(12, 20)
_TYPE_AT: Final = 24
_PAYLOAD_AT: Final = TYPE_AT + 4
_VERSION_PADDED: Final = b"\0\0\0\0"

_POSTGRES_EPOCH: Final = microseconds(datetime(2000, 1, 1, tzinfo=EPOCH.tzinfo))
_MOST_TAILS: Final = 20_000


class _Kind(NamedTuple):
    """What a stored type says: its name in a header, how its payloads are decoded, its name on the wire."""

    header: bytes
    decode: Callable[[bytes], Any]
    type: str


class _Tail(NamedTuple):
    """The end of the header, as `encode_header` writes it, and what it says; `recorded` in microseconds."""

    header: bytes
    decode: Callable[[bytes], Any]
    ledger: str
    type: str
    recorded: int
    agency_seq: int


_NO_TAIL: Final = _Tail(b"", bytes, "", "", 0, 0)


class Recorded(msgspec.Struct, Generic[D], gc=False):
    """An event with what a fold asks of it, under the names that Event has; decoded as one object.

    It can be set after it is decoded, which an Event cannot: a second object for each event of a country, and
    its document's name anew, would cost as much as folding it. What most folds do not ask is worked out when
    it is asked.
    """

    data: D
    actor: str
    id_: str = msgspec.field(name="id")
    on: str = msgspec.field(name="occurred_on")
    document: Name = Name("", ())
    row: bytes = b""
    tail: _Tail = _NO_TAIL

    @property
    def id(self) -> UUID:
        return msgspec.convert(self.id_, UUID)

    @property
    def occurred_on(self) -> date:
        return date.fromisoformat(self.on)

    @property
    def seq(self) -> int:
        return int.from_bytes(self.row[_SEQ])

    @property
    def type(self) -> str:
        return self.tail.type

    @property
    def ledger(self) -> str:
        return self.tail.ledger

    @property
    def recorded_at(self) -> datetime:
        return instant(self.tail.recorded)

    @property
    def agency_seq(self) -> int:
        return self.tail.agency_seq


class Opener:
    """Opens the rows of one ledger."""

    def __init__(self, ledger: str, codec: Codec) -> None:
        encoded = ledger.encode()
        self._head = bytes([HEADER_VERSION]) + struct.pack(">H", len(encoded)) + encoded
        self._tails = _Tails(ledger, codec)

    def open(self, stream: UUID, key: DocumentKey, rows: Rows) -> tuple[list[Event], list[Failure]]:
        """The document's events in order, as Recorded, and what of it cannot be opened."""
        head, tails = self._head, self._tails
        placed = stream.bytes + _VERSION_PADDED
        decrypt, join = key.cipher.decrypt, b"".join
        events: list[Any] = []
        failures: list[Failure] = []
        name: Name | None = None
        for row in rows:
            end = _PAYLOAD_AT + row[TYPE_LENGTH]
            try:
                tail = tails[row[_TAIL_AT : end - 4]]
                event = tail.decode(
                    decrypt(
                        row[end : end + NONCE_BYTES],
                        row[end + NONCE_BYTES :],
                        join((head, row[_SEQ], placed, row[_VERSION], tail.header)),
                    )
                )
                if name is None:
                    name = event.data.document
            except Exception as error:  # noqa: BLE001 - whatever one payload holds, the rest go on
                failures.append(Failure(stream, int.from_bytes(row[_SEQ]), told(error)))
                continue
            event.document = name
            event.row = row
            event.tail = tail
            events.append(event)
        return events, failures


class _Tails(dict[bytes, _Tail]):
    """What the ends of headers say, by what stands in a row for them; each is worked out once."""

    def __init__(self, ledger: str, codec: Codec) -> None:
        super().__init__()
        self._ledger = ledger
        self._codec = codec

    def __missing__(self, said: bytes) -> _Tail:
        kind = _kind(self._codec, said[_TYPE_AT:])
        recorded = int.from_bytes(said[:8], signed=True) + _POSTGRES_EPOCH
        agency_seq = said[_AGENCY_SEQ]
        tail = _Tail(
            kind.header + recorded.to_bytes(8) + agency_seq,
            kind.decode,
            self._ledger,
            kind.type,
            recorded,
            int.from_bytes(agency_seq),
        )
        if len(self) >= _MOST_TAILS:
            self.clear()
        self[said] = tail
        return tail


@cache
def _kind(codec: Codec, stored: bytes) -> _Kind:
    name = stored.decode()
    return _Kind(struct.pack(">H", len(stored)) + stored, _decoder(codec, name), public_type(name))


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
        return Recorded(payload.data, payload.actor, str(payload.id), payload.occurred_on.isoformat())

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
