"""Renders `docs/methodologies/` from the acts: `python -m services.methodology_pages [FOLDER]`."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from methodologies.act import Act
from methodologies.explanations import explain_step, flag_text
from methodologies.explanations.figures import number, period
from methodologies.loading import shipped
from methodologies.model.clause import LANGUAGES, Language, clause_text
from methodologies.model.text import Text
from methodologies.outline import Row, Section, outline, warnings
from methodologies.outline.words import word
from projections.grade import Grade
from services.worked_examples import Example, example

INDEX = "README.md"
_GENERATED = "*Generated from `methodologies/acts` by `make docs`; do not edit.*"
_LANGUAGE: Language = "en"

_INDEX_HEAD = ("act", "family", "body", "to know")

_OPENING = """The acts that come with the product, each with every figure beside the clause that sets it.
`bagalau methodologies show ID --lang kk` tells the same in Kazakh (or `ru`, in Russian), and
`bagalau methodologies diff ID ID` what differs between two. An act of a known family is a new file and no
code: `bagalau methodologies --acts FOLDER` reads a folder of them."""


def pages() -> Mapping[str, str]:
    """Each page's text by its path below `docs/methodologies/`: one per shipped act, and the index."""
    acts = shipped()
    return {INDEX: index_page(acts.values()), **{f"{act.id}.md": act_page(act) for act in acts.values()}}


def write(folder: Path) -> None:
    """Writes the pages into the folder and removes those of acts that are no more."""
    folder.mkdir(parents=True, exist_ok=True)
    for stale in set(folder.glob("*.md")) - {folder / name for name in pages()}:
        stale.unlink()
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


def index_page(acts: Iterable[Act]) -> str:
    """The acts, each with its family, body and what a reader must know of it."""
    rows = (
        (
            f"[`{act.id}`]({act.id}.md)",
            word("family", act.family, _LANGUAGE),
            act.body.in_(_LANGUAGE),
            "; ".join(warnings(act, _LANGUAGE)),
        )
        for act in acts
    )
    return "\n\n".join(("# Methodologies", _GENERATED, _OPENING, _table(_INDEX_HEAD, rows)))


def act_page(act: Act) -> str:
    """Everything the act decides, its readings, faults and inferred parts, and a worked example."""
    parts = [f"# {act.id}", _GENERATED, _titles(act)]
    parts += ["\n".join(f"- {warning}" for warning in warnings(act, _LANGUAGE))]
    parts += [_section(act, section) for section in outline(act, _LANGUAGE)]
    parts += [_as_printed(act), *_worked(act, example(act))]
    return "\n\n".join(parts) + "\n"


def _titles(act: Act) -> str:
    rows = ((word("language", language, _LANGUAGE), act.title.in_(language)) for language in LANGUAGES)
    return _table(("", "title"), rows).rstrip("\n")


def _section(act: Act, section: Section) -> str:
    if section.key == "readings":
        head: tuple[str, ...] = ("reading", "choice", "why", "clause")
        rows: list[tuple[str, ...]] = [
            (row.label, row.value, row.note or "", _clause(row)) for row in section.rows
        ]
    else:
        head = ("what", "value", "clause")
        rows = [(row.label, _value(act, row), _clause(row)) for row in section.rows]
    return _titled(section.title, _table(head, rows))


def _value(act: Act, row: Row) -> str:
    # Where everything is inferred the page says so once.
    marked = row.inferred_from and not act.source.infers("*")
    return f"{row.value} *(inferred)*" if marked else row.value


def _clause(row: Row) -> str:
    return "" if row.clause is None else clause_text(row.clause, _LANGUAGE)


def _titled(title: str, table: str) -> str:
    return f"## {title}\n\n{table}".rstrip("\n")


def _as_printed(act: Act) -> str:
    """The titles that grades, forms and rows have in the act's own languages."""
    rows = ((code, text.kk, text.ru) for code, text in _printed(act))
    return _titled("Titles in Kazakh and Russian", _table(("", "Kazakh", "Russian"), rows))


def _printed(act: Act) -> Iterator[tuple[str, Text]]:
    for code, grade in act.grades.items():
        yield f"grade `{code}`", grade.title
    for code, form in act.forms.items():
        yield f"form `{code}`", form.title
        for place, row in form.parameters.items():
            yield f"form `{code}`, row {place}", row.title
    if act.competencies is not None:
        for code, one in act.competencies.competencies.items():
            yield f"competency `{code}`", one.title


def _worked(act: Act, worked: Example) -> Iterator[str]:
    yield "## A worked example"
    yield "\n".join(f"- {line}" for line in worked.given)
    yield "Computed by the code that grades:"
    for grade in worked.grades:
        yield f"### {_headline(act, grade)}"
        yield "\n".join(
            f"{at}. {explain_step(step, act, _LANGUAGE)}" for at, step in enumerate(grade.steps, start=1)
        )
        if grade.flags:
            yield "\n".join(f"- `{flag}`: {flag_text(flag, _LANGUAGE)}" for flag in grade.flags)


def _headline(act: Act, grade: Grade) -> str:
    when = period(grade.period, _LANGUAGE)
    if grade.score is None or grade.grade is None:
        return f"{when[0].upper()}{when[1:]}: {word('kind', grade.kind, _LANGUAGE)}"
    title = act.grades[grade.grade].title.in_(_LANGUAGE)
    return f"{when[0].upper()}{when[1:]}: {number(grade.score, _LANGUAGE)}, “{title}”"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


if __name__ == "__main__":
    default = Path(__file__).parents[1] / "docs" / "methodologies"
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else default)
