"""What an intake's partitions share: the servers, the threads that wait for PostgreSQL, and a fair share."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from nats.aio.client import Client
from nats.js import JetStreamContext

from services.intake.crash import Reached, nothing
from services.servers import Servers
from services.streams import PARTITIONS

T = TypeVar("T")


class Office:
    """One intake among those that share the partitions.

    `connected` is set while NATS is there, `stopping` once the intake is to end.
    """

    def __init__(self, servers: Servers, client: Client, reached: Reached = nothing) -> None:
        self.servers = servers
        self.client = client
        self.js: JetStreamContext = client.jetstream()
        self.reached = reached
        self.connected = asyncio.Event()
        self.stopping = asyncio.Event()
        self.intakes = 1
        self.held: set[int] = set()
        # A thread for each partition: a batch that waits for its COMMIT must not keep another from starting.
        self._threads = ThreadPoolExecutor(PARTITIONS + 1, "intake")

    @property
    def share(self) -> int:
        """How many partitions this intake holds at most, so that all intakes have work."""
        return -(-PARTITIONS // max(self.intakes, 1))

    def may_seek(self, number: int) -> bool:
        """Whether one more partition may be taken."""
        return number in self.held or len(self.held) < self.share

    def is_surplus(self, number: int) -> bool:
        """Whether the partition is to be given up to an intake that has fewer."""
        return number in sorted(self.held)[self.share :]

    async def in_thread(self, work: Callable[..., T], *arguments: object) -> T:
        """The result of blocking work."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    async def pause(self, seconds: float) -> None:
        """Waits, and less long once the intake is to end."""
        try:
            async with asyncio.timeout(seconds):
                await self.stopping.wait()
        except TimeoutError:
            return

    def close(self) -> None:
        """Lets the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)
