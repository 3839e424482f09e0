"""`bagalau signing-digest`: what is to be signed of a file of facts, with no servers."""

from base64 import b64encode
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from services.cli.output import REFUSED, print_error_line, print_line


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("signing-digest")(signing_digest)


def signing_digest(
    file: Annotated[
        typer.FileBinaryRead,
        typer.Argument(help="Facts, one JSON envelope per line (.jsonl); `-` reads standard input."),
    ],
    *,
    fact: Annotated[list[str] | None, typer.Option("--fact", help="Only the fact of this id.")] = None,
    sign: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="An Ed25519 private key (PEM) to sign with, for tests."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="What it prints is JSON in any case.")] = True,  # noqa: ARG001
) -> None:
    """Prints what each sheet's and protocol's signature is made over, in the order of the file.

    One JSON object a line: the fact's `id`, `body` and `type`, the `content`, and the `digest` in hex, whose
    32 bytes are signed; with --sign the `signature` as the fact carries it. The file holds what came before,
    and the facts to be signed at their places. Each refused fact is one JSON object a line on standard error;
    exit code 1 when there was any.
    """
    from services.countersigning import load_key
    from services.offline import Ledgers
    from services.signing_digests import Refused, signing_digests

    key = load_key(sign.read_bytes()) if sign else None
    wanted, refused = {each.lower() for each in fact or ()}, 0
    for found in signing_digests(Ledgers(), file):
        if isinstance(found, Refused):
            refused += 1
            print_error_line(msgspec.json.encode({"id": found.id, "problem": found.problem}))
        elif not wanted or str(found.id) in wanted:
            told = {
                "id": found.id,
                "body": found.body,
                "type": found.type,
                "digest": found.digest.hex(),
                "content": found.content,
            }
            if key is not None:
                told["signature"] = b64encode(key.sign(found.digest)).decode()
            print_line(msgspec.json.encode(told))
    if refused:
        raise typer.Exit(REFUSED)
