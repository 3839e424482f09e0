"""What a body might try with what it may send: replies, headers and acknowledgements that point at others."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from services import streams
from services.broker import body_durable
from tests.brokers import ONLOOKER, Broker, User, state_of

pytestmark = pytest.mark.servers

OWN, OTHER = "alpha", "beta"
FETCH = f"$JS.API.CONSUMER.MSG.NEXT.EVENTS.{body_durable(OWN)}"
ACK = f"$JS.ACK.EVENTS.{body_durable(OWN)}"

# Everything in the services' account that somebody acts on; the onlooker's own requests are not among it.
WATCHED = (
    "facts.>", "receipts.>", "events.>", "doorbell.>", "_INBOX_intake.>", "_INBOX_relay.>",
    f"_INBOX_{OTHER}.>", f"_INBOX_{OWN}.>", "_INBOX.>", "$JS.ACK.>", "$JS.API.STREAM.DELETE.>",
    "$JS.API.STREAM.PURGE.>", "$JS.API.STREAM.CREATE.>", "$JS.API.STREAM.UPDATE.>",
    "$JS.API.CONSUMER.DELETE.>", "$JS.API.CONSUMER.RESET.>", "$JS.API.CONSUMER.MSG.NEXT.>",
    "$JS.API.CONSUMER.CREATE.>", "$JS.API.CONSUMER.DURABLE.CREATE.>", "$SYS.>", "$SRV.>",
)  # fmt: skip

# What a body may have there.
EXPECTED = (f"facts.{OWN}.", FETCH, f"{ACK}.")

ELSEWHERE = (
    f"receipts.{OTHER}.0b0c6bd2",
    f"events.{OTHER}.ResultAnnounced",
    f"facts.{OTHER}.ScoreSubmitted",
    "facts.agency.BodyRegistered",
    f"facts.{streams.partition_of(OTHER)}.{OTHER}",
    f"doorbell.{OTHER}",
    f"_INBOX_{OTHER}.x.y",
    "_INBOX_intake.x.y",
    "_INBOX.x",
    "$JS.API.STREAM.DELETE.EVENTS",
    "$JS.API.STREAM.PURGE.EVENTS",
    "$JS.API.CONSUMER.DELETE.FACTS.intake-3",
    f"$JS.API.CONSUMER.DELETE.EVENTS.{body_durable(OTHER)}",
    f"$JS.API.CONSUMER.MSG.NEXT.EVENTS.{body_durable(OTHER)}",
    "$JS.API.CONSUMER.RESET.FACTS.intake-3",
    "$JS.ACK.FACTS.intake-0.1.1.1.1.0",
    f"$JS.ACK.EVENTS.{body_durable(OTHER)}.1.2.1.1.0",
    "$SYS.REQ.SERVER.PING",
    "$SYS.REQ.ACCOUNT.BAGALAU.CONNZ",
    "_R_.x.y",
    "$SRV.PING",
)

HEADERS: tuple[Mapping[str, str], ...] = (
    {"Nats-Rollup": "all"},
    {"Nats-Rollup": "sub"},
    {"Nats-Expected-Stream": "EVENTS"},
    {"Nats-Expected-Last-Sequence": "0"},
    {"Nats-Expected-Last-Sequence": "999999"},
    {"Nats-Expected-Last-Subject-Sequence": "0"},
    {"Nats-Expected-Last-Subject-Sequence-Subject": f"facts.{OTHER}.>"},
    {"Nats-Expected-Last-Msg-Id": "1"},
    {"Nats-TTL": "1s"},
    {"Nats-Incr": "1"},
    {"Nats-Batch-Id": "one", "Nats-Batch-Sequence": "1", "Nats-Batch-Commit": "1"},
    {"Nats-Schedule": "@every 1s", "Nats-Schedule-Target": f"receipts.{OTHER}.x"},
    {"Nats-Schedule": "@at 2020-01-01T00:00:00Z", "Nats-Schedule-Target": f"facts.1.{OTHER}"},
    {"Nats-Trace-Dest": f"receipts.{OTHER}.x"},
    {"Nats-Trace-Dest": f"facts.{OTHER}.ScoreSubmitted"},
    {"Nats-Trace-Dest": f"_INBOX_{OWN}.x"},
    {"Nats-Trace-Dest": f"_INBOX_{OWN}.x", "Nats-Trace-Only": "true"},
    {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
    {"KV-Operation": "PURGE"},
    {"Nats-Marker-Reason": "Purge"},
    {"Nats-Stream-Source": f"EVENTS 1 > > events.{OTHER}.X"},
    {"Nats-Request-Info": '{"acc":"BAGALAU","user":"intake"}'},
    {"Status": "404", "Description": "No Messages"},
    {"reply_to": f"receipts.{OTHER}.x", "correlation_id": "1"},
)


@asynccontextmanager
async def watched(broker: Broker) -> AsyncIterator[tuple[User, User, User]]:
    """A body, another one who hears all it may, and an onlooker who hears whatever the services could."""
    async with broker.user(OWN) as body, broker.user(OTHER) as other, broker.user(ONLOOKER) as onlooker:
        await other.hear(f"receipts.{OTHER}.>", f"events.{OTHER}.>", f"_INBOX_{OTHER}.>")
        async with broker.user("relay") as relay:
            for one in (OWN, OTHER):
                await relay.client.jetstream().publish(f"events.{one}.ResultAnnounced", b"an event")
        await other.settled()
        await onlooker.hear(*WATCHED)
        other.heard.clear()
        onlooker.heard.clear()
        yield body, other, onlooker


def astray(onlooker: User) -> list[str]:
    """Subjects of the services' account on which something came that a body had no right to send there."""
    return [subject for subject, _ in onlooker.heard if not subject.startswith(EXPECTED)]


