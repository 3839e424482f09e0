"""A viewer's key: a PEM file (PKCS 8, Ed25519) that is its owner's alone."""

import os
import stat
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from events.files import written
from services.viewers.errors import ViewerError


def make(path: Path) -> Ed25519PrivateKey:
    """A new key, written to a file of mode 0600, whole or not at all, and durable.

    Raises ViewerError `viewer-key-exists`, and OSError.
    """
    key = Ed25519PrivateKey.generate()
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        with written(path, replace=False) as file:
            file.write(content)
    except FileExistsError:
        raise ViewerError(
            "viewer-key-exists", f"There is a file {path} already.", "Name another, or move it away."
        ) from None
    return key


def load(path: Path) -> Ed25519PrivateKey:
    """The key in a file.

    Raises ViewerError `viewer-key-missing` where there is none, `viewer-key-exposed` where others may use
    it, and `viewer-key-wrong` for anything else than an Ed25519 key without a password.
    """
    try:
        with path.open("rb") as file:
            # Asked of the file that is open: the path may name another by now.
            mode = os.fstat(file.fileno()).st_mode
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise ViewerError(
                    "viewer-key-exposed", f"Others may use {path}.", f"Run chmod 600 on {path}."
                )
            content = file.read()
    except FileNotFoundError:
        raise ViewerError(
            "viewer-key-missing",
            f"There is no key at {path}.",
            "Name the viewer's key with --key FILE, or set BAGALAU_AS_KEY.",
        ) from None
    except OSError as error:
        raise ViewerError("viewer-key-wrong", f"{path} cannot be read: {error.strerror}.") from None
    try:
        key = load_pem_private_key(content, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _wrong(path) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _wrong(path)
    return key


def public_text(key: Ed25519PrivateKey) -> str:
    """The public half as it is registered: base64 of its 32 bytes."""
    return b64encode(key.public_key().public_bytes_raw()).decode()


def fingerprint(public: bytes) -> str:
    """What a disclosure names a key by: SHA-256 of the public key's 32 bytes, in hex."""
    return sha256(public).hexdigest()


def _wrong(path: Path) -> ViewerError:
    return ViewerError(
        "viewer-key-wrong",
        f"{path} is no Ed25519 key.",
        "Name the file that `bagalau viewer key` made.",
    )
