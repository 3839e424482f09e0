"""`bagalau methodologies`: the acts, what each decides, and what differs between two."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from methodologies.model.clause import Language, clause_text
from services.cli.output import AsJson, console, print_json, print_table
from services.cli.revisions import chosen, ledgered, revisions, say, tell_revision

if TYPE_CHECKING:
    from collections.abc import Callable

    from methodologies.act import Act
    from methodologies.outline import Difference, Row
    from services.correcting.revisions import Ledgered

_Lang = Annotated[Language, typer.Option(help="The language to tell it in.")]
_Acts = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        exists=True,
        file_okay=False,
        help="A folder of acts (*.toml) beside the shipped ones.",
    ),
]
_Id = Annotated[str, typer.Argument(metavar="ID", help="An act's id, such as zhanakorgan-2026.")]
_Compared = Annotated[
    str, typer.Argument(metavar="ID[@REVISION]", help="An act's id, or one of its revisions: ID@2.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    commands = typer.Typer()
    commands.callback(invoke_without_command=True)(methodologies)
    commands.command("show")(show)
    commands.command("diff")(diff)
    commands.command("revisions")(revisions)
    app.add_typer(commands, name="methodologies")


def methodologies(
    context: typer.Context, *, lang: _Lang = "en", acts: _Acts = None, as_json: AsJson = False
) -> None:
    """Lists the acts; `show` tells what one decides, `diff` how two differ, `revisions` how they came to be.

    Told are the published texts that come with this release, or with --acts those of a folder. How they were
    corrected since is in the ledger: `revisions`, and `show` and `diff` of a revision, need the home.
    """
    if context.invoked_subcommand is not None:
        return
    from methodologies.loading import load_folder, shipped

    listed = [_summary(act, lang) for act in (shipped() if acts is None else load_folder(acts)).values()]
    if as_json:
        print_json(listed)
        return
    for one in listed:
        _print_summary(one)


def _print_summary(one: Mapping[str, Any]) -> None:
    # A table of these would leave a terminal of 80 columns with a dozen letters a line.
    console.print(f"{one['id']}  {one['title']}", style="bold", highlight=False, markup=False)
    console.print(f"  {one['family']}; {one['body']}; {one['life']}", highlight=False, markup=False)
    for warning in one["warnings"]:
        console.print(f"  {warning}", style="yellow", highlight=False, markup=False)


def show(
    identity: _Id,
    *,
    lang: _Lang = "en",
    acts: _Acts = None,
    data: Annotated[
        bool, typer.Option("--data", help="Print the act as data, as MethodologyPublished carries it.")
    ] = False,
    revision: Annotated[
        str | None,
        typer.Option(
            metavar="N|in-force",
            help="As this revision of the home's ledger reads, or the one that is the law now.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tells everything an act decides, each figure and choice beside its clause.

    Readings stand with their reasons, then the known faults of the text and what is only inferred. Without
    --revision it is the published text, and no server is asked; `revisions` lists what there is. Where
    several revisions are in force, for bodies or periods of their own, `in-force` is the one made the law
    last.
    """
    from methodologies.loading import act_to_data
    from methodologies.outline import outline

    if revision is None:
        held, which, act = None, None, _act(identity, _known(acts))
    elif acts is not None:
        raise typer.BadParameter("revisions are the ledger's, and not of --acts", param_hint="--revision")
    else:
        held = ledgered()
        which = chosen(held, identity, revision)
        act = which.act
    if data:
        print_json(act_to_data(act))
        return
    sections = outline(act, lang)
    if as_json:
        of = {} if which is None else {"revision": which.number, "digest": which.digest}
        print_json({**_summary(act, lang), **of, "sections": sections})
        return
    _print_summary(_summary(act, lang))
    if held is not None and which is not None:
        tell_revision(held, which)
    elif acts is None:
        say("  The published text; --revision in-force shows what is the law now.")
    for section in sections:
        rows = [(row.label, _told(act, row, lang), _clause(row, lang)) for row in section.rows]
        print_table(f"\n{section.title}", _columns(lang), rows)


