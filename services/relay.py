"""The relay: tells others of committed events on `events.<body>.<Type>`, without anything confidential.

Each event is a CloudEvent 1.0 in structured JSON. It is sent at least once and in the order of its ledger:
the next one goes out only when the stream has the one before it.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final, TypeVar

import msgspec
import nats
import nats.errors
import nats.js.errors
import psycopg
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import Header as NatsHeader

from events import schema
from events.codec import public_type
from events.keyring import Keyring
from events.log import Connection, Place, heads, read_places
from events.log.instants import instant
from events.sql import statements
from services import streams
from services.heartbeat import BEAT_SECONDS, beat, leave, new_instance
from services.servers import Servers, admission, connect
from services.trouble import Trouble

SERVICE: Final = "relay"
ROLE: Final = "bagalau_projector"

_SQL = statements("services")
_LOCK = (0x6261_6761, 2000)
_CHUNK = 256
_LEDGERS_AT_ONCE = 16
_LOOK_SECONDS = 2.0
_ACK_SECONDS = 5.0

_log = logging.getLogger("bagalau.relay")

T = TypeVar("T")


class Told(msgspec.Struct, frozen=True):
    """What others learn of an event: its place and its leaf, so that they can ask for it and have it proven.

    `version` counts the events of the document, whose stream id is random; `layout` is the version in which
    the type's data are kept.
    """

    ledger: str
    seq: int
    stream: str
    version: int
    type: str
    layout: int
    recorded_at: datetime
    agency_seq: int
    leaf: str


class CloudEvent(msgspec.Struct, frozen=True):
    """A CloudEvent in structured JSON; `id` is the same each time that the event is sent."""

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    data: Told
    specversion: str = "1.0"
    datacontenttype: str = "application/json"


def cloud_event(place: Place) -> CloudEvent:
    """The event as others are told of it; what it says stays in the ledger."""
    header = place.header
    name, _, layout = header.type.partition("/")
    told = Told(
        header.ledger,
        header.seq,
        str(header.stream),
        header.version,
        name,
        int(layout or 1),
        instant(header.recorded_at),
        header.agency_seq,
        place.leaf.hex(),
    )
    return CloudEvent(
        id=f"{header.ledger}/{header.seq}",
        source=f"/bagalau/ledgers/{header.ledger}",
        type=f"bagalau.{name}",
        subject=told.stream,
        time=told.recorded_at,
        data=told,
    )


async def run(
    servers: Servers, _: Keyring, stop: asyncio.Event, *, ready: Callable[[], None] = lambda: None
) -> None:
    """Relays until `stop` is set; of several relays one works and the others stand by.

    Raises SchemaError for a database of another release.
    """
    relay = _Relay(servers)
    client = await nats.connect(
        servers.nats_url,
        max_reconnect_attempts=-1,
        reconnect_time_wait=1,
        error_cb=_troubled,
        disconnected_cb=relay.disconnected,
        reconnected_cb=relay.reconnected,
        **admission(servers.nats_url, SERVICE),
    )
    try:
        await streams.provision(client.jetstream())
        await relay.serve(client, stop, ready)
    finally:
        relay.closing = True
        await client.close()


class _Relay:
    def __init__(self, servers: Servers) -> None:
        self.closing = False
        self._servers = servers
        self._rung = asyncio.Event()
        self._one_query = asyncio.Lock()
        self._instance = new_instance()
        self._detail: dict[str, object] = {}
        self._behind: dict[str, str] = {}
        self._absence = Trouble(_log)

    async def serve(self, client: Client, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Relays over the client until `stop` is set, on one connection to PostgreSQL after another."""
        self._js: JetStreamContext = client.jetstream()
        await client.subscribe(streams.all_doorbells_subject(), cb=self._ring)
        stopping = asyncio.create_task(self._stopped(stop))
        told = False
        while not stop.is_set():
            try:
                with await asyncio.to_thread(_connected, self._servers) as conn:
                    self._absence.end()
                    if not told:
                        ready()
                        told = True
                    await self._beating(conn, stop)
            except (psycopg.Error, OSError) as error:
                self._absence.tell(logging.WARNING, "PostgreSQL is away", type(error).__name__)
                await self._wait(stop)
        stopping.cancel()

    async def disconnected(self) -> None:
        """Says once that NATS is away."""
        if not self.closing:
            _log.warning("NATS is away")

    async def reconnected(self) -> None:
        """Looks at the ledgers again at once."""
        _log.info("NATS is there again")
        self._rung.set()

    async def _beating(self, conn: Connection, stop: asyncio.Event) -> None:
        over = asyncio.Event()
        beats = asyncio.create_task(self._beat(conn, over))
        try:
            await self._stand_by(conn, stop)
            await self._relay(conn, stop)
        finally:
            over.set()
            await asyncio.gather(beats, return_exceptions=True)
        await self._query(leave, conn, SERVICE, self._instance)

    async def _beat(self, conn: Connection, over: asyncio.Event) -> None:
        while not over.is_set():
            await self._query(beat, conn, SERVICE, self._instance, self._detail)
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_SECONDS):
                    await over.wait()

    async def _stand_by(self, conn: Connection, stop: asyncio.Event) -> None:
        while not stop.is_set() and not await self._query(_locked, conn):
            self._detail = {"standby": True}
            await self._wait(stop)

    async def _relay(self, conn: Connection, stop: asyncio.Event) -> None:
        relayed = dict(await self._query(_relayed, conn))
        while not stop.is_set():
            self._rung.clear()
            sizes = {head.ledger: head.size for head in await self._query(heads, conn)}
            grown = [ledger for ledger, size in sizes.items() if size > relayed.get(ledger, 0)]
            turn = asyncio.Semaphore(_LEDGERS_AT_ONCE)

            async def one(ledger: str, turn: asyncio.Semaphore = turn, sizes: dict[str, int] = sizes) -> bool:
                async with turn:
                    return await self._tell(conn, ledger, relayed, sizes[ledger], stop)

            all_told = all(await asyncio.gather(*map(one, grown)))
            self._detail = {"standing": dict(self._behind)}
            if not grown or not all_told:
                await self._wait(stop)

    async def _tell(
        self, conn: Connection, ledger: str, relayed: dict[str, int], size: int, stop: asyncio.Event
    ) -> bool:
        """Tells of the ledger's events up to `size`; False when the stream did not take one."""
        while (after := relayed.get(ledger, 0)) < size and not stop.is_set():
            places = await self._query(_places, conn, ledger, after, min(after + _CHUNK, size))
            done = after
            try:
                for place in places:
                    await self._publish(place)
                    done = place.header.seq
            except (nats.errors.Error, nats.js.errors.Error, TimeoutError) as error:
                if not self._behind:
                    _log.warning("events of %s wait, and perhaps others': %s", ledger, type(error).__name__)
                self._behind[ledger] = type(error).__name__
                return False
            finally:
                if done > after:
                    await self._query(_move, conn, ledger, done)
                    relayed[ledger] = done
            self._behind.pop(ledger, None)
        return True

    async def _publish(self, place: Place) -> None:
        event = cloud_event(place)
        await self._js.publish(
            streams.events_subject(place.header.ledger, public_type(place.header.type)),
            msgspec.json.encode(event),
            timeout=_ACK_SECONDS,
            headers={NatsHeader.MSG_ID: event.id, "content-type": "application/cloudevents+json"},
        )

    async def _query(self, work: Callable[..., T], *arguments: object) -> T:
        async with self._one_query:
            return await asyncio.to_thread(work, *arguments)

    async def _ring(self, _: object) -> None:
        self._rung.set()

    async def _wait(self, stop: asyncio.Event) -> None:
        if stop.is_set():
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_SECONDS):
                await self._rung.wait()

    async def _stopped(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._rung.set()


async def _troubled(error: Exception) -> None:
    _log.debug("NATS: %s", type(error).__name__)


def _connected(servers: Servers) -> Connection:
    conn = connect(servers, ROLE, autocommit=True, application_name="bagalau-relay")
    schema.check(conn)
    return conn


def _locked(conn: Connection) -> bool:
    row = conn.execute("SELECT pg_try_advisory_lock(%s, %s)", _LOCK).fetchone()
    return bool(row and row[0])


def _relayed(conn: Connection) -> list[tuple[str, int]]:
    return [(ledger, seq) for ledger, seq in conn.execute(_SQL["relayed"])]


def _move(conn: Connection, ledger: str, seq: int) -> None:
    conn.execute(_SQL["move_relayed"], [ledger, seq])


def _places(conn: Connection, ledger: str, after: int, upto: int) -> list[Place]:
    return list(read_places(conn, ledger, after, upto))
