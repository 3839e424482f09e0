"""Files of keys: the pair of an escrow, and the log's public key as it is given to others."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from events.checkpoint import CheckpointError, origin_of, parse_vkey, verifier_of
from events.envelope import AGENCY
from services.archivist.files import written_whole

_ORIGINS: Final = origin_of("")


class KeyFileError(Exception):
    """A file that does not hold the key that is asked of it (`key-unreadable`)."""

    code = "key-unreadable"

    def __init__(self, path: Path, what: str, remedy: str) -> None:
        super().__init__(f"{path} holds no {what}.")
        self.remedy = remedy


def make_escrow(path: Path, public_path: Path, *, force: bool) -> None:
    """Writes a fresh X25519 pair as PEM: the private key for its owner alone, the public one beside it.

    Raises ArchiveError `file-exists`.
    """
    key = X25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with written_whole(path, force=force) as file, written_whole(public_path, force=force) as public_file:
        file.write(private)
        public_file.write(public)


def escrow_public(path: Path) -> X25519PublicKey:
    """The escrow's public key. Raises KeyFileError."""
    key = _loaded(path, load_pem_public_key)
    if not isinstance(key, X25519PublicKey):
        raise KeyFileError(path, "escrow's public key", "Name the .pub file of `bagalau archive escrow`.")
    return key


def escrow_private(path: Path) -> X25519PrivateKey:
    """The escrow's private key. Raises KeyFileError."""
    key = _loaded(path, lambda pem: load_pem_private_key(pem, password=None))
    if not isinstance(key, X25519PrivateKey):
        raise KeyFileError(path, "escrow's private key", "Name the file that `bagalau archive escrow` wrote.")
    return key


def log_keys(path: Path) -> list[bytes]:
    """The log's public keys in a file of verifier keys, one a line. Raises KeyFileError."""
    remedy = "Name the file that `bagalau archive key` wrote where the log is."
    try:
        lines = path.read_text("utf-8").split()
        # The log has one key, which bears the name of each of its ledgers.
        found = {parse_vkey(line).public_key for line in lines if line.startswith(_ORIGINS)}
    except (CheckpointError, UnicodeDecodeError):
        raise KeyFileError(path, "verifier key of a log", remedy) from None
    if not found:
        raise KeyFileError(path, "verifier key of a log", remedy)
    return sorted(found)


def log_key_line(key: Ed25519PrivateKey) -> str:
    """The log's public key as a verifier key, in the name of the agency's ledger."""
    return verifier_of(origin_of(AGENCY), key).vkey


def _loaded(path: Path, load: Callable[[bytes], object]) -> object:
    try:
        return load(path.read_bytes())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
