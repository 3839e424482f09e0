"""Signed sheets and protocols: given what was recorded, when one arrives, what was found stands beside it."""

import json
from datetime import UTC, datetime

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from events.documents import Employment
from events.envelope import SYSTEM
from events.vocabulary import Name
from projections.history import history, tell
from services.deciding.signed_content import canonical
from services.history import recorded_in
from services.offline import Ledgers, rejections
from services.signatures import NO_TRUST, BodyTrust, Evidence, Signer, Signing, Trust
from services.signatures.ed25519 import Ed25519Verifier
from tests.facts import (
    BODY,
    EVALUATOR,
    appointed,
    body_and_servant,
    fact,
    id_of,
    issued,
    marked,
    ref,
    scored,
    signed,
    worked,
)
from tests.services.deciding.calibrating import asked, convened, told
from tests.services.deciding.test_commission import CHAIR, FIRST, IN_QUARTER, QUARTER, SECOND, revise, vote
from tests.services.signatures.authority import certified, der, signed_data
from tests.services.signatures.signing import (
    by_key,
    by_party,
    carrying,
    checked,
    refusal,
    signable,
    taken,
    trusting,
    with_key,
)

KEY, OTHER_KEY = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
SHEET = [*body_and_servant(), worked(), issued(), *marked()]
SIGNED = signed()
COUNTERSIGNED = fact("SheetCountersigned", ref())
EVALUATORS = trusting(head_1=with_key(KEY), e_1=with_key(OTHER_KEY))
ROOT = certified("Root", ca=True)
IIN, ANOTHER = "870101300001", "900101300002"
KNOWN = [*SHEET, appointed(EVALUATOR, "p-9", iin=IIN)]


def test_a_fact_without_a_signature_is_taken_in_as_ever() -> None:
    events, problems = taken(SHEET, SIGNED, EVALUATORS)
    assert ([event.type for event in events], problems) == (["SheetSigned"], [])


def test_where_nobody_is_trusted_a_signature_is_taken_in_and_said_to_be_unverified() -> None:
    found = checked(SHEET, carrying(SIGNED, "whatever it is"), NO_TRUST)
    assert (found.outcome, found.verifier, found.certificate) == ("unverified", None, None)
    elsewhere = Trust(bodies={"other": BodyTrust()}, verifiers=EVALUATORS.verifiers)
    assert checked(SHEET, carrying(SIGNED, "whatever it is"), elsewhere).outcome == "unverified"


def test_the_evaluators_key_signs_his_sheet_and_the_event_tells_by_which() -> None:
    line = by_key(SHEET, SIGNED, KEY)
    events, _ = taken(SHEET, line, EVALUATORS)
    fact_, found = events[0], events[1]
    assert (found.type, found.actor, found.occurred_on) == ("SignatureChecked", SYSTEM, fact_.occurred_on)
    assert (found.document, found.seq) == (fact_.document, fact_.seq + 1)
    data = found.data
    assert (data.of, data.fact, data.outcome) == ("SheetSigned", id_of(line), "verified")
    assert (data.verifier, data.algorithm, data.signer, data.bound_by) == (
        "ed25519/1",
        "ed25519",
        EVALUATOR,
        "registered",
    )
    assert data.digest == signable(SHEET, SIGNED).digest.hex()


def test_the_servant_signs_the_same_sheet_by_his_own_key() -> None:
    assert checked(SHEET, by_key(SHEET, COUNTERSIGNED, OTHER_KEY), EVALUATORS).signer == "e-1"
    assert refusal(SHEET, by_key(SHEET, COUNTERSIGNED, KEY), EVALUATORS) == "signature-invalid"


def test_a_signature_of_somebody_else_is_refused() -> None:
    assert refusal(SHEET, by_key(SHEET, SIGNED, OTHER_KEY), EVALUATORS) == "signature-invalid"
    nobody = trusting(e_1=with_key(OTHER_KEY))
    assert refusal(SHEET, by_key(SHEET, SIGNED, KEY), nobody) == "signature-untrusted"


def test_one_signature_is_of_one_fact_of_one_day_and_one_content() -> None:
    line = by_key(SHEET, SIGNED, KEY)
    signature = json.loads(line)["data"]["signature"]
    another_day = fact("SheetSigned", ref(), on="2026-04-11")
    assert refusal(SHEET, carrying(another_day, signature), EVALUATORS) == "signature-invalid"
    assert refusal([*SHEET, scored("1", "4")], line, EVALUATORS) == "signature-invalid"
    assert refusal([*SHEET, scored("1", "5", comment="well")], line, EVALUATORS) == "signature-invalid"
    assert refusal([*SHEET, worked(50)], line, EVALUATORS) == "signature-invalid"
    both = trusting(head_1=with_key(KEY), e_1=with_key(KEY))
    assert refusal(SHEET, carrying(COUNTERSIGNED, signature), both) == "signature-invalid"
    # A mark that was replaced by the same mark leaves what is signed as it was.
    assert checked([*SHEET, scored("1", "5")], line, EVALUATORS).outcome == "verified"


