"""`bagalau explain`: a grade's whole calculation, clause by clause, in the reader's language."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from events.period import parse_period
from methodologies.model.clause import Language
from services.cli.output import REFUSED, AsJson, console, print_line

if TYPE_CHECKING:
    from methodologies.registry import Law
    from projections.grade import Grade


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("explain")(explain)


def explain(
    employee: Annotated[str, typer.Argument(help="The employee's code in his body.")],
    period: Annotated[str, typer.Argument(help="A quarter (2026-Q1) or a year (2026).")],
    *,
    body: Annotated[
        str | None, typer.Option(help="The body's code, where several know the employee.")
    ] = None,
    lang: Annotated[Language, typer.Option(help="The language to explain in.")] = "en",
    facts: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Explain from a file of facts instead of the ledgers."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Explains a grade: every step from the marks to the grade, each with its clause of the act.

    Exit code 1 when nothing is known of the employee for the period.
    """
    from projections.grade import to_json
    from services.explanation_page import page

    try:
        parse_period(period)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="PERIOD") from None
    found = _from_file(facts, employee, period, body) if facts else _from_ledgers(employee, period, body)
    for grade, law in found:
        if as_json:
            print_line(to_json(grade))
        else:
            for line in page(grade, law, lang):
                console.print(line, highlight=False, markup=False)
    if not found:
        console.print(f"Nothing is known of {employee} for {period}.", highlight=False)
        raise typer.Exit(REFUSED)


def _from_ledgers(employee: str, period: str, body: str | None) -> "list[tuple[Grade, Law]]":
    from services.cli.attached import attached
    from services.explaining import explained
    from services.servers import connect

    with attached() as (servers, keyring, _), connect(servers, "bagalau_reader", autocommit=True) as conn:
        return list(explained(conn, keyring, employee, period, body))


def _from_file(file: Path, employee: str, period: str, body: str | None) -> "list[tuple[Grade, Law]]":
    from services.offline import Ledgers, rejections

    ledgers = Ledgers()
    with file.open("rb") as lines:
        for _ in rejections(ledgers, lines):
            pass
    return [
        (grade, ledgers.law)
        for grade in ledgers.grades()
        if (grade.employee, grade.period) == (employee, period) and body in {None, grade.body}
    ]
