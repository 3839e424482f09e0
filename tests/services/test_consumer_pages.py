"""A stream with more consumers than the server tells of at once."""

import asyncio
from collections.abc import AsyncIterator

import nats
import pytest
from nats.js import JetStreamContext

from services import streams
from services.broker import body_consumer, body_durable, provision_bodies

pytestmark = pytest.mark.servers

BODIES = [f"body-{number:03d}" for number in range(300)]
AT_ONCE = 50


@pytest.fixture
async def js(fresh_nats_url: str) -> AsyncIterator[JetStreamContext]:
    async with await nats.connect(fresh_nats_url) as client:
        yield client.jetstream()


async def make(js: JetStreamContext, bodies: list[str]) -> None:
    for at in range(0, len(bodies), AT_ONCE):
        some = bodies[at : at + AT_ONCE]
        await asyncio.gather(*(js.add_consumer(streams.EVENTS, body_consumer(one)) for one in some))


async def test_consumers_of_every_page_are_told_with_their_settings(js: JetStreamContext) -> None:
    await make(js, BODIES)
    first = await js.consumers_info(streams.EVENTS)
    found = await streams.consumers(js, streams.EVENTS)

    assert len(first) == 256 < len(BODIES)
    ours = {name: config for name, config in found.items() if name.startswith(streams.BODY_DURABLES)}
    assert ours.keys() == {body_durable(one) for one in BODIES}
    for one in BODIES:
        streams.compare_consumer(body_durable(one), body_consumer(one), ours[body_durable(one)])


async def test_what_is_on_a_later_page_is_neither_made_again_nor_left(js: JetStreamContext) -> None:
    await make(js, BODIES)

    assert await provision_bodies(js, BODIES) == ([], [])
    made, gone = await provision_bodies(js, [*BODIES[:10], "new"])
    assert made == [body_durable("new")]
    assert sorted(gone) == [body_durable(one) for one in BODIES[10:]]
    left = await streams.consumers(js, streams.EVENTS)
    assert {body_durable("new"), body_durable(BODIES[9])} <= left.keys()
    assert body_durable(BODIES[-1]) not in left


@pytest.mark.parametrize("count", [0, 256])
async def test_a_page_that_is_just_full_or_empty_ends_the_list(js: JetStreamContext, count: int) -> None:
    for one in await js.consumers_info(streams.EVENTS):
        await js.delete_consumer(streams.EVENTS, one.name)
    await make(js, BODIES[:count])

    found = await streams.consumers(js, streams.EVENTS)
    assert found.keys() == {body_durable(one) for one in BODIES[:count]}
