"""The feeder: keeps a fact and sends it again until it holds its receipt, whatever is lost on the way."""

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
import nats
import nats.errors
import nats.js.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from events.envelope import ACCEPTED, AGENCY, UNKNOWN_YET, Receipt
from services import streams
from services.feeding.fed import Fed, FeedError, Progress
from services.feeding.lane import Lane
from services.feeding.line import Line
from services.feeding.receipts import ReceiptsFile
from services.intake.message import AFTER
from services.servers import admission

WINDOW: Final = 1000
"""How many facts of one body are on their way at once."""

_LOOK_SECONDS = 0.05
_ACK_SECONDS = 5.0
_BURST = 64

_receipt = msgspec.json.Decoder(Receipt)


async def feed(
    nats_url: str,
    lines: Iterable[tuple[str, bytes]],
    *,
    window: int = WINDOW,
    receipts: ReceiptsFile | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    patience: float | None = None,
    answered: Callable[[float], None] = lambda _: None,
    name: str = AGENCY,
    nkey: Path | None = None,
) -> Fed:
    """Sends each (body, message) and returns once all have their receipts.

    `receipts` gets each receipt as it comes, in the order of arrival, but for refusals of what was not known
    yet: those that still stand come at the end, also when the feed fails.

    `answered` is told the seconds from each line's first sending to its receipt. `name` is the body whose
    key `nkey` is (by default the file of BAGALAU_NATS_NKEY) on a broker with accounts. Raises FeedError
    `no-receipts` when no receipt comes for `patience` seconds (None: waits for ever), `nats-failed` when
    NATS does not answer for so long at the start, and `receipts-not-kept`; ServersError for a key that cannot
    be used.
    """
    feeder = Feeder(window, receipts, progress, patience, answered)
    options = admission(nats_url, name, nkey)
    try:
        async with asyncio.timeout(patience):
            client = await nats.connect(
                nats_url,
                max_reconnect_attempts=-1,
                reconnect_time_wait=0.5,
                error_cb=feeder.troubled,
                reconnected_cb=feeder.reconnected,
                **options,
            )
    except TimeoutError:
        raise FeedError("nats-failed", f"NATS does not answer. {feeder.trouble or ''}".strip()) from None
    try:
        return await feeder.run(client, lines)
    finally:
        await client.close()


