"""`bagalau replay`: what it tells of a sound country, of one that was tampered with, and of an empty one."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from services.servers import EmbeddedNats, EmbeddedPostgres
from tests.services.cli.commands import bagalau

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def country() -> Iterator[Path]:
    """A home with a made-up country in it."""
    home = Path(tempfile.mkdtemp(prefix="bagalau-", dir="/tmp"))
    done = bagalau(home, "demo", "--keep", "--facts", "1000")
    assert done.returncode == 0, done.stderr
    yield home
    EmbeddedNats(home).stop()
    EmbeddedPostgres(home).stop()
    shutil.rmtree(home, ignore_errors=True)


def lines(done: subprocess.CompletedProcess[str]) -> list[dict]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_sound_country_is_explained_and_what_was_replayed_is_told(country: Path) -> None:
    done = bagalau(country, "replay", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    *findings, summary = lines(done)

    assert summary["ok"]
    assert summary["announcements"] == summary["alike"] > 30
    assert sum(one["rows"] for one in summary["ledgers"]) > 50
    assert all(one["explained"] for one in findings)
    assert sum(summary["causes"].values()) == sum(one["code"] == "restated" for one in findings)


def test_it_is_told_in_tables(country: Path) -> None:
    done = bagalau(country, "replay", "--verbose")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "announcements of" in done.stdout
    assert "are explained." in done.stdout


def test_where_nothing_was_announced_it_says_so(country: Path) -> None:
    done = bagalau(country, "replay", "--period", "2011-Q1")

    assert done.returncode == 0
    assert "No result was announced: there was nothing to replay." in done.stdout


@pytest.mark.parametrize("arguments", [("--body", "nowhere"), ("--period", "2026-Q5"), ("surplus",)])
def test_what_is_asked_wrongly_is_a_usage_error(country: Path, arguments: tuple[str, ...]) -> None:
    assert bagalau(country, "replay", *arguments).returncode == 2


def done_by_owner(home: Path, *statements: str) -> int:
    """How many rows the last statement touched; a command before may have stopped the server."""
    server = EmbeddedPostgres(home)
    server.start()
    with psycopg.connect(server.url, autocommit=True) as conn:
        return [conn.execute(statement.encode()).rowcount for statement in statements][-1]


def test_a_row_that_was_tampered_with_is_named(country: Path) -> None:
    # What is no longer shown is not looked at.
    bagalau(country, "rebuild", "drop")
    changed = done_by_owner(
        country,
        "CREATE TABLE public.kept AS SELECT * FROM projection.grades",
        "UPDATE projection.grades SET seq = seq + 1 WHERE kind = 'quarterly'",
    )
    done = bagalau(country, "replay", "--json")
    done_by_owner(
        country, "TRUNCATE projection.grades", "INSERT INTO projection.grades SELECT * FROM public.kept"
    )
    *findings, summary = lines(done)
    unexplained = [one for one in findings if not one["explained"]]

    assert done.returncode == 1
    assert {one["code"] for one in unexplained} == {"row-not-authentic"}
    assert summary["unexplained"] == len(unexplained) == changed > 0
    assert all(one["employee"] and one["period"] for one in unexplained)
    assert bagalau(country, "replay").returncode == 0


def test_a_document_in_anothers_dossier_is_named_with_what_to_do(country: Path) -> None:
    moved = done_by_owner(
        country,
        "CREATE TABLE public.documents AS SELECT * FROM projection.dossiers",
        "UPDATE projection.dossiers AS d SET person = o.person FROM projection.dossiers AS o"
        " WHERE o.ledger = d.ledger AND o.person <> d.person AND d.stream = ("
        "SELECT stream FROM ledger.events AS e JOIN projection.dossiers AS f USING (ledger, stream)"
        " WHERE e.type = 'EmployeeAppointed' ORDER BY e.recorded_at LIMIT 1)",
    )
    done, in_words = bagalau(country, "replay", "--json"), bagalau(country, "replay")
    done_by_owner(
        country,
        "TRUNCATE projection.dossiers",
        "INSERT INTO projection.dossiers SELECT * FROM public.documents",
    )
    *findings, summary = lines(done)
    (found,) = (one for one in findings if not one["explained"])

    assert (moved, done.returncode, in_words.returncode) == (1, 1, 1)
    assert found["code"] == "dossier-differs"
    assert found["employee"]
    assert found["document"] in found["detail"]
    assert (summary["unexplained"], summary["findings"]["dossier-differs"]) == (1, 1)
    assert all(one["documents"] > 0 for one in summary["ledgers"] if one["ledger"] == found["body"])
    assert f"{found['body']}: dossier-differs: {found['employee']}: {found['detail']}" in in_words.stdout
    assert "dossier-differs: `bagalau rebuild` puts it back" in in_words.stdout
    assert bagalau(country, "replay").returncode == 0
