"""`bagalau consequences`: what it tells of rows as they stand, and of acts that print none."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from methodologies.loading import shipped
from methodologies.registry import first_law
from projections.consequences import consequences
from projections.grade import Grade
from services.servers import EmbeddedNats, EmbeddedPostgres
from tests.services.cli.commands import bagalau

pytestmark = pytest.mark.servers

SILENT = ("zhanakorgan-2026", "health-2025", "pavlodar-2026", "typical-2025")


def objects(done: subprocess.CompletedProcess[str]) -> list[dict]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with a made-up country under all acts in it."""
    home = tmp_path_factory.mktemp("following")
    done = bagalau(home, "demo", "--keep", "--facts", "1000")
    assert done.returncode == 0, done.stderr
    yield home
    EmbeddedNats(home).stop()
    EmbeddedPostgres(home).stop()


@pytest.fixture(scope="module")
def everything(told: Path) -> list[dict]:
    """What follows from the grades that `bagalau grades` tells."""
    grades = [msgspec.convert(one, Grade) for one in objects(bagalau(told, "grades", "--json"))]
    found = consequences(grades, first_law())
    assert {one.body for one in found} == {"sjc", "arys"}
    # What is due rests on days that the ledger alone holds.
    return [{**msgspec.to_builtins(one), "due": None} for one in found]


def alike(found: list[dict], expected: list[dict]) -> bool:
    def in_order(rows: list[dict]) -> list[str]:
        return sorted(json.dumps({**one, "due": None}, sort_keys=True) for one in rows)

    return in_order(found) == in_order(expected)


def test_as_json_it_is_what_follows_from_the_grades_shown(told: Path, everything: list[dict]):
    assert len(everything) > 20
    assert alike(objects(bagalau(told, "consequences", "--json")), everything)


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("sjc",), {"body": "sjc"}),
        (("--what", "bonus"), {"code": "bonus"}),
        (("arys", "--what", "development-only"), {"body": "arys", "code": "development-only"}),
        (("--employee", "SJ-00001"), {"employee": "SJ-00001"}),
    ],
    ids=str,
)
def test_it_is_narrowed_by_what_is_asked(
    told: Path, everything: list[dict], arguments: tuple[str, ...], wanted: dict[str, str]
):
    expected = [one for one in everything if wanted.items() <= one.items()]
    assert expected
    assert alike(objects(bagalau(told, "consequences", "--json", *arguments)), expected)


def test_a_year_is_asked_for_with_its_quarters(told: Path, everything: list[dict]):
    expected = [one for one in everything if one["period"].startswith("2017")]
    assert {one["kind"] for one in expected} == {"quarterly", "annual"}
    assert alike(objects(bagalau(told, "consequences", "--json", "--year", "2017")), expected)
    assert objects(bagalau(told, "consequences", "--json", "--year", "1999")) == []


def test_without_a_filter_they_are_counted_by_body(told: Path, everything: list[dict]):
    printed = bagalau(told, "consequences").stdout
    records = [one for one in everything if one["code"] == "service-record"]
    (row,) = [line.split() for line in printed.splitlines() if "service record" in line]
    assert row[-2:] == [str(len(records)), str(sum(one["pending"] for one in records))]


def unbroken(text: str) -> str:
    """The text without its spaces and ends of lines: a narrow table breaks its title anywhere."""
    return "".join(text.split())


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_they_are_titled_as_the_act_prints_them_with_the_clause(told: Path, lang: str):
    printed = unbroken(bagalau(told, "consequences", "sjc", "--lang", lang).stdout)
    act = shipped()["sjc-2017"]
    assert unbroken(act.consequences["service-record"].title.in_(lang)) in printed  # type: ignore[arg-type]
    assert {"kk": "45-т.", "ru": "п.45", "en": "cl.45"}[lang] in printed
    assert unbroken(act.grades["satisfactory"].title.in_(lang)) in printed  # type: ignore[arg-type]


def test_an_act_that_prints_none_says_so(told: Path):
    done = bagalau(told, "consequences", "zhanakorgan")
    assert done.returncode == 0
    assert "No consequences are printed by zhanakorgan-2026" in done.stdout
    as_json = bagalau(told, "consequences", "zhanakorgan", "--json")
    assert as_json.stdout == ""
    assert "zhanakorgan-2026" in as_json.stderr
    country = bagalau(told, "consequences").stdout
    assert all(act in country for act in SILENT)


def test_an_act_that_prints_others_names_them(told: Path):
    printed = bagalau(told, "consequences", "arys", "--what", "bonus").stdout
    assert "arys-2022 prints no such consequence, only: decided-by-targets, development-only." in printed


def test_more_than_is_shown_is_told(told: Path):
    printed = bagalau(told, "consequences", "sjc", "--limit", "2").stdout
    assert "The first 2 are shown" in printed
    assert printed.count("SJ-") == 2
    assert len(objects(bagalau(told, "consequences", "sjc", "--json", "--limit", "3"))) == 3


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(("--what", "nothing"), "no-mentoring"), (("nowhere",), "sjc"), (("--year", "0"), "--year")],
)
def test_what_cannot_be_asked_is_a_mistake_of_usage_and_says_what_can(
    told: Path, arguments: tuple[str, ...], named: str
):
    done = bagalau(told, "consequences", *arguments)
    assert done.returncode == 2
    assert named in done.stderr
