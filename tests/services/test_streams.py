import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import fields, replace
from typing import Any

import nats
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DiscardPolicy, StorageType, StoreCompression, StreamConfig
from nats.js.errors import APIError

from services import streams
from services.broker import body_consumer, body_durable, limit_bodies
from services.servers import EmbeddedNats, ServersError

BODIES = [f"body-{number}" for number in range(200)]


@pytest.fixture
async def js(fresh_nats_url: str) -> AsyncIterator[JetStreamContext]:
    async with await nats.connect(fresh_nats_url) as client:
        yield client.jetstream()


async def stored(js: JetStreamContext) -> list[str]:
    """The subjects of FACTS, in order."""
    last = (await js.stream_info(streams.FACTS)).state.last_seq
    return [(await js.get_msg(streams.FACTS, seq)).subject or "" for seq in range(1, last + 1)]


async def remade(js: JetStreamContext, plan: StreamConfig) -> None:
    """Puts a stream of other settings in the place of the planned one."""
    await js.delete_stream(str(plan.name))
    await js.add_stream(plan)


async def fetched(js: JetStreamContext, partition: int, most: int, seconds: float = 1.0) -> list[Any]:
    subscription = await js.pull_subscribe_bind(streams.intake_durable(partition), streams.FACTS)
    try:
        return await subscription.fetch(most, timeout=seconds)
    finally:
        await subscription.unsubscribe()


# Subjects


def test_subjects_are_those_of_the_contract() -> None:
    assert streams.facts_subject("zhanakorgan", "ScoreSubmitted") == "facts.zhanakorgan.ScoreSubmitted"
    assert streams.receipts_subject("zhanakorgan", "ab-12") == "receipts.zhanakorgan.ab-12"
    assert streams.all_receipts_subject("zhanakorgan") == "receipts.zhanakorgan.*"
    assert streams.events_subject("zhanakorgan", "ResultAnnounced") == "events.zhanakorgan.ResultAnnounced"
    assert streams.doorbell_subject("agency") == "doorbell.agency"
    assert streams.all_doorbells_subject() == "doorbell.*"
    assert streams.body_of("facts.13.zhanakorgan") == "zhanakorgan"


@given(st.text(), st.text())
def test_whatever_a_fact_says_its_subject_has_three_plain_tokens(body: str, fact_type: str) -> None:
    tokens = streams.facts_subject(body, fact_type).split(".")
    assert len(tokens) == 3
    assert all(token and not set(token) & set(" *>\t\r\n\0") for token in tokens)


# Provisioning


@pytest.mark.servers
async def test_provisioning_again_changes_nothing(js: JetStreamContext) -> None:
    async def everything() -> list[Any]:
        consumers = sorted(await js.consumers_info(streams.FACTS), key=lambda consumer: consumer.name)
        return [
            *[(await js.stream_info(str(stream.name))).created for stream in streams.STREAMS],
            *[(consumer.name, consumer.created, consumer.config) for consumer in consumers],
        ]

    before = await everything()
    assert len(before) == len(streams.STREAMS) + streams.PARTITIONS
    await streams.provision(js)
    assert await everything() == before


@pytest.mark.servers
async def test_processes_may_provision_at_the_same_moment(fresh_nats_url: str, js: JetStreamContext) -> None:
    for stream in streams.STREAMS:
        await js.delete_stream(str(stream.name))
    clients = [await nats.connect(fresh_nats_url) for _ in range(4)]
    await asyncio.gather(*(streams.provision(client.jetstream()) for client in clients))
    await asyncio.gather(*(client.close() for client in clients))
    await streams.compare(js)


@pytest.mark.servers
async def test_provisioning_makes_what_a_lost_store_took(own_nats: EmbeddedNats) -> None:
    async with await nats.connect(own_nats.url) as client:
        await streams.provision(client.jetstream())
    own_nats.kill()
    shutil.rmtree(own_nats.store)
    own_nats.start()
    async with await nats.connect(own_nats.url) as client:
        with pytest.raises(ServersError) as error:
            await streams.compare(client.jetstream())
        assert error.value.code == "stream-missing"
        await streams.provision(client.jetstream())
        await streams.compare(client.jetstream())


