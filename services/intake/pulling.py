"""Pulls what is there and hands it over, instead of waiting for a batch to fill."""

import nats.errors
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js import JetStreamContext


class PromptPull:
    """A pull subscription in whose place FastStream's loop finds a batch complete as soon as there is one.

    The loop (0.7.8) asks again until a batch is full or its time is over, so that a single fact would wait
    for all of it; and it knows nats-py's own TimeoutError alone, while nats-py (2.16) raises asyncio's too:
    then the loop's task dies, and what it had pulled is lost to it.
    """

    def __init__(self, pull: JetStreamContext.PullSubscription, batch: int) -> None:
        self._pull = pull
        self._batch = batch
        _hurry(pull._sub)  # noqa: SLF001 - the one subscription that messages wait in

    async def fetch(self, batch: int, timeout: float | None) -> list[Msg]:  # noqa: ASYNC109 - nats-py's own
        """What there is, up to `batch` messages; waits for the first one only.

        Raises nats.errors.TimeoutError when there is none, or when the loop asks for the rest of a batch.
        """
        if batch < self._batch:
            raise nats.errors.TimeoutError
        try:
            return await self._pull.fetch(batch=batch, timeout=timeout)
        except TimeoutError as error:
            raise nats.errors.TimeoutError from error

    async def unsubscribe(self) -> None:
        """Ends the subscription."""
        await self._pull.unsubscribe()


def _hurry(subscription: Subscription) -> None:
    """Takes what is there already without the task, timer and UUID that `next_msg` makes for every message.

    They were a fifth of the intake's processor time.
    """
    patient = subscription.next_msg
    pending = subscription._pending_queue  # noqa: SLF001

    async def next_msg(timeout: float | None = 1.0) -> Msg:  # noqa: ASYNC109 - nats-py's own
        if pending.empty():
            return await patient(timeout)
        message = pending.get_nowait()
        subscription._pending_size -= len(message.data)  # noqa: SLF001
        pending.task_done()
        return message

    subscription.next_msg = next_msg  # type: ignore[method-assign]
