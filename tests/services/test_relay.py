"""The relay on real servers: what others are told, in what order, and after an absence."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import nats
import pytest

from events.log import Log
from services import relay, streams
from services.heartbeat import heartbeats
from services.servers import Servers, connect
from tests import serving
from tests.ledgers import BODY, new_log, record, score, scores

pytestmark = pytest.mark.servers


@asynccontextmanager
async def relaying(servers: Servers) -> AsyncIterator[None]:
    stop, ready = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(relay.run(servers, serving.new_keyring(), stop, ready=ready.set))
    await ready.wait()
    try:
        yield
    finally:
        stop.set()
        await running


async def told(servers: Servers, count: int) -> list[Any]:
    """So many messages of EVENTS, in the order of the stream."""
    async with await nats.connect(servers.nats_url) as client:
        js = client.jetstream()
        async with asyncio.timeout(serving.PATIENCE):
            while (await js.stream_info(streams.EVENTS)).state.messages < count:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return [await js.get_msg(streams.EVENTS, seq) for seq in range(1, count + 1)]


def written(servers: Servers, log: Log, *facts: Any) -> None:
    with connect(servers, "bagalau_writer", autocommit=True) as conn:
        record(conn, log, facts)


async def test_each_event_is_told_once_committed_in_the_order_of_its_ledger(fresh_servers: Servers) -> None:
    log = new_log()
    async with relaying(fresh_servers):
        written(fresh_servers, log, *scores(30), *scores(20, body="health"))
        written(fresh_servers, log, *scores(10))
        messages = await told(fresh_servers, 60)
    events = [json.loads(message.data) for message in messages]
    for ledger, size in ((BODY, 40), ("health", 20)):
        its = [event for event in events if event["data"]["ledger"] == ledger]
        assert [event["data"]["seq"] for event in its] == list(range(1, size + 1))
        assert [event["id"] for event in its] == [f"{ledger}/{seq}" for seq in range(1, size + 1)]
    assert {message.subject for message in messages} == {
        f"events.{BODY}.ScoreSubmitted",
        "events.health.ScoreSubmitted",
    }


@pytest.mark.clause("score-sheet/cl-13/confidential")
async def test_an_event_is_a_cloud_event_without_what_the_fact_said(fresh_servers: Servers) -> None:
    secret = score("Есенова", comment="Дисциплина")
    written(fresh_servers, new_log(), secret)
    async with relaying(fresh_servers):
        (message,) = await told(fresh_servers, 1)
    event = json.loads(message.data)
    assert event["specversion"] == "1.0"
    assert {"id", "source", "type", "time", "subject", "datacontenttype"} <= event.keys()
    assert event["type"] == "bagalau.ScoreSubmitted"
    assert event["data"].keys() == {
        "ledger", "seq", "stream", "version", "type", "layout", "recorded_at", "agency_seq", "leaf",
    }  # fmt: skip
    assert (event["data"]["version"], event["data"]["layout"]) == (1, 1)
    assert message.headers["Nats-Msg-Id"] == event["id"]
    assert message.headers["content-type"] == "application/cloudevents+json"
    # A fraction of a second may look like a mark.
    del event["time"], event["data"]["recorded_at"]
    content = json.dumps(event, ensure_ascii=False)
    for said in ("Есенова", "Дисциплина", "4.25", str(secret.id), secret.actor):
        assert said not in content


async def test_after_an_absence_the_relay_goes_on_where_it_was(fresh_servers: Servers) -> None:
    log = new_log()
    for before in (0, 300, 600):
        written(fresh_servers, log, *scores(300))
        async with relaying(fresh_servers):
            # Stopped somewhere in the middle; what it leaves is the next one's.
            await told(fresh_servers, before + 50)
    async with relaying(fresh_servers):
        messages = await told(fresh_servers, 900)
    assert [json.loads(message.data)["data"]["seq"] for message in messages] == list(range(1, 901))


async def test_a_doorbell_has_it_told_without_waiting_for_the_next_look(
    fresh_servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "_LOOK_SECONDS", 3600.0)
    log = new_log()
    async with relaying(fresh_servers), await nats.connect(fresh_servers.nats_url) as client:
        for count in (1, 2, 3):
            written(fresh_servers, log, *scores(1))
            await client.publish(streams.doorbell_subject(BODY))
            await client.flush()
            await told(fresh_servers, count)


async def test_both_of_two_relays_beat_and_leave_nothing_when_they_end(fresh_servers: Servers) -> None:
    def alive() -> list[dict[str, Any]]:
        with connect(fresh_servers, "bagalau_reader", autocommit=True) as conn:
            return [dict(one.detail) for one in heartbeats(conn) if one.service == "relay"]

    async with relaying(fresh_servers), relaying(fresh_servers), asyncio.timeout(serving.PATIENCE):
        while sorted(bool(one.get("standby")) for one in alive()) != [False, True]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert alive() == []


async def test_of_two_relays_one_works(fresh_servers: Servers) -> None:
    log = new_log()
    async with relaying(fresh_servers), relaying(fresh_servers):
        written(fresh_servers, log, *scores(100))
        messages = await told(fresh_servers, 100)
        await asyncio.sleep(0.3)
        assert len(messages) == 100
    async with await nats.connect(fresh_servers.nats_url) as client:
        info = await client.jetstream().stream_info(streams.EVENTS)
    assert info.state.messages == 100
