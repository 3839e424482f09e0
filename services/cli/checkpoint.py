"""`bagalau checkpoint`: signed heads for those outside, and their countersignatures."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import AsJson, console, print_json, print_line, progress_console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.publishing import Published

app = typer.Typer(help="Publishes signed heads of the ledgers; a body keeps and countersigns them.")

Out = Annotated[
    Path | None, typer.Option("--output", "-o", dir_okay=False, help="A file to write instead of printing.")
]


def register(application: typer.Typer) -> None:
    """Adds the command and what is below it."""
    application.add_typer(app, name="checkpoint")


@app.callback(invoke_without_command=True)
def publish(
    context: typer.Context,
    *,
    ledger: Annotated[
        list[str] | None,
        typer.Option("--ledger", help="Which ledger; repeated for several, all that hold events without it."),
    ] = None,
    since: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Checkpoints held before: each new one comes with its proof."
        ),
    ] = None,
    output: Out = None,
    as_json: AsJson = False,
) -> None:
    """Prints the head of each ledger as a signed note (C2SP), and keeps it in the home as the witness does.

    Exit code 1, and nothing signed, for a ledger that does not extend what was signed before.
    """
    if context.invoked_subcommand is not None:
        return
    from services.cli.attached import attached
    from services.cli.known_ledgers import check_ledgers
    from services.publishing import publish as published
    from services.servers import connect
    from services.verifying import read_checkpoints

    with (
        attached() as (servers, keyring, home),
        connect(servers, "bagalau_auditor", autocommit=True) as conn,
    ):
        check_ledgers(conn, ledger or ())
        held = read_checkpoints([since], keyring) if since else None
        heads = list(published(conn, keyring, home, ledger or (), held))
    if as_json:
        print_json({"checkpoints": [_object(one) for one in heads]})
    _write(output, [one.text for one in heads], silent=as_json)


@app.command("keys")
def keys(
    key: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="A countersigner's private key (PEM), for its own."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="The countersigner's name; the file's without it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Prints the keys that verify checkpoints, as `name+id+key` (C2SP): of each ledger, or of a PEM.

    Hand them to those outside by another way than the checkpoints.
    """
    from services.countersigning import Cosigner, load_key

    if key is not None:
        found = [Cosigner(load_key(key.read_bytes()), name or key.stem).verifier.vkey]
    else:
        found = _of_ledgers()
    if as_json:
        print_json({"keys": found})
        return
    for vkey in found:
        console.print(vkey, soft_wrap=True, highlight=False, markup=False)


@app.command("countersign")
def countersign(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="Checkpoints, as `bagalau checkpoint` prints.")
    ],
    *,
    key: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="An Ed25519 private key in PEM.")],
    name: Annotated[str | None, typer.Option(help="Whose it is; the key file's name without it.")] = None,
    log_key: Annotated[
        list[str] | None,
        typer.Option(
            "--log-key",
            metavar="KEY",
            help="A ledger's key, a line of `bagalau checkpoint keys`; repeated for each ledger of the file.",
        ),
    ] = None,
    seen: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="What was countersigned before; the new ones are added to it."),
    ] = None,
    output: Out = None,
    as_json: AsJson = False,
) -> None:
    """Countersigns checkpoints (C2SP cosignature v1), with no server: each is what was seen, and when.

    With --seen one that does not provably extend what was countersigned before is refused; nothing is
    written then.
    """
    from events.checkpoint import parse_vkey
    from services.countersigning import Cosigner, load_key, seen_before, shown_in
    from services.countersigning import countersign as countersigned

    cosigner = Cosigner(load_key(key.read_bytes()), name or key.stem)
    before = seen_before(seen.read_bytes(), cosigner) if seen and seen.exists() else {}
    trusted = [parse_vkey(text) for text in log_key or ()]
    at = int(time.time())
    notes = [countersigned(shown, cosigner, before, trusted, at) for shown in shown_in(file.read_bytes())]
    if not trusted:
        progress_console.print("The ledgers' own signatures were not checked: name their keys by --log-key.")
    if seen is not None:
        with seen.open("a", encoding="utf-8") as kept:
            kept.writelines(f"{note}\n" for note in notes)
    if as_json:
        print_json({"countersigned": notes, "key": cosigner.verifier.vkey})
    _write(output, notes, silent=as_json)


def _of_ledgers() -> list[str]:
    from services.cli.attached import attached
    from services.publishing import log_keys
    from services.servers import connect

    with (
        attached() as (servers, keyring, _),
        connect(servers, "bagalau_auditor", autocommit=True) as conn,
    ):
        return [one.vkey for one in log_keys(conn, keyring)]


def _write(output: Path | None, notes: "Sequence[str]", *, silent: bool) -> None:
    if output is not None:
        output.write_text("".join(f"{note}\n" for note in notes), encoding="utf-8")
        progress_console.print(
            f"{len(notes)} checkpoint{'' if len(notes) == 1 else 's'} written to {output}.",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    elif not silent:
        for note in notes:
            print_line(note.encode())


def _object(one: "Published") -> dict[str, object]:
    return {
        "ledger": one.ledger,
        "size": one.size,
        "root": one.root.hex(),
        "note": one.note,
        "since": one.since,
        "proof": [each.hex() for each in one.proof],
    }