STREAM_DRIFT: dict[str, Any] = {
    "subjects": ["facts.*.*", "news.*"],
    "subject_transform": None,
    "discard_new_per_subject": False,
    "discard": DiscardPolicy.OLD,
    "max_msgs_per_subject": streams.FACTS_PER_BODY + 1,
    "max_msgs": 1000,
    "max_bytes": 1000,
    "max_consumers": 20,
    "max_age": 60.0,
    "max_msg_size": 65_536,
    "duplicate_window": 120.0,
    "deny_delete": False,
    "deny_purge": False,
    "storage": StorageType.MEMORY,
    "compression": StoreCompression.S2,
    "no_ack": True,
    "allow_direct": True,
    "allow_msg_ttl": True,
}


@pytest.mark.servers
@pytest.mark.parametrize("setting", STREAM_DRIFT)
async def test_a_stream_of_another_setting_is_named(js: JetStreamContext, setting: str) -> None:
    planned = streams.STREAMS[0]
    changed = replace(planned, **{setting: STREAM_DRIFT[setting]})
    if setting == "discard":
        changed = replace(changed, discard_new_per_subject=False)
    await remade(js, changed)
    with pytest.raises(ServersError, match=rf"^stream-differs: {setting} of the stream FACTS is ") as error:
        await streams.provision(js)
    assert error.value.code == "stream-differs"


CONSUMER_DRIFT: dict[str, Any] = {
    "filter_subject": "facts.4.*",
    "ack_policy": "all",
    "ack_wait": 1.0,
    "max_ack_pending": 1000,
    "max_deliver": 5,
    "max_waiting": 1,
    "deliver_policy": "new",
    "replay_policy": "original",
    "backoff": [0.5, 1.0],
    "headers_only": True,
    "mem_storage": True,
    "inactive_threshold": 60.0,
    "rate_limit_bps": 1024,
    "sample_freq": "50",
}


@pytest.mark.servers
@pytest.mark.parametrize("setting", CONSUMER_DRIFT)
async def test_a_durable_of_another_setting_is_named(js: JetStreamContext, setting: str) -> None:
    changed = replace(streams.intake_consumer(3), **{setting: CONSUMER_DRIFT[setting]})
    if setting == "backoff":
        changed = replace(changed, max_deliver=5)
    if setting == "rate_limit_bps":
        changed = replace(changed, deliver_subject="pushed", max_waiting=None)
    await js.delete_consumer(streams.FACTS, "intake-3")
    await js.add_consumer(streams.FACTS, changed)
    names = {
        "backoff": "ack_wait|max_deliver|backoff",
        "rate_limit_bps": "rate_limit_bps|deliver_subject|max_waiting",
    }
    with pytest.raises(
        ServersError, match=rf"^consumer-differs: ({names.get(setting, setting)}) of the consumer"
    ):
        await streams.provision(js)


@pytest.mark.servers
async def test_a_missing_durable_is_named_and_then_made(js: JetStreamContext) -> None:
    await js.delete_consumer(streams.FACTS, "intake-7")
    with pytest.raises(ServersError, match="intake-7") as error:
        await streams.compare(js)
    assert error.value.code == "consumer-missing"
    await streams.provision(js)
    await streams.compare(js)


def test_every_setting_is_compared_or_left_to_somebody() -> None:
    planned = {field.name for kind in (StreamConfig, ConsumerConfig) for field in fields(kind)}
    assert planned >= streams._NOT_COMPARED
    assert planned - streams._NOT_COMPARED >= STREAM_DRIFT.keys() | CONSUMER_DRIFT.keys()


# Partitions


