"""CMS signatures by certificates: what is taken, and every way in which one is refused."""

import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier
from hypothesis import given, settings
from hypothesis import strategies as st

from events.zone import ALMATY
from services.signatures.cms import CmsVerifier
from services.signatures.verifier import BodyTrust, Evidence, SignatureFault, Signing
from tests.services.signatures.authority import (
    CERTIFYING,
    DAY,
    DIGEST,
    NOON,
    RSA_KEY,
    SIGNING,
    Party,
    certified,
    der,
    later,
    signed_data,
)

ROOT = certified("Root", ca=True)
MIDDLE = certified("Middle", ROOT, ca=True, path_length=0)
SIGNER = certified("Signer", MIDDLE, iin="870101300001")
BY_RSA = certified("Signer by RSA", MIDDLE, key=RSA_KEY)
TRUST = BodyTrust(anchors=(ROOT.certificate,))
WHOLE = der(signed_data(SIGNER, [MIDDLE]))


def verified(
    signature: bytes, digest: bytes = DIGEST, *, trust: BodyTrust = TRUST, day: date = DAY
) -> Evidence:
    verifier = CmsVerifier()
    assert verifier.recognises(signature)
    return verifier.verify(signature, digest, Signing(day, {}, trust))


def refused(signature: bytes, digest: bytes = DIGEST, *, trust: BodyTrust = TRUST, day: date = DAY) -> str:
    with pytest.raises(SignatureFault) as fault:
        CmsVerifier().verify(signature, digest, Signing(day, {}, trust))
    return fault.value.code


def test_what_it_rests_on_is_told_and_names_nobody() -> None:
    found = verified(WHOLE)
    assert (found.algorithm, found.iin, found.claimed_at) == (
        "ecdsa-secp256r1-sha256",
        "870101300001",
        NOON,
    )
    assert (found.certificate, found.issuer, found.anchor) == (
        SIGNER.fingerprint,
        MIDDLE.fingerprint,
        ROOT.fingerprint,
    )
    assert found.serial == f"{SIGNER.certificate.serial_number:x}"
    assert "Signer" not in repr(found)


@pytest.mark.parametrize("bare", [False, True], ids=["with attributes", "bare"])
@pytest.mark.parametrize("hash_name", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize(
    ("party", "pss", "algorithm"),
    [
        (SIGNER, False, "ecdsa-secp256r1"),
        (BY_RSA, False, "rsa-pkcs1v15"),
        (BY_RSA, True, "rsa-pss"),
    ],
)
def test_every_algorithm_is_verified(
    party: Party, pss: bool, algorithm: str, hash_name: str, bare: bool
) -> None:
    signature = der(signed_data(party, [MIDDLE], pss=pss, hash_name=hash_name, bare=bare))
    assert verified(signature).algorithm == f"{algorithm}-{hash_name}"
    assert refused(signature, bytes(32)) == "signature-invalid"


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP521R1()])
def test_the_larger_curves_are_verified(curve: ec.EllipticCurve) -> None:
    party = certified("S", MIDDLE, key=ec.generate_private_key(curve))
    assert verified(der(signed_data(party, [MIDDLE]))).algorithm == f"ecdsa-{curve.name}-sha256"


def test_a_signature_that_another_library_made_is_verified() -> None:
    now = datetime.now(UTC)
    root = certified("Root", ca=True, since=now - timedelta(days=2), until=now + timedelta(days=2))
    party = certified(
        "Signer", root, key=RSA_KEY, since=now - timedelta(days=2), until=now + timedelta(days=2)
    )
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    made = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(DIGEST)
        .add_signer(party.certificate, RSA_KEY, hashes.SHA256())
        .sign(Encoding.DER, options)
    )
    found = verified(made, trust=BodyTrust(anchors=(root.certificate,)), day=now.astimezone(ALMATY).date())
    assert found.certificate == party.fingerprint


