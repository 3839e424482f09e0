"""What an archive is made of is read as it was written, and nothing else is."""

import io
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events import merkle
from events.header import Header
from projections.archives import manifest, proofs
from projections.archives.container import EVENTS, MANIFEST, Placed, Writer, content, layout
from projections.archives.failures import ArchiveError
from projections.archives.records import Group, decode_header, read_groups, sealed, write_group
from tests.projections.archives import kept

numbers = st.integers(0, 2**64 - 1)
headers = st.builds(
    Header,
    ledger=st.text(max_size=40),
    seq=numbers,
    stream=st.uuids(),
    version=numbers,
    type=st.text(max_size=40),
    recorded_at=numbers,
    agency_seq=numbers,
)
events = st.builds(sealed, headers, st.binary(max_size=200))
groups = st.lists(
    st.builds(Group, st.binary(min_size=16, max_size=16), st.lists(events, max_size=4).map(tuple)),
    max_size=4,
)


@given(headers)
def test_a_header_is_read_back_from_the_bytes_that_the_log_hashes(header: Header) -> None:
    encoded = sealed(header, b"").encoded
    assert decode_header(encoded) == header
    for changed in (encoded + b"\0", encoded[:-1], b"\2" + encoded[1:]):
        with pytest.raises(ArchiveError):
            decode_header(changed)


@given(groups)
def test_events_are_read_back_in_order(written: list[Group]) -> None:
    file = io.BytesIO()
    with Writer(file).section(EVENTS) as write:
        for group in written:
            write_group(write, group)
    data = memoryview(file.getvalue())
    place = Placed(EVENTS, 30, len(data) - 30)
    assert list(read_groups(content(data, place))) == written


def test_a_record_of_no_known_kind_is_refused() -> None:
    file = io.BytesIO()
    with Writer(file).section(EVENTS) as write:
        write(b"X")
    data = memoryview(file.getvalue())
    with pytest.raises(ArchiveError, match="no known kind"):
        list(read_groups(content(data, Placed(EVENTS, 30, len(data) - 30))))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 1500), st.data())
def test_a_proof_made_of_an_archives_leaves_is_the_trees(size: int, drawn: st.DataObject) -> None:
    leaves = [merkle.leaf_hash(str(at).encode()) for at in range(size)]
    index = drawn.draw(st.integers(0, size - 1))
    made = proofs.Tree(memoryview(b"".join(leaves))).proof(index, size, "note\n")

    merkle.verify_inclusion(leaves[index], index, size, made.path, merkle.root_of(leaves))
    assert proofs.decode(proofs.encode(made)) == made


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        ("index 1\n", "index 01\n"),
        ("index 1\n", "index +1\n"),
        ("index 1\n", ""),
        ("=\n", "\n"),
    ],
)
def test_a_proof_is_written_in_one_way_alone(before: str, after: str) -> None:
    text = proofs.encode(proofs.Proof(1, (bytes(32),), "note\n"))
    with pytest.raises(ArchiveError):
        proofs.decode(text.replace(before, after, 1))


def test_a_manifest_is_read_back_and_written_in_one_way_alone() -> None:
    data = memoryview(kept.ARCHIVE)
    note = bytes(layout(data)[MANIFEST].of(data))
    found = manifest.read(note)

    assert found.escrow is not None
    assert UUID(bytes=bytes.fromhex(found.escrow)[:16])
    for before, after in ((b"year 2026", b"year 02026"), (b"persons ", b"persons  "), (b"file ", b"file\t")):
        assert before in note
        with pytest.raises(ArchiveError):
            manifest.read(note.replace(before, after))
