"""Filling a ledger of a generation: folded, derived, written by COPY in one transaction with its claim."""

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, partial
from os import urandom
from pathlib import Path
from typing import Final
from uuid import UUID

from psycopg import Copy, sql

from events.codec import Codec
from events.envelope import AGENCY
from events.keyring import Keyring
from events.log.heads import Connection
from events.seal import NONCE_BYTES, DocumentKey
from projections import dossiers, marks, store
from projections.dossiers import Failure, Reader
from projections.grading import Ground
from projections.law import AgencyLaw
from projections.marks import Mark
from projections.rebuild import generations, scanning
from projections.rebuild.claims import Claim, Filled, finish
from projections.rebuild.deriving import LedgerRead, derived, made_again, read_ledger
from projections.rebuild.refiling import refile
from projections.record_keys import LedgerKeys
from projections.rows import Row, sealed
from projections.sql import statements
from projections.supposed import Supposing
from projections.writing import Derived

_SQL = statements("rebuild")

_COPY: Final = sql.SQL(
    "COPY projection.{} (generation, ledger, person, kind, id, period, status, grade, methodology, revision,"
    " seq, digest, sealed, evaluators, members, requested) FROM STDIN (FORMAT binary)"
)
_COLUMNS: Final = struct.pack(">hi", 16, 4)
_HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER: Final = b"\xff\xff"
_NULL: Final = b"\xff\xff\xff\xff"
_LENGTH: Final = struct.Struct(">i")
_ARRAY: Final = struct.Struct(">iii")
_BYTEA: Final = 17  # the type's number in pg_type

Heard = Callable[[int, int], None]
"""Told now and then how many events are folded, of how many; raises what breaks the work off."""


class Filler:
    """Fills ledgers of generations, for one thread and two sessions of the projector's role.

    Both commit each statement by themselves; on `writing` a ledger is one transaction.
    """

    def __init__(
        self, reading: Connection, writing: Connection, keyring: Keyring, codec: Codec | None = None
    ) -> None:
        self._reading = reading
        self._writing = writing
        self._keyring = keyring
        self._reader = Reader(keyring, codec)
        self._law = AgencyLaw(self._reader)
        scanning.plan_for_scans(reading)
        # Rows and claim are lost together or not at all, and nobody is shown them before a commit that is
        # waited for.
        writing.execute("SET synchronous_commit = off")

    def read_law(self) -> None:
        """Reads the agency's ledger before any other is taken: nobody waits for a ledger meanwhile.

        Raises LawError, KeyringError and MarkError.
        """
        self._law.catch_up(self._reading, marks.ends(self._reading, AGENCY)[1])

    def fill(self, claim: Claim, heard: Heard) -> Filled:
        """Folds the ledger up to its head, and commits its rows with the claim.

        Raises ClaimLost, RebuildError `rebuild-given-up`, LawError, DossierError, LogError, KeyringError and
        psycopg.Error; nothing of the ledger is then written.
        """
        return made_again(lambda trusted: self._fill(claim, heard, trusted=trusted))

    def _fill(self, claim: Claim, heard: Heard, *, trusted: bool) -> Filled:
        ledger, conn = claim.ledger, self._reading
        upto, agency_seq = marks.ends(conn, ledger)
        heard(0, upto)
        law = self._law.catch_up(conn, agency_seq)
        read = read_ledger(conn, self._reader, ledger, upto, trusted=trusted, heard=lambda _: heard(0, upto))
        with self._writing.transaction():
            supposed = Supposing(generations.share(self._writing, claim.generation, {"running"}))
            ground = Ground(ledger, upto, read.adoptions, supposed(law))
            pages = self._derived(ground, read, lambda folded: heard(folded, upto))
            failures: list[tuple[bytes | None, Failure]] = [(None, one) for one in read.folding.orphans]
            with _copying(self._writing, claim) as copy:
                written = _write(copy, claim, pages, failures)
            parked = len({failure.stream for _, failure in failures})
            filled = Filled(upto, agency_seq, upto, written, parked, read.destroyed, peak_kib())
            self._settle(claim, filled, read.folding.found, failures, trusted=trusted)
        return filled

    def _derived(
        self, ground: Ground, read: LedgerRead, heard: Callable[[int], None]
    ) -> Iterator[list[Derived]]:
        # Each new key is committed at once: it belongs to no generation, and a projector that wants the same
        # one must not wait for a whole ledger.
        lacking = partial(store.record_keys, self._reading, self._keyring, ground.ledger)
        record_keys = LedgerKeys(self._reading, self._keyring, ground.ledger, lacking)
        # What no grade is read from is done with already.
        folded = read.unread
        for page, events in derived(self._keyring, ground, read.folding, record_keys):
            yield page
            folded += events
            heard(folded)

    def _settle(
        self,
        claim: Claim,
        filled: Filled,
        found: Mapping[UUID, bytes],
        failures: list[tuple[bytes | None, Failure]],
        *,
        trusted: bool,
    ) -> None:
        conn, ledger = self._writing, claim.ledger
        # The live driver keeps these up too; its statements wait for this transaction from here on.
        if trusted:
            dossiers.add_to_dossiers(conn, ledger, found)
        else:
            unknown = [failure.stream for person, failure in failures if person is None]
            refile(conn, ledger, found, filled.upto, unknown)
        if failures:
            marks.park(conn, claim.generation, ledger, failures)
        # The claim's alone: before a generation is folded nobody else moves its marks.
        marks.set_mark(conn, ledger, Mark(claim.generation, filled.upto, filled.agency_seq))
        finish(conn, claim, filled)


