"""`bagalau consequences`: what follows from the grades as they stand, by the act each was given under."""

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from heapq import nsmallest
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from events.period import parse_period
from events.vocabulary.words import SERVANT
from methodologies.model.clause import Language, clause_text
from services.cli.grade_words import heading
from services.cli.output import AsJsonLines, console, print_line, print_table
from services.cli.viewing import As, looking, reading
from services.words import Trilingual, spoken

if TYPE_CHECKING:
    from events.log import Connection
    from methodologies.act import Act
    from methodologies.registry import Law
    from projections.consequences import Consequence
    from services.viewers.looking import Looking

_SHOWN = 100
_WORDS: Mapping[str, Trilingual] = MappingProxyType(
    {
        "what": ("салдары", "последствие", "consequence"),
        "clause": ("тармақ", "пункт", "clause"),
        "count": ("саны", "число", "count"),
        "since": ("бастап", "с", "since"),
        "until": ("дейін", "до", "until"),
        "due": ("мерзімі", "срок", "due"),
        "pending": ("түпкілікті емес", "не окончательно", "not final"),
        "print-none": (
            "Салдар белгілемейтін актілер: {acts}; бағадан не шығатынын орган шешеді.",
            "Последствий не называют: {acts}; что следует из оценки, решает орган.",
            "No consequences are printed by {acts}: what follows from a grade is for the body to decide.",
        ),
        "prints-others": (
            "{act} мұндай салдарды белгілемейді, тек мыналарды: {codes}.",
            "{act} такого последствия не называет, только: {codes}.",
            "{act} prints no such consequence, only: {codes}.",
        ),
    }
)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("consequences")(consequences)


@reading
def consequences(
    body: Annotated[str | None, typer.Argument(help="Only this body's.")] = None,
    *,
    employee: Annotated[
        str | None, typer.Option(help="Only this employee's, by his code in his body.")
    ] = None,
    year: Annotated[
        int | None, typer.Option(min=1, max=9999, help="Only from results of this year and its quarters.")
    ] = None,
    what: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only this one: bonus, training, no-mentoring, …")
    ] = None,
    lang: Annotated[Language, typer.Option(help="The language to tell it in.")] = "en",
    limit: Annotated[
        int | None, typer.Option(min=1, help=f"At most so many; {_SHOWN} without it, but all with --json.")
    ] = None,
    as_json: AsJsonLines = False,
    reader: As,
) -> None:
    """Shows what follows from grades: bonuses, training, bars and grounds that the act prints, by clause.

    Without a filter how many of each in every body. What rests on a result that is not final yet is shown as
    such: nothing follows from it before. Where an act prints no consequences it says so.
    """
    from services.cli.known_ledgers import check_ledgers
    from services.consequences import acts_used

    with looking(reader, "consequences" if what is None else f"consequences --what {what}") as here:
        check_ledgers(here.reader, [] if body is None else [body])
        asked = here.ledgers(body)
        read = _Read(here, employee)
        _check_code(what, read.law)
        # Under which acts a body assesses is no secret, and nothing is opened.
        used_in = acts_used(here.system, read.law, body)
        acts = {name: used for name, used in used_in.items() if name in asked}
        ledgers = [ledger for ledger, used in acts.items() if any(_prints(act, what) for act in used)]
        with closing(read.of(ledgers)) as found:
            wanted = (
                one
                for one in found
                if what in {None, one.code} and year in {None, parse_period(one.period).year}
            )
            if as_json:
                for one in islice(wanted, limit):
                    print_line(msgspec.json.encode(one))
            elif body is None and employee is None and year is None and what is None:
                _show_counts(wanted, lang)
            else:
                _show(wanted, read, lang, limit or _SHOWN)
    for sentence in _of_silent((act for used in acts.values() for act in used), what, lang):
        typer.echo(sentence, err=as_json)


class _Read:
    """What follows in one ledger after another, each as the viewer is shown it; the law grows with them."""

    def __init__(self, here: "Looking", employee: str | None) -> None:
        from events.envelope import AGENCY
        from events.log import head
        from projections.dossiers import Reader
        from projections.law import AgencyLaw

        self._here = here
        own = here.proven.code if here.proven.role == SERVANT else None
        self._employee = own if employee is None else employee
        self._agency = AgencyLaw(Reader(here.keyring))
        self._agency.catch_up(here.system, head(here.system, AGENCY).size)

    @property
    def law(self) -> "Law":
        """The law as new as what was read."""
        return self._agency.law

    def of(self, ledgers: Sequence[str]) -> "Generator[Consequence, None, None]":
        """What follows in these ledgers, person by person."""
        from psycopg import IsolationLevel

        from events.envelope import AGENCY
        from events.log import head
        from services.consequences import following

        here = self._here
        # Rows and law of one moment: no grade names a revision that was not read.
        here.reader.isolation_level = IsolationLevel.REPEATABLE_READ
        for ledger in ledgers:
            with self._shown(ledger) as conn:
                if conn is None:
                    continue
                law = self._agency.catch_up(conn, max(self._agency.seq, head(conn, AGENCY).size))
                with closing(following(conn, here.keyring, law, [ledger], self._employee)) as found:
                    yield from found

    @contextmanager
    def _shown(self, ledger: str) -> "Iterator[Connection | None]":
        if self._employee is None:
            with self._here.of_everybody(ledger) as conn:
                yield conn
        else:
            with self._here.of_person(ledger, self._employee, rows=False) as shown:
                yield None if shown is None else shown.conn


