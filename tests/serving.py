"""A running intake and a bare feeder, for tests of what goes through the queue."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import nats
from nats.aio.client import Client

from events import keyring
from events.envelope import Receipt
from events.keyring import Keyring
from services import streams
from services.intake import service
from services.servers import Servers

PATIENCE = 20.0


def new_keyring() -> Keyring:
    return keyring.create(os.urandom)


@asynccontextmanager
async def intake(servers: Servers, ring: Keyring, **options: Any) -> AsyncIterator[None]:
    """An intake that serves for as long as the block runs, and ends well."""
    stop, ready = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(service.run(servers, ring, stop, ready=ready.set, **options))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    try:
        if not serving.done():
            yield
    finally:
        stop.set()
        await serving


class Mailbox:
    """Sends messages as they are and collects the receipts of every body."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.receipts: list[Receipt] = []
        self._came = asyncio.Event()

    async def send(
        self,
        message: bytes,
        body: str = "zhanakorgan",
        type_: str = "Fact",
        headers: dict[str, str] | None = None,
    ) -> None:
        await self.client.publish(streams.facts_subject(body, type_), message, headers=headers)

    async def until(self, count: int) -> list[Receipt]:
        """The receipts once there are so many."""
        async with asyncio.timeout(PATIENCE):
            while len(self.receipts) < count:
                self._came.clear()
                await self._came.wait()
        return self.receipts

    async def ask(self, messages: Iterable[bytes], body: str = "zhanakorgan") -> list[Receipt]:
        """The receipts of these messages, sent in one go, in the order in which they come."""
        before, sent = len(self.receipts), 0
        for message in messages:
            await self.send(message, body)
            sent += 1
        return (await self.until(before + sent))[before:]

    async def take(self, message: Any) -> None:
        self.receipts.append(msgspec.json.decode(message.data, type=Receipt))
        self._came.set()


@asynccontextmanager
async def mailbox(servers: Servers) -> AsyncIterator[Mailbox]:
    async with await nats.connect(servers.nats_url) as client:
        box = Mailbox(client)
        await client.subscribe("receipts.>", cb=box.take)
        await client.flush()
        yield box


def codes(receipts: Iterable[Receipt]) -> list[str]:
    """The problem of each receipt, `accepted` where there is none."""
    return [receipt.problem.code if receipt.problem else receipt.outcome for receipt in receipts]
