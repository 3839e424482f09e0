"""`bagalau correct`, and what the same facts come to under another revision, as people run them."""

import json
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.servers import EmbeddedNats, EmbeddedPostgres
from tests.services.cli.commands import bagalau, serving
from tests.services.correcting.small_world import ACT, IDLE, OTHER, OVERALL, world

pytestmark = pytest.mark.servers


def object_of(done: subprocess.CompletedProcess[str]) -> dict:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def lines(done: subprocess.CompletedProcess[str]) -> list[dict]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("facts") / "facts.jsonl"
    file.write_bytes(b"\n".join(world()) + b"\n")
    return file


@pytest.fixture(scope="module")
def fed(tmp_path_factory: pytest.TempPathFactory, facts: Path) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("corrected")
    with serving(home):
        assert bagalau(home, "submit", str(facts)).returncode == 0
    yield home
    EmbeddedNats(home).stop()
    EmbeddedPostgres(home).stop()


def scores(found: list[dict]) -> dict[tuple[str, str, str], str]:
    """Of the quarters that have one; the clock may have issued sheets of others meanwhile."""
    return {
        (one["body"], one["employee"], one["period"]): one["score"]
        for one in found
        if one["kind"] == "quarterly" and one["score"] is not None
    }


def test_the_question_the_correction_and_the_explanation_after_it(
    fed: Path, facts: Path, overall: Path, tmp_path: Path
) -> None:
    asked = bagalau(fed, "correct", str(overall), "--what-if", "--report", str(tmp_path / "list.csv"))
    assert asked.returncode == 0, asked.stderr
    assert "3 of them were told already" in asked.stdout
    assert "Decided by a panel" in asked.stdout
    assert stat.S_IMODE((tmp_path / "list.csv").stat().st_mode) == 0o600
    before = scores(lines(bagalau(fed, "grades", "--json")))

    alone = bagalau(fed, "correct", str(overall), "--reason", "read anew")
    assert (alone.returncode, "--yes" in alone.stderr) == (2, True)
    done = object_of(bagalau(fed, "correct", str(overall), "--reason", "read anew", "--yes", "--json"))
    assert (done["applied"], done["revision"], done["restated"]) == (True, 2, {"zhanakorgan": 2, OTHER: 1})

    after = scores(lines(bagalau(fed, "grades", "--json")))
    offline = scores(lines(bagalau(fed, "grade", str(facts), "--act", str(overall))))
    assert after == offline != before
    explain = ("explain", "e-2", "2026-Q1", "--body", OTHER, "--json")
    assert [one["score"] for one in lines(bagalau(fed, *explain))] == ["2.99"]
    (first,) = lines(bagalau(fed, *explain, "--revision", "1"))
    assert (first["score"], first["revision"]) == ("4.60", 1)
    of_panel = ("explain", "e-1", "2026-Q1", "--json")
    assert [one["score"] for one in lines(bagalau(fed, *of_panel))] == ["4.50"]
    assert [one["score"] for one in lines(bagalau(fed, *of_panel, "--revision", "2"))] == ["2.99"]
    unknown = bagalau(fed, *explain, "--revision", "7")
    assert (unknown.returncode, f"{ACT} has the revisions 1, 2" in unknown.stderr) == (2, True)
    told = lines(bagalau(fed, "history", "e-2", "--body", OTHER, "--json"))
    assert (told[-1]["type"], told[-1]["cause"]) == ("ResultRestated", "MethodologyActivated")

    again = object_of(bagalau(fed, "correct", str(overall), "--reason", "read anew", "--yes", "--json"))
    assert (again["standing"], again["restated"]) == ("in-force", {})
    replayed = bagalau(fed, "replay")
    assert replayed.returncode == 0, replayed.stdout


def test_what_cannot_be_is_told_before_anything_is_derived(fed: Path, overall: Path, tmp_path: Path) -> None:
    elsewhere = bagalau(fed, "correct", str(overall), "--what-if", "--body", "nosuch")
    assert elsewhere.returncode == 2
    assert all(word in elsewhere.stderr for word in ("--body", "nosuch", OTHER))
    bad = tmp_path / "bad.toml"
    bad.write_text(f'corrects = "{ACT}"\n[readings.nosuch]\nvalue = "x"\n')
    unknown = bagalau(fed, "correct", str(bad), "--what-if", "--json")
    told = json.loads(unknown.stderr)["error"]
    assert (unknown.returncode, told["code"]) == (1, "methodology-invalid")
    assert "readings.nosuch: unknown reading, expected one of discipline-cap-scope" in told["detail"]


def test_what_changes_nothing_is_refused_unless_forced(fed: Path, tmp_path: Path) -> None:
    idle = tmp_path / "idle.toml"
    idle.write_text(IDLE)
    ask = ("correct", str(idle), "--reason", "read anew", "--yes", "--body", OTHER, "--json")
    refused = bagalau(fed, *ask)
    assert (refused.returncode, json.loads(refused.stderr)["error"]["code"]) == (1, "correction-idle")
    forced = object_of(bagalau(fed, *ask, "--force"))
    assert (forced["applied"], forced["results"], forced["restated"]) == (True, 0, {})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "give either --what-if or --reason TEXT"),
        (("--what-if", "--reason", "x"), "give either --what-if or --reason TEXT"),
        (("--reason", " ", "--yes"), "a correction states its reason"),
        (("--reason", "x", "--yes", "--by", "system"), "never `system`"),
        (("--reason", "x", "--yes", "--by", " hr-7"), "without spaces at its ends"),
        (("--reason", "x", "--yes", "--by", "  "), "without spaces at its ends"),
        (("--what-if", "--from-period", "2026-Q5"), "--from-period"),
    ],
    ids=str,
)
def test_what_is_no_question_is_wrong_usage(
    home: Path, overall: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = bagalau(home, "correct", str(overall), *arguments)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.split())


def test_a_bad_file_is_told_with_its_place(home: Path, facts: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(OVERALL.replace('"overall"', '"half"'))
    done = bagalau(home, "grade", str(facts), "--act", str(bad))
    assert done.returncode == 1
    assert "bad.toml: readings.discipline-cap-scope" in done.stderr


def test_facts_are_graded_under_another_act_without_servers(home: Path, facts: Path, overall: Path) -> None:
    as_it_is = scores(lines(bagalau(home, "grade", str(facts))))
    other = scores(lines(bagalau(home, "grade", str(facts), "--act", str(overall))))
    too = scores(lines(bagalau(home, "grade", str(facts), "--act", str(overall), "--decided-too")))
    capped = {key for key in as_it_is if other[key] != as_it_is[key]}
    assert {other[key] for key in capped} == {"2.99"}
    assert len(capped) == 3
    panel = ("zhanakorgan", "e-1", "2026-Q1")
    assert (as_it_is[panel], other[panel], too[panel]) == ("4.50", "4.50", "2.99")
    assert scores(lines(bagalau(home, "grade", str(facts), "--revision", "1"))) == as_it_is
    assert bagalau(home, "grade", str(facts), "--revision", "2").returncode == 2
