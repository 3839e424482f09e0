"""`bagalau rebuild` as an operator uses it: step by step, all at once, as text and as JSON."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.servers import EmbeddedNats, EmbeddedPostgres
from tests.services.cli.commands import bagalau, serving

pytestmark = pytest.mark.servers

WIDTH = 80


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with the demo's country in it."""
    home = tmp_path_factory.mktemp("rebuilt")
    done = bagalau(home, "demo", "--keep", "--facts", "600")
    assert done.returncode == 0, done.stderr
    # A correction at its end leaves the generation before.
    told(home, "drop")
    yield home
    EmbeddedNats(home).stop()
    EmbeddedPostgres(home).stop()


def told(home: Path, *arguments: str) -> dict:
    done = bagalau(home, "rebuild", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def refused(home: Path, *arguments: str) -> str:
    done = bagalau(home, "rebuild", *arguments, "--json")
    assert done.returncode == 1
    return json.loads(done.stderr)["error"]["code"]


def grades(home: Path) -> list[dict]:
    return [json.loads(line) for line in bagalau(home, "grades", "--json").stdout.splitlines()]


def test_step_by_step(demo: Path) -> None:
    before = grades(demo)
    (live,) = [one["number"] for one in told(demo, "status")["generations"]]
    assert refused(demo, "run") == "no-rebuild"
    made = told(demo, "prepare")
    number = made["generation"]
    assert made["state"] == "prepared"
    assert made["events"] > 500
    assert told(demo, "prepare") == made
    assert refused(demo, "compare") == refused(demo, "golive") == "rebuild-state"
    run = told(demo, "run", "--workers", "1")
    assert (run["state"], run["ledgers_done"], run["folded"]) == (
        "catching-up",
        run["ledgers"],
        run["events"],
    )
    assert run["parked"] == run["destroyed"] == 0
    assert told(demo, "catchup")["behind"] == 0
    compared = told(demo, "compare", "--people")
    assert compared["rows"] == len(before) == run["rows"] > 0
    assert (compared["differing"], compared["people"]) == (0, [])
    status = told(demo, "status")
    assert [one["state"] for one in status["generations"]] == ["catching-up", "live"]
    assert status["rebuild"]["generation"] == number
    assert told(demo, "golive") == {"generation": number, "before": live}
    assert grades(demo) == before
    assert told(demo, "status")["rebuild"] is None
    assert told(demo, "drop") == {"dropped": [live]}
    assert told(demo, "drop") == {"dropped": []}
    again = told(demo, "prepare")["generation"]
    assert told(demo, "abort") == {"aborted": again}
    assert refused(demo, "abort") == "no-rebuild"
    assert [one["state"] for one in told(demo, "status")["generations"]] == ["live"]
    assert grades(demo) == before


def test_all_of_it_beside_running_services(demo: Path) -> None:
    with serving(demo):
        done = told(demo, "--workers", "1")
        assert done["is_live"]
        assert done["compared"]["after"] == done["generation"]
        # The clock may be at work, so how many rows there are is not known beforehand.
        assert sum(one["rows"] for one in done["compared"]["ledgers"]) > 0
        assert [one["shifts"] for one in done["compared"]["ledgers"] if one["shifts"]] == []
        assert done["events_per_second"] > 0
        assert [one["state"] for one in told(demo, "status")["generations"]] == ["live", "retired"]
    told(demo, "drop")


def test_people_are_told_in_words_that_fit(demo: Path) -> None:
    printed = [
        bagalau(demo, "rebuild", *arguments).stdout
        for arguments in (
            ("prepare",), ("run", "--workers", "1"), ("status",), ("compare", "--people"), ("golive",),
            ("drop",), ("--workers", "1"),
        )
    ]  # fmt: skip
    assert all(printed)
    assert "ledgers folded" in printed[1]
    assert "0 differ" in printed[3]
    assert "is shown instead of" in printed[4]
    assert "events/s" in printed[6]
