"""The events in an archive: each with its header as the log hashes it and its sealed payload, by person."""

import struct
from collections.abc import Iterator
from typing import Final
from uuid import UUID

import msgspec

from events.header import HEADER_VERSION, Header, HeaderError, encode_header, event_leaf
from projections.archives.container import Content, Write
from projections.archives.failures import ArchiveError

PERSON_BYTES: Final = 16
NOBODY: Final = bytes(PERSON_BYTES)
"""Stands for the documents that are nobody's own: the body's adoptions and its commissions' sessions."""

PERSON: Final = b"P"
EVENT: Final = b"E"

_HEADER_LENGTH = struct.Struct(">H")
_LENGTH = struct.Struct(">I")
_STREAM = struct.Struct(">Q16sQ")
_RECORDED = struct.Struct(">QQ")
_MOST: Final = 1 << 24


class Sealed(msgspec.Struct, frozen=True):
    """An event as it lies in an archive: `encoded` is the header's bytes."""

    header: Header
    encoded: bytes
    payload: bytes

    @property
    def leaf(self) -> bytes:
        """The leaf that the event comes to."""
        return event_leaf(self.encoded, self.payload)


class Group(msgspec.Struct, frozen=True):
    """The events of one person's documents in the order of the ledger; `person` is his keyed hash."""

    person: bytes
    events: tuple[Sealed, ...]


def sealed(header: Header, payload: bytes) -> Sealed:
    """The event with its header's bytes. Raises HeaderError."""
    return Sealed(header, encode_header(header), payload)


def write_group(write: Write, group: Group) -> None:
    """Writes the group: the person, then his events."""
    pieces = [PERSON, group.person]
    for one in group.events:
        pieces += (
            EVENT,
            _HEADER_LENGTH.pack(len(one.encoded)),
            one.encoded,
            _LENGTH.pack(len(one.payload)),
            one.payload,
        )
    write(b"".join(pieces))


def read_groups(content: Content) -> Iterator[Group]:
    """The groups, in the order written, one held at a time.

    Raises ArchiveError `broken-record` or `broken-section`.
    """
    person: bytes | None = None
    events: list[Sealed] = []
    while tag := content.read(1):
        if tag == PERSON:
            if person is not None:
                yield Group(person, tuple(events))
            person, events = content.exactly(PERSON_BYTES), []
        elif tag == EVENT and person is not None:
            encoded = content.exactly(_HEADER_LENGTH.unpack(content.exactly(_HEADER_LENGTH.size))[0])
            events.append(Sealed(decode_header(encoded), encoded, counted(content)))
        else:
            raise ArchiveError("broken-record", f"{content.tag} holds a record of no known kind")
    if person is not None:
        yield Group(person, tuple(events))


def counted(content: Content) -> bytes:
    """Bytes that are told the length of. Raises ArchiveError `broken-record`."""
    length = _LENGTH.unpack(content.exactly(_LENGTH.size))[0]
    if length > _MOST:
        raise ArchiveError("broken-record", f"{content.tag} holds a record that is too long")
    return content.exactly(length)


def decode_header(encoded: bytes) -> Header:
    """The header in these bytes, which are the only way to write it. Raises ArchiveError `broken-record`."""
    try:
        if encoded[0] != HEADER_VERSION:
            raise ArchiveError("broken-record", "a header is of a version that this release does not know")
        ledger, at = _text(encoded, 1)
        seq, stream, version = _STREAM.unpack_from(encoded, at)
        type_, at = _text(encoded, at + _STREAM.size)
        recorded_at, agency_seq = _RECORDED.unpack_from(encoded, at)
        header = Header(ledger, seq, UUID(bytes=stream), version, type_, recorded_at, agency_seq)
        if encode_header(header) != encoded:
            raise ArchiveError("broken-record", "a header is followed by what is none of it")
    except (struct.error, IndexError, UnicodeDecodeError, HeaderError):
        raise ArchiveError("broken-record", "a header is not written as headers are") from None
    return header


def _text(encoded: bytes, at: int) -> tuple[str, int]:
    (length,) = _HEADER_LENGTH.unpack_from(encoded, at)
    start = at + _HEADER_LENGTH.size
    return encoded[start : start + length].decode(), start + length
