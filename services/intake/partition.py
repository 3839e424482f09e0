"""One partition of the queue: held by a lock on the connection that commits, served while it is held."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

import msgspec
import nats.errors
import psycopg
from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, NatsMessage, PullSub
from nats.aio.msg import Msg

from events.log import Connection
from services import streams
from services.intake.crash import CrashPoint
from services.intake.desk import Desk
from services.intake.message import AFTER, Message
from services.intake.office import Office
from services.intake.pulling import PromptPull
from services.intake.transaction import Outcome
from services.servers import check_durability, connect

WRITER = "bagalau_writer"

LOCKS = 0x6261_6761
"""The first half of the intake's advisory locks' keys; the second is the partition's number."""

_PULL_SECONDS = 5.0
"""How long one request waits at the server for a first fact."""

_SEEK_SECONDS = 1.0
_WATCH_SECONDS = 1.0
_LONGEST_DELAY = 10.0
_IN_FLIGHT_BYTES = 2 * streams.BATCH * 1024 * 1024

_log = logging.getLogger("bagalau.intake")
_receipts = msgspec.json.Encoder()


class Partition:
    """Seeks the partition's lock, and while it holds it takes and settles batches, in order.

    `failing` says why the partition stands still; None while it does not.
    """

    def __init__(self, number: int, broker: NatsBroker, office: Office, desk: Desk) -> None:
        self.number = number
        self.failing: str | None = None
        self.sought = asyncio.Event()
        self._office = office
        self._desk = desk
        self._conn: Connection | None = None
        self._expected = 1
        self._busy = asyncio.Lock()
        self._interrupted = asyncio.Event()
        self._subscriber = broker.subscriber(
            streams.intake_subject(number),
            durable=streams.intake_durable(number),
            config=streams.intake_consumer(number),
            stream=JStream(streams.FACTS, declare=False),
            # The client's own: where there are accounts, its user hears no other.
            inbox_prefix=f"{office.client.new_inbox().rpartition('.')[0]}.".encode(),
            pull_sub=PullSub(batch=True, batch_size=streams.BATCH, timeout=_PULL_SECONDS),
            ack_policy=AckPolicy.MANUAL,
            no_reply=True,
            decoder=_undecoded,
            # A full batch of the largest messages that the stream takes; beyond it the client drops them.
            pending_bytes_limit=_IN_FLIGHT_BYTES,
        )
        self._subscriber(self.handle)

    @property
    def undecidable(self) -> int:
        """How many facts were rejected because their decider failed, since the start."""
        return self._desk.undecidable

    @property
    def failed(self) -> tuple[float, str] | None:
        """When a fact last could not be decided, and by what cause."""
        return self._desk.failed

    def interrupt(self) -> None:
        """Makes it look up whether it is still to serve."""
        self._interrupted.set()

    async def run(self) -> None:
        """Seeks and serves until the intake is to end; whatever fails, it is tried again."""
        while not self._office.stopping.is_set():
            try:
                conn = await self._seek()
                if conn is not None:
                    await self._hold(conn)
            except Exception as error:  # noqa: BLE001 - a partition never gives up; it says what fails
                self._fails(error)
                await self._office.pause(_SEEK_SECONDS)
        self.sought.set()

    async def _seek(self) -> Connection | None:
        """A connection that holds the partition; None once the intake is to end."""
        conn: Connection | None = None
        try:
            while not self._office.stopping.is_set():
                if self._office.may_seek(self.number):
                    if conn is None:
                        conn = await self._office.in_thread(_connected, self._office, self.number)
                    if await self._office.in_thread(_locked, conn, self.number):
                        held, conn = conn, None
                        return held
                self.sought.set()
                await self._office.pause(_SEEK_SECONDS)
            return None
        finally:
            if conn is not None:
                conn.close()

    async def _hold(self, conn: Connection) -> None:
        self._conn = conn
        self._office.held.add(self.number)
        self.sought.set()
        _log.info("partition %d is held", self.number)
        try:
            await self._office.in_thread(check_durability, conn)
            # What kept it from being held is over; a batch that still fails says so again.
            self.failing = None
            while self._keeps():
                await self._serve(conn)
        finally:
            self._conn = None
            self._office.held.discard(self.number)
            # The documents at hand were good under the lock alone.
            self._desk.forget()
            conn.close()
            _log.info("partition %d is let go", self.number)

    def _keeps(self) -> bool:
        conn = self._conn
        return (
            conn is not None
            and not conn.closed
            and not self._office.stopping.is_set()
            and not self._office.is_surplus(self.number)
        )

    async def _serve(self, conn: Connection) -> None:
        """Takes batches for as long as the partition is held and the queue delivers them without a gap."""
        if not self._office.connected.is_set():
            await self._office.pause(_WATCH_SECONDS)
            await self._office.in_thread(conn.execute, "SELECT 1")
            return
        await streams.rewind(self._office.js, self.number)
        self._expected = 1
        self._interrupted.clear()
        await self._subscriber.start()
        pull = self._subscriber.subscription
        assert pull is not None
        self._subscriber.subscription = PromptPull(pull, streams.BATCH)  # type: ignore[assignment]
        try:
            while self._keeps() and self._office.connected.is_set() and not self._interrupted.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(_WATCH_SECONDS):
                        await self._interrupted.wait()
                if not self._busy.locked():
                    async with self._busy:
                        await self._office.in_thread(conn.execute, "SELECT 1")
        finally:
            # Waits for the batch in hand; without NATS there is nobody to unsubscribe from.
            with suppress(nats.errors.Error):
                await self._subscriber.stop()

    async def handle(self, message: NatsMessage) -> None:
        """Settles a batch; each fact is answered on `receipts.<body>.<id>`, and `doorbell.<ledger>` rung."""
        raws: Sequence[Msg] = message.raw_message  # type: ignore[assignment]
        async with self._busy:
            conn = self._conn
            if conn is None or conn.closed or self._interrupted.is_set():
                return
            if not self._in_sequence(raws):
                _log.warning("partition %d: a delivery is missing, so it starts over", self.number)
                self._interrupted.set()
                return
            outcome = await self._settle(conn, raws)
            if outcome is None:
                self._interrupted.set()
                return
            self._expected += len(raws)
            self._office.reached(CrashPoint.AFTER_COMMIT_BEFORE_ACK)
            await self._answer(raws, outcome)

    def _in_sequence(self, raws: Sequence[Msg]) -> bool:
        # What another client took, or this one lost, comes again only later: going on would change the order.
        first, last = raws[0].metadata.sequence.consumer, raws[-1].metadata.sequence.consumer
        return first == self._expected and last == first + len(raws) - 1

    async def _settle(self, conn: Connection, raws: Sequence[Msg]) -> Outcome | None:
        """The outcome once it is committed; None when the connection, and the lock with it, is lost."""
        messages = [
            Message(streams.body_of(raw.subject), raw.data, raw.headers.get(AFTER) if raw.headers else None)
            for raw in raws
        ]
        delay = 0.25
        while True:
            try:
                outcome = await self._office.in_thread(self._desk.settle, conn, messages)
            except Exception as error:  # noqa: BLE001 - whatever it was, the batch is not lost
                self._fails(error)
                if conn.closed:
                    return None
            else:
                self.failing = None
                return outcome
            if self._office.stopping.is_set():
                return None
            await self._office.pause(delay)
            delay = min(2 * delay, _LONGEST_DELAY)
            with suppress(nats.errors.Error):
                for raw in raws:
                    await raw.in_progress()

    async def _answer(self, raws: Sequence[Msg], outcome: Outcome) -> None:
        # All is committed. What of this is lost, the feeder gets by sending again.
        client = self._office.client
        try:
            for raw in raws:
                await raw.ack()
            await client.flush()
            self._office.reached(CrashPoint.AFTER_ACK_BEFORE_RECEIPT)
            for receipt in outcome.receipts:
                subject = streams.receipts_subject(receipt.body, receipt.id)
                await client.publish(subject, _receipts.encode(receipt))
            for ledger in outcome.grown:
                await client.publish(streams.doorbell_subject(ledger))
        except nats.errors.Error as error:
            _log.warning("partition %d: receipts were not sent: %s", self.number, error)
            self._interrupted.set()

    def _fails(self, error: Exception) -> None:
        # A message may quote what a fact says (PostgreSQL's do); the type and the code tell enough.
        code = getattr(error, "sqlstate", None) or getattr(error, "code", None)
        self.failing = type(error).__name__ + (f" ({code})" if code else "")
        _log.error("partition %d: %s", self.number, self.failing)
        _log.debug("partition %d", self.number, exc_info=error)


async def _undecoded(message: NatsMessage) -> bytes:
    # FastStream decodes a batch before the handler sees it, and one message nested too deeply fails them all.
    return message.body


def _connected(office: Office, number: int) -> Connection:
    return connect(office.servers, WRITER, autocommit=True, application_name=f"bagalau-intake-{number}")


def _locked(conn: psycopg.Connection, number: int) -> bool:
    row = conn.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, number]).fetchone()
    return bool(row and row[0])
