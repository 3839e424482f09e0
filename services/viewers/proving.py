"""A viewer proven: his key signs a challenge, and the key that his ledger registered says it fits."""

import os
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from events.documents import Employment, Viewer, fold
from events.keyring import Keyring
from events.log import Connection, Log
from events.vocabulary import Name
from events.vocabulary.words import SERVANT
from projections.rows import person_of
from projections.viewing import Role, View
from services.viewers.errors import ViewerError
from services.viewers.keys import fingerprint, load
from services.viewers.naming import ViewerName, parse

_CHALLENGE: Final = b"bagalau viewer challenge 1\0"
"""Nothing else that such a key signs begins so: a challenge is no signature on anything."""

_CHALLENGE_BYTES: Final = 32


class Proven(msgspec.Struct, frozen=True, eq=False):
    """A viewer of a ledger in his role, and the fingerprint of the key that proved him.

    `key` is None in a demonstration, where nobody need prove who he is.
    """

    ledger: str
    code: str
    role: str
    key: str | None = None
    secret: Ed25519PrivateKey | None = None

    @property
    def name(self) -> ViewerName:
        """How he is named on the command line."""
        return ViewerName(self.ledger, self.code)

    def person(self, keyring: Keyring) -> bytes:
        """The keyed hash, 16 bytes, that stands for him in the database."""
        return person_of(keyring, self.ledger, self.code)

    def is_self(self, ledger: str, employee: str | None) -> bool:
        """Whether he asks for what is his own."""
        return (self.ledger, self.code) == (ledger, employee)

    def sign(self, message: bytes) -> bytes:
        """His Ed25519 signature, 64 bytes. Raises ViewerError `viewer-key-missing` in a demonstration."""
        if self.secret is None:
            raise missing_key(self.name)
        return self.secret.sign(message)


def view_of(keyring: Keyring, proven: Proven, disclosure: tuple[str, int] | None = None) -> View:
    """What his reading transaction says of itself; without a disclosure he is shown his own alone."""
    return View(proven.ledger, proven.person(keyring), msgspec.convert(proven.role, Role), disclosure)


def prove(
    conn: Connection, keyring: Keyring, text: str, key_path: Path | None, *, demonstration: bool = False
) -> Proven:
    """The viewer that `LEDGER/CODE` names, once the key in the file proves him.

    `conn` is of a login that may read viewers (`bagalau_projector`). In a demonstration no key is needed, and
    whoever is employed is a viewer. Raises ViewerError `viewer-malformed`, `unknown-viewer`,
    `viewer-revoked`, `viewer-key-missing`, `viewer-key-exposed` and `viewer-key-wrong`.
    """
    name = parse(text)
    viewer, employed = _found(conn, keyring, name)
    if viewer is None:
        if demonstration and employed:
            return Proven(name.ledger, name.code, SERVANT)
        raise ViewerError(
            "unknown-viewer",
            f"No viewer {name} is registered.",
            "`bagalau viewer register` registers one; `bagalau viewer list` tells who there is.",
        )
    if viewer.key is None:
        raise ViewerError(
            "viewer-revoked", f"The key of {name} was revoked.", "Have another key registered for him."
        )
    if key_path is None:
        if demonstration:
            return Proven(name.ledger, name.code, viewer.role)
        raise missing_key(name)
    secret = load(key_path)
    _check(secret, viewer.key, key_path, name)
    return Proven(name.ledger, name.code, viewer.role, fingerprint(viewer.key), secret)


def missing_key(name: ViewerName) -> ViewerError:
    """What is told where no key is named."""
    return ViewerError(
        "viewer-key-missing",
        f"Nothing proves that you are {name}.",
        "Say --as LEDGER/CODE with --key FILE, or set BAGALAU_AS and BAGALAU_AS_KEY. `bagalau viewer key`"
        " makes a key, `bagalau viewer register` registers it.",
    )


def _found(conn: Connection, keyring: Keyring, name: ViewerName) -> tuple[Viewer | None, bool]:
    names = [Name("viewer", (name.code,)), Name("employment", (name.code,))]
    loaded = Log(keyring).load_documents(conn, {name.ledger: names})
    documents = fold(event for stored in loaded.values() for event in stored.events)
    viewer, file = documents.get(names[0]), documents.get(names[1])
    return viewer if isinstance(viewer, Viewer) else None, isinstance(file, Employment) and bool(file.tenures)


def _check(secret: Ed25519PrivateKey, public: bytes, path: Path, name: ViewerName) -> None:
    challenge = _CHALLENGE + str(name).encode() + b"\0" + os.urandom(_CHALLENGE_BYTES)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(secret.sign(challenge), challenge)
    except InvalidSignature:
        raise ViewerError(
            "viewer-key-wrong",
            f"The key in {path} is not the one that {name} registered.",
            "Name his key, or have this one registered.",
        ) from None
