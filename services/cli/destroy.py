"""`bagalau destroy`: papers whose years of keeping are over, from what is due to the printed act."""

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from methodologies.model.clause import Language
from services.cli.destroy_told import counted, print_act, show_act, show_due
from services.cli.output import AsJson, console, print_json, print_line, print_table

if TYPE_CHECKING:
    from events.log import Connection, Log
    from services.destroying.running import QueueKeeps
    from services.servers import Servers

Number = Annotated[str, typer.Argument(metavar="ACT", help="The act's number, such as 2029-1.")]
Body = Annotated[str | None, typer.Option("--body", metavar="BODY", help="The body whose act it is.")]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d"],
        metavar="DAY",
        help="Due by this day, today in Almaty without it; only --due may look ahead of today.",
    ),
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(
        help="Destroys papers whose years of keeping are over; two people authorise it.",
        invoke_without_command=True,
    )
    group.callback()(destroy)
    for name, command in (
        ("draw", draw),
        ("authorise", authorise),
        ("run", run),
        ("act", act),
        ("list", list_acts),
    ):
        group.command(name)(command)
    app.add_typer(group, name="destroy")


def destroy(
    context: typer.Context,
    *,
    due: Annotated[bool, typer.Option("--due", help="List what is due, by body and year.")] = False,
    body: Body = None,
    as_of: AsOf = None,
    lang: Annotated[Language, typer.Option(help="The language of the reasons.")] = "en",
    as_json: AsJson = False,
) -> None:
    """What is due, and why the rest is kept; counts alone, which name nobody.

    Papers are due the day after three years from completion, as their act says; a pending appeal or
    calibration, a hold, or a later document that needs them keeps them.
    """
    if context.invoked_subcommand is not None:
        return
    if not due:
        console.print(context.get_help())
        raise typer.Exit
    from events.envelope import AGENCY
    from events.log import heads
    from services.cli.known_ledgers import check_ledgers
    from services.destroying.authorising import look

    with _destroyer() as (conn, log, _, _):
        check_ledgers(conn, [body] if body else [])
        day = _day(conn, as_of)
        ledgers = [body] if body else [one.ledger for one in heads(conn) if one.ledger != AGENCY]
        found = {ledger: look(conn, log, ledger, day) for ledger in ledgers}
    if as_json:
        print_json(
            {"as_of": day, "bodies": [counted(ledger, verdicts) for ledger, verdicts in found.items()]}
        )
        return
    for ledger, verdicts in found.items():
        show_due(ledger, verdicts, day, lang)


def draw(number: Number, *, body: Annotated[str, typer.Option("--body")], as_of: AsOf = None) -> None:
    """Draws up an act: the list of what is due in a body, which two people then authorise as it stands.

    Exit code 1 for a day after today (`not-due-yet`).
    """
    from events.log import today
    from services.cli.known_ledgers import check_ledgers
    from services.destroying.authorising import draw as drawn

    with _destroyer() as (conn, log, _, _):
        check_ledgers(conn, [body])
        made = drawn(conn, log, body, number, as_of=_day(conn, as_of), on=today(conn))
    show_act(made)


def authorise(
    number: Number,
    *,
    by: Annotated[str, typer.Option("--by", metavar="VIEWER", help="Who authorises: LEDGER/CODE.")],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", exists=True, dir_okay=False, help="His key.")],
    body: Body = None,
    as_of: AsOf = None,
) -> None:
    """Authorises an act under one's own key: the body's HR or central HR, two different people with two keys.

    With --body an act of a new number is drawn up first; --as-of is for that alone.
    """
    from events.log import today
    from services.destroying import acts
    from services.destroying.authorising import authorise as authorised
    from services.destroying.authorising import draw as drawn
    from services.servers import connect
    from services.viewers import prove
    from services.viewers.looking import SYSTEM_LOGIN

    with _destroyer() as (conn, log, servers, _):
        with connect(servers, SYSTEM_LOGIN, autocommit=True) as proving:
            person = prove(proving, log.keyring, by, key)
        if body is not None and not acts.load(conn, log, body, number).is_listed:
            drawn(conn, log, body, number, as_of=_day(conn, as_of), on=today(conn))
        found = acts.find(conn, log, number, body)
        show_act(authorised(conn, log, found, person, on=today(conn)))


