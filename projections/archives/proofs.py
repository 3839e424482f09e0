"""Inclusion proofs of events as C2SP tlog-proof texts, made of the leaves in an archive."""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from typing import Final

import msgspec

from events import merkle
from events.checkpoint import CheckpointError, Verifier, open_note
from events.merkle import HASH_BYTES, TILE_BYTES, ProofError
from projections.archives.container import Buffer
from projections.archives.failures import ArchiveError

FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


class Proof(msgspec.Struct, frozen=True):
    """An event's place in a tree: `index` from 0, the path from its leaf up, and the tree's signed head."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str


class Tree:
    """The tree over an archive's leaves, its full tiles worked out once."""

    def __init__(self, leaves: Buffer) -> None:
        self._leaves = leaves
        self._levels: list[list[bytes]] = []
        lying = leaves
        while len(lying) >= TILE_BYTES:
            full = range(0, len(lying) // TILE_BYTES * TILE_BYTES, TILE_BYTES)
            self._levels.append([merkle.tile_root(bytes(lying[at : at + TILE_BYTES])) for at in full])
            lying = memoryview(b"".join(self._levels[-1]))

    def proof(self, index: int, size: int, checkpoint: str) -> Proof:
        """The proof of a leaf in the tree of `size`, whose head `checkpoint` is."""
        node = merkle.nodes_over(self._entries)
        return Proof(index, merkle.inclusion_proof(index, size, node), checkpoint)

    def _entries(self, tile_level: int, start: int, stop: int) -> Sequence[bytes]:
        if tile_level > 0:
            return self._levels[tile_level - 1][start:stop]
        lying = self._leaves[start * HASH_BYTES : stop * HASH_BYTES]
        return [bytes(lying[at : at + HASH_BYTES]) for at in range(0, len(lying), HASH_BYTES)]


def encode(proof: Proof) -> str:
    """The proof as a C2SP tlog-proof, without extra data."""
    lines = [FIRST_LINE, f"index {proof.index}", *(b64encode(one).decode() for one in proof.path)]
    return "\n".join(lines) + "\n\n" + proof.checkpoint


def decode(text: str) -> Proof:
    """The proof in a text written as `encode` writes it. Raises ArchiveError `broken-record`."""
    above, _, checkpoint = text.partition("\n\n")
    first, *lines = above.split("\n")
    index = _INDEX.fullmatch(lines[0]) if lines else None
    if first != FIRST_LINE or index is None:
        raise ArchiveError("broken-record", "a proof is not written as a tlog-proof is")
    try:
        path = tuple(b64decode(line, validate=True) for line in lines[1:])
    except (Base64Error, ValueError):
        raise ArchiveError("broken-record", "a proof holds what is no hash") from None
    found = Proof(int(index[1]), path, checkpoint)
    if encode(found) != text:
        raise ArchiveError("broken-record", "a proof is not written as a tlog-proof is")
    return found


def check(leaf: bytes, seq: int, proof: Proof, verifiers: Sequence[Verifier], origin: str) -> None:
    """Returns when the log signed a tree in which the leaf stands at `seq`.

    Raises ArchiveError `wrong-checkpoint` or `wrong-proof`.
    """
    try:
        found = open_note(proof.checkpoint, verifiers, origin)
    except CheckpointError as error:
        raise ArchiveError("wrong-checkpoint", f"{error.code}: {error}") from None
    if proof.index != seq - 1:
        raise ArchiveError("wrong-proof", "the proof is of another place")
    try:
        merkle.verify_inclusion(leaf, proof.index, found.size, proof.path, found.root)
    except ProofError as error:
        raise ArchiveError("wrong-proof", f"{error.code}: {error}") from None
