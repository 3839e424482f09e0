"""Whatever is done to an archive's bytes, or to its events by someone without the log's key, is found."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.archives.checking import check
from projections.archives.container import EVENTS, layout
from projections.archives.failures import ArchiveError
from projections.archives.manifest import Manifest
from projections.archives.parts import Archive, escrow_keys
from projections.archives.records import Group, Sealed, sealed
from projections.archives.replaying import replay
from tests.projections.archives.kept import ARCHIVE, LOG_KEYS, Change, escrow, forged, sections_of_events

places = st.integers(0, len(ARCHIVE) - 1)


def codes(data: bytes) -> tuple[str, ...]:
    return check(memoryview(data), LOG_KEYS).codes


def test_the_archive_itself_is_sound() -> None:
    assert codes(ARCHIVE) == ()


@settings(max_examples=300, deadline=None)
@given(places, st.integers(1, 255))
def test_a_changed_byte_is_found(place: int, flipped: int) -> None:
    changed = bytearray(ARCHIVE)
    changed[place] ^= flipped
    assert codes(bytes(changed))


def test_every_byte_of_the_manifest_and_of_each_sections_head_is_covered() -> None:
    data = memoryview(ARCHIVE)
    heads = [at for one in layout(data).values() for at in range(one.offset - 12, one.offset)]
    manifest = layout(data)["MANI"]
    for place in (*range(18), *heads, *range(manifest.offset, len(ARCHIVE), 3), len(ARCHIVE) - 1):
        for flipped in (1, 32):
            changed = bytearray(ARCHIVE)
            changed[place] ^= flipped
            assert codes(bytes(changed)), place


@settings(max_examples=60, deadline=None)
@given(places)
def test_a_cut_is_found(length: int) -> None:
    assert codes(ARCHIVE[:length])


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=1, max_size=200))
def test_what_is_added_at_the_end_is_found(more: bytes) -> None:
    assert codes(ARCHIVE + more)


@settings(max_examples=40, deadline=None)
@given(places, st.binary(min_size=1, max_size=50))
def test_what_is_put_in_between_is_found(place: int, more: bytes) -> None:
    assert codes(ARCHIVE[:place] + more + ARCHIVE[place:])


@settings(max_examples=40, deadline=None)
@given(places, st.integers(1, 500))
def test_what_is_cut_out_is_found(place: int, length: int) -> None:
    assert codes(ARCHIVE[:place] + ARCHIVE[place + length :])


def test_a_second_signature_is_none_of_the_archives() -> None:
    data = memoryview(ARCHIVE)
    manifest = layout(data)["MANI"]
    line = bytes(manifest.of(data)).rpartition(b"\n\n")[2].replace(b"bagalau/", b"stranger/")
    longer = (manifest.length + len(line)).to_bytes(8)
    assert "malformed-note" in codes(
        ARCHIVE[: manifest.offset - 8] + longer + ARCHIVE[manifest.offset :] + line
    )


def moved(to: Callable[[list[Sealed]], list[Sealed]]) -> Change:
    def change(groups: list[Group]) -> list[Group]:
        return [Group(one.person, tuple(to(list(one.events)))) for one in groups]

    return change


def counts(of: Manifest, tag: str, by: int) -> Manifest:
    name = "law_events" if tag.startswith("LAW") else "events"
    changed = msgspec.structs.replace(of.counts, **{name: getattr(of.counts, name) + by})
    return msgspec.structs.replace(of, counts=changed)


class TestForgedWithoutTheLogsKey:
    """Each with every digest made to fit, under the old signature."""

    @pytest.mark.parametrize("tag", list(sections_of_events()))
    def test_a_last_event_left_out(self, tag: str) -> None:
        found = codes(forged(tag, moved(lambda events: events[:-1]), lambda one: counts(one, tag, -1)))
        assert "wrong-signature" in found

    def test_a_documents_first_event_left_out(self) -> None:
        def change(events: list[Sealed]) -> list[Sealed]:
            stream = events[-1].header.stream
            first = next(one for one in events if one.header.stream == stream)
            return [one for one in events if one is not first]

        found = codes(forged(EVENTS, moved(change), lambda one: counts(one, EVENTS, -1)))
        assert {"wrong-signature", "missing-event"} <= set(found)

    @pytest.mark.parametrize("tag", list(sections_of_events()))
    def test_an_event_left_out_and_still_counted(self, tag: str) -> None:
        assert {"wrong-signature", "missing-event"} <= set(codes(forged(tag, moved(lambda all_: all_[:-1]))))

    @pytest.mark.parametrize("tag", list(sections_of_events()))
    def test_an_event_twice(self, tag: str) -> None:
        found = codes(forged(tag, moved(lambda events: [*events, events[-1]])))
        assert {"wrong-signature", "added-event"} <= set(found)

    def test_an_event_of_his_own_making(self) -> None:
        def change(events: list[Sealed]) -> list[Sealed]:
            header = msgspec.structs.replace(events[-1].header, seq=events[-1].header.seq + 1, version=99)
            return [*events, sealed(header, events[-1].payload)]

        assert {"wrong-signature", "added-event"} <= set(codes(forged(EVENTS, moved(change))))

    def test_two_events_in_each_others_places(self) -> None:
        found = codes(forged(EVENTS, moved(lambda events: [*events[:-2], events[-1], events[-2]])))
        assert {"wrong-signature", "reordered-event"} <= set(found)

    def test_two_payloads_swapped(self) -> None:
        def change(events: list[Sealed]) -> list[Sealed]:
            one, other = events[-2:]
            return [
                *events[:-2],
                sealed(one.header, other.payload),
                sealed(other.header, one.payload),
            ]

        assert {"wrong-signature", "altered-event"} <= set(codes(forged(EVENTS, moved(change))))

    def test_a_persons_events_left_out_whole(self) -> None:
        found = codes(forged(EVENTS, lambda _: []))
        assert {"wrong-signature", "missing-event", "wrong-count"} <= set(found)

    def test_a_header_of_another_day(self) -> None:
        def change(events: list[Sealed]) -> list[Sealed]:
            header = msgspec.structs.replace(events[0].header, recorded_at=events[0].header.recorded_at + 1)
            return [sealed(header, events[0].payload), *events[1:]]

        assert {"wrong-signature", "altered-event"} <= set(codes(forged(EVENTS, moved(change))))


class TestWhatIsNoArchive:
    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (b"", "truncated"),
            (b"bagalau arch", "truncated"),
            (b"PK\x03\x04 and more of it", "not-an-archive"),
            (b"bagalau archive 2\nand what follows", "other-format"),
            (ARCHIVE[:400], "truncated"),
            (ARCHIVE + b"\n", "trailing-bytes"),
        ],
    )
    def test_is_told_as_what_it_is(self, data: bytes, code: str) -> None:
        assert codes(data) == (code,)

    def test_is_not_replayed(self) -> None:
        with pytest.raises(ArchiveError):
            replay(Archive(memoryview(ARCHIVE[:-5]), escrow_keys(memoryview(ARCHIVE), escrow())))
