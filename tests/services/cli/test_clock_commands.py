"""`bagalau clock` and `bagalau obligations`, as people run them."""

import json
from pathlib import Path

import pytest

from tests.facts import adopted, appointed, registered
from tests.services.cli.commands import bagalau, serving

pytestmark = pytest.mark.servers


@pytest.fixture
def fed(home: Path) -> Path:
    """A home whose services are stopped, with a body of two under an act of a year to come."""
    file = home / "facts.jsonl"
    servants = (appointed("e-1"), appointed("e-2", unit_head="head-2"))
    file.write_bytes(b"\n".join([registered(), adopted("zhanakorgan-2026", "2030-Q1"), *servants]))
    with serving(home):
        assert bagalau(home, "submit", str(file)).returncode == 0
    return home


def test_a_pass_by_hand_and_what_is_owed_after_it(fed: Path) -> None:
    nothing = bagalau(fed, "obligations", "zhanakorgan")
    assert (nothing.returncode, "none" in nothing.stdout) == (0, True)

    told = bagalau(fed, "clock", "--today", "2030-04-01", "--json")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["recorded"] == {"zhanakorgan": {"SheetIssued": 2, "TermsMarked": 2}}
    again = bagalau(fed, "clock", "--today", "2030-04-01")
    assert (again.returncode, again.stdout.strip()) == (0, "Recorded as on 2030-04-01: none")

    day = ("--today", "2030-04-22")
    owed = bagalau(fed, "obligations", "zhanakorgan", *day)
    assert owed.returncode == 0
    assert "overdue 2" in owed.stdout
    assert "The quarter is assessed (cl. 4)" in owed.stdout
    assert "просрочено 2" in bagalau(fed, "obligations", "zhanakorgan", *day, "--lang", "ru").stdout
    (one,) = _lines(
        bagalau(fed, "obligations", "zhanakorgan", "--overdue", "--who", "head-2", *day, "--json").stdout
    )
    assert (one["employee"], one["term"], one["days_late"]) == ("e-2", "quarter-assessed", 2)
    of_one = _lines(bagalau(fed, "obligations", "zhanakorgan", "--employee", "e-1", *day, "--json").stdout)
    assert [line["who"] for line in of_one] == ["head-1"]
    early = ("--today", "2030-04-20")
    assert _lines(bagalau(fed, "obligations", "zhanakorgan", "--overdue", *early, "--json").stdout) == []

    unknown = bagalau(fed, "obligations", "nowhere")
    assert unknown.returncode == 2
    assert "zhanakorgan" in unknown.stderr


def _lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]
