"""Where the keyring is, when a new one may be made, and whether it is the database's."""

import hmac
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from events import keyring
from events.keyring import Keyring, KeyringError, Secret
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

    Its key-encryption keys are those that the file holds by then, however often they are changed while a
    process runs. Raises KeyringError. Make one only for a database that holds nothing yet: what was sealed
    under a lost keyring cannot be read with another.
    """
    if make and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            keyring.save(keyring.create(os.urandom), path)
        except KeyringError as error:
            # Another process of the same home was first.
            if error.code != "keyring-exists":
                raise
    found = keyring.load(path)
    return msgspec.structs.replace(found, keks=KeksInFile(path, found))


class KeksInFile(Mapping[int, Secret]):
    """The key-encryption keys that the keyring's file holds by now.

    The file is looked at again before a key is wrapped, and for a number that is not known: whoever runs for
    months neither wraps under a key that is being erased nor stands still at one that is new. What was erased
    there is then forgotten here.
    """

    def __init__(self, path: Path, found: Keyring) -> None:
        self._path = path
        self._naming = found.naming.raw
        self._keks: Mapping[int, Secret] = dict(found.keks)
        self._seen: tuple[int, int, int] | None = None

    def __getitem__(self, number: int) -> Secret:
        kek = self._keks.get(number)
        if kek is None:
            self._look()
            kek = self._keks[number]
        return kek

    def __iter__(self) -> Iterator[int]:
        self._look()
        return iter(self._keks)

    def __len__(self) -> int:
        return len(self._keks)

    def _look(self) -> None:
        # A file that is away or cannot be read for a moment changes nothing: what is held is used on.
        with suppress(KeyringError, OSError):
            stood = self._path.stat()
            seen = stood.st_ino, stood.st_mtime_ns, stood.st_size
            if seen == self._seen:
                return
            found = keyring.load(self._path)
            # Another database's keyring in its place is told of at the start, and never taken over.
            if hmac.compare_digest(found.naming.raw, self._naming):
                self._keks = dict(found.keks)
                self._seen = seen


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
