"""Signed heads handed out of an installation, with the proof for whoever holds older ones."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from events import merkle
from events.checkpoint import Checkpoint, Verifier, origin_of, sign, verifier_of
from events.keyring import Keyring
from events.log import Connection, heads
from events.log.heads import Head
from events.log.tree import stored_entries
from services.verifying import Held
from services.witness import Witness, WitnessError, kept_checkpoints


class Published(msgspec.Struct, frozen=True):
    """A ledger's head as a signed note; `proof` leads from the tree of `since` events to it."""

    ledger: str
    size: int
    root: bytes
    note: str
    since: int | None = None
    proof: tuple[bytes, ...] = ()

    @property
    def text(self) -> str:
        """The note, or with a proof the request of C2SP tlog-witness: `old`, the hashes, the note."""
        if self.since is None:
            return self.note
        hashes = "".join(f"{b64encode(each).decode()}\n" for each in self.proof)
        return f"old {self.since}\n{hashes}\n{self.note}"


def publish(
    conn: Connection, keyring: Keyring, home: Path, ledgers: Iterable[str] = (), since: Held | None = None
) -> Iterator[Published]:
    """The heads of the ledgers (all that hold events, without `ledgers`), signed and kept in the home too.

    With `since` each comes with the proof that it extends the largest checkpoint held there. Raises
    WitnessError for a head that what was signed before, or is held, does not lead to, and CheckpointError.
    """
    chosen = set(ledgers)
    witness = Witness(home, keyring.log_key)
    for head in sorted(heads(conn), key=lambda each: each.ledger):
        if (chosen and head.ledger not in chosen) or (not chosen and head.size == 0):
            continue
        kept = list(kept_checkpoints(home, head.ledger, keyring.log_key))
        if kept:
            extending(conn, head, kept[-1])
        witness.keep(head)
        note = sign(Checkpoint(origin_of(head.ledger), head.size, head.root), keyring.log_key)
        held = max((since or {}).get(head.ledger, ()), key=lambda each: each.size, default=None)
        if held is None:
            yield Published(head.ledger, head.size, head.root, note)
        else:
            proof = extending(conn, head, held)
            yield Published(head.ledger, head.size, head.root, note, held.size, proof)


def extending(conn: Connection, head: Head, older: Checkpoint) -> tuple[bytes, ...]:
    """The proof, from the stored tree, that the head extends an older checkpoint. Raises WitnessError."""
    if older.size == 0:
        return ()
    try:
        node = merkle.nodes_over(stored_entries(conn, head.ledger))
        proof = merkle.consistency_proof(older.size, head.size, node)
        merkle.verify_consistency(older.size, head.size, older.root, head.root, proof)
    except merkle.TreeError:
        raise WitnessError(head.ledger, older.size, head.size) from None
    return proof


def log_keys(conn: Connection, keyring: Keyring) -> list[Verifier]:
    """The key of each ledger's checkpoints, as those who verify are given it."""
    names = sorted(head.ledger for head in heads(conn))
    return [verifier_of(origin_of(ledger), keyring.log_key) for ledger in names]
