import json
from base64 import b64decode
from collections.abc import Callable, Sequence
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.merkle import (
    EMPTY_ROOT,
    TILE_BYTES,
    TILE_WIDTH,
    Edge,
    Entries,
    ProofError,
    Tile,
    TreeError,
    append,
    consistency_proof,
    edge_from,
    inclusion_proof,
    leaf_hash,
    node_hash,
    nodes_over,
    root,
    root_of,
    tile_root,
    verify_consistency,
    verify_inclusion,
)

PUBLISHED = Path(__file__).parent / "vectors" / "merkle"
LARGEST = 600
LEAVES = [leaf_hash(b"%d" % number) for number in range(70_000)]

sizes = st.integers(1, LARGEST)


def mth(leaves: Sequence[bytes]) -> bytes:
    """MTH as RFC 9162 section 2.1.1 defines it."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256().digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(mth(leaves[:k]), mth(leaves[k:]))


ROOTS = [mth(LEAVES[:size]) for size in range(LARGEST + 1)]


def complete(level: int, index: int) -> bytes:
    """A node that refuses to answer for a ragged subtree."""
    leaves = LEAVES[index << level : (index + 1) << level]
    assert len(leaves) == 1 << level
    return mth(leaves)


def stored(leaves: Sequence[bytes], tiles: Sequence[Tile]) -> Entries:
    def entries(tile_level: int, start: int, stop: int) -> Sequence[bytes]:
        if tile_level == 0:
            return leaves[start:stop]
        roots = {tile.index: tile.root for tile in tiles if tile.level == tile_level - 1}
        return [roots[index] for index in range(start, stop) if index in roots]

    return entries


def grow(leaves: Sequence[bytes], batches: Sequence[int]) -> tuple[Edge, list[Tile]]:
    edge, tiles, at = Edge(), list[Tile](), 0
    for batch in [*batches, len(leaves)]:
        edge, completed = append(edge, leaves[at : at + batch])
        tiles += completed
        at += batch
    return edge, tiles


def published(kind: str) -> list[Any]:
    vectors = json.loads((PUBLISHED / f"{kind}.json").read_text())
    return [pytest.param(vector, id=vector["name"]) for vector in vectors]


def check(want_refusal: bool, verify: Callable[[], None]) -> None:
    if want_refusal:
        with pytest.raises(ProofError):
            verify()
    else:
        verify()


@pytest.mark.parametrize("vector", published("inclusion"))
def test_published_inclusion_proofs(vector: dict[str, Any]) -> None:
    proof = [b64decode(each) for each in vector["proof"] or ()]
    leaf, top = b64decode(vector["leafHash"] or ""), b64decode(vector["root"] or "")
    check(
        vector["wantErr"],
        lambda: verify_inclusion(leaf, vector["leafIdx"], vector["treeSize"], proof, top),
    )


@pytest.mark.parametrize("vector", published("consistency"))
def test_published_consistency_proofs(vector: dict[str, Any]) -> None:
    proof = [b64decode(each) for each in vector["proof"] or ()]
    old, new = b64decode(vector["root1"] or ""), b64decode(vector["root2"] or "")
    check(
        vector["wantErr"],
        lambda: verify_consistency(vector["size1"], vector["size2"], old, new, proof),
    )


def test_published_proofs_are_all_here() -> None:
    assert [len(published(kind)) for kind in ("inclusion", "consistency")] == [98, 98]


def test_known_hashes() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root(Edge()) == root_of([]) == EMPTY_ROOT


def test_every_leaf_of_every_small_tree_is_proven_at_its_index_alone() -> None:
    for size in range(1, 35):
        for index in range(size):
            proof = inclusion_proof(index, size, complete)
            verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])
            for other in {*range(size)} - {index}:
                with pytest.raises(ProofError):
                    verify_inclusion(LEAVES[index], other, size, proof, ROOTS[size])


def test_every_pair_of_small_sizes_is_consistent() -> None:
    for new in range(1, 70):
        for old in range(1, new + 1):
            proof = consistency_proof(old, new, complete)
            verify_consistency(old, new, ROOTS[old], ROOTS[new], proof)
            with pytest.raises(ProofError):
                verify_consistency(old, new, sha256(ROOTS[old]).digest(), ROOTS[new], proof)
            if old > 1:
                with pytest.raises(ProofError):
                    verify_consistency(old - 1, new, ROOTS[old], ROOTS[new], proof)


@given(sizes, st.data())
def test_a_leaf_is_proven(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    verify_inclusion(LEAVES[index], index, size, inclusion_proof(index, size, complete), ROOTS[size])


@given(sizes, st.data())
def test_a_longer_tree_is_proven_to_extend_a_shorter(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    verify_consistency(old, new, ROOTS[old], ROOTS[new], consistency_proof(old, new, complete))


def flipped(value: bytes, bit: int) -> bytes:
    bit %= len(value) * 8
    return bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(value))


@given(sizes.filter(lambda size: size > 1), st.data())
def test_a_changed_inclusion_proof_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, complete)
    at, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    extra = data.draw(st.integers(0, len(proof)))
    wrong = {
        "leaf": (flipped(LEAVES[index], bit), proof, ROOTS[size]),
        "root": (LEAVES[index], proof, flipped(ROOTS[size], bit)),
        "hash": (LEAVES[index], (*proof[:at], flipped(proof[at], bit), *proof[at + 1 :]), ROOTS[size]),
        "short": (LEAVES[index], proof[:at] + proof[at + 1 :], ROOTS[size]),
        "cut": (LEAVES[index], (*proof[:at], proof[at][:-1], *proof[at + 1 :]), ROOTS[size]),
        "long": (LEAVES[index], (*proof[:extra], ROOTS[size], *proof[extra:]), ROOTS[size]),
    }
    for leaf, path, top in wrong.values():
        with pytest.raises(ProofError):
            verify_inclusion(leaf, index, size, path, top)


@given(sizes.filter(lambda size: size > 1), st.data())
def test_a_changed_consistency_proof_is_refused(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new - 1))
    proof = consistency_proof(old, new, complete)
    at, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    extra = data.draw(st.integers(0, len(proof)))
    wrong = {
        "old": (flipped(ROOTS[old], bit), proof, ROOTS[new]),
        "new": (ROOTS[old], proof, flipped(ROOTS[new], bit)),
        "hash": (ROOTS[old], (*proof[:at], flipped(proof[at], bit), *proof[at + 1 :]), ROOTS[new]),
        "short": (ROOTS[old], proof[:at] + proof[at + 1 :], ROOTS[new]),
        "cut": (ROOTS[old], (*proof[:at], proof[at][:-1], *proof[at + 1 :]), ROOTS[new]),
        "long": (ROOTS[old], (*proof[:extra], ROOTS[new], *proof[extra:]), ROOTS[new]),
        "swapped": (ROOTS[new], proof, ROOTS[old]),
    }
    for before, path, after in wrong.values():
        with pytest.raises(ProofError):
            verify_consistency(old, new, before, after, path)


@pytest.mark.parametrize(
    ("code", "refused"),
    [
        ("out-of-range", lambda: verify_inclusion(LEAVES[0], 1, 1, (), ROOTS[1])),
        ("out-of-range", lambda: verify_inclusion(LEAVES[0], -1, 1, (), ROOTS[1])),
        ("out-of-range", lambda: verify_inclusion(LEAVES[0], 0, 0, (), EMPTY_ROOT)),
        ("out-of-range", lambda: verify_consistency(2, 1, ROOTS[2], ROOTS[1], ())),
        ("out-of-range", lambda: verify_consistency(-1, 1, ROOTS[1], ROOTS[1], ())),
        ("empty-tree", lambda: verify_consistency(0, 1, EMPTY_ROOT, ROOTS[1], ())),
        ("bad-hash", lambda: verify_inclusion(LEAVES[0], 0, 2, (b"short",), ROOTS[2])),
        ("wrong-length", lambda: verify_inclusion(LEAVES[0], 0, 2, (), ROOTS[2])),
        ("wrong-length", lambda: verify_inclusion(LEAVES[0], 0, 1, (LEAVES[1],), ROOTS[2])),
        ("wrong-length", lambda: verify_consistency(3, 4, ROOTS[3], ROOTS[4], ())),
        ("wrong-length", lambda: verify_consistency(2, 2, ROOTS[2], ROOTS[2], (LEAVES[0],))),
        ("wrong-root", lambda: verify_consistency(2, 2, ROOTS[2], ROOTS[3], ())),
        ("wrong-root", lambda: verify_inclusion(LEAVES[1], 0, 1, (), ROOTS[1])),
    ],
)
def test_a_refused_proof_says_why(code: str, refused: Callable[[], None]) -> None:
    with pytest.raises(ProofError) as refusal:
        refused()
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("code", "refused"),
    [
        ("out-of-range", lambda: inclusion_proof(3, 3, complete)),
        ("out-of-range", lambda: inclusion_proof(-1, 3, complete)),
        ("out-of-range", lambda: consistency_proof(4, 3, complete)),
        ("empty-tree", lambda: consistency_proof(0, 3, complete)),
        ("out-of-range", lambda: edge_from(-1, stored([], []))),
        ("missing-entries", lambda: edge_from(2, stored(LEAVES[:1], []))),
        ("bad-hash", lambda: edge_from(1, stored([b"short"], []))),
        ("bad-hash", lambda: append(Edge(), [b"short"])),
        ("bad-hash", lambda: append(Edge(), [LEAVES[0] + b"x", LEAVES[0][:-1]])),
        ("bad-hash", lambda: tile_root(b"")),
    ],
)
def test_a_tree_that_cannot_be_is_refused(code: str, refused: Callable[[], object]) -> None:
    with pytest.raises(TreeError) as refusal:
        refused()
    assert refusal.value.code == code


@given(st.lists(st.integers(0, 700), max_size=5), st.integers(0, 1500))
def test_batches_do_not_matter(batches: list[int], size: int) -> None:
    leaves = LEAVES[:size]
    edge, tiles = grow(leaves, batches)
    assert root(edge) == root_of(leaves) == mth(leaves)
    assert (edge, tiles) == grow(leaves, [])
    assert edge == edge_from(size, stored(leaves, tiles))


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 65_792, 70_000])
def test_tiles_cover_the_tree_as_tlog_tiles_lays_them_out(size: int) -> None:
    leaves = LEAVES[:size]
    edge, tiles = grow(leaves, [500] * (size // 500))
    assert root(edge) == root_of(leaves)
    assert edge == edge_from(size, stored(leaves, tiles))
    for level, width in enumerate((1, 256, 65_536)):
        full, rest = divmod(size // width, TILE_WIDTH)
        here = [tile for tile in tiles if tile.level == level]
        assert [tile.index for tile in here] == list(range(full))
        partial = edge.partials[level] if level < len(edge.partials) else b""
        hashes = b"".join(tile.hashes for tile in here) + partial
        assert len(partial) == rest * 32
        assert hashes == b"".join(mth(leaves[at * width : (at + 1) * width]) for at in range(size // width))
        assert [tile.root for tile in here] == [tile_root(tile.hashes) for tile in here]
        assert all(len(tile.hashes) == TILE_BYTES for tile in here)


def test_a_batch_may_fill_tiles_on_two_levels_at_once() -> None:
    edge, _ = append(Edge(), LEAVES[:65_535])
    _, tiles = append(edge, LEAVES[65_535:65_537])
    assert [(tile.level, tile.index) for tile in tiles] == [(0, 255), (1, 0)]


@settings(max_examples=25)
@given(st.data())
def test_proofs_come_from_stored_tiles(data: st.DataObject) -> None:
    node = nodes_over(stored(LEAVES, grow(LEAVES, [])[1]))
    new = data.draw(st.integers(65_000, len(LEAVES)))
    old, index = data.draw(st.integers(1, new)), data.draw(st.integers(0, new - 1))
    top = root_of(LEAVES[:new])
    verify_inclusion(LEAVES[index], index, new, inclusion_proof(index, new, node), top)
    verify_consistency(old, new, root_of(LEAVES[:old]), top, consistency_proof(old, new, node))


def test_appending_one_by_one_passes_through_every_root() -> None:
    edge = Edge()
    for before, size in pairwise(range(LARGEST + 1)):
        edge, _ = append(edge, [LEAVES[before]])
        assert (edge.size, root(edge)) == (size, ROOTS[size])
