"""`bagalau checkpoint` and `bagalau verify --against`, as an auditor and a body use them."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner, Result

from events import keyring, merkle
from events.checkpoint import origin_of, sign_text, verifier_of
from events.keyring import Keyring
from events.log import Log
from services.cli.app import app
from services.keys import claim, keyring_path
from services.servers import Servers, connect
from tests.ledgers import BODY, record, scores
from tests.serving import new_keyring

pytestmark = pytest.mark.servers


@pytest.fixture
def ring(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    """The keyring of a home over a database with a ledger of 300 events."""
    monkeypatch.setenv("BAGALAU_HOME", str(tmp_path))
    monkeypatch.setenv("BAGALAU_POSTGRES_URL", database)
    monkeypatch.delenv("BAGALAU_KEYRING", raising=False)
    made = new_keyring()
    keyring.save(made, keyring_path(tmp_path))
    with connect(Servers(database, ""), "bagalau_writer", autocommit=True) as conn:
        claim(conn, made, keyring_path(tmp_path))
    more(database, made, 300)
    return made


def more(database: str, ring: Keyring, count: int) -> None:
    with connect(Servers(database, ""), "bagalau_writer", autocommit=True) as conn:
        record(conn, Log(ring), scores(count))


def bagalau(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_what_was_published_is_proven_to_be_extended(database: str, ring: Keyring, tmp_path: Path) -> None:
    heads = tmp_path / "heads.txt"
    assert bagalau("checkpoint", "-o", str(heads)).exit_code == 0
    keys = bagalau("checkpoint", "keys").stdout.split()
    assert keys == [verifier_of(origin_of(BODY), ring.log_key).vkey]
    more(database, ring, 41)
    done = bagalau("verify", "--against", str(heads), "--log-key", keys[0], "--json")
    told = json.loads(done.stdout)
    (ledger,) = told["ledgers"]
    (against,) = ledger["against"]
    assert (done.exit_code, told["ok"], ledger["caveat"], against["extends"]) == (0, True, None, True)
    proof = [bytes.fromhex(each) for each in against["proof"]]
    roots = bytes.fromhex(against["root"]), bytes.fromhex(ledger["root"])
    merkle.verify_consistency(against["size"], ledger["events"], *roots, proof)
    assert (
        "zhanakorgan against 300 events seen: extends it" in bagalau("verify", "--against", str(heads)).stdout
    )


def test_a_history_that_was_replaced_is_named(ring: Keyring, tmp_path: Path) -> None:
    note = sign_text(f"{origin_of(BODY)}\n299\n{'A' * 43}=\n", ring.log_key, origin_of(BODY))
    (tmp_path / "seen.txt").write_text(note)
    done = bagalau("verify", "--against", str(tmp_path / "seen.txt"))
    assert done.exit_code == 1
    assert "rewritten-history" in done.stdout
    assert "DOES NOT" in done.stdout


@pytest.mark.parametrize("arguments", [(), ("--no-keys",)])
def test_without_anything_outside_it_says_so(ring: Keyring, arguments: tuple[str, ...]) -> None:
    assert ring
    (ledger,) = json.loads(bagalau("verify", "--json", *arguments).stdout)["ledgers"]
    assert (ledger["ok"], ledger["caveat"], ledger["against"]) == (True, "no-outside-witness", [])


def test_a_checkpoint_that_nobody_known_signed_ends_it(ring: Keyring, tmp_path: Path) -> None:
    assert ring
    note = sign_text(f"{origin_of(BODY)}\n299\n{'A' * 43}=\n", Ed25519PrivateKey.generate(), origin_of(BODY))
    (tmp_path / "seen.txt").write_text(note)
    done = bagalau("verify", "--against", str(tmp_path / "seen.txt"))
    assert getattr(done.exception, "code", None) == "unknown-key"
