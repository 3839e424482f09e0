"""One pass over a ledger's rows, in order, that recomputes everything and compares it with what is stored."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from events import merkle
from events.checkpoint import Checkpoint, origin_of
from events.header import Header, HeaderError, encode_header, event_leaf
from events.log.documents import header_of
from events.log.heads import Connection, Head
from events.log.proving import Prover, seen_by
from events.log.raw import scan
from events.log.suspects import Suspect, moved, suspect
from events.sql import statements

_LISTED: Final = 100
_STRETCH: Final = 1000
_SUSPECTS: Final = 64
_TILES: Final = 64
# Where a row is missing, so that those after it keep their places in the tree.
_STAND_IN: Final = bytes(merkle.HASH_BYTES)
_MOST_STAND_INS: Final = 1_000_000
_SQL = statements("verification")


class Finding(msgspec.Struct, frozen=True):
    """Something that is not as it was recorded; `seq` is where, if at one event.

    In the rows: `missing-row`, `truncated-tail` (the head counts more), `row-beyond-head`, `edited-row`,
    `reordered-row`, `time-reversed`, `version-gap`. In what is stored of them: `wrong-root`, `missing-tile`,
    `wrong-tile`, `extra-tile`, `receipt-without-row`, `row-without-receipt`, `wrong-receipt`. By outside
    witnesses: `rolled-back` (the witness saw more), `rewritten-row`, `rewritten-history`, `wrong-origin`. Of
    the whole: `missing-ledger`.
    """

    code: str
    detail: str
    seq: int | None = None


class Audit:
    """What is found in a ledger. `receipts` (seq, leaf in hex) and `checkpoints` are sorted by place.

    `proven` are the sizes of older trees for which `provers` then hold the proof that today's extends them.
    """

    def __init__(
        self,
        conn: Connection,
        ledger: str,
        receipts: Sequence[tuple[int, str]],
        checkpoints: Sequence[Checkpoint],
        proven: Sequence[int] = (),
    ) -> None:
        self.provers: list[Prover] = []
        self.rows = 0
        self.root: bytes | None = None
        self.findings: list[Finding] = []
        self._conn = conn
        self._ledger = ledger
        self._proven = proven
        self._receipts = list(reversed(receipts))
        self._checkpoints = list(reversed(checkpoints))
        self._edge = merkle.Edge()
        self._leaves: list[bytes] = []
        self._tiles: list[merkle.Tile] = []
        self._suspects: list[Suspect] = []
        self._found: Counter[str] = Counter()

    def find(self, code: str, detail: str, seq: int | None = None) -> None:
        self._found[code] += 1
        if self._found[code] <= _LISTED:
            self.findings.append(Finding(code, detail, seq))

    def run(self, head: Head) -> None:
        """Makes the pass, inside one snapshot."""
        # The root is computed apart from the edge, so that a mistake in appending does not confirm itself.
        self.provers = [Prover(size, head.size) for size in self._proven if 0 < size <= head.size]
        root = merkle.root_of(seen_by(self.provers, self._recomputed(head.size)))
        self._grow()
        self._compare_tiles()
        self._name_suspects()
        if not self._found.keys() & {"missing-row", "truncated-tail"}:
            self.root = root
        if self.root is not None and (root != head.root or root != merkle.root(self._edge)):
            self.find("wrong-root", "the rows do not lead to the head's root")
        self._judge_stored()
        for seq, _ in reversed(self._receipts):
            self.find("rolled-back", "a receipt names an event that the ledger does not hold", seq)
        for checkpoint in reversed(self._checkpoints):
            if checkpoint.size == 0:
                self._judge_checkpoint(checkpoint)
                continue
            self._judge_origin(checkpoint)
            self.find("rolled-back", f"a checkpoint was signed over {checkpoint.size} events")

    def _recomputed(self, size: int) -> Iterator[bytes]:
        """The leaves of seq 1 to `size`, as they follow from the rows."""
        last, latest = 0, -1
        for row in scan(self._conn, _SQL["read_rows"], [self._ledger], _STRETCH):
            seq, recorded_at = row[0], row[4]
            if not last < seq <= size:
                self.find("row-beyond-head", "the head does not count the row", seq)
                continue
            yield from self._stand_ins(last + 1, seq)
            if recorded_at < latest:
                self.find("time-reversed", "the row is recorded before the one before it", seq)
            self.rows += 1
            last, latest = seq, recorded_at
            yield self._keep(seq, self._leaf(row))
        if last < size:
            self.find("truncated-tail", f"the rows end at {last}, the head at {size}", last + 1)

    def _stand_ins(self, first: int, stop: int) -> Iterator[bytes]:
        if first == stop:
            return
        self.find("missing-row", f"no row from {first} to {stop - 1}", first)
        for seq in range(first, min(stop, first + _MOST_STAND_INS)):
            yield self._keep(seq, _STAND_IN)

    def _leaf(self, row: tuple[Any, ...]) -> bytes:
        *columns, stored = row
        header, payload = header_of(self._ledger, UUID(bytes=row[1]), tuple(columns))
        try:
            leaf = event_leaf(encode_header(header), payload)
        except HeaderError:
            leaf = _STAND_IN
        if leaf != stored:
            self._suspect(header, payload, stored)
        return leaf

    def _suspect(self, header: Header, payload: bytes, stored: bytes) -> None:
        if len(self._suspects) < _SUSPECTS:
            self._suspects.append(suspect(header, payload, stored))
        else:
            self.find("edited-row", "the row does not lead to its leaf", header.seq)

    def _name_suspects(self) -> None:
        elsewhere = moved(self._suspects)
        for each in self._suspects:
            seq = each.header.seq
            if seq in elsewhere:
                self.find("reordered-row", "the row, or its payload, belongs in another's place", seq)
            else:
                self.find("edited-row", "the row does not lead to its leaf", seq)

    def _keep(self, seq: int, leaf: bytes) -> bytes:
        """Takes the leaf into the tree, and holds the witnesses of its place against it."""
        self._leaves.append(leaf)
        while self._receipts and self._receipts[-1][0] <= seq:
            at, receipted = self._receipts.pop()
            if at != seq or receipted != leaf.hex():
                self.find("rewritten-row", "the row is not what a feeder's receipt was given for", at)
        if len(self._leaves) == merkle.TILE_WIDTH:
            self._grow()
        while self._checkpoints and self._checkpoints[-1].size <= seq:
            self._judge_checkpoint(self._checkpoints.pop())
        return leaf

    def _judge_checkpoint(self, checkpoint: Checkpoint) -> None:
        self._judge_origin(checkpoint)
        self._grow()
        # The root of exactly these rows, which says more than a proof between two stored trees.
        root = merkle.root(self._edge) if checkpoint.size else merkle.EMPTY_ROOT
        if root != checkpoint.root:
            self.find(
                "rewritten-history",
                f"the first {checkpoint.size} rows do not lead to the root that was signed",
                checkpoint.size,
            )

    def _judge_origin(self, checkpoint: Checkpoint) -> None:
        if checkpoint.origin != origin_of(self._ledger):
            self.find("wrong-origin", f"a checkpoint is of {checkpoint.origin}")

    def _grow(self) -> None:
        self._edge, tiles = merkle.append(self._edge, self._leaves)
        self._leaves.clear()
        self._tiles += tiles
        if len(self._tiles) >= _TILES:
            self._compare_tiles()

    def _compare_tiles(self) -> None:
        places = [[tile.level for tile in self._tiles], [tile.index for tile in self._tiles]]
        rows = self._conn.execute(_SQL["stored_tiles"], [*places, self._ledger], binary=True)
        stored = {(level, index): (root, hashes) for level, index, root, hashes in rows}
        for tile in self._tiles:
            held = stored.get((tile.level, tile.index))
            named = f"tile {tile.index} of level {tile.level}"
            if held is None:
                self.find("missing-tile", f"{named} is missing")
            elif held != (tile.root, tile.hashes):
                self.find("wrong-tile", f"{named} is not that of the rows")
        self._tiles.clear()

    def _judge_stored(self) -> None:
        by_ledger = {"ledger": self._ledger, "limit": _LISTED, "size": self._edge.size}
        for level, index in self._conn.execute(_SQL["extra_tiles"], by_ledger):
            self.find("extra-tile", f"tile {index} of level {level} has no rows")
        for (seq,) in self._conn.execute(_SQL["version_gaps"], [self._ledger, _LISTED]):
            self.find("version-gap", "the row does not follow the one before it in its document", seq)
        for seq, no_row, no_receipt in self._conn.execute(_SQL["stored_receipts"], by_ledger):
            if no_row:
                self.find("receipt-without-row", "the stored receipt has no row", seq)
            elif no_receipt:
                self.find("row-without-receipt", "the row has no stored receipt", seq)
            else:
                self.find("wrong-receipt", "the stored receipt is for another leaf than the row's", seq)