@pytest.mark.servers
async def test_a_body_keeps_its_partition_whatever_its_facts(js: JetStreamContext) -> None:
    for body in BODIES:
        await js.publish(streams.facts_subject(body, "EmployeeAppointed"), b"{}")
    for body in reversed(BODIES):
        await js.publish(streams.facts_subject(body, "ScoreSubmitted"), b"{}")
    there_and_back = [*BODIES, *reversed(BODIES)]
    assert await stored(js) == [f"facts.{streams.partition_of(body)}.{body}" for body in there_and_back]
    assert {streams.partition_of(body) for body in BODIES} == set(range(streams.PARTITIONS))


def test_a_known_body_is_where_it_has_always_been() -> None:
    # A server that hashed differently would split a body's facts over two durables.
    assert streams.partition_of("zhanakorgan") == 13
    assert streams.partition_of("agency") == 2


@pytest.mark.servers
async def test_each_fact_reaches_one_durable_in_the_order_of_its_body(js: JetStreamContext) -> None:
    for number in range(5):
        for body in BODIES[:40]:
            await js.publish(streams.facts_subject(body, f"Type{number}"), f"{body} {number}".encode())
    seen: dict[str, list[str]] = {}
    for partition in range(streams.PARTITIONS):
        pending = (await js.consumer_info(streams.FACTS, streams.intake_durable(partition))).num_pending or 0
        for message in await fetched(js, partition, pending) if pending else []:
            body, number = message.data.decode().split()
            assert streams.body_of(message.subject) == body
            seen.setdefault(body, []).append(number)
    assert seen == {body: list("01234") for body in BODIES[:40]}


# Limits


@pytest.mark.servers
async def test_a_body_that_fills_its_share_stops_itself_and_no_other(js: JetStreamContext) -> None:
    await remade(js, replace(streams.STREAMS[0], max_msgs_per_subject=3))
    for number in range(3):
        await js.publish(streams.facts_subject("greedy", f"Type{number}"), b"{}")
    with pytest.raises(APIError, match="maximum messages per subject exceeded"):
        await js.publish(streams.facts_subject("greedy", "YetAnotherType"), b"{}")
    await js.publish(streams.facts_subject("modest", "Type"), b"{}")


@pytest.mark.servers
async def test_an_oversized_fact_arrives_so_that_it_can_be_told_so(js: JetStreamContext) -> None:
    await js.publish(streams.facts_subject("body", "Type"), b"x" * 1_000_000)
    assert len(await stored(js)) == 1


@pytest.mark.servers
async def test_what_was_sent_is_neither_deleted_nor_purged(js: JetStreamContext) -> None:
    await js.publish(streams.facts_subject("body", "Type"), b"{}")
    with pytest.raises(APIError, match="delete not permitted"):
        await js.delete_msg(streams.FACTS, 1)
    with pytest.raises(APIError, match="purge not permitted"):
        await js.purge_stream(streams.FACTS)


@pytest.mark.servers
async def test_a_message_id_that_two_bodies_use_swallows_neither(js: JetStreamContext) -> None:
    for body in ("first", "second"):
        await js.publish(streams.facts_subject(body, "Type"), b"{}", headers={"Nats-Msg-Id": "1"})
        await asyncio.sleep(0.25)
    assert len(await stored(js)) == 2


@pytest.mark.servers
async def test_an_event_that_the_relay_repeats_is_kept_once(js: JetStreamContext) -> None:
    for _ in range(2):
        await js.publish(streams.events_subject("body", "Type"), b"{}", headers={"Nats-Msg-Id": "1"})
    assert (await js.stream_info(streams.EVENTS)).state.messages == 1


@pytest.mark.servers
async def test_a_lower_limit_per_body_is_the_operators_choice(js: JetStreamContext) -> None:
    await limit_bodies(js, 3)
    await streams.compare(js)
    for _ in range(3):
        await js.publish(streams.facts_subject("greedy", "Type"), b"{}")
    with pytest.raises(APIError, match="maximum messages per subject exceeded"):
        await js.publish(streams.facts_subject("greedy", "Type"), b"{}")
    with pytest.raises(ValueError, match="between"):
        await limit_bodies(js, streams.FACTS_PER_BODY + 1)