@pytest.mark.skipif(which("openssl") is None, reason="openssl is not installed")
@pytest.mark.parametrize(
    ("by_rsa", "more", "algorithm"),
    [
        (False, [], "ecdsa-secp256r1-sha256"),
        (False, ["-noattr"], "ecdsa-secp256r1-sha256"),
        (False, ["-cades"], "ecdsa-secp256r1-sha256"),
        (True, [], "rsa-pkcs1v15-sha256"),
        (True, ["-keyopt", "rsa_padding_mode:pss"], "rsa-pss-sha256"),
    ],
)
def test_what_openssl_signs_is_verified(
    tmp_path: Path, by_rsa: bool, more: list[str], algorithm: str
) -> None:
    now = datetime.now(UTC)
    since, until = now - timedelta(days=2), now + timedelta(days=2)
    root = certified("Root", ca=True, since=since, until=until)
    party = certified("Signer", root, key=RSA_KEY if by_rsa else None, since=since, until=until)
    unlocked = party.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(unlocked)
    (tmp_path / "cert.pem").write_bytes(party.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "digest.bin").write_bytes(DIGEST)
    command = (
        "openssl cms -sign -binary -md sha256 -in digest.bin -signer cert.pem -inkey key.pem -outform DER"
    )
    made = subprocess.run([*command.split(), *more], cwd=tmp_path, capture_output=True, check=True).stdout
    found = verified(made, trust=BodyTrust(anchors=(root.certificate,)), day=now.astimezone(ALMATY).date())
    assert (found.algorithm, found.certificate) == (algorithm, party.fingerprint)


def test_the_signer_may_be_named_by_his_key() -> None:
    own = x509.SubjectKeyIdentifier.from_public_key(RSA_KEY.public_key())
    party = certified("Signer", MIDDLE, key=RSA_KEY, more=[(own, False)])
    assert verified(der(signed_data(party, [MIDDLE], by_key_id=True))).certificate == party.fingerprint


def test_the_chain_may_come_from_the_trust_itself() -> None:
    trust = BodyTrust(anchors=(ROOT.certificate,), intermediates=(MIDDLE.certificate,))
    assert verified(der(signed_data(SIGNER)), trust=trust).anchor == ROOT.fingerprint
    assert refused(der(signed_data(SIGNER))) == "signature-untrusted"


def test_a_trusted_certificate_needs_nothing_above_it() -> None:
    lone = certified("Lone")
    found = verified(der(signed_data(lone)), trust=BodyTrust(anchors=(lone.certificate,)))
    assert found.issuer == found.anchor == found.certificate == lone.fingerprint


def below(issuer: Party, *others: Party) -> tuple[Party, list[Party]]:
    return certified("S", issuer), [issuer, *others]


DNS = x509.NameConstraints([x509.DNSName("example")], None)

UNTRUSTED: dict[str, tuple[Party, list[Party]]] = {
    "of another root": below(certified("Root", ca=True)),
    "its issuer is no authority": below(SIGNER, MIDDLE),
    "its issuer may not sign certificates": below(certified("M", ROOT, ca=True, usage=SIGNING)),
    "the chain is longer than an authority allows": below(certified("L", MIDDLE, ca=True), MIDDLE),
    "an authority has constrained names": below(certified("M", ROOT, ca=True, more=[(DNS, False)])),
    "signed with a short digest": (certified("S", MIDDLE, hashed=hashes.SHA224()), [MIDDLE]),
}


@pytest.mark.parametrize("why", UNTRUSTED)
def test_what_leads_to_no_trusted_root_is_refused(why: str) -> None:
    party, others = UNTRUSTED[why]
    assert refused(der(signed_data(party, others))) == "signature-untrusted"


def test_a_forger_who_sends_certificates_of_one_name_spends_little() -> None:
    many = [certified("Middle", certified("Root", ca=True), ca=True) for _ in range(7)]
    party = certified("S", certified("Middle", ca=True))
    assert refused(der(signed_data(party, many))) == "signature-untrusted"
    assert refused(der(signed_data(party, [*many, MIDDLE]))) == "signature-unsupported"


@pytest.mark.parametrize(
    ("since", "until", "day", "code"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 9, 18, tzinfo=UTC), DAY, "signature-expired"),
        (datetime(2026, 4, 10, 19, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC), DAY, "signature-expired"),
        # Midnight in Almaty is 19 o'clock in UTC.
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 9, 19, tzinfo=UTC), DAY, None),
        (datetime(2026, 4, 10, 18, 59, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC), DAY, None),
    ],
)
def test_a_certificate_is_valid_on_the_day_of_signing(
    since: datetime, until: datetime, day: date, code: str | None
) -> None:
    party = certified("S", MIDDLE, since=since, until=until)
    signature = der(signed_data(party, [MIDDLE], claimed_at=None))
    if code is None:
        assert verified(signature, day=day)
    else:
        assert refused(signature, day=day) == code


