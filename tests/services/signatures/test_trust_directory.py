"""The trust of an installation, as its directory and its installed packages have it."""

import sys
from base64 import b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from events.log import Log
from events.vocabulary.signature import SignatureChecked
from services.intake.crash import nothing
from services.intake.law import LawKeeper, agency_events
from services.intake.message import Message, read
from services.intake.opening import found
from services.intake.transaction import Transactor
from services.servers import Servers, connect
from services.signatures import NO_TRUST, TrustError, read_trust, trust_from_environment
from tests import serving
from tests.facts import BODY, EVALUATOR, appointed, body_and_servant, issued, marked, signed, worked
from tests.services.signatures.authority import Party, certified
from tests.services.signatures.signing import by_party, carrying, checked, signable, with_key

ROOT = certified("Root", ca=True)
MIDDLE = certified("Middle", ROOT, ca=True)
IIN = "870101300001"
SIGNER = certified("Signer", MIDDLE, iin=IIN)
SHEET = [*body_and_servant(), appointed(EVALUATOR, "p-9", iin=IIN), worked(), issued(), *marked()]
PLUG_IN = """
from services.signatures import Evidence

class Verifier:
    name = "gost-3410/1"

    def recognises(self, signature):
        return signature.startswith(b"GOST")

    def verify(self, signature, digest, signing):
        return Evidence("gost-3410-2015", "ab" * 32, signer=min(signing.persons))
"""


def pem(party: Party) -> bytes:
    return party.certificate.public_bytes(Encoding.PEM)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Roots for everybody, and one body with a signer."""
    own = tmp_path / "bodies" / BODY
    for folder in (tmp_path / "anchors", own / "intermediates"):
        folder.mkdir(parents=True)
    (tmp_path / "anchors" / "roots.pem").write_bytes(pem(certified("Another root", ca=True)) + pem(ROOT))
    (own / "intermediates" / "middle.pem").write_bytes(pem(MIDDLE))
    (own / "signer.pem").write_bytes(pem(SIGNER))
    return tmp_path


def signers(home: Path, text: str) -> None:
    (home / "bodies" / BODY / "signers.toml").write_text(text)


def test_without_a_directory_nobody_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BAGALAU_TRUST", raising=False)
    assert trust_from_environment() is NO_TRUST


def test_a_chain_leads_through_the_bodys_own_to_everybodys(home: Path) -> None:
    trust = read_trust(home)
    assert checked(SHEET, by_party(SHEET, signed(), SIGNER), trust).anchor == ROOT.fingerprint


def test_signers_are_named_by_keys_by_files_and_by_fingerprints(home: Path) -> None:
    key = Ed25519PrivateKey.generate()
    raw = key.public_key().public_bytes_raw()
    signers(
        home,
        f"""
        [[signer]]
        code = "{EVALUATOR}"
        ed25519 = ["{b64encode(raw).decode()}"]
        certificates = ["signer.pem", "{"ab" * 32}"]
        iin = "{IIN}"
        """,
    )
    found_ = read_trust(home).bodies[BODY].signers[EVALUATOR]
    assert found_.keys == with_key(key).keys
    assert (found_.certificates, found_.iin) == ({SIGNER.fingerprint, "ab" * 32}, IIN)


@pytest.mark.parametrize(
    "text",
    [
        "[[signer]]",
        '[[signer]]\ncode = "a"\nname = "b"',
        '[[signer]]\ncode = "a"\ned25519 = ["AAAA"]',
        '[[signer]]\ncode = "a"\ned25519 = ["?"]',
        '[[signer]]\ncode = "a"\n[[signer]]\ncode = "a"',
        '[[signer]]\ncode = "a"\ncertificates = ["nosuch.pem"]',
        '[[signer]]\ncode = "a"\ncertificates = ["../../anchors/roots.pem"]',
        '[[signer]]\ncode = "a"\ncertificates = ["signers.toml"]',
        "not toml",
    ],
)
def test_signers_that_cannot_be_read_stop_everything(home: Path, text: str) -> None:
    signers(home, text)
    with pytest.raises(TrustError):
        read_trust(home)


def test_certificates_that_cannot_be_read_stop_everything(home: Path) -> None:
    (home / "anchors" / "broken.pem").write_bytes(b"-----BEGIN CERTIFICATE-----")
    with pytest.raises(TrustError) as refused:
        read_trust(home)
    assert refused.value.code == "trust-unreadable"


def test_a_directory_that_is_none_and_a_name_that_is_no_bodys_stop_everything(home: Path) -> None:
    with pytest.raises(TrustError):
        read_trust(home / "nosuch")
    (home / "bodies" / "Not A Code").mkdir()
    with pytest.raises(TrustError):
        read_trust(home)


def test_a_verifier_is_added_by_installing_a_package(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    (site / "gost-1.dist-info").mkdir(parents=True)
    (site / "gost_for_test.py").write_text(PLUG_IN)
    (site / "gost-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: gost\nVersion: 1\n")
    (site / "gost-1.dist-info" / "entry_points.txt").write_text(
        "[bagalau.signature_verifiers]\ngost = gost_for_test:Verifier\n"
    )
    monkeypatch.syspath_prepend(str(site))
    try:
        trust = read_trust(home)
    finally:
        sys.modules.pop("gost_for_test", None)
    assert [one.name for one in trust.verifiers] == ["gost-3410/1", "ed25519/1", "x509-cms/1"]
    line = carrying(signed(), b"GOST" + signable(SHEET, signed()).digest)
    found_ = checked(SHEET, line, trust)
    assert (found_.verifier, found_.signer) == ("gost-3410/1", EVALUATOR)


@pytest.mark.servers
def test_the_intake_loads_the_signers_file_and_keeps_what_it_found(home: Path, database: str) -> None:
    log = Log(serving.new_keyring())
    line = by_party(SHEET, signed(), SIGNER)
    with connect(Servers(database, ""), "bagalau_writer", autocommit=True) as conn:
        found(conn, log)
        desk = Transactor(log, LawKeeper(agency_events(log)), nothing, read_trust(home))
        for each in (*SHEET, line):
            body = "agency" if each is SHEET[0] else BODY
            desk.forget()
            (receipt,) = desk.transact(conn, [read(Message(body, each), desk.digest)]).receipts
            assert receipt.problem is None
        kept = [event.data for event in log.read(conn, BODY) if event.type == "SignatureChecked"]
    (data,) = kept
    assert isinstance(data, SignatureChecked)
    assert (data.outcome, data.signer, data.bound_by) == ("verified", EVALUATOR, "iin")
