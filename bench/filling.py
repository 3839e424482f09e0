"""Filling ledgers with sealed events by COPY: the rows that an append writes, without deciding each."""

import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final, LiteralString
from uuid import UUID, uuid4

from psycopg import sql

from bench.multiplied import Share, Told, name_in
from events import merkle
from events.envelope import AGENCY
from events.header import Header, encode_header, event_leaf
from events.keyring import Keyring
from events.log import Connection, lock_heads, open_ledger
from events.log.documents import hashed_name, shared_with
from events.log.instants import instant, microseconds
from events.seal import NONCE_BYTES, DocumentKey, new_key, seal
from events.vocabulary import Name
from services.keys import keyring_path, open_keyring
from services.servers import Servers, connect

_TOGETHER: Final = 25
"""So many events of a ledger are recorded at one time, as the intake takes what waits in one transaction."""

_CHUNK: Final = 8192
_MILLISECOND: Final = 1000
_POSTGRES_EPOCH: Final = microseconds(datetime(2000, 1, 1, tzinfo=UTC))
_HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER: Final = b"\xff\xff"
_NULL: Final = b"\xff\xff\xff\xff"
_LENGTH: Final = struct.Struct(">i")
_EVENT: Final = struct.Struct(">iqi16sii")
_RECEIVED: Final = struct.Struct(">iqi32siq")
_TIMES: Final = struct.Struct(">iqiq")


def fill(home: Path, servers: Servers, shares: Sequence[Share], processes: int) -> Iterator[Share]:
    """Each share once its ledger is filled; the agency's goes first, as the others rest on it."""
    agency = [share for share in shares if share.ledger == AGENCY]
    others = [share for share in shares if share.ledger != AGENCY]
    ring = keyring_path(home)
    for share in agency:
        _fill_one(servers, ring, share)
        yield share
    with ProcessPoolExecutor(processes) as pool:
        running = {pool.submit(_fill_one, servers, ring, share): share for share in others}
        for one in as_completed(running):
            one.result()
            yield running[one]
    with connect(servers, autocommit=True) as conn:
        # What autovacuum does in its time to ledgers that grew: no measure begins with it under way.
        conn.execute("VACUUM (ANALYZE) ledger.events, ledger.documents")
        conn.execute("CHECKPOINT")


def _fill_one(servers: Servers, keyring: Path, share: Share) -> None:
    # The administrator: COPY does not take rows into a table with row security for anybody who is under it.
    with connect(servers) as conn:
        _Filling(conn, open_keyring(keyring), share).run()


