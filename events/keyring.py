"""The keyring: every key that PostgreSQL never sees. Whoever loses it loses the payloads."""

import hmac
import os
import stat
import struct
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final, Never
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.files import beside, settle, settle_names
from events.seal import KEY_BYTES, NONCE_BYTES, TAG_BYTES, DocumentKey

FORMAT: Final = 1
NAME_BYTES: Final = 16
WRAPPED_BYTES: Final = NONCE_BYTES + KEY_BYTES + TAG_BYTES

STALE_KEK: Final = "BG001"
"""The database's answer to a key that comes wrapped under a key-encryption key that is being erased."""

_LENGTH = struct.Struct(">H")


class KeyringError(Exception):
    """A keyring that cannot be used; `code` is stable, and no message holds key material.

    `keyring-missing`, `keyring-exists`, `keyring-unreadable`, `keyring-unwritable`, `keyring-exposed`,
    `keyring-corrupt`, `keyring-format`; `unknown-kek`, `kek-in-use`, `not-unwrapped`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def is_wrapped_anew(error: Exception) -> bool:
    """Whether keys that were read or made a while ago came too late: the living ones were wrapped anew since.

    Read, and made, again they do.
    """
    if isinstance(error, KeyringError):
        return error.code == "unknown-kek"
    return getattr(error, "sqlstate", None) == STALE_KEK


class Secret:
    """32 bytes that neither print, compare, pickle nor encode themselves."""

    __slots__ = ("_digesting", "cipher", "raw")

    cipher: Final[AESGCM]
    raw: Final[bytes]

    def __init__(self, raw: bytes) -> None:
        if len(raw) != KEY_BYTES:
            raise KeyringError("keyring-corrupt", f"a key of the keyring is not {KEY_BYTES} bytes")
        self.raw = raw
        self.cipher = AESGCM(raw)
        # Taking in the key costs as much as digesting a name does.
        self._digesting = hmac.new(raw, digestmod="sha256")

    def digest(self, message: bytes) -> bytes:
        """The HMAC-SHA-256 of a message under the key."""
        digesting = self._digesting.copy()
        digesting.update(message)
        return digesting.digest()

    def __repr__(self) -> str:
        return "Secret(...)"

    def __reduce__(self) -> Never:
        raise TypeError("a key is not pickled")


class Keyring(msgspec.Struct, frozen=True, eq=False):
    """Key-encryption keys by number (the newest wraps, all unwrap) and the keys for names, digests, the log.

    Holds secrets that its `repr` does not show; compared by identity.
    """

    keks: Mapping[int, Secret]
    naming: Secret
    digesting: Secret
    signing: Secret

    @property
    def newest(self) -> int:
        """The number of the key-encryption key that wraps."""
        return max(self.keks)

    @property
    def log_key(self) -> Ed25519PrivateKey:
        """The key that signs checkpoints."""
        return Ed25519PrivateKey.from_private_bytes(self.signing.raw)

    def wrap(self, stream: UUID, key: DocumentKey) -> tuple[int, bytes]:
        """The number of the key-encryption key, and the key wrapped under it for `stream`, 60 bytes.

        Draws its own nonce: a wrapping key is used for every document, where a repeated one is fatal.
        """
        number = self.newest
        nonce = os.urandom(NONCE_BYTES)
        return number, nonce + self.keks[number].cipher.encrypt(nonce, key.raw, stream.bytes)

    def unwrap(self, stream: UUID, kek_number: int, wrapped: bytes) -> DocumentKey:
        """The stream's key. Raises KeyringError `unknown-kek`, or `not-unwrapped` for another stream."""
        kek = self.keks.get(kek_number)
        if kek is None:
            raise KeyringError("unknown-kek", f"the keyring holds no key-encryption key {kek_number}")
        if len(wrapped) != WRAPPED_BYTES:
            raise KeyringError("not-unwrapped", f"a wrapped key is {WRAPPED_BYTES} bytes")
        try:
            raw = kek.cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], stream.bytes)
        except InvalidTag:
            raise KeyringError("not-unwrapped", "the key was not wrapped so for this stream") from None
        return DocumentKey(raw)

    def name(self, ledger: str, natural_key: str) -> bytes:
        """The keyed hash, 16 bytes, that stands for a document's natural key in `ledger` and in no other."""
        encoded = ledger.encode()
        message = _LENGTH.pack(len(encoded)) + encoded + natural_key.encode()
        return self.naming.digest(message)[:NAME_BYTES]

    def digest(self, canonical: bytes) -> bytes:
        """The keyed digest, 32 bytes, of a fact's canonical form. A bare hash would let marks be guessed."""
        return self.digesting.digest(canonical)

    def rotated(self, random_bytes: Callable[[int], bytes]) -> "Keyring":
        """The keyring with one more key-encryption key, which wraps from now on."""
        keks = {**self.keks, self.newest + 1: Secret(random_bytes(KEY_BYTES))}
        return msgspec.structs.replace(self, keks=keks)

    def without(self, kek_number: int) -> "Keyring":
        """The keyring once an old key-encryption key is erased: what it wrapped is lost.

        Raises KeyringError `unknown-kek`, or `kek-in-use` for the newest.
        """
        if kek_number not in self.keks:
            raise KeyringError("unknown-kek", f"the keyring holds no key-encryption key {kek_number}")
        if kek_number == self.newest:
            raise KeyringError("kek-in-use", "the newest key-encryption key is not erased")
        keks = {number: kek for number, kek in self.keks.items() if number != kek_number}
        return msgspec.structs.replace(self, keks=keks)


