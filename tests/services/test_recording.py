"""The system's own facts: decided under the lock, under ids that follow from what they are about."""

from collections.abc import Iterator
from datetime import date

import pytest

from events.envelope import SYSTEM, Fact
from events.log import Connection, Head, Log, LogError, heads, lock_heads
from events.vocabulary.assessment import SheetIssued
from events.vocabulary.obligation import TermsMarked
from services.recording import Due, record, system_fact
from services.servers import Servers, connect
from tests.ledgers import BODY, new_log, score
from tests.ledgers import record as tell

APRIL = date(2026, 4, 1)


@pytest.fixture
def log() -> Log:
    return new_log()


@pytest.fixture
def conn(servers: Servers, database: str) -> Iterator[Connection]:
    own = Servers(database, servers.nats_url, embedded=servers.embedded)
    with connect(own, "bagalau_writer", autocommit=True) as writer:
        yield writer


def sheet(employee: str = "e-1", form: str = "annex-2") -> Fact:
    data = SheetIssued(employee=employee, position="p-1", period="2026-Q1", form=form, evaluator="head-1")
    return system_fact(BODY, data, 0, APRIL)


def test_the_same_statement_after_the_same_history_has_the_same_id_whoever_comes_to_it() -> None:
    assert sheet() == sheet()
    assert sheet().actor == SYSTEM
    assert len({sheet().id, sheet("e-2").id, sheet(form="annex-1").id}) == 3


def test_a_later_statement_of_the_same_has_another_id_and_so_has_another_ledgers() -> None:
    marked = TermsMarked(employee="e-1", position="p-1", period="2026-Q1", on=APRIL, terms=[])

    assert len({system_fact(ledger, marked, said, APRIL).id for ledger in "ab" for said in (0, 1)}) == 4


def test_codes_that_only_look_alike_when_joined_are_kept_apart() -> None:
    one = SheetIssued(employee="a", position="b c", period="2026", form="f", evaluator="x")
    other = SheetIssued(employee="a b", position="c", period="2026", form="f", evaluator="x")

    assert system_fact(BODY, one, 0, APRIL).id != system_fact(BODY, other, 0, APRIL).id


@pytest.mark.servers
def test_what_is_due_is_asked_under_the_lock_and_recorded_once(conn: Connection, log: Log) -> None:
    tell(conn, log, [score()])
    asked: list[Head] = []

    def due(head: Head) -> Due:
        asked.append(head)
        return Due((sheet(), sheet(), sheet("e-2")), 5)

    events = record(conn, log, BODY, due)

    assert [(event.seq, event.data.employee, event.agency_seq) for event in events] == [
        (2, "e-1", 5),
        (3, "e-2", 5),
    ]
    assert asked[0].size == 1
    assert record(conn, log, BODY, due) == ()
    assert next(head.size for head in heads(conn) if head.ledger == BODY) == 3


@pytest.mark.servers
def test_nothing_is_kept_where_asking_fails(conn: Connection, log: Log) -> None:
    tell(conn, log, [score()])

    def due(_: Head) -> Due:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        record(conn, log, BODY, due)
    with conn.transaction():
        assert lock_heads(conn, [BODY]).heads[BODY].size == 1


@pytest.mark.servers
def test_a_ledger_that_is_not_open_is_told_of(conn: Connection) -> None:
    with pytest.raises(LogError, match="nowhere"):
        record(conn, new_log(), "nowhere", lambda _: Due())
