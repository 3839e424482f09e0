"""`bagalau grade` refuses what is asked of it before it decides a fact, and follows the file's own law."""

import json
import subprocess
from pathlib import Path

import pytest

from methodologies.loading import act_to_data, shipped
from tests.facts import body_and_servant, fact, issued, marked, sanctioned, signed, worked
from tests.services.cli.commands import bagalau
from tests.services.correcting.small_world import ACT, OVERALL

FACTS = [
    b"nonsense",
    *body_and_servant(),
    sanctioned("severe-reprimand", "2026-02-10"),
    issued(),
    *marked(),
    worked(),
    signed(),
]


def laid_down(**readings: str) -> bytes:
    """The agency's fact that the act reads otherwise from its second revision on."""
    act = act_to_data(shipped()[ACT])
    for name, value in readings.items():
        act["readings"][name.replace("_", "-")]["value"] = value
    data = {"id": ACT, "revision": 2, "act": act, "reason": "read anew"}
    return fact("MethodologyCorrected", data, body="agency")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "facts.jsonl"
    made.write_bytes(b"\n".join(FACTS))
    return made


def scores(done: subprocess.CompletedProcess[str]) -> list[str]:
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return [one["score"] for one in found if one["kind"] == "quarterly"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--revision", "2"), "no act has a revision 2 here"),
        (("--revision", "0"), "--revision"),
        (("--revision", "1", "--act", "{file}"), "not both"),
        (("--decided-too",), "it goes with --revision or --act"),
        (("--act", "/nonexistent/act.toml"), "--act"),
    ],
)
def test_options_are_refused_before_a_fact_is_decided(
    home: Path, file: Path, options: tuple[str, ...], words: str
) -> None:
    done = bagalau(home, "grade", str(file), *(one.format(file=file) for one in options))
    assert done.returncode == 2
    assert words in " ".join(done.stderr.split())
    assert "not-json" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_an_act_that_does_not_hold_is_refused_with_what_to_do(
    home: Path, file: Path, tmp_path: Path, as_json: tuple[str, ...]
) -> None:
    act = tmp_path / "bad.toml"
    act.write_text(OVERALL.replace('"overall"', '"half"'))
    done = bagalau(home, "grade", str(file), "--act", str(act), *as_json)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    if as_json:
        told = json.loads(line)["error"]
        assert told["code"] == "methodology-invalid"
        assert told["detail"].startswith(
            "bad.toml: readings.discipline-cap-scope.value: unknown choice, expected one of"
        )
        assert told["detail"].endswith(".")
        assert told["remedy"].startswith("Put that key right and try again: docs/methodologies")
    else:
        assert line.startswith(
            "bagalau: methodology-invalid: bad.toml: readings.discipline-cap-scope.value: "
        )
        assert "Put that key right and try again" in line


def test_a_revision_that_the_file_itself_lays_down_is_graded_under(home: Path, file: Path) -> None:
    file.write_bytes(b"\n".join([*FACTS[1:], laid_down(discipline_cap_scope="overall")]))
    as_it_is = bagalau(home, "grade", str(file))
    first, second = (bagalau(home, "grade", str(file), "--revision", one) for one in ("1", "2"))
    assert (as_it_is.returncode, first.returncode, second.returncode) == (0, 0, 0), second.stderr
    assert scores(first) == scores(as_it_is)
    assert scores(second) == ["2.99"] != scores(first)
    unknown = bagalau(home, "grade", str(file), "--revision", "3")
    assert (unknown.returncode, unknown.stdout) == (2, "")
