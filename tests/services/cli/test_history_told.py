"""`bagalau history`: of ledgers and of files, as known now and then, in three languages."""

import json
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from methodologies.loading import shipped
from services.servers import EmbeddedNats, EmbeddedPostgres
from tests.facts import appointed, assessed, body_and_servant, sanctioned
from tests.services.cli.commands import SECONDS, bagalau, command, environment, serving
from tests.services.deciding.calibrating import asked, told

pytestmark = pytest.mark.servers

FACTS = [
    *body_and_servant(name="Айгүл"),
    appointed("e-2"),
    *assessed(("5", "4", "4", "4", "5")),
    told(),
    asked(),
]
LATE = sanctioned("severe-reprimand", "2026-02-11", basis="\x1b[31mорыс")
EFFECTIVE = shipped()["zhanakorgan-2026"].grades["effective"].title


def objects(done: subprocess.CompletedProcess[str]) -> list[dict]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def written(file: Path, lines: list[bytes]) -> Path:
    file.write_bytes(b"\n".join(lines) + b"\n")
    return file


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("facts") / "facts.jsonl", [*FACTS, LATE])


@pytest.fixture(scope="module")
def between(tmp_path_factory: pytest.TempPathFactory, file: Path) -> Iterator[tuple[Path, str]]:
    """A home whose ledgers took in the facts, and the moment before they took in the late sanction."""
    home = tmp_path_factory.mktemp("history")
    first = written(home / "first.jsonl", FACTS)
    with serving(home):
        assert bagalau(home, "submit", str(first)).returncode == 0
        time.sleep(0.05)
        moment = datetime.now(UTC).isoformat()
        assert bagalau(home, "submit", str(file)).returncode == 0
    yield home, moment
    EmbeddedNats(home).stop()
    EmbeddedPostgres(home).stop()


def reported(found: list[dict]) -> list[tuple[object, ...]]:
    """What feeders reported, and what came of it; the clock of the services adds its own."""
    keys = ("type", "actor", "period", "data", "text", "score_before", "score_after", "grade_after")
    return [tuple(one[key] for key in keys) for one in found]


def test_the_ledgers_tell_what_the_file_tells(between: tuple[Path, str], file: Path) -> None:
    home, _ = between
    stored = objects(bagalau(home, "history", "e-1", "--json"))
    filed = objects(bagalau(home, "history", "e-1", "--facts", str(file), "--json"))
    ids = {one["id"] for one in filed}
    assert len(filed) > 10
    assert reported([one for one in stored if one["id"] in ids]) == reported(filed)
    assert all(one["recorded_at"] for one in stored)
    assert {one["recorded_at"] for one in filed} == {None}


def test_as_of_a_time_it_ends_with_what_was_known_then(between: tuple[Path, str]) -> None:
    home, moment = between
    then = objects(bagalau(home, "history", "e-1", "--as-of", moment, "--json"))
    now = objects(bagalau(home, "history", "e-1", "--json"))
    assert now[: len(then)] == then
    assert "DisciplineRecorded" not in {one["type"] for one in then}
    quarter = [one["after"] for entry in then for one in entry["changes"] if one["kind"] == "quarterly"]
    assert quarter[-1]["score"] == "4.40"
    restated = next(one for one in now if one["type"] == "ResultRestated")
    assert (restated["cause"], restated["score_after"]) == ("DisciplineRecorded", "4.00")
    page = bagalau(home, "history", "e-1", "--as-of", moment).stdout
    assert "As it was known on " in page
    assert "(Almaty)" in page


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "severe reprimand"),
        ("ru", "4,00, «{grade}»; ранее: 4,40"),
        ("kk", "4,00 балл, «{grade}»; бұрын: 4,40 балл"),
    ],
)
def test_a_page_tells_who_when_what_and_what_came_of_it(
    between: tuple[Path, str], lang: str, words: str
) -> None:
    home, _ = between
    shown = bagalau(home, "history", "e-1", "--lang", lang).stdout
    assert words.format(grade=EFFECTIVE.in_(lang)) in shown  # type: ignore[arg-type]
    assert "Айгүл" in shown.splitlines()[0]
    assert "· hr-1 ·" in shown
    # A feeder's text may hold the codes by which a terminal is told to do things.
    assert "\x1b" not in shown
    assert r"\u001b[31mорыс" in shown


def test_it_fits_a_terminal_of_80_columns(file: Path, home: Path) -> None:
    done = subprocess.run(
        command("history", "e-1", "--facts", str(file), "--lang", "kk"),
        env={**environment(home), "COLUMNS": "80"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_only_a_period_is_told_when_asked_for(file: Path, home: Path) -> None:
    found = objects(bagalau(home, "history", "e-1", "--facts", str(file), "--period", "2026-Q1", "--json"))
    assert {one["period"] for one in found} == {"2026-Q1", None}
    assert [one["type"] for one in found if one["period"] is None] == ["DisciplineRecorded"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody",), "No employee nobody is known in any body."),
        (("e-1", "--body", "sjc"), "No employee e-1 is known in the body sjc."),
        (("e-1", "--period", "2025-Q1"), "Known periods: 2026-Q1."),
        (("e-1", "--as-of", "2025-01-01"), "No event of e-1 was recorded by 2025-01-01 23:59"),
    ],
    ids=str,
)
def test_what_is_not_known_is_refused_with_what_is(
    file: Path, home: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = bagalau(home, "history", *arguments, "--facts", str(file))
    assert done.returncode == 1
    assert done.stdout == ""
    assert words in done.stderr


@pytest.mark.parametrize(
    "option",
    [("--period", "2026-Q5"), ("--as-of", "yesterday"), ("--as-of", "9999-12-31"), ("--lang", "de")],
    ids=str,
)
def test_what_is_no_period_no_time_and_no_language_is_wrong_usage(
    file: Path, home: Path, option: tuple[str, str]
) -> None:
    done = bagalau(home, "history", "e-1", "--facts", str(file), *option)
    assert done.returncode == 2
    assert option[0] in done.stderr


def test_a_body_that_no_ledger_is_of_is_wrong_usage(between: tuple[Path, str]) -> None:
    done = bagalau(between[0], "history", "e-1", "--body", "nosuch")
    assert done.returncode == 2
    assert "zhanakorgan" in done.stderr
