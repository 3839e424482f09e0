"""The commands that people ask: what they tell, how it fits a terminal, what they say of nothing."""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from methodologies.loading import shipped
from services.servers import EmbeddedNats, EmbeddedPostgres
from tests.services.cli.commands import SECONDS, bagalau, command, environment

pytestmark = pytest.mark.servers

WIDTH = 80
KEYS = {
    "kind", "body", "employee", "position", "period", "methodology", "revision", "status", "reason", "score",
    "grade", "flags", "readings", "quarters", "results", "steps",
}  # fmt: skip


def told(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a terminal of 80 columns."""
    return subprocess.run(
        command(*arguments),
        env={**environment(home), "COLUMNS": str(WIDTH)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def objects(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def broad(text: str) -> list[str]:
    return [line for line in text.splitlines() if len(line.rstrip()) > WIDTH]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A home with the demo's data in it, and what the demo printed."""
    home = tmp_path_factory.mktemp("asked")
    done = told(home, "demo", "--keep", "--facts", "1000")
    assert done.returncode == 0, done.stderr
    yield home, done.stdout
    EmbeddedNats(home).stop()
    EmbeddedPostgres(home).stop()


@pytest.fixture(scope="module")
def asked(shown: tuple[Path, str]) -> Path:
    return shown[0]


@pytest.fixture(scope="module")
def all_grades(asked: Path) -> list[dict]:
    return objects(bagalau(asked, "grades", "--json").stdout)


def test_the_demo_fits_80_columns_and_ends_with_what_to_do_next(shown: tuple[Path, str]):
    _, printed = shown
    assert broad(printed) == []
    assert "bagalau grades --body zhanakorgan" in printed.splitlines()[-4]
    assert "bagalau explain ZH-" in printed


def test_grades_without_a_filter_are_summed_up_by_body_and_grade(asked: Path, all_grades: list[dict]):
    printed = told(asked, "grades").stdout
    assert broad(printed) == []
    for body in {one["body"] for one in all_grades}:
        assert body in printed
    effective = Counter(
        one["body"] for one in all_grades if (one["kind"], one["grade"]) == ("annual", "effective")
    )
    (row,) = [
        line.split() for line in printed.partition("A year's grade")[2].splitlines() if "zhanakorgan " in line
    ]
    assert str(effective["zhanakorgan"]) in row


def test_grades_as_json_are_the_derived_grades_without_their_steps(all_grades: list[dict]):
    assert len(all_grades) > 100
    for one in all_grades:
        assert one.keys() == KEYS
        assert one["steps"] == []
    keys = {
        tuple(one[key] for key in ("kind", "body", "employee", "position", "period")) for one in all_grades
    }
    assert len(keys) == len(all_grades)


@pytest.mark.parametrize(
    "narrowed",
    [
        {"body": "zhanakorgan"},
        {"employee": "ZH-00004"},
        {"body": "sjc", "kind": "annual"},
        {"period": "2026-Q2", "status": "graded"},
        {"status": "not-assessed"},
    ],
    ids=str,
)
def test_grades_are_narrowed_by_what_is_asked(asked: Path, all_grades: list[dict], narrowed: dict[str, str]):
    arguments = [word for key, value in narrowed.items() for word in (f"--{key}", value)]
    found = objects(bagalau(asked, "grades", "--json", *arguments).stdout)
    wanted = [one for one in all_grades if narrowed.items() <= one.items()]
    assert wanted
    assert sorted(map(str, found)) == sorted(map(str, wanted))
    assert broad(told(asked, "grades", *arguments).stdout) == []


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_grades_are_titled_as_the_act_prints_them(asked: Path, lang: str):
    title = shipped()["zhanakorgan-2026"].grades["effective"].title.in_(lang)  # type: ignore[arg-type]
    printed = bagalau(asked, "grades", "--body", "zhanakorgan", "--lang", lang).stdout
    assert title in printed
    assert broad(told(asked, "grades", "--lang", lang).stdout) == []


def test_grades_stand_in_the_order_of_employees_and_periods_and_say_when_there_are_more(asked: Path):
    printed = bagalau(asked, "grades", "--body", "zhanakorgan", "--kind", "quarterly").stdout
    rows = [line.split()[0::2][:2] for line in printed.splitlines() if line.lstrip().startswith("ZH-")]
    assert rows == sorted(rows)
    cut = bagalau(asked, "grades", "--body", "zhanakorgan", "--limit", "2").stdout
    assert "The first 2 are shown" in cut
    assert cut.count("ZH-") == 2


def test_nothing_found_is_told_as_none(asked: Path):
    assert bagalau(asked, "grades", "--employee", "nobody").stdout == "none\n"
    assert bagalau(asked, "grades", "--employee", "nobody", "--lang", "ru").stdout == "нет\n"
    assert bagalau(asked, "rejected", "--body", "nobody").stdout == "Refused messages: none\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "nosuch"),
        ("grades", "--body", "nosuch"),
        ("explain", "ZH-00004", "2026-Q4", "--body", "nosuch"),
    ],
    ids=lambda words: words[0],
)
def test_a_body_nobody_knows_is_wrong_usage_and_the_known_ones_are_named(
    asked: Path, arguments: tuple[str, ...]
):
    done = bagalau(asked, *arguments)
    assert done.returncode == 2
    assert "nosuch" in done.stderr
    assert all(body in done.stderr for body in ("agency", "akkaiyn", "zhanakorgan"))


def test_explain_tells_an_unknown_employee_from_an_unknown_period(asked: Path):
    nobody = bagalau(asked, "explain", "nobody", "2026-Q1")
    another_year = bagalau(asked, "explain", "ZH-00004", "2025")
    assert (nobody.returncode, another_year.returncode) == (1, 1)
    assert "No employee nobody is known in any body" in nobody.stderr
    assert "Known periods: 2026, 2026-Q1" in another_year.stderr


def test_rejected_breaks_no_id_and_says_what_to_do(asked: Path):
    listed = objects(bagalau(asked, "rejected", "--json").stdout)
    printed = told(asked, "rejected", "--messages").stdout
    assert broad(printed) == []
    assert all(one["id"] in printed for one in listed)
    assert "Write the fact with a JSON library" in " ".join(printed.split())
    assert all(one["message"] is None for one in listed)


def test_rejected_shows_the_newest_and_says_how_many_more_there_are(asked: Path):
    listed = objects(bagalau(asked, "rejected", "--json").stdout)
    assert listed[0]["recorded_at"] > listed[-1]["recorded_at"]
    first = told(asked, "rejected", "--limit", "1").stdout
    assert listed[0]["id"] in first
    assert f"{len(listed) - 1} more, older ones; --limit shows them." in first


def test_the_version_is_told(home: Path):
    assert bagalau(home, "--version").stdout == f"{version('bagalau')}\n"


def test_sample_overwrites_a_file_only_when_told_to(home: Path):
    file = home / "country.jsonl"
    file.write_text("kept", "utf-8")
    refused = bagalau(home, "sample", "--bodies", "1", "--quarters", "1", "-o", str(file))
    assert refused.returncode == 2
    assert "--force" in refused.stderr
    assert file.read_text("utf-8") == "kept"
    assert (
        bagalau(home, "sample", "--bodies", "1", "--quarters", "1", "-o", str(file), "--force").returncode
        == 0
    )
    assert file.read_text("utf-8").startswith("{")
