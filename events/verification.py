"""Whether a ledger is what was recorded: recomputed from its rows, and held against outside witnesses.

Whoever can write to the database can make rows, tiles and head agree again. Only what lies outside shows
that: the receipts that feeders hold, and checkpoints that were signed and kept elsewhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from events import merkle
from events.checkpoint import Checkpoint, origin_of
from events.envelope import ACCEPTED, Receipt
from events.header import Header, HeaderError, encode_header, event_leaf
from events.log.heads import Connection, Head, LogError, head
from events.log.raw import ask
from events.log.suspects import Row, Suspect, reordered
from events.sql import statements

NO_WITNESS: Final = "no-outside-witness"

_LISTED: Final = 100
_STRETCH: Final = 1000
_TILES: Final = 64
_NOTHING: Final = bytes(merkle.HASH_BYTES)
_SQL = statements("verification")


class Finding(msgspec.Struct, frozen=True):
    """Something that is not as it was recorded; `seq` is where, if at one event.

    In the rows: `missing-row`, `truncated-tail` (the head counts more), `row-beyond-head`, `edited-row`,
    `reordered-row`, `time-reversed`, `version-gap`. Between rows and what is stored of them: `wrong-root`,
    `missing-tile`, `wrong-tile`, `extra-tile`, `receipt-without-row`, `row-without-receipt`,
    `receipt-differs`. Against witnesses: `rolled-back` (the witness saw more), `rewritten-row`,
    `rewritten-history`, `wrong-origin`. Of the whole: `missing-ledger`.
    """

    code: str
    detail: str
    seq: int | None = None


class VerificationReport(msgspec.Struct, frozen=True):
    """What a verification found: `rows` counted, `root` recomputed from them (None where rows are missing).

    At most 100 findings of each code are listed, those in the rows first.
    """

    ledger: str
    rows: int
    root: bytes | None
    receipts_checked: int
    checkpoints_checked: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether everything that was checked agrees; see `caveat` for what could not be."""
        return not self.findings

    @property
    def caveat(self) -> str | None:
        """`no-outside-witness` when the ledger could only be held against itself."""
        return None if self.receipts_checked or self.checkpoints_checked else NO_WITNESS

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the findings, each once, in the order found."""
        return tuple(dict.fromkeys(finding.code for finding in self.findings))


def verify(
    conn: Connection, ledger: str, receipts: Iterable[Receipt] = (), checkpoints: Iterable[Checkpoint] = ()
) -> VerificationReport:
    """The report on a ledger, against receipts that feeders hold and checkpoints whose signatures were checked.

    `conn` must be outside any transaction; no key is needed. Memory grows with the witnesses alone. Receipts
    of other ledgers, and of refused facts, are left out.
    """
    witnessed = sorted(
        (receipt.seq, bytes.fromhex(receipt.leaf))
        for receipt in receipts
        if receipt.outcome == ACCEPTED
        and receipt.ledger == ledger
        and receipt.seq is not None
        and receipt.leaf is not None
    )
    signed = sorted(checkpoints, key=lambda checkpoint: checkpoint.size)
    with conn.transaction():
        conn.execute(_SQL["snapshot"])
        audit = _Audit(conn, ledger, witnessed, signed)
        try:
            audit.run(head(conn, ledger))
        except LogError:
            audit.find("missing-ledger", f"there is no ledger {ledger}")
    return VerificationReport(
        ledger, audit.rows, audit.root, len(witnessed), len(signed), tuple(audit.findings)
    )


class _Audit:
    """One pass over a ledger's rows, in order."""

    def __init__(
        self,
        conn: Connection,
        ledger: str,
        receipts: Sequence[tuple[int, bytes]],
        checkpoints: Sequence[Checkpoint],
    ) -> None:
        self.rows = 0
        self.root: bytes | None = None
        self.findings: list[Finding] = []
        self._conn = conn
        self._ledger = ledger
        self._receipts = receipts
        self._checkpoints = checkpoints
        self._receipts_seen = self._checkpoints_seen = 0
        self._edge = merkle.Edge()
        self._leaves: list[bytes] = []
        self._tiles: list[merkle.Tile] = []
        self._suspects: list[Suspect] = []
        self._listed: dict[str, int] = {}

    def find(self, code: str, detail: str, seq: int | None = None) -> None:
        self._listed[code] = self._listed.get(code, 0) + 1
        if self._listed[code] <= _LISTED:
            self.findings.append(Finding(code, detail, seq))

    def run(self, stored: Head) -> None:
        # Computed apart from the edge, so that a mistake in appending would not confirm itself.
        root = merkle.root_of(self._recomputed())
        self._grow()
        assert root == merkle.root(self._edge)
        self._judge_suspects()
        self._compare_tiles()
        self._judge_end(stored, root)
        self._judge_stored()
        self._judge_witnesses_left()

    def _recomputed(self) -> Iterator[bytes]:
        """The leaves, recomputed from the rows; a missing one is stood in for, so that what follows stays in place."""
        expected, latest = 1, -1
        for seq, *columns, payload, stored in self._stored_rows():
            if seq < expected:
                self.find("reordered-row", "a row stands twice, or before the first", seq)
                continue
            for missing in range(expected, seq):
                self.find("missing-row", "the row is missing", missing)
                yield self._keep(missing, _NOTHING)
            row = Row(seq, *columns)
            if row.recorded_at < latest:
                self.find("time-reversed", "the row is recorded before the one before it", seq)
            latest, expected = row.recorded_at, seq + 1
            self.rows += 1
            yield self._keep(seq, self._leaf(row, payload, stored))

    def _stored_rows(self) -> Iterator[tuple[Any, ...]]:
        after = -(1 << 63)
        while page := ask(self._conn, _SQL["read_rows"], [self._ledger, after, _STRETCH]).fetchall():
            yield from page
            after = page[-1][0]
