"""`bagalau broker`: the keys of bodies and services on a NATS with accounts, and its configuration."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import AsJson, console, print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.broker import Register

_RegisterFile = Annotated[
    Path | None,
    typer.Option(
        "--register",
        envvar="BAGALAU_BROKER",
        dir_okay=False,
        help="The register of public keys; by default broker.json in the home.",
    ),
]
_SeedFile = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Make a key, and write its seed to this new file, mode 0600."),
]
_PublicKey = Annotated[
    str | None, typer.Option(help="The public key of one who made his key himself and keeps the seed.")
]
_OneKey = Annotated[str | None, typer.Option("--key", help="This public key alone; without it all of them.")]
_Body = Annotated[str, typer.Argument(help="The body's code; `agency` for central HR.")]
_Service = Annotated[
    str,
    typer.Argument(
        help="intake, relay, projector, witness, keeper, clock, up, doctor, destroyer or provisioner."
    ),
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(
        no_args_is_help=True, help="Keys and rights of bodies and services on a NATS of one's own."
    )
    for command in (add_body, add_service, remove_body, remove_service, config, reload, provision):
        group.command(command.__name__.replace("_", "-"))(command)
    group.command("list")(list_users)
    app.add_typer(group, name="broker")


def add_body(
    code: _Body,
    *,
    output: _SeedFile = None,
    public_key: _PublicKey = None,
    file: _RegisterFile = None,
) -> None:
    """Gives a body a key, or one more beside those that it has."""
    _add(file, output, public_key, lambda known, public: known.with_body(code, public))


def add_service(
    name: _Service,
    *,
    output: _SeedFile = None,
    public_key: _PublicKey = None,
    file: _RegisterFile = None,
) -> None:
    """Gives a service a key, or one more beside those that it has; `up` is all services in one process."""
    _add(file, output, public_key, lambda known, public: known.with_service(name, public))


def remove_body(code: _Body, *, key: _OneKey = None, file: _RegisterFile = None) -> None:
    """Takes a body's keys away, or one of them; `config` and a reload then end its connections."""
    from services.broker import read_register, write_register

    path = _path(file)
    write_register(path, read_register(path).without_body(code, key))
    _next()


def remove_service(name: _Service, *, key: _OneKey = None, file: _RegisterFile = None) -> None:
    """Takes a service's keys away, or one of them."""
    from services.broker import read_register, write_register

    path = _path(file)
    write_register(path, read_register(path).without_service(name, key))
    _next()


def list_users(*, file: _RegisterFile = None, as_json: AsJson = False) -> None:
    """Shows whose public key is whose."""
    from services.broker import read_register

    known = read_register(_path(file))
    if as_json:
        print_json(known)
        return
    users = [("body", known.bodies), ("service", known.services)]
    rows = [[kind, name, public] for kind, keys in users for name in sorted(keys) for public in keys[name]]
    print_table("Users of the broker", ["", "who", "public key"], rows)


def config(
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file that nats.conf includes.")
    ] = None,
    file: _RegisterFile = None,
) -> None:
    """Writes the accounts part of nats-server's configuration: public keys and rights, no secret."""
    from services.broker import accounts_file, read_register

    text = accounts_file(read_register(_path(file)))
    if output is None:
        console.print(text, markup=False, highlight=False, soft_wrap=True, end="")
        return
    # Whole or not at all: the server may be told to read it at any moment.
    fresh = output.with_name(f".{output.name}.new")
    fresh.write_text(text, "utf-8")
    fresh.replace(output)


def reload(
    pid_file: Annotated[Path, typer.Argument(help="The pid_file of nats.conf.")],
) -> None:
    """Has nats-server read its configuration anew, twice, since a new account is whole after the second time.

    What it says to it stands in its log. On another machine: `nats-server --signal reload=PID`, twice.
    """
    from services.broker import reload_server

    reload_server(pid_file)


def provision(
    *,
    facts_per_body: Annotated[
        int | None,
        typer.Option(min=1, max=5_000_000, help="Messages of one body that are kept for seven days."),
    ] = None,
    file: _RegisterFile = None,
    as_json: AsJson = False,
) -> None:
    """Makes the streams and each body's durable on the NATS of BAGALAU_NATS_URL, under the provisioner's key.

    Durables of bodies that are no longer registered are removed.
    """
    from services.broker import read_register

    made, gone = asyncio.run(_provision(read_register(_path(file)), facts_per_body))
    if as_json:
        print_json({"made": made, "removed": gone})
        return
    console.print(f"{len(made)} durables made, {len(gone)} removed.", highlight=False)


async def _provision(known: "Register", facts_per_body: int | None) -> tuple[list[str], list[str]]:
    from services import streams
    from services.broker import limit_bodies, provision_bodies
    from services.cli.attached import queue_url
    from services.servers import reach

    client = await reach(queue_url(), name="provisioner")
    try:
        js = client.jetstream()
        await streams.provision(js)
        if facts_per_body is not None:
            await limit_bodies(js, facts_per_body)
        return await provision_bodies(js, known.bodies)
    finally:
        await client.close()


def _add(
    file: Path | None,
    output: Path | None,
    public_key: str | None,
    added: "Callable[[Register, str], Register]",
) -> None:
    from services.broker import new_key, read_register, write_register, write_seed

    if (output is None) == (public_key is None):
        raise typer.BadParameter("give either a file for a new seed or a public key", param_hint="--output")
    path = _path(file)
    known = read_register(path)
    if public_key is not None:
        write_register(path, added(known, public_key))
    else:
        assert output is not None
        key = new_key(os.urandom(32))
        changed = added(known, key.public)
        # First the seed: a key that nobody holds would stand in the register for ever.
        write_seed(output, key)
        write_register(path, changed)
        public_key = key.public
    console.print(public_key, highlight=False)
    _next()


def _next() -> None:
    from services.cli.output import progress_console

    progress_console.print(
        "bagalau: now run `bagalau broker config`, `reload` and `provision`",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )


def _path(file: Path | None) -> Path:
    from services.servers import home_directory

    return file or home_directory() / "broker.json"
