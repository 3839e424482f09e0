import threading
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import msgspec
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledgers import BODY, destroy, events_of, new_log, record, score, scores
from psycopg import errors

from events import merkle
from events.codec import public_type
from events.envelope import AGENCY, Fact
from events.header import encode_header, event_leaf
from events.log import (
    Batch,
    Connection,
    Destroyed,
    Entry,
    Log,
    LogError,
    UnreadableEventError,
    decided,
    find_receipts,
    head,
    heads,
    lock_heads,
    new_stream,
    open_ledger,
    place,
    read_places,
)
from events.log.contents import kept_digest
from events.log.reading import STRETCH
from events.log.tree import Edges, stored_edge, stored_entries
from events.sql import statements

pytestmark = pytest.mark.servers

OTHER = "pavlodar"


@pytest.fixture
def conn(database: str) -> Iterator[Connection]:
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("SET ROLE bagalau_writer")
        yield conn


@pytest.fixture
def log() -> Log:
    return new_log()


def test_an_event_reads_back_as_the_fact_that_it_was(conn: Connection, log: Log) -> None:
    fact = score(comment="Мерзімінен бұрын орындалды")
    appended = record(conn, log, [fact], agency_seq=7)
    [event] = events_of(conn, log)
    assert event == appended[0].event
    assert (event.ledger, event.seq, event.agency_seq) == (BODY, 1, 7)
    assert (event.id, event.occurred_on, event.actor, event.data) == (
        fact.id,
        fact.occurred_on,
        fact.actor,
        fact.data,
    )
    assert event.recorded_at.utcoffset() == timedelta(0)


def test_what_a_fact_says_stands_nowhere_in_the_clear(conn: Connection, log: Log) -> None:
    record(conn, log, [score("employee-in-the-clear", comment="comment-in-the-clear")])
    conn.execute("RESET ROLE")
    tables = [
        str(row[0])
        for row in conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'ledger'").fetchall()
    ]
    assert "events" in tables
    for table in tables:
        for (row,) in conn.execute(f"SELECT t::text FROM ledger.{table} t"):  # type: ignore[arg-type]
            hexed = [word.encode().hex() for word in ("in-the-clear", "head-1", "4.25")]
            assert not any(word in row for word in ("in-the-clear", "head-1", "4.25", *hexed))


def test_the_versions_of_a_document_and_the_seq_of_a_ledger_have_no_gaps(conn: Connection, log: Log) -> None:
    for size in (1, 2, 5, 7):
        record(conn, log, scores(size))
    places = list(read_places(conn, BODY))
    assert [each.header.seq for each in places] == list(range(1, 16))
    for stream in {each.header.stream for each in places}:
        versions = [each.header.version for each in places if each.header.stream == stream]
        assert versions == list(range(1, len(versions) + 1))


def test_a_batch_goes_to_several_ledgers_at_once(conn: Connection, log: Log) -> None:
    facts = [score("e-1"), score("e-1", body=OTHER), score("e-2"), score("e-1", body=AGENCY)]
    record(conn, log, facts)
    assert {each.ledger: each.size for each in heads(conn)} == {BODY: 2, OTHER: 1, AGENCY: 1}
    assert [event.id for event in events_of(conn, log)] == [facts[0].id, facts[2].id]
    assert [event.id for event in events_of(conn, log, OTHER)] == [facts[1].id]


def test_one_name_in_two_ledgers_is_two_documents(conn: Connection, log: Log) -> None:
    record(conn, log, [score(), score(body=OTHER)])
    name = score().document
    loaded = log.load_documents(conn, {BODY: [name], OTHER: [name]})
    assert loaded[BODY, name].stream.id != loaded[OTHER, name].stream.id
    names = conn.execute("SELECT count(DISTINCT name) FROM ledger.documents").fetchone()
    assert names == (2,)


def test_a_document_loads_with_its_events_and_where_it_goes_on(conn: Connection, log: Log) -> None:
    facts = [score("e-1", 1), score("e-2", 1), score("e-1", 2)]
    record(conn, log, facts)
    known, unknown = score("e-1").document, score("e-9").document
    loaded = log.load_documents(conn, {BODY: [known, unknown], "unheard-of": [known], OTHER: []})
    assert list(loaded) == [(BODY, known)]
    document = loaded[BODY, known]
    assert [event.id for event in document.events] == [facts[0].id, facts[2].id]
    assert (document.stream.version, document.stream.name) == (2, known)


def test_loading_nothing_asks_nothing(conn: Connection, log: Log) -> None:
    assert log.load_documents(conn, {}) == {}
    assert find_receipts(conn, []) == {}
    assert decided(conn, []) == {}


