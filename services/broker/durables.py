"""What the broker keeps for a body: its durable, from which it fetches its events, and its facts' limit."""

from collections.abc import Iterable
from dataclasses import replace

from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, ReplayPolicy

from services import streams
from services.streams import BODY_DURABLES


def body_durable(body: str) -> str:
    """The name of the durable on EVENTS; `body` is a body's code."""
    return f"{BODY_DURABLES}{body}"


def body_consumer(body: str) -> ConsumerConfig:
    """The settings of a body's durable: its own events, fetched, and acknowledged one by one.

    Receipts have none: who missed one sends the fact again.
    """
    return ConsumerConfig(
        durable_name=body_durable(body),
        filter_subject=f"events.{body}.>",
        deliver_policy=DeliverPolicy.ALL,
        replay_policy=ReplayPolicy.INSTANT,
        ack_policy=AckPolicy.EXPLICIT,
        max_ack_pending=1000,
        ack_wait=60.0,
        max_deliver=-1,
        # Requests that the server keeps for one body.
        max_waiting=64,
    )


async def provision_bodies(js: JetStreamContext, bodies: Iterable[str]) -> tuple[list[str], list[str]]:
    """Makes the durables of these bodies that are missing and removes those of all others.

    Returns the names of what was made and of what was removed. A body that comes back starts with the oldest
    event that is kept. Raises ServersError `consumer-differs` for one of other settings.
    """
    wanted = {body_durable(body): body for body in bodies}
    found = await streams.consumers(js, streams.EVENTS)
    gone = [name for name in found if name.startswith(BODY_DURABLES) and name not in wanted]
    made = [name for name in wanted if name not in found]
    for name in gone:
        await js.delete_consumer(streams.EVENTS, name)
    for name in made:
        await js.add_consumer(streams.EVENTS, body_consumer(wanted[name]))
    for name in wanted.keys() & found.keys():
        streams.compare_consumer(name, body_consumer(wanted[name]), found[name])
    return made, gone


async def limit_bodies(js: JetStreamContext, messages: int) -> None:
    """Lets FACTS keep so many messages of one body, 1 to FACTS_PER_BODY, where the disk is small."""
    if not 1 <= messages <= streams.FACTS_PER_BODY:
        raise ValueError(f"{messages} is not between 1 and {streams.FACTS_PER_BODY}")
    found = (await js.stream_info(streams.FACTS)).config
    await js.update_stream(replace(found, max_msgs_per_subject=messages))
