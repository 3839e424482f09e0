import pickle
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.seal import OVERHEAD_BYTES, DocumentKey, SealError, new_key, seal, unseal

RAW = bytes(range(32))
KEY = DocumentKey(RAW)
HEADER = b"header"
NONCE = bytes(12)
SEALED = seal(KEY, HEADER, b'{"score": "4.20"}', NONCE)

nonces = st.binary(min_size=12, max_size=12)


def refusal(refused: Callable[[], object]) -> str:
    with pytest.raises(SealError) as refusal:
        refused()
    return refusal.value.code


@given(st.binary(max_size=500), st.binary(max_size=100), nonces)
def test_a_sealed_payload_is_read_with_its_key_and_header(
    plaintext: bytes, header: bytes, nonce: bytes
) -> None:
    sealed = seal(KEY, header, plaintext, nonce)
    assert unseal(KEY, header, sealed) == plaintext
    assert sealed[:12] == nonce
    assert len(sealed) == len(plaintext) + OVERHEAD_BYTES


def test_the_published_aes_256_gcm_vector() -> None:
    # Test case 16 of "The Galois/Counter Mode of Operation" (McGrew and Viega).
    key = DocumentKey(bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2))
    plaintext = bytes.fromhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )
    header = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    nonce = bytes.fromhex("cafebabefacedbaddecaf888")
    ciphertext = (
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
    )
    tag = "76fc6ece0f4e1768cddf8853bb2d551b"
    assert seal(key, header, plaintext, nonce).hex() == nonce.hex() + ciphertext + tag


@given(st.integers(0, len(SEALED) * 8 - 1))
def test_a_flipped_bit_is_refused(bit: int) -> None:
    changed = bytearray(SEALED)
    changed[bit // 8] ^= 1 << bit % 8
    assert refusal(lambda: unseal(KEY, HEADER, bytes(changed))) == "not-authentic"


@given(st.integers(0, len(SEALED) - 1))
def test_a_shortened_payload_is_refused(size: int) -> None:
    expected = "truncated" if size < OVERHEAD_BYTES else "not-authentic"
    assert refusal(lambda: unseal(KEY, HEADER, SEALED[:size])) == expected


def test_a_payload_is_not_read_under_another_header_or_key() -> None:
    assert refusal(lambda: unseal(KEY, b"another", SEALED)) == "not-authentic"
    assert refusal(lambda: unseal(DocumentKey(bytes(32)), HEADER, SEALED)) == "not-authentic"


@pytest.mark.parametrize("size", [0, 8, 11, 13, 16])
def test_a_nonce_is_96_bits(size: int) -> None:
    assert refusal(lambda: seal(KEY, HEADER, b"", bytes(size))) == "bad-nonce"


@pytest.mark.parametrize("size", [0, 16, 24, 31, 33])
def test_a_key_is_256_bits(size: int) -> None:
    assert refusal(lambda: DocumentKey(bytes(size))) == "bad-key"


def test_a_new_key_is_what_the_source_gave() -> None:
    assert new_key(lambda size: b"k" * size).raw == b"k" * 32


def test_a_key_does_not_tell_itself() -> None:
    assert repr(KEY) == str(KEY) == f"{KEY!s}" == "DocumentKey(...)"
    with pytest.raises(TypeError):
        pickle.dumps(KEY)
    with pytest.raises(TypeError):
        msgspec.json.encode(KEY)
