"""The Merkle tree of a ledger: RFC 9162 hashes and proofs, kept as C2SP tlog-tiles 256 hashes wide."""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from hashlib import sha256
from typing import Final, TypeAlias

import msgspec

HASH_BYTES: Final = 32
TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT
TILE_BYTES: Final = TILE_WIDTH * HASH_BYTES
EMPTY_ROOT: Final = sha256().digest()

# node(level, index): the root of the index-th complete subtree of 2**level leaves.
Node: TypeAlias = Callable[[int, int], bytes]
# entries(tile level, start, stop): leaf hashes at level 0, above it the roots of full tiles one level down.
Entries: TypeAlias = Callable[[int, int, int], Sequence[bytes]]


class TreeError(ValueError):
    """A tree that cannot be built or asked so; `code` is stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ProofError(TreeError):
    """A proof that does not prove: `out-of-range`, `empty-tree`, `bad-hash`, `wrong-length`, `wrong-root`."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf, 32 bytes (RFC 9162 section 2.1.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node, 32 bytes (RFC 9162 section 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Returns when `leaf` is at `index` of the tree of `size` (RFC 9162 2.1.3.2), else raises ProofError."""
    _check_index(index, size, ProofError)
    _check_hashes((leaf, root, *proof), ProofError)
    _, computed = _climb(index, size - 1, leaf, proof)
    if computed != root:
        raise ProofError("wrong-root", "the proof leads to another root")


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Returns when the older tree is a prefix of the newer one (RFC 9162 section 2.1.4.2).

    Raises ProofError, also for an older tree that is empty: every tree extends it, so nothing is proven.
    """
    _check_sizes(old_size, new_size, ProofError)
    if old_size == new_size:
        if proof:
            raise ProofError("wrong-length", "trees of one size need no proof")
        if old_root != new_root:
            raise ProofError("wrong-root", "the roots of one size differ")
        return
    _check_hashes((old_root, new_root, *proof), ProofError)
    # An older tree that is complete is itself the first node, and the proof leaves it out.
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path:
        raise ProofError("wrong-length", "the proof is empty")
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old, new = _climb(place, last, path[0], path[1:])
    if old != old_root or new != new_root:
        raise ProofError("wrong-root", "the proof leads to other roots")


def inclusion_proof(index: int, size: int, node: Node) -> tuple[bytes, ...]:
    """The audit path of the leaf at `index` in the tree of `size`, leaf first (RFC 9162 section 2.1.3.1).

    Asks `node` for complete subtrees only. Raises TreeError `out-of-range`.
    """
    _check_index(index, size, TreeError)
    beside, _ = _descend(index, size, 0)
    return tuple(_range_root(*each, node) for each in reversed(beside))


def consistency_proof(old_size: int, new_size: int, node: Node) -> tuple[bytes, ...]:
    """The proof that the tree of `new_size` extends that of `old_size` (RFC 9162 section 2.1.4.1).

    Asks `node` for complete subtrees only. Raises TreeError `out-of-range` or `empty-tree`.
    """
    _check_sizes(old_size, new_size, TreeError)
    beside, last = _descend(old_size - 1, new_size, old_size)
    # A verifier holds the older root, which is the last subtree itself when that is the whole older tree.
    nodes = [*beside, last] if last[0] else beside
    return tuple(_range_root(*each, node) for each in reversed(nodes))


def nodes_over(entries: Entries) -> Node:
    """The `node` of a proof, at most 128 stored entries each; it raises TreeError `missing-entries`."""

    def node(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, TILE_HEIGHT)
        return _complete_root(_fetch(entries, tile_level, index << height, (index + 1) << height))

    return node


class Tile(msgspec.Struct, frozen=True):
    """A full tile: 256 hashes of 32 bytes, and their root, which is an entry of the tile above."""

    level: int
    index: int
    hashes: bytes
    root: bytes


def tile_root(hashes: bytes) -> bytes:
    """The root over a full tile's 8,192 bytes. Raises TreeError `bad-hash` for another length."""
    if len(hashes) != TILE_BYTES:
        raise TreeError("bad-hash", f"a full tile is {TILE_BYTES} bytes")
    return _complete_root([hashes[at : at + HASH_BYTES] for at in range(0, TILE_BYTES, HASH_BYTES)])


class Edge(msgspec.Struct, frozen=True):
    """The right edge of a tree: all that appending to it needs. `Edge()` is the empty tree.

    `partials` holds the partial tile of each tile level, under 8,192 bytes each; `peaks` the roots of the
    complete subtrees that make up `size`, largest first, so that no append hashes a partial tile again.
    """

    size: int = 0
    partials: tuple[bytes, ...] = ()
    peaks: tuple[bytes, ...] = ()


