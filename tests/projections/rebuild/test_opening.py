from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.codec import Codec, Payload
from events.envelope import Event
from events.header import Header, encode_header
from events.keyring import Keyring
from events.log import Connection, Log, heads
from events.log.instants import microseconds
from events.seal import DocumentKey, seal
from events.vocabulary import TYPES
from projections.reads import UNREAD_AS_STORED
from projections.rebuild import scanning
from projections.rebuild.opening import Opener, Recorded, unchecked
from tests.ledgers import score
from tests.projections.recorded import Recorder, sample
from tests.vocabulary_strategies import structs

KEY = DocumentKey(bytes(range(32)))
STREAM = UUID("6b1f2c3d-0000-4000-8000-00000000abcd")


def as_copied(header: Header, payload: bytes) -> bytes:
    """The row as COPY sends it; the ledger is not in it."""
    since_2000 = header.recorded_at - microseconds(datetime(2000, 1, 1, tzinfo=UTC))
    columns = (
        header.stream.bytes,
        header.seq.to_bytes(8),
        header.version.to_bytes(4),
        since_2000.to_bytes(8, signed=True),
        header.agency_seq.to_bytes(8),
        header.type.encode(),
        payload,
    )
    return len(columns).to_bytes(2) + b"".join(len(each).to_bytes(4) + each for each in columns)


@given(
    ledger=st.from_regex(r"[a-z0-9]{1,48}", fullmatch=True),
    seq=st.integers(1, 2**62),
    version=st.integers(1, 2**31 - 1),
    agency_seq=st.integers(0, 2**62),
    at=st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_what_was_sealed_under_a_header_opens_under_the_row(
    ledger: str, seq: int, version: int, agency_seq: int, at: datetime
) -> None:
    fact = score()
    header = Header(ledger, seq, STREAM, version, fact.type, microseconds(at), agency_seq)
    plain = Codec().encode(Payload(fact.id, fact.occurred_on, fact.actor, fact.data))
    sealed = seal(KEY, encode_header(header), plain, bytes(12))
    (event,), failures = Opener(ledger, Codec()).open(STREAM, KEY, [as_copied(header, sealed)])
    assert isinstance(event, Recorded)
    assert not failures
    found = Event(
        event.ledger, event.seq, event.type, event.recorded_at, event.agency_seq, event.id, event.occurred_on,
        event.actor, msgspec.convert(msgspec.to_builtins(event.data), type(fact.data)),
    )  # fmt: skip
    assert found == Event(
        ledger, seq, fact.type, at, agency_seq, fact.id, fact.occurred_on, fact.actor, fact.data
    )
    assert event.document == fact.document


def test_a_row_under_another_header_does_not_open() -> None:
    fact = score()
    at = microseconds(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=3))
    header = Header("aksu", 7, STREAM, 1, fact.type, at, 3)
    sealed = seal(KEY, encode_header(header), b"{}", bytes(12))
    for changed in (
        msgspec.structs.replace(header, seq=8),
        msgspec.structs.replace(header, version=2),
        msgspec.structs.replace(header, recorded_at=at + 1),
        msgspec.structs.replace(header, agency_seq=4),
        msgspec.structs.replace(header, type="SheetSigned"),
    ):
        events, (failure,) = Opener("aksu", Codec()).open(STREAM, KEY, [as_copied(changed, sealed)])
        assert not events
        assert failure.error.startswith("InvalidTag")
    events, failures = Opener("other", Codec()).open(STREAM, KEY, [as_copied(header, sealed)])
    assert (len(events), len(failures)) == (0, 1)
    events, failures = Opener("aksu", Codec()).open(STREAM, KEY, [as_copied(header, sealed[:20])])
    assert (len(events), len(failures)) == (0, 1)


@pytest.mark.parametrize("name", sorted(TYPES))
@given(data=st.data())
def test_unchecked_types_decode_what_checked_ones_do(name: str, data: st.DataObject) -> None:
    value = data.draw(structs(TYPES[name]))
    encoded = msgspec.json.encode(value)
    found = msgspec.json.decode(encoded, type=unchecked(TYPES[name]))
    assert isinstance(found, TYPES[name])
    assert msgspec.structs.asdict(found) == msgspec.structs.asdict(value)
    assert found.document == value.document


@pytest.mark.servers
def test_a_scanned_ledger_is_the_log(
    recorder: Recorder, projector: Connection, keys: Keyring, owner: Connection
) -> None:
    recorder.record(sample(400, bodies=3))
    log = Log(keys)
    for head in heads(owner):
        kept = scanning.documents(projector, head.ledger)
        scanned = scanning.scan(projector, head.ledger, head.size, kept)
        opener = Opener(head.ledger, Codec())
        opened = {
            event.seq: (event.id, event.document, event.recorded_at, event.agency_seq, event.type)
            for stream, rows in scanned.rows.items()
            for event in opener.open(
                UUID(bytes=stream),
                keys.unwrap(UUID(bytes=stream), kept[stream].kek, kept[stream].wrapped),
                rows,
            )[0]
        }
        events = [event for event in log.read(owner, head.ledger) if isinstance(event, Event)]
        # Nobody knows yet whose the documents are, so the first event of each is there too.
        first = {event.document: event.seq for event in reversed(events)}.values()
        expected = {
            event.seq: (event.id, event.document, event.recorded_at, event.agency_seq, event.type)
            for event in events
            if event.type not in UNREAD_AS_STORED or event.seq in first
        }
        assert opened == expected
        assert scanned.size == len(expected) > 0
        assert len(events) == head.size


@pytest.mark.servers
def test_a_ledger_is_read_in_order_without_a_sort(recorder: Recorder, projector: Connection) -> None:
    recorder.record(sample(400, bodies=3))
    scanning.plan_for_scans(projector)
    statement = scanning.copied_events("zhanakorgan", 50).as_string(projector)
    query = statement.removeprefix("COPY (").rpartition(")")[0].rpartition(")")[0]
    plan = "\n".join(row[0] for row in projector.execute(f"EXPLAIN {query}".encode()))
    assert "Index Scan" in plan
    assert "Sort" not in plan
