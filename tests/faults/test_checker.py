"""The checker finds what is planted in a log, and nothing in one that is well."""

from collections.abc import Callable, Iterator
from datetime import date
from uuid import uuid4

import msgspec
import psycopg
import pytest
from psycopg import sql

from events.envelope import REJECTED, SYSTEM, Fact, Problem, Receipt
from events.log import Batch, Connection, Entry, Log, lock_heads, new_stream, place
from events.wire import read_fact
from services.intake.crash import nothing
from services.intake.desk import Desk
from services.intake.law import LawKeeper, agency_events
from services.intake.message import Message
from services.intake.opening import found
from services.intake.transaction import Transactor
from services.offline import body_named
from tests.facts import BODY, appointed, assessed, body_and_servant, id_of, signed, under
from tests.faults.checker import Line, check
from tests.ledgers import new_log

pytestmark = [pytest.mark.servers, pytest.mark.faults]

REFUSED = signed({"employee": "e-9", "position": "p-9", "period": "2026-Q1"})
MARK_AT = 6


class Run:
    """A log, the lines that it was made from and the receipts that were given; each may be damaged."""

    def __init__(self, conn: Connection, log: Log, messages: list[bytes]) -> None:
        self.conn = conn
        self.log = log
        self.lines: list[Line] = [(body_named(message), message) for message in messages]
        found(conn, log)
        desk = Desk(Transactor(log, LawKeeper(agency_events(log)), nothing))
        outcome = desk.settle(conn, [Message(body, data) for body, data in self.lines])
        self.receipts: list[Receipt] = list(outcome.receipts)

    def codes(self) -> set[str]:
        return {one.code for one in check(self.conn, self.log.keyring, self.lines, self.receipts)}

    def tamper(self, *statements: str) -> None:
        """As a superuser can who takes the guards away first."""
        guarded = self.conn.execute(
            "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'ledger' AND NOT t.tgisinternal AND c.relkind = 'r'"
        ).fetchall()
        for (table,) in guarded:
            self.conn.execute(
                sql.SQL("ALTER TABLE ledger.{} DISABLE TRIGGER USER").format(sql.Identifier(table))
            )
        for statement in statements:
            self.conn.execute(statement, {"body": BODY})  # type: ignore[arg-type]

    def append(self, fact: Fact) -> None:
        """Records the fact without anybody's decision."""
        with self.conn.transaction():
            head = lock_heads(self.conn, (BODY,)).heads[BODY]
            loaded = self.log.load_documents(self.conn, {BODY: {fact.document}})
            stored = loaded.get((BODY, fact.document))
            stream = stored.stream if stored else new_stream(BODY, fact.document)
            event = place(fact, BODY, head.size + 1, head.recorded_at, 0)
            self.log.append(self.conn, [Batch(head, [Entry(event, stream, self.log.digest(fact))])])


@pytest.fixture
def run(database: str) -> Iterator[Run]:
    messages = [*body_and_servant(), *assessed(), REFUSED, appointed("e-2"), appointed("e-3")]
    with psycopg.connect(database, autocommit=True) as conn:
        yield Run(conn, new_log(), messages)


def test_nothing_is_found_in_a_log_that_is_well(run: Run) -> None:
    assert run.codes() == set()
    assert [one.problem.code for one in run.receipts if one.problem] == ["unknown-employee"]


def a_row_is_gone(run: Run) -> None:
    run.tamper("DELETE FROM ledger.events WHERE ledger = %(body)s AND seq = 3")


def the_end_is_gone(run: Run) -> None:
    run.tamper(
        "DELETE FROM ledger.events WHERE ledger = %(body)s AND seq IN"
        " (SELECT size FROM ledger.ledgers WHERE ledger = %(body)s)",
        "UPDATE ledger.ledgers SET size = size - 1 WHERE ledger = %(body)s",
    )


def a_version_is_left_out(run: Run) -> None:
    run.tamper(
        "UPDATE ledger.events SET version = version + 1 WHERE ledger = %(body)s AND seq IN"
        " (SELECT max(seq) FROM ledger.events WHERE ledger = %(body)s GROUP BY stream)"
    )


