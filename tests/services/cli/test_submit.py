"""`bagalau submit`: refusals are told once, and what to do when no receipt comes."""

import json
from pathlib import Path

import pytest

from tests.facts import body_and_servant, issued, scored
from tests.services.cli.commands import bagalau, serving

pytestmark = pytest.mark.servers


def test_refusals_are_told_once_to_people_and_once_to_programs(home: Path):
    file = home / "facts.jsonl"
    file.write_bytes(b"\n".join([*body_and_servant(), issued(), scored("1", "7"), b"nonsense"]))
    with serving(home):
        people = bagalau(home, "submit", str(file))
        programs = bagalau(home, "submit", str(file), "--json")
    assert (people.returncode, programs.returncode) == (1, 1)
    assert people.stderr == ""
    assert people.stdout.count("mark-out-of-range in data.score: ") == 1
    assert "4 accepted, 2 refused" in people.stdout
    refused = [json.loads(line) for line in programs.stderr.splitlines()]
    assert {one["problem"]["code"] for one in refused} == {"mark-out-of-range", "not-json"}
    assert json.loads(programs.stdout)["rejected"] == 2


@pytest.mark.usefixtures("own_nats")
def test_a_queue_without_services_is_told_with_its_remedy(home: Path):
    file = home / "facts.jsonl"
    file.write_bytes(b"\n".join(body_and_servant()))
    done = bagalau(home, "submit", str(file), "--patience", "1")
    assert done.returncode == 1
    assert "no-receipts: 1 facts wait" in done.stderr
    assert "bagalau doctor" in done.stderr