def test_the_lock_leaves_out_ledgers_that_are_not_open(conn: Connection) -> None:
    open_ledger(conn, BODY)
    lock = lock_heads(conn, [OTHER, BODY, BODY])
    assert list(lock.heads) == [BODY]
    assert (lock.heads[BODY].size, lock.heads[BODY].root) == (0, merkle.EMPTY_ROOT)


def test_recorded_at_is_taken_after_the_lock_was_waited_for(database: str) -> None:
    with psycopg.connect(database) as first, psycopg.connect(database) as second:
        open_ledger(first, BODY)
        first.commit()
        lock_heads(first, [BODY])
        second.execute("SELECT 1")
        waited = []
        thread = threading.Thread(target=lambda: waited.append(lock_heads(second, [BODY])))
        thread.start()
        released = first.execute("SELECT clock_timestamp() FROM pg_sleep(0.2)").fetchall()[0][0]
        first.commit()
        thread.join(5)
        assert waited[0].recorded_at(BODY) > released


def test_two_who_lock_the_same_ledgers_in_any_order_never_deadlock(database: str) -> None:
    ledgers = [f"body-{number}" for number in range(8)]
    with psycopg.connect(database) as conn:
        for ledger in ledgers:
            open_ledger(conn, ledger)
    failures = []

    def lock(order: list[str]) -> None:
        try:
            with psycopg.connect(database) as conn:
                for _ in range(50):
                    lock_heads(conn, order)
                    conn.rollback()
        except psycopg.Error as error:
            failures.append(error)

    threads = [threading.Thread(target=lock, args=[order]) for order in (ledgers, ledgers[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []


def test_recorded_at_never_decreases_even_when_the_servers_clock_does(conn: Connection, log: Log) -> None:
    record(conn, log, scores(1))
    ahead = head(conn, BODY).recorded_at + timedelta(hours=1)
    with conn.transaction():
        before = lock_heads(conn, [BODY])
        fact = score("e-7")
        event = place(fact, BODY, 2, ahead, 0)
        entry = Entry(event, new_stream(BODY, fact.document), log.digest(fact))
        log.append(conn, [Batch(before.heads[BODY], [entry])])
    record(conn, log, scores(1, employees=1))
    times = [event.recorded_at for event in events_of(conn, log)]
    assert times == sorted(times)
    assert times[1:] == [ahead, ahead]


def test_a_rolled_back_batch_leaves_no_trace(conn: Connection, log: Log) -> None:
    record(conn, log, scores(3))
    before = head(conn, BODY)

    def fail() -> None:
        with conn.transaction():
            lock = lock_heads(conn, [BODY])
            fact = score("e-8")
            event = place(fact, BODY, 4, lock.recorded_at(BODY), 0)
            entry = Entry(event, new_stream(BODY, fact.document), log.digest(fact))
            log.append(conn, [Batch(lock.heads[BODY], [entry])])
            raise psycopg.Rollback

    fail()
    assert head(conn, BODY) == before
    appended = record(conn, log, scores(2))
    assert [each.event.seq for each in appended] == [4, 5]
    assert merkle.root(stored_edge(conn, head(conn, BODY))) == head(conn, BODY).root


def test_one_id_stands_once_in_a_ledger(conn: Connection, log: Log) -> None:
    fact = score()
    record(conn, log, [fact])
    with pytest.raises(errors.UniqueViolation):
        record(conn, log, [score("e-5"), fact])
    assert head(conn, BODY).size == 1
    record(conn, log, [msgspec.structs.replace(fact, body=OTHER)])


def misplaced(log: Log, conn: Connection, change: str) -> Batch:
    lock = lock_heads(conn, [BODY])
    at, fact = lock.heads[BODY], score("e-1", 2)
    stream = log.load_documents(conn, {BODY: [fact.document]})[BODY, fact.document].stream
    recorded_at = lock.recorded_at(BODY)
    match change:
        case "a gap":
            event = place(fact, BODY, at.size + 2, recorded_at, 0)
        case "a place taken":
            event = place(fact, BODY, at.size, recorded_at, 0)
        case "another ledger":
            event = place(fact, OTHER, at.size + 1, recorded_at, 0)
        case "an earlier time":
            event = place(fact, BODY, at.size + 1, at.recorded_at - timedelta(microseconds=1), 0)
        case _:
            event = place(score("e-2"), BODY, at.size + 1, recorded_at, 0)
    return Batch(at, [Entry(event, stream, log.digest(fact))])


@pytest.mark.parametrize(
    "change", ["a gap", "a place taken", "another ledger", "an earlier time", "another's document"]
)
def test_an_event_out_of_its_place_is_refused(conn: Connection, log: Log, change: str) -> None:
    record(conn, log, [score("e-1", 1)])
    with pytest.raises(LogError) as refused, conn.transaction():
        log.append(conn, [misplaced(log, conn, change)])
    assert refused.value.code == "misplaced-event"


def test_a_head_that_moved_since_fails_the_batch(conn: Connection, log: Log) -> None:
    record(conn, log, scores(2))
    stale = head(conn, BODY)
    record(conn, log, scores(1))
    fact = score("e-9")
    entry = Entry(
        place(fact, BODY, 3, stale.recorded_at, 0), new_stream(BODY, fact.document), log.digest(fact)
    )
    with pytest.raises((LogError, errors.UniqueViolation)), conn.transaction():
        log.append(conn, [Batch(stale, [entry])])
    assert head(conn, BODY).size == 3


def test_an_unlocked_head_that_never_was_fails_the_batch(conn: Connection, log: Log) -> None:
    record(conn, log, scores(2))
    real = head(conn, BODY)
    ahead = msgspec.structs.replace(real, size=0, root=merkle.EMPTY_ROOT)
    open_ledger(conn, OTHER)
    fact = score("e-9", body=OTHER)
    stream = new_stream(OTHER, fact.document)
    entry = Entry(place(fact, OTHER, 1, real.recorded_at, 0), stream, log.digest(fact))
    record(conn, log, [score("e-1", body=OTHER)])
    with pytest.raises((LogError, errors.UniqueViolation)), conn.transaction():
        log.append(conn, [Batch(msgspec.structs.replace(ahead, ledger=OTHER), [entry])])
    assert head(conn, OTHER).size == 1


def test_a_receipt_is_given_again_exactly_as_it_was(conn: Connection, log: Log) -> None:
    facts = scores(5)
    appended = record(conn, log, facts)
    conn.execute("SET TIME ZONE 'Asia/Almaty'")
    found = find_receipts(conn, [(fact.body, fact.id) for fact in [*facts, score()]])
    assert len(found) == 5
    for each, fact in zip(appended, facts, strict=True):
        again = found[BODY, fact.id]
        assert again.digest == kept_digest(each.stream.key, log.digest(fact))
        assert msgspec.json.encode(again.receipt) == msgspec.json.encode(each.receipt)


def test_a_receipt_names_the_leaf_of_header_and_sealed_payload(conn: Connection, log: Log) -> None:
    [appended] = record(conn, log, [score()])
    [placed] = read_places(conn, BODY)
    payload = conn.execute("SELECT payload FROM ledger.events", binary=True).fetchall()[0][0]
    assert appended.leaf == placed.leaf == event_leaf(encode_header(placed.header), payload)
    assert placed.header.stream == appended.stream.id
    assert public_type(placed.header.type) == "ScoreSubmitted"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.integers(1, 300), min_size=1, max_size=5))
def test_heads_tiles_and_proofs_are_those_of_the_leaves(
    conn: Connection, log: Log, batches: list[int]
) -> None:
    ledger = f"body-{uuid4().hex[:8]}"
    for size in batches:
        # Half of the appends find no edge in memory, as after a restart.
        log._edges = Edges() if size % 2 else log._edges
        record(conn, log, scores(size, body=ledger))
    leaves = [each.leaf for each in read_places(conn, ledger)]
    root = merkle.root_of(leaves)
    assert head(conn, ledger).root == root
    tiles = conn.execute(
        "SELECT index, hashes FROM ledger.tiles WHERE ledger = %s AND level = 0 ORDER BY index",
        [ledger],
        binary=True,
    ).fetchall()
    full = len(leaves) // merkle.TILE_WIDTH
    assert tiles == [
        (at, b"".join(leaves[at * merkle.TILE_WIDTH : (at + 1) * merkle.TILE_WIDTH])) for at in range(full)
    ]
    node = merkle.nodes_over(stored_entries(conn, ledger))
    for index in {0, len(leaves) // 2, len(leaves) - 1}:
        proof = merkle.inclusion_proof(index, len(leaves), node)
        merkle.verify_inclusion(leaves[index], index, len(leaves), proof, root)


def test_an_append_to_a_tree_that_was_tampered_with_is_refused(conn: Connection, log: Log) -> None:
    record(conn, log, scores(3))
    conn.execute("RESET ROLE")
    conn.execute("ALTER TABLE ledger.events DISABLE TRIGGER append_only")
    conn.execute("ALTER TABLE ledger.events_1 DISABLE TRIGGER append_only")
    conn.execute("UPDATE ledger.events SET leaf = sha256('forged') WHERE seq = 2")
    log._edges = Edges()
    with pytest.raises(LogError) as broken:
        record(conn, log, scores(1))
    assert broken.value.code == "broken-tree"


def test_a_ledger_is_read_in_stretches_between_any_two_places(conn: Connection, log: Log) -> None:
    size = 2 * STRETCH + 10
    record(conn, log, scores(size, employees=400))
    for after, upto in [(0, None), (STRETCH - 1, STRETCH + 1), (5, 5), (size, None), (size - 1, size)]:
        read = [each.seq for each in log.read(conn, BODY, after, upto)]
        assert read == list(range(after + 1, (size if upto is None else upto) + 1))


def test_reading_a_ledger_that_is_not_open_is_refused(conn: Connection, log: Log) -> None:
    with pytest.raises(LogError) as unknown:
        list(log.read(conn, BODY))
    assert unknown.value.code == "unknown-ledger"


def test_a_row_that_is_gone_is_missed(conn: Connection, log: Log) -> None:
    record(conn, log, scores(3))
    with pytest.raises(LogError) as missing:
        list(log.read(conn, BODY, 0, 4))
    assert missing.value.code == "missing-events"


def test_a_destroyed_document_keeps_its_places_and_loses_its_words(conn: Connection, log: Log) -> None:
    appended = record(conn, log, [score("e-1", 1), score("e-2", 1), score("e-1", 2)])
    gone = appended[0].stream
    conn.execute("SET ROLE bagalau_destroyer")
    destroy(conn, gone)
    conn.execute("SET ROLE bagalau_writer")
    first, second, third = log.read(conn, BODY)
    assert isinstance(first, Destroyed)
    assert isinstance(third, Destroyed)
    assert (first.seq, first.stream, first.type) == (1, gone.id, "ScoreSubmitted")
    assert second == appended[1].event
    assert log.load_documents(conn, {BODY: [gone.name]}) == {}
    assert list(log.read_streams(conn, BODY, [gone.id, appended[1].stream.id])) == [appended[1].stream.id]


def test_the_streams_of_a_ledger_are_read_by_themselves(conn: Connection, log: Log) -> None:
    appended = record(conn, log, scores(9))
    wanted = appended[1].stream.id
    read = log.read_streams(conn, BODY, [wanted, uuid4()])
    assert read == {wanted: tuple(each.event for each in appended if each.stream.id == wanted)}


def test_an_event_that_does_not_open_is_named_and_may_be_passed(conn: Connection, log: Log) -> None:
    record(conn, log, scores(3))
    conn.execute("RESET ROLE")
    conn.execute("ALTER TABLE ledger.events_1 DISABLE TRIGGER append_only")
    conn.execute("UPDATE ledger.events_1 SET payload = payload || '\\x00' WHERE seq = 2")
    with pytest.raises(UnreadableEventError) as unreadable:
        list(log.read(conn, BODY))
    assert unreadable.value.seq == 2
    assert [each.seq for each in log.read(conn, BODY, unreadable.value.seq)] == [3]


def facts_read(conn: Connection, log: Log, ledger: str) -> list[Fact]:
    return [
        Fact(event.id, ledger, event.type, event.occurred_on, event.actor, event.data)
        for event in events_of(conn, log, ledger)
    ]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(
        st.lists(
            st.tuples(st.sampled_from([BODY, OTHER, AGENCY]), st.integers(1, 4)), min_size=1, max_size=40
        ),
        max_size=4,
    )
)
def test_whatever_is_appended_is_read_back_in_its_order(
    database: str, batches: list[list[tuple[str, int]]]
) -> None:
    log = new_log()
    prefix = uuid4().hex[:6]
    told: dict[str, list[Fact]] = {}
    with psycopg.connect(database, autocommit=True) as conn:
        for batch in batches:
            facts = [score(f"e-{employee}", body=f"{body}-{prefix}") for body, employee in batch]
            record(conn, log, facts)
            for fact in facts:
                told.setdefault(fact.body, []).append(fact)
        for ledger, facts in told.items():
            assert facts_read(conn, log, ledger) == facts


def test_a_ledger_is_read_in_order_from_one_partition_without_a_sort(conn: Connection) -> None:
    for number in range(20):
        open_ledger(conn, f"body-{number}")
    open_ledger(conn, BODY)
    conn.execute(
        "INSERT INTO ledger.events "
        "SELECT %s, n, gen_random_uuid(), 1, 'ScoreSubmitted', now(), 0, %s, sha256('') "
        "FROM generate_series(1, 100000) AS n",
        [BODY, bytes(300)],
    )
    conn.execute("RESET ROLE")
    conn.execute("ANALYZE ledger.events")
    explained = conn.execute(
        b"EXPLAIN (COSTS OFF) " + statements("reading")["read_events"], [BODY, 50_000, 51_000], prepare=False
    )
    plan = [row[0].strip() for row in explained]
    assert plan[0] == "Index Scan using events_21_pkey on events_21 events"
    assert len(plan) == 2
    assert plan[1].startswith("Index Cond: ((ledger = 'zhanakorgan'::text) AND (seq > ")
