from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from uuid import uuid4

import msgspec
import psycopg
import pytest
from ledgers import BODY, new_log, record, score

from events.envelope import ACCEPTED, REJECTED, Problem, Refusal
from events.keyring import KeyringError
from events.log import (
    Connection,
    Log,
    Rejection,
    count_rejections,
    decided,
    find_rejections,
    purge_rejections,
)

pytestmark = pytest.mark.servers

# Past midnight in Almaty, not yet in UTC.
LATE = datetime(2026, 4, 10, 20, 30, tzinfo=UTC)
DAY = date(2026, 4, 11)
MESSAGE = b'{"id": "e-1 \xff'


@pytest.fixture
def conn(database: str) -> Iterator[Connection]:
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("SET ROLE bagalau_writer")
        yield conn


@pytest.fixture
def log() -> Log:
    return new_log()


def problem(code: str = "invalid-score") -> Problem:
    return Refusal(code, "A score is one digit with at most two decimals.", "data.score").problem


def rejection(
    message_id: str | None = None, code: str = "invalid-score", body: str = BODY, message: bytes = MESSAGE
) -> Rejection:
    return Rejection(body, message_id or str(uuid4()), sha256(message).digest(), problem(code), message)


def under_reader(conn: Connection) -> None:
    """The reader's role, as somebody of the agency who may see what was refused of any body."""
    said = {"ledger": "agency", "viewer": bytes(16).hex(), "role": "central"}
    for name, value in said.items():
        conn.execute("SELECT set_config(%s, %s, false)", [f"bagalau.{name}", value])
    conn.execute("SET ROLE bagalau_reader")


def test_a_rejected_message_is_listed_as_it_came(conn: Connection, log: Log) -> None:
    several = [rejection(), rejection(sha256(MESSAGE).hexdigest(), "not-utf8"), rejection(body="pavlodar")]
    receipts = log.write_rejections(conn, several, LATE)
    assert [(each.id, each.outcome, each.problem, each.recorded_at) for each in receipts] == [
        (each.message_id, REJECTED, each.problem, LATE) for each in several
    ]
    listed = list(log.list_rejections(conn, on=DAY, messages=True))
    assert [(each.body, each.message_id, each.problem, each.message) for each in listed] == [
        (each.body, each.message_id, each.problem, each.message) for each in reversed(several)
    ]
    assert {each.expires_on for each in listed} == {DAY + timedelta(days=30)}
    assert [each.body for each in log.list_rejections(conn, "pavlodar", on=DAY)] == ["pavlodar"]
    assert list(log.list_rejections(conn, before=listed[0].id, on=DAY, messages=True)) == listed[1:]
    assert [each.message for each in log.list_rejections(conn, on=DAY)] == [None] * 3
    assert (count_rejections(conn, on=DAY), count_rejections(conn, "pavlodar", DAY)) == (3, 1)


def test_a_rejected_message_lies_sealed(conn: Connection, log: Log) -> None:
    log.write_rejections(conn, [rejection(message=b'{"name": "secret-name"}')], LATE)
    [(row,)] = conn.execute("SELECT r::text FROM ledger.rejections r").fetchall()
    assert "secret-name" not in row
    assert b"secret-name".hex() not in row


def test_no_rejections_ask_for_no_key(conn: Connection, log: Log) -> None:
    assert log.write_rejections(conn, [], LATE) == []
    assert conn.execute("SELECT count(*) FROM ledger.rejection_keys").fetchone() == (0,)


def test_a_long_list_comes_whole(conn: Connection, log: Log) -> None:
    log.write_rejections(conn, [rejection(code=f"code-{number}") for number in range(1101)], LATE)
    codes = [each.problem.code for each in log.list_rejections(conn, on=DAY)]
    assert codes == [f"code-{number}" for number in reversed(range(1101))]


def test_two_who_are_first_on_a_day_share_its_key(database: str, log: Log) -> None:
    with psycopg.connect(database) as first, psycopg.connect(database) as second:
        log.write_rejections(first, [rejection()], LATE)
        first.commit()
        log.write_rejections(second, [rejection()], LATE)
        second.commit()
        assert [each.message for each in log.list_rejections(first, on=DAY, messages=True)] == [
            MESSAGE,
            MESSAGE,
        ]
        assert second.execute("SELECT count(*) FROM ledger.rejection_keys").fetchone() == (1,)


