"""Where a fault test takes place: its servers, its intakes, its feeder, and every receipt that was given."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import nats

from events import keyring
from events.envelope import ACCEPTED, Receipt
from events.keyring import Keyring
from services import streams
from services.feeding import Fed, Progress, feed
from services.feeding.line import Line as SentLine
from services.intake.batch import DECIDED_ANEW
from services.intake.message import AFTER
from services.servers import EmbeddedNats, EmbeddedPostgres, Servers
from tests.faults.checker import Finding, Line, check, open_log
from tests.faults.intake_process import IntakeProcess, Orders

PATIENCE = 300.0
"""Seconds after which a run that does not come to its end is a failure."""

Figures = Callable[[str], None]


class Ground:
    def __init__(
        self, servers: Servers, postgres: EmbeddedPostgres, broker: EmbeddedNats, directory: Path
    ) -> None:
        self.servers = servers
        self.postgres = postgres
        self.broker = broker
        self.log = directory / "intake.log"
        self._keyring = directory / "keyring.json"
        self.intakes: list[IntakeProcess] = []

    @property
    def keyring(self) -> Keyring:
        return keyring.load(self._keyring)

    def intake(self, **orders: Any) -> IntakeProcess:
        """One more intake, which is started now."""
        started = IntakeProcess(Orders(self.servers, str(self._keyring), str(self.log), **orders))
        self.intakes.append(started)
        return started

    async def ready_intake(self, **orders: Any) -> IntakeProcess:
        started = self.intake(**orders)
        await asyncio.to_thread(started.until_ready)
        return started

    async def queue_once(self, lines: Sequence[Line]) -> None:
        """Sends as a feeder does that trusts the queue's word and never sends again."""
        last: dict[str, str] = {}
        async with await nats.connect(self.servers.nats_url) as client:
            js = client.jetstream()
            for place, (body, data) in enumerate(lines):
                line = SentLine(place, body, data, last.get(body))
                headers = {AFTER: line.after} if line.after else None
                await js.publish(streams.facts_subject(body, line.type), line.data, headers=headers)
                last[body] = line.id

    async def until_drained(self) -> float:
        """How many seconds it took until everything in the queue was acknowledged."""
        began = time.monotonic()
        async with asyncio.timeout(PATIENCE), await nats.connect(self.servers.nats_url) as client:
            js = client.jetstream()
            while True:
                infos = await js.consumers_info(streams.FACTS)
                if not any((info.num_pending or 0) + (info.num_ack_pending or 0) for info in infos):
                    return time.monotonic() - began
                await asyncio.sleep(0.1)

    def findings(self, lines: Sequence[Line], receipts: Sequence[Receipt] | None = None) -> list[Finding]:
        with open_log(self.servers.postgres_url) as conn:
            return check(conn, self.keyring, lines, receipts)

    def close(self) -> None:
        for intake in self.intakes:
            if intake.is_running():
                intake.kill()

    def said(self) -> str:
        """What the intakes logged last."""
        return "\n".join(self.log.read_text().splitlines()[-40:]) if self.log.exists() else ""


class Feeding:
    """A feeder at work in the test's process, and how far it is."""

    def __init__(self, ground: Ground, lines: Sequence[Line], window: int) -> None:
        self._progress = Progress(0, 0, 0, 0)
        self._moved = asyncio.Event()
        self._lines = len(lines)
        self._task = asyncio.create_task(
            feed(ground.servers.nats_url, lines, window=window, progress=self._tell)
        )

    def _tell(self, progress: Progress) -> None:
        self._progress = progress
        self._moved.set()

    @property
    def answered(self) -> int:
        return self._progress.accepted + self._progress.rejected

    async def until(self, share: float) -> None:
        """Returns once this share of the lines is answered, and not all of them: a fault is still one."""
        async with asyncio.timeout(PATIENCE):
            while self.answered < share * self._lines:
                assert not self._task.done(), "the feed was over before the fault"
                self._moved.clear()
                await self._moved.wait()
        assert self.answered < self._lines, "the feed was over before the fault"

    async def done(self) -> Fed:
        async with asyncio.timeout(PATIENCE):
            return await self._task

    async def cancel(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@asynccontextmanager
async def feeding(ground: Ground, lines: Sequence[Line], window: int = 100) -> AsyncIterator[Feeding]:
    at_work = Feeding(ground, lines, window)
    try:
        yield at_work
    except BaseException:
        print(ground.said())  # noqa: T201 - shown with the failure alone
        raise
    finally:
        await at_work.cancel()


class Overheard:
    """Every receipt that was published while NATS was there, whoever it was for."""

    def __init__(self) -> None:
        self.receipts: list[Receipt] = []

    async def take(self, message: Any) -> None:
        self.receipts.append(msgspec.json.decode(message.data, type=Receipt))

    def contradictions(self) -> list[tuple[Receipt, Receipt]]:
        """Pairs of different receipts for one message, where the first one was final."""
        first: dict[tuple[str, str, str], Receipt] = {}
        pairs = []
        for receipt in self.receipts:
            code = receipt.problem.code if receipt.problem else ACCEPTED
            if code in DECIDED_ANEW:
                continue
            # A reused id has the receipts of both contents.
            before = first.setdefault((receipt.body, receipt.id, code), receipt)
            if before != receipt:
                pairs.append((before, receipt))
        return pairs


@asynccontextmanager
async def overhearing(ground: Ground) -> AsyncIterator[Overheard]:
    heard = Overheard()
    client = await nats.connect(ground.servers.nats_url, max_reconnect_attempts=-1, reconnect_time_wait=0.2)
    try:
        await client.subscribe("receipts.>", cb=heard.take)
        await client.flush()
        yield heard
    finally:
        await client.close()
