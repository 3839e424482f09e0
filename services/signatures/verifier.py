"""What a verifier of signatures is asked and answers; those built in and those that packages add alike."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol

import msgspec
from cryptography.x509 import Certificate


class SignatureFault(Exception):  # noqa: N818
    """A signature that is refused: `code` is a problem's, `meaning` a sentence that quotes nothing of it.

    `signature-malformed`, `signature-invalid`, `signature-untrusted`, `signature-expired`,
    `signature-unsupported`, `signature-of-another`.
    """

    def __init__(self, code: str, meaning: str) -> None:
        super().__init__(f"{code}: {meaning}")
        self.code = code
        self.meaning = meaning


class Signer(msgspec.Struct, frozen=True):
    """Whose keys a body vouches for: raw Ed25519 public keys, SHA-256 fingerprints (hex) of certificates."""

    keys: frozenset[bytes] = frozenset()
    certificates: frozenset[str] = frozenset()
    iin: str | None = None


class BodyTrust(msgspec.Struct, frozen=True):
    """What one body's signatures are held against; signers by the body's own codes."""

    anchors: tuple[Certificate, ...] = ()
    intermediates: tuple[Certificate, ...] = ()
    signers: Mapping[str, Signer] = {}


class Signing(msgspec.Struct, frozen=True):
    """The act of signing: on which day (in Almaty), by one of which persons, under which trust.

    `persons` maps the body's codes of those who may sign to the identity number known of them.
    """

    day: date
    persons: Mapping[str, str | None]
    trust: BodyTrust


class Evidence(msgspec.Struct, frozen=True):
    """What a verified signature rests on. Hashes are SHA-256 in hex, `key` is of the SubjectPublicKeyInfo.

    `signer` is the person where the verifier itself knows him; `iin` the identity number that the
    certificate names, which is compared and never stored. `claimed_at` is the signer's own word.
    """

    algorithm: str
    key: str
    certificate: str | None = None
    serial: str | None = None
    issuer: str | None = None
    anchor: str | None = None
    signer: str | None = None
    iin: str | None = None
    claimed_at: datetime | None = None


class SignatureVerifier(Protocol):
    """Verifies signatures of a kind, with the processor alone: it is asked under the lock of a ledger."""

    @property
    def name(self) -> str:
        """Its name and version, at most 64 characters, as the event keeps it: `x509-cms/1`."""

    def recognises(self, signature: bytes) -> bool:
        """Whether the signature is of its kind; of those that recognise one the first verifies it."""

    def verify(self, signature: bytes, digest: bytes, signing: Signing) -> Evidence:
        """What the signature over the 32 bytes of `digest` rests on. Raises SignatureFault."""
