"""Grades from a file of facts alone: the same door, deciders and folds as the servers', in memory."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256

import msgspec

from events.documents import Document, fold
from events.envelope import AGENCY, UNKNOWN_YET, Event, Fact, Problem, Refusal
from events.vocabulary import Name
from events.vocabulary.body import BodyRegistered
from methodologies import registry
from methodologies.registry import Law
from projections.grade import Grade
from projections.ledger import grades
from projections.view import LedgerView
from services.deciding import decide
from services.founding import founding_facts
from services.intake.message import Message, Reading, read

ID_REUSED = Refusal("id-reused", "Another fact was accepted under this id.", "id")
_BEFORE_ALL_TIME = datetime.min.replace(tzinfo=UTC)


class _Named(msgspec.Struct):
    body: str


def body_named(line: bytes) -> str:
    """The body that a line names; empty where it names none that can be read."""
    try:
        return msgspec.json.decode(line, type=_Named).body
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


class Ledgers:
    """The ledgers that a file of facts makes, decided one by one in the order of the file."""

    def __init__(self) -> None:
        self._law = Law()
        self._documents: dict[str, dict[Name, Document]] = {AGENCY: {}}
        self._sizes: dict[str, int] = {AGENCY: 0}
        self._accepted: dict[tuple[str, str], bytes] = {}
        self._refused: dict[tuple[str, str], dict[bytes, Problem]] = {}
        for fact in founding_facts():
            self._append(fact)

    @property
    def law(self) -> Law:
        """The law as the facts so far made it."""
        return self._law

    def read(self, line: bytes) -> Reading:
        """The line as a message on the subject of the body that it names."""
        # Nothing is kept here, so the digest needs no key.
        return read(Message(body_named(line), line), lambda content: sha256(content).digest())

    def decide(self, reading: Reading) -> Problem | None:
        """Decides a message that was read; None when it is accepted, now or before."""
        fact = reading.fact
        if fact is None:
            return reading.problem
        known = self._accepted.get(reading.key)
        if known is not None:
            return None if known == reading.digest else ID_REUSED.problem
        refused = self._refused.get(reading.key, {})
        if refused:
            return refused.get(reading.digest) or ID_REUSED.problem
        try:
            self._accept(fact)
        except Refusal as refusal:
            if refusal.code not in UNKNOWN_YET:
                self._refused.setdefault(reading.key, {})[reading.digest] = refusal.problem
            return refusal.problem
        self._accepted[reading.key] = reading.digest
        return None

    def _accept(self, fact: Fact) -> None:
        documents = self._documents.get(fact.body)
        if documents is None:
            raise Refusal("unknown-ledger", "This body is not registered.", "body")
        for decided in decide(fact, documents, self._law):
            self._append(decided)

    def _append(self, fact: Fact) -> None:
        self._sizes[fact.body] += 1
        event = Event(
            ledger=fact.body,
            seq=self._sizes[fact.body],
            type=fact.type,
            recorded_at=_BEFORE_ALL_TIME,
            agency_seq=self._law.seq,
            id=fact.id,
            occurred_on=fact.occurred_on,
            actor=fact.actor,
            data=fact.data,
        )
        fold([event], self._documents[fact.body])
        if fact.body == AGENCY:
            self._law = registry.evolve(self._law, event)
            if isinstance(fact.data, BodyRegistered):
                self._documents.setdefault(fact.data.code, {})
                self._sizes.setdefault(fact.data.code, 0)

    def grades(self, *, explained: bool = True) -> Iterator[Grade]:
        """Every grade of every body, in the order of their codes."""
        for ledger in sorted(self._documents):
            yield from grades(LedgerView(ledger, self._documents[ledger], self._law), explained=explained)


def rejections(ledgers: Ledgers, lines: Iterable[bytes]) -> Iterator[tuple[str, Problem]]:
    """Decides the lines in order; of each refused one its id (or its line's digest) and the problem."""
    for line in lines:
        if not line.strip():
            continue
        reading = ledgers.read(line)
        problem = ledgers.decide(reading)
        if problem is not None:
            yield reading.id, problem
