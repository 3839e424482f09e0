"""The commands as different people run them: with their keys, in a home that is no demonstration."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from events.envelope import Event
from events.keyring import load
from events.log import Log
from events.vocabulary.retention import ResultDisclosed
from services.cli.app import app
from services.cli.failures import failure
from services.servers import EmbeddedNats, EmbeddedPostgres, Servers, connect, reading
from tests.facts import BODY, EVALUATOR, appointed, assessed, body_and_servant, ref, registered
from tests.services.cli.commands import bagalau, serving
from tests.services.deciding.calibrating import asked, convened, filed, told, votes

pytestmark = pytest.mark.servers

Q1 = "2026-Q1"
FACTS = [
    *body_and_servant(name="Айгүл"),
    appointed("e-2"),
    appointed(EVALUATOR, "p-9"),
    registered("sjc"),
    *assessed(("4", "4", "4", "4", "3")),
    *assessed(of=ref("e-2")),
    told(),
    asked(),
    convened(),
    *votes("4.5", "4.5", "3.8"),
    filed(),
]
ROLES = {
    "self": (f"{BODY}/e-1", "servant"),
    "evaluator": (f"{BODY}/{EVALUATOR}", "servant"),
    "other": (f"{BODY}/e-2", "servant"),
    "hr": (f"{BODY}/hr-1", "hr"),
    "hr-elsewhere": ("sjc/hr-1", "hr"),
    "auditor": ("agency/auditor-1", "auditor"),
}
COMMANDS = {
    "explain": ("explain", "e-1", Q1, "--body", BODY, "--json"),
    "history": ("history", "e-1", "--body", BODY, "--json"),
    "grades": ("grades", "--employee", "e-1", "--body", BODY, "--json"),
    "all grades": ("grades", "--body", BODY, "--json", "--kind", "quarterly"),
    "consequences": ("consequences", BODY, "--json"),
    "obligations": ("obligations", BODY, "--all", "--json"),
    "replay": ("replay", "--body", BODY, "--json"),
    "rejected": ("rejected", "--body", BODY, "--json"),
    "disclosures": ("disclosures", "e-1", "--body", BODY, "--json"),
    "disclose": (
        "disclose", "e-1", Q1, "--body", BODY, "--json",
        "--ground", "access-to-information", "--basis", "request No 5",
    ),
}  # fmt: skip
# Shown with no record of it, shown with one, refused.
OWN, SHOWN, NO = 0, 1, -1
MATRIX = {
    #               self evaluator other hr  hr-elsewhere auditor
    "explain":      (OWN, SHOWN, NO, SHOWN, NO, SHOWN),
    "history":      (OWN, NO, NO, SHOWN, NO, SHOWN),
    "grades":       (OWN, SHOWN, NO, SHOWN, NO, SHOWN),
    # A servant who names nobody is shown his own.
    "all grades":   (OWN, OWN, OWN, SHOWN, NO, SHOWN),
    # This act prints none, so that no result is read.
    "consequences": (OWN, OWN, OWN, OWN, NO, OWN),
    "obligations":  (NO, NO, NO, SHOWN, NO, SHOWN),
    "replay":       (NO, NO, NO, SHOWN, NO, SHOWN),
    "rejected":     (NO, NO, NO, OWN, NO, NO),
    "disclosures":  (OWN, NO, NO, SHOWN, NO, SHOWN),
    "disclose":     (NO, NO, NO, SHOWN, NO, NO),
}  # fmt: skip


class Done(msgspec.Struct, frozen=True):
    """What a command printed, and the code of what it failed with."""

    status: int
    printed: str
    failed: str | None = None

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.printed.splitlines()]


class Home:
    """A home that serves, with its viewers' keys beside it; commands run in this process."""

    def __init__(self, path: Path, servers: Servers) -> None:
        self.path = path
        self.servers = servers
        self.keyring = load(path / "keyring.json")

    def run(self, *words: str) -> Done:
        told = CliRunner().invoke(app, list(words), env={"BAGALAU_HOME": str(self.path), "COLUMNS": "200"})
        failed = None if told.exception is None else failure(told.exception)
        if failed is None and told.exception is not None and not isinstance(told.exception, SystemExit):
            raise told.exception
        return Done(told.exit_code, told.stdout, failed.code if failed else None)

    def as_(self, name: str, *words: str) -> Done:
        return self.run(*words, "--as", ROLES[name][0], "--key", str(self.path / f"{name}.key"))

    def disclosed(self) -> list[ResultDisclosed]:
        """Everything that is on record in the body's ledger, in order."""
        with connect(self.servers, "bagalau_projector", autocommit=True) as conn:
            events = Log(self.keyring).read(conn, BODY)
            return [
                one.data for one in events if isinstance(one, Event) and isinstance(one.data, ResultDisclosed)
            ]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    path = tmp_path_factory.mktemp("viewers")
    file = path / "facts.jsonl"
    file.write_bytes(b"\n".join(FACTS) + b"\n")
    with serving(path), reading(path) as servers:
        home = Home(path, servers)
        assert home.run("submit", str(file), "--json").status == 0
        for name, (viewer, role) in ROLES.items():
            public = home.run("viewer", "key", "-o", str(path / f"{name}.key")).printed.strip()
            done = home.run("viewer", "register", viewer, "--role", role, "--public", public)
            assert done.status == 0, done.failed
        for _ in range(50):
            if '"score":"4.50"' in home.run(*COMMANDS["grades"]).printed:
                break
            time.sleep(0.2)
        yield home
    EmbeddedNats(path).stop()
    EmbeddedPostgres(path).stop()


