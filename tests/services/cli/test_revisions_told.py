"""How the law came to be what it is, and what a correction under way is about, as an auditor asks for it."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from events.log import today
from methodologies.loading import act_from_data, act_to_data, shipped
from projections.rebuild import generations
from services.correcting.correction import Correcting
from services.correcting.proposal import Scope
from services.servers import connect, reading
from tests.services.cli.commands import bagalau, serving
from tests.services.correcting.small_world import ACT, OTHER, world

pytestmark = pytest.mark.servers

REASON = "The court read it so [cl. 5]"
SCOPE = ("--body", OTHER, "--from-period", "2026-Q1")


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = bagalau(home, *arguments)
    assert done.returncode == 0, done.stderr
    return done


def told(home: Path, *arguments: str) -> str:
    """What is printed for people, however its lines are broken."""
    return " ".join(run(home, "methodologies", *arguments).stdout.split())


def said(home: Path, *arguments: str) -> Any:
    return json.loads(run(home, "methodologies", *arguments, "--json").stdout)


def listed(home: Path, *arguments: str) -> list[dict[str, Any]]:
    lines = run(home, "methodologies", "revisions", *arguments, "--json").stdout.splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory, overall: Path) -> Iterator[Path]:
    """A home in which an act was corrected for one body; its services run, for each command to find."""
    home = tmp_path_factory.mktemp("revised")
    facts = home / "facts.jsonl"
    facts.write_bytes(b"\n".join(world()) + b"\n")
    with serving(home):
        run(home, "submit", str(facts))
        run(home, "correct", str(overall), "--reason", REASON, "--by", "hr-7", *SCOPE, "--yes")
        yield home


KEYS = {
    "methodology", "revision", "standing", "event", "recorded_at", "actor", "occurred_on", "seq", "digest",
    "reason", "activated", "adopted", "repealed",
}  # fmt: skip


def test_every_revision_is_listed_with_its_reason_and_whom_it_is_for(corrected: Path) -> None:
    found = listed(corrected)
    assert [(one["methodology"], one["revision"]) for one in found] == sorted(
        [*((identity, 1) for identity in shipped()), (ACT, 2)]
    )
    assert all(set(one) == KEYS for one in found)
    (first, second) = listed(corrected, ACT)
    assert (first["standing"], first["actor"], first["reason"]) == ("in-force", "system", None)
    assert (second["standing"], second["actor"], second["reason"]) == ("in-force", "hr-7", REASON)
    (law,) = second["activated"]
    assert (law["bodies"], law["from_period"], law["decided_too"]) == ([OTHER], "2026-Q1", False)


def test_for_people_it_is_a_table_that_says_how_to_compare(corrected: Path) -> None:
    printed = told(corrected, "revisions", ACT)
    for words in (
        "published by system; the law for all bodies from then on",
        f"laid down by hr-7: {REASON}",
        f"the law for {OTHER}, from 2026-Q1 on",
        f"`bagalau methodologies diff {ACT}@1 {ACT}@2`",
    ):
        assert words in printed
    assert "health-2025" not in printed
    assert all(identity in told(corrected, "revisions") for identity in shipped())


def test_an_act_is_told_as_a_revision_reads(corrected: Path) -> None:
    def readings(*arguments: str) -> dict[str, str]:
        found = said(corrected, "show", ACT, *arguments)
        rows = [row for section in found["sections"] for row in section["rows"]]
        return {row["key"]: row["value"] for row in rows if row["key"].startswith("readings.")}

    published, first, second = readings(), readings("--revision", "1"), readings("--revision", "2")
    assert published == first
    assert {key for key in first if first[key] != second[key]} == {
        "readings.discipline-cap-scope", "readings.cap-binds-panel",
    }  # fmt: skip
    assert readings("--revision", "in-force") == second
    found = said(corrected, "show", ACT, "--revision", "in-force")
    assert (found["revision"], found["digest"]) == (2, listed(corrected, ACT)[1]["digest"])
    data = json.loads(run(corrected, "methodologies", "show", ACT, "--revision", "2", "--data").stdout)
    assert data["readings"]["discipline-cap-scope"]["value"] == "overall"
    assert act_to_data(act_from_data(data)) == data
    printed = told(corrected, "show", ACT, "--revision", "in-force")
    assert "Revision 2, in force: 20" in printed
    assert REASON in printed
    assert "In force too, for others: 1" in printed
    assert shipped()[ACT].title.kk in told(corrected, "show", ACT, "--revision", "2", "--lang", "kk")


def test_two_revisions_are_compared(corrected: Path) -> None:
    found = said(corrected, "diff", f"{ACT}@1", f"{ACT}@in-force")
    assert found["second"] == f"{ACT}@in-force"
    assert {one["first"]["key"] for one in found["differences"]} == {
        "readings.discipline-cap-scope", "readings.cap-binds-panel",
    }  # fmt: skip
    assert said(corrected, "diff", ACT, f"{ACT}@1")["differences"] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("revisions", "nosuch"), "no act nosuch is published"),
        (("show", ACT, "--revision", "9"), "has the revisions 1, 2; or in-force"),
        (("show", ACT, "--revision", "two"), "has the revisions 1, 2; or in-force"),
        (("diff", ACT, f"{ACT}@"), f"Invalid value for {ACT}@"),
        (("diff", "nosuch@1", ACT), "no act nosuch is published"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_what_there_is_not_is_wrong_usage(corrected: Path, arguments: tuple[str, ...], words: str) -> None:
    done = bagalau(corrected, "methodologies", *arguments)
    assert done.returncode == 2
    assert words in " ".join(done.stderr.replace("│", " ").split())


def test_the_status_says_what_a_correction_under_way_is_about(corrected: Path, overall: Path) -> None:
    before = json.loads(run(corrected, "rebuild", "status", "--json").stdout)
    assert before["correction"] is None
    assert [one["correction"] for one in before["generations"]] == [
        {
            "methodology": ACT,
            "revision": 2,
            "from_period": "2026-Q1",
            "bodies": [OTHER],
            "decided_too": False,
        },
        None,
    ]
    back = overall.with_name("back.toml")
    back.write_text(f'corrects = "{ACT}"\n[readings.discipline-cap-scope]\nvalue = "parameter"\n')
    with reading(corrected) as servers:
        proposal = Correcting(servers, corrected / "keyring.json").read(back, Scope())
        with connect(servers, autocommit=True) as conn:
            conn.execute("SET ROLE bagalau_owner")
            supposed = proposal.supposed(today(conn))
            number = generations.prepare(conn, purpose="correction", supposed=supposed).number
        status = json.loads(run(corrected, "rebuild", "status", "--json").stdout)
        found = status["correction"]
        assert (found["generation"], found["methodology"], found["revision"]) == (number, ACT, 3)
        assert (found["laid_down"], found["reason"], found["bodies"]) == (False, None, None)
        (changed,) = found["differences"]
        assert changed["first"]["key"] == "readings.discipline-cap-scope"
        assert (changed["first"]["value"][:7], changed["second"]["value"][:9]) == ("overall", "parameter")
        assert status["rebuild"]["generation"] == number
        printed = " ".join(run(corrected, "rebuild", "status").stdout.split())
        assert f"Correction under way: {ACT}, revision 3, for all bodies: proposed" in printed
        assert f"correction of {ACT}, revision 3" in printed
        assert "parameter: The cap" in printed
        run(corrected, "rebuild", "abort")


@pytest.mark.parametrize(
    "kept", ["[{}]", '[{"type": "MethodologyActivated", "occurred_on": "2026-01-01", "data": {}}]']
)
def test_a_correction_that_another_release_prepared_is_listed_and_given_up(
    corrected: Path, kept: str
) -> None:
    with reading(corrected) as servers, connect(servers, autocommit=True) as conn:
        conn.execute("SET ROLE bagalau_owner")
        number = generations.prepare(conn, purpose="correction").number
        conn.execute("UPDATE projection.generations SET law = %s WHERE generation = %s", [kept, number])
    printed = run(corrected, "rebuild", "status")
    assert "What the correction under way is about cannot be told" in printed.stderr
    assert str(number) in printed.stdout
    status = json.loads(run(corrected, "rebuild", "status", "--json").stdout)
    assert (status["generations"][0]["number"], status["generations"][0]["correction"]) == (number, None)
    assert f"generation {number}" in bagalau(corrected, "doctor").stdout
    refused = bagalau(corrected, "rebuild", "run")
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert json.loads(run(corrected, "rebuild", "abort", "--json").stdout) == {"aborted": number}
