"""What commands that read need: the servers of the home, its keyring, and the home itself."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from events import schema
from events.keyring import Keyring
from services.keys import check, keyring_path, open_keyring
from services.servers import (
    EmbeddedNats,
    Servers,
    ServersError,
    connect,
    home_directory,
    looking_role,
    reading,
)


@contextmanager
def attached() -> Iterator[tuple[Servers, Keyring, Path]]:
    """The running servers of the home, or its PostgreSQL started for the length of the block.

    Nothing is made. Raises ServersError (`home-empty` where the home holds nothing), SchemaError, and
    KeyringError, also for a keyring that is not this database's.
    """
    home = home_directory()
    with reading(home) as servers:
        path = keyring_path(home)
        # Without settings of a viewer: what is asked here every login may ask.
        with connect(servers, looking_role(servers), autocommit=True) as conn:
            schema.check(conn)
            ring = open_keyring(path)
            check(conn, ring, path)
        yield servers, ring, home


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
            "services-not-running",
            f"No NATS runs in this home ({home_directory()}).",
            "Start `bagalau up` in another terminal, or set BAGALAU_NATS_URL.",
        )
    return server.url
