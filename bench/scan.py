"""The limit of a rebuild: the same rows out of the database by binary COPY, and nothing done with them.

Two figures. The rows as psycopg hands them over, each column a value, are what a fold in Python begins with:
the limit that the rebuild is held to. Beside it stand their bytes alone, counted as libpq receives them: what
the server and the socket give, to which nothing comes near that looks at an event.
"""

import multiprocessing
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection as Pipe
from multiprocessing.queues import SimpleQueue
from typing import Final, Literal, TypeAlias

from psycopg import sql

from events.log import Connection
from projections.rebuild.scanning import plan_for_scans
from services.servers import Servers, connect

_EVENTS: Final = sql.SQL(
    "COPY (SELECT stream, seq, version, recorded_at, agency_seq, type, payload FROM ledger.events"
    " WHERE ledger = {} ORDER BY seq) TO STDOUT (FORMAT binary)"
)
_TYPES: Final = ("uuid", "int8", "int4", "timestamptz", "int8", "text", "bytea")
_LEAST_BYTES: Final = 10
"""Shorter is the trailer of a COPY alone."""

How: TypeAlias = Literal["rows", "bytes"]
"""Rows as psycopg hands them over, or their bytes counted as libpq receives them."""


def scan(servers: Servers, ledgers: Sequence[str], connections: int) -> dict[How, tuple[float, int]]:
    """Of both kinds the seconds and rows in which so many processes read the ledgers, one after the other.

    From when all are connected to when the last has read its last; the ledgers are taken in their order. The
    rows come first, on sessions that know as little of the ledgers as those of a rebuild.
    """
    context = multiprocessing.get_context("spawn")
    queue: SimpleQueue[str | None] = context.SimpleQueue()
    pipes, processes = [], []
    for _ in range(connections):
        ours, theirs = context.Pipe()
        process = context.Process(target=_read, args=(servers, queue, theirs), daemon=True)
        process.start()
        theirs.close()
        pipes.append(ours)
        processes.append(process)
    try:
        for pipe in pipes:
            pipe.recv()
        kinds: tuple[How, ...] = ("rows", "bytes")
        return {how: _round(pipes, queue, ledgers, how) for how in kinds}
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _round(
    pipes: Sequence[Pipe], queue: "SimpleQueue[str | None]", ledgers: Sequence[str], how: How
) -> tuple[float, int]:
    for one in (*ledgers, *[None] * len(pipes)):
        queue.put(one)
    began = time.perf_counter()
    for pipe in pipes:
        pipe.send(how)
    rows = sum(pipe.recv() for pipe in pipes)
    return time.perf_counter() - began, rows


def _read(servers: Servers, queue: "SimpleQueue[str | None]", pipe: Pipe) -> None:
    with connect(servers, "bagalau_projector", autocommit=True) as conn:
        plan_for_scans(conn)
        pipe.send(True)
        while True:
            read = _rows if pipe.recv() == "rows" else _bytes
            rows = 0
            while (ledger := queue.get()) is not None:
                rows += read(conn, ledger)
            pipe.send(rows)


def _rows(conn: Connection, ledger: str) -> int:
    """How many rows psycopg made of a COPY of the ledger."""
    with conn.cursor() as cursor, cursor.copy(_EVENTS.format(sql.Literal(ledger))) as copy:
        copy.set_types(_TYPES)
        return sum(1 for _ in copy.rows())


def _bytes(conn: Connection, ledger: str) -> int:
    """How many rows a COPY of the ledger sent; libpq alone handles them."""
    session = conn.pgconn
    session.send_query(_EVENTS.format(sql.Literal(ledger)).as_bytes(conn))
    while session.flush():
        pass
    session.get_result()
    get = session.get_copy_data
    rows = 0
    while (got := get(0))[0] > 0:
        rows += got[0] >= _LEAST_BYTES
    while session.get_result() is not None:
        pass
    return rows