def append(edge: Edge, leaves: Sequence[bytes]) -> tuple[Edge, tuple[Tile, ...]]:
    """The edge after `leaves` (hashes of 32 bytes), and the tiles that they completed, lowest level first.

    Raises TreeError `bad-hash`.
    """
    _check_hashes(leaves, TreeError)
    size, partials = edge.size + len(leaves), list(edge.partials)
    peak_at = dict(zip(_levels(edge.size), edge.peaks, strict=True))
    tiles, full = list[Tile](), list[bytes]()
    fresh, start, level = list(leaves), edge.size, 0
    while fresh:
        tile_level, height = divmod(level, TILE_HEIGHT)
        if height == 0:
            # What is fresh at this level begins with the roots of the tiles filled one level down.
            tiles += [Tile(tile_level - 1, start + at, hashes, fresh[at]) for at, hashes in enumerate(full)]
            if tile_level == len(partials):
                partials.append(b"")
            held = partials[tile_level] + b"".join(fresh)
            kept = len(held) // TILE_BYTES * TILE_BYTES
            full = [held[at : at + TILE_BYTES] for at in range(0, kept, TILE_BYTES)]
            partials[tile_level] = held[kept:]
        if start & 1:
            fresh.insert(0, peak_at.pop(level))
        if len(fresh) & 1:
            peak_at[level] = fresh.pop()
        fresh = _pair(fresh)
        start, level = start >> 1, level + 1
    return Edge(size, tuple(partials), tuple(peak_at[at] for at in _levels(size))), tuple(tiles)


def root(edge: Edge) -> bytes:
    """The root of the tree, 32 bytes (RFC 9162 section 2.1.1)."""
    return _fold(edge.peaks)


def edge_from(size: int, entries: Entries) -> Edge:
    """The edge of a tree of `size`, from at most 255 stored entries per tile level.

    Raises TreeError `out-of-range`, `missing-entries` when `entries` does not hold the range, or `bad-hash`.
    """
    if size < 0:
        raise TreeError("out-of-range", "a tree has no negative size")
    partials, peaks = list[bytes](), list[bytes]()
    while count := size >> TILE_HEIGHT * len(partials):
        width = count % TILE_WIDTH
        held = _fetch(entries, len(partials), count - width, count) if width else []
        at, here = 0, list[bytes]()
        for height in _levels(width):
            here.append(_complete_root(held[at : at + (1 << height)]))
            at += 1 << height
        partials.append(b"".join(held))
        peaks = here + peaks
    return Edge(size, tuple(partials), tuple(peaks))


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes one by one, in memory that grows with the tree's height alone.

    Takes none of `append`'s steps, so that an audit does not repeat its mistakes.
    """
    stack: list[bytes] = []
    for index, leaf in enumerate(leaves):
        right, rest = leaf, index
        while rest & 1:
            right, rest = node_hash(stack.pop(), right), rest >> 1
        stack.append(right)
    return _fold(stack)


def _fold(peaks: Sequence[bytes]) -> bytes:
    """The root over subtrees that stand side by side, largest first."""
    return reduce(lambda right, left: node_hash(left, right), reversed(peaks)) if peaks else EMPTY_ROOT


def _levels(size: int) -> list[int]:
    """The levels of the complete subtrees that make up a tree of `size`, largest first."""
    return [level for level in reversed(range(size.bit_length())) if size >> level & 1]


def _descend(index: int, size: int, edge: int) -> tuple[list[tuple[int, int]], tuple[int, int]]:
    """The ranges passed by on the way from the root to the leaf, and where the way ended.

    That is at the leaf, or already at the first range that ends at `edge`.
    """
    start, stop, beside = 0, size, list[tuple[int, int]]()
    while stop - start > 1 and stop != edge:
        # A tree parts at the largest power of two under its size (k of RFC 9162 section 2.1.1).
        middle = start + (1 << (stop - start - 1).bit_length() - 1)
        if index < middle:
            beside.append((middle, stop))
            stop = middle
        else:
            beside.append((start, middle))
            start = middle
    return beside, (start, stop)


def _range_root(start: int, stop: int, node: Node) -> bytes:
    """The root over leaves start..stop, whose complete subtrees are all aligned."""
    peaks: list[bytes] = []
    for level in _levels(stop - start):
        peaks.append(node(level, start >> level))
        start += 1 << level
    return _fold(peaks)


def _climb(place: int, last: int, seed: bytes, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots reached from `seed`: over what lies left of it alone, and over everything."""
    left = whole = seed
    for sibling in path:
        if last == 0:
            raise ProofError("wrong-length", "the proof is longer than the tree is high")
        if place & 1 or place == last:
            left, whole = node_hash(sibling, left), node_hash(sibling, whole)
            # Nodes on the right edge with nothing beside them rise unhashed.
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            whole = node_hash(whole, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise ProofError("wrong-length", "the proof ends below the root")
    return left, whole


def _pair(hashes: Sequence[bytes]) -> list[bytes]:
    each = iter(hashes)
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(each, each, strict=True)]


def _complete_root(hashes: Sequence[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = _pair(hashes)
    return hashes[0]


def _fetch(entries: Entries, tile_level: int, start: int, stop: int) -> Sequence[bytes]:
    held = entries(tile_level, start, stop)
    if len(held) != stop - start:
        raise TreeError("missing-entries", f"the stored tree lacks entries at tile level {tile_level}")
    _check_hashes(held, TreeError)
    return held


def _check_hashes(hashes: Iterable[bytes], error: type[TreeError]) -> None:
    if any(len(each) != HASH_BYTES for each in hashes):
        raise error("bad-hash", f"a hash is {HASH_BYTES} bytes")


def _check_index(index: int, size: int, error: type[TreeError]) -> None:
    if not 0 <= index < size:
        raise error("out-of-range", "the tree has no leaf at this index")


def _check_sizes(old_size: int, new_size: int, error: type[TreeError]) -> None:
    if old_size == 0:
        raise error("empty-tree", "nothing can be shown of an empty tree")
    if not 0 < old_size <= new_size:
        raise error("out-of-range", "the older tree is larger than the newer one")
