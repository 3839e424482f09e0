"""The commands as users run them, on real servers, in one home after another."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.facts import assessed, body_and_servant, sanctioned, scored, signed
from tests.services.cli.commands import bagalau, serving

pytestmark = pytest.mark.servers

SAMPLE = ("--facts", "400", "--bodies", "2", "--quarters", "1")


def objects(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_demo_feeds_grades_and_verifies_and_leaves_nothing_behind(home: Path):
    done = bagalau(home, "demo", "--json")
    assert done.returncode == 0, done.stderr
    (report,) = objects(done.stdout)
    assert report["facts_accepted"] >= 1000
    assert report["facts_rejected"] > 0
    assert report["grades"] > 0
    assert report["ledgers_verified"] == 9
    assert report["seconds"] < 60
    correction = report["correction"]
    assert (correction["applied"], correction["as_foretold"]) == (True, True)
    assert correction["results"] == len(correction["changed"]) > correction["announced"] > 0
    assert sum(correction["restated"].values()) == correction["announced"]
    assert all(one["new_score"] != one["score"] for one in correction["changed"])
    assert list(home.iterdir()) == []


@pytest.fixture(scope="module")
def kept_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the demo's data in it."""
    home = tmp_path_factory.mktemp("kept")
    done = bagalau(home, "demo", "--keep", "--facts", "1000")
    assert done.returncode == 0, done.stderr
    assert "Grades by body" in done.stdout
    assert "Refused facts" in done.stdout
    assert "How it was calculated" in done.stdout
    verified, corrected = (done.stdout.index(one) for one in ("Verified ledgers", "A correction: "))
    assert verified < corrected
    return home


def test_verify_recomputes_what_the_demo_kept_against_its_checkpoints(kept_home: Path):
    done = bagalau(kept_home, "verify", "--json")
    assert done.returncode == 0, done.stderr
    (report,) = objects(done.stdout)
    assert report["ok"]
    assert len(report["ledgers"]) == 9
    assert all(one["events"] > 0 and one["checkpoints_checked"] > 0 for one in report["ledgers"])


def test_rejected_lists_each_refusal_and_opens_messages_only_when_asked(kept_home: Path):
    listed = objects(bagalau(kept_home, "rejected", "--json", "--limit", "500").stdout)
    assert listed
    assert all(one["problem"]["code"] and one["message"] is None for one in listed)
    opened = objects(bagalau(kept_home, "rejected", "--json", "--messages").stdout)
    assert any(one["message"] for one in opened)


@pytest.mark.parametrize(("lang", "words"), [("kk", "Нәтиже"), ("ru", "Результат"), ("en", "Result")])
def test_explain_tells_a_grade_in_each_language(kept_home: Path, lang: str, words: str):
    done = bagalau(kept_home, "explain", "ZH-00004", "2026", "--lang", lang)
    assert done.returncode == 0, done.stderr
    assert words in done.stdout


def test_explain_refuses_a_period_that_does_not_exist(kept_home: Path):
    assert bagalau(kept_home, "explain", "ZH-00004", "2026-Q5").returncode == 2


def test_doctor_misses_servers_that_do_not_run_and_starts_none(kept_home: Path):
    done = bagalau(kept_home, "doctor", "--json")
    (report,) = objects(done.stdout)
    assert done.returncode == 1, report
    found = {one["subject"]: one["verdict"] for one in report["findings"]}
    assert found == {"postgresql": "stuck", "nats": "stuck", "keyring": "well"}


