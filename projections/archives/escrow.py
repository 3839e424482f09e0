"""Documents' keys handed to an escrow, sealed to its public key (RFC 9180): the archive outlives them."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from events.seal import KEY_BYTES, DocumentKey
from projections.archives.failures import ArchiveError

_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_INFO: Final = "bagalau/archive/escrow/1"
_STREAM_BYTES: Final = 16
_EACH: Final = _STREAM_BYTES + KEY_BYTES


def seal_keys(keys: Mapping[UUID, DocumentKey], public_key: X25519PublicKey, body: str, year: int) -> bytes:
    """Each stream and its key, sealed to the escrow for this archive alone.

    HPKE in base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, the encapsulated key first.
    """
    plain = b"".join(
        stream.bytes + key.raw for stream, key in sorted(keys.items(), key=lambda one: one[0].bytes)
    )
    return _SUITE.encrypt(plain, public_key, _info(body, year))


def open_keys(sealed: bytes, private_key: X25519PrivateKey, body: str, year: int) -> dict[UUID, DocumentKey]:
    """The keys by stream. Raises ArchiveError `wrong-escrow-key`."""
    try:
        plain = _SUITE.decrypt(sealed, private_key, _info(body, year))
    except (InvalidTag, ValueError):
        raise ArchiveError(
            "wrong-escrow-key",
            "the archive's keys were not sealed to this escrow key",
            "Name the private key whose public key was given at export.",
        ) from None
    return {
        UUID(bytes=plain[at : at + _STREAM_BYTES]): DocumentKey(plain[at + _STREAM_BYTES : at + _EACH])
        for at in range(0, len(plain), _EACH)
    }


def _info(body: str, year: int) -> bytes:
    return f"{_INFO}\0{body}\0{year}".encode()
