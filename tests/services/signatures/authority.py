"""A certification centre made for tests, and CMS signatures built part by part, so that each can be wrong."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeAlias

import msgspec
from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

Key: TypeAlias = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

DAY = date(2026, 4, 10)
NOON = datetime(2026, 4, 10, 7, tzinfo=UTC)
DIGEST = sha256(b"what is signed").digest()
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
SIGNING = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
CERTIFYING = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
RSA_KEY = rsa.generate_private_key(65537, 2048)


class Party(msgspec.Struct, frozen=True):
    """A key and its certificate."""

    key: Key
    certificate: x509.Certificate

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()


def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def named(name: str, iin: str | None = None) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if iin is not None:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, f"IIN{iin}"))
    return x509.Name(parts)


def certified(
    name: str,
    issuer: Party | None = None,
    *,
    key: Key | None = None,
    ca: bool = False,
    path_length: int | None = None,
    since: datetime = datetime(2026, 1, 1, tzinfo=UTC),
    until: datetime = datetime(2027, 1, 1, tzinfo=UTC),
    usage: x509.KeyUsage | None = None,
    iin: str | None = None,
    more: Sequence[tuple[x509.ExtensionType, bool]] = (),
    hashed: hashes.HashAlgorithm | None = None,
) -> Party:
    """A party whose certificate the issuer, or it itself, signed."""
    own = key or ec_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name, iin))
        .issuer_name(issuer.certificate.subject if issuer else named(name, iin))
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca, path_length), critical=True)
        .add_extension(usage or (CERTIFYING if ca else SIGNING), critical=True)
    )
    for extension, critical in more:
        builder = builder.add_extension(extension, critical)
    signer = issuer.key if issuer else own
    return Party(own, builder.sign(signer, hashed or hashes.SHA256()))


def parsed(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def attributes(
    party: Party, digest: bytes, hash_name: str, claimed_at: datetime | None
) -> dict[str, list[Any]]:
    """What a signer signs beside the content, by name."""
    hashed = hashes.Hash(HASHES[hash_name])
    hashed.update(digest)
    said: dict[str, list[Any]] = {"content_type": ["data"], "message_digest": [hashed.finalize()]}
    if claimed_at is not None:
        said["signing_time"] = [cms.Time({"utc_time": claimed_at})]
    named_by = {"cert_hash": party.certificate.fingerprint(hashes.SHA256())}
    said["signing_certificate_v2"] = [tsp.SigningCertificateV2({"certs": [named_by]})]
    return said


def in_order(said: dict[str, list[Any]]) -> cms.CMSAttributes:
    each = [cms.CMSAttribute({"type": name, "values": values}) for name, values in said.items()]
    return cms.CMSAttributes(sorted(each, key=lambda one: one.dump()))


def signature_over(party: Party, message: bytes, hash_name: str, *, pss: bool) -> tuple[Any, bytes]:
    """How it is signed, and the value."""
    hashed = HASHES[hash_name]
    if isinstance(party.key, ec.EllipticCurvePrivateKey):
        return {"algorithm": f"{hash_name}_ecdsa"}, party.key.sign(message, ec.ECDSA(hashed))
    if pss:
        how = padding.PSS(padding.MGF1(hashed), hashed.digest_size)
        parameters = algos.RSASSAPSSParams(
            {
                "hash_algorithm": {"algorithm": hash_name},
                "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": hash_name}},
                "salt_length": hashed.digest_size,
            }
        )
        return {"algorithm": "rsassa_pss", "parameters": parameters}, party.key.sign(message, how, hashed)
    return {"algorithm": "rsassa_pkcs1v15"}, party.key.sign(message, padding.PKCS1v15(), hashed)


def signed_data(
    party: Party,
    others: Sequence[Party] = (),
    *,
    digest: bytes = DIGEST,
    hash_name: str = "sha256",
    pss: bool = False,
    bare: bool = False,
    claimed_at: datetime | None = NOON,
    said: Callable[[dict[str, list[Any]]], dict[str, list[Any]]] = lambda said: said,
    signers: int = 1,
    content: bytes | None = None,
    by_key_id: bool = False,
) -> cms.SignedData:
    """A detached signature over the digest; with `bare` without signed attributes."""
    signed = None if bare else in_order(said(attributes(party, digest, hash_name, claimed_at)))
    message = digest if signed is None else signed.dump()
    how, value = signature_over(party, message, hash_name, pss=pss)
    own = parsed(party.certificate)
    if by_key_id:
        sid: Any = cms.SignerIdentifier({"subject_key_identifier": own.key_identifier_value.native})
    else:
        sid = cms.SignerIdentifier(
            {"issuer_and_serial_number": {"issuer": own.issuer, "serial_number": own.serial_number}}
        )
    info: dict[str, Any] = {
        "version": "v3" if by_key_id else "v1",
        "sid": sid,
        "digest_algorithm": {"algorithm": hash_name},
        "signature_algorithm": how,
        "signature": value,
    }
    if signed is not None:
        info["signed_attrs"] = signed
    held: dict[str, Any] = {"content_type": "data"}
    if content is not None:
        held["content"] = core.OctetString(content)
    return cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": hash_name}],
            "encap_content_info": held,
            "certificates": [parsed(one.certificate) for one in (party, *others)],
            "signer_infos": [cms.SignerInfo(info) for _ in range(signers)],
        }
    )


def der(data: cms.SignedData) -> bytes:
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": data}).dump())


def later(moment: datetime, days: int) -> datetime:
    return moment + timedelta(days=days)