class Feeder:
    """Sends lines over one connection, each body's in order, at most a window of each unanswered."""

    def __init__(
        self,
        window: int,
        receipts: ReceiptsFile | None,
        progress: Callable[[Progress], None],
        patience: float | None,
        answered: Callable[[float], None],
    ) -> None:
        self._answered = answered
        self._window = window
        self._file = receipts
        self._progress = progress
        self._patience = patience
        self._lanes: dict[str, Lane] = {}
        self._answers: dict[int, Receipt] = {}
        self._moved = asyncio.Event()
        self._heard = time.monotonic()
        self._again = 0
        self._read = 0
        self._accepted = 0
        self._rejected = 0
        self._trouble: str | None = None
        self._unkept: OSError | None = None

    async def run(self, client: Client, lines: Iterable[tuple[str, bytes]]) -> Fed:
        """Sends the lines and returns what became of them."""
        started = self._heard = time.monotonic()
        sending = asyncio.create_task(self._send_all(client, lines))
        tending = asyncio.create_task(self._tend(client))
        try:
            await asyncio.wait((sending, tending), return_when=asyncio.FIRST_COMPLETED)
            if tending.done():
                tending.result()
            await sending
        finally:
            for task in (sending, tending):
                task.cancel()
            await asyncio.gather(sending, tending, return_exceptions=True)
            # Of what is not known yet the last word counts, and there is none after this.
            for receipt in filter(_is_open, self._answers.values()):
                self._keep(receipt)
        self._tell()
        self._check_kept()
        ordered = tuple(self._answers[place] for place in sorted(self._answers))
        return Fed(ordered, self._again, time.monotonic() - started)

    @property
    def trouble(self) -> str | None:
        """What the connection complained of last."""
        return self._trouble

    async def troubled(self, error: Exception) -> None:
        """Takes note of what the connection complains of."""
        self._trouble = str(error) or type(error).__name__

    async def reconnected(self) -> None:
        """Sends again at once what may have been lost while NATS was away."""
        for lane in self._lanes.values():
            lane.hurry()

    async def _send_all(self, client: Client, lines: Iterable[tuple[str, bytes]]) -> None:
        of_agency = False
        for place, (body, data) in enumerate(lines):
            # Central HR's facts change the law and open ledgers: what is in flight beside them would be
            # decided by chance before or after.
            if of_agency != (body == AGENCY):
                await self._until(lambda: not any(self._lanes.values()))
                of_agency = not of_agency
            self._read += 1
            lane = self._lanes.get(body) or await self._open(client, body)
            line = Line(place, body, data, lane.last)
            await self._until(lambda lane=lane, line=line: self._has_room(lane, line))  # type: ignore[misc]
            await self._send(client, lane, line)
            if place % _BURST == 0:
                await asyncio.sleep(0)
        await self._until(lambda: not any(self._lanes.values()))
        for lane in self._lanes.values():
            await self._send_refused(client, lane)
        await self._until(lambda: not any(self._lanes.values()))

    async def _send_refused(self, client: Client, lane: Lane) -> None:
        refused, lane.refused = lane.refused, []
        for line in refused:
            await self._until(lambda line=line: self._has_room(lane, line))  # type: ignore[misc]
            self._again += 1
            lane.forget(line.id)
            await self._send(client, lane, line)

    def _has_room(self, lane: Lane, line: Line) -> bool:
        return len(lane) < self._window and not lane.awaits(line.id)

    async def _until(self, done: Callable[[], bool]) -> None:
        while not done():
            self._moved.clear()
            await self._moved.wait()

    async def _open(self, client: Client, body: str) -> Lane:
        lane = self._lanes[body] = Lane(body, time.monotonic())
        # Listened for before anything is sent, as receipts are published once.
        await client.subscribe(streams.all_receipts_subject(body), cb=self._receive)
        with suppress(nats.errors.Error):
            await client.flush()
        return lane

    async def _send(self, client: Client, lane: Lane, line: Line) -> None:
        lane.add(line, time.monotonic())
        await self._publish(client, line)

    async def _publish(self, client: Client, line: Line) -> None:
        # The receipt is the answer that counts, so the queue's own is asked for only when none comes.
        headers = {AFTER: line.after} if line.after is not None else None
        if client.is_connected:
            with suppress(nats.errors.Error):
                await client.publish(streams.facts_subject(line.body, line.type), line.data, headers=headers)

    async def _receive(self, message: Msg) -> None:
        with suppress(msgspec.DecodeError):
            receipt = _receipt.decode(message.data)
            lane = self._lanes.get(message.subject.split(".")[1])
            line = lane.take(receipt, time.monotonic()) if lane else None
            if lane is None or line is None:
                return
            self._answered(time.monotonic() - line.sent_at)
            before = self._answers.get(line.place)
            self._answers[line.place] = receipt
            if not _is_open(receipt):
                self._keep(receipt)
            self._count(before, -1)
            self._count(receipt, 1)
            if before is None:
                lane.note(line, receipt)
            self._heard = time.monotonic()
            self._trouble = None
            self._moved.set()

    def _keep(self, receipt: Receipt) -> None:
        if self._file is not None and self._unkept is None:
            try:
                self._file.write(receipt)
            except OSError as error:
                # Raised here it would reach nobody: the client calls this.
                self._unkept = error

    def _check_kept(self) -> None:
        if self._unkept is not None:
            raise FeedError("receipts-not-kept", f"The receipts cannot be kept: {self._unkept.strerror}.")

    def _count(self, receipt: Receipt | None, one: int) -> None:
        if receipt is not None and receipt.outcome == ACCEPTED:
            self._accepted += one
        elif receipt is not None:
            self._rejected += one

    async def _tend(self, client: Client) -> None:
        """Sends again what was lost, from the first line without a receipt on, so that the order is kept."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self._tell()
            self._check_kept()
            now = time.monotonic()
            if (
                self._patience is not None
                and now - self._heard > self._patience
                and any(self._lanes.values())
            ):
                waiting = sum(map(len, self._lanes.values()))
                raise FeedError(
                    "no-receipts", f"{waiting} facts wait for their receipts. {self._trouble or ''}"
                )
            for lane in tuple(self._lanes.values()):
                if client.is_connected and lane.is_due(now):
                    await self._send_again(client, lane)

    async def _send_again(self, client: Client, lane: Lane) -> None:
        hurried = lane.is_broken
        for at, line in enumerate(lane.waiting):
            if at == 0 and not hurried and not await self._stored(client, line):
                break
            if at or hurried:
                await self._publish(client, line)
            self._again += 1
        lane.sent_again(time.monotonic(), hurried=hurried)

    async def _stored(self, client: Client, line: Line) -> bool:
        """Sends the line and waits for the queue's word, to learn why nothing comes back."""
        headers = {AFTER: line.after} if line.after is not None else None
        subject = streams.facts_subject(line.body, line.type)
        try:
            await client.jetstream().publish(subject, line.data, timeout=_ACK_SECONDS, headers=headers)
        except (nats.errors.Error, nats.js.errors.Error) as error:
            # That nothing came back says less than what the connection complained of: a missing right, say.
            if self._trouble is None or not isinstance(error, TimeoutError):
                self._trouble = str(error) or type(error).__name__
            return False
        return True

    def _tell(self) -> None:
        self._progress(Progress(self._read, self._accepted, self._rejected, self._again, self._trouble))


def _is_open(receipt: Receipt) -> bool:
    """Whether the answer may still become another one."""
    return receipt.problem is not None and receipt.problem.code in UNKNOWN_YET
