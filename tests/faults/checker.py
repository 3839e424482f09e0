"""Reads the log after a run and says what is wrong with it; nothing found means that the run was well.

What must be there is worked out without servers, by one pass over the same lines.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
import nats
import psycopg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig

from events.documents import Document, fold
from events.envelope import ACCEPTED, AGENCY, SYSTEM, Event, Receipt
from events.keyring import Keyring
from events.log import Connection, Log, LogError, decided, heads
from events.verification import verify
from events.vocabulary import Name
from methodologies import registry
from methodologies.registry import Law
from projections.grade import Grade
from projections.ledger import grades
from projections.view import LedgerView
from services import streams
from services.intake.message import Message, read
from services.offline import Ledgers

Line = tuple[str, bytes]
"""The body on whose subject a message is sent, and the message."""

NOBODY = "unknown"
"""Whose subject carries a message that names no body."""


class Finding(msgspec.Struct, frozen=True):
    """What is wrong, and with which ledger."""

    code: str
    ledger: str
    detail: str = ""


class Truth(msgspec.Struct, frozen=True):
    """What one pass over the lines comes to: the problem of each, what is accepted, sizes and grades."""

    codes: Sequence[str | None]
    sent: Mapping[str, Sequence[str]]
    accepted: Mapping[str, Sequence[str]]
    sizes: Mapping[str, int]
    grades: Sequence[Grade]


class _Row(msgspec.Struct, frozen=True):
    seq: int
    stream: str
    version: int
    leaf: str


def truth_of(lines: Iterable[Line]) -> Truth:
    ledgers = Ledgers()
    codes: list[str | None] = []
    sent: dict[str, dict[str, None]] = {}
    accepted: dict[str, dict[str, None]] = {}
    for body, data in lines:
        reading = ledgers.read(data)
        problem = ledgers.decide(reading)
        codes.append(problem.code if problem else None)
        sent.setdefault(body, {})[reading.id] = None
        if problem is None:
            accepted.setdefault(body, {})[reading.id] = None
    return Truth(
        codes,
        {body: list(ids) for body, ids in sent.items()},
        {body: list(ids) for body, ids in accepted.items()},
        ledgers.sizes,
        list(ledgers.grades(explained=False)),
    )


def check(
    conn: Connection, keyring: Keyring, lines: Sequence[Line], receipts: Sequence[Receipt] | None = None
) -> list[Finding]:
    """What is wrong with the log after `lines` were fed and answered with `receipts`, one for each.

    Without receipts only what the log itself must hold is looked at. `conn` commits by itself.
    """
    truth = truth_of(lines)
    log = Log(keyring)
    found: list[Finding] = []
    rows: dict[str, list[_Row]] = {}
    events: dict[str, list[Event]] = {}
    for head in heads(conn):
        rows[head.ledger] = _rows(conn, head.ledger)
        found += _gaps(head.ledger, head.size, rows[head.ledger])
        report = verify(conn, head.ledger, receipts or ())
        found += [Finding("tree", head.ledger, f"{one.code} {one.detail}") for one in report.findings]
        try:
            events[head.ledger] = [one for one in log.read(conn, head.ledger) if isinstance(one, Event)]
        except LogError as error:
            found.append(Finding("unreadable", head.ledger, error.code))
    if receipts is not None:
        found += _answers(truth, lines, receipts)
        found += _receipted(receipts, rows, events)
    for ledger in sorted({*events, *truth.accepted}):
        found += _facts(truth, ledger, events.get(ledger, []))
    found += _grades(truth, events)
    return found


def _rows(conn: Connection, ledger: str) -> list[_Row]:
    rows = conn.execute(
        "SELECT seq, stream, version, leaf FROM ledger.events WHERE ledger = %s ORDER BY seq", [ledger]
    )
    return [_Row(seq, str(stream), version, bytes(leaf).hex()) for seq, stream, version, leaf in rows]


def _gaps(ledger: str, size: int, rows: Sequence[_Row]) -> Iterator[Finding]:
    if [row.seq for row in rows] != list(range(1, size + 1)):
        yield Finding("gap-in-seq", ledger, f"{len(rows)} rows, the head counts {size}")
    versions: dict[str, list[int]] = {}
    for row in rows:
        versions.setdefault(row.stream, []).append(row.version)
    for stream, its in versions.items():
        if its != list(range(1, len(its) + 1)):
            yield Finding("gap-in-versions", ledger, f"{stream}: {its[:20]}")


def _answers(truth: Truth, lines: Sequence[Line], receipts: Sequence[Receipt]) -> Iterator[Finding]:
    if len(receipts) != len(lines):
        yield Finding("unanswered", "", f"{len(receipts)} receipts for {len(lines)} lines")
    for (body, _), expected, receipt in zip(lines, truth.codes, receipts, strict=False):
        code = receipt.problem.code if receipt.problem else None
        if code != expected:
            yield Finding("answered-otherwise", body, f"{receipt.id}: {code}, offline {expected}")


def _receipted(
    receipts: Iterable[Receipt], rows: Mapping[str, Sequence[_Row]], events: Mapping[str, Sequence[Event]]
) -> Iterator[Finding]:
    ids = {ledger: Counter(str(event.id) for event in its) for ledger, its in events.items()}
    places = {
        (ledger, event.seq): (str(event.id), row.leaf)
        for ledger, its in events.items()
        for event, row in zip(its, rows[ledger], strict=False)
    }
    for receipt in receipts:
        if receipt.outcome != ACCEPTED:
            continue
        ledger, seq = receipt.ledger or "", receipt.seq or 0
        times = ids.get(ledger, Counter())[receipt.id]
        if times != 1:
            code = "receipted-and-absent" if times == 0 else "more-than-once"
            yield Finding(code, ledger, f"{receipt.id}: {times} times")
        if ledger in events and places.get((ledger, seq)) != (receipt.id, receipt.leaf):
            yield Finding("not-as-receipted", ledger, f"{receipt.id} at {seq}")


def _facts(truth: Truth, ledger: str, events: Sequence[Event]) -> Iterator[Finding]:
    sent, accepted = truth.sent.get(ledger, []), set(truth.accepted.get(ledger, []))
    known = set(sent)
    reported = [str(event.id) for event in events if event.actor != SYSTEM]
    for fact, times in Counter(reported).items():
        if fact not in known:
            yield Finding("without-a-fact", ledger, fact)
        elif fact not in accepted:
            yield Finding("bad-fact-accepted", ledger, fact)
        if times > 1:
            yield Finding("more-than-once", ledger, f"{fact}: {times} times")
    there = set(reported)
    for fact in sent:
        if fact in accepted and fact not in there:
            yield Finding("good-fact-missing", ledger, fact)
    if [fact for fact in reported if fact in known] != [fact for fact in sent if fact in there]:
        yield Finding("out-of-order", ledger)
    added = len(events) - len(reported)
    expected = truth.sizes.get(ledger, 0) - len(accepted)
    if added != expected:
        yield Finding("system-events", ledger, f"{added}, offline {expected}")


def _grades(truth: Truth, events: Mapping[str, Sequence[Event]]) -> Iterator[Finding]:
    if not truth.grades:
        yield Finding("no-grades", "", "the lines come to no grade, so nothing was compared")
    law = registry.fold(events.get(AGENCY, ()), Law())
    for ledger in sorted({*events, *(grade.body for grade in truth.grades)}):
        documents: dict[Name, Document] = {}
        fold(events.get(ledger, ()), documents)
        online = list(grades(LedgerView(ledger, documents, law)))
        offline = [grade for grade in truth.grades if grade.body == ledger]
        if online != offline:
            unlike = sum(one != other for one, other in zip(online, offline, strict=False))
            yield Finding("grades", ledger, f"{len(online)}, offline {len(offline)}; {unlike} differ")


async def acknowledged_too_soon(nats_url: str, conn: Connection) -> list[Finding]:
    """What the queue counts as done and the log knows nothing of; for a queue that has lost nothing.

    After such a loss a fact that lacks its predecessor is rightly done with and not kept.
    """
    found = []
    async with await nats.connect(nats_url) as client:
        js = client.jetstream()
        for partition in range(streams.PARTITIONS):
            info = await js.consumer_info(streams.FACTS, streams.intake_durable(partition))
            floor = info.ack_floor.stream_seq if info.ack_floor else 0
            done = await _stored(js, partition, floor) if floor else []
            known = decided(conn, done) if done else {}
            found += [
                Finding("acknowledged-too-soon", body, fact)
                for body, fact in dict.fromkeys(done)
                if (body, fact) not in known
            ]
    return found


async def _stored(js: JetStreamContext, partition: int, upto: int) -> list[tuple[str, str]]:
    """Body and id of the partition's messages up to a place in the stream, as the intake reads them."""
    reading = await js.pull_subscribe(
        streams.intake_subject(partition),
        stream=streams.FACTS,
        config=ConsumerConfig(ack_policy=AckPolicy.NONE, inactive_threshold=60.0),
    )
    stored: list[tuple[str, str]] = []
    pending = (await reading.consumer_info()).num_pending or 0
    while pending > 0:
        for message in await reading.fetch(min(pending, streams.BATCH), timeout=10):
            pending -= 1
            if message.metadata.sequence.stream <= upto:
                body = streams.body_of(message.subject)
                stored.append((body, read(Message(body, message.data), lambda _: b"").id))
    await reading.unsubscribe()
    return stored


def open_log(postgres_url: str) -> Connection:
    """A connection for the checker; the caller closes it."""
    return psycopg.connect(postgres_url, autocommit=True)
