"""`bagalau clock`: one pass of the clock by hand."""

from datetime import date, datetime
from typing import Annotated

import typer

from services.cli.output import REFUSED, AsJson, console, print_json, print_table


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("clock")(clock)


def clock(
    *,
    today: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="DAY", help="As on this day; without it, as today in Almaty."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Does what is due by a day: issues sheets, forms years, carries between bodies, marks terms.

    The services do it by themselves; this is for those who do not run the clock, and for trials on another
    day. What is recorded stands for good, and nothing is recorded twice. Exit code 1 when a ledger failed.
    """
    from events.log import Log
    from events.log import today as today_in_almaty
    from services.cli.attached import attached
    from services.clock.passing import pass_over
    from services.servers import connect

    with attached() as (servers, keyring, _), connect(servers, "bagalau_writer", autocommit=True) as conn:
        day: date = today_in_almaty(conn) if today is None else today.date()
        done = pass_over(conn, Log(keyring), day)
    if as_json:
        print_json(done)
    else:
        print_table(
            f"Recorded as on {day}",
            ["body", "event", "count"],
            [
                [ledger, type_, count]
                for ledger, types in done.recorded.items()
                for type_, count in types.items()
            ],
        )
        if done.unnamed:
            console.print(f"Sheets that wait until their body names who assesses: {done.unnamed}.")
        if done.failed:
            console.print(f"{done.failed} employees are left to people: their documents cannot be read.")
        for ledger, why in done.failing.items():
            console.print(f"{ledger}: not looked through: {why}")
    if done.failing:
        raise typer.Exit(REFUSED)