def test_an_authority_is_valid_on_that_day_too() -> None:
    middle = certified("Old", ROOT, ca=True, until=datetime(2026, 3, 1, tzinfo=UTC))
    signature = der(signed_data(certified("S", middle), [middle]))
    assert refused(signature) == "signature-expired"


def test_the_time_that_is_claimed_fits_the_day_and_the_certificate() -> None:
    assert verified(der(signed_data(SIGNER, [MIDDLE], claimed_at=later(NOON, 1))))
    assert refused(der(signed_data(SIGNER, [MIDDLE], claimed_at=later(NOON, 2)))) == "signature-invalid"
    party = certified("S", MIDDLE, since=datetime(2026, 4, 10, 8, tzinfo=UTC))
    assert refused(der(signed_data(party, [MIDDLE]))) == "signature-expired"


@pytest.mark.parametrize(
    "party",
    [
        certified("S", MIDDLE, usage=CERTIFYING),
        certified("S", MIDDLE, more=[(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)]),
        certified(
            "S", MIDDLE, more=[(x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)]
        ),
        certified("S", MIDDLE, key=rsa.generate_private_key(65537, 1024)),
        certified("S", MIDDLE, key=ec.generate_private_key(ec.SECP224R1())),
    ],
    ids=["not for signing", "for a server", "an unknown critical extension", "a short key", "a short curve"],
)
def test_a_certificate_of_another_kind_is_refused(party: Party) -> None:
    assert refused(der(signed_data(party, [MIDDLE]))) == "signature-unsupported"


def test_a_certificate_for_documents_or_by_the_national_centre_is_taken() -> None:
    for use in ("1.3.6.1.5.5.7.3.36", "1.2.398.3.3.4.1.1"):
        extended = x509.ExtendedKeyUsage([ObjectIdentifier(use)])
        assert verified(der(signed_data(certified("S", MIDDLE, more=[(extended, True)]), [MIDDLE])))


def without(name: str) -> Callable[[dict[str, list[Any]]], dict[str, list[Any]]]:
    return lambda said: {key: value for key, value in said.items() if key != name}


def saying(**more: Any) -> Callable[[dict[str, list[Any]]], dict[str, list[Any]]]:
    return lambda said: {**said, **more}


OTHER_CERTIFICATE = tsp.SigningCertificateV2({"certs": [{"cert_hash": bytes(32)}]})


@pytest.mark.parametrize(
    ("signature", "code"),
    [
        (der(signed_data(SIGNER, [MIDDLE], content=DIGEST)), "signature-unsupported"),
        (der(signed_data(SIGNER, [MIDDLE], signers=2)), "signature-unsupported"),
        (der(signed_data(SIGNER, [MIDDLE], signers=0)), "signature-unsupported"),
        (der(signed_data(SIGNER, [MIDDLE], hash_name="sha1")), "signature-unsupported"),
        (der(signed_data(SIGNER, [MIDDLE], said=without("message_digest"))), "signature-invalid"),
        (der(signed_data(SIGNER, [MIDDLE], said=without("content_type"))), "signature-invalid"),
        (der(signed_data(SIGNER, [MIDDLE], said=saying(content_type=["signed_data"]))), "signature-invalid"),
        (der(signed_data(SIGNER, [MIDDLE], said=saying(message_digest=[bytes(32)]))), "signature-invalid"),
        (
            der(signed_data(SIGNER, [MIDDLE], said=saying(signing_certificate_v2=[OTHER_CERTIFICATE]))),
            "signature-invalid",
        ),
        (
            der(signed_data(SIGNER, [MIDDLE], said=saying(content_type=["data", "data"]))),
            "signature-malformed",
        ),
        (cms.ContentInfo({"content_type": "data", "content": b"x"}).dump(), "signature-unsupported"),
        (b"\x30", "signature-malformed"),
        (b"\x30\x00", "signature-malformed"),
        (b"\x30\x03\x02\x01", "signature-malformed"),
        (WHOLE + b"\x00", "signature-malformed"),
        (WHOLE[:-1], "signature-malformed"),
        (b"\x30\x80" * 5000, "signature-malformed"),
        (b"\x30\x82\x5f\xfc" + b"\x00" * 0x5FFC, "signature-malformed"),
    ],
    ids=[
        "attached content",
        "two signers",
        "no signer",
        "SHA-1",
        "no digest attribute",
        "no type attribute",
        "another type",
        "another digest",
        "another certificate signed",
        "an attribute twice",
        "no signed data",
        "cut short",
        "empty",
        "an integer cut short",
        "a byte after it",
        "a byte missing",
        "nested without end",
        "24 KiB of nothing",
    ],
)
def test_other_structures_are_refused(signature: bytes, code: str) -> None:
    assert refused(signature) == code


