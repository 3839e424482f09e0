"""What an earlier release archived is read, verified, replayed and extracted from by this one."""

from datetime import UTC, datetime

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.archives import proofs
from projections.archives.checking import check
from projections.archives.extract import encode
from projections.archives.parts import Archive, escrow_keys
from projections.archives.replaying import replay
from services.archivist.extracting import Making
from services.archivist.extracting import check as check_extract
from services.archivist.extracting import extract as extracted
from tests.projections.archives import kept

KEPT_EXTRACT = kept.extract()


def archive() -> Archive:
    data = memoryview(kept.ARCHIVE)
    return Archive(data, escrow_keys(data, kept.escrow()))


def test_it_is_verified() -> None:
    checked = check(memoryview(kept.ARCHIVE), kept.LOG_KEYS)

    assert checked.faults == ()
    assert checked.manifest is not None
    assert (checked.manifest.body, checked.manifest.year) == ("zhanakorgan", 2026)
    assert len(kept.ARCHIVE) < 100_000


def test_it_is_replayed_from_itself_and_its_escrow() -> None:
    found = replay(archive())

    assert (found.persons, found.grades, found.alike, found.lost) == (1, 3, 3, 0)
    assert (found.announcements, found.announced_alike) == (2, 2)
    assert found.unexplained == ()


def test_a_dossier_is_taken_out_of_it() -> None:
    at = datetime(2030, 1, 1, tzinfo=UTC)
    made = extracted(memoryview(kept.ARCHIVE), archive(), "e-1", Making(at, "0.0.0"))
    checked = check_extract(encode(made), kept.LOG_KEYS)

    assert checked.faults == ()
    assert not checked.is_signed
    assert [(one.period, one.grade) for one in checked.grades] == [
        (one.period, one.grade) for one in check_extract(KEPT_EXTRACT, kept.LOG_KEYS).grades
    ]


def test_the_extract_of_then_is_verified() -> None:
    checked = check_extract(KEPT_EXTRACT, kept.LOG_KEYS)
    assert (checked.faults, len(checked.grades)) == ((), 3)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(KEPT_EXTRACT) - 1), st.integers(1, 255))
def test_a_changed_byte_of_an_extract_is_found(place: int, flipped: int) -> None:
    changed = bytearray(KEPT_EXTRACT)
    changed[place] ^= flipped
    assert check_extract(bytes(changed), kept.LOG_KEYS).codes


@settings(max_examples=20, deadline=None)
@given(st.integers(0, len(KEPT_EXTRACT) - 1))
def test_a_cut_extract_is_found(length: int) -> None:
    assert check_extract(KEPT_EXTRACT[:length], kept.LOG_KEYS).codes


def test_what_is_added_to_an_extract_is_found() -> None:
    assert check_extract(KEPT_EXTRACT + b"\n", kept.LOG_KEYS).codes == ("wrong-file-digest",)


def test_its_proofs_are_c2sp_proofs() -> None:
    one = check_extract(KEPT_EXTRACT, kept.LOG_KEYS).extract
    assert one is not None
    for event in one.events:
        first, index, *path = event.proof.partition("\n\n")[0].split("\n")
        assert (first, index) == ("c2sp.org/tlog-proof@v1", f"index {event.seq - 1}")
        assert len(path) == len(proofs.decode(event.proof).path)
        assert event.proof.partition("\n\n")[2].startswith(f"bagalau/{event.ledger}\n")


def test_a_proof_of_another_event_is_none() -> None:
    one = check_extract(KEPT_EXTRACT, kept.LOG_KEYS).extract
    assert one is not None
    first, second = one.events[:2]
    swapped = (
        msgspec.structs.replace(first, proof=second.proof),
        msgspec.structs.replace(second, proof=first.proof),
        *one.events[2:],
    )
    found = check_extract(encode(msgspec.structs.replace(one, events=swapped, signature="")), kept.LOG_KEYS)
    assert [fault.code for fault in found.faults[:2]] == ["wrong-proof", "wrong-proof"]
