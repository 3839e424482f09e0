"""The home directory of the embedded servers, and how long they run."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import msgspec

from services.servers import daemon
from services.servers.address import Servers
from services.servers.connections import given_login
from services.servers.errors import ServersError
from services.servers.nats import EmbeddedNats
from services.servers.postgres import EmbeddedPostgres
from services.servers.users import using


class Given(msgspec.Struct, frozen=True):
    """Which servers of one's own the home was used with."""

    postgres: bool = False
    nats: bool = False


def home_directory() -> Path:
    """BAGALAU_HOME, by default `.bagalau` in the working directory; absolute."""
    return Path(os.environ.get("BAGALAU_HOME") or ".bagalau").absolute()


@contextmanager
def running(home: Path | None = None, *, shared: Callable[[], None] = lambda: None) -> Iterator[Servers]:
    """The servers' addresses, for as long as the block runs.

    BAGALAU_POSTGRES_URL and BAGALAU_NATS_URL win. What they leave out runs embedded under `home`: servers
    that run there already are used, others are started, and whoever is the last of the home's users stops
    them, also those that a killed process left behind. `shared` is called when another uses them already.
    Raises ServersError.
    """
    home = home or home_directory()
    found = addresses(home, new=True)
    with ExitStack() as stack:
        postgres, nats = EmbeddedPostgres(home), EmbeddedNats(home)
        if not (found.postgres_url and found.nats_url):
            made(home)
            others = stack.enter_context(using(home, lambda: stop(home)))
            started = (not found.postgres_url and postgres.start(), not found.nats_url and nats.start())
            if others and not any(started):
                shared()
        yield Servers(
            found.postgres_url or postgres.url, found.nats_url or nats.url, found.embedded, found.migrates
        )


@contextmanager
def reading(home: Path | None = None) -> Iterator[Servers]:
    """As `running`, for what reads the ledgers alone: nothing is made, and NATS is not started.

    PostgreSQL is started for the length of the block where the home holds its data. `nats_url` is empty where
    none is known. Raises ServersError, `home-empty` where there is nothing to read.
    """
    home = home or home_directory()
    found = addresses(home)
    postgres, nats = EmbeddedPostgres(home), EmbeddedNats(home)
    queue = found.nats_url or (nats.url if nats.is_made() else "")
    if found.postgres_url:
        yield Servers(found.postgres_url, queue, migrates=found.migrates)
        return
    if not postgres.is_made():
        raise ServersError(
            "home-empty",
            f"Nothing is in this home ({home}).",
            "Run `bagalau up`, or set BAGALAU_HOME to the home that you mean.",
        )
    with using(made(home), lambda: stop(home)):
        postgres.start()
        yield Servers(postgres.url, queue, embedded=True)


def addresses(home: Path, *, new: bool = False) -> Servers:
    """The servers given by URL; an empty URL stands for an embedded one, whether it was made or not.

    The URL of one role's login alone gives the PostgreSQL too: that machine may not migrate it.
    With `new`, embedded servers may be made in this home. Raises ServersError `postgres-url-forgotten` or
    `nats-url-forgotten` where the home was used with servers of one's own and the variable is not set, and
    `home-unusable`.
    """
    if home.exists() and not home.is_dir():
        raise _unusable(home, "it is no directory")
    migrator, nats_url = os.environ.get("BAGALAU_POSTGRES_URL"), os.environ.get("BAGALAU_NATS_URL")
    postgres_url = migrator or given_login()
    postgres, nats = EmbeddedPostgres(home), EmbeddedNats(home)
    # The URL of the home's own NATS, which an engineer has in his shell, gives nothing from elsewhere.
    if nats_url and nats.is_made() and nats_url == nats.url:
        nats_url = None
    before = _remembered(home)
    if before.postgres and not postgres_url and not postgres.is_made():
        raise _forgotten(home, "postgres", "PostgreSQL")
    if new and before.nats and not nats_url and not nats.is_made():
        raise _forgotten(home, "nats", "NATS")
    migrates = bool(migrator) or not postgres_url
    return Servers(postgres_url or "", nats_url or "", embedded=not postgres_url, migrates=migrates)


def remember(home: Path) -> None:
    """Keeps in the home which servers were given, so that a variable that is forgotten later is told of.

    Without it an empty embedded server would be made instead. Nothing is kept where the home cannot be
    written: services with a keyring of their own place need none.
    """
    found = addresses(home)
    before = _remembered(home)
    now = Given(before.postgres or bool(found.postgres_url), before.nats or bool(found.nats_url))
    if now == before:
        return
    with suppress(OSError):
        (daemon.private_directory(home) / _GIVEN).write_bytes(msgspec.json.encode(now))


def made(home: Path) -> Path:
    """The home, made if need be. Raises ServersError `home-unusable`."""
    try:
        return daemon.private_directory(home)
    except OSError as error:
        raise _unusable(home, error.strerror or type(error).__name__) from None


def stop(home: Path | None = None) -> None:
    """Stops whatever runs embedded under `home`, whoever started it."""
    home = home or home_directory()
    EmbeddedNats(home).stop()
    EmbeddedPostgres(home).stop()


_GIVEN = "given.json"


def _remembered(home: Path) -> Given:
    try:
        return msgspec.json.decode((home / _GIVEN).read_bytes(), type=Given)
    except (OSError, msgspec.DecodeError):
        return Given()


def _forgotten(home: Path, name: str, server: str) -> ServersError:
    variable = f"BAGALAU_{name.upper()}_URL"
    return ServersError(
        f"{name}-url-forgotten",
        f"This home ({home}) was used with a {server} of your own, and {variable} is not set.",
        f"Set {variable}, or choose another BAGALAU_HOME for embedded servers.",
    )


def _unusable(home: Path, why: str) -> ServersError:
    return ServersError(
        "home-unusable", f"The home {home} cannot be used: {why}.", "Set BAGALAU_HOME to another directory."
    )
