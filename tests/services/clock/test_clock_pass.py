"""Passes over real ledgers: alone, together, cut short, beside a body that goes on reporting."""

import threading
from collections import Counter
from datetime import date
from uuid import uuid4

import psycopg
import pytest

from events.envelope import AGENCY, SYSTEM, Event, Fact
from events.log import Appended, Connection, Log, heads
from events.vocabulary.assessment import ResultAnnounced
from events.wire import read_fact
from services.clock import passing
from services.clock.passing import Clock, Passed, pass_over
from services.clock.state import LedgerState
from services.servers import Servers, connect
from tests import ledgers
from tests.facts import BODY, adopted, appointed, issued, ref
from tests.services.clock.world import dated, delivered, graded

pytestmark = pytest.mark.servers

APRIL = date(2026, 4, 1)


def tell(conn: Connection, log: Log, *lines: bytes) -> list[Appended]:
    """Facts as they are, undecided."""
    return ledgers.record(conn, log, [read_fact(line) for line in lines])


def body_of(count: int) -> list[bytes]:
    return [adopted("zhanakorgan-2026"), *(appointed(f"e-{number}") for number in range(count))]


def said(conn: Connection, log: Log) -> list[Event]:
    return [event for event in ledgers.events_of(conn, log) if event.actor == "system"]


def types(conn: Connection, log: Log) -> Counter[str]:
    return Counter(event.type for event in said(conn, log))


def test_a_pass_records_what_is_due_and_the_next_nothing(conn: Connection, log: Log) -> None:
    tell(conn, log, *body_of(3))

    done = pass_over(conn, log, APRIL)

    assert done.recorded == {BODY: {"SheetIssued": 3, "TermsMarked": 3}}
    assert (done.failing, done.failed, done.unnamed, done.count) == ({}, 0, 0, 6)
    assert types(conn, log) == {"SheetIssued": 3, "TermsMarked": 3}
    assert pass_over(conn, log, APRIL).count == 0


def test_a_clock_at_hand_sees_what_came_since_and_no_more(conn: Connection, log: Log) -> None:
    clock = Clock(log)
    tell(conn, log, *body_of(3))
    clock.pass_over(conn, APRIL)
    tell(conn, log, *graded(ref("e-1"), "2026-04-10"))

    done = clock.pass_over(conn, APRIL)

    assert done.recorded == {BODY: {"TermsMarked": 1}}
    assert all(clock.is_level(head) for head in heads(conn))


def test_what_is_decided_by_is_recorded_with_what_was_decided(conn: Connection, log: Log) -> None:
    tell(conn, log, *body_of(1))
    pass_over(conn, log, APRIL)

    agency = next(head for head in heads(conn) if head.ledger == "agency")
    assert {event.agency_seq for event in said(conn, log)} == {agency.size}


def test_a_busy_ledger_is_left_for_later(conn: Connection, log: Log) -> None:
    tell(conn, log, *body_of(1))
    clock = Clock(log)

    assert clock.pass_over(conn, APRIL, busy={BODY}).count == 0
    assert clock.pass_over(conn, APRIL).count == 2