@contextmanager
def _copying(conn: Connection, claim: Claim) -> Iterator[Copy]:
    statement = _COPY.format(sql.Identifier(f"grades_{claim.generation}"))
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(_HEADER)
        yield copy
        copy.write(_TRAILER)


def _write(
    copy: Copy, claim: Claim, pages: Iterable[list[Derived]], failures: list[tuple[bytes | None, Failure]]
) -> int:
    """Writes the rows page by page, and adds what failed; how many rows."""
    begun = _COLUMNS + _LENGTH.pack(claim.generation) + _counted(claim.ledger)
    written = 0
    for page in pages:
        its_rows: list[tuple[Row, DocumentKey]] = []
        for one in page:
            failures += [(one.dossier.person, failure) for failure in one.dossier.failures]
            its_rows += one.rows
        nonces = urandom(NONCE_BYTES * len(its_rows))
        rows = [
            _encoded(begun, row, claim.generation, key, nonces[at : at + NONCE_BYTES])
            for at, (row, key) in zip(range(0, len(nonces), NONCE_BYTES), its_rows, strict=True)
        ]
        copy.write(b"".join(rows))
        written += len(rows)
    return written


def _encoded(begun: bytes, row: Row, generation: int, key: DocumentKey, nonce: bytes) -> bytes:
    """The row as COPY takes it, its content sealed."""
    content = sealed(row, generation, key, nonce)
    return b"".join(
        (
            begun,
            b"\0\0\0\x10",
            row.person,
            _counted(row.kind),
            b"\0\0\0\x10",
            row.id.bytes,
            _counted(row.period),
            _counted(row.status),
            _NULL if row.grade is None else _counted(row.grade),
            _counted(row.methodology),
            b"\0\0\0\x04" + _LENGTH.pack(row.revision) + b"\0\0\0\x08" + row.seq.to_bytes(8),
            b"\0\0\0\x10",
            row.digest,
            _LENGTH.pack(len(content)),
            content,
            _hashes(row.concerned.evaluators),
            _hashes(row.concerned.members),
            b"\0\0\0\x01\x01" if row.concerned.requested else b"\0\0\0\x01\0",
        )
    )


# Words that come with every row.
@lru_cache(maxsize=4096)
def _counted(text: str) -> bytes:
    encoded = text.encode()
    return _LENGTH.pack(len(encoded)) + encoded


# A few people evaluate many.
@lru_cache(maxsize=4096)
def _hashes(hashes: tuple[bytes, ...]) -> bytes:
    """An array of bytea."""
    sized = _LENGTH.pack(len(hashes)) + _LENGTH.pack(1) if hashes else b""
    elements = b"".join([b"\0\0\0\x10" + one for one in hashes])
    encoded = _ARRAY.pack(bool(hashes), 0, _BYTEA) + sized + elements
    return _LENGTH.pack(len(encoded)) + encoded


def peak_kib() -> int | None:
    """The largest resident memory of this process so far; None where the system does not tell it.

    Not what getrusage tells, which for a new process is at least its parent's.
    """
    try:
        told = Path("/proc/self/status").read_bytes()
    except OSError:
        return None
    _, found, after = told.partition(b"VmHWM:")
    return int(after.split(maxsplit=1)[0]) if found else None
