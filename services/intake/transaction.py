"""A batch as one transaction: lock, look up, load, decide, append, receipt, COMMIT."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import msgspec

from events.codec import UnknownEventError
from events.documents import Document, evolve
from events.envelope import AGENCY, REJECTED, Event, Fact, Problem, Receipt, Refusal
from events.log import (
    Batch,
    Connection,
    Entry,
    Extended,
    Head,
    Lock,
    Log,
    Rejection,
    StoredDocument,
    Stream,
    head,
    lock_heads,
    new_stream,
    open_ledger,
)
from events.seal import SealError
from events.vocabulary import Name
from services.deciding import needs
from services.intake.batch import (
    UNDECIDABLE,
    UNSENT,
    Accepted,
    Decided,
    Ground,
    Ledger,
    Refused,
    Repeated,
    RepeatedHere,
    Undecidable,
    decide_batch,
)
from services.intake.cache import DocumentCache, Held
from services.intake.crash import CrashPoint, Reached
from services.intake.known import find_known
from services.intake.law import LawKeeper
from services.intake.message import Reading
from services.signatures import NO_TRUST, Trust

_UNOPENED = (SealError, UnknownEventError, msgspec.ValidationError)
"""What a stored payload raises that this release, or its key, does not open."""


_HeldDocuments: TypeAlias = dict[str, dict[Name, Held]]


class Outcome(msgspec.Struct, frozen=True):
    """A batch that is committed: a receipt for each message, in order, and the ledgers that grew."""

    receipts: tuple[Receipt, ...]
    grown: tuple[str, ...]


class Transactor:
    """Carries batches through on one connection at a time; its documents are one partition's."""

    def __init__(self, log: Log, law: LawKeeper, reached: Reached, trust: Trust = NO_TRUST) -> None:
        self._log = log
        self._law = law
        self._reached = reached
        self._trust = trust
        self._cache = DocumentCache()

    def digest(self, content: bytes) -> bytes:
        """The keyed digest of a message's content."""
        return self._log.keyring.digest(content)

    def transact(self, conn: Connection, readings: Sequence[Reading]) -> Outcome:
        """Decides and keeps the batch. After anything raised nothing of it is kept.

        Raises Undecidable for a fact that a decider, or what is stored of its document, failed on, and
        psycopg.Error.
        """
        self._reached(CrashPoint.BEFORE_BEGIN)
        with conn.transaction():
            lock = lock_heads(conn, {each.body for each in readings if each.fact is not None})
            held = self._load(conn, lock, readings)
            ground = self._ground(conn, lock, readings, held)
            decided = decide_batch(readings, ground)
            opened = {name: _opened(conn, name) for name in decided.opened}
            if opened:
                # A ledger's first event is not older than the ledger, which the decision itself opens.
                latest = max(each.recorded_at for each in opened.values())
                decided = decide_batch(readings, msgspec.structs.replace(ground, now=latest))
            extended = self._append(conn, {**opened, **lock.heads}, readings, decided, held)
            receipts = self._receipts(conn, lock, readings, decided, extended)
            self._reached(CrashPoint.BEFORE_COMMIT)
        self._remember(lock, held, decided, extended)
        return Outcome(receipts, tuple(each.head.ledger for each in extended))

    def refuse(self, conn: Connection, reading: Reading) -> Outcome:
        """Keeps one message as rejected because its decider failed on it."""
        # Nothing may be lost and nobody delayed: the fact is kept whole, listed and receipted, its partition
        # goes on, and the refusal does not bind: sent again to a release that is mended, it is decided anew.
        problem = Refusal(UNDECIDABLE).problem
        with conn.transaction():
            lock = lock_heads(conn, ())
            rejection = Rejection(reading.body, reading.id, reading.digest, problem, reading.data)
            receipts = self._log.write_rejections(conn, [rejection], lock.now)
        return Outcome(tuple(receipts), ())

    def forget(self) -> None:
        """Drops the documents at hand, as when another connection takes over."""
        self._cache.clear()

    def _load(self, conn: Connection, lock: Lock, readings: Sequence[Reading]) -> _HeldDocuments:
        held: _HeldDocuments = {ledger: {} for ledger in lock.heads}
        facts = [each.fact for each in readings if each.fact is not None and each.body in held]
        # What a document says may name others that a fact reaches, so each is asked until it names no more.
        while facts:
            facts, wanted = _wanted(facts, held)
            missing: dict[str, set[Name]] = {}
            for ledger, names in wanted.items():
                known = self._cache.get(ledger, lock.heads[ledger].size, names)
                held[ledger] |= known
                missing[ledger] = names - known.keys()
            try:
                loaded = self._log.load_documents(conn, missing) if any(missing.values()) else {}
                for ledger, names in missing.items():
                    for name in names:
                        stored = loaded.get((ledger, name))
                        held[ledger][name] = _held(stored) if stored else Held(None, None)
            except _UNOPENED as error:
                # Which of them it was is not told; the batch is tried again fact by fact.
                raise Undecidable(0) from error
        return held

    def _ground(
        self,
        conn: Connection,
        lock: Lock,
        readings: Sequence[Reading],
        held: _HeldDocuments,
    ) -> Ground:
        accepted, refused = find_known(conn, self._log.keyring, readings)
        agency = lock.heads.get(AGENCY) or head(conn, AGENCY)
        ledgers = {
            name: Ledger(
                one.size,
                lock.recorded_at(name),
                {key: each.document for key, each in held.get(name, {}).items() if each.document is not None},
                frozenset(held.get(name, ())),
            )
            for name, one in lock.heads.items()
        }
        return Ground(
            ledgers, accepted, refused, self._law.at_least(conn, agency.size), lock.now, self._trust
        )

    def _streams(
        self, conn: Connection, heads: Mapping[str, Head], events: Sequence[Event], held: _HeldDocuments
    ) -> dict[tuple[str, Name], Stream]:
        streams = {
            (ledger, name): each.stream
            for ledger, names in held.items()
            for name, each in names.items()
            if each.stream is not None
        }
        # What the system adds may be of a document that no decider looked at.
        unseen: dict[str, set[Name]] = {}
        for event in events:
            if event.ledger in heads and event.document not in held.get(event.ledger, {}):
                unseen.setdefault(event.ledger, set()).add(event.document)
        if unseen:
            loaded = self._log.load_documents(conn, unseen)
            streams |= {place: stored.stream for place, stored in loaded.items()}
        for event in events:
            place = event.ledger, event.document
            if place not in streams:
                streams[place] = new_stream(*place)
        return streams

    def _append(
        self,
        conn: Connection,
        heads: Mapping[str, Head],
        readings: Sequence[Reading],
        decided: Decided,
        held: _HeldDocuments,
    ) -> list[Extended]:
        accepted = [
            (event, reading.digest)
            for reading, answer in zip(readings, decided.answers, strict=True)
            if isinstance(answer, Accepted)
            for event in answer.events
        ]
        streams = self._streams(conn, heads, [event for event, _ in accepted], held)
        entries: dict[str, list[Entry]] = {}
        for event, digest in accepted:
            entry = Entry(event, streams[event.ledger, event.document], digest)
            entries.setdefault(event.ledger, []).append(entry)
        return self._log.append(conn, [Batch(heads[name], each) for name, each in entries.items()])

    def _receipts(
        self,
        conn: Connection,
        lock: Lock,
        readings: Sequence[Reading],
        decided: Decided,
        extended: Sequence[Extended],
    ) -> tuple[Receipt, ...]:
        accepted = {
            (each.event.ledger, each.event.seq): each for ledger in extended for each in ledger.appended
        }
        kept = [
            (at, Rejection(reading.body, reading.id, reading.digest, answer.problem, reading.data))
            for at, (reading, answer) in enumerate(zip(readings, decided.answers, strict=True))
            if isinstance(answer, Refused) and answer.problem.code != UNSENT
        ]
        written = self._log.write_rejections(conn, [rejection for _, rejection in kept], lock.now)
        refused = {at: receipt for (at, _), receipt in zip(kept, written, strict=True)}
        receipts: list[Receipt] = []
        for at, (reading, answer) in enumerate(zip(readings, decided.answers, strict=True)):
            match answer:
                case Accepted(events):
                    receipts.append(accepted[events[0].ledger, events[0].seq].receipt)
                case Refused(problem):
                    receipts.append(refused.get(at) or _refusal(reading, problem, lock))
                case Repeated(receipt):
                    receipts.append(receipt)
                case RepeatedHere(place):
                    receipts.append(receipts[place])
        return tuple(receipts)

    def _remember(
        self,
        lock: Lock,
        held: _HeldDocuments,
        decided: Decided,
        extended: Sequence[Extended],
    ) -> None:
        sizes = {name: one.size for name, one in lock.heads.items()}
        sizes |= {ledger.head.ledger: ledger.head.size for ledger in extended}
        grown = {
            ledger.head.ledger: {each.stream.name: each.stream for each in ledger.appended}
            for ledger in extended
        }
        for name, size in sizes.items():
            seen, streams = held.get(name, {}), grown.get(name, {})
            known = streams.keys() if name in decided.opened else seen.keys()
            documents = decided.documents[name]
            self._cache.put(
                name,
                size,
                {key: Held(streams.get(key) or seen[key].stream, documents.get(key)) for key in known},
            )
        self._law.advance(decided.law)


def _wanted(facts: Iterable[Fact], held: _HeldDocuments) -> tuple[list[Fact], dict[str, set[Name]]]:
    """The facts that need documents which are not held yet, and those documents by ledger."""
    documents = {
        ledger: {name: each.document for name, each in names.items() if each.document is not None}
        for ledger, names in held.items()
    }
    wanting: list[Fact] = []
    wanted: dict[str, set[Name]] = {}
    for fact in facts:
        names = needs(fact, documents[fact.body]) - held[fact.body].keys()
        if names:
            wanting.append(fact)
            wanted.setdefault(fact.body, set()).update(names)
    return wanting, wanted


def _held(stored: StoredDocument) -> Held:
    document: Document | None = None
    for event in stored.events:
        document = evolve(document, event)
    return Held(stored.stream, document)


def _opened(conn: Connection, ledger: str) -> Head:
    open_ledger(conn, ledger)
    return head(conn, ledger)


def _refusal(reading: Reading, problem: Problem, lock: Lock) -> Receipt:
    return Receipt(reading.id, reading.body, REJECTED, None, None, None, lock.now, problem)
