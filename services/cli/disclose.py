"""`bagalau disclose`: an extract of a result for whoever the law lets have it, recorded before it is made."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from events.period import parse_period
from methodologies.model.clause import Language
from services.cli.output import REFUSED, AsJson, console, print_json, print_page
from services.cli.viewing import As, looking, reading

if TYPE_CHECKING:
    from services.disclosing import Disclosure
    from services.extract import Extract
    from services.viewers.looking import Looking, Shown


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("disclose")(disclose)


@reading
def disclose(
    employee: Annotated[str, typer.Argument(help="The servant's code in his body.")],
    period: Annotated[str, typer.Argument(help="A quarter (2026-Q1) or a year (2026).")],
    *,
    body: Annotated[str, typer.Option(help="The body's code.")],
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", dir_okay=False, help="Write it there too, as JSON."),
    ] = None,
    lang: Annotated[Language, typer.Option(help="The language of the extract.")] = "en",
    as_json: AsJson = False,
    reader: As,
) -> None:
    """Makes the extract of a result that a law obliges to give out, and records that it is given.

    Needs --ground access-to-information or court, and --basis with the request. Under the law on access to
    information only what is restricted is withheld: names and codes of people, codes of positions, free text,
    numbers of protocols, signatures, single votes of a panel. A court is given everything. HR of the body and
    central HR make extracts. Exit code 1 when nothing is known for the period.
    """
    from services.cli.known_ledgers import check_ledgers
    from services.viewers.rights import check_extract

    if out is not None and out.exists():
        raise typer.BadParameter(f"{out} is there already", param_hint="--output")
    ground = reader.ground
    if ground not in {"access-to-information", "court"} or not (reader.basis or "").strip():
        raise typer.BadParameter(
            "give --ground access-to-information or court, and --basis with the request or the case",
            param_hint="--ground",
        )
    try:
        of = str(parse_period(period))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="PERIOD") from None
    with looking(reader, f"disclose {of}") as here:
        check_ledgers(here.reader, [body])
        check_extract(here.proven, body)
        with here.of_person(body, employee, of, papers=True) as shown:
            made = None if shown is None else _made(here, shown, (body, employee, of), reader, lang)
    if made is None:
        typer.echo(f"Nothing is known of {employee} for {of} in the body {body}.", err=True)
        raise typer.Exit(REFUSED)
    _give(*made, out, lang, as_json=as_json)


def _made(
    here: "Looking", shown: "Shown", of: tuple[str, str, str], reader: As, lang: Language
) -> "tuple[Extract, Disclosure] | None":
    from services.explaining import explained
    from services.extract import extract
    from services.history import recorded

    body, employee, period = of
    assert shown.disclosure is not None
    assert reader.basis is not None
    ground: Literal["access-to-information", "court"] = (
        "court" if reader.ground == "court" else "access-to-information"
    )
    held = next(recorded(shown.conn, here.keyring, employee, body), None)
    found = tuple(explained(shown.conn, here.keyring, employee, period, body))
    if held is None or not found:
        return None
    return extract(held, found, period, (ground, reader.basis), lang), shown.disclosure


def _give(
    made: "Extract", disclosure: "Disclosure", out: Path | None, lang: Language, *, as_json: bool
) -> None:
    import msgspec

    from services.extract_page import page, to_json

    given = to_json(made, disclosure)
    if out is not None:
        with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(given)) + b"\n")
    if as_json:
        print_json(given)
        return
    print_page(page(made, disclosure, lang))
    if out is not None:
        console.print(f"The extract is in {out}.", highlight=False, markup=False)
