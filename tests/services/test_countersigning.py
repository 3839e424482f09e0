"""A body countersigns what it is shown, and nothing that contradicts what it saw before."""

import json
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from typer.testing import CliRunner

from events import merkle
from events.checkpoint import Checkpoint, CheckpointError, open_note, origin_of, sign, verifier_of
from events.log import Connection, Log, head
from services.cli.app import app
from services.countersigning import (
    Cosigner,
    CountersignError,
    Shown,
    countersign,
    load_key,
    seen_before,
    shown_in,
)
from services.publishing import publish
from services.verifying import read_checkpoints, verify_ledgers
from services.witness import WitnessError
from tests.ledgers import BODY, new_log, record, scores

KEY = Ed25519PrivateKey.generate()
COSIGNER = Cosigner(Ed25519PrivateKey.generate(), "zhanakorgan.example/hr")
ORIGIN = origin_of(BODY)
LOG = verifier_of(ORIGIN, KEY)
LEAVES = [sha256(bytes([number])).digest() for number in range(20)]
AT = 1_790_000_000


def root(size: int, leaves: list[bytes] = LEAVES) -> bytes:
    return merkle.root_of(leaves[:size])


def shown(size: int, since: int | None = None, leaves: list[bytes] = LEAVES) -> Shown:
    def node(level: int, index: int) -> bytes:
        return merkle.root_of(leaves[index << level : (index + 1) << level])

    note = sign(Checkpoint(ORIGIN, size, root(size, leaves)), KEY).encode()
    proof = merkle.consistency_proof(since, size, node) if since else ()
    return Shown(note, since, proof)


def seen(size: int) -> dict[str, Checkpoint]:
    return {ORIGIN: Checkpoint(ORIGIN, size, root(size))}


def refusal(new: Shown, before: dict[str, Checkpoint]) -> str:
    with pytest.raises((CountersignError, CheckpointError)) as refused:
        countersign(new, COSIGNER, before, [LOG], AT)
    return str(refused.value.code)  # type: ignore[attr-defined]


def test_the_first_head_that_is_seen_is_countersigned() -> None:
    note = countersign(shown(9), COSIGNER, {}, [LOG], AT)
    assert open_note(note, [COSIGNER.verifier]) == Checkpoint(ORIGIN, 9, root(9))
    assert seen_before(note.encode(), COSIGNER) == seen(9)


def test_a_head_that_extends_the_one_seen_comes_with_its_proof() -> None:
    assert countersign(shown(15, since=9), COSIGNER, seen(9), [LOG], AT)
    assert countersign(shown(9), COSIGNER, seen(9), [LOG], AT)
    assert refusal(shown(15), seen(9)) == "proof-missing"
    assert refusal(shown(15, since=8), seen(9)) == "proof-missing"


def test_a_head_that_contradicts_the_one_seen_is_refused() -> None:
    other = [*LEAVES[:5], bytes(32), *LEAVES[6:]]
    assert refusal(shown(8), seen(9)) == "went-back"
    assert refusal(shown(9, leaves=other), seen(9)) == "went-back"
    assert refusal(shown(15, since=9, leaves=other), seen(9)) == "not-consistent"


def test_a_head_that_the_log_did_not_sign_is_refused() -> None:
    forged = Shown(sign(Checkpoint(ORIGIN, 9, root(9)), Ed25519PrivateKey.generate(), ORIGIN).encode())
    assert refusal(forged, {}) == "unknown-key"


def test_what_another_countersigned_is_not_what_one_saw() -> None:
    note = countersign(shown(9), Cosigner(KEY, "other.example"), {}, [], AT)
    with pytest.raises(CheckpointError):
        seen_before(note.encode(), COSIGNER)


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN PRIVATE KEY-----", b"x" * 64])
def test_a_file_without_a_key_is_refused(pem: bytes) -> None:
    with pytest.raises(CountersignError) as refused:
        load_key(pem)
    assert refused.value.code == "key-unusable"


@pytest.mark.parametrize("content", ["old 5\n?\n\nx\n\n— a AAAAAAAA\n", "old 5\nAAAA\n— a AAAAAAAA\n"])
def test_a_broken_proof_is_no_note(content: str) -> None:
    with pytest.raises(CheckpointError):
        list(shown_in(content.encode()))


@pytest.fixture
def log() -> Log:
    return new_log()


@pytest.fixture
def conn(database: str, log: Log) -> Iterator[Connection]:
    with psycopg.connect(database, autocommit=True) as conn:
        record(conn, log, scores(300))
        yield conn


@pytest.mark.servers
def test_heads_go_out_come_back_countersigned_and_prove_the_ledger(
    conn: Connection, log: Log, tmp_path: Path
) -> None:
    home, pem = tmp_path / "home", tmp_path / "hr.pem"
    pem.write_bytes(COSIGNER.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    heads, kept = tmp_path / "heads.txt", tmp_path / "seen.txt"
    key = verifier_of(ORIGIN, log.keyring.log_key).vkey
    command = ["checkpoint", "countersign", str(heads), "--key", str(pem), "--name", COSIGNER.name]
    command += ["--log-key", key, "--seen", str(kept)]

    heads.write_text("".join(one.text for one in publish(conn, log.keyring, home)))
    assert CliRunner().invoke(app, command).exit_code == 0
    record(conn, log, scores(77))
    held = read_checkpoints([kept], log.keyring)
    heads.write_text("".join(one.text for one in publish(conn, log.keyring, home, since=held)))
    assert heads.read_text().startswith("old 300\n")
    done = CliRunner().invoke(app, [*command, "--json"])
    assert json.loads(done.stdout)["key"] == COSIGNER.verifier.vkey

    witnessed = read_checkpoints([kept], log.keyring, witnesses=[COSIGNER.verifier])
    (report,) = verify_ledgers(conn, log.keyring, tmp_path / "elsewhere", against=witnessed)
    assert (report.ok, report.caveat) == (True, None)
    assert [(each.size, each.holds) for each in report.extensions] == [(300, True), (377, True)]
    with pytest.raises(CheckpointError):
        read_checkpoints([kept], new_log().keyring)


@pytest.mark.servers
def test_a_head_that_does_not_extend_what_was_signed_is_not_published(
    conn: Connection, log: Log, tmp_path: Path
) -> None:
    (first,) = publish(conn, log.keyring, tmp_path, [BODY])
    assert (first.size, first.text) == (300, first.note)
    assert open_note(first.note, [verifier_of(ORIGIN, log.keyring.log_key)]).root == head(conn, BODY).root
    held = {BODY: [Checkpoint(ORIGIN, 200, bytes(32))]}
    with pytest.raises(WitnessError):
        list(publish(conn, log.keyring, tmp_path, since=held))
    # The home keeps what was signed: a ledger that went back behind it is signed no more.
    run(conn, "UPDATE ledger.ledgers SET size = 256, root = sha256('x')")
    with pytest.raises(WitnessError):
        list(publish(conn, log.keyring, tmp_path))


def run(conn: Connection, statement: LiteralString) -> None:
    """With the guards off."""
    conn.execute("ALTER TABLE ledger.ledgers DISABLE TRIGGER USER")
    conn.execute(statement)


def test_keys_made_by_openssl_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "witness.pem"
    try:
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", path], check=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    done = CliRunner().invoke(app, ["checkpoint", "keys", "--key", str(path), "--json"])
    (vkey,) = json.loads(done.stdout)["keys"]
    assert vkey.startswith("witness+")
