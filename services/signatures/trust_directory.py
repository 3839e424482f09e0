"""Trust as an installation keeps it: a directory of certificates and of the bodies' signers.

anchors/*.pem, intermediates/*.pem                     for every body
bodies/<code>/anchors/*.pem, intermediates/*.pem       for one
bodies/<code>/signers.toml                             whose key is whose
"""

import os
import re
import tomllib
from base64 import b64decode
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import Certificate, load_pem_x509_certificates

from events.vocabulary.types import BODY_PATTERN
from services.signatures.cms import CmsVerifier
from services.signatures.ed25519 import Ed25519Verifier
from services.signatures.trust import NO_TRUST, Trust
from services.signatures.verifier import BodyTrust, SignatureVerifier, Signer

VARIABLE: Final = "BAGALAU_TRUST"
VERIFIERS: Final = "bagalau.signature_verifiers"
"""The group of entry points by which an installed package adds a verifier."""

_KEY_BYTES: Final = 32
_NAME: Final = 64
_REMEDY: Final = "Put it right, or take it away; docs/signatures.md has the layout."


class TrustError(Exception):
    """A trust directory that cannot be used (`trust-unreadable`)."""

    code = "trust-unreadable"

    def __init__(self, path: object, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.remedy = _REMEDY


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    ed25519: list[str] = []
    certificates: list[str] = []
    iin: str | None = None


class _Signers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    signer: list[_Entry] = []


def trust_from_environment() -> Trust:
    """The trust in the directory that BAGALAU_TRUST names; none without it. Raises TrustError."""
    given = os.environ.get(VARIABLE)
    return read_trust(Path(given)) if given else NO_TRUST


def read_trust(directory: Path) -> Trust:
    """The trust in a directory, with the installed verifiers and those built in. Raises TrustError."""
    if not directory.is_dir():
        raise TrustError(directory, "it is no directory")
    bodies = {path.name: _body(path) for path in _folders(directory / "bodies")}
    return Trust(
        anchors=tuple(_certificates(directory / "anchors")),
        intermediates=tuple(_certificates(directory / "intermediates")),
        bodies=bodies,
        verifiers=(*_installed(), Ed25519Verifier(), CmsVerifier()),
    )


def _folders(directory: Path) -> Iterator[Path]:
    for path in sorted(directory.iterdir()) if directory.is_dir() else ():
        if not path.is_dir() or not re.match(BODY_PATTERN, path.name):
            raise TrustError(path, "it is no directory named by a body's code")
        yield path


def _body(directory: Path) -> BodyTrust:
    return BodyTrust(
        anchors=tuple(_certificates(directory / "anchors")),
        intermediates=tuple(_certificates(directory / "intermediates")),
        signers=_signers(directory / "signers.toml", directory),
    )


def _certificates(directory: Path) -> Iterator[Certificate]:
    for path in sorted(directory.glob("*.pem")):
        yield from _read_certificates(path)


def _read_certificates(path: Path) -> list[Certificate]:
    try:
        return load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise TrustError(path, f"it holds no certificates in PEM ({type(error).__name__})") from None


def _signers(path: Path, directory: Path) -> dict[str, Signer]:
    if not path.exists():
        return {}
    try:
        read = msgspec.convert(tomllib.loads(path.read_text()), _Signers)
    except (OSError, ValueError) as error:
        raise TrustError(path, str(error)) from None
    signers: dict[str, Signer] = {}
    for entry in read.signer:
        if entry.code in signers:
            raise TrustError(path, f"signer {entry.code} stands there twice")
        signers[entry.code] = Signer(
            frozenset(_key(text, path) for text in entry.ed25519),
            frozenset(_fingerprint(name, directory) for name in entry.certificates),
            entry.iin,
        )
    return signers


def _key(text: str, path: Path) -> bytes:
    try:
        key = b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise TrustError(path, "an Ed25519 public key is 32 bytes in Base64")
    return key


def _fingerprint(name: str, directory: Path) -> str:
    """Of a certificate in a file beside, or as it is written in hex."""
    if re.fullmatch(r"[0-9a-f]{64}", name):
        return name
    path = directory / name
    if not path.resolve().is_relative_to(directory.resolve()):
        raise TrustError(path, "it lies outside the body's directory")
    (first, *others) = _read_certificates(path)
    if others:
        raise TrustError(path, "it holds more than one certificate")
    return first.fingerprint(hashes.SHA256()).hex()


def _installed() -> Iterator[SignatureVerifier]:
    for point in sorted(entry_points(group=VERIFIERS), key=lambda each: each.name):
        verifier: SignatureVerifier = point.load()()
        if not 1 <= len(verifier.name) <= _NAME:
            raise TrustError(point.value, f"a verifier's name has 1 to {_NAME} characters")
        yield verifier
