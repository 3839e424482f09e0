"""What is stuck and why: servers, partitions, projections, the relay, documents that do not fold."""

import asyncio
from collections.abc import Iterator
from typing import Literal

import msgspec
import nats
import psycopg
from nats.errors import Error as NatsError

from events import schema as ledger_schema
from events.log import Connection, heads
from projections import schema as result_schema
from projections.marks import lag, parked
from services import streams
from services.heartbeat import heartbeats
from services.servers import Servers, ServersError, check_durability, connect

Verdict = Literal["well", "look", "stuck"]

_SILENT_SECONDS = 15.0
_CONNECT_SECONDS = 3


class Finding(msgspec.Struct, frozen=True):
    """One thing looked at: `well`, worth a `look`, or `stuck`; with what to do."""

    subject: str
    verdict: Verdict
    detail: str
    remedy: str | None = None


def examine(servers: Servers) -> list[Finding]:
    """Everything that can be told from the servers; servers that do not answer are findings too."""
    found = list(asyncio.run(_queue(servers.nats_url)))
    try:
        with connect(servers, "bagalau_reader", autocommit=True) as conn:
            found += _database(conn)
    except psycopg.OperationalError:
        found.append(Finding("postgresql", "stuck", "does not answer", "Start it, or `bagalau up`."))
    return found


def _database(conn: Connection) -> Iterator[Finding]:
    try:
        check_durability(conn)
        ledger_schema.check(conn)
        result_schema.check(conn)
    except (ServersError, ledger_schema.SchemaError) as error:
        yield Finding("postgresql", "stuck", str(error), getattr(error, "remedy", None))
        return
    yield Finding("postgresql", "well", "durable, and at this release's schema")
    yield from _processes(conn)
    yield from _projections(conn)
    yield from _relayed(conn)


def _processes(conn: Connection) -> Iterator[Finding]:
    served: set[str] = set()
    for one in heartbeats(conn):
        if one.age > _SILENT_SECONDS:
            continue
        served.add(one.service)
        standing = one.detail.get("standing") or {}
        undecidable = one.detail.get("undecidable") or 0
        told = ", ".join(f"{key} {value}" for key, value in sorted(one.detail.items()) if value)
        if standing:
            yield Finding(
                f"{one.service} {one.instance}",
                "stuck",
                f"partitions that fail: {', '.join(f'{key}: {why}' for key, why in standing.items())}",
                "Its log has the error; the partition goes on by itself once the cause is gone.",
            )
        elif undecidable:
            yield Finding(
                f"{one.service} {one.instance}",
                "look",
                f"{undecidable} facts that this release failed on",
                "`bagalau rejected` lists them as undecidable; report them.",
            )
        else:
            yield Finding(f"{one.service} {one.instance}", "well", told or "alive")
    for service in ("intake", "projector"):
        if service not in served:
            yield Finding(service, "look", "none runs", f"`bagalau up`, or `bagalau serve {service}`.")


def _projections(conn: Connection) -> Iterator[Finding]:
    behind = [one for one in lag(conn) if one.behind or one.law_behind]
    for one in behind:
        detail = f"{one.behind} events and {one.law_behind} of the agency's behind"
        yield Finding(f"grades of {one.ledger}", "look", detail, "They follow while a projector runs.")
    if not behind:
        yield Finding("grades", "well", "every ledger is projected up to its head")
    for document in parked(conn):
        yield Finding(
            f"document {document.stream} of {document.ledger}",
            "stuck",
            f"cannot be folded since event {document.seq}: {document.error}",
            "Its employee has no grades until a release folds it; report it.",
        )


def _relayed(conn: Connection) -> Iterator[Finding]:
    sent = dict(conn.execute("SELECT ledger, seq FROM ledger.relayed").fetchall())
    late = [(one.ledger, one.size - sent.get(one.ledger, 0)) for one in heads(conn)]
    behind = [(ledger, count) for ledger, count in late if count]
    for ledger, count in behind:
        yield Finding(
            f"relay of {ledger}", "look", f"{count} events behind", "They follow while a relay runs."
        )
    if not behind:
        yield Finding("relay", "well", "every event was published")


async def _queue(url: str) -> list[Finding]:
    try:
        client = await nats.connect(url, connect_timeout=_CONNECT_SECONDS, allow_reconnect=False)
    except (NatsError, OSError):
        return [Finding("nats", "stuck", "does not answer", "Start it, or `bagalau up`.")]
    try:
        return await _partitions(client.jetstream())
    except (NatsError, ServersError) as error:
        return [Finding("nats", "stuck", str(error), getattr(error, "remedy", None))]
    finally:
        await client.close()


async def _partitions(js: nats.js.JetStreamContext) -> list[Finding]:
    await streams.compare(js)
    found = [Finding("nats", "well", "streams and consumers are as this release needs them")]
    for number in range(streams.PARTITIONS):
        told = await js.consumer_info(streams.FACTS, streams.intake_durable(number))
        waiting = (told.num_pending or 0) + (told.num_ack_pending or 0)
        if waiting:
            found.append(
                Finding(
                    f"partition {number}",
                    "look",
                    f"{waiting} messages wait",
                    "They are taken while an intake runs.",
                )
            )
    given_up = await streams.given_up(js)
    if given_up:
        found.append(
            Finding("nats", "stuck", f"{given_up} messages were given up", "Their feeders send them again.")
        )
    return found
