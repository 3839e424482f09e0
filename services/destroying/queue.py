"""Whether the broker still keeps facts of what is destroyed: it can neither delete nor purge them."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from services import streams


class _Named(msgspec.Struct):
    id: str | None = None


async def kept_until(js: JetStreamContext, body: str, facts: Collection[UUID]) -> datetime | None:
    """When the last message with one of these facts leaves the queue, in UTC; None where there is none.

    A feeder may have sent a fact again that was accepted years ago, so each message of the body is looked at.
    """
    found = await js.stream_info(streams.FACTS)
    age = timedelta(seconds=found.config.max_age or 0)
    subject = f"facts.{streams.partition_of(body)}.{body}"
    wanted = {str(fact) for fact in facts}
    last: datetime | None = None
    seq = max(found.state.first_seq, 1)
    while wanted:
        try:
            message = await js.get_msg(streams.FACTS, seq=seq, subject=subject, next=True)
        except NotFoundError:
            break
        try:
            named = msgspec.json.decode(message.data or b"", type=_Named).id
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            named = None
        if named in wanted and message.time is not None:
            left = message.time.astimezone(UTC) + age
            last = left if last is None else max(last, left)
        assert message.seq is not None
        seq = message.seq + 1
    return last
