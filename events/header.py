"""The header of an event: the plain columns that are sealed to the payload and hashed into the tree."""

import struct
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

import msgspec

from events.merkle import leaf_hash

HEADER_VERSION = 1

_LENGTH = struct.Struct(">H")
_STREAM_AND_VERSION = struct.Struct(">Q16sQ")
_RECORDED_AND_AGENCY = struct.Struct(">QQ")
_VERSION_BYTE = bytes([HEADER_VERSION])


class HeaderError(ValueError):
    """A header that cannot be written down; `code` is stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Header(msgspec.Struct, frozen=True):
    """What is known of an event without its document's key.

    `seq` counts the events of the ledger, `version` those of the stream; `recorded_at` is in microseconds
    since 1970-01-01T00:00:00Z; `agency_seq` is the place in the `agency` ledger whose law the decider saw.
    """

    ledger: str
    seq: int
    stream: UUID
    version: int
    type: str
    recorded_at: int
    agency_seq: int


def encode_header(header: Header) -> bytes:
    """The header's bytes, as `docs/log-format.md` lays them down; no two headers share them.

    Raises HeaderError `field-out-of-range` for an integer outside 0..2**64-1, a string that is not Unicode
    or one of more than 65,535 bytes of UTF-8.
    """
    try:
        return b"".join(
            (
                _VERSION_BYTE,
                _counted(header.ledger),
                _STREAM_AND_VERSION.pack(header.seq, header.stream.bytes, header.version),
                _counted(header.type),
                _RECORDED_AND_AGENCY.pack(header.recorded_at, header.agency_seq),
            )
        )
    except (struct.error, UnicodeEncodeError):
        raise HeaderError("field-out-of-range", "a field of the event's header is out of its range") from None


def leaf_data(header: bytes, sealed: bytes) -> bytes:
    """The bytes that the tree commits to: the header, then the SHA-256 of the sealed payload.

    The payload stands as its digest, so that the leaf can still be proven when the ciphertext is gone.
    """
    return header + sha256(sealed).digest()


def event_leaf(header: bytes, sealed: bytes) -> bytes:
    """The event's leaf hash, 32 bytes (RFC 9162 section 2.1.1)."""
    return leaf_hash(leaf_data(header, sealed))


# Ledgers and event types are few and come with every event.
@lru_cache(maxsize=4096)
def _counted(text: str) -> bytes:
    encoded = text.encode()
    return _LENGTH.pack(len(encoded)) + encoded
