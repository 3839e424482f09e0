"""Detached CMS signatures (RFC 5652) by X.509 certificates: RSA and ECDSA."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from asn1crypto import cms, core, tsp
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import (
    Certificate,
    DuplicateExtension,
    InvalidVersion,
    ObjectIdentifier,
    UnsupportedGeneralNameType,
    load_der_x509_certificate,
)
from cryptography.x509.oid import NameOID

from events.zone import ALMATY
from services.signatures.chain import chain, valid_at
from services.signatures.der import NotDer, check_der
from services.signatures.verifier import Evidence, SignatureFault, Signing

_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_CURVES: Final = frozenset({"secp256r1", "secp384r1", "secp521r1"})
_LEAST_RSA_BITS: Final = 2048
_MOST_RSA_BITS: Final = 8192
_MOST_CERTIFICATES: Final = 8
_BROKEN: Final = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    RecursionError,
    DuplicateExtension,
    InvalidVersion,
    UnsupportedGeneralNameType,
)
"""What the parsers raise: they parse what is asked for when it is asked for, and a forger chooses where."""
_SEQUENCE: Final = 0x30
_SET: Final = b"\x31"
_IIN: Final = "IIN"
_SIGNED_DATA: Final = "signed_data"
_DATA: Final = "data"


class CmsVerifier:
    """One signer, nothing attached, SHA-2; with or without signed attributes."""

    name = "x509-cms/1"

    def recognises(self, signature: bytes) -> bool:
        return signature[:1] == bytes([_SEQUENCE])

    def verify(self, signature: bytes, digest: bytes, signing: Signing) -> Evidence:
        """Raises SignatureFault with any of its codes."""
        try:
            check_der(signature)
            signed = _SignedData(signature)
            return _judged(signed, digest, signing)
        except NotDer as error:
            raise SignatureFault("signature-malformed", f"The signature is not DER: {error}.") from None
        except UnsupportedAlgorithm:
            raise SignatureFault(
                "signature-unsupported", "The certificate is of an algorithm not known here."
            ) from None
        except _BROKEN:
            raise SignatureFault("signature-malformed", "The signature is no CMS structure.") from None


def _unsupported(meaning: str) -> SignatureFault:
    return SignatureFault("signature-unsupported", meaning)


def _invalid(meaning: str) -> SignatureFault:
    return SignatureFault("signature-invalid", meaning)


class _SignedData:
    """The parts of the structure, each checked for what is not taken here."""

    def __init__(self, der: bytes) -> None:
        outer = cms.ContentInfo.load(der, strict=True)
        if outer["content_type"].native != _SIGNED_DATA:
            raise _unsupported("It is a CMS structure of another kind than signed data.")
        data = outer["content"]
        wrapped = data["encap_content_info"]
        if wrapped["content_type"].native != _DATA:
            raise _unsupported("What it signs is declared to be other than plain data.")
        if not isinstance(wrapped["content"], core.Void):
            raise _unsupported("The content is attached to the signature: a detached one is taken.")
        if len(data["signer_infos"]) != 1:
            raise _unsupported("It does not have exactly one signer.")
        self.signer = data["signer_infos"][0]
        self.hash_name: str = self.signer["digest_algorithm"]["algorithm"].native
        if self.hash_name not in _HASHES:
            raise _unsupported("Its digest is none of SHA-256, SHA-384 and SHA-512.")
        if self.hash_name not in [each["algorithm"].native for each in data["digest_algorithms"]]:
            raise SignatureFault(
                "signature-malformed", "It does not declare the digest that its signer used."
            )
        choices = data["certificates"]
        held = [] if isinstance(choices, core.Void) else list(choices)
        if len(held) > _MOST_CERTIFICATES:
            raise _unsupported("It carries more certificates than a chain takes.")
        self.certificates = [_certificate(each.chosen) for each in held if each.name == "certificate"]

    def names(self, certificate: Certificate) -> bool:
        """Whether the signer's identifier means this certificate."""
        sid = self.signer["sid"]
        if sid.name == "issuer_and_serial_number":
            return bool(
                sid.chosen["issuer"].dump() == certificate.issuer.public_bytes()
                and sid.chosen["serial_number"].native == certificate.serial_number
            )
        try:
            held = certificate.extensions.get_extension_for_oid(ObjectIdentifier("2.5.29.14")).value
        except Exception:  # noqa: BLE001 - a certificate without the extension, or with an unreadable one
            return False
        return bool(getattr(held, "digest", None) == sid.chosen.native)


def _certificate(held: cms.Certificate) -> Certificate:
    # RFC 5280, section 4.1.2.2. Whether the library reads another number depends on its release.
    if held["tbs_certificate"]["serial_number"].native <= 0:
        raise SignatureFault("signature-malformed", "The serial number of a certificate is not positive.")
    return load_der_x509_certificate(held.dump())


def _judged(signed: _SignedData, digest: bytes, signing: Signing) -> Evidence:
    trust = signing.trust
    pool = [*signed.certificates, *trust.intermediates]
    found = {each for each in (*pool, *trust.anchors) if signed.names(each)}
    if len(found) != 1:
        raise SignatureFault(
            "signature-untrusted",
            "The signer's certificate does not come with the signature, or comes twice.",
        )
    (certificate,) = found
    message, claimed_at = _signed_bytes(signed, certificate, digest)
    algorithm = _check_mathematics(signed, certificate, message)
    way = chain(certificate, pool, trust.anchors, signing.day)
    if claimed_at is not None:
        _check_claim(claimed_at, way, signing)
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Evidence(
        algorithm=algorithm,
        key=sha256(spki).hexdigest(),
        certificate=_fingerprint(certificate),
        serial=f"{certificate.serial_number:x}",
        issuer=_fingerprint(way[min(1, len(way) - 1)]),
        anchor=_fingerprint(way[-1]),
        iin=_identity_number(certificate),
        claimed_at=claimed_at,
    )