def _check_code(what: str | None, law: "Law") -> None:
    codes = {code for one in law.methodologies.values() for code in one.current.act.consequences}
    if what is not None and what not in codes:
        raise typer.BadParameter(
            f"no act prints a consequence {what}; there are {', '.join(sorted(codes)) or 'none'}",
            param_hint="--what",
        )


def _prints(act: "Act", what: str | None) -> bool:
    return bool(act.consequences) if what is None else what in act.consequences


def _of_silent(acts: "Iterable[Act]", what: str | None, lang: Language) -> Iterator[str]:
    """What is said of acts that print no consequences, or not the one that is asked for."""
    silent = {act.id: act for act in acts if not _prints(act, what)}
    if none := sorted(name for name, act in silent.items() if not act.consequences):
        yield _word("print-none", lang).format(acts=", ".join(none))
    for name, act in sorted(silent.items()):
        if act.consequences:
            yield _word("prints-others", lang).format(act=name, codes=", ".join(act.consequences))


def _show_counts(found: "Iterable[Consequence]", lang: Language) -> None:
    """How many of each there are in each body, and how many of them rest on results that are not final."""
    counted: Counter[Trilingual] = Counter()
    pending: Counter[Trilingual] = Counter()
    for one in found:
        row = (one.body, one.title.in_(lang), _clause(one, lang))
        counted[row] += 1
        pending[row] += one.pending
    for body in sorted({row[0] for row in counted}):
        print_table(
            body,
            [_word(name, lang) for name in ("what", "clause", "count", "pending")],
            [[*row[1:], count, pending[row]] for row, count in counted.items() if row[0] == body],
        )
    if not counted:
        console.print(heading("none", lang))


def _show(wanted: "Iterable[Consequence]", read: _Read, lang: Language, most: int) -> None:
    # One more than is shown, to know whether there is more.
    found = nsmallest(most + 1, wanted, key=_order)
    law = read.law
    shown = found[:most]
    for body, code, methodology in dict.fromkeys((one.body, one.code, one.methodology) for one in shown):
        alike = [one for one in shown if (one.body, one.code, one.methodology) == (body, code, methodology)]
        title = f"{body}: {alike[0].title.in_(lang)} ({_clause(alike[0], lang)})"
        print_table(title, *_columns(alike, law, lang))
    if not shown:
        console.print(heading("none", lang))
    if len(found) > most:
        console.print(f"The first {most} are shown; --limit shows more.", highlight=False)


def _order(one: "Consequence") -> tuple[str, str, tuple[int, int], bool, str]:
    return one.body, one.employee, parse_period(one.period).last_quarter, one.kind != "quarterly", one.code


def _columns(
    rows: "Sequence[Consequence]", law: "Law", lang: Language
) -> tuple[list[str], Iterator[tuple[str, ...]]]:
    """The columns that say something of these rows, and the rows."""
    columns = {
        heading("employee", lang): [one.employee for one in rows],
        heading("period", lang): [one.period for one in rows],
        heading("grade", lang): [_grade(one, law, lang) for one in rows],
        _word("since", lang): ["" if one.since == one.period else one.since for one in rows],
        _word("until", lang): [one.until or "" for one in rows],
        _word("due", lang): ["" if one.due is None else str(one.due) for one in rows],
        _word("pending", lang): ["✓" if one.pending else "" for one in rows],
    }
    told = {name: cells for name, cells in columns.items() if any(cells)}
    return list(told), zip(*told.values(), strict=True)


def _grade(one: "Consequence", law: "Law", lang: Language) -> str:
    if one.grade is None:
        return ""
    printed = law.methodologies[one.methodology].current.act.grades.get(one.grade)
    return one.grade if printed is None else printed.title.in_(lang)


def _clause(one: "Consequence", lang: Language) -> str:
    # The number stays on the line of its word.
    return clause_text(one.clause, lang).replace(" ", "\N{NO-BREAK SPACE}")


def _word(code: str, lang: Language) -> str:
    return spoken(_WORDS[code], lang)
