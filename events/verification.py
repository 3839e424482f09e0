"""Whether a ledger is what was recorded: recomputed from its rows, and held against outside witnesses.

Whoever can write to the database can make rows, tiles and head agree again. Only what lies outside shows
that: the receipts that feeders hold, and checkpoints that were signed and kept elsewhere.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from events import merkle
from events.checkpoint import Checkpoint
from events.envelope import ACCEPTED, Receipt
from events.log.audit import Audit, Finding
from events.log.heads import Connection, LogError, head
from events.sql import statements

NO_WITNESS: Final = "no-outside-witness"

_SQL = statements("verification")


class Extension(msgspec.Struct, frozen=True):
    """Whether the ledger of today extends what a checkpoint saw of it, of `size` events under `root`.

    `proof` holds the hashes of the consistency proof (RFC 9162), made of the rows; None where it fails.
    """

    size: int
    root: bytes
    proof: tuple[bytes, ...] | None

    @property
    def holds(self) -> bool:
        """Whether it does."""
        return self.proof is not None


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
    extensions: tuple[Extension, ...] = ()

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
    conn: Connection,
    ledger: str,
    receipts: Iterable[Receipt] = (),
    checkpoints: Iterable[Checkpoint] = (),
    against: Iterable[Checkpoint] = (),
) -> VerificationReport:
    """The report on a ledger, held against feeders' receipts and checkpoints whose signatures were checked.

    Of those in `against` the report also proves, one by one, that the ledger extends them.

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
    shown = sorted(against, key=lambda checkpoint: checkpoint.size)
    signed = sorted((*checkpoints, *shown), key=lambda checkpoint: checkpoint.size)
    sizes = sorted({checkpoint.size for checkpoint in shown})
    audit = Audit(conn, ledger, witnessed, signed, sizes)
    with conn.transaction():
        conn.execute(_SQL["snapshot"])
        try:
            audit.run(head(conn, ledger))
        except LogError as error:
            audit.find("missing-ledger", str(error))
    return VerificationReport(
        ledger,
        audit.rows,
        audit.root,
        len(witnessed),
        len(signed),
        tuple(audit.findings),
        tuple(_extension(checkpoint, audit) for checkpoint in shown),
    )


def _extension(checkpoint: Checkpoint, audit: Audit) -> Extension:
    """The proof, held against both roots as anybody would to whom it is given."""
    proof: tuple[bytes, ...] | None = None
    if checkpoint.size == 0 and checkpoint.root == merkle.EMPTY_ROOT:
        proof = ()
    prover = next((each for each in audit.provers if each.old_size == checkpoint.size), None)
    made = prover.proof() if prover is not None else None
    if prover is not None and made is not None and audit.root is not None:
        try:
            merkle.verify_consistency(checkpoint.size, prover.new_size, checkpoint.root, audit.root, made)
            proof = made
        except merkle.ProofError:
            proof = None
    return Extension(checkpoint.size, checkpoint.root, proof)


__all__ = ["NO_WITNESS", "Extension", "Finding", "VerificationReport", "verify"]