@pytest.mark.parametrize("command", COMMANDS)
def test_who_is_shown_what_and_each_reading_of_others_is_on_record(home: Home, command: str) -> None:
    for name, expected in zip(ROLES, MATRIX[command], strict=True):
        before = len(home.disclosed())
        done = home.as_(name, *COMMANDS[command])
        noted = home.disclosed()[before:]
        assert len(noted) == max(expected, 0), (name, noted)
        assert done.failed == ("viewer-refused" if expected == NO else None), name
        assert done.status == (1 if expected == NO else 0), name
        assert not (expected == NO and done.printed), name
        for one in noted:
            viewer, role = ROLES[name]
            assert (f"{one.viewer_of}/{one.viewer}", one.role) == (viewer, role)
            assert one.key is not None


def test_the_evaluator_is_shown_the_result_and_not_what_it_is_made_of(home: Home) -> None:
    (whole,) = home.as_("self", *COMMANDS["explain"]).objects
    (result,) = home.as_("evaluator", *COMMANDS["explain"]).objects
    assert whole["steps"]
    assert result == {**whole, "steps": []}
    assert home.as_("evaluator", *COMMANDS["explain"], "--revision", "1").failed == "viewer-refused"


def test_the_servant_is_told_what_the_panel_decided_and_not_who_voted_how(home: Home) -> None:
    own = [one["type"] for one in home.as_("self", *COMMANDS["history"]).objects]
    whole = [one["type"] for one in home.as_("hr", *COMMANDS["history"]).objects]
    assert "CalibrationConcluded" in own
    assert own == [one for one in whole if one != "VoteCast"]
    assert whole.count("VoteCast") == 3


def test_history_tells_of_disclosures_only_when_asked(home: Home) -> None:
    told_ = home.run(*COMMANDS["history"], "--disclosures").objects
    plain = home.run(*COMMANDS["history"]).objects
    assert {one["type"] for one in told_} - {one["type"] for one in plain} == {
        "ResultDisclosed", "ViewerRegistered",
    }  # fmt: skip


def test_a_servant_sees_his_own_alone_where_he_names_nobody(home: Home) -> None:
    assert {one["employee"] for one in home.as_("other", *COMMANDS["all grades"]).objects} == {"e-2"}
    assert home.as_("other", "grades").printed.split().count("1") == 2


def test_nobody_is_somebody_without_his_key(home: Home) -> None:
    key = str(home.path / "self.key")
    for words, code in (
        (("--as", ROLES["hr"][0]), "viewer-key-missing"),
        (("--as", ROLES["hr"][0], "--key", key), "viewer-key-wrong"),
        (("--as", f"{BODY}/nobody", "--key", key), "unknown-viewer"),
        (("--as", "nobody", "--key", key), "viewer-malformed"),
    ):
        assert home.run("grades", *words) == Done(1, "", code)


def test_what_is_typed_wrongly_is_wrong_usage(home: Home) -> None:
    key, public = str(home.path / "self.key"), "abc"
    for words in (
        ("grades", "--as", "ZH-00004", "--key", key),
        ("grades", "--as", ROLES["self"][0], "--key", f"{key}.none"),
        ("viewer", "register", "nowhere/hr-1", "--role", "hr", "--public", public),
    ):
        done = bagalau(home.path, *words)
        assert done.returncode == 2, done.stderr


def test_a_person_is_told_what_he_can_do_at_the_terminal(home: Home) -> None:
    for words, told_ in (
        (("viewer", "register", f"{BODY}/hr-1", "--role", "hr", "--public", "abc"), "`bagalau viewer key`"),
        (("hold", "place", "nobody", "--body", BODY, "--basis", "case 7"), "`bagalau grades --body"),
    ):
        done = bagalau(home.path, *words)
        assert done.returncode == 1, done.stderr
        assert told_ in done.stderr
        assert "new id" not in done.stderr + done.stdout


