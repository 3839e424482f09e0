"""Whom a disclosure admits: written beside its event or not at all, and for five minutes."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID, uuid4

import psycopg
import pytest
from ledgers import BODY, new_log, record, scores
from psycopg import errors

from events.envelope import SYSTEM, Fact
from events.log import Connection, Log
from events.log.admissions import admit, purge_admissions
from events.vocabulary.retention import ResultDisclosed

pytestmark = pytest.mark.servers

VIEWER = b"v" * 16
PERSON = b"p" * 16


@pytest.fixture
def log() -> Log:
    return new_log()


@pytest.fixture
def conn(database: str, log: Log) -> Iterator[Connection]:
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("SET ROLE bagalau_writer")
        record(conn, log, scores(3))
        yield conn


def disclosed(conn: Connection, log: Log) -> int:
    said = ResultDisclosed(
        employee="e-1", viewer="c-1", viewer_of="agency", role="central", what="explain", ground="audit"
    )
    fact = Fact(uuid4(), BODY, "ResultDisclosed", date(2026, 4, 10), SYSTEM, said)
    return record(conn, log, [fact])[0].event.seq


def admitted(conn: Connection) -> list[tuple[object, ...]]:
    conn.execute("RESET ROLE")
    found = conn.execute(
        "SELECT seq, viewer, person, stream FROM ledger.admissions ORDER BY stream"
    ).fetchall()
    conn.execute("SET ROLE bagalau_writer")
    return found


def test_an_admission_lasts_five_minutes_by_the_servers_clock(conn: Connection, log: Log) -> None:
    with conn.transaction():
        seq = disclosed(conn, log)
        admit(conn, BODY, seq, "agency", VIEWER, [(PERSON, None), (PERSON, UUID(int=7))])
    assert admitted(conn) == [(seq, VIEWER, PERSON, UUID(int=7)), (seq, VIEWER, PERSON, None)]
    left = conn.execute(
        "SELECT DISTINCT round(extract(epoch FROM until - clock_timestamp()) / 30) FROM ledger.admissions"
    )
    assert left.fetchall() == [(10,)]


def test_of_everybody_there_is_one(conn: Connection, log: Log) -> None:
    with conn.transaction():
        seq = disclosed(conn, log)
        admit(conn, BODY, seq, "agency", VIEWER, None)
        admit(conn, BODY, seq, "agency", VIEWER, [])
    assert admitted(conn) == [(seq, VIEWER, None, None)]


def test_without_its_event_nothing_is_committed(conn: Connection, log: Log) -> None:
    seq = disclosed(conn, log)
    for place in (seq + 1, seq - 1):  # none yet, and an event of another type
        with pytest.raises(errors.RestrictViolation), conn.transaction():
            admit(conn, BODY, place, "agency", VIEWER, None)
    with pytest.raises(errors.RestrictViolation), conn.transaction():
        admit(conn, "another", seq, "agency", VIEWER, None)
    assert admitted(conn) == []


def test_an_old_disclosure_admits_nobody_anew(conn: Connection, log: Log) -> None:
    with conn.transaction():
        seq = disclosed(conn, log)
        admit(conn, BODY, seq, "agency", VIEWER, None)
    for viewer in (VIEWER, b"n" * 16):
        with pytest.raises(errors.RestrictViolation), conn.transaction():
            admit(conn, BODY, seq, "agency", viewer, None)
    assert admitted(conn) == [(seq, VIEWER, None, None)]


def test_nobody_writes_a_term_or_takes_it_away(conn: Connection, log: Log) -> None:
    with conn.transaction():
        admit(conn, BODY, disclosed(conn, log), "agency", VIEWER, None)
    for statement in (
        "INSERT INTO ledger.admissions VALUES ('b', 1, 'agency', '', NULL, NULL, 'infinity')",
        "UPDATE ledger.admissions SET until = 'infinity'",
        "TRUNCATE ledger.admissions",
        "SELECT viewer FROM ledger.admissions",
    ):
        with pytest.raises(errors.InsufficientPrivilege):
            conn.execute(statement)
    for role in ("bagalau_writer", "bagalau_destroyer"):
        conn.execute(f"SET ROLE {role}".encode())
        assert purge_admissions(conn) == 0
        assert conn.execute("DELETE FROM ledger.admissions").rowcount == 0


def test_what_is_past_its_term_goes_with_the_next_and_with_the_keeper(conn: Connection, log: Log) -> None:
    with conn.transaction():
        first = disclosed(conn, log)
        admit(conn, BODY, first, "agency", VIEWER, None)
    conn.execute("RESET ROLE")
    conn.execute("UPDATE ledger.admissions SET until = clock_timestamp()")
    conn.execute("SET ROLE bagalau_writer")
    with conn.transaction():
        second = disclosed(conn, log)
        admit(conn, BODY, second, "agency", VIEWER, None)
    assert [seq for seq, *_ in admitted(conn)] == [second]
    conn.execute("RESET ROLE")
    conn.execute("UPDATE ledger.admissions SET until = clock_timestamp()")
    conn.execute("SET ROLE bagalau_destroyer")
    assert purge_admissions(conn) == 1
