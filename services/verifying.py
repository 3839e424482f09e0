"""Ledgers held against what lies outside the database: receipts of feeders, checkpoints in the home."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from events.envelope import Receipt
from events.keyring import Keyring
from events.log import Connection, heads
from events.verification import VerificationReport, verify
from services.feeding import read_receipts
from services.witness import kept_checkpoints


class ReceiptsError(Exception):
    """A file that holds something else than receipts (`receipts-unreadable`)."""

    code = "receipts-unreadable"

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} does not hold receipts: {why}.")
        self.remedy = "Name a file that `bagalau submit --receipts` wrote."


def verify_ledgers(
    conn: Connection,
    keyring: Keyring,
    home: Path,
    receipts: Iterable[Path] = (),
    ledgers: Iterable[str] | None = None,
) -> Iterator[VerificationReport]:
    """A report for each ledger (all of them without `ledgers`), in the order of their codes.

    Raises CheckpointError for a kept checkpoint whose signature is not the log key's, and ReceiptsError.
    """
    held: dict[str, list[Receipt]] = {}
    for path in receipts:
        try:
            for receipt in read_receipts(path):
                held.setdefault(receipt.body, []).append(receipt)
        except msgspec.DecodeError as error:
            raise ReceiptsError(path, str(error)) from None
    names = sorted(ledgers) if ledgers else sorted(head.ledger for head in heads(conn))
    for ledger in names:
        yield verify(conn, ledger, held.get(ledger, ()), kept_checkpoints(home, ledger, keyring.log_key))
