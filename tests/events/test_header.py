import struct
from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.header import Header, HeaderError, encode_header, event_leaf, leaf_data
from events.merkle import leaf_hash

counts = st.integers(0, 2**64 - 1)
texts = st.text(max_size=40)
headers = st.builds(
    Header,
    ledger=texts,
    seq=counts,
    stream=st.uuids(),
    version=counts,
    type=texts,
    recorded_at=counts,
    agency_seq=counts,
)
HEADER = Header(
    ledger="zhanakorgan",
    seq=41,
    stream=UUID("0f8fad5b-d9cb-469f-a165-70867728950e"),
    version=3,
    type="ScoreSubmitted",
    recorded_at=1_775_815_200_000_000,
    agency_seq=17,
)


def read(data: bytes) -> Header:
    """A header from its bytes, field by field as they are laid down."""
    at = 1

    def take(size: int) -> bytes:
        nonlocal at
        at += size
        return data[at - size : at]

    def text() -> str:
        return take(int.from_bytes(take(2), "big")).decode()

    def count() -> int:
        return int.from_bytes(take(8), "big")

    header = Header(text(), count(), UUID(bytes=take(16)), count(), text(), count(), count())
    assert (data[0], at) == (1, len(data))
    return header


@given(headers)
def test_no_two_headers_share_their_bytes(header: Header) -> None:
    assert read(encode_header(header)) == header


def test_the_fields_stand_in_order() -> None:
    assert encode_header(HEADER) == (
        b"\x01"
        + struct.pack(">H", 11)
        + b"zhanakorgan"
        + struct.pack(">Q", 41)
        + HEADER.stream.bytes
        + struct.pack(">Q", 3)
        + struct.pack(">H", 14)
        + b"ScoreSubmitted"
        + struct.pack(">QQ", 1_775_815_200_000_000, 17)
    )


def test_letters_are_counted_in_bytes() -> None:
    header = Header("жаңақорған", 0, UUID(int=0), 0, "", 0, 0)
    assert encode_header(header)[1:3] == b"\x00\x14"


@pytest.mark.parametrize(
    "header",
    [
        Header("a", -1, UUID(int=0), 0, "", 0, 0),
        Header("a", 2**64, UUID(int=0), 0, "", 0, 0),
        Header("a", 0, UUID(int=0), -1, "", 0, 0),
        Header("a", 0, UUID(int=0), 0, "", -1, 0),
        Header("a", 0, UUID(int=0), 0, "", 0, 2**64),
        Header("a" * 65_536, 0, UUID(int=0), 0, "", 0, 0),
        Header("a", 0, UUID(int=0), 0, "ң" * 32_768, 0, 0),
        Header("\ud800", 0, UUID(int=0), 0, "", 0, 0),
    ],
)
def test_a_field_out_of_its_range_is_refused(header: Header) -> None:
    with pytest.raises(HeaderError) as refusal:
        encode_header(header)
    assert refusal.value.code == "field-out-of-range"


@given(headers, st.binary(max_size=300))
def test_a_leaf_commits_to_the_header_and_the_digest_of_the_payload(header: Header, sealed: bytes) -> None:
    encoded = encode_header(header)
    assert leaf_data(encoded, sealed) == encoded + sha256(sealed).digest()
    assert event_leaf(encoded, sealed) == leaf_hash(leaf_data(encoded, sealed))


@given(headers, headers, st.binary(max_size=20), st.binary(max_size=20))
def test_another_event_has_another_leaf(one: Header, other: Header, payload: bytes, changed: bytes) -> None:
    events = {(one, payload), (one, changed), (other, payload), (other, changed)}
    assert len({event_leaf(encode_header(header), sealed) for header, sealed in events}) == len(events)
