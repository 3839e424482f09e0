"""What the signatures of a file of facts are made over, computed with no server."""

from collections.abc import Iterable, Iterator
from uuid import UUID

import msgspec

from events.envelope import Problem, Refusal
from services.deciding import decide
from services.deciding.signatories import SIGNABLE
from services.deciding.signed_content import Content, digest_of, signed_content
from services.intake.message import Reading
from services.offline import Ledgers, lines_of


class Signable(msgspec.Struct, frozen=True):
    """A fact that may be signed: what is signed, and its digest, the 32 bytes that a signature is over."""

    id: UUID
    body: str
    type: str
    content: Content
    digest: bytes


class Refused(msgspec.Struct, frozen=True):
    """A fact of the file that is not accepted, by its id or its line's digest."""

    id: str
    problem: Problem


def signing_digests(ledgers: Ledgers, lines: Iterable[bytes]) -> Iterator[Signable | Refused]:
    """Decides the lines in order; each fact that may be signed, before it is decided, and each refused one.

    Signatures that the facts carry already are passed over.
    """
    for line in lines_of(lines):
        reading = ledgers.read(line)
        signable = _signable(ledgers, reading)
        if signable is not None:
            yield signable
        problem = ledgers.decide(reading)
        if problem is not None:
            yield Refused(reading.id, problem)


def _signable(ledgers: Ledgers, reading: Reading) -> Signable | None:
    fact = reading.fact
    if fact is None or not isinstance(fact.data, SIGNABLE):
        return None
    situation = ledgers.situation(fact.body)
    if situation is None:
        return None
    try:
        decided = decide(fact, situation.documents, situation.law)
    except Refusal:
        return None
    content = signed_content(fact, decided, situation)
    return Signable(fact.id, fact.body, fact.type, content, digest_of(content))
