"""What is stuck and why: servers, the keyring, services, partitions, grades, the relay, documents.

Nothing is started or made: whoever asks what is wrong must not change it.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import nats
import psycopg
from nats.errors import Error as NatsError
from psycopg.conninfo import make_conninfo

from events import schema as ledger_schema
from events.keyring import KeyringError
from events.log import Connection, heads
from projections import schema as result_schema
from projections.marks import lag, parked
from projections.rebuild.generations import Generation, unfinished
from projections.supposed import Proposed, SuppositionError, proposed_in
from services import grants, keys, streams
from services.correcting.in_words import proposed_in_words
from services.finding import Finding
from services.heartbeat import heartbeats
from services.servers import (
    CONNECT_SECONDS,
    EmbeddedNats,
    EmbeddedPostgres,
    Servers,
    ServersError,
    addresses,
    check_durability,
    conninfo,
    looking_role,
    reach,
)
from services.servers.words import postgres_words
from services.vitals import vitals

__all__ = ["Finding", "examine"]

_START = "`bagalau up` starts it."
_LOOK_SECONDS = 10.0


def examine(home: Path) -> list[Finding]:
    """Everything that can be told of a home and its servers; what does not answer is a finding too."""
    try:
        found = addresses(home)
    except ServersError as error:
        return [_failed("home", error)]
    nothing = not EmbeddedPostgres(home).is_made() and not EmbeddedNats(home).is_made()
    if nothing and not (found.postgres_url or found.nats_url):
        return [
            Finding(
                "home",
                "stuck",
                f"nothing is in {home}",
                "Run `bagalau up`, or set BAGALAU_HOME to the home that you mean.",
            )
        ]
    return [*_queue(home, found.nats_url), *_database(home, found)]


def _database(home: Path, found: Servers) -> Iterator[Finding]:
    own = EmbeddedPostgres(home)
    if not found.postgres_url and own.pid() is None:
        yield Finding("postgresql", "stuck", "does not run", _START)
        yield from _keyring(home, None)
        return
    servers = found if found.postgres_url else Servers(own.url, "", embedded=True)
    try:
        url = make_conninfo(conninfo(servers, looking_role(servers)), connect_timeout=int(CONNECT_SECONDS))
        with psycopg.connect(url, autocommit=True) as conn:
            yield from _ledgers(home, conn)
    except psycopg.Error as error:
        remedy = "`postgres.log` in the home has its words." if not found.postgres_url else _CHECK_URL
        yield Finding("postgresql", "stuck", f"does not answer: {postgres_words(error)}", remedy)
        yield from _keyring(home, None)


_CHECK_URL = "Check BAGALAU_POSTGRES_URL, and that the server runs and admits the login."


def _ledgers(home: Path, conn: Connection) -> Iterator[Finding]:
    try:
        check_durability(conn)
        ledger_schema.check(conn)
        result_schema.check(conn)
    except (ServersError, ledger_schema.SchemaError) as error:
        yield _failed("postgresql", error, "`bagalau migrate` brings it there.")
        yield from _keyring(home, None)
        return
    yield Finding("postgresql", "well", "durable, and at this release's schema")
    yield _rights(conn)
    yield from _keyring(home, conn)
    yield from vitals(heartbeats(conn))
    yield from _grades(conn)
    yield from _under_way(conn)
    yield from _relayed(conn)


def _rights(conn: Connection) -> Finding:
    try:
        grants.check(conn)
    except ServersError as error:
        return _failed("rights in the database", error)
    return Finding("rights in the database", "well", "everybody may do what he should, and nothing else")


def _keyring(home: Path, conn: Connection | None) -> Iterator[Finding]:
    path = keys.keyring_path(home)
    try:
        ring = keys.open_keyring(path)
        if conn is not None:
            keys.check(conn, ring, path)
    except KeyringError as error:
        yield _failed("keyring", error, "See docs/operating.md, The keyring.")
    else:
        yield Finding("keyring", "well", "this database's own" if conn else "readable")


def _grades(conn: Connection) -> Iterator[Finding]:
    behind = [one for one in lag(conn) if one.behind or one.law_behind]
    if behind:
        told = ", ".join(
            f"{one.ledger} by {one.behind} events" if one.behind else f"{one.ledger} by the agency's law"
            for one in behind
        )
        yield Finding("grades", "look", f"behind: {told}", "They follow while a projector runs.")
    else:
        yield Finding("grades", "well", "every ledger is projected up to its head")
    for document in parked(conn):
        yield Finding(
            f"document {document.stream} of {document.ledger}",
            "stuck",
            f"cannot be folded since event {document.seq}: {document.error}",
            "Its employee has no grades until a release folds it; report it.",
        )


def _under_way(conn: Connection) -> Iterator[Finding]:
    for one in unfinished(conn):
        try:
            yield _of_generation(one, proposed_in(one.supposed))
        except SuppositionError as error:
            yield _failed(f"generation {one.number}", error, "`bagalau rebuild abort` gives it up.")


def _of_generation(one: Generation, correction: Proposed | None) -> Finding:
    subject = f"generation {one.number}"
    if one.state == "leaving":
        return Finding(
            subject, "look", "being taken away", "`bagalau rebuild abort` or `drop` goes on with it."
        )
    if correction is None:
        return Finding(
            subject,
            "look",
            f"{one.state}, of a rebuild",
            "`bagalau rebuild` goes on with it where nobody does; `bagalau rebuild abort` gives it up.",
        )
    return Finding(
        subject,
        "look",
        f"{one.state}, of a correction that is proposed: {proposed_in_words(correction)}",
        "The same `bagalau correct` finishes it where nobody does; `bagalau rebuild abort` gives it up.",
    )


def _relayed(conn: Connection) -> Iterator[Finding]:
    sent = dict(conn.execute("SELECT ledger, seq FROM ledger.relayed").fetchall())
    late = [(one.ledger, one.size - sent.get(one.ledger, 0)) for one in heads(conn)]
    behind = ", ".join(f"{ledger} by {count} events" for ledger, count in late if count)
    if behind:
        yield Finding("events told to others", "look", f"behind: {behind}", "They follow while a relay runs.")
    else:
        yield Finding("events told to others", "well", "every event was published")


def _queue(home: Path, given: str) -> list[Finding]:
    own = EmbeddedNats(home)
    if not given and not own.is_running():
        return [Finding("nats", "stuck", "does not run", _START)]
    return asyncio.run(_streams(given or own.url))


async def _streams(url: str) -> list[Finding]:
    try:
        client = await reach(url)
    except ServersError as error:
        return [_failed("nats", error)]
    try:
        async with asyncio.timeout(_LOOK_SECONDS):
            return await _partitions(client.jetstream())
    except ServersError as error:
        return [_failed("nats", error)]
    except (NatsError, TimeoutError) as error:
        return [Finding("nats", "stuck", f"JetStream does not answer: {error!r}", "Look at its log.")]
    finally:
        await client.close()


async def _partitions(js: nats.js.JetStreamContext) -> list[Finding]:
    await streams.compare(js)
    found = [Finding("nats", "well", "streams and consumers are as this release needs them")]
    waiting = {}
    for number in range(streams.PARTITIONS):
        told = await js.consumer_info(streams.FACTS, streams.intake_durable(number))
        if count := (told.num_pending or 0) + (told.num_ack_pending or 0):
            waiting[number] = count
    if waiting:
        where = ", ".join(f"{count} in partition {number}" for number, count in waiting.items())
        found.append(
            Finding("queue", "look", f"messages wait: {where}", "They are taken while an intake runs.")
        )
    if given_up := await streams.given_up(js):
        found.append(
            Finding("nats", "stuck", f"{given_up} messages were given up", "Their feeders send them again.")
        )
    return found


def _failed(subject: str, error: Exception, remedy: str | None = None) -> Finding:
    code, detail = getattr(error, "code", None), getattr(error, "detail", None) or str(error)
    return Finding(subject, "stuck", f"{code}: {detail}", getattr(error, "remedy", None) or remedy)
