"""NKeys of users: a seed that its holder alone has, and the public key that the server knows."""

import base64
import binascii
from pathlib import Path

import msgspec
import nkeys  # type: ignore[import-untyped]

from events.files import written
from events.told_error import ToldError

_SEED_BYTES = 32
_PUBLIC_BYTES = 35


class BrokerError(ToldError):
    """What the broker's register or keys do not allow; `code` is stable, `remedy` says what to do."""


class UserKey(msgspec.Struct, frozen=True):
    """A user's key pair; what is printed of it never holds the seed."""

    public: str
    seed: str

    def __repr__(self) -> str:
        return f"UserKey({self.public})"


def new_key(random_bytes: bytes) -> UserKey:
    """The key pair of 32 bytes from a cryptographic source (`os.urandom`)."""
    if len(random_bytes) != _SEED_BYTES:
        raise ValueError(f"a seed is made of {_SEED_BYTES} bytes")
    seed = nkeys.encode_seed(random_bytes, nkeys.PREFIX_BYTE_USER)
    return UserKey(nkeys.from_seed(bytearray(seed)).public_key.decode(), seed.decode())


def check_public(text: str) -> str:
    """The public key of a user, `U` and 55 letters and digits. Raises BrokerError `nkey-malformed`."""
    try:
        raw = base64.b32decode(text)
    except (binascii.Error, ValueError):
        raw = b""
    body, checksum = raw[:-2], raw[-2:]
    # A seed in its place would stand in the server's configuration for others to read.
    if (
        len(raw) != _PUBLIC_BYTES
        or raw[0] != nkeys.PREFIX_BYTE_USER
        or bytes(nkeys.crc16_checksum(body)) != checksum
    ):
        raise BrokerError(
            "nkey-malformed",
            "What was given is no user's public key.",
            "Give the public key, which begins with U; a seed begins with SU and stays with its holder.",
        )
    return text


def write_seed(file: Path, key: UserKey) -> None:
    """Writes the seed to a new file that its owner alone can read.

    Raises BrokerError `seed-exists`: a seed that is written over is lost.
    """
    try:
        with written(file, replace=False) as made:
            made.write(f"{key.seed}\n".encode())
    except FileExistsError:
        raise BrokerError("seed-exists", f"There is a file {file} already.", "Name another one.") from None
