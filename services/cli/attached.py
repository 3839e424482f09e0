"""What commands that read need: the servers of the home, its keyring, and the home itself."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from events.keyring import Keyring
from services.keys import keyring_path, open_keyring
from services.servers import EmbeddedNats, Servers, ServersError, home_directory, running


@contextmanager
def attached() -> Iterator[tuple[Servers, Keyring, Path]]:
    """The running servers of the home, or the same started for the length of the block.

    Raises ServersError, and KeyringError where nothing was ever sealed in this home.
    """
    home = home_directory()
    # The keyring first: where there is none, there is nothing to start servers for.
    keyring = open_keyring(keyring_path(home))
    with running(home) as servers:
        yield servers, keyring, home


def queue_url() -> str:
    """The NATS that services of this home listen on.

    Raises ServersError `services-not-running` where none runs: facts would wait for receipts in vain.
    """
    given = os.environ.get("BAGALAU_NATS_URL")
    if given:
        return given
    server = EmbeddedNats(home_directory())
    if not server.is_running():
        raise ServersError(
            "services-not-running", "No NATS runs in this home.", "Start `bagalau up` in another terminal."
        )
    return server.url
