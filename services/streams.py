"""The streams and consumers on NATS: their names and subjects, made in one place and compared at start-up.

A durable that exists ignores new settings, and other clients would silently update a stream, so services
declare nothing themselves.
"""

import re
from dataclasses import fields, replace

from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    ReplayPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
    SubjectTransform,
)
from nats.js.errors import NotFoundError

from services.servers import ServersError

PARTITIONS = 16
"""Over how many durables the bodies are spread; a body keeps its partition for good."""

FACTS_PER_BODY = 5_000_000
"""The most messages of one body that FACTS keeps: years of a large body's facts, imported at once."""

BATCH = 500
"""The most facts in one transaction, and in flight in one partition."""

FACTS = "FACTS"
EVENTS = "EVENTS"
ADVISORIES = "ADVISORIES"

BODY_DURABLES = "body-"
"""How the names of the bodies' own durables on EVENTS begin."""

_DAY = 86_400.0
_MIB = 1024 * 1024
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,128}")

_FACTS = StreamConfig(
    name=FACTS,
    subjects=["facts.*.*"],
    # The type is dropped on the way in: the limit per subject is then a limit per body. Kept, it would let a
    # body that makes up types open any number of subjects and fill the store for all.
    subject_transform=SubjectTransform(
        src="facts.*.*", dest=f"facts.{{{{partition({PARTITIONS},1)}}}}.{{{{wildcard(1)}}}}"
    ),
    retention=RetentionPolicy.LIMITS,
    # What finds no room is refused to its feeder, which keeps it; nothing that was taken is dropped for it.
    discard=DiscardPolicy.NEW,
    discard_new_per_subject=True,
    max_msgs_per_subject=FACTS_PER_BODY,
    max_msgs=-1,
    max_bytes=-1,
    max_consumers=-1,
    # Longer than any holiday on which nobody looks after the intake.
    max_age=7 * _DAY,
    # Far above a fact's limit, so that an oversized one arrives and is told so.
    max_msg_size=_MIB,
    # The server's minimum. The window is one for all: an id that one body reuses would swallow another's
    # message. PostgreSQL tells repeats apart.
    duplicate_window=0.1,
    deny_delete=True,
    deny_purge=True,
    storage=StorageType.FILE,
)

_EVENTS = StreamConfig(
    name=EVENTS,
    subjects=["events.>"],
    retention=RetentionPolicy.LIMITS,
    discard=DiscardPolicy.OLD,  # the ledgers hold every event; a subscriber away for longer asks them
    max_msgs_per_subject=-1,
    max_msgs=-1,
    max_bytes=-1,
    max_consumers=-1,
    max_age=30 * _DAY,
    max_msg_size=_MIB,
    # Only the relay writes here, under an event's own id; what it sends again after a restart falls away.
    duplicate_window=120.0,
    deny_delete=True,
    deny_purge=True,
    storage=StorageType.FILE,
)

# A message that was given up on, here or by a subscriber of EVENTS. The intake's durables never give up,
# so one of theirs means that somebody changed or misused them.
_ADVISORIES = StreamConfig(
    name=ADVISORIES,
    subjects=["$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>", "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.>"],
    retention=RetentionPolicy.LIMITS,
    discard=DiscardPolicy.OLD,
    max_msgs_per_subject=10_000,
    max_msgs=-1,
    max_bytes=-1,
    max_consumers=-1,
    max_age=90 * _DAY,
    max_msg_size=-1,
    duplicate_window=0.1,
    deny_delete=True,
    deny_purge=True,
    storage=StorageType.FILE,
)

# Receipts have no stream: a feeder that missed one sends its fact again and gets the identical receipt.
STREAMS = (_FACTS, _EVENTS, _ADVISORIES)

# An operator's to choose (replicas, place), the server's to note, or read only when a stream is made.
_NOT_COMPARED = {
    "consumer_limits", "description", "first_seq", "metadata", "name", "num_replicas", "pause_until",
    "placement", "template_owner",
}  # fmt: skip


def intake_durable(partition: int) -> str:
    """The name of the partition's durable consumer on FACTS."""
    return f"intake-{partition}"


def intake_subject(partition: int) -> str:
    """What the partition's durable takes of FACTS: `facts.<partition>.<body>` of its bodies."""
    return f"facts.{partition}.*"


def facts_subject(body: str, fact_type: str) -> str:
    """Where a feeder publishes a fact; a body or type that no subject can carry becomes `_`."""
    return f"facts.{_token(body)}.{_token(fact_type)}"


def partition_of(body: str) -> int:
    """The partition of a body's facts: 32-bit FNV-1a of the subject's token, as nats-server takes it."""
    digest = 2_166_136_261
    for byte in _token(body).encode():
        digest = (digest ^ byte) * 16_777_619 & 0xFFFF_FFFF
    return digest % PARTITIONS


def body_of(stored_subject: str) -> str:
    """The body on whose subject a stored fact came: of `facts.<partition>.<body>`, the body."""
    return stored_subject.split(".")[2]


def receipts_subject(body: str, fact_id: str) -> str:
    """Where a fact's receipt is published; `fact_id` is its id, or its digest when it has none."""
    return f"receipts.{_token(body)}.{_token(fact_id)}"


def all_receipts_subject(body: str) -> str:
    """What a feeder subscribes to: every receipt of its body."""
    return f"receipts.{_token(body)}.*"


def events_subject(ledger: str, event_type: str) -> str:
    """Where the relay publishes an event of the ledger."""
    return f"events.{_token(ledger)}.{_token(event_type)}"


