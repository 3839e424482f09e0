"""The signed heads in an archive, and the proofs that they extend what the archive covers."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from events import merkle
from events.checkpoint import Checkpoint, CheckpointError, Verifier, open_note, origin_of
from projections.archives.container import Buffer
from projections.archives.failures import ArchiveError, Fault
from projections.archives.manifest import Covered

_CHUNK: Final = 8192


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ledger's checkpoint: the note as it was signed, cosignatures too.

    `proof` holds the consistency proof, in hex, from what the archive covers to a checkpoint that is
    larger; it is empty for one that is not, since the leaves alone lead to its root.
    """

    ledger: str
    note: str
    proof: tuple[str, ...] = ()


_decoder = msgspec.json.Decoder(tuple[Kept, ...])


def encode(kept: Sequence[Kept]) -> bytes:
    """The checkpoints as JSON."""
    return msgspec.json.encode(kept)


def decode(content: bytes) -> tuple[Kept, ...]:
    """The checkpoints. Raises ArchiveError `broken-record`."""
    try:
        return _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ArchiveError("broken-record", "the checkpoints are not written as they should be") from None


def roots_at(leaves: Buffer, sizes: Iterable[int]) -> dict[int, bytes]:
    """The roots of the tree at some of its sizes, from its leaves, in memory that does not grow with them."""
    found: dict[int, bytes] = {}
    edge = merkle.Edge()
    for size in sorted(set(sizes)):
        while edge.size < size:
            stop = min(size, edge.size + _CHUNK)
            some = [
                bytes(leaves[at : at + merkle.HASH_BYTES])
                for at in range(edge.size * merkle.HASH_BYTES, stop * merkle.HASH_BYTES, merkle.HASH_BYTES)
            ]
            edge, _ = merkle.append(edge, some)
        found[size] = merkle.root(edge)
    return found


def faults_of(
    kept: Sequence[Kept], covered: Covered, leaves: Buffer, verifiers: Sequence[Verifier]
) -> list[Fault]:
    """What is wrong with a ledger's leaves, their root and its checkpoints.

    One checkpoint at least must be signed by the log over no less than what is covered.
    """
    ledger = covered.ledger
    if len(leaves) != covered.size * merkle.HASH_BYTES:
        return [Fault("wrong-count", f"there are not {covered.size} leaves", ledger)]
    opened, faults = _opened(kept, ledger, verifiers)
    within = [found.size for found, _ in opened if found.size <= covered.size]
    roots = roots_at(leaves, (covered.size, *within))
    root = roots[covered.size]
    if root.hex() != covered.root:
        faults.append(Fault("wrong-root", "the leaves do not lead to the root that the manifest has", ledger))
    for found, one in opened:
        if found.size <= covered.size:
            if roots[found.size] != found.root:
                faults.append(
                    Fault("wrong-root", f"the leaves do not lead to the checkpoint at {found.size}", ledger)
                )
            continue
        try:
            proof = [bytes.fromhex(each) for each in one.proof]
            merkle.verify_consistency(covered.size, found.size, root, found.root, proof)
        except ValueError as error:
            detail = f"the checkpoint at {found.size} is not shown to extend the archive: {error}"
            faults.append(Fault("wrong-consistency", detail, ledger))
    if not any(found.size >= covered.size for found, _ in opened):
        faults.append(Fault("missing-checkpoint", "no signed head covers the archive", ledger))
    return faults


def _opened(
    kept: Sequence[Kept], ledger: str, verifiers: Sequence[Verifier]
) -> tuple[list[tuple[Checkpoint, Kept]], list[Fault]]:
    """The heads of a ledger that the log signed, and what is wrong with the others."""
    opened: list[tuple[Checkpoint, Kept]] = []
    faults: list[Fault] = []
    for one in kept:
        if one.ledger == ledger:
            try:
                opened.append((open_note(one.note, verifiers, origin_of(ledger)), one))
            except CheckpointError as error:
                faults.append(Fault("wrong-checkpoint", f"{error.code}: {error}", ledger))
    return opened, faults