def test_the_environment_names_the_viewer_too(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAGALAU_AS", ROLES["self"][0])
    monkeypatch.setenv("BAGALAU_AS_KEY", str(home.path / "self.key"))
    assert {one["employee"] for one in home.run("grades", "--json").objects} == {"e-1"}


def test_without_a_name_central_hr_of_the_home_reads_for_an_audit(home: Home) -> None:
    assert home.run("explain", "e-2", Q1, "--body", BODY).status == 0
    last = home.disclosed()[-1]
    assert (last.employee, last.what, last.period) == ("e-2", f"explain {Q1}", Q1)
    assert (last.viewer_of, last.viewer, last.role, last.ground) == (
        "agency",
        "central-hr",
        "central",
        "audit",
    )
    key = home.path / "central-hr.key"
    key.rename(home.path / "taken-away")
    refused = home.run("grades")
    (home.path / "taken-away").rename(key)
    assert refused == Done(1, "", "viewer-key-missing")


def test_a_servant_lists_who_saw_his_results_in_three_languages(home: Home) -> None:
    home.as_("hr", *COMMANDS["explain"], "--ground", "court", "--basis", "case 7")
    found = home.as_("self", *COMMANDS["disclosures"]).objects
    assert [(one["viewer"], one["ground"], one["basis"]) for one in found][-1] == (
        f"{BODY}/hr-1", "court", "case 7",
    )  # fmt: skip
    # One word each: a narrow table breaks between words.
    for lang, word in (("kk", "сот"), ("ru", "судебное"), ("en", "court")):
        assert word in home.as_("self", "disclosures", "e-1", "--lang", lang).printed


def test_what_a_correction_would_change_is_asked_by_hr_of_its_own_body_and_on_record(home: Home) -> None:
    file = home.path / "correction.toml"
    file.write_text('corrects = "zhanakorgan-2026"\n[readings.annulled-sanction]\nvalue = "still-caps"\n')
    asked_ = ("correct", str(file), "--what-if", "--workers", "0", "--json")
    assert home.as_("self", *asked_).failed == "viewer-refused"
    assert home.as_("hr", *asked_).failed == "viewer-refused"
    before = len(home.disclosed())
    done = home.as_("hr", *asked_, "--body", BODY)
    assert done.failed != "viewer-refused"
    assert [one.employee for one in home.disclosed()[before:]] in ([None], [])


def test_whose_rows_a_rebuild_would_change_is_told_as_somebody_and_on_record(home: Home) -> None:
    asked_ = ("rebuild", "compare", "--people", "--json")
    for words in (("prepare",), ("run", "--workers", "1"), ("catchup",)):
        assert home.run("rebuild", *words).status == 0
    with connect(home.servers, autocommit=True) as owner:
        # What is shown is not what the ledger comes to.
        spoilt = owner.execute(
            "UPDATE projection.grades SET digest = substr(sha256(''), 1, 16)"
            " WHERE ledger = %s AND period = '2026-Q1' AND status = 'graded' AND generation ="
            " (SELECT generation FROM projection.live WHERE projection = 'grades')",
            [BODY],
        ).rowcount
    assert spoilt == 2
    try:
        for name, people, noted in (
            ("self", None, 0), ("evaluator", None, 0),
            ("hr", 2, 1), ("hr-elsewhere", 0, 0), ("auditor", 2, 1),
        ):  # fmt: skip
            before = len(home.disclosed())
            done = home.as_(name, *asked_)
            assert done.failed == ("viewer-refused" if people is None else None), name
            assert len(home.disclosed()[before:]) == noted, name
            if people is None:
                assert not done.printed, name
            else:
                assert len(done.objects[0]["people"]) == people, name
                assert done.objects[0]["differing"] == 2
        last = home.disclosed()[-1]
        assert (last.employee, last.what, last.role) == (None, "rebuild compare", "auditor")
        before = len(home.disclosed())
        assert home.run("rebuild", "compare", "--json").objects[0]["differing"] == 2
        assert len(home.disclosed()) == before
    finally:
        assert home.run("rebuild", "golive").status == 0


def test_the_extract_is_written_with_its_ground(home: Home) -> None:
    file = home.path / "extract.json"
    words = ("disclose", "e-1", Q1, "--body", BODY)
    done = home.run(*words, "--ground", "access-to-information", "--basis", "request No 5", "-o", str(file))
    assert done.status == 0
    assert "Withheld (cl. 13)" in done.printed
    assert file.stat().st_mode & 0o777 == 0o600
    made = json.loads(file.read_bytes())
    assert (made["format"], made["employee"]) == ("bagalau-extract/1", None)
    assert "Айгүл" not in file.read_text("utf-8")
    court = home.run(*words, "--ground", "court", "--basis", "case 7", "--json").objects
    assert (court[0]["employee"], court[0]["withheld"]) == ("e-1", [])
    for without in ((), ("--ground", "court"), ("--ground", "audit", "--basis", "x")):
        assert home.run(*words, *without).status == 2


def test_one_who_was_revoked_is_shown_nothing(home: Home) -> None:
    assert home.run("viewer", "revoke", ROLES["auditor"][0], "--reason", "the audit is over").status == 0
    assert home.as_("auditor", *COMMANDS["grades"]) == Done(1, "", "viewer-revoked")
    assert "revoked" in home.run("viewer", "list").printed
