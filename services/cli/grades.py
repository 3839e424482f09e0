"""`bagalau grades`: the grades as they stand, summed up by body or one by one."""

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from events.vocabulary.words import SERVANT
from methodologies.model.clause import Language
from methodologies.rules.steps import Status
from projections.grade import Kind
from services.cli.grade_words import COLUMNS, heading
from services.cli.output import AsJsonLines, console, print_line, print_table
from services.cli.viewing import As, looking, reading

if TYPE_CHECKING:
    from methodologies.registry import Law
    from projections.grade import Grade
    from projections.store import Count
    from services.viewers.looking import Looking, Shown

_SHOWN = 100


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("grades")(grades)


@reading
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
    reader: As,
) -> None:
    """Shows the grades as they stand: without a filter how many of each body, with one each by itself.

    With --json one derived grade a line, its `steps` left empty; `bagalau explain` tells them. A servant is
    shown his own, and with --employee those that he has to do with.
    """
    from events.period import parse_period
    from projections.dossiers import Reader
    from projections.law import law_today
    from services.cli.known_ledgers import check_ledgers

    if period is not None:
        try:
            parse_period(period)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--period") from None
    filtered = any(one is not None for one in (body, period, employee, kind, status))
    with looking(reader, _question(employee, kind, status)) as here:
        check_ledgers(here.reader, [] if body is None else [body])
        found = _Found(here, here.ledgers(body), employee, period)
        if not filtered and not as_json:
            show_counts(found.counts(), lang)
            return
        most = limit or _SHOWN
        with closing(found.grades(kind)) as grades:
            wanted = (one for one in grades if status in {None, one.status})
            if as_json:
                _print_lines(islice(wanted, limit))
                return
            # One more than is shown, to know whether there is more.
            shown = nsmallest(most + 1, wanted, key=_order)
        law = law_today(here.system, Reader(here.keyring))
    _show(shown[:most], law, lang)
    if len(shown) > most:
        console.print(f"The first {most} are shown; --limit shows more.", highlight=False)


def _question(employee: str | None, kind: Kind | None, status: Status | None) -> str:
    narrowed = {"--employee": employee and "…", "--kind": kind, "--status": status}
    return " ".join(("grades", *(f"{name} {value}" for name, value in narrowed.items() if value)))


class _Found:
    """What the viewer is shown, ledger by ledger: each is asked for when the one before was read."""

    def __init__(
        self, here: "Looking", ledgers: Sequence[str], employee: str | None, period: str | None
    ) -> None:
        self._here = here
        self._ledgers = ledgers
        self._period = period
        # A servant who names nobody asks for himself.
        own = here.proven.code if here.proven.role == SERVANT else None
        self._employee = own if employee is None else employee

    def counts(self) -> "Iterator[Count]":
        from projections.store import Count, counts

        if self._employee is None:
            for ledger in self._ledgers:
                with self._shown(ledger) as shown:
                    assert shown is not None, "everybody is somebody"
                    yield from counts(shown.conn, ledger=ledger)
            return
        found = Counter(
            (one.body, one.kind, one.period, one.methodology, one.status, one.grade)
            for one in self.grades(None)
        )
        yield from (Count(*of, count) for of, count in sorted(found.items(), key=str))

    def grades(self, kind: Kind | None) -> "Generator[Grade, None, None]":
        from projections.store import grades

        for ledger in self._ledgers:
            with self._shown(ledger) as shown:
                if shown is None:
                    continue
                rows = grades(
                    shown.conn,
                    self._here.keyring,
                    ledger=ledger,
                    employee=self._employee,
                    period=self._period,
                    kind=kind,
                )
                assert isinstance(rows, Generator)
                # Its cursor ends before the transaction that it is read in.
                with closing(rows):
                    for one in rows:
                        if shown.holds(one.key):
                            yield one

    @contextmanager
    def _shown(self, ledger: str) -> "Iterator[Shown | None]":
        from services.viewers.looking import Shown

        if self._employee is not None:
            with self._here.of_person(ledger, self._employee, self._period) as shown:
                yield shown
        else:
            with self._here.of_everybody(ledger, self._period) as conn:
                yield Shown(conn, "whole")


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