def create(random_bytes: Callable[[int], bytes]) -> Keyring:
    """A new keyring from `random_bytes`, which must be a cryptographic source (`os.urandom`)."""
    first, naming, digesting, signing = (Secret(random_bytes(KEY_BYTES)) for _ in range(4))
    return Keyring({1: first}, naming, digesting, signing)


def load(path: Path) -> Keyring:
    """The keyring kept in a file that is its owner's alone.

    Raises KeyringError `keyring-missing`, `keyring-exposed`, `keyring-unreadable`, `keyring-corrupt` or
    `keyring-format` (of another release).
    """
    try:
        with path.open("rb") as file:
            # Asked of the file that is open: the path may name another by now.
            opened = os.fstat(file.fileno())
            if opened.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise KeyringError("keyring-exposed", f"others may use {path}: run chmod 600 on it")
            content = file.read()
        try:
            return _decode(content)
        except KeyringError:
            # A file that another has just replaced is written over, and may have been read half.
            if path.stat().st_ino == opened.st_ino:
                raise
    except FileNotFoundError:
        raise KeyringError("keyring-missing", f"there is no keyring at {path}: restore its back-up") from None
    except OSError as error:
        raise KeyringError("keyring-unreadable", f"{path} cannot be read: {error.strerror}") from None
    return load(path)


def save(keyring: Keyring, path: Path, *, replace: bool = False) -> None:
    """Writes the keyring to a file of mode 0600, whole or not at all, and makes it durable.

    One that is replaced keeps its owner, and its old content is written over, as far as a file system and a
    disk do that in place. Raises KeyringError `keyring-exists` unless `replace` is given, or
    `keyring-unwritable`.
    """
    try:
        with beside(path) as file:
            file.write(_encode(keyring))
            settle(file)
            if replace:
                _take_the_place(Path(file.name), path)
            else:
                # A link, unlike a rename, never takes the place of a keyring that another process made.
                path.hardlink_to(file.name)
        settle_names(path.parent)
    except FileExistsError:
        raise KeyringError("keyring-exists", f"there is a keyring at {path} already") from None
    except OSError as error:
        raise KeyringError("keyring-unwritable", f"{path} cannot be written: {error.strerror}") from None


def _take_the_place(made: Path, path: Path) -> None:
    """Puts the file where another may be, whose content is then written over."""
    try:
        old = path.open("r+b")
    except FileNotFoundError:
        made.replace(path)
        return
    with old:
        before = os.fstat(old.fileno())
        if (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
            # Root rotates the keys of services that run as another.
            os.chown(made, before.st_uid, before.st_gid)
        made.replace(path)
        os.pwrite(old.fileno(), os.urandom(before.st_size), 0)
        os.fsync(old.fileno())


class _Kek(msgspec.Struct, forbid_unknown_fields=True):
    number: int
    key: bytes


class _Keys(msgspec.Struct, forbid_unknown_fields=True):
    keks: list[_Kek]
    naming: bytes
    digest: bytes
    signing: bytes


class _File(msgspec.Struct, forbid_unknown_fields=True):
    format: int
    keys: _Keys
    # Without it a flipped bit would show as payloads that cannot be read, long after.
    check: bytes


class _Format(msgspec.Struct):
    format: int


def _encode(keyring: Keyring) -> bytes:
    keys = _Keys(
        [_Kek(number, kek.raw) for number, kek in sorted(keyring.keks.items())],
        keyring.naming.raw,
        keyring.digesting.raw,
        keyring.signing.raw,
    )
    return msgspec.json.format(msgspec.json.encode(_File(FORMAT, keys, _check(keys)))) + b"\n"


def _decode(content: bytes) -> Keyring:
    # msgspec's messages tell places, never values; the cause is left out all the same.
    try:
        found = msgspec.json.decode(content, type=_Format).format
        if found != FORMAT:
            raise KeyringError("keyring-format", f"the keyring is of format {found}, not {FORMAT}")
        file = msgspec.json.decode(content, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise KeyringError("keyring-corrupt", "the keyring's file is not a keyring") from None
    keks = {kek.number: Secret(kek.key) for kek in file.keys.keks}
    if file.check != _check(file.keys) or len(keks) != len(file.keys.keks) or min(keks, default=0) < 1:
        raise KeyringError("keyring-corrupt", "the keyring's file does not match its check sum")
    return Keyring(keks, Secret(file.keys.naming), Secret(file.keys.digest), Secret(file.keys.signing))


def _check(keys: _Keys) -> bytes:
    return sha256(msgspec.json.encode(keys)).digest()
