"""Sealed payloads: AES-256-GCM under a document's own key, bound to the event's header."""

from collections.abc import Callable
from typing import Final, Never

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
OVERHEAD_BYTES: Final = NONCE_BYTES + TAG_BYTES


class SealError(ValueError):
    """A key, nonce or sealed payload that is refused; `code` is stable, the message holds no secret."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class DocumentKey:
    """A document's key with its cipher set up, which costs more than unsealing a payload does.

    Neither prints, pickles nor encodes itself: only the keyring takes `raw`, to wrap it.
    """

    __slots__ = ("cipher", "raw")

    cipher: Final[AESGCM]
    raw: Final[bytes]

    def __init__(self, raw: bytes) -> None:
        """Raises SealError `bad-key` unless the key is 32 bytes."""
        if len(raw) != KEY_BYTES:
            raise SealError("bad-key", f"a document key is {KEY_BYTES} bytes")
        self.raw = raw
        self.cipher = AESGCM(raw)

    def __repr__(self) -> str:
        return "DocumentKey(...)"

    def __reduce__(self) -> Never:
        raise TypeError("a document key is not pickled")


def new_key(random_bytes: Callable[[int], bytes]) -> DocumentKey:
    """A fresh key from `random_bytes`, which must be a cryptographic source (`os.urandom`)."""
    return DocumentKey(random_bytes(KEY_BYTES))


def seal(key: DocumentKey, header: bytes, plaintext: bytes, nonce: bytes) -> bytes:
    """The sealed payload: nonce, ciphertext, tag; 28 bytes longer than `plaintext`.

    `nonce` is 12 random bytes, never used twice with one key. Raises SealError `bad-nonce`.
    """
    if len(nonce) != NONCE_BYTES:
        raise SealError("bad-nonce", f"a nonce is {NONCE_BYTES} bytes")
    return nonce + key.cipher.encrypt(nonce, plaintext, header)


def unseal(key: DocumentKey, header: bytes, sealed: bytes) -> bytes:
    """The plaintext. Raises SealError `truncated`, or `not-authentic` for another key, header or payload."""
    if len(sealed) < OVERHEAD_BYTES:
        raise SealError("truncated", "the sealed payload is shorter than its nonce and tag")
    try:
        return key.cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], header)
    except InvalidTag:
        raise SealError("not-authentic", "the payload was not sealed with this key and header") from None