def of_others(state: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept, but for the body's own facts, its own durable, and what is told of that durable."""
    kept = {name: value for name, value in state.items() if name != f"EVENTS {body_durable(OWN)}"}
    # What waits for the intake, which counts the body's own facts too.
    kept = {name: value for name, value in kept.items() if not name.startswith("FACTS intake-")}
    for stream in (streams.FACTS, streams.ADVISORIES):
        config, _, subjects = kept[stream]
        kept[stream] = config, {name: count for name, count in subjects.items() if OWN not in name}
    return kept


async def unharmed(body: User, other: User, onlooker: User, before: Mapping[str, Any]) -> None:
    await body.settled()
    await onlooker.settled()
    await other.settled()
    assert astray(onlooker) == []
    assert other.heard == []
    assert of_others(await state_of(onlooker)) == of_others(before)
    sent = await other.client.jetstream().publish(f"facts.{OTHER}.ScoreSubmitted", b"{}", timeout=5)
    assert not sent.duplicate


SENT = {
    "a fact": (f"facts.{OWN}.ScoreSubmitted", b"{}"),
    "a fetch": (FETCH, b'{"batch": 1, "no_wait": true}'),
    "a fetch that waits": (FETCH, b'{"batch": 1, "expires": 200000000}'),
    "a fetch that cannot be read": (FETCH, b"no request"),
    "an acknowledgement": (f"{ACK}.1.1.1.1.0", b"+ACK"),
    "an acknowledgement that fetches": (f"{ACK}.1.1.1.1.0", b"+NXT 1"),
}


async def answered(body: User, subject: str, payload: bytes) -> None:
    """Has the server answer on every subject that is not the body's."""
    for reply in ELSEWHERE:
        await body.send(subject, payload, reply)
    await asyncio.sleep(0.3)


@pytest.mark.parametrize("sent", SENT)
async def test_an_answer_goes_nowhere_that_its_body_may_not_publish(broker: Broker, sent: str) -> None:
    async with watched(broker) as (body, other, onlooker):
        before = await state_of(onlooker)
        await answered(body, *SENT[sent])
        await unharmed(body, other, onlooker, before)


@pytest.mark.parametrize("sent", ["a fact", "a fetch"])
async def test_within_one_account_an_answer_would_reach_others(own_broker: Broker, sent: str) -> None:
    # Why every body has an account: the same rights in one account do not hold answers back.
    own_broker.configure(one_account=True)
    own_broker.reload()
    async with watched(own_broker) as (body, other, onlooker):
        await answered(body, *SENT[sent])
        await onlooker.settled()
        await other.settled()
        assert any(subject.startswith(f"facts.{OTHER}.") for subject in astray(onlooker))
        # An event that is fetched comes to whoever hears the reply under its own subject.
        assert any(subject.startswith((f"receipts.{OTHER}.", f"events.{OWN}.")) for subject, _ in other.heard)


@pytest.mark.parametrize("headers", HEADERS, ids=" ".join)
async def test_a_header_does_nothing_to_others(broker: Broker, headers: dict[str, str]) -> None:
    async with watched(broker) as (body, other, onlooker):
        before = await state_of(onlooker)
        for reply in ("", f"_INBOX_{OWN}.x.y"):
            await body.client.publish(f"facts.{OWN}.ScoreSubmitted", b"{}", reply=reply, headers=headers)
        await body.client.publish(
            FETCH, b'{"batch": 1, "no_wait": true}', reply=f"_INBOX_{OWN}.z", headers=headers
        )
        await unharmed(body, other, onlooker, before)


@pytest.mark.parametrize("word", ["+ACK", "-NAK", "+TERM", "+WPI", "+NXT", '-NAK {"delay": 1}', "nonsense"])
async def test_an_acknowledgement_settles_ones_own_events_alone(broker: Broker, word: str) -> None:
    async with watched(broker) as (body, other, onlooker):
        theirs = await (
            await other.client.jetstream().pull_subscribe_bind(body_durable(OTHER), streams.EVENTS)
        ).fetch(1, timeout=5)
        before = await state_of(onlooker)
        await onlooker.settled()
        onlooker.heard.clear()
        other.heard.clear()
        place = theirs[0].reply.split(".")[4:]
        # Their event's own place, told of under one's own durable, and under theirs.
        await body.client.publish(".".join((ACK, *place)), word.encode())
        await body.client.publish(theirs[0].reply, word.encode())
        await unharmed(body, other, onlooker, before)
        await theirs[0].ack_sync()


@pytest.mark.parametrize(
    "subject", [f"facts.{OWN}.*", f"facts.{OWN}.>", f"facts.{OWN}.a.b", f"facts.{OWN}..x"]
)
async def test_an_odd_subject_of_ones_own_stays_ones_own(broker: Broker, subject: str) -> None:
    async with watched(broker) as (body, other, onlooker):
        before = await state_of(onlooker)
        await body.send(subject, b"{}")
        await unharmed(body, other, onlooker, before)


async def test_a_message_id_of_one_body_swallows_no_fact_that_another_sends_without_one(
    broker: Broker,
) -> None:
    async with watched(broker) as (body, other, _):
        for number in range(20):
            headers = {"Nats-Msg-Id": str(number)}
            await body.client.publish(f"facts.{OWN}.ScoreSubmitted", b"{}", headers=headers)
            sent = await other.client.jetstream().publish(f"facts.{OTHER}.ScoreSubmitted", b"{}")
            assert not sent.duplicate


async def test_a_fact_under_a_message_id_that_another_body_guessed_is_kept_when_it_is_sent_again(
    broker: Broker,
) -> None:
    async with watched(broker) as (body, other, _):
        headers = {"Nats-Msg-Id": "guessed"}
        await body.client.jetstream().publish(f"facts.{OWN}.ScoreSubmitted", b"{}", headers=headers)
        await asyncio.sleep(0.25)
        sent = await other.client.jetstream().publish(f"facts.{OTHER}.ScoreSubmitted", b"{}", headers=headers)
        assert not sent.duplicate


async def test_what_a_body_fetches_are_its_own_events_and_no_more(own_broker: Broker) -> None:
    async with watched(own_broker) as (body, _, __):
        pull = await body.client.jetstream().pull_subscribe_bind(body_durable(OWN), streams.EVENTS)
        fetched = await pull.fetch(100, timeout=2)
        assert {message.subject for message in fetched} == {f"events.{OWN}.ResultAnnounced"}
        for message in fetched:
            await message.ack_sync()
        assert body.errors == []
