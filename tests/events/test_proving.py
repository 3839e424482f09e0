"""Proofs made of leaves that pass by are those that the stored tree gives."""

import os
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from events import merkle
from events.log.proving import Prover, seen_by


def leaves(count: int) -> list[bytes]:
    return [sha256(number.to_bytes(4)).digest() for number in range(count)]


def over(hashes: list[bytes]) -> merkle.Node:
    return lambda level, index: merkle.root_of(hashes[index << level : (index + 1) << level])


@given(sizes=st.integers(1, 300).flatmap(lambda new: st.tuples(st.integers(1, new), st.just(new))))
def test_the_proof_is_that_of_the_whole_tree_and_proves(sizes: tuple[int, int]) -> None:
    old, new = sizes
    hashes = leaves(new)
    prover = Prover(old, new)
    assert merkle.root_of(seen_by([prover], iter(hashes))) == merkle.root_of(hashes)
    proof = prover.proof()
    assert proof is not None
    assert proof == merkle.consistency_proof(old, new, over(hashes))
    merkle.verify_consistency(old, new, merkle.root_of(hashes[:old]), merkle.root_of(hashes), proof)


def test_where_leaves_are_missing_there_is_no_proof() -> None:
    prover = Prover(3, 9)
    for _ in range(5):
        prover.see(os.urandom(32))
    assert prover.proof() is None
