"""`bagalau history`: everything that happened to a person's assessments, in order and in words."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from events.period import parse_period
from methodologies.model.clause import Language
from services.cli.output import REFUSED, AsJsonLines, print_line, print_page

if TYPE_CHECKING:
    from services.history import Asked, Recorded


_TO_THE_MINUTE = len("2026-04-10T12:30")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("history")(history)


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
    facts: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Tell it from a file of facts instead of the ledgers; a fact counts as recorded on its day.",
        ),
    ] = None,
    as_json: AsJsonLines = False,
) -> None:
    """Tells every event of a person's assessments: what, who and when, and the result after it.

    With --as-of it ends with the result as it was known then. Exit code 1 when nothing is recorded of what
    is asked for; it tells what is known instead. With --json each event is one object.
    """
    asked = _asked(as_of, period)
    found = (
        _from_ledgers(employee, body, terms=terms)
        if facts is None
        else _from_file(facts, employee, body, terms=terms)
    )
    shown = [_show(recorded, asked, lang, as_json=as_json) for recorded in found]
    if not any(shown):
        typer.echo(_unknown(employee, body, asked, found), err=True)
        raise typer.Exit(REFUSED)


def _asked(as_of: str | None, period: str | None) -> "Asked":
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
    return Asked(at, of)


def _moment(text: str) -> datetime:
    from services.history import ALMATY, end_of

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
    from services.history import ALMATY

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


def _from_ledgers(employee: str, body: str | None, *, terms: bool) -> "list[Recorded]":
    from services.cli.attached import attached
    from services.cli.known_ledgers import check_ledgers
    from services.history import recorded
    from services.servers import connect

    with attached() as (servers, keyring, _), connect(servers, "bagalau_reader", autocommit=True) as conn:
        check_ledgers(conn, [] if body is None else [body])
        return list(recorded(conn, keyring, employee, body, terms=terms))


def _from_file(file: Path, employee: str, body: str | None, *, terms: bool) -> "list[Recorded]":
    from services.history import recorded_in

    with file.open("rb") as lines:
        return list(recorded_in(lines, employee, body, terms=terms))
