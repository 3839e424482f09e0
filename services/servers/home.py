"""The home directory of the embedded servers, and how long they run."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from services.servers.address import Servers
from services.servers.nats import EmbeddedNats
from services.servers.postgres import EmbeddedPostgres


def home_directory() -> Path:
    """BAGALAU_HOME, by default `.bagalau` in the working directory; absolute."""
    return Path(os.environ.get("BAGALAU_HOME") or ".bagalau").absolute()


@contextmanager
def running(home: Path | None = None) -> Iterator[Servers]:
    """The servers' addresses, for as long as the block runs.

    BAGALAU_POSTGRES_URL and BAGALAU_NATS_URL win. What they leave out runs embedded under `home`: servers
    that run there already are used and left running, others are started, and stopped at the end. Servers
    whose starter was killed stay, and the next to come uses them. Raises ServersError.
    """
    home = home or home_directory()
    given_postgres, given_nats = os.environ.get("BAGALAU_POSTGRES_URL"), os.environ.get("BAGALAU_NATS_URL")
    with ExitStack() as started:
        postgres_url, nats_url = given_postgres, given_nats
        if not postgres_url:
            postgres = EmbeddedPostgres(home)
            if postgres.start():
                started.callback(postgres.stop)
            postgres_url = postgres.url
        if not nats_url:
            nats = EmbeddedNats(home)
            if nats.start():
                started.callback(nats.stop)
            nats_url = nats.url
        yield Servers(postgres_url, nats_url, embedded=not given_postgres)


def stop(home: Path | None = None) -> None:
    """Stops whatever runs embedded under `home`, whoever started it."""
    home = home or home_directory()
    EmbeddedNats(home).stop()
    EmbeddedPostgres(home).stop()