def _signed_bytes(
    signed: _SignedData, certificate: Certificate, digest: bytes
) -> tuple[bytes, datetime | None]:
    """What was signed, and the time that the signer claims."""
    attributes = signed.signer["signed_attrs"]
    if isinstance(attributes, core.Void) or len(attributes) == 0:
        # Attributes cannot be passed off as content here: 32 bytes hold no digest of content.
        return digest, None
    encoded = [each.dump() for each in attributes]
    if encoded != sorted(encoded):
        raise SignatureFault("signature-malformed", "The signature is not DER: a set is not in order.")
    values = _single_values(attributes)
    if values.get("content_type") is None or values["content_type"].native != _DATA:
        raise _invalid("Its signed attributes do not name the type of the content.")
    stated = values.get("message_digest")
    hashed = hashes.Hash(_HASHES[signed.hash_name])
    hashed.update(digest)
    if stated is None or stated.native != hashed.finalize():
        raise _invalid("It was made over another content.")
    _check_named_certificate(values, certificate)
    time = values.get("signing_time")
    contents = b"".join(encoded)
    return _SET + core.OctetString(contents).dump()[1:], None if time is None else time.native


def _single_values(attributes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for each in attributes:
        name = each["type"].native
        if name in values or len(each["values"]) != 1:
            raise SignatureFault("signature-malformed", "A signed attribute stands there twice.")
        values[name] = each["values"][0]
    return values


def _check_named_certificate(values: dict[str, Any], certificate: Certificate) -> None:
    """Where the signer signed which certificate is his (RFC 5035), it is this one."""
    named = values.get("signing_certificate_v2")
    if named is None:
        return
    if not isinstance(named, tsp.SigningCertificateV2):
        raise SignatureFault("signature-malformed", "A signed attribute cannot be read.")
    first = named["certs"][0]
    hash_name = first["hash_algorithm"]["algorithm"].native
    if hash_name not in _HASHES:
        raise _unsupported("Its signed certificate is named by another digest than SHA-2.")
    if first["cert_hash"].native != certificate.fingerprint(_HASHES[hash_name]):
        raise _invalid("It was made under another certificate than the one that comes with it.")


def _check_mathematics(signed: _SignedData, certificate: Certificate, message: bytes) -> str:
    """The algorithm, once the key made the signature over the message."""
    key, declared = certificate.public_key(), signed.signer["signature_algorithm"]
    scheme, value = declared.signature_algo, signed.signer["signature"].native
    hashed = _HASHES[signed.hash_name]
    if declared["algorithm"].native not in {scheme, f"{signed.hash_name}_rsa", f"{signed.hash_name}_ecdsa"}:
        raise _unsupported("It is signed with another digest than the one declared.")
    try:
        match key:
            case rsa.RSAPublicKey() if scheme == "rsassa_pkcs1v15":
                _check_size(key)
                key.verify(value, message, padding.PKCS1v15(), hashed)
                return f"rsa-pkcs1v15-{signed.hash_name}"
            case rsa.RSAPublicKey() if scheme == "rsassa_pss":
                _check_size(key)
                key.verify(value, message, _pss(declared["parameters"], signed.hash_name), hashed)
                return f"rsa-pss-{signed.hash_name}"
            case ec.EllipticCurvePublicKey() if scheme == "ecdsa" and key.curve.name in _CURVES:
                key.verify(value, message, ec.ECDSA(hashed))
                return f"ecdsa-{key.curve.name}-{signed.hash_name}"
    except InvalidSignature:
        raise _invalid("It does not fit the content and the certificate.") from None
    raise _unsupported("It is of an algorithm, or by a key, that is not verified here.")


def _check_size(key: rsa.RSAPublicKey) -> None:
    if not _LEAST_RSA_BITS <= key.key_size <= _MOST_RSA_BITS:
        raise _unsupported(f"An RSA key has {_LEAST_RSA_BITS} to {_MOST_RSA_BITS} bits.")


def _pss(parameters: Any, hash_name: str) -> padding.PSS:
    generator = parameters["mask_gen_algorithm"]
    named = (
        parameters["hash_algorithm"]["algorithm"].native,
        generator["algorithm"].native,
        generator["parameters"]["algorithm"].native,
    )
    if named != (hash_name, "mgf1", hash_name) or parameters["trailer_field"].native != "trailer_field_bc":
        raise _unsupported("Its PSS parameters are not those of its digest.")
    return padding.PSS(padding.MGF1(_HASHES[hash_name]), parameters["salt_length"].native)


def _check_claim(claimed_at: datetime, way: tuple[Certificate, ...], signing: Signing) -> None:
    if not all(valid_at(each, claimed_at) for each in way):
        raise SignatureFault(
            "signature-expired", "The certificate was not valid at the time that the signature claims."
        )
    # Clocks differ, and midnight parts what was done together.
    if abs(claimed_at.astimezone(ALMATY).date() - signing.day) > timedelta(days=1):
        raise _invalid("The time that it claims is not that of the day of signing.")


def _identity_number(certificate: Certificate) -> str | None:
    """The individual identification number that the subject names (`serialNumber=IIN…`)."""
    for each in certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER):
        value = each.value
        if isinstance(value, str) and value.startswith(_IIN):
            return value.removeprefix(_IIN)
    return None


def _fingerprint(certificate: Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()
