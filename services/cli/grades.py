"""`bagalau grades`: the grades as they stand, summed up by body or one by one."""

from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from methodologies.model.clause import Language
from methodologies.rules.steps import Status
from projections.grade import Kind
from services.cli.grade_words import COLUMNS, heading
from services.cli.output import AsJsonLines, console, print_line, print_table

if TYPE_CHECKING:
    from methodologies.registry import Law
    from projections.grade import Grade
    from projections.store import Count

_SHOWN = 100


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("grades")(grades)


def grades(
    *,
    body: Annotated[str | None, typer.Option(help="Only this body's.")] = None,
    period: Annotated[str | None, typer.Option(help="Only of a quarter (2026-Q1) or a year (2026).")] = None,
    employee: Annotated[
        str | None, typer.Option(help="Only this employee's, by his code in his body.")
    ] = None,
    kind: Annotated[Kind | None, typer.Option(help="Only of this kind.")] = None,
    status: Annotated[Status | None, typer.Option(help="Only what is graded, open or not assessed.")] = None,
    lang: Annotated[Language, typer.Option(help="The language to tell it in.")] = "en",
    limit: Annotated[
        int | None, typer.Option(min=1, help=f"At most so many; {_SHOWN} without it, but all with --json.")
    ] = None,
    as_json: AsJsonLines = False,
) -> None:
    """Shows the grades as they stand: without a filter how many of each body, with one each by itself.

    With --json one derived grade a line, its `steps` left empty; `bagalau explain` tells them.
    """
    from events.envelope import AGENCY, Event
    from events.log import Log
    from events.period import parse_period
    from methodologies import registry
    from projections.store import counts
    from projections.store import grades as stored
    from services.cli.attached import attached
    from services.cli.known_ledgers import check_ledgers
    from services.servers import connect

    if period is not None:
        try:
            parse_period(period)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--period") from None
    filtered = any(one is not None for one in (body, period, employee, kind, status))
    with attached() as (servers, keyring, _), connect(servers, "bagalau_reader", autocommit=True) as conn:
        check_ledgers(conn, [] if body is None else [body])
        if not filtered and not as_json:
            show_counts(counts(conn), lang)
            return
        most = limit or _SHOWN
        found = stored(conn, keyring, ledger=body, employee=employee, period=period, kind=kind)
        assert isinstance(found, Generator)
        with closing(found):
            wanted = (one for one in found if status in {None, one.status})
            if as_json:
                _print_lines(islice(wanted, limit))
                return
            # One more than is shown, to know whether there is more.
            shown = nsmallest(most + 1, wanted, key=_order)
        law = registry.fold(event for event in Log(keyring).read(conn, AGENCY) if isinstance(event, Event))
    _show(shown[:most], law, lang)
    if len(shown) > most:
        console.print(f"The first {most} are shown; --limit shows more.", highlight=False)


def show_counts(found: "Iterable[Count]", lang: Language) -> None:
    """How many results each body has of each grade, a table for each kind."""
    from methodologies.outline.words import word

    kinds: dict[str, dict[str, Counter[str]]] = {}
    for one in found:
        row = kinds.setdefault(one.kind, {}).setdefault(one.ledger, Counter())
        row[one.grade or one.status] += one.count
    if not kinds:
        console.print(heading("none", lang))
    for kind, bodies in sorted(kinds.items(), reverse=True):
        columns = sorted({column for row in bodies.values() for column in row}, key=_place)
        print_table(
            word("kind", kind, lang).capitalize(),
            [heading("body", lang), *(heading(column, lang) for column in columns)],
            [[body, *(row.get(column, "") for column in columns)] for body, row in sorted(bodies.items())],
        )


def _order(grade: "Grade") -> tuple[str, bool, str, str, str]:
    return grade.body, grade.kind != "quarterly", grade.employee, grade.period, grade.position


def _place(column: str) -> tuple[int, str]:
    return (COLUMNS.index(column) if column in COLUMNS else len(COLUMNS), column)


def _print_lines(found: "Iterable[Grade]") -> None:
    from projections.grade import to_json

    for one in found:
        print_line(to_json(one))


def _show(found: "Sequence[Grade]", law: "Law", lang: Language) -> None:
    from methodologies.outline.words import word

    names = ("employee", "position", "period", "score", "grade", "flags")
    groups = dict.fromkeys((one.body, one.kind) for one in found)
    if not groups:
        console.print(heading("none", lang))
    for body, kind in groups:
        print_table(
            f"{body}: {word('kind', kind, lang)}",
            [heading(name, lang) for name in names],
            [_row(one, law, lang) for one in found if (one.body, one.kind) == (body, kind)],
        )


def _row(grade: "Grade", law: "Law", lang: Language) -> list[str]:
    return [
        grade.employee,
        grade.position,
        grade.period,
        grade.score or "",
        _told(grade, law, lang),
        ", ".join(grade.flags),
    ]


def _told(grade: "Grade", law: "Law", lang: Language) -> str:
    from methodologies.explanations import reason_text

    if grade.grade is not None:
        act = law.methodologies[grade.methodology].revisions[grade.revision].act
        return act.grades[grade.grade].title.in_(lang)
    if grade.reason is not None:
        return reason_text(grade.reason, lang)
    return heading(grade.status, lang)
