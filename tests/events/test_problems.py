"""The table of problems and the code that refuses are one: nothing is raised that it does not tell of."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from events.envelope import Refusal
from events.problems import BY_WHERE, KINDS, MAX_BYTES
from events.unreadable import Unreadable
from methodologies.loading import ActError

ROOT = Path(__file__).parents[2]
MODULES = [
    path
    for folder in ("events", "methodologies", "services")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
RAISED = {"Refusal", "Unreadable", "Refusal.because", "SignatureFault"}


def codes_in(path: Path) -> Iterator[str]:
    """The first argument of every refusal, and the first of every tuple that `misfit` answers with."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in RAISED and node.args:
            first = node.args[0]
        elif path.name == "misfit.py" and isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            first = node.value.elts[0]
        else:
            continue
        if isinstance(first, ast.Constant):
            yield first.value
        elif isinstance(first, ast.Name) and first.id.isupper():
            yield getattr(
                importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts)), first.id
            )


def test_every_code_that_is_raised_stands_in_the_table_and_every_one_there_is_raised():
    raised = {code for path in MODULES for code in codes_in(path)} | {ActError.code}

    assert raised == set(KINDS)


def test_a_code_belongs_to_one_of_those_who_refuse():
    assert sum(len(kinds) for kinds in BY_WHERE.values()) == len(KINDS)


@pytest.mark.parametrize("code", KINDS)
def test_titles_and_sentences_read_as_english(code):
    kind = KINDS[code]
    assert kind.title[0].isupper()
    assert len(kind.title) <= 40
    assert not kind.title.endswith(".")
    for sentence in (kind.meaning, kind.remedy):
        assert sentence[0].isupper() or sentence.startswith("`")
        assert sentence.endswith(".")


def test_titles_are_told_apart():
    assert len({kind.title for kind in KINDS.values()}) == len(KINDS)


def test_the_limit_that_is_told_is_the_one_that_is_kept():
    assert str(MAX_BYTES) in KINDS["too-large"].meaning


def test_a_refusal_tells_its_title_and_what_to_do():
    problem = Unreadable("not-json").problem
    assert (problem.title, problem.detail) == ("Not JSON", KINDS["not-json"].sentence)
    told = Refusal.because("mark-out-of-range", "Under cl. 17 a mark is from 0 to 5.", "data.score").problem
    assert told.detail == "Under cl. 17 a mark is from 0 to 5. Send the corrected fact under a new id."
    assert told.type == "urn:bagalau:problem:mark-out-of-range"
