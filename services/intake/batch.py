"""Deciding a batch: messages and what is known of them become events, refusals and repeats; no I/O."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

import msgspec

from events.documents import Document, evolve
from events.envelope import AGENCY, UNKNOWN_YET, Event, Fact, Problem, Receipt, Refusal
from events.log import place
from events.vocabulary import Name
from events.vocabulary.body import BodyRegistered
from methodologies import registry
from methodologies.registry import Law
from services.deciding import decide, follow
from services.intake.message import Reading
from services.signatures import NO_TRUST, Trust

Key: TypeAlias = tuple[str, str]
"""Body and message id."""

UNDECIDABLE = "undecidable"

UNSENT = "unknown-predecessor"
"""Told to the feeder and not kept: it says nothing of the fact, and of the feeder that it sends again."""

DECIDED_ANEW = UNKNOWN_YET | {UNDECIDABLE}
"""Refusals that bind nobody: of what was not known yet, or of what this release failed on."""


class Known(msgspec.Struct, frozen=True):
    """A receipt given before, and the keyed digest of the content that it was given for.

    None where that cannot be told any more: the document was destroyed, and any content counts as the same.
    """

    digest: bytes | None
    receipt: Receipt


class Ledger(msgspec.Struct, frozen=True):
    """A ledger under its lock: events so far, the time of the next, the documents that were loaded.

    A loaded name without a document has no events. `whole` says that every document is here, so that a name
    that was not loaded has none either.
    """

    size: int
    recorded_at: datetime
    documents: Mapping[Name, Document] = msgspec.field(default_factory=dict)
    loaded: frozenset[Name] = frozenset()
    whole: bool = False


class Ground(msgspec.Struct, frozen=True):
    """What a batch is decided on, read under the locks of its ledgers.

    `accepted` and `refused` hold what the log knows of the batch's ids and of their predecessors, of each
    content refused under an id the last refusal. `law` is the agency's ledger up to the size of its head.
    """

    ledgers: Mapping[str, Ledger]
    accepted: Mapping[Key, Known]
    refused: Mapping[Key, Sequence[Known]]
    law: Law
    now: datetime
    trust: Trust = NO_TRUST


class Accepted(msgspec.Struct, frozen=True):
    """The fact becomes these events: itself, then what the system adds."""

    events: tuple[Event, ...]


class Refused(msgspec.Struct, frozen=True):
    """The message is refused; a new rejection is kept."""

    problem: Problem


class Repeated(msgspec.Struct, frozen=True):
    """The message was decided before: its receipt, given again."""

    receipt: Receipt


class RepeatedHere(msgspec.Struct, frozen=True):
    """The message stands in this very batch before: the place of the one whose receipt it gets."""

    place: int


Answer: TypeAlias = Accepted | Refused | Repeated | RepeatedHere


class Undecidable(Exception):  # noqa: N818
    """A decider failed on the message at this place in a way that is no refusal."""

    def __init__(self, place: int) -> None:
        super().__init__(f"the fact at place {place} of the batch could not be decided")
        self.place = place


class Decided(msgspec.Struct, frozen=True):
    """An answer to each message in order, and the state after the last one.

    `documents` holds the loaded documents of each ledger as they are after the batch.
    """

    answers: tuple[Answer, ...]
    documents: Mapping[str, Mapping[Name, Document]]
    opened: tuple[str, ...]
    law: Law


def decide_batch(readings: Sequence[Reading], ground: Ground) -> Decided:
    """The answers to the messages, each decided in the light of those before it.

    Raises Undecidable when a decider fails; nothing else is raised for what a message can hold.
    """
    sitting = Sitting(ground)
    answers = tuple(sitting.hear(reading) for reading in readings)
    return Decided(
        answers,
        {name: ledger.documents for name, ledger in sitting.ledgers.items()},
        tuple(sitting.opened),
        sitting.law,
    )


class _Working:
    """A ledger as it grows within the batch."""

    __slots__ = ("documents", "loaded", "recorded_at", "size", "whole")

    def __init__(self, ledger: Ledger) -> None:
        self.size = ledger.size
        self.recorded_at = ledger.recorded_at
        self.documents = dict(ledger.documents)
        self.loaded = ledger.loaded
        self.whole = ledger.whole

    def take(self, event: Event) -> None:
        self.size = event.seq
        name = event.document
        # A document that was not loaded is unknown, not empty: evolved from nothing it would be wrong.
        if self.whole or name in self.loaded:
            document = evolve(self.documents.get(name), event)
            if document is not None:
                self.documents[name] = document


class Sitting:
    """Messages decided one after another; `ledgers`, `opened` and `law` are the state after the last one."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.law = ground.law
        self.ledgers = {name: _Working(ledger) for name, ledger in ground.ledgers.items()}
        self.heard = 0
        self.opened: list[str] = []
        self.accepted_here: dict[Key, tuple[bytes, int]] = {}
        self.refused_here: dict[Key, dict[bytes, tuple[int, str]]] = {}

    def hear(self, reading: Reading) -> Answer:
        """The answer to the next message. Raises Undecidable, with its place, when a decider fails."""
        at = self.heard
        self.heard += 1
        before = self._before(reading)
        if before is not None:
            return before
        try:
            answer: Answer = self._decide(reading)
        except Refusal as refusal:
            answer = Refused(refusal.problem)
        except Exception as error:
            raise Undecidable(at) from error
        if isinstance(answer, Accepted):
            self.accepted_here[reading.key] = (reading.digest, at)
        elif isinstance(answer, Refused):
            refused = self.refused_here.setdefault(reading.key, {})
            refused[reading.digest] = (at, answer.problem.code)
        return answer

    def _before(self, reading: Reading) -> Answer | None:
        """The answer that the message had already, in the log or here; None when it is decided now."""
        key, digest = reading.key, reading.digest
        known = self.ground.accepted.get(key)
        if known is not None and known.digest in {None, digest}:
            return Repeated(known.receipt)
        here = self.accepted_here.get(key)
        if here is not None and here[0] == digest:
            return RepeatedHere(here[1])
        refused_here = self.refused_here.get(key, {})
        if digest in refused_here:
            place, code = refused_here[digest]
            return None if code in DECIDED_ANEW else RepeatedHere(place)
        refused = self.ground.refused.get(key, ())
        for one in refused:
            if one.digest == digest:
                return None if _code(one) in DECIDED_ANEW else Repeated(one.receipt)
        return self._reused(reading) if known or here or refused_here or refused else None

    @staticmethod
    def _reused(reading: Reading) -> Answer:
        # What cannot be read is told why, whatever its id: that helps its feeder more.
        if reading.problem is not None:
            return Refused(reading.problem)
        return Refused(Refusal("id-reused", field="id").problem)

    def _decide(self, reading: Reading) -> Accepted:
        if reading.problem is not None:
            raise _refusal(reading.problem)
        fact = reading.fact
        assert fact is not None
        if reading.after is not None:
            self._check_predecessor((reading.body, reading.after))
        ledger = self.ledgers.get(fact.body)
        if ledger is None:
            raise Refusal("unknown-ledger", field="body")
        taken = self.append(fact.body, ledger, decide(fact, ledger.documents, self.law, self.ground.trust))
        following = follow(fact, taken.events, ledger.documents, self.law)
        if not following:
            return taken
        return Accepted((*taken.events, *self.append(fact.body, ledger, following).events))

    def _check_predecessor(self, key: Key) -> None:
        # A refusal for want of a predecessor decides nothing: whoever follows it waits as it does.
        if key in self.accepted_here or key in self.ground.accepted or key in self.ground.refused:
            return
        if not any(code != UNSENT for _, code in self.refused_here.get(key, {}).values()):
            raise Refusal(UNSENT)

    def append(self, name: str, ledger: _Working, facts: Iterable[Fact]) -> Accepted:
        """Takes decided facts into a ledger as its next events."""
        agency_seq = self.law.seq
        events: list[Event] = []
        for fact in facts:
            event = place(fact, name, ledger.size + 1, ledger.recorded_at, agency_seq)
            ledger.take(event)
            events.append(event)
            if name == AGENCY:
                self.law = registry.evolve(self.law, event)
            if isinstance(fact.data, BodyRegistered) and fact.data.code not in self.ledgers:
                self._open(fact.data.code)
        return Accepted(tuple(events))

    def _open(self, name: str) -> None:
        self.ledgers[name] = _Working(Ledger(0, self.ground.now, whole=True))
        self.opened.append(name)


def _code(known: Known) -> str | None:
    return known.receipt.problem.code if known.receipt.problem else None


def _refusal(problem: Problem) -> Refusal:
    return Refusal(problem.code, problem.detail, problem.field)
