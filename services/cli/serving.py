"""`bagalau up` and `bagalau serve`: the services, all in one process or one alone."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import progress_console

if TYPE_CHECKING:
    from events.keyring import Keyring
    from services.servers import Servers


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("up")(up)
    app.command("serve")(serve)


Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Log what each service does.")]


def up(*, verbose: Verbose = False) -> None:
    """Runs all services in one process until it is stopped (Ctrl-C or SIGTERM).

    Servers are embedded under `BAGALAU_HOME` (by default `.bagalau`) unless `BAGALAU_POSTGRES_URL` and
    `BAGALAU_NATS_URL` are set. The database is migrated first, and the keyring is made on the first run:
    back it up, what it sealed cannot be read without it. Embedded servers that end are started again; a
    second `up` in the same home shares them.
    """
    from services.system import SERVICES

    _run(SERVICES, verbose=verbose)


def serve(
    service: Annotated[str, typer.Argument(help="intake, projector, relay, witness, keeper or clock.")],
    *,
    verbose: Verbose = False,
) -> None:
    """Runs one service; several of a kind share the work, on one machine or many."""
    from services.system import SERVICES

    if service not in SERVICES:
        raise typer.BadParameter(f"expected one of {', '.join(SERVICES)}", param_hint="SERVICE")
    _run((service,), verbose=verbose)


def _run(names: tuple[str, ...], *, verbose: bool) -> None:
    from services.logs import configure
    from services.servers import home_directory, running
    from services.system import prepare

    configure(verbose=verbose)
    home = home_directory()
    with running(home, shared=lambda: _say(f"sharing the servers of {home} with another process")) as servers:
        keyring = prepare(home, servers, names)
        _tell_queue(home, servers)
        asyncio.run(_until_stopped(home, servers, keyring, names))


def _tell_queue(home: Path, servers: "Servers") -> None:
    from services.servers import EmbeddedNats

    own = EmbeddedNats(home)
    if own.is_made() and own.url == servers.nats_url:
        _say(f"the URL of this home's NATS, a secret, is in {own.url_file}")


async def _until_stopped(home: Path, servers: "Servers", keyring: "Keyring", names: tuple[str, ...]) -> None:
    from services.system import serve as serve_all
    from services.system import services, stop_on_signals, supervisor

    stop = asyncio.Event()
    stop_on_signals(stop)
    runners = services(home)
    await serve_all(
        servers,
        keyring,
        [*(runners[name] for name in names), supervisor(home)],
        stop,
        ready=lambda: _say(f"{', '.join(names)}: ready"),
    )


def _say(what: str) -> None:
    progress_console.print(f"bagalau: {what}", highlight=False, markup=False, soft_wrap=True)
