"""`bagalau statistics`: how many results of each grade, told to anybody, and nobody's own among them."""

from typing import TYPE_CHECKING, Annotated

import typer

from methodologies.model.clause import Language
from services.cli.grade_words import COLUMNS, heading
from services.cli.output import AsJson, console, print_json, print_table

if TYPE_CHECKING:
    from projections.statistics import Statistics
    from services.servers import Servers

_WITHHELD = "too few were given one of the grades, or all the same, and counts would tell somebody's own"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("statistics")(statistics)


def statistics(
    period: Annotated[str, typer.Argument(help="A quarter (2026-Q1) or a year (2026).")],
    *,
    fewest: Annotated[
        int, typer.Option(min=5, metavar="K", help="Withhold a body where a grade was given to fewer.")
    ] = 5,
    lang: Annotated[Language, typer.Option(help="The language to tell it in.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Counts results by body and grade, for anybody: reports, the press, another body.

    No viewer is asked for and no disclosure is recorded, since the database withholds what would tell
    somebody's own result: bodies where a grade was given to fewer than K or to everybody, and further bodies
    from which those could be worked out. Of a period that is not over nothing is told.
    """
    from projections.statistics import statistics as counted
    from services.cli.attached import attached
    from services.servers import connect

    with attached() as (servers, _, _):
        with connect(servers, "bagalau_reader", autocommit=True) as conn:
            try:
                found = counted(conn, period, fewest)
            except ValueError as error:
                raise typer.BadParameter(str(error), param_hint="PERIOD") from None
        why = None if found.total else _why(servers, found)
    if as_json:
        print_json({**_plain(found), "withheld": found.withheld})
    else:
        _show(found, lang, why)


def _why(servers: "Servers", found: "Statistics") -> str:
    """Why nothing is told of a period."""
    from projections.statistics import has_results
    from services.servers import ServersError, connect
    from services.viewers.looking import SYSTEM_LOGIN

    if not found.is_over:
        return "the period is not over, and results that come one by one would tell somebody's own"
    try:
        # The reader's own login is shown no row, whether there are any or not.
        with connect(servers, SYSTEM_LOGIN, autocommit=True) as conn:
            return _WITHHELD if has_results(conn, found.period) else "there are no results"
    except ServersError:
        return f"there are no results, or {_WITHHELD}"


def _plain(found: "Statistics") -> dict[str, object]:
    return {
        "period": found.period,
        "is_over": found.is_over,
        "fewest": found.fewest,
        "bodies": found.bodies,
        "total": found.total,
    }


def _show(found: "Statistics", lang: Language, why: str | None) -> None:
    if why is not None:
        console.print(f"Nothing can be told of {found.period}: {why}.", highlight=False)
        return
    grades = sorted(found.total, key=lambda grade: COLUMNS.index(grade) if grade in COLUMNS else len(COLUMNS))
    rows = [[body, *(counts.get(grade, 0) for grade in grades)] for body, counts in found.bodies.items()]
    rows.append(["", *(found.total[grade] for grade in grades)])
    print_table(found.period, [heading("body", lang), *(heading(one, lang) for one in grades)], rows)
    if found.withheld:
        console.print(
            f"{found.withheld} results stand in the last line alone: by body they would tell somebody's own.",
            highlight=False,
        )
