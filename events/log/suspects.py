"""Rows whose leaf does not follow from them: told apart by whether they fit in each other's places."""

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from events.header import Header, HeaderError, encode_header
from events.merkle import leaf_hash


class Suspect(msgspec.Struct, frozen=True):
    """A row's header and payload digest, beside the leaf stored with them."""

    header: Header
    payload_digest: bytes
    leaf: bytes


def suspect(header: Header, payload: bytes, leaf: bytes) -> Suspect:
    return Suspect(header, sha256(payload).digest(), leaf)


def moved(suspects: Sequence[Suspect]) -> frozenset[int]:
    """The seq of each row that was moved: it, or its payload, makes a leaf in another's place.

    Takes a number of hashes that grows with the square of the suspects.
    """
    leaves = {each.leaf for each in suspects}
    found = set[int]()
    for one in suspects:
        for other in suspects:
            if one is other:
                continue
            whole = msgspec.structs.replace(one.header, seq=other.header.seq)
            if (
                _leaf(whole, one.payload_digest) in leaves
                or _leaf(other.header, one.payload_digest) == other.leaf
            ):
                found.add(one.header.seq)
                break
    return frozenset(found)


def _leaf(header: Header, payload_digest: bytes) -> bytes:
    try:
        return leaf_hash(encode_header(header) + payload_digest)
    except HeaderError:
        return b""
