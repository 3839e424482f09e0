"""Ledgers held against what lies outside the database: receipts of feeders, checkpoints in the home."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec

from events.checkpoint import (
    Checkpoint,
    CheckpointError,
    Verifier,
    notes_in,
    open_note,
    origin_of,
    verifier_of,
)
from events.envelope import Receipt
from events.keyring import Keyring
from events.log import Connection, heads
from events.log.key_audit import audit_keys
from events.verification import VerificationReport, verify
from services.feeding import read_receipts
from services.witness import kept_checkpoints, kept_ledgers

Held: TypeAlias = Mapping[str, Sequence[Checkpoint]]
"""What somebody kept of ledgers: checkpoints by the ledger's code."""

_OF_LEDGERS = origin_of("")


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
    *,
    against: Held | None = None,
) -> Iterator[VerificationReport]:
    """A report for each ledger (all of them without `ledgers`), in the order of their codes.

    Of the checkpoints in `against` each report says whether the ledger extends them; a ledger that only they,
    or the home, know of is reported as missing.

    Raises CheckpointError for a kept checkpoint whose signature is not the log key's, and ReceiptsError.
    """
    held: dict[str, list[Receipt]] = {}
    for path in receipts:
        try:
            for receipt in read_receipts(path):
                held.setdefault(receipt.body, []).append(receipt)
        except msgspec.DecodeError as error:
            raise ReceiptsError(path, str(error)) from None
    shown = against or {}
    known = {head.ledger for head in heads(conn)} | shown.keys() | set(kept_ledgers(home))
    for ledger in sorted(ledgers or known):
        kept = kept_checkpoints(home, ledger, keyring.log_key)
        yield verify(conn, ledger, held.get(ledger, ()), kept, shown.get(ledger, ()))


def verify_keys(conn: Connection, keyring: Keyring, report: VerificationReport) -> VerificationReport:
    """The report with what is wrong of the ledger's keys and names; `conn` may read every document."""
    found = audit_keys(conn, keyring, report.ledger)
    return msgspec.structs.replace(report, findings=(*report.findings, *found))


def read_checkpoints(
    paths: Iterable[Path],
    keyring: Keyring,
    log_keys: Sequence[Verifier] = (),
    witnesses: Sequence[Verifier] = (),
) -> Held:
    """The checkpoints in files of notes, by ledger, once their signatures are believed.

    A note counts when one of `log_keys` (without them the keyring's own) signed it; with `witnesses` when one
    of them did, whoever else. Raises CheckpointError, also for a file without any (`no-checkpoint`), and
    OSError for one that cannot be read.
    """
    found: dict[str, list[Checkpoint]] = {}
    for path in paths:
        notes = list(notes_in(path.read_bytes()))
        if not notes:
            raise CheckpointError("no-checkpoint", f"{path} holds no checkpoint, and would prove nothing")
        for note in notes:
            checkpoint = _believed(note, keyring, log_keys, witnesses)
            found.setdefault(checkpoint.origin.removeprefix(_OF_LEDGERS), []).append(checkpoint)
    return found


def _believed(
    note: bytes, keyring: Keyring, log_keys: Sequence[Verifier], witnesses: Sequence[Verifier]
) -> Checkpoint:
    try:
        origin = note.partition(b"\n")[0].decode()
    except UnicodeDecodeError:
        raise CheckpointError("malformed-note", "the note is not UTF-8") from None
    if not origin.startswith(_OF_LEDGERS):
        raise CheckpointError("wrong-origin", "the checkpoint is of no ledger of Bagalau")
    trusted = list(witnesses) or [key for key in log_keys if key.name == origin]
    if not trusted and not log_keys:
        trusted = [verifier_of(origin, keyring.log_key)]
    return open_note(note, trusted, origin)