class _Filling:
    """One ledger, from empty to full, in one transaction."""

    def __init__(self, conn: Connection, keyring: Keyring, share: Share) -> None:
        self._conn = conn
        self._keyring = keyring
        self._share = share
        self._edge = merkle.Edge()
        self._tiles: list[merkle.Tile] = []
        self._receipts: list[bytes] = []
        self._streams: dict[tuple[Name, int], tuple[UUID, DocumentKey]] = {}
        self._versions: dict[UUID, int] = {}

    def run(self) -> None:
        ledger = self._share.ledger
        open_ledger(self._conn, ledger)
        began = microseconds(lock_heads(self._conn, [ledger]).recorded_at(ledger)) + _MILLISECOND
        self._copy(
            "events (ledger, seq, stream, version, type, recorded_at, agency_seq, payload, leaf)",
            self._events(began),
        )
        self._copy("receipts (ledger, fact_id, digest, seq, leaf, recorded_at)", self._receipts)
        self._copy("documents (ledger, stream, name, kek, key, shared)", self._documents())
        self._copy("tiles (ledger, level, index, root, hashes)", self._tile_rows())
        size = self._edge.size
        self._conn.execute(
            "UPDATE ledger.ledgers SET size = %s, root = %s, recorded_at = %s WHERE ledger = %s",
            [size, merkle.root(self._edge), instant(_recorded(began, size)), ledger],
        )
        self._conn.commit()

    def _copy(self, into: LiteralString, rows: Iterable[bytes]) -> None:
        statement = sql.SQL("COPY ledger.{} FROM STDIN (FORMAT binary)").format(sql.SQL(into))
        waiting = iter(rows)
        with self._conn.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(_HEADER)
            while some := b"".join(islice(waiting, _CHUNK)):
                copy.write(some)
            copy.write(_TRAILER)

    def _events(self, began: int) -> Iterator[bytes]:
        leaves: list[bytes] = []
        ledger = self._share.ledger
        begun = struct.pack(">h", 9) + _counted(ledger.encode())
        received = struct.pack(">h", 6) + _counted(ledger.encode())
        for seq, (told, turn) in enumerate(self._in_order(), start=1):
            stream, key = self._stream(told.name, turn)
            version = self._versions[stream] = self._versions.get(stream, 0) + 1
            recorded = _recorded(began, seq)
            header = encode_header(Header(ledger, seq, stream, version, told.type, recorded, told.agency_seq))
            plain = told.turn(turn)
            sealed = seal(key, header, plain, os.urandom(NONCE_BYTES))
            leaf = event_leaf(header, sealed)
            leaves.append(leaf)
            yield from (
                begun,
                _EVENT.pack(8, seq, 16, stream.bytes, 4, version),
                _counted(told.type.encode()),
                _TIMES.pack(8, recorded - _POSTGRES_EPOCH, 8, told.agency_seq),
                _counted(sealed),
                _counted(leaf),
            )
            self._receipts += (
                received,
                _counted(self._fact_id(told, turn)),
                # Of the payload, not of the fact: nobody sends these again.
                _counted(self._keyring.digest(plain)),
                _RECEIVED.pack(8, seq, 32, leaf, 8, recorded - _POSTGRES_EPOCH),
            )
            if len(leaves) == _CHUNK:
                self._grow(leaves)
                leaves.clear()
        self._grow(leaves)

    def _grow(self, leaves: list[bytes]) -> None:
        self._edge, tiles = merkle.append(self._edge, leaves)
        self._tiles += tiles

    def _in_order(self) -> Iterator[tuple[Told, int]]:
        for told in self._share.told:
            for turn in range(self._share.turns if told.repeated else 1):
                yield told, turn

    def _stream(self, name: Name, turn: int) -> tuple[UUID, DocumentKey]:
        found = self._streams.get((name, turn))
        if found is None:
            found = self._streams[name, turn] = uuid4(), new_key(os.urandom)
        return found

    def _fact_id(self, told: Told, turn: int) -> bytes:
        return told.id.bytes if self._share.ledger == AGENCY else told.id.bytes[:14] + turn.to_bytes(2)

    def _documents(self) -> Iterator[bytes]:
        begun = struct.pack(">h", 6) + _counted(self._share.ledger.encode())
        for (name, turn), (stream, key) in self._streams.items():
            number, wrapped = self._keyring.wrap(stream, key)
            hashed = hashed_name(self._keyring, self._share.ledger, name_in(name, turn))
            kek = struct.pack(">ii", 4, number)
            shared = shared_with(name)
            told = _NULL if shared is None else _counted(shared.encode())
            yield b"".join((begun, _counted(stream.bytes), _counted(hashed), kek, _counted(wrapped), told))

    def _tile_rows(self) -> Iterator[bytes]:
        begun = struct.pack(">h", 5) + _counted(self._share.ledger.encode())
        for tile in self._tiles:
            place = struct.pack(">ihiq", 2, tile.level, 8, tile.index)
            yield b"".join((begun, place, _counted(tile.root), _counted(tile.hashes)))


def _recorded(began: int, seq: int) -> int:
    return began + (seq - 1) // _TOGETHER * _MILLISECOND


def _counted(value: bytes) -> bytes:
    return _LENGTH.pack(len(value)) + value
