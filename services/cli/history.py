"""`bagalau history`: everything that happened to a person's assessments, in order and in words."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from events.period import parse_period
from methodologies.model.clause import Language
from services.cli.output import REFUSED, AsJsonLines, print_line, print_page
from services.cli.viewing import As, looking, reading

if TYPE_CHECKING:
    from services.destroying.remembered import Remembered
    from services.history import Asked, Recorded


_TO_THE_MINUTE = len("2026-04-10T12:30")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("history")(history)


@reading
def history(
    employee: Annotated[str, typer.Argument(help="The employee's code in his body.")],
    *,
    body: Annotated[
        str | None, typer.Option(help="The body's code, where several know the employee.")
    ] = None,
    period: Annotated[
        str | None, typer.Option(help="Only of a quarter (2026-Q1), or of a year (2026) and its quarters.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="T",
            help="Only what was recorded by then, under the law of then: a day or a minute, up to its end,"
            " or a time, in Almaty unless it names another zone.",
        ),
    ] = None,
    lang: Annotated[Language, typer.Option(help="The language to tell it in.")] = "en",
    terms: Annotated[bool, typer.Option("--terms", help="Also how the procedure's terms were met.")] = False,
    disclosures: Annotated[
        bool, typer.Option("--disclosures", help="Also who was shown his results, and the keys of viewers.")
    ] = False,
    facts: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Tell it from a file of facts instead of the ledgers; a fact counts as recorded on its day.",
        ),
    ] = None,
    as_json: AsJsonLines = False,
    reader: As,
) -> None:
    """Tells every event of a person's assessments: what, who and when, and the result after it.

    With --as-of it ends with the result as it was known then. The servant himself is told what a panel
    decided and not how each member voted; a commission votes openly. Exit code 1 when nothing is recorded of
    what is asked for; it tells what is known instead. With --json each event is one object.
    """
    asked = _asked(as_of, period, disclosures=disclosures)
    gone: list[Remembered] = []
    found = (
        _from_ledgers(employee, body, reader, gone, terms=terms)
        if facts is None
        else _from_file(facts, employee, body, terms=terms)
    )
    shown = [_show(recorded, asked, lang, as_json=as_json) for recorded in found]
    told = [one for one in gone if asked.holds(one.period) and asked.at is None]
    _show_gone(told, lang, as_json=as_json)
    if not any(shown) and not told:
        typer.echo(_unknown(employee, body, asked, found), err=True)
        raise typer.Exit(REFUSED)


def _asked(as_of: str | None, period: str | None, *, disclosures: bool) -> "Asked":
    from services.history import Asked

    try:
        of = None if period is None else str(parse_period(period))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--period") from None
    try:
        at = None if as_of is None else _moment(as_of)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            "expected a day such as 2026-04-10 or a time such as 2026-04-10T18:00", param_hint="--as-of"
        ) from None
    return Asked(at, of, disclosures=disclosures)


def _moment(text: str) -> datetime:
    from events.zone import ALMATY
    from services.history import end_of

    if len(text) == len("2026-04-10"):
        return end_of(date.fromisoformat(text))
    at = datetime.fromisoformat(text)
    if len(text) == _TO_THE_MINUTE:
        # The page shows minutes, and what it shows is asked for.
        at += timedelta(seconds=59, microseconds=999_999)
    return at.replace(tzinfo=ALMATY) if at.tzinfo is None else at


def _show(recorded: "Recorded", asked: "Asked", lang: Language, *, as_json: bool) -> bool:
    """Prints what is asked for of one body's history; False where there is nothing of it."""
    from services.history_page import page, to_json

    known = asked.known(recorded)
    entries = asked.told(known)
    if as_json:
        for entry in entries:
            print_line(to_json(known, entry, lang))
    elif entries:
        print_page(page(known, entries, asked, lang))
    return bool(entries)


def _unknown(employee: str, body: str | None, asked: "Asked", found: Sequence["Recorded"]) -> str:
    where = "any body" if body is None else f"the body {body}"
    if not found:
        return (
            f"No employee {employee} is known in {where}. Codes are the body's own;"
            " `bagalau grades --body BODY` lists them."
        )
    from events.zone import ALMATY

    by = "" if asked.at is None else f" by {asked.at.isoformat(sep=' ', timespec='minutes')}"
    of = "" if asked.period is None else f" for {asked.period}"
    first = min(recorded.first_recorded_at for recorded in found).astimezone(ALMATY)
    since = (
        ""
        if asked.at is None
        else f" The first was recorded at {first.isoformat(sep=' ', timespec='minutes')}."
    )
    periods = sorted({period for recorded in found for period in recorded.periods})
    known = f" Known periods: {', '.join(periods) or 'none'}."
    return f"No event of {employee}{of} was recorded{by} in {where}.{since}{known}"


def _show_gone(gone: "Sequence[Remembered]", lang: Language, *, as_json: bool) -> None:
    """What of it was destroyed since: that much is known, and no more."""
    from msgspec.json import encode

    from services.destroying.remembered import sentence

    for one in gone:
        if as_json:
            print_line(encode(one))
        else:
            typer.echo(sentence(one, lang))


def _from_ledgers(
    employee: str, body: str | None, reader: As, gone: "list[Remembered]", *, terms: bool
) -> "list[Recorded]":
    from msgspec.structs import replace

    from services.cli.known_ledgers import check_ledgers
    from services.destroying.remembered import destroyed_of
    from services.history import recorded

    found: list[Recorded] = []
    with looking(reader, "history") as here:
        check_ledgers(here.reader, [] if body is None else [body])
        for ledger in here.ledgers(body):
            with here.of_person(ledger, employee, papers=True, rows=False) as shown:
                # Nobody is known there any more for one who may see whatever there is.
                gone += destroyed_of(here.system, here.keyring, ledger, employee)
                if shown is not None:
                    held = recorded(
                        shown.conn, here.keyring, employee, ledger, terms=terms, beside=shown.beside
                    )
                    found += (replace(one, is_own=shown.right == "own") for one in held)
    return found


def _from_file(file: Path, employee: str, body: str | None, *, terms: bool) -> "list[Recorded]":
    from services.history import recorded_in
    from services.signatures import trust_from_environment

    with file.open("rb") as lines:
        return list(recorded_in(lines, employee, body, terms=terms, trust=trust_from_environment()))
