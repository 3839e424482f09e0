"""The signed heads that go into an archive: the one signed now, and those kept in the home."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events import merkle
from events.checkpoint import Checkpoint, CheckpointError, open_note, origin_of, sign, verifier_of
from events.log import Connection, Head
from events.log.tree import stored_entries
from projections.archives.failures import ArchiveError
from projections.archives.heads import Kept
from projections.archives.manifest import Covered

_MOST_COSIGNED: Final = 16
_MOST_OTHERS: Final = 4
_END: Final = b"\n\n"


def kept_heads(
    conn: Connection, home: Path, head: Head, covered: Covered, key: Ed25519PrivateKey
) -> list[Kept]:
    """A ledger's heads, that of what is covered first, each with its proof from what the archive covers.

    Of those kept in the home the newest that others signed too, and a few of the rest. Raises ArchiveError
    `log-altered` for one that the ledger does not reach any more, and CheckpointError for one that was not
    signed with the log's key.
    """
    origin = origin_of(covered.ledger)
    now = sign(Checkpoint(origin, head.size, head.root), key)
    # What the archive covers is a head by itself, so that a person's part is proven by the archive's leaves.
    own = sign(Checkpoint(origin, covered.size, bytes.fromhex(covered.root)), key)
    notes = list(dict.fromkeys([own, now, *_chosen(_notes(home, head.ledger))]))
    node = merkle.nodes_over(stored_entries(conn, head.ledger))
    found = []
    for note in notes:
        checkpoint = open_note(note, [verifier_of(origin, key)], origin)
        if checkpoint.size > head.size:
            raise ArchiveError(
                "log-altered",
                f"a head of {head.ledger} was signed over {checkpoint.size} events, not {head.size}",
                "Run `bagalau verify`.",
            )
        proof: tuple[bytes, ...] = ()
        if checkpoint.size > covered.size:
            proof = merkle.consistency_proof(covered.size, checkpoint.size, node)
        found.append(Kept(head.ledger, note, tuple(one.hex() for one in proof)))
    return found


def _chosen(notes: Sequence[str]) -> list[str]:
    newest = list(reversed(notes))
    cosigned = [note for note in newest if note.rpartition("\n\n")[2].count("\n") > 1]
    others = [note for note in newest if note not in cosigned]
    return [*cosigned[:_MOST_COSIGNED], *others[:_MOST_OTHERS]]


def _notes(home: Path, ledger: str) -> list[str]:
    path = home / "checkpoints" / ledger
    content = path.read_bytes() if path.exists() else b""
    # A note is a text, an empty line and signatures, and an empty line follows it here.
    parts = content.split(_END)[:-1]
    try:
        return [
            (text + _END + signatures + b"\n").decode()
            for text, signatures in zip(parts[0::2], parts[1::2], strict=False)
        ]
    except UnicodeDecodeError:
        raise CheckpointError("malformed-note", "a kept note is not UTF-8") from None
