"""`bagalau methodologies`: the acts, what each decides, and what differs between two."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from methodologies.model.clause import Language, clause_text
from services.cli.output import AsJson, console, print_json, print_table

if TYPE_CHECKING:
    from methodologies.act import Act
    from methodologies.outline import Difference, Row

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


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    commands = typer.Typer()
    commands.callback(invoke_without_command=True)(methodologies)
    commands.command("show")(show)
    commands.command("diff")(diff)
    app.add_typer(commands, name="methodologies")


def methodologies(
    context: typer.Context, *, lang: _Lang = "en", acts: _Acts = None, as_json: AsJson = False
) -> None:
    """Lists the acts; `show` tells what one decides, `diff` how two differ.

    With --acts the acts of a folder are listed instead of the shipped ones.
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
    as_json: AsJson = False,
) -> None:
    """Tells everything an act decides, each figure and choice beside its clause.

    Readings stand with their reasons, then the known faults of the text and what is only inferred.
    """
    from methodologies.loading import act_to_data
    from methodologies.outline import outline

    act = _act(identity, _known(acts))
    if data:
        print_json(act_to_data(act))
        return
    sections = outline(act, lang)
    if as_json:
        print_json({**_summary(act, lang), "sections": sections})
        return
    _print_summary(_summary(act, lang))
    for section in sections:
        rows = [(row.label, _told(act, row, lang), _clause(row, lang)) for row in section.rows]
        print_table(f"\n{section.title}", _columns(lang), rows)


def diff(first: _Id, second: _Id, *, lang: _Lang = "en", acts: _Acts = None, as_json: AsJson = False) -> None:
    """Tells what differs between two acts, clause by clause."""
    from methodologies.outline import difference
    from methodologies.outline.words import word

    known = _known(acts)
    found = difference(_act(first, known), _act(second, known), lang)
    if as_json:
        print_json({"first": first, "second": second, "differences": found})
        return
    for section in dict.fromkeys(one.section for one in found):
        rows = [_compared(one, lang) for one in found if one.section == section]
        columns = (word("column", "what", lang), first, second, word("column", "clause", lang))
        print_table(f"\n{word('section', section, lang)}", columns, rows)


def _known(folder: Path | None) -> "Mapping[str, Act]":
    from methodologies.loading import load_folder, shipped

    return shipped() if folder is None else {**shipped(), **load_folder(folder)}


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