def test_two_clocks_at_once_say_everything_once(
    conn: Connection, another: Connection, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passing, "BATCH", 5)
    tell(conn, log, *body_of(40))
    ready = threading.Barrier(2)
    done: list[Passed] = []

    def work(own: Connection) -> None:
        clock = Clock(log)
        ready.wait()
        done.append(clock.pass_over(own, APRIL))

    threads = [threading.Thread(target=work, args=(one,)) for one in (conn, another)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert types(conn, log) == {"SheetIssued": 40, "TermsMarked": 40}
    assert sum(one.count for one in done) == 80
    assert [one.failing for one in done] == [{}, {}]


def test_a_body_that_issues_its_sheets_in_the_middle_of_a_pass_has_them_once(
    conn: Connection, another: Connection, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passing, "BATCH", 2)
    tell(conn, log, *body_of(4))
    clock = Clock(log)
    before = LedgerState.take
    told: list[bytes] = [issued(ref("e-3")), *graded(ref("e-3"), "2026-04-01")]

    def beside(state: LedgerState, event: Event) -> None:
        # The first batch is committed, the second was found and not recorded yet.
        if event.actor == "system" and told:
            tell(another, log, *told)
            told.clear()
        before(state, event)

    monkeypatch.setattr(LedgerState, "take", beside)
    clock.pass_over(conn, APRIL)

    sheets = [event for event in ledgers.events_of(conn, log) if event.type == "SheetIssued"]
    assert sorted(event.data.employee for event in sheets) == ["e-0", "e-1", "e-2", "e-3"]
    marks = {
        event.data.employee: event.data.terms[0].state
        for event in said(conn, log)
        if event.type == "TermsMarked"
    }
    assert marks == {"e-0": "open", "e-1": "open", "e-2": "open", "e-3": "kept"}


class _Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("after", [1, 2, 3, 5])
def test_a_clock_killed_in_the_middle_is_taken_over_and_nothing_is_said_twice(
    own_servers: Servers, conn: Connection, log: Log, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(passing, "BATCH", 3)
    tell(conn, log, *body_of(8))
    left = after
    record = passing.record

    def dying(*arguments: object) -> tuple[Event, ...]:
        nonlocal left
        left -= 1
        if left < 0:
            raise _Killed
        return record(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(passing, "record", dying)
    with pytest.raises(_Killed), connect(own_servers, "bagalau_writer", autocommit=True) as first:
        Clock(log).pass_over(first, APRIL)
    monkeypatch.setattr(passing, "record", record)

    assert types(conn, log).total() == 3 * min(after, 2) + (2 if after >= 3 else 0) + (6 if after == 5 else 0)
    pass_over(conn, log, APRIL)
    assert types(conn, log) == {"SheetIssued": 8, "TermsMarked": 8}


def test_a_connection_lost_in_a_transaction_keeps_nothing_of_it_and_the_clock_goes_on(
    own_servers: Servers, conn: Connection, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(conn, log, *body_of(2))
    clock = Clock(log)
    with connect(own_servers, "bagalau_writer", autocommit=True) as own:
        append = log.append
        killer = connect(own_servers, autocommit=True)

        def cut(*arguments: object) -> object:
            appended = append(*arguments)  # type: ignore[arg-type]
            killer.execute("SELECT pg_terminate_backend(%s)", [own.info.backend_pid])
            return appended

        monkeypatch.setattr(log, "append", cut)
        with pytest.raises(psycopg.OperationalError):
            clock.pass_over(own, APRIL)
        monkeypatch.setattr(log, "append", append)
        killer.close()
    assert said(conn, log) == []
    assert clock.pass_over(conn, APRIL).count == 4


def test_documents_that_were_destroyed_are_not_begun_anew(
    own_servers: Servers, conn: Connection, log: Log
) -> None:
    tell(conn, log, *body_of(1))
    pass_over(conn, log, APRIL)
    rows = conn.execute(
        "SELECT stream FROM ledger.events WHERE ledger = %s AND type IN ('SheetIssued', 'TermsMarked')",
        [BODY],
    ).fetchall()
    with connect(own_servers, autocommit=True) as owner:
        owner.execute("DELETE FROM ledger.documents WHERE stream = ANY(%s)", [[row[0] for row in rows]])

    assert pass_over(conn, log, APRIL).count == 0


def test_an_employee_whose_document_cannot_be_read_is_left_to_people(conn: Connection, log: Log) -> None:
    tell(conn, log, *body_of(2))
    tell(conn, log, *dated("2026-04-01", issued(ref("e-1"))), delivered(ref("e-1"), "2026-04-01"))
    reader = Clock(log)
    monkey = reader.reader.codec

    class Older(type(monkey)):  # type: ignore[misc]
        def decode(self, stored_type: str, encoded: bytes) -> object:
            if stored_type == "ResultDelivered":
                raise ValueError(stored_type)
            return super().decode(stored_type, encoded)

    reader.reader.codec = Older()
    done = reader.pass_over(conn, APRIL)

    assert (done.failed, done.failing) == (1, {})
    assert done.recorded == {BODY: {"SheetIssued": 1, "TermsMarked": 1}}


def announced(employee: str) -> ResultAnnounced:
    """What was told of a quarter of fives under the first act."""
    return ResultAnnounced(
        **ref(employee),
        kind="quarterly",
        score="5.00",
        grade="effective",
        methodology="zhanakorgan-2026",
        revision=1,
        digest="d",
        readings={},
        cause="ResultDelivered",
    )


@pytest.mark.parametrize("ledger", [BODY, AGENCY])
def test_a_late_adoption_restates_what_was_told_under_another_act(
    conn: Connection, log: Log, ledger: str
) -> None:
    start = [appointed("e-1"), appointed("e-2")]
    if ledger == BODY:
        start = [adopted("zhanakorgan-2026"), *start]
    tell(conn, log, *start, issued(ref("e-1")), *graded(ref("e-1"), "2026-04-10"))
    told = Fact(uuid4(), BODY, "ResultAnnounced", date(2026, 4, 14), SYSTEM, announced("e-1"))
    ledgers.record(conn, log, [told])
    clock = Clock(log)
    clock.pass_over(conn, date(2026, 4, 15))
    assert types(conn, log)["ResultRestated"] == 0

    tell(conn, log, *dated("2026-05-01", adopted("sjc-2017", "2026-Q1", body=ledger)))
    clock.pass_over(conn, date(2026, 5, 1))

    (restated,) = [event.data for event in said(conn, log) if event.type == "ResultRestated"]
    assert (restated.employee, restated.score, restated.methodology) == ("e-1", None, "sjc-2017")
    assert restated.cause == "MethodologyAdopted"
    assert all(clock.is_level(head) for head in heads(conn))
    assert pass_over(conn, log, date(2026, 5, 1)).count == 0


def test_a_law_that_came_while_it_passed_is_passed_under(
    conn: Connection, another: Connection, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passing, "BATCH", 1)
    tell(conn, log, adopted("zhanakorgan-2026"), appointed("e-1"), appointed("e-2"))
    clock = Clock(log)
    take, late = LedgerState.take, [adopted("zhanakorgan-2026", "2026-Q1", body=AGENCY)]

    def beside(state: LedgerState, event: Event) -> None:
        if event.actor == "system" and late:
            tell(another, log, late.pop())
            size = next(head.size for head in heads(another) if head.ledger == AGENCY)
            ledgers.record(another, log, [read_fact(appointed("e-3"))], agency_seq=size)
        take(state, event)

    monkeypatch.setattr(LedgerState, "take", beside)
    clock.pass_over(conn, APRIL)

    agency = next(head.size for head in heads(conn) if head.ledger == AGENCY)
    by = {event.data.employee: event.agency_seq for event in said(conn, log) if event.type == "SheetIssued"}
    assert by == {"e-1": agency - 1, "e-2": agency, "e-3": agency}