def test_a_signature_of_another_digest_than_declared_is_refused() -> None:
    data = signed_data(SIGNER, [MIDDLE], bare=True)
    data["signer_infos"][0]["signature_algorithm"] = {"algorithm": "sha512_ecdsa"}
    assert refused(der(data)) == "signature-unsupported"
    data = signed_data(SIGNER, [MIDDLE])
    data["digest_algorithms"] = [{"algorithm": "sha512"}]
    assert refused(der(data)) == "signature-malformed"


def test_pss_with_another_mask_is_refused() -> None:
    data = signed_data(BY_RSA, [MIDDLE], pss=True)
    parameters = data["signer_infos"][0]["signature_algorithm"]["parameters"]
    parameters["mask_gen_algorithm"] = {"algorithm": "mgf1", "parameters": {"algorithm": "sha512"}}
    assert refused(der(data)) == "signature-unsupported"


def test_attributes_out_of_order_are_refused() -> None:
    data = cms.ContentInfo.load(WHOLE)["content"]
    in_order = [each.dump() for each in data["signer_infos"][0]["signed_attrs"]]
    turned = WHOLE.replace(b"".join(in_order), b"".join(reversed(in_order)))
    assert turned != WHOLE
    assert refused(turned) == "signature-malformed"


def test_ber_is_refused() -> None:
    # The outer length written as indefinite: every parser that takes BER reads the same from it.
    content = WHOLE[4:]
    assert refused(b"\x30\x80" + content + b"\x00\x00") == "signature-malformed"
    # The same length in one byte more.
    assert refused(b"\x30\x83\x00" + WHOLE[2:4] + content) == "signature-malformed"


def test_another_certificate_under_the_same_name_and_number_is_refused() -> None:
    data = signed_data(SIGNER, [MIDDLE])
    twin = certified("Signer", MIDDLE, iin="870101300001")
    data["certificates"] = [
        cms.CertificateChoices(
            {"certificate": cms.Certificate.load(one.certificate.public_bytes(Encoding.DER))}
        )
        for one in (twin, MIDDLE)
    ]
    assert refused(der(data)) == "signature-untrusted"


@settings(max_examples=400, deadline=None)
@given(place=st.integers(0, len(WHOLE) * 8 - 1))
def test_no_flipped_bit_makes_it_another_signature(place: int) -> None:
    at, bit = divmod(place, 8)
    flipped = bytearray(WHOLE)
    flipped[at] ^= 1 << bit
    try:
        found = CmsVerifier().verify(bytes(flipped), DIGEST, Signing(DAY, {}, TRUST))
    except SignatureFault:
        return
    # What nothing rests on may differ: who signed what, when, by which certificate, may not.
    assert found == verified(WHOLE)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=200), place=st.integers(0, len(WHOLE)))
def test_nothing_but_a_fault_comes_of_bytes(data: bytes, place: int) -> None:
    for forged in (b"\x30" + data, WHOLE[:place] + data + WHOLE[place + len(data) :]):
        if forged != WHOLE:
            try:
                found = CmsVerifier().verify(forged, DIGEST, Signing(DAY, {}, TRUST))
                assert found == verified(WHOLE)
            except SignatureFault:
                continue


@given(place=st.integers(0, 255))
def test_a_flipped_bit_of_the_content_is_found(place: int) -> None:
    digest = bytearray(DIGEST)
    digest[place // 8] ^= 1 << place % 8
    assert refused(WHOLE, bytes(digest)) == "signature-invalid"


@pytest.mark.parametrize("number", [0, -5])
@pytest.mark.filterwarnings("error")
def test_a_certificate_whose_number_is_not_positive_is_refused(number: int) -> None:
    data = signed_data(SIGNER, [MIDDLE])
    for each in data["certificates"]:
        if each.chosen.serial_number == SIGNER.certificate.serial_number:
            each.chosen["tbs_certificate"]["serial_number"] = number
    assert refused(der(data)) == "signature-malformed"
