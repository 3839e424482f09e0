"""From a signer's certificate to a trust anchor (RFC 5280), on a day; nothing is asked over the network."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, TypeVar

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509 import (
    AuthorityInformationAccess,
    AuthorityKeyIdentifier,
    BasicConstraints,
    Certificate,
    CertificatePolicies,
    CRLDistributionPoints,
    DuplicateExtension,
    ExtendedKeyUsage,
    Extension,
    ExtensionNotFound,
    ExtensionType,
    KeyUsage,
    NameConstraints,
    SubjectAlternativeName,
    SubjectKeyIdentifier,
    UnsupportedGeneralNameType,
)

from events.zone import ALMATY
from services.signatures.verifier import SignatureFault

T = TypeVar("T", bound=ExtensionType)

_LONGEST: Final = 5
"""Certificates from the signer's to the anchor, both counted."""
_MOST_TRIES: Final = 32
"""Signatures of certificates verified for one: else names alone would let a forger spend the processor."""
_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})
_UNDERSTOOD: Final = (
    AuthorityInformationAccess,
    AuthorityKeyIdentifier,
    BasicConstraints,
    CertificatePolicies,
    CRLDistributionPoints,
    ExtendedKeyUsage,
    KeyUsage,
    SubjectAlternativeName,
    SubjectKeyIdentifier,
)
_FOR_SIGNING: Final = frozenset(
    {
        "1.3.6.1.5.5.7.3.2",  # client authentication
        "1.3.6.1.5.5.7.3.4",  # e-mail protection
        "1.3.6.1.5.5.7.3.36",  # signing of documents (RFC 9336)
        "2.5.29.37.0",  # any
    }
)
_NATIONAL: Final = "1.2.398.3.3.4."
"""The arc under which the national certification centre names its subscribers' kinds of keys."""


def chain(
    signer: Certificate, pool: Sequence[Certificate], anchors: Sequence[Certificate], day: date
) -> tuple[Certificate, ...]:
    """The certificates from the signer's to an anchor, all valid at some moment of the day in Almaty.

    Raises SignatureFault `signature-untrusted`, `signature-expired` where a way leads to an anchor but not on
    that day, and `signature-unsupported` for a certificate that is not for signing.
    """
    _check_use(signer)
    expired = False
    for way in _ways(signer, pool, anchors):
        if all(_valid_on(each, day) for each in way):
            return way
        expired = True
    if expired:
        raise SignatureFault(
            "signature-expired", "The certificate, or one above it, was not valid on the day of signing."
        )
    raise SignatureFault("signature-untrusted", "The certificate does not lead to a trusted root.")


def valid_at(certificate: Certificate, moment: datetime) -> bool:
    """Whether the certificate is valid at a moment."""
    return certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc


def _ways(
    signer: Certificate, pool: Sequence[Certificate], anchors: Sequence[Certificate]
) -> Iterator[tuple[Certificate, ...]]:
    tries = 0
    open_ways: list[tuple[Certificate, ...]] = [(signer,)]
    while open_ways:
        way = open_ways.pop()
        if way[-1] in anchors:
            yield way
            continue
        if len(way) == _LONGEST:
            continue
        # The last is looked at first.
        for issuer in (*pool, *anchors):
            if issuer in way or issuer.subject != way[-1].issuer or not _may_issue(issuer, way):
                continue
            tries += 1
            if tries > _MOST_TRIES:
                return
            if _issued(way[-1], issuer):
                open_ways.append((*way, issuer))


def _issued(certificate: Certificate, issuer: Certificate) -> bool:
    try:
        hashed = certificate.signature_hash_algorithm
        if hashed is None or hashed.name not in _HASHES:
            return False
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _may_issue(issuer: Certificate, way: Sequence[Certificate]) -> bool:
    if not _understood(issuer):
        return False
    basic, usage = _extension(issuer, BasicConstraints), _extension(issuer, KeyUsage)
    if basic is None or not basic.value.ca:
        return False
    if usage is not None and not usage.value.key_cert_sign:
        return False
    # Of what stands below, the signer's own is not counted, nor what an authority issued to itself.
    between = sum(1 for each in way[1:] if each.subject != each.issuer)
    return basic.value.path_length is None or between <= basic.value.path_length


def _check_use(signer: Certificate) -> None:
    if not _understood(signer):
        raise SignatureFault(
            "signature-unsupported", "The certificate holds a critical extension that is not known here."
        )
    usage, extended = _extension(signer, KeyUsage), _extension(signer, ExtendedKeyUsage)
    if usage is not None and not (usage.value.digital_signature or usage.value.content_commitment):
        raise SignatureFault("signature-unsupported", "The certificate's key is not for signing.")
    if extended is not None and not any(
        use.dotted_string in _FOR_SIGNING or use.dotted_string.startswith(_NATIONAL) for use in extended.value
    ):
        raise SignatureFault("signature-unsupported", "The certificate is not for signing documents.")


def _understood(certificate: Certificate) -> bool:
    try:
        extensions = certificate.extensions
    except (ValueError, DuplicateExtension, UnsupportedGeneralNameType):
        return False
    # Names that an authority may not issue for are not judged here, so that authority is not believed.
    return not any(
        isinstance(each.value, NameConstraints) or (each.critical and not isinstance(each.value, _UNDERSTOOD))
        for each in extensions
    )


def _extension(certificate: Certificate, kind: type[T]) -> Extension[T] | None:
    try:
        return certificate.extensions.get_extension_for_class(kind)
    except ExtensionNotFound:
        return None


def _valid_on(certificate: Certificate, day: date) -> bool:
    begins = datetime.combine(day, time(), ALMATY)
    ends = begins + timedelta(days=1)
    return certificate.not_valid_before_utc < ends and begins <= certificate.not_valid_after_utc
