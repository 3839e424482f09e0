"""The page of codes says of every code what it means, and of no code that nothing tells."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from events.keyring import KeyringError
from projections.archives.failures import ArchiveError, Fault
from projections.replayed import EXPLAINED, Finding
from services.archivist.key_files import KeyFileError
from services.cli.submit import ManyBodiesError
from services.code_page import CODES, code_page
from services.destroying.errors import DestroyingError
from services.signatures.trust_directory import TrustError
from services.verifying import ReceiptsError
from services.viewers.errors import ViewerError
from services.witness import WitnessError

ROOT = Path(__file__).parents[2]
REPLAYING = (
    "projections/replay.py",
    "projections/replayed.py",
    "projections/replayed_dossiers.py",
    "projections/rows_replayed.py",
    "services/replaying.py",
)
_CODE = re.compile(r"[a-z]+(-[a-z]+)+")


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (ROOT / folder).rglob("*.py")


@cache
def calls(file: Path) -> tuple[tuple[str, ast.Call], ...]:
    return tuple(
        (one.func.attr if isinstance(one.func, ast.Attribute) else getattr(one.func, "id", ""), one)
        for one in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(one, ast.Call)
    )


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
        for file in sources("events", "projections", "services")
        for name, call in calls(file)
        if name == error and call.args
        for code in named(call.args[0])
    }


def named(node: ast.AST) -> set[str]:
    """The codes of an argument; one that stands there alone may be a single word."""
    return {str(node.value)} if isinstance(node, ast.Constant) else texts(node)


def told_of(*kinds: type) -> set[str]:
    """The codes that the docstrings of errors name."""
    return {code for kind in kinds for code in re.findall(r"`([a-z]+(?:-[a-z]+)*)`", kind.__doc__ or "")}


def test_every_code_of_a_rebuild_and_a_correction_is_explained_and_no_other() -> None:
    rebuild, correction = raised("RebuildError"), raised("CorrectionError")
    assert len(rebuild) > 7
    assert len(correction) > 4
    others = {"missing-events", "law-unreadable", "adoptions-unreadable", "supposition-unreadable"}
    assert CODES["rebuild"].keys() == rebuild | others
    assert CODES["correction"].keys() == correction | {"methodology-invalid"}
    known = {text for file in sources("events", "projections", "methodologies") for text in literals(file)}
    assert others | {"methodology-invalid"} <= known


def test_every_code_of_an_archive_is_explained_and_no_other() -> None:
    found = {
        code
        for file in sources("projections/archives", "services/archivist")
        for name, call in calls(file)
        if name in {"Fault", "fault", "_find"} and call.args
        for code in named(call.args[0])
    }
    ended = raised("ArchiveError")
    assert min(len(found), len(ended)) > 15
    assert ended | found <= CODES["archive"].keys()
    by_name = told_of(ArchiveError, Fault) - {"seq", "code"}
    assert CODES["archive"].keys() == ended | found | by_name | {KeyFileError.code}


@pytest.mark.parametrize(
    ("section", "errors", "others"),
    [
        ("destroying", ["DestroyingError"], set()),
        ("viewer", ["ViewerError"], set()),
        ("broker", ["BrokerError"], set()),
        (
            "checkpoint",
            ["CountersignError", "CheckpointError"],
            {WitnessError.code, ReceiptsError.code},
        ),
        ("trust", [], {TrustError.code}),
        ("keyring", ["KeyringError"], set()),
        ("log", ["LogError"], {"ahead-of-ledger"}),
        (
            "server",
            ["ServersError", "SchemaError"],
            {
                *(f"{server}-url-forgotten" for server in ("postgres", "nats")),
                *(f"{kind}-{what}" for kind in ("stream", "consumer") for what in ("missing", "differs")),
                *("role-url-missing", "migrator-url-missing", "postgres-failed"),
            },
        ),
        (
            "command",
            ["FeedError", "DemoError", "Failure"],
            {ManyBodiesError.code},
        ),
    ],
)
def test_every_code_that_a_command_ends_with_is_explained_and_no_other(
    section: str, errors: list[str], others: set[str]
) -> None:
    found = set[str]().union(*(raised(error) for error in errors))
    assert (len(found) > 4) == bool(errors)
    elsewhere = {"command": "server", "log": "rebuild"}.get(section)
    assert CODES[section].keys() == (found | others) - CODES.get(elsewhere or "", {}).keys()


@pytest.mark.parametrize(
    ("error", "section"),
    [(ViewerError, "viewer"), (DestroyingError, "destroying"), (KeyringError, "keyring")],
)
def test_an_error_names_its_codes_itself(error: type, section: str) -> None:
    assert told_of(error) - {"code", "remedy"} <= CODES[section].keys()


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
