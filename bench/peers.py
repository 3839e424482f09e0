"""What users would pick instead, on the same server: the `eventsourcing` package, and bare inserts."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

_SCHEMA = "peer"


class PeerMissingError(Exception):
    """A package that we are measured beside is not installed (`bench-extra-missing`)."""

    code = "bench-extra-missing"
    remedy = "Install bagalau[bench]."


def check() -> None:
    """Returns when the peers are installed, so that a long run does not end in want of one."""
    if find_spec("eventsourcing") is None:
        raise PeerMissingError("The package eventsourcing is not installed.")


@contextmanager
def peer_database(migrator: str) -> Iterator[str]:
    """The conninfo of an empty database beside ours, dropped at the end."""
    name = f"peer_{uuid4().hex[:8]}"
    with psycopg.connect(migrator, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield make_conninfo(migrator, dbname=name)
    finally:
        with psycopg.connect(migrator, autocommit=True) as conn:
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def single_inserts(conninfo: str, messages: Sequence[bytes]) -> float:
    """Durable inserts a second, one transaction each, with psycopg alone."""
    with psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute("CREATE TABLE facts (seq bigint GENERATED ALWAYS AS IDENTITY, payload bytea NOT NULL)")
        started = time.perf_counter()
        for message in messages:
            conn.execute("INSERT INTO facts (payload) VALUES (%s)", [message])
        return len(messages) / (time.perf_counter() - started)


def eventsourcing_one_by_one(conninfo: str, messages: Sequence[bytes]) -> float:
    """Events a second, each saved for itself, eight to an aggregate as to an assessment of ours."""
    application, sheet = _application(conninfo)
    started = time.perf_counter()
    for at, message in enumerate(messages):
        if at % 8 == 0:
            aggregate = sheet()
        aggregate.report(message.decode("utf-8", "replace"))
        application.save(aggregate)
    return len(messages) / (time.perf_counter() - started)


def eventsourcing_in_bulk(conninfo: str, messages: Sequence[bytes], batch: int = 500) -> float:
    """Events a second, saved `batch` at a time in one transaction."""
    application, sheet = _application(conninfo)
    started = time.perf_counter()
    for at in range(0, len(messages), batch):
        aggregates = []
        for place, message in enumerate(messages[at : at + batch]):
            if place % 8 == 0:
                aggregates.append(sheet())
            aggregates[-1].report(message.decode("utf-8", "replace"))
        application.save(*aggregates)
    return len(messages) / (time.perf_counter() - started)


def _application(conninfo: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - an untyped, optional peer
    from eventsourcing.application import Application  # noqa: PLC0415

    from bench.peer_sheet import Sheet  # noqa: PLC0415

    return Application(env=environment(conninfo)), Sheet


def environment(conninfo: str) -> dict[str, str]:
    """What the package is told of the database."""
    parts = conninfo_to_dict(conninfo)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(parts["dbname"]),
        "POSTGRES_HOST": str(parts.get("host", "")),
        "POSTGRES_PORT": str(parts.get("port", "5432")),
        "POSTGRES_USER": str(parts.get("user", "")),
        "POSTGRES_PASSWORD": str(parts.get("password") or os.environ.get("PGPASSWORD") or "none"),
    }
