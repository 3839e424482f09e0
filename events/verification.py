"""Whether a ledger is what was recorded: recomputed from its rows, and held against outside witnesses.

Whoever can write to the database can make rows, tiles and head agree again. Only what lies outside shows
that: the receipts that feeders hold, and checkpoints that were signed and kept elsewhere.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from events.checkpoint import Checkpoint
from events.envelope import ACCEPTED, Receipt
from events.log.audit import Audit, Finding
from events.log.heads import Connection, LogError, head
from events.sql import statements

NO_WITNESS: Final = "no-outside-witness"

_SQL = statements("verification")


class VerificationReport(msgspec.Struct, frozen=True):
    """What a verification found: `rows` counted, `root` recomputed from them (None where rows are missing).

    At most 100 findings of each code are listed.
    """

    ledger: str
    rows: int
    root: bytes | None
    receipts_checked: int
    checkpoints_checked: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether everything that was checked agrees; `caveat` tells what could not be."""
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
    """The report on a ledger, held against feeders' receipts and checkpoints whose signatures were checked.

    `conn` must be outside any transaction; no key is needed. Memory grows with the witnesses alone. Receipts
    of other ledgers and of refused facts are left out.
    """
    witnessed = sorted(
        (receipt.seq, receipt.leaf)
        for receipt in receipts
        if receipt.outcome == ACCEPTED
        and receipt.ledger == ledger
        and receipt.seq is not None
        and receipt.leaf is not None
    )
    signed = sorted(checkpoints, key=lambda checkpoint: checkpoint.size)
    audit = Audit(conn, ledger, witnessed, signed)
    with conn.transaction():
        conn.execute(_SQL["snapshot"])
        try:
            audit.run(head(conn, ledger))
        except LogError as error:
            audit.find("missing-ledger", str(error))
    return VerificationReport(
        ledger, audit.rows, audit.root, len(witnessed), len(signed), tuple(audit.findings)
    )


__all__ = ["NO_WITNESS", "Finding", "VerificationReport", "verify"]
