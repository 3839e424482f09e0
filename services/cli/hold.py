"""`bagalau hold`: papers that are kept beyond their term while a case needs them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from services.cli.output import AsJson, console, print_json, print_table
from services.cli.viewing import As, ground_of

if TYPE_CHECKING:
    from events.keyring import Keyring
    from events.log import Connection
    from events.vocabulary.retention import HoldLifted, HoldPlaced
    from services.viewers import Proven

Body = Annotated[str, typer.Option("--body", help="The body's code.")]
Period = Annotated[
    str | None,
    typer.Option(
        metavar="PERIOD", help="A quarter (2026-Q1) or a year with its quarters; without it all papers."
    ),
]
Basis = Annotated[str, typer.Option(help="On what paper it rests, such as a court's case; recorded.")]
By = Annotated[
    str | None,
    typer.Option(
        "--by", metavar="VIEWER", help="Who says so: LEDGER/CODE; by default central HR of this home."
    ),
]
Key = Annotated[
    Path | None, typer.Option("--key", metavar="FILE", exists=True, dir_okay=False, help="His key.")
]
Employee = Annotated[str, typer.Argument(help="The servant's code in the body.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(
        help="Keeps a servant's papers beyond their term while a case needs them.", no_args_is_help=True
    )
    for name, command in (("place", place), ("lift", lift), ("list", list_)):
        group.command(name)(command)
    app.add_typer(group, name="hold")


def place(
    employee: Employee, *, body: Body, basis: Basis, period: Period = None, by: By = None, key: Key = None
) -> None:
    """Places a hold: nothing of it is destroyed until it is lifted, whoever authorises what.

    The body's own HR and central HR may; a body can send HoldPlaced as well. Exit code 1 where it stands
    already.
    """
    from events.vocabulary.retention import HoldPlaced

    seq = _told(body, HoldPlaced(employee=employee, period=period, basis=basis), As(by, key))
    console.print(f"Held; recorded at {seq} of {body}.", highlight=False)


def lift(
    employee: Employee, *, body: Body, basis: Basis, period: Period = None, by: By = None, key: Key = None
) -> None:
    """Lifts a hold, named by the period it was placed for; the papers' own term counts again."""
    from events.vocabulary.retention import HoldLifted

    seq = _told(body, HoldLifted(employee=employee, period=period, basis=basis), As(by, key))
    console.print(f"Lifted; recorded at {seq} of {body}.", highlight=False)


def list_(*, body: Body, by: By = None, key: Key = None, as_json: AsJson = False) -> None:
    """Lists the holds that stand in a body: on whose papers, of which period, why and since when.

    Whom a case concerns is told of, so that it is recorded as a reading of the whole body.
    """
    from services.destroying.holding import standing
    from services.disclosing import disclose

    asked = As(by, key)
    with _session(body, asked) as (conn, keyring, proven):
        disclose(conn, keyring, proven, body, None, "hold list", ground_of(asked))
        found = list(standing(conn, keyring, body))
    if as_json:
        print_json([msgspec.to_builtins(one) for one in found])
        return
    rows = [[one.employee, one.period or "all", one.since, one.basis] for one in found]
    print_table(f"{body}: holds", ["employee", "period", "since", "basis"], rows)


def _told(body: str, data: "HoldPlaced | HoldLifted", by: As) -> int:
    from events.log import today
    from events.period import parse_period
    from services.destroying.holding import tell

    if data.period is not None:
        try:
            parse_period(data.period)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
    with _session(body, by) as (conn, keyring, proven):
        return tell(conn, keyring, body, data, by=proven.code, on=today(conn))


@contextmanager
def _session(body: str, by: As) -> "Iterator[tuple[Connection, Keyring, Proven]]":
    """The writer's session, for one who is proven to have the say over the body's papers."""
    from services.cli.attached import attached
    from services.cli.known_ledgers import check_ledgers
    from services.cli.viewing import proven_in
    from services.destroying.authorising import check_role
    from services.servers import connect

    with (
        attached() as (servers, keyring, home),
        connect(servers, "bagalau_writer", autocommit=True) as conn,
    ):
        check_ledgers(conn, [body])
        proven = proven_in(servers, keyring, home, by)
        check_role(body, proven)
        yield conn, keyring, proven