@pytest.mark.servers
async def test_what_a_body_gives_up_of_its_own_events_is_no_trouble_of_the_system(
    js: JetStreamContext,
) -> None:
    await js.add_consumer(streams.EVENTS, body_consumer("zhanakorgan"))
    await js.publish(streams.events_subject("zhanakorgan", "Type"), b"{}")
    subscription = await js.pull_subscribe_bind(body_durable("zhanakorgan"), streams.EVENTS)
    for message in await subscription.fetch(1):
        await message.term()
    for _ in range(100):
        if (await js.stream_info(streams.ADVISORIES)).state.messages:
            break
        await asyncio.sleep(0.02)
    assert (await js.stream_info(streams.ADVISORIES)).state.messages == 1
    assert await streams.given_up(js) == 0


# Order after a crash


@pytest.mark.servers
async def test_a_new_holder_rewinds_to_the_first_fact_that_is_not_acknowledged(js: JetStreamContext) -> None:
    partition = streams.partition_of("body")
    for number in range(3):
        await js.publish(streams.facts_subject("body", "Type"), str(number).encode())
    lost = await fetched(js, partition, 3)
    await lost[0].ack_sync()
    for number in range(3, 5):
        await js.publish(streams.facts_subject("body", "Type"), str(number).encode())

    await streams.rewind(js, partition)

    again = await fetched(js, partition, 10)
    assert [message.data for message in again] == [b"1", b"2", b"3", b"4"]
    assert [message.metadata.sequence.consumer for message in again] == [1, 2, 3, 4]


@pytest.mark.servers
async def test_without_rewinding_later_facts_overtake_a_batch_that_was_lost(js: JetStreamContext) -> None:
    # Why `rewind` is there; should the server learn to keep order by itself, it can go.
    partition = streams.partition_of("body")
    await js.publish(streams.facts_subject("body", "Type"), b"earlier")
    await fetched(js, partition, 1)
    await js.publish(streams.facts_subject("body", "Type"), b"later")
    assert [message.data for message in await fetched(js, partition, 1)] == [b"later"]


@pytest.mark.servers
async def test_a_full_batch_in_flight_holds_its_partition_back(js: JetStreamContext) -> None:
    partition = streams.partition_of("body")
    for _ in range(streams.BATCH + 1):
        await js.publish(streams.facts_subject("body", "Type"), b"{}")
    batch = await fetched(js, partition, streams.BATCH + 1)
    assert len(batch) == streams.BATCH
    with pytest.raises(nats.errors.TimeoutError):
        await fetched(js, partition, 1, 0.2)
    await batch[0].ack_sync()
    assert len(await fetched(js, partition, 1)) == 1


# Advisories


@pytest.mark.servers
async def test_a_fact_that_a_consumer_gave_up_on_is_counted(js: JetStreamContext) -> None:
    assert await streams.given_up(js) == 0
    partition = streams.partition_of("body")
    await js.publish(streams.facts_subject("body", "Type"), b"{}")
    for message in await fetched(js, partition, 1):
        await message.term()
    await eventually_given_up(js, 1)


@pytest.mark.servers
async def test_a_subscriber_that_runs_out_of_tries_is_counted(js: JetStreamContext) -> None:
    await js.add_consumer(
        streams.EVENTS, durable_name="archive", max_deliver=1, ack_wait=0.05, ack_policy="explicit"
    )
    await js.publish(streams.events_subject("body", "Type"), b"{}")
    subscription = await js.pull_subscribe_bind("archive", streams.EVENTS)
    await subscription.fetch(1)
    with pytest.raises(nats.errors.TimeoutError):
        await subscription.fetch(1, timeout=0.5)
    await eventually_given_up(js, 1)


async def eventually_given_up(js: JetStreamContext, expected: int) -> None:
    for _ in range(100):
        if await streams.given_up(js) == expected:
            return
        await asyncio.sleep(0.02)
    assert await streams.given_up(js) == expected