def test_submit_and_grade_accept_the_same_facts_and_the_ledgers_explain_as_the_file_does(home: Path):
    file, receipts = home / "country.jsonl", home / "held.jsonl"
    assert bagalau(home, "sample", *SAMPLE, "--wrong", "0.1", "-o", str(file)).returncode == 0
    offline = bagalau(home, "grade", "--no-steps", str(file))
    refused_offline = {one["id"]: one["problem"]["code"] for one in objects(offline.stderr)}
    with serving(home):
        done = bagalau(home, "submit", str(file), "--receipts", str(receipts), "--json")
        assert done.returncode == 1
        (report,) = objects(done.stdout)
        held = objects(receipts.read_text())
        accepted = {one["id"] for one in held if one["outcome"] == "accepted"}
        assert len(accepted) == report["accepted"] > 300
        assert not accepted & (refused_offline.keys() - _reused(refused_offline))
        again = bagalau(home, "submit", str(file), "--json")
        assert objects(again.stdout)[0]["accepted"] == report["accepted"]
        verified = bagalau(home, "verify", "--receipts", str(receipts), "--json")
        (proof,) = objects(verified.stdout)
        assert proof["ok"]
        assert sum(one["receipts_checked"] for one in proof["ledgers"]) == report["accepted"]
        assert bagalau(home, "doctor").returncode == 0
    by_file = {_key(one): one for one in objects(offline.stdout)}
    employee, period = next((one["employee"], one["period"]) for one in by_file.values() if one["score"])
    (stored,) = objects(bagalau(home, "explain", employee, period, "--json").stdout)
    (filed,) = objects(bagalau(home, "explain", employee, period, "--facts", str(file), "--json").stdout)
    assert stored == filed
    assert stored["steps"]


def _reused(refused: dict[str, str]) -> set[str]:
    return {one for one, code in refused.items() if code == "id-reused"}


def _key(grade: dict) -> tuple[str, ...]:
    return tuple(grade[key] for key in ("kind", "body", "employee", "position", "period"))


def test_grade_prints_grades_on_stdout_and_refusals_on_stderr(home: Path):
    file = home / "facts.jsonl"
    lines = [*body_and_servant(), sanctioned("remark", "2026-02-10"), *assessed(), signed(), scored("1", "9")]
    file.write_bytes(b"\n".join([*lines, b"nonsense"]) + b"\n")
    done = bagalau(home, "grade", str(file))
    assert done.returncode == 1
    quarterly, annual = objects(done.stdout)
    assert (quarterly["score"], quarterly["grade"]) == ("4.60", "effective")
    assert list(quarterly) == [
        "kind",
        "body",
        "employee",
        "position",
        "period",
        "methodology",
        "revision",
        "status",
        "reason",
        "score",
        "grade",
        "flags",
        "readings",
        "quarters",
        "results",
        "steps",
    ]
    assert annual["quarters"] == [
        {"period": "2026-Q1", "body": "zhanakorgan", "position": "p-1", "score": "4.60"}
    ]
    assert [one["problem"]["code"] for one in objects(done.stderr)] == [
        "already-signed",
        "sheet-signed",
        "not-json",
    ]


def test_grade_of_good_facts_exits_0(home: Path):
    file = home / "facts.jsonl"
    file.write_bytes(b"\n".join([*body_and_servant(), *assessed()]))
    assert bagalau(home, "grade", str(file)).returncode == 0


def test_submit_without_services_says_what_to_do(home: Path):
    file = home / "facts.jsonl"
    file.write_bytes(b"\n".join(body_and_servant()))
    done = bagalau(home, "submit", str(file))
    assert done.returncode == 1
    assert "services-not-running" in done.stderr
    assert "bagalau up" in done.stderr


def test_a_database_that_holds_events_gets_no_new_keyring(kept_home: Path, tmp_path: Path):
    keyring = kept_home / "keyring.json"
    aside = keyring.rename(tmp_path / "keyring.json")
    try:
        done = bagalau(kept_home, "serve", "intake")
        assert done.returncode == 1
        assert "keyring-missing" in done.stderr
    finally:
        aside.rename(keyring)


def test_an_unknown_service_is_wrong_usage(home: Path):
    assert bagalau(home, "serve", "coffee").returncode == 2


def test_every_command_has_help(home: Path):
    told = bagalau(home, "--help").stdout
    for name in (
        "up",
        "serve",
        "demo",
        "sample",
        "submit",
        "grade",
        "grades",
        "explain",
        "verify",
        "rejected",
        "doctor",
    ):
        assert f" {name} " in told
        shown = bagalau(home, name, "--help")
        assert shown.returncode == 0
        assert len(shown.stdout.splitlines()) > 5


def test_up_stops_cleanly_and_leaves_no_server_behind(home: Path):
    with serving(home) as process:
        process.terminate()
        assert process.wait(timeout=60) == 0
    left = subprocess.run(["pgrep", "-f", str(home)], capture_output=True, text=True, check=False).stdout
    assert left == ""