def diff(
    first: _Compared,
    second: _Compared,
    *,
    lang: _Lang = "en",
    acts: _Acts = None,
    as_json: AsJson = False,
) -> None:
    """Tells what differs between two acts, or two revisions of one, clause by clause.

    An id alone is the published text; ID@1 is a revision as the home's ledger has it, ID@in-force the one
    that was made the law last.
    """
    from methodologies.outline import difference
    from methodologies.outline.words import word

    held = cache(ledgered)
    one, other = (_at_revision(text, _known(acts), held) for text in (first, second))
    found = difference(one, other, lang)
    if as_json:
        print_json({"first": first, "second": second, "differences": found})
        return
    if not found:
        say("Nothing differs.")
    for section in dict.fromkeys(one.section for one in found):
        rows = [_compared(one, lang) for one in found if one.section == section]
        columns = (word("column", "what", lang), first, second, word("column", "clause", lang))
        print_table(f"\n{word('section', section, lang)}", columns, rows)


def _known(folder: Path | None) -> "Mapping[str, Act]":
    from methodologies.loading import load_folder, shipped

    return shipped() if folder is None else {**shipped(), **load_folder(folder)}


def _at_revision(text: str, known: "Mapping[str, Act]", held: "Callable[[], Ledgered]") -> "Act":
    """The act that `ID` or `ID@REVISION` names; the ledger is asked for the second alone."""
    identity, at, which = text.partition("@")
    return chosen(held(), identity, which, text).act if at else _act(identity, known)


def _act(identity: str, known: "Mapping[str, Act]") -> "Act":
    if identity not in known:
        raise typer.BadParameter(f"{identity} is not among {', '.join(sorted(known))}", param_hint="ID")
    return known[identity]


def _summary(act: "Act", lang: Language) -> dict[str, Any]:
    from methodologies.outline import warnings
    from methodologies.outline.words import word

    return {
        "id": act.id,
        "title": act.title.in_(lang),
        "family": word("family", act.family, lang),
        "body": act.body.in_(lang),
        "life": _life(act, lang),
        "warnings": list(warnings(act, lang)),
    }


def _life(act: "Act", lang: Language) -> str:
    from methodologies.explanations.figures import day
    from methodologies.outline.words import word

    life = act.life
    days = (
        ("adopted", life.adopted),
        ("in-force-on", life.in_force.on),
        ("repealed-on", None if life.repealed is None else life.repealed.adopted),
    )
    return "; ".join(f"{word('label', label, lang)}: {day(on, lang)}" for label, on in days if on is not None)


def _columns(lang: Language) -> tuple[str, ...]:
    from methodologies.outline.words import word

    return tuple(word("column", column, lang) for column in ("what", "value", "clause"))


def _told(act: "Act", row: "Row", lang: Language) -> str:
    from methodologies.outline.words import word

    told = _value(row)
    if not row.inferred_from or act.source.infers("*"):
        return told
    return f"{told}\n({word('label', 'inferred-from', lang)}: {', '.join(row.inferred_from)})"


def _value(row: "Row") -> str:
    return row.value if row.note is None else f"{row.value}\n{row.note}"


def _clause(row: "Row", lang: Language) -> str:
    return "" if row.clause is None else clause_text(row.clause, lang)


def _compared(one: "Difference", lang: Language) -> tuple[str, str, str, str]:
    labels = dict.fromkeys(row.label for row in (one.first, one.second) if row is not None)
    clauses = dict.fromkeys(_clause(row, lang) for row in (one.first, one.second) if row is not None)
    return " / ".join(labels), _side(one.first), _side(one.second), " / ".join(filter(None, clauses))


def _side(row: "Row | None") -> str:
    return "–" if row is None else _value(row)
