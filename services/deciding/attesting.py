"""A fact's signature is verified, and what was found is recorded beside the fact, once and for all."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from events.documents import Employment
from events.envelope import Fact, Refusal
from events.vocabulary import Name
from events.vocabulary.commission import ProtocolFiled
from events.vocabulary.signature import UNVERIFIED, VERIFIED, SignatureChecked
from services.deciding.added import added
from services.deciding.signatories import SIGNABLE, signatories
from services.deciding.signed_content import digest_of, signed_content
from services.deciding.situation import Situation
from services.signatures.trust import Trust
from services.signatures.verifier import (
    BodyTrust,
    Evidence,
    SignatureFault,
    SignatureVerifier,
    Signing,
)

_FIELD: Final = "data.signature"
_NAMED: Final = ("employee", "position", "period", "form", "session")
BY_REGISTRATION: Final = "registered"
BY_NUMBER: Final = "iin"


class _Found(msgspec.Struct, frozen=True):
    """What a verifier found, and which of those who may sign did, where that is known and how."""

    verifier: str
    evidence: Evidence
    signer: str | None
    bound_by: str | None


def attested(fact: Fact, decided: Sequence[Fact], situation: Situation, trust: Trust) -> tuple[Fact, ...]:
    """What was decided on the fact, and where it carries a signature, what was found of that.

    Raises Refusal with a code of SignatureFault.
    """
    text = getattr(fact.data, "signature", None) if isinstance(fact.data, SIGNABLE) else None
    if text is None:
        return tuple(decided)
    digest = digest_of(signed_content(fact, decided, situation))
    held, found = trust.of(fact.body), None
    if held is not None:
        try:
            found = _verified(text, digest, _signing(fact, situation, held), trust.verifiers)
        except SignatureFault as fault:
            raise Refusal.because(fault.code, fault.meaning, _FIELD) from fault
    first, *others = decided
    return (first, added(fact, _checked(fact, digest, found)), *others)


def _signing(fact: Fact, situation: Situation, held: BodyTrust) -> Signing:
    # A protocol is filed after it was signed; a sheet is signed on the fact's own day.
    day = fact.data.signed_on if isinstance(fact.data, ProtocolFiled) else fact.occurred_on
    persons = {code: _number_of(code, situation, held) for code in signatories(fact, situation.documents)}
    return Signing(day, persons, held)


def _verified(text: str, digest: bytes, signing: Signing, verifiers: Sequence[SignatureVerifier]) -> _Found:
    signature = _decoded(text)
    verifier = next((each for each in verifiers if each.recognises(signature)), None)
    if verifier is None:
        raise SignatureFault("signature-malformed", "It is neither CMS nor Ed25519.")
    evidence = verifier.verify(signature, digest, signing)
    return _Found(verifier.name, evidence, *_bound(evidence, signing.persons, signing.trust))


def _decoded(text: str) -> bytes:
    try:
        # Tools that write Base64 break its lines.
        joined = "".join(text.split())
        decoded = b64decode(joined, validate=True)
    except ValueError:
        raise SignatureFault("signature-malformed", "It is not Base64.") from None
    # The last character has bits to spare: one signature is written in one way.
    if b64encode(decoded).decode() != joined:
        raise SignatureFault("signature-malformed", "Its Base64 ends in bits that mean nothing.")
    return decoded


def _number_of(code: str, situation: Situation, held: BodyTrust) -> str | None:
    registered = held.signers.get(code)
    if registered is not None and registered.iin is not None:
        return registered.iin
    file = situation.find(Name("employment", (code,)), Employment)
    return file.iin if file else None


def _bound(
    evidence: Evidence, persons: Mapping[str, str | None], held: BodyTrust
) -> tuple[str | None, str | None]:
    """Who signed, of those who may, and how that is known; nobody where the certificate does not tell.

    Raises SignatureFault `signature-of-another` where it tells of somebody else.
    """
    if evidence.signer is not None:
        if evidence.signer not in persons:
            raise _of_another()
        return evidence.signer, BY_REGISTRATION
    registered = {code for code, one in held.signers.items() if evidence.certificate in one.certificates}
    if registered:
        if not registered & persons.keys():
            raise _of_another()
        return min(registered & persons.keys()), BY_REGISTRATION
    if evidence.iin is not None:
        same = sorted(code for code, number in persons.items() if number == evidence.iin)
        if same:
            return same[0], BY_NUMBER
        # One of them whose number nobody reported may be the signer.
        if persons and all(number is not None for number in persons.values()):
            raise _of_another()
    return None, None


def _of_another() -> SignatureFault:
    return SignatureFault("signature-of-another", "It is by somebody else than whoever signs this.")


def _checked(fact: Fact, digest: bytes, found: _Found | None) -> SignatureChecked:
    checked = SignatureChecked(
        **{name: getattr(fact.data, name, None) for name in _NAMED},
        of=fact.type,
        fact=fact.id,
        digest=digest.hex(),
        outcome=UNVERIFIED if found is None else VERIFIED,
    )
    if found is None:
        return checked
    evidence, claimed = found.evidence, found.evidence.claimed_at
    return msgspec.structs.replace(
        checked,
        verifier=found.verifier,
        algorithm=evidence.algorithm,
        key=evidence.key,
        certificate=evidence.certificate,
        serial=evidence.serial,
        issuer=evidence.issuer,
        anchor=evidence.anchor,
        signer=found.signer,
        bound_by=found.bound_by,
        claimed_at=None if claimed is None else claimed.isoformat(),
    )
