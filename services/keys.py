"""Where the keyring is, when a new one may be made, and whether it is the database's."""

import hmac
import os
from pathlib import Path

from events import keyring
from events.keyring import Keyring, KeyringError
from events.log import Connection
from events.sql import statements

_SQL = statements("keyring")
_FINGERPRINT = b"bagalau keyring fingerprint 1"


def keyring_path(home: Path) -> Path:
    """BAGALAU_KEYRING, by default `keyring.json` in the home."""
    given = os.environ.get("BAGALAU_KEYRING")
    return Path(given) if given else home / "keyring.json"


def open_keyring(path: Path, *, make: bool = False) -> Keyring:
    """The keyring in a file; with `make` a missing one is made first.

    Raises KeyringError. Make one only for a database that holds nothing yet: what was sealed under a lost
    keyring cannot be read with another.
    """
    if make and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            keyring.save(keyring.create(os.urandom), path)
        except KeyringError as error:
            # Another process of the same home was first.
            if error.code != "keyring-exists":
                raise
    return keyring.load(path)


def fingerprint(ring: Keyring) -> bytes:
    """32 bytes that tell keyrings apart and reveal nothing; the same after key-encryption keys rotate."""
    return ring.digest(_FINGERPRINT + ring.name("", "fingerprint"))


def is_claimed(conn: Connection) -> bool:
    """Whether the database has its keyring already."""
    return conn.execute(_SQL["fingerprint"]).fetchone() is not None


def claim(conn: Connection, ring: Keyring, path: Path) -> None:
    """Makes the keyring the database's own, for good. Raises KeyringError `keyring-wrong`, see `check`."""
    conn.execute(_SQL["claim"], [fingerprint(ring)])
    check(conn, ring, path)


def check(conn: Connection, ring: Keyring, path: Path) -> None:
    """Returns when the keyring is the database's, or when the database has none yet.

    Raises KeyringError `keyring-wrong`.
    """
    row = conn.execute(_SQL["fingerprint"]).fetchone()
    if row is not None and not hmac.compare_digest(bytes(row[0]), fingerprint(ring)):
        raise KeyringError(
            "keyring-wrong",
            f"{path} is another database's keyring: restore the back-up of this database's keyring",
        )
