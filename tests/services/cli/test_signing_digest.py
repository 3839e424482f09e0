"""`bagalau signing-digest`, and `bagalau grade` under a trust: as an engineer prepares a signed fact."""

import json
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from typer.testing import CliRunner

from services.cli.app import app
from tests.facts import BODY, EVALUATOR, body_and_servant, id_of, issued, marked, signed, worked
from tests.services.signatures.signing import carrying

KEY = Ed25519PrivateKey.generate()
SHEET = [*body_and_servant(), worked(), issued(), *marked()]
SIGNED = signed()


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key.pem"
    path.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def facts(tmp_path: Path, *lines: bytes) -> str:
    path = tmp_path / "facts.jsonl"
    path.write_bytes(b"\n".join((*SHEET, *lines)))
    return str(path)


def test_it_prints_what_is_signed_and_signs_it_for_a_test(tmp_path: Path, key: Path) -> None:
    done = CliRunner().invoke(app, ["signing-digest", facts(tmp_path, SIGNED), "--sign", str(key)])
    assert done.exit_code == 0, done.output
    (told,) = map(json.loads, done.stdout.splitlines())
    assert (told["id"], told["type"], told["body"]) == (str(id_of(SIGNED)), "SheetSigned", BODY)
    assert told["content"]["signs"] == "bagalau/SheetSigned/1"
    assert told["content"]["marks"][0]["score"] == "5.00"
    KEY.public_key().verify(b64decode(told["signature"]), bytes.fromhex(told["digest"]))


def test_it_prints_one_fact_alone_and_says_what_is_refused(tmp_path: Path) -> None:
    file = facts(tmp_path, SIGNED, signed())
    done = CliRunner().invoke(app, ["signing-digest", file, "--fact", "nosuch"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert json.loads(done.stderr.splitlines()[0])["problem"]["code"] == "already-signed"


def test_grade_decides_by_the_trust_of_the_environment(
    tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "trust" / "bodies" / BODY
    own.mkdir(parents=True)
    raw = b64encode(KEY.public_key().public_bytes_raw()).decode()
    (own / "signers.toml").write_text(f'[[signer]]\ncode = "{EVALUATOR}"\ned25519 = ["{raw}"]\n')
    monkeypatch.setenv("BAGALAU_TRUST", str(tmp_path / "trust"))
    printed = CliRunner().invoke(app, ["signing-digest", facts(tmp_path, SIGNED), "--sign", str(key)])
    right = json.loads(printed.stdout)["signature"]
    wrong = b64encode(b64decode(right)[::-1]).decode()
    done = CliRunner().invoke(app, ["grade", facts(tmp_path, carrying(SIGNED, right))])
    assert (done.exit_code, json.loads(done.stdout.splitlines()[0])["status"]) == (0, "graded")
    done = CliRunner().invoke(app, ["grade", facts(tmp_path, carrying(SIGNED, wrong))])
    assert done.exit_code == 1
    assert json.loads(done.stderr.splitlines()[0])["problem"]["code"] == "signature-invalid"
