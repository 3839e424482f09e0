"""What the acts oblige and forbid, and the tests that hold it: `python -m tests.clauses` writes the page.

The list is data (`clauses.toml`). Which tests hold an entry stands at the tests, as `pytest.mark.clause`, and
is read from their source: nothing is imported or run for it.
"""

import ast
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from methodologies.act import Family
from methodologies.loading import shipped
from methodologies.model.clause import Clause as ClauseText
from methodologies.model.clause import clause_text

TESTS = Path(__file__).parent
ROOT = TESTS.parent
PAGE = ROOT / "docs" / "clauses.md"

_LIST = Path(__file__).with_suffix(".toml")
_MARK = "pytest.mark.clause"
_NOT_IN_CI = "pytest.mark.long"

_SECTIONS: Mapping[Family, str] = {
    "score-sheet": "The score-sheet acts",
    "points": "`sjc-2017`",
    "targets": "`arys-2022`",
}
_OPENING = """# What the acts oblige and forbid, and the tests that hold it

*Generated from `tests/clauses.toml` and the marks of the tests by `make docs`; do not edit.*

Every sentence of the acts that obliges or forbids, in our own words, beside the tests that fail when it is
broken. Clause numbers are the acts' own. `pytest -m clause` runs these tests; `make guards` takes refusals
out of the code one by one and wants a test to fail for each."""
_BEYOND = """What the acts want and no fact could tell, so that nothing here can hold it."""


class Clause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence of an act: where it stands, what it obliges or forbids; `acts` where not all have it."""

    clause: ClauseText
    rule: str
    acts: tuple[str, ...] = ()


class Beyond(Clause, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A sentence that nothing here can hold, and why."""

    why: str


class Clauses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    clauses: dict[str, Clause]
    beyond: dict[str, Beyond]


class Mark(msgspec.Struct, frozen=True):
    """A test that says which clause it holds, and whether it is one that every change runs."""

    clause: str
    test: str
    in_ci: bool


def listed() -> Clauses:
    return msgspec.convert(tomllib.loads(_LIST.read_text("utf-8")), Clauses)


def acts_of(name: str, clause: Clause) -> tuple[str, ...]:
    """The acts that have the sentence: those it names, else those of the family, or the act, of its name."""
    owner = name.split("/", 1)[0]
    return clause.acts or tuple(act.id for act in shipped().values() if owner in {act.family, act.id})


def marks(folder: Path = TESTS) -> Iterator[Mark]:
    """The marks of all tests below a folder, by file and in the order written."""
    for path in sorted(folder.rglob("test_*.py")):
        source = path.read_text("utf-8")
        if _MARK not in source:
            continue
        tree = ast.parse(source)
        everywhere = {ast.unparse(one.value) for one in tree.body if _is_pytestmark(one)}
        yield from _marks_in(tree.body, path.relative_to(folder.parent).as_posix(), _NOT_IN_CI in everywhere)


def _is_pytestmark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"


def _marks_in(body: Iterable[ast.stmt], node_id: str, is_long: bool) -> Iterator[Mark]:
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        own = f"{node_id}::{node.name}"
        decorators = [ast.unparse(one) for one in node.decorator_list]
        long_too = is_long or _NOT_IN_CI in decorators
        if isinstance(node, ast.ClassDef):
            yield from _marks_in(node.body, own, long_too)
        elif node.name.startswith("test_"):
            for one in node.decorator_list:
                for name in _named(one):
                    yield Mark(name, own, not long_too)


def _named(decorator: ast.expr) -> Iterator[str]:
    if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == _MARK:
        for argument in decorator.args:
            yield ast.literal_eval(argument)


def held(of: Iterable[Mark]) -> Mapping[str, tuple[str, ...]]:
    """The tests that every change runs, by the clause that they hold; in order."""
    found: dict[str, list[str]] = {}
    for mark in of:
        if mark.in_ci:
            found.setdefault(mark.clause, []).append(mark.test)
    return {clause: tuple(tests) for clause, tests in found.items()}


def page(of: Iterable[Mark]) -> str:
    """The page: each sentence with its clause and its tests, and those that no fact could tell."""
    clauses, tests = listed(), held(of)
    parts = [_OPENING]
    for family, title in _SECTIONS.items():
        rows = (
            (_where(name, one), one.rule, "<br>".join(f"`{test}`" for test in tests.get(name, ())))
            for name, one in clauses.clauses.items()
            if shipped()[acts_of(name, one)[0]].family == family
        )
        parts.append(f"## {title}\n\n{_table(('clause', 'what it obliges or forbids', 'held by'), rows)}")
    beyond = ((_where(name, one), one.rule, one.why) for name, one in clauses.beyond.items())
    parts.append(f"## Beyond what facts tell\n\n{_BEYOND}\n\n{_table(('clause', 'rule', 'why'), beyond)}")
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _where(name: str, clause: Clause) -> str:
    acts = acts_of(name, clause)
    family = {act.id for act in shipped().values() if act.family == shipped()[acts[0]].family}
    some = "" if set(acts) == family else "<br>" + ", ".join(acts)
    return f"{clause_text(clause.clause, 'en')}{some}<br>`{name}`"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


if __name__ == "__main__":
    (Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE).write_text(page(marks()), encoding="utf-8")
