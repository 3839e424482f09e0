"""Consistency proofs (RFC 9162) made of a ledger's rows as they pass by, and of nothing that is stored."""

from collections.abc import Iterator

from events import merkle

_NODE = bytes(merkle.HASH_BYTES)


class Prover:
    """Proves that the tree of `new_size` extends that of `old_size`, once it has seen every leaf in order.

    It keeps the hashes of the proof alone. `old_size` is over 0 and at most `new_size`.
    """

    def __init__(self, old_size: int, new_size: int) -> None:
        self.old_size = old_size
        self.new_size = new_size
        self._found: dict[tuple[int, int], bytes] = {}
        self._wanted = iter(self._nodes())
        self._node = next(self._wanted, None)
        self._at = 0
        self._stack: list[tuple[int, bytes]] = []

    def _nodes(self) -> list[tuple[int, int]]:
        """The complete subtrees that the proof is made of, from left to right."""
        asked: list[tuple[int, int]] = []

        def ask(level: int, index: int) -> bytes:
            asked.append((level, index))
            return _NODE

        merkle.consistency_proof(self.old_size, self.new_size, ask)
        return sorted(asked, key=lambda node: node[1] << node[0])

    def see(self, leaf: bytes) -> None:
        """Takes the next leaf."""
        at, self._at = self._at, self._at + 1
        if self._node is None or at < self._node[1] << self._node[0]:
            return
        level, right = 0, leaf
        while self._stack and self._stack[-1][0] == level:
            right, level = merkle.node_hash(self._stack.pop()[1], right), level + 1
        self._stack.append((level, right))
        if level == self._node[0]:
            self._found[self._node] = right
            self._stack.clear()
            self._node = next(self._wanted, None)

    def proof(self) -> tuple[bytes, ...] | None:
        """The proof, older nodes first; None where leaves were missing."""
        if self._node is not None:
            return None
        return merkle.consistency_proof(
            self.old_size, self.new_size, lambda level, index: self._found[level, index]
        )


def seen_by(provers: list[Prover], leaves: Iterator[bytes]) -> Iterator[bytes]:
    """The leaves, each shown to the provers on its way."""
    for leaf in leaves:
        for prover in provers:
            prover.see(leaf)
        yield leaf