def run(number: Number, *, body: Body = None, as_json: AsJson = False) -> None:
    """Destroys what an act lists, once both authorised it; broken off, it is run again and finishes.

    What was held, appealed or changed since is left out and named. At the end every key that lives is wrapped
    anew and the old key-encryption key is erased from the keyring: copies of the keyring elsewhere are to be
    destroyed by those who keep them. Services go on meanwhile.
    """
    from services.cli.progress import bar
    from services.destroying import acts
    from services.destroying.running import Destroyer
    from services.destroying.words import word
    from services.keys import keyring_path
    from services.servers import connect

    with (
        _destroyer() as (conn, log, servers, home),
        connect(servers, "bagalau_projector", autocommit=True) as projector,
    ):
        found = acts.find(conn, log, number, body)
        with bar() as progress:
            task = progress.add_task("destroying documents", total=len(found.documents))
            destroyer = Destroyer(
                conn,
                projector,
                log.keyring,
                keyring_path(home),
                _queue(home),
                told=lambda count: progress.advance(task, count),
            )
            done = destroyer.run(found.ledger, found.number)
    if as_json:
        print_json(
            {
                "body": found.ledger,
                "act": found.number,
                "destroyed": done.destroyed,
                "left": done.left,
                "wrapped": done.rotated.wrapped,
                "unopened": done.rotated.unopened,
                "kek": done.rotated.kek,
            }
        )
        return
    told = (
        f"{done.destroyed} documents of {found.ledger} were destroyed under act {found.number},"
        f" {len(done.left)} were left out. {done.rotated.wrapped} keys are wrapped under key-encryption key"
        f" {done.rotated.kek}; the old one is erased from this keyring. Destroy the old copies of it that you"
        " keep elsewhere."
    )
    console.print(told, highlight=False)
    if done.left:
        rows = [[one.stream, word(one.kind, "en"), one.period, word(one.reason, "en")] for one in done.left]
        print_table("Left out", ["stream", "document", "period", "why"], rows)


def act(
    number: Number,
    *,
    body: Body = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write it there.")
    ] = None,
    lang: Annotated[Language, typer.Option(help="The language of the act.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Prints an act of destruction: number, days, who authorised it, every document by its stream alone."""
    import msgspec

    from services.destroying import acts
    from services.destroying.printed import printed, told

    with _destroyer() as (conn, log, _, _):
        found = acts.find(conn, log, number, body)
        if as_json:
            lines = [msgspec.json.encode(told(conn, log.keyring, found)).decode()]
        else:
            lines = list(printed(conn, log.keyring, found, lang))
    if output is not None:
        output.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    elif as_json:
        print_line(lines[0].encode())
    else:
        print_act(lines)


def list_acts(*, body: Body = None, as_json: AsJson = False) -> None:
    """Lists the acts of destruction: of which body, how far, and by whom authorised."""
    from events.envelope import AGENCY
    from events.log import heads
    from services.destroying.acts import acts

    with _destroyer() as (conn, log, _, _):
        ledgers = [body] if body else [one.ledger for one in heads(conn) if one.ledger != AGENCY]
        found = [one for ledger in ledgers for one in acts(conn, log, ledger)]
    rows = [
        {
            "body": one.ledger,
            "act": one.number,
            "state": one.state,
            "as_of": one.as_of,
            "documents": len(one.documents),
            "destroyed": len(one.destroyed),
            "authorised": [f"{said.by_of}/{said.by}" for said in one.authorisations],
        }
        for one in found
    ]
    if as_json:
        print_json(rows)
        return
    print_table("Acts of destruction", list(rows[0]) if rows else [], [_cells(one) for one in rows])


def _cells(row: dict[str, Any]) -> list[object]:
    return [", ".join(value) if isinstance(value, list) else value for value in row.values()]


@contextmanager
def _destroyer() -> "Iterator[tuple[Connection, Log, Servers, Path]]":
    from events.log import Log
    from services.cli.attached import attached
    from services.servers import connect

    with (
        attached() as (servers, keyring, home),
        connect(servers, "bagalau_destroyer", autocommit=True, application_name="bagalau-destroy") as conn,
    ):
        yield conn, Log(keyring), servers, home


def _day(conn: "Connection", as_of: datetime | None) -> date:
    from events.log import today

    return today(conn) if as_of is None else as_of.date()


def _queue(home: Path) -> "QueueKeeps":
    """Asks the broker, which is started for it where it is the home's own and does not run."""
    from services.destroying.queue import kept_until
    from services.servers import running
    from services.servers.reaching import reach

    async def ask(url: str, body: str, facts: Collection[UUID]) -> datetime | None:
        client = await reach(url, name="destroyer")
        try:
            return await kept_until(client.jetstream(), body, facts)
        finally:
            await client.close()

    def asked(body: str, facts: Collection[UUID]) -> datetime | None:
        with running(home) as found:
            return asyncio.run(ask(found.nats_url, body, facts))

    return asked