def a_leaf_is_another(run: Run) -> None:
    run.tamper("UPDATE ledger.events SET leaf = sha256(leaf) WHERE ledger = %(body)s AND seq = 2")


def a_tile_or_root_is_another(run: Run) -> None:
    run.tamper("UPDATE ledger.ledgers SET root = sha256(root) WHERE ledger = %(body)s")


def a_receipt_names_another_place(run: Run) -> None:
    run.receipts[2] = msgspec.structs.replace(run.receipts[2], seq=1)


def a_receipt_names_another_leaf(run: Run) -> None:
    run.receipts[2] = msgspec.structs.replace(run.receipts[2], leaf=run.receipts[1].leaf)


def a_receipt_was_given_for_what_is_not_there(run: Run) -> None:
    run.receipts[2] = msgspec.structs.replace(run.receipts[2], id=str(uuid4()))


def a_receipt_is_missing(run: Run) -> None:
    run.receipts.pop()


def a_good_fact_was_told_that_it_is_refused(run: Run) -> None:
    problem = Problem("", "unknown-employee", "", "", None)
    run.receipts[-1] = msgspec.structs.replace(run.receipts[-1], outcome=REJECTED, problem=problem)


def a_fact_is_there_twice(run: Run) -> None:
    fact = read_fact(run.lines[2][1])
    run.tamper(f"DELETE FROM ledger.receipts WHERE ledger = %(body)s AND fact_id = '{fact.id}'")
    run.append(fact)


def a_good_fact_is_missing(run: Run) -> None:
    run.lines.append((BODY, appointed("e-4")))


def a_bad_fact_was_accepted(run: Run) -> None:
    run.append(read_fact(REFUSED))


def an_event_comes_from_nowhere(run: Run) -> None:
    run.append(read_fact(appointed("e-5")))


def the_system_added_too_much(run: Run) -> None:
    fact = read_fact(appointed("e-5"))
    run.append(msgspec.structs.replace(fact, actor=SYSTEM, occurred_on=date(2026, 1, 1)))


def two_facts_changed_places(run: Run) -> None:
    run.lines[-1], run.lines[-2] = run.lines[-2], run.lines[-1]


def a_mark_is_another(run: Run) -> None:
    body, message = run.lines[MARK_AT]
    changed = message.replace(b'"score": "5"', b'"score": "1"')
    assert changed != message
    run.lines[MARK_AT] = body, under(id_of(message), changed)


def there_is_nothing_to_grade(run: Run) -> None:
    run.lines = run.lines[:3]


DAMAGE: list[tuple[Callable[[Run], None], str]] = [
    (a_row_is_gone, "gap-in-seq"),
    (a_row_is_gone, "unreadable"),
    (the_end_is_gone, "receipted-and-absent"),
    (the_end_is_gone, "good-fact-missing"),
    (a_version_is_left_out, "gap-in-versions"),
    (a_leaf_is_another, "tree"),
    (a_leaf_is_another, "not-as-receipted"),
    (a_tile_or_root_is_another, "tree"),
    (a_receipt_names_another_place, "not-as-receipted"),
    (a_receipt_names_another_leaf, "not-as-receipted"),
    (a_receipt_was_given_for_what_is_not_there, "receipted-and-absent"),
    (a_receipt_is_missing, "unanswered"),
    (a_good_fact_was_told_that_it_is_refused, "answered-otherwise"),
    (a_fact_is_there_twice, "more-than-once"),
    (a_good_fact_is_missing, "good-fact-missing"),
    (a_bad_fact_was_accepted, "bad-fact-accepted"),
    (an_event_comes_from_nowhere, "without-a-fact"),
    (the_system_added_too_much, "system-events"),
    (two_facts_changed_places, "out-of-order"),
    (a_mark_is_another, "grades"),
    (there_is_nothing_to_grade, "no-grades"),
]


@pytest.mark.parametrize(("damage", "code"), DAMAGE)
def test_damage_is_found(run: Run, damage: Callable[[Run], None], code: str) -> None:
    damage(run)
    assert code in run.codes()
