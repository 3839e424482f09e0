"""`bagalau obligations`: what a body owes, by when, and what it missed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import typer

from methodologies.model.clause import Language, clause_text
from services.cli.grade_words import heading
from services.cli.output import AsJsonLines, console, print_json, print_table
from services.cli.viewing import As, looking, reading
from services.words import Trilingual, spoken

if TYPE_CHECKING:
    from projections.obligations import Obligation

_SHOWN = 100
_STATES = ("overdue", "open", "missed", "kept", "lapsed", "unreported")
_WORDS: Mapping[str, Trilingual] = MappingProxyType(
    {
        "obligations": ("міндеттемелер", "обязанности", "obligations"),
        "due": ("мерзімі", "срок", "due"),
        "days": ("күн", "дней", "days"),
        "what": ("не", "что", "what"),
        "who": ("кім", "кто", "who"),
        "met": ("орындалды", "исполнено", "met since"),
        "overdue": ("мерзімі өтті", "просрочено", "overdue"),
        "open": ("ашық", "открыто", "open"),
        "missed": ("кеш орындалды", "исполнено с опозданием", "met late"),
        "kept": ("орындалды", "исполнено", "kept"),
        "lapsed": ("пайдаланылмады", "не использовано", "lapsed"),
        "unreported": ("хабарланбады", "не сообщено", "not reported"),
        "stuck": ("көпшілік жоқ, айналым", "нет большинства, круг", "no majority, round"),
    }
)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("obligations")(obligations)


@reading
def obligations(
    body: Annotated[str, typer.Argument(help="The body's code.")],
    *,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only what was missed and is owed still.")
    ] = False,
    who: Annotated[str | None, typer.Option(metavar="CODE", help="Only what this person owes.")] = None,
    employee: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only of this servant's assessments.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="What was kept, missed and met since, or lapsed too.")
    ] = False,
    today: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="DAY", help="As on this day; without it, as today in Almaty."
        ),
    ] = None,
    lang: Annotated[Language, typer.Option(help="The language of the terms.")] = "en",
    limit: Annotated[
        int | None, typer.Option(min=1, help=f"At most so many; {_SHOWN} without it, but all with --json.")
    ] = None,
    as_json: AsJsonLines = False,
    reader: As,
) -> None:
    """Lists the terms that run in a body and those that it missed, by due date: whose, what, by which clause.

    Days are those left up to the last day of the term, and below zero those since it.
    The clock marks terms as they begin, are met and pass. A right that was not used in time has lapsed, which
    nobody owes; with --all such terms are listed too, and those that were kept. Exit code 0 whatever is owed.
    """
    from events.log import today as today_in_almaty
    from projections.dossiers import Reader
    from projections.obligations import read_obligations
    from services.cli.known_ledgers import check_ledgers
    from services.viewers.rights import right_to_person

    with looking(reader, "obligations" if employee is None else "obligations --employee …") as here:
        check_ledgers(here.reader, [body])
        here.ledgers(body)
        day = today_in_almaty(here.reader) if today is None else today.date()
        # Of himself a servant is told without a record; everybody's terms are read, and his are shown below.
        if employee is None or right_to_person(here.proven, body, employee) != "own":
            here.disclose_everybody([body])
        read = read_obligations(here.system, Reader(here.keyring), body, day)
    concerned = [
        one for one in read.obligations if who in {None, one.who} and employee in {None, one.employee}
    ]
    found = [
        one
        for one in concerned
        if (one.is_overdue if overdue else every or one.state == "open" or one.is_overdue)
    ]
    if as_json:
        for one in islice(found, limit):
            print_json(one)
        return
    _show(body, found[: limit or _SHOWN], lang)
    if len(found) > (limit or _SHOWN):
        console.print(f"The first {limit or _SHOWN} are shown; --limit shows more.", highlight=False)
    console.print(_totals(concerned, lang), highlight=False)
    if read.left_out:
        console.print(f"{read.left_out} events were destroyed or cannot be read.", highlight=False)


def _show(body: str, found: "Sequence[Obligation]", lang: Language) -> None:
    from methodologies.outline.words import word

    columns = [heading("employee", lang), heading("period", lang)]
    print_table(
        f"{body}: {_word('obligations', lang)}",
        [_word("due", lang), _word("days", lang), *columns, _word("what", lang), _word("who", lang)],
        (
            [
                one.due,
                _standing(one, lang),
                one.employee,
                _period(one),
                f"{_title(one, lang)} ({clause_text(one.clause, lang)}){_stuck(one, lang)}",
                one.who if one.who not in {None, one.employee} else word("who", one.owes, lang),
            ]
            for one in found
        ),
    )


def _period(one: "Obligation") -> str:
    # A year may have two sheets, whose terms are alike.
    return one.period if "-" in one.period or one.form is None else f"{one.period} {one.form}"


def _title(one: "Obligation", lang: Language) -> str:
    return one.term if one.title is None else one.title.in_(lang)


def _stuck(one: "Obligation", lang: Language) -> str:
    return "" if one.stuck_in is None else f"; {_word('stuck', lang)} {one.stuck_in}"


def _standing(one: "Obligation", lang: Language) -> str:
    if one.state == "open":
        return f"{one.days_left}"
    if one.state == "missed":
        return f"{-(one.days_late or 0)}" + ("" if one.met_on is None else f" ({_word('met', lang)})")
    return _word(one.state, lang)


def _totals(concerned: "Sequence[Obligation]", lang: Language) -> str:
    counts = Counter("overdue" if one.is_overdue else one.state for one in concerned)
    found = (f"{_word(state, lang)} {counts[state]}" for state in _STATES if counts[state])
    return ", ".join(found) or heading("none", lang)


def _word(code: str, lang: Language) -> str:
    return spoken(_WORDS[code], lang)
