"""The intake's process: founds the agency's ledger, then shares the partitions with other intakes."""

import asyncio
import gc
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

import psycopg
from faststream.nats import NatsBroker
from faststream.nats.security import NatsNKey, NatsSecurity

from events import schema
from events.keyring import Keyring
from events.log import Connection, Log
from services import streams
from services.heartbeat import beat, leave, new_instance
from services.intake.crash import Reached, nothing
from services.intake.desk import Desk
from services.intake.headers import guard
from services.intake.law import LawKeeper, agency_events
from services.intake.office import Office
from services.intake.opening import found
from services.intake.partition import LOCKS, WRITER, Partition
from services.intake.transaction import Transactor
from services.servers import Servers, ServersError, admission, check_durability, connect
from services.signatures import Trust, trust_from_environment
from services.trouble import Trouble

SERVICE: Final = "intake"

_PRESENT = 1000
"""The second half of the key of the lock that every running intake shares."""

_CONTROL_SECONDS = 1.0
_RECONNECT_SECONDS = 1
_GRACE_SECONDS = 30.0

_log = logging.getLogger("bagalau.intake")


def broker(url: str, **callbacks: Any) -> NatsBroker:
    """The broker with the settings that keep facts: it waits for NATS for ever, and declares nothing."""
    options = admission(url, SERVICE)
    if "inbox_prefix" in options:
        callbacks["inbox_prefix"] = options["inbox_prefix"]
    return NatsBroker(
        url,
        security=_security(options),
        max_reconnect_attempts=-1,
        reconnect_time_wait=_RECONNECT_SECONDS,
        graceful_timeout=_GRACE_SECONDS,
        logger=logging.getLogger("bagalau.faststream"),
        log_level=logging.DEBUG,
        **callbacks,
    )


def _security(options: Mapping[str, Any]) -> NatsSecurity | None:
    how = {
        "ssl_context": options.get("tls"),
        "tls_handshake_first": options.get("tls_handshake_first", False),
    }
    if seed := options.get("nkeys_seed_str"):
        return NatsNKey.from_seed(seed, **how)
    return NatsSecurity(**how) if how["ssl_context"] else None


async def run(
    servers: Servers,
    keyring: Keyring,
    stop: asyncio.Event,
    *,
    ready: Callable[[], None] = lambda: None,
    reached: Reached = nothing,
    partition: type[Partition] = Partition,
) -> None:
    """Serves until `stop` is set, then finishes the batches in hand; `ready` is called once it serves.

    Signatures are verified under the trust that the environment names, as it is read now. Raises TrustError,
    ServersError, SchemaError and LogError for what is not fit, and ServersError `nats-closed` when the
    connection to NATS is closed for good.
    """
    trust = trust_from_environment()
    _spare_the_collector()
    log = Log(keyring)
    await asyncio.to_thread(_prepare, servers, log)
    intake = _Intake(servers, log, reached, partition, trust)
    await intake.serve(stop, ready)


def _spare_the_collector() -> None:
    # The documents at hand are many, live long and hold no cycles. At the default thresholds the collector
    # walks them hundreds of times a second, which took half of the intake's processor time.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _prepare(servers: Servers, log: Log) -> None:
    with connect(servers, WRITER, autocommit=True, application_name="bagalau-intake") as conn:
        schema.check(conn)
        check_durability(conn)
        recorded = found(conn, log)
    if recorded:
        _log.info("%d founding facts were recorded", recorded)


