"""Every command that the pages show is run, in the order shown, as a reader would."""

import re
import shlex
import shutil
import subprocess
import time
from pathlib import Path
from typing import cast

import pytest
from typer.main import get_command

from methodologies.explanations.catalogue import template
from methodologies.model.clause import Language
from services.cli.app import app
from tests.services.cli.commands import bagalau, serving

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
SHOWN_BLOCK = re.compile(r"^    ((?:bagalau|make) [^#\n]*)", re.MULTILINE)
SHOWN_INLINE = re.compile(r"`(bagalau [^`]+|make [a-z]+)`")
PLACEHOLDERS = ("FILE", "SERVICE", "ID", "…")
# What the sample's wrong facts, or their absence, make of a command: 1 says that something was refused.
MAY_REFUSE = ("submit", "grade")


def blocks(page: Path) -> list[str]:
    return [found.strip() for found in SHOWN_BLOCK.findall(page.read_text("utf-8"))]


def inline(page: Path) -> list[str]:
    return [found.strip() for found in SHOWN_INLINE.findall(page.read_text("utf-8"))]


def test_the_readme_shows_two_commands_to_run_and_test_it():
    assert {"make demo", "make test"} <= set(blocks(ROOT / "README.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_is_shown_exists(page: Path):
    shown = {each for each in (*blocks(page), *inline(page)) if each.startswith("make ")}
    for target in shown:
        told = subprocess.run(["make", "-n", *target.split()[1:]], cwd=ROOT, capture_output=True, check=False)
        assert told.returncode == 0, target


def test_every_bagalau_command_of_the_readme_works_in_the_order_shown(home: Path):
    shown = [each for each in blocks(ROOT / "README.md") if each.startswith("bagalau ")]
    assert len(shown) >= 8
    shutil.copytree(ROOT / "docs" / "examples", home / "docs" / "examples")
    with serving(home):
        for each in shown:
            arguments = shlex.split(each)[1:]
            done = bagalau(home, *arguments, folder=home)
            if arguments[0] == "explain":
                done = once_graded(home, arguments, done)
                assert result_of(arguments) in done.stdout, done.stdout
            allowed = {0, 1} if arguments[0] in MAY_REFUSE else {0}
            assert done.returncode in allowed, f"{each}: {done.stdout}{done.stderr}"
            assert "Traceback" not in done.stderr
            assert done.stdout or "-o" in arguments, each


def result_of(arguments: list[str]) -> str:
    """What a grade's explanation says in the language that is asked for, and one without a grade does not."""
    language = cast("Language", arguments[arguments.index("--lang") + 1] if "--lang" in arguments else "en")
    return template("page.result", language).partition("{")[0]


def once_graded(
    home: Path, arguments: list[str], done: subprocess.CompletedProcess[str]
) -> subprocess.CompletedProcess[str]:
    """The answer once grades have caught up with what was just submitted."""
    until = time.monotonic() + 20
    while result_of(arguments) not in done.stdout and time.monotonic() < until:
        done = bagalau(home, *arguments, folder=home)
    return done


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_named_in_a_sentence_exists_with_its_options(page: Path):
    for each in inline(page):
        if each.startswith("bagalau "):
            words = [word for word in shlex.split(each)[1:] if word not in PLACEHOLDERS]
            named = [word for word in words if word.startswith("--")]
            assert set(named) <= options_of([word for word in words if not word.startswith("-")]), each


def options_of(words: list[str]) -> set[str]:
    """Every option that the command of these words takes; KeyError for a word that is no command."""
    command = get_command(app)
    for word in words:
        commands = getattr(command, "commands", None)
        if commands is None:
            break
        command = commands[word]
    return {"--help", *(option for each in command.params for option in (*each.opts, *each.secondary_opts))}