def doorbell_subject(ledger: str) -> str:
    """The core-NATS subject that is rung when a ledger has grown; nothing depends on its arrival."""
    return f"doorbell.{_token(ledger)}"


def all_doorbells_subject() -> str:
    """What whoever follows every ledger subscribes to."""
    return "doorbell.*"


def intake_consumer(partition: int) -> ConsumerConfig:
    """The settings of the partition's durable."""
    return ConsumerConfig(
        durable_name=intake_durable(partition),
        filter_subject=intake_subject(partition),
        deliver_policy=DeliverPolicy.ALL,
        replay_policy=ReplayPolicy.INSTANT,
        ack_policy=AckPolicy.EXPLICIT,
        max_ack_pending=BATCH,
        # Far above a transaction's time. A holder that takes over does not wait for it: see `rewind`.
        ack_wait=30.0,
        # Never give up. A bound would skip a fact in silence after an outage, and what its body sent next
        # would be refused for lack of it; a partition that stands still is seen, and loses nothing.
        max_deliver=-1,
        max_waiting=512,
    )


async def provision(js: JetStreamContext) -> None:
    """Makes the streams and durables that are missing, then compares them all; see `compare`."""
    for stream in STREAMS:
        try:
            await js.stream_info(str(stream.name))
        except NotFoundError:
            await js.add_stream(stream)
    present = await consumers(js, FACTS)
    for partition in range(PARTITIONS):
        if intake_durable(partition) not in present:
            await js.add_consumer(FACTS, intake_consumer(partition))
    await compare(js)


async def compare(js: JetStreamContext) -> None:
    """Returns when every stream and durable is there with the settings that this module gives.

    A limit per body that is lower than FACTS_PER_BODY is its operator's choice.
    Raises ServersError `stream-missing`, `stream-differs`, `consumer-missing` or `consumer-differs`, which
    names the first setting that differs.
    """
    for stream in STREAMS:
        try:
            found = await js.stream_info(str(stream.name))
        except NotFoundError:
            raise _missing("stream", str(stream.name)) from None
        _compare("stream", str(stream.name), _as_chosen(stream, found.config), found.config)
    found_consumers = await consumers(js, FACTS)
    for partition in range(PARTITIONS):
        durable = intake_durable(partition)
        compare_consumer(durable, intake_consumer(partition), found_consumers.get(durable))


async def consumers(js: JetStreamContext, stream: str) -> dict[str, ConsumerConfig | None]:
    """The settings of every consumer of the stream, by name; the server tells of 256 at a time."""
    found: dict[str, ConsumerConfig | None] = {}
    seen = 0
    # Counted by what was told and not by names: others that make consumers meanwhile shift the pages.
    while page := await js.consumers_info(stream, offset=seen):
        found |= {consumer.name: consumer.config for consumer in page}
        seen += len(page)
    return found


def compare_consumer(name: str, wanted: ConsumerConfig, found: ConsumerConfig | None) -> None:
    """Returns when the consumer has these settings.

    Raises ServersError `consumer-missing`, or `consumer-differs`, which names the first that differs.
    """
    if found is None:
        raise _missing("consumer", name)
    _compare("consumer", name, wanted, found)


async def rewind(js: JetStreamContext, partition: int) -> None:
    """Makes the partition's next delivery start at its first fact that is not acknowledged.

    For a new holder, and after a batch that failed. What was delivered and not acknowledged otherwise comes
    back only after its wait, and later facts are delivered before it: the limit in flight holds back a full
    batch, not what follows a partial one. Delivery sequences start again at 1, so a holder that sees one
    missing knows that another client took its facts. Acknowledged facts behind an unacknowledged one come
    again too, as repeats. Needs nats-server 2.14.
    """
    await js.reset_consumer(FACTS, intake_durable(partition))


async def given_up(js: JetStreamContext) -> int:
    """How many advisories tell of a message that a consumer gave up on, in the last 90 days.

    What a body does with its own events is left to it.
    """
    told = (await js.stream_info(ADVISORIES, subjects_filter=">")).state.subjects or {}
    of_bodies = f".{EVENTS}.{BODY_DURABLES}"
    return sum(count for subject, count in told.items() if of_bodies not in subject)


def _token(text: str) -> str:
    return text if _TOKEN.fullmatch(text) else "_"


def _missing(kind: str, name: str) -> ServersError:
    return ServersError(
        f"{kind}-missing",
        f"The {kind} {name} does not exist.",
        "Start `bagalau up` or a service: each makes it.",
    )


def _as_chosen(wanted: StreamConfig, found: StreamConfig) -> StreamConfig:
    chosen = found.max_msgs_per_subject or 0
    if wanted.name == FACTS and 1 <= chosen < FACTS_PER_BODY:
        return replace(wanted, max_msgs_per_subject=chosen)
    return wanted


def _compare(
    kind: str, name: str, wanted: StreamConfig | ConsumerConfig, found: StreamConfig | ConsumerConfig | None
) -> None:
    for field in fields(wanted):
        if field.name in _NOT_COMPARED:
            continue
        want, have = getattr(wanted, field.name), getattr(found, field.name)
        # The server says false, 0 or "none" where nothing was asked, or leaves the setting out.
        if (want or None) != (None if have == "none" else have or None):
            raise ServersError(
                f"{kind}-differs",
                f"{field.name} of the {kind} {name} is {have!r}, and must be {want!r}.",
                "Change it back, or remove the durable so that it is made anew."
                if kind == "consumer"
                else "Change it back with the NATS command-line tool.",
            )