class _Intake:
    def __init__(
        self, servers: Servers, log: Log, reached: Reached, partition: type[Partition], trust: Trust
    ) -> None:
        self._servers = servers
        self._log = log
        self._reached = reached
        self._kind = partition
        self._trust = trust
        self._closed = asyncio.Event()
        self._office: Office | None = None
        self._partitions: list[Partition] = []
        self._instance = new_instance()

    async def serve(self, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        made = broker(
            self._servers.nats_url,
            disconnected_cb=self._disconnected,
            reconnected_cb=self._reconnected,
            closed_cb=self._closed_for_good,
        )
        client = await made.connect()
        guard(client)
        office = self._office = Office(self._servers, client, self._reached)
        law = LawKeeper(agency_events(self._log))
        self._partitions = [
            self._kind(number, made, office, Desk(Transactor(self._log, law, self._reached, self._trust)))
            for number in range(streams.PARTITIONS)
        ]
        await streams.provision(office.js)
        office.connected.set()
        try:
            async with asyncio.TaskGroup() as tasks:
                for partition in self._partitions:
                    tasks.create_task(partition.run())
                tasks.create_task(self._control())
                tasks.create_task(self._keep_streams())
                tasks.create_task(self._end(stop))
                for partition in self._partitions:
                    await partition.sought.wait()
                if not stop.is_set():
                    ready()
        finally:
            office.close()
            with suppress(Exception):
                await made.stop()
        if self._closed.is_set() and not stop.is_set():
            raise ServersError(
                "nats-closed", "The connection to NATS was closed for good.", "Start the intake again."
            )

    async def _end(self, stop: asyncio.Event) -> None:
        waits = [asyncio.create_task(event.wait()) for event in (stop, self._closed)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        assert self._office is not None
        self._office.stopping.set()
        self._interrupt()

    async def _control(self) -> None:
        """Counts the intakes that run, and says how this one fares."""
        office = self._office
        assert office is not None
        conn: Connection | None = None
        trouble = Trouble(_log)
        while not office.stopping.is_set():
            try:
                if conn is None or conn.closed:
                    conn = await office.in_thread(_present, self._servers)
                office.intakes = await office.in_thread(_count, conn)
                await office.in_thread(beat, conn, SERVICE, self._instance, self._detail())
                trouble.end()
            except (psycopg.Error, OSError) as error:
                trouble.tell(logging.ERROR, "the intake's own connection", type(error).__name__)
            await office.pause(_CONTROL_SECONDS)
        if conn is not None:
            with suppress(psycopg.Error):
                await office.in_thread(leave, conn, SERVICE, self._instance)
            conn.close()

    def _detail(self) -> dict[str, Any]:
        assert self._office is not None
        last = max((each.failed for each in self._partitions if each.failed), default=None)
        return {
            "partitions": sorted(self._office.held),
            "connected": self._office.connected.is_set(),
            "standing": {str(each.number): each.failing for each in self._partitions if each.failing},
            "undecidable": sum(each.undecidable for each in self._partitions),
            "undecidable_cause": last[1] if last else None,
        }

    async def _keep_streams(self) -> None:
        """Makes the streams anew when their store was lost; lets the partitions go on after an absence."""
        office = self._office
        assert office is not None
        trouble = Trouble(_log)
        while not office.stopping.is_set():
            if office.client.is_connected:
                try:
                    await streams.provision(office.js)
                except ServersError as error:
                    trouble.tell(logging.ERROR, str(error))
                except Exception as error:  # noqa: BLE001 - an absence of whatever form
                    trouble.tell(logging.WARNING, "JetStream does not answer", type(error).__name__)
                else:
                    trouble.end()
                    office.connected.set()
            await office.pause(_CONTROL_SECONDS)

    async def _disconnected(self) -> None:
        if self._office is not None:
            self._office.connected.clear()
            self._interrupt()

    async def _reconnected(self) -> None:
        _log.info("NATS is there again")

    async def _closed_for_good(self) -> None:
        self._closed.set()

    def _interrupt(self) -> None:
        for partition in self._partitions:
            partition.interrupt()


def _present(servers: Servers) -> Connection:
    conn = connect(servers, WRITER, autocommit=True, application_name="bagalau-intake")
    conn.execute("SELECT pg_advisory_lock_shared(%s, %s)", [LOCKS, _PRESENT])
    return conn


def _count(conn: Connection) -> int:
    row = conn.execute(
        "SELECT count(*) FROM pg_locks"
        " WHERE locktype = 'advisory' AND granted AND classid = %s AND objid = %s"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        [LOCKS, _PRESENT],
    ).fetchone()
    return int(row[0]) if row else 1
