"""Where the keyring is: given by BAGALAU_KEYRING, or made in the home on the first run."""

import os
from pathlib import Path

from events import keyring
from events.keyring import Keyring, KeyringError
from services.servers import Servers


def keyring_path(home: Path) -> Path:
    """BAGALAU_KEYRING, by default `keyring.json` in the home."""
    given = os.environ.get("BAGALAU_KEYRING")
    return Path(given) if given else home / "keyring.json"


def open_keyring(home: Path, servers: Servers) -> Keyring:
    """The keyring of these servers; made anew only for embedded ones that hold nothing yet.

    Raises KeyringError: a given database's keyring is never made up, since what was sealed under the true
    one could not be read.
    """
    path = keyring_path(home)
    if path.exists() or not servers.embedded:
        return keyring.load(path)
    home.mkdir(parents=True, exist_ok=True)
    try:
        keyring.save(keyring.create(os.urandom), path)
    except KeyringError as error:
        # Another process of the same home was first.
        if error.code != "keyring-exists":
            raise
    return keyring.load(path)
