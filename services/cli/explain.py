"""`bagalau explain`: a grade's whole calculation, clause by clause, in the reader's language."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from events.period import parse_period
from methodologies.model.clause import Language
from services.cli.output import REFUSED, AsJsonLines, print_line, print_page
from services.cli.viewing import As, looking, reading

if TYPE_CHECKING:
    from methodologies.registry import Law
    from projections.grade import Grade
    from services.viewers.looking import Looking, Shown

    _Found: TypeAlias = tuple[list[tuple[Grade, Law]], Sequence[str]]
    """The grades, and the periods that there is something of where there are none."""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("explain")(explain)


@reading
def explain(
    employee: Annotated[str, typer.Argument(help="The employee's code in his body.")],
    period: Annotated[str, typer.Argument(help="A quarter (2026-Q1) or a year (2026).")],
    *,
    body: Annotated[
        str | None, typer.Option(help="The body's code, where several know the employee.")
    ] = None,
    lang: Annotated[Language, typer.Option(help="The language to explain in.")] = "en",
    revision: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="As if revision N of the act were the law."),
    ] = None,
    facts: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Explain from a file of facts instead of the ledgers."
        ),
    ] = None,
    as_json: AsJsonLines = False,
    reader: As,
) -> None:
    """Explains a grade: every step from the marks to the grade, each with its clause of the act.

    With --revision it tells what the same facts come to under another revision of the act that governs, for
    what a panel, a commission or an appeal decided too. An evaluator is shown the result alone. Exit code 1
    when nothing is known of the employee for the period; it tells what is known instead. With --json each
    grade is one derived grade object.
    """
    from projections.grade import to_json
    from services.explaining import UnknownRevisionError
    from services.explanation_page import page

    try:
        parse_period(period)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="PERIOD") from None
    try:
        found, known = (
            _from_ledgers(employee, period, body, revision, reader)
            if facts is None
            else _from_file(facts, employee, period, body, revision)
        )
    except UnknownRevisionError as error:
        raise typer.BadParameter(f"{error}", param_hint="--revision") from None
    for grade, law in found:
        if as_json:
            print_line(to_json(grade))
        elif grade.status == "destroyed":
            typer.echo(_destroyed(grade, lang))
        else:
            print_page(page(grade, law, lang))
    if not found:
        typer.echo(_unknown(employee, period, body, known), err=True)
        raise typer.Exit(REFUSED)


def _unknown(employee: str, period: str, body: str | None, known: Sequence[str]) -> str:
    where = "any body" if body is None else f"the body {body}"
    if not known:
        return (
            f"No employee {employee} is known in {where}. Codes are the body's own;"
            " `bagalau grades --body BODY` lists them."
        )
    return f"No grade of {employee} for {period} is known in {where}. Known periods: {', '.join(known)}."


def _from_ledgers(employee: str, period: str, body: str | None, revision: int | None, reader: As) -> "_Found":
    from projections.store import grades
    from services.cli.known_ledgers import check_ledgers
    from services.explaining import explained

    what = f"explain {period}" if revision is None else f"explain {period} --revision {revision}"
    found: list[tuple[Grade, Law]] = []
    known: set[str] = set()
    with looking(reader, what) as here:
        check_ledgers(here.reader, [] if body is None else [body])
        for ledger in here.ledgers(body):
            with here.of_person(ledger, employee, period, papers=True) as shown:
                if shown is None:
                    found += _gone(here, (ledger, employee, period), found)
                    continue
                if shown.right == "rows":
                    found += _results(shown, here, (ledger, employee, period), revision)
                else:
                    found += explained(shown.conn, here.keyring, employee, period, ledger, revision=revision)
                    found += _gone(here, (ledger, employee, period), found)
                    rows = grades(shown.conn, here.keyring, ledger=ledger, employee=employee)
                    known |= {grade.period for grade in rows}
    return found, () if found else sorted(known)


def _gone(
    here: "Looking", of: tuple[str, str, str], found: "list[tuple[Grade, Law]]"
) -> "Iterator[tuple[Grade, Law]]":
    """The results whose papers were destroyed, of those that are not there."""
    from projections.dossiers import Reader
    from projections.law import law_today
    from services.destroying.remembered import as_grade, destroyed_of

    ledger, employee, period = of
    there = {(grade.body, grade.kind) for grade, _ in found}
    for one in destroyed_of(here.system, here.keyring, ledger, employee):
        kind = one.of_grade
        if one.period == period and kind is not None and (ledger, kind) not in there:
            law = law_today(here.system, Reader(here.keyring))
            yield as_grade(one, kind, law), law


def _destroyed(grade: "Grade", lang: Language) -> str:
    from services.destroying.words import word

    return word("result-destroyed", lang).format(
        employee=grade.employee, period=grade.period, body=grade.body
    )


def _results(
    shown: "Shown", here: "Looking", of: tuple[str, str, str], revision: int | None
) -> "list[tuple[Grade, Law]]":
    """The results alone, as the rows have them: what they are made of is not for everybody's eyes."""
    from projections.dossiers import Reader
    from projections.law import law_today
    from projections.store import grades
    from services.viewers.rights import refused

    if revision is not None:
        raise refused(here.proven)
    ledger, employee, period = of
    law = law_today(shown.conn, Reader(here.keyring))
    rows = grades(shown.conn, here.keyring, ledger=ledger, employee=employee, period=period)
    return [(grade, law) for grade in rows if shown.holds(grade.key)]


def _from_file(file: Path, employee: str, period: str, body: str | None, revision: int | None) -> "_Found":
    from services.explaining import under_revision
    from services.offline import Ledgers, rejections
    from services.signatures import trust_from_environment

    ledgers = Ledgers(trust=trust_from_environment())
    with file.open("rb") as lines:
        for _ in rejections(ledgers, lines):
            pass

    def graded(law: "Law") -> "list[Grade]":
        found = ledgers.grades(law=law)
        return [one for one in found if one.employee == employee and body in {None, one.body}]

    of_employee = graded(ledgers.law)
    found = [(grade, ledgers.law) for grade in of_employee if grade.period == period]
    if revision is not None:
        laws = {
            grade.methodology: under_revision(ledgers.law, grade.methodology, revision) for grade, _ in found
        }
        found = [
            (one, law)
            for methodology, law in laws.items()
            for one in graded(law)
            if one.period == period and one.methodology == methodology
        ]
    return found, sorted({grade.period for grade in of_employee})
