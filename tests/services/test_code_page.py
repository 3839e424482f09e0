"""The page of codes says of every code what it means, and of no code that nothing tells."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.replayed import EXPLAINED, Finding
from services.code_page import CODES, code_page

ROOT = Path(__file__).parents[2]
REPLAYING = (
    "projections/replay.py",
    "projections/replayed.py",
    "projections/rows_replayed.py",
    "services/replaying.py",
)
_CODE = re.compile(r"[a-z]+(-[a-z]+)+")


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (ROOT / folder).rglob("*.py")


def calls(file: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            yield name, node


def texts(node: ast.AST) -> set[str]:
    return {
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and _CODE.fullmatch(one.value)
    }


def raised(error: str) -> set[str]:
    """The codes that an error is raised with anywhere."""
    return {
        code
        for file in sources("projections", "services")
        for name, call in calls(file)
        if name == error and call.args
        for code in texts(call.args[0])
    }


def test_every_code_of_a_rebuild_and_a_correction_is_explained_and_no_other() -> None:
    rebuild, correction = raised("RebuildError"), raised("CorrectionError")
    assert len(rebuild) > 7
    assert len(correction) > 4
    others = {"missing-events", "law-unreadable", "adoptions-unreadable", "supposition-unreadable"}
    assert CODES["rebuild"].keys() == rebuild | others
    assert CODES["correction"].keys() == correction | {"methodology-invalid"}
    known = {text for file in sources("events", "projections", "methodologies") for text in literals(file)}
    assert others | {"methodology-invalid"} <= known


def literals(file: Path) -> set[str]:
    return texts(ast.parse(file.read_text("utf-8")))


def test_every_finding_of_a_replay_is_explained_and_no_other() -> None:
    told = {
        code
        for file in REPLAYING
        for name, call in calls(ROOT / file)
        if name in {"_find", "find", "Finding", "StoredRow"}
        for part in (*call.args[:1], *(one.value for one in call.keywords if one.arg in {"code", "problem"}))
        for code in texts(part)
    }
    in_words = {one for one in re.findall(r"`([a-z-]+)`", Finding.__doc__ or "") if _CODE.fullmatch(one)}
    assert told
    assert told <= CODES["replay"].keys()
    assert in_words | EXPLAINED == CODES["replay"].keys()
    assert {name for name, code in CODES["replay"].items() if code.explained} == EXPLAINED


@pytest.mark.parametrize("section", sorted(CODES))
def test_each_code_has_one_row_with_what_to_do(section: str) -> None:
    for name, code in CODES[section].items():
        row = rf"^\| `{name}` \|.*\| {re.escape(code.remedy)} \|$"
        assert len(re.findall(row, code_page(), re.MULTILINE)) == 1
        assert code.meaning.endswith(".")
        assert code.remedy.endswith(".")


def test_the_page_is_the_one_that_the_table_makes() -> None:
    assert (ROOT / "docs/codes.md").read_text("utf-8") == code_page()
