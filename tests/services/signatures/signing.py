"""Facts signed as an engineer signs them: the digest from the file, the signature put into the fact."""

import json
from base64 import b64encode
from collections.abc import Iterable, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.envelope import Event, Problem
from events.vocabulary.signature import SignatureChecked
from services.offline import Ledgers, rejections
from services.signatures import BodyTrust, Signer, Trust
from services.signatures.cms import CmsVerifier
from services.signatures.ed25519 import Ed25519Verifier
from services.signing_digests import Signable, signing_digests
from tests.facts import BODY, id_of
from tests.services.signatures.authority import Party, der, signed_data

BUILT_IN = (Ed25519Verifier(), CmsVerifier())


def trusting(*parties: Party, **signers: Signer) -> Trust:
    """Trust of one body: roots, and signers by their codes with underscores for dashes."""
    named = {code.replace("_", "-"): signer for code, signer in signers.items()}
    anchors = tuple(one.certificate for one in parties)
    return Trust(bodies={BODY: BodyTrust(anchors=anchors, signers=named)}, verifiers=BUILT_IN)


def with_key(key: Ed25519PrivateKey) -> Signer:
    return Signer(keys=frozenset({key.public_key().public_bytes_raw()}))


def signable(given: Iterable[bytes], when: bytes) -> Signable:
    """What of the last fact is signed, after those given."""
    (found,) = [
        one
        for one in signing_digests(Ledgers(), [*given, when])
        if isinstance(one, Signable) and one.id == id_of(when)
    ]
    return found


def carrying(line: bytes, signature: bytes | str) -> bytes:
    """The fact with a signature."""
    read = json.loads(line)
    text = signature if isinstance(signature, str) else b64encode(signature).decode()
    return json.dumps({**read, "data": {**read["data"], "signature": text}}).encode()


def by_key(given: Sequence[bytes], when: bytes, key: Ed25519PrivateKey) -> bytes:
    return carrying(when, key.sign(signable(given, when).digest))


def by_party(given: Sequence[bytes], when: bytes, party: Party, *others: Party) -> bytes:
    return carrying(when, der(signed_data(party, others, digest=signable(given, when).digest)))


def taken(given: Iterable[bytes], when: bytes, trust: Trust) -> tuple[list[Event], list[Problem]]:
    """The events that the last fact came to, and the problems of all."""
    ledgers = Ledgers(keeping_events=True, trust=trust)
    problems = [problem for _, problem in rejections(ledgers, given)]
    before = len(ledgers.events)
    problems += [problem for _, problem in rejections(ledgers, [when])]
    return ledgers.events[before:], problems


def checked(given: Iterable[bytes], when: bytes, trust: Trust) -> SignatureChecked:
    """What was found of the last fact's signature, all facts being taken in."""
    events, problems = taken(given, when, trust)
    assert problems == []
    assert isinstance(events[1].data, SignatureChecked)
    return events[1].data


def refusal(given: Iterable[bytes], when: bytes, trust: Trust) -> str:
    """The code of the last fact's refusal, everything before it being taken in."""
    events, problems = taken(given, when, trust)
    assert events == []
    (problem,) = problems
    assert problem.field == "data.signature"
    return problem.code