def test_the_last_refusal_of_a_message_counts(conn: Connection, log: Log) -> None:
    known, unheard = str(uuid4()), str(uuid4())
    log.write_rejections(conn, [rejection(known, "unknown-employee")], LATE)
    [last] = log.write_rejections(conn, [rejection(known, "invalid-score")], LATE + timedelta(hours=1))
    log.write_rejections(conn, [rejection(known, "not-json", body="pavlodar")], LATE)
    conn.execute("SET TIME ZONE 'Asia/Almaty'")
    found = find_rejections(conn, [(BODY, known), (BODY, unheard)])
    assert list(found) == [(BODY, known)]
    assert msgspec.json.encode(found[BODY, known]) == msgspec.json.encode(last)


def test_a_message_that_is_refused_again_is_listed_once(conn: Connection, log: Log) -> None:
    again, altered = str(uuid4()), str(uuid4())
    log.write_rejections(conn, [rejection(again, "unknown-employee"), rejection(altered)], LATE)
    log.write_rejections(conn, [rejection(again), rejection(altered, message=b"another")], LATE)
    found = [(one.message_id, one.problem.code) for one in log.list_rejections(conn, on=DAY)]
    assert found == [(altered, "invalid-score"), (again, "invalid-score"), (altered, "invalid-score")]
    assert count_rejections(conn, on=DAY) == len(found)


def test_a_fact_that_was_refused_and_then_accepted_is_accepted(conn: Connection, log: Log) -> None:
    fact, digest = score(), sha256(MESSAGE).hexdigest()
    log.write_rejections(conn, [rejection(str(fact.id), "unknown-employee"), rejection(digest)], LATE)
    asked = [(BODY, str(fact.id)), (BODY, digest), (BODY, str(uuid4()))]
    before = decided(conn, asked)
    assert {key: each.outcome for key, each in before.items()} == {asked[0]: REJECTED, asked[1]: REJECTED}
    [appended] = record(conn, log, [fact])
    after = decided(conn, asked)
    assert after[asked[0]] == appended.receipt
    assert (after[asked[0]].outcome, after[asked[1]].outcome) == (ACCEPTED, REJECTED)


def test_rejections_go_with_their_keys_when_their_term_is_over(conn: Connection, log: Log) -> None:
    log.write_rejections(conn, [rejection(code="older")], LATE - timedelta(days=1))
    log.write_rejections(conn, [rejection(code="newer")], LATE)
    conn.execute("SET ROLE bagalau_destroyer")
    expiry = DAY + timedelta(days=30)
    assert purge_rejections(conn, expiry - timedelta(days=2)) == 0
    assert purge_rejections(conn, expiry - timedelta(days=1)) == 1
    assert conn.execute("SELECT day FROM ledger.rejection_keys").fetchall() == [(DAY,)]
    under_reader(conn)
    assert [each.problem.code for each in log.list_rejections(conn, on=DAY)] == ["newer"]


def test_a_body_whose_days_key_is_gone_stays_listed_without_its_words(conn: Connection, log: Log) -> None:
    log.write_rejections(conn, [rejection()], LATE)
    conn.execute("SET ROLE bagalau_destroyer")
    conn.execute("DELETE FROM ledger.rejection_keys")
    under_reader(conn)
    [kept] = log.list_rejections(conn, on=DAY, messages=True)
    assert (kept.problem, kept.message) == (problem(), None)


def test_what_has_expired_is_not_listed_though_it_is_still_kept(conn: Connection, log: Log) -> None:
    log.write_rejections(conn, [rejection(code="older")], LATE - timedelta(days=1))
    log.write_rejections(conn, [rejection(code="newer")], LATE)
    last = DAY + timedelta(days=29)
    assert [each.problem.code for each in log.list_rejections(conn, on=last)] == ["newer"]
    assert (count_rejections(conn, on=last), count_rejections(conn, on=last + timedelta(days=1))) == (1, 0)


def test_a_message_that_cannot_be_opened_kills_no_listing(conn: Connection, log: Log) -> None:
    log.write_rejections(conn, [rejection()], LATE)
    other = new_log()
    assert [each.problem for each in other.list_rejections(conn, on=DAY)] == [problem()]
    with pytest.raises(KeyringError):
        list(other.list_rejections(conn, on=DAY, messages=True))
