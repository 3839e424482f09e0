"""Where the keyring is, and when a new one may be made."""

import os
from pathlib import Path

from events import keyring
from events.keyring import Keyring, KeyringError


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