@settings(deadline=None)
@given(place=st.integers(0, 511))
def test_every_flipped_bit_of_a_signature_is_found(place: int) -> None:
    signature = bytearray(KEY.sign(signable(SHEET, SIGNED).digest))
    signature[place // 8] ^= 1 << place % 8
    assert refusal(SHEET, carrying(SIGNED, bytes(signature)), EVALUATORS) == "signature-invalid"


@pytest.mark.parametrize("text", ["not base64!", "AAAA", "ab" * 32, "="])
def test_what_is_no_signature_is_refused_where_somebody_is_trusted(text: str) -> None:
    assert refusal(SHEET, carrying(SIGNED, text), EVALUATORS) == "signature-malformed"


def test_base64_may_be_broken_into_lines() -> None:
    text = json.loads(by_key(SHEET, SIGNED, KEY))["data"]["signature"]
    assert checked(SHEET, carrying(SIGNED, f"{text[:40]}\n{text[40:]}\n"), EVALUATORS).outcome == "verified"


def test_a_sheet_that_may_not_be_signed_is_refused_for_that_first() -> None:
    _, (problem,) = taken(SHEET[:-1], carrying(SIGNED, "not base64!"), EVALUATORS)
    assert problem.code == "sheet-incomplete"


def test_a_certificate_is_tied_to_the_person_by_the_number_in_his_file() -> None:
    own = certified("S", ROOT, iin=IIN)
    found = checked(KNOWN, by_party(KNOWN, SIGNED, own), trusting(ROOT))
    assert (found.signer, found.bound_by, found.certificate) == (EVALUATOR, "iin", own.fingerprint)
    assert (found.issuer, found.anchor) == (ROOT.fingerprint, ROOT.fingerprint)
    assert (found.algorithm, found.claimed_at) == ("ecdsa-secp256r1-sha256", "2026-04-10T07:00:00+00:00")
    assert IIN not in msgspec.json.encode(found).decode()


def test_a_certificate_of_somebody_else_is_refused() -> None:
    line = by_party(KNOWN, SIGNED, certified("S", ROOT, iin=ANOTHER))
    assert refusal(KNOWN, line, trusting(ROOT)) == "signature-of-another"
    registered = certified("S", ROOT)
    of_another = trusting(ROOT, e_1=Signer(certificates=frozenset({registered.fingerprint})))
    assert refusal(SHEET, by_party(SHEET, SIGNED, registered), of_another) == "signature-of-another"


def test_a_registered_certificate_is_its_signers_whatever_it_names() -> None:
    own = certified("S", ROOT, iin=ANOTHER)
    trust = trusting(ROOT, head_1=Signer(certificates=frozenset({own.fingerprint})))
    found = checked(KNOWN, by_party(KNOWN, SIGNED, own), trust)
    assert (found.signer, found.bound_by) == (EVALUATOR, "registered")


def test_a_number_that_the_body_registered_stands_before_the_files() -> None:
    own = certified("S", ROOT, iin=ANOTHER)
    assert checked(KNOWN, by_party(KNOWN, SIGNED, own), trusting(ROOT, head_1=Signer(iin=ANOTHER))).signer


def test_where_nothing_tells_whose_a_certificate_is_the_event_says_nobody() -> None:
    for party, facts in ((certified("S", ROOT), KNOWN), (certified("S", ROOT, iin=ANOTHER), SHEET)):
        found = checked(facts, by_party(facts, SIGNED, party), trusting(ROOT))
        assert (found.outcome, found.signer, found.bound_by) == ("verified", None, None)


def test_the_roots_of_everybody_count_for_each_body() -> None:
    trust = Trust(anchors=(ROOT.certificate,), verifiers=EVALUATORS.verifiers)
    assert checked(SHEET, by_party(SHEET, SIGNED, certified("S", ROOT)), trust).anchor == ROOT.fingerprint


@pytest.mark.parametrize(
    ("until", "code"),
    [(datetime(2026, 4, 9, tzinfo=UTC), "signature-expired"), (datetime(2026, 5, 1, tzinfo=UTC), None)],
)
def test_a_protocol_is_signed_on_the_day_that_it_names(until: datetime, code: str | None) -> None:
    marks = [fact("VoteCast", {**ref(), "round": 1, "member": one, "score": "4"}) for one in ("m-1", "m-2")]
    panel = [*SHEET, SIGNED, told(), asked(), convened(), *marks]
    protocol = fact("ProtocolFiled", {**ref(), "number": "7", "signed_on": "2026-04-24"}, on="2026-06-30")
    party = certified("S", ROOT, until=until)
    signature = signed_data(party, digest=signable(panel, protocol).digest, claimed_at=None)
    line = carrying(protocol, der(signature))
    if code is not None:
        assert refusal(panel, line, trusting(ROOT)) == code
        return
    found = checked(panel, line, trusting(ROOT))
    assert (found.of, found.document.kind) == ("ProtocolFiled", "calibration")
    content = signable(panel, protocol).content
    assert (content["score"], content["number"], content["signed_on"]) == ("4.00", "7", "2026-04-24")
    assert [vote["member"] for vote in content["votes"]] == ["m-1", "m-2"]


def test_a_sessions_protocol_is_signed_with_what_it_decides_by_being_filed() -> None:
    votes = [vote(CHAIR, QUARTER), revise(FIRST, QUARTER, points=104), vote(SECOND, QUARTER)]
    session = [*IN_QUARTER, *votes]
    protocol = fact(
        "ProtocolFiled", {"session": "k-1", "number": "7", "signed_on": "2026-04-30"}, on="2026-05-01"
    )
    key = Ed25519PrivateKey.generate()
    trust = trusting(**{CHAIR.replace("-", "_"): with_key(key)})
    events, problems = taken(session, by_key(session, protocol, key), trust)
    assert problems == []
    assert [event.type for event in events][:2] == ["ProtocolFiled", "SignatureChecked"]
    assert events[1].document == Name("commission", ("k-1",))
    assert events[1].data.signer == CHAIR
    (decision,) = signable(session, protocol).content["decisions"]
    assert decision["choice"] == "approve"


class GostVerifier:
    """What a package adds: signatures of a kind of its own."""

    name = "gost-3410/2026"

    def recognises(self, signature: bytes) -> bool:
        return signature.startswith(b"GOST")

    def verify(self, signature: bytes, digest: bytes, signing: Signing) -> Evidence:
        assert signature == b"GOST" + digest
        return Evidence("gost-3410-2015", "ab" * 32, signer=min(signing.persons))


def test_a_verifier_that_a_package_added_is_asked() -> None:
    trust = msgspec.structs.replace(EVALUATORS, verifiers=(GostVerifier(), *EVALUATORS.verifiers))
    line = carrying(SIGNED, b"GOST" + signable(SHEET, SIGNED).digest)
    found = checked(SHEET, line, trust)
    assert (found.verifier, found.algorithm, found.signer) == ("gost-3410/2026", "gost-3410-2015", EVALUATOR)
    assert checked(SHEET, by_key(SHEET, SIGNED, KEY), trust).verifier == Ed25519Verifier.name


def test_what_was_found_is_read_back_and_never_found_anew() -> None:
    line = by_key(SHEET, SIGNED, KEY)
    ledgers = Ledgers(trust=EVALUATORS)
    assert list(rejections(ledgers, [*SHEET, line])) == []
    # Grades and documents are folds of events: they are the same without any trust.
    plain = Ledgers()
    assert list(rejections(plain, [*SHEET, line])) == []
    assert list(ledgers.grades()) == list(plain.grades())


def sentences(given: list[bytes], line: bytes, trust: Trust) -> list[str]:
    (recorded,) = recorded_in([*given, line], "e-1", BODY, trust=trust)
    entries = history(BODY, "e-1", recorded.events, recorded.law_events)
    return [tell(entry, "en") for entry in entries if entry.type == "SignatureChecked"]


def test_the_history_tells_by_which_key_or_that_nobody_verified_it() -> None:
    line = by_key(SHEET, SIGNED, KEY)
    (told_,) = sentences(SHEET, line, EVALUATORS)
    assert told_.startswith("The signature was verified by the registered key ")
    assert told_.endswith(f"(ed25519; ed25519/1). Signed by: {EVALUATOR}.")
    (told_,) = sentences(SHEET, line, NO_TRUST)
    assert told_.startswith("The signature was taken in and not verified")
    own = certified("S", ROOT, iin=IIN)
    (told_,) = sentences(KNOWN, by_party(KNOWN, SIGNED, own), trusting(ROOT))
    assert own.fingerprint in told_
    assert f"serial number {own.certificate.serial_number:x}" in told_


def test_the_content_is_written_in_one_way() -> None:
    content = signable([*SHEET, scored("1", "4.5", comment='жақсы \u2028\u0001\x7f"\\/')], SIGNED).content
    assert (
        canonical(content)
        == json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )
    assert content["marks"][0] == {
        "parameter": "1",
        "scorer": EVALUATOR,
        "score": "4.50",
        "comment": 'жақсы \u2028\u0001\x7f"\\/',
    }


def test_the_file_keeps_the_number_that_was_reported_last() -> None:
    ledgers = Ledgers()
    assert list(rejections(ledgers, KNOWN)) == []
    found = ledgers.document(BODY, Name("employment", (EVALUATOR,)))
    assert isinstance(found, Employment)
    assert found.iin == IIN
