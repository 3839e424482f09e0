import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledgers import BODY, destroy, new_log, record, scores, seal_over

from events import merkle, verification
from events.checkpoint import Checkpoint, open_note, origin_of, sign, verifier_of
from events.envelope import Receipt
from events.log import Connection, Head, Log, head, open_ledger
from events.verification import VerificationReport, verify

pytestmark = pytest.mark.servers

SIZE = 600


@pytest.fixture
def log() -> Log:
    return new_log()


@pytest.fixture
def conn(database: str) -> Iterator[Connection]:
    with psycopg.connect(database, autocommit=True) as conn:
        yield conn


@pytest.fixture
def receipts(conn: Connection, log: Log) -> list[Receipt]:
    """The receipts that the feeder of a ledger of 600 events holds."""
    return [each.receipt for part in (250, 350) for each in record(conn, log, scores(part, employees=40))]


@contextmanager
def guards_off(conn: Connection) -> Iterator[None]:
    """What a superuser can do."""
    tables = ["events", "events_1", "tiles", "receipts", "ledgers"]
    for table in tables:
        conn.execute(f"ALTER TABLE ledger.{table} DISABLE TRIGGER USER")  # type: ignore[arg-type]
    yield
    for table in tables:
        conn.execute(f"ALTER TABLE ledger.{table} ENABLE TRIGGER USER")  # type: ignore[arg-type]


def tamper(conn: Connection, *statements: str) -> None:
    with guards_off(conn):
        for statement in statements:
            conn.execute(statement)  # type: ignore[arg-type]


def findings(report: VerificationReport, code: str) -> list[int | None]:
    return [finding.seq for finding in report.findings if finding.code == code]


def checkpoint_now(conn: Connection) -> Checkpoint:
    at = head(conn, BODY)
    return Checkpoint(origin_of(BODY), at.size, at.root)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.integers(1, 280), max_size=4), employees=st.integers(1, 300))
def test_whatever_was_appended_verifies(
    conn: Connection, log: Log, batches: list[int], employees: int
) -> None:
    body = f"body-{os.urandom(4).hex()}"
    open_ledger(conn, body)
    held, signed = [], []
    for size in batches:
        held += [each.receipt for each in record(conn, log, scores(size, employees=employees, body=body))]
        at = head(conn, body)
        signed.append(Checkpoint(origin_of(body), at.size, at.root))
    report = verify(conn, body, held, signed)
    assert report == VerificationReport(body, sum(batches), head(conn, body).root, len(held), len(signed), ())
    assert report.ok


def test_without_a_witness_the_report_says_so(conn: Connection, receipts: list[Receipt]) -> None:
    alone = verify(conn, BODY)
    assert (alone.ok, alone.caveat, alone.rows) == (True, "no-outside-witness", SIZE)
    assert verify(conn, BODY, receipts[:1]).caveat is None
    elsewhere = [msgspec.structs.replace(receipt, ledger="other") for receipt in receipts]
    assert verify(conn, BODY, elsewhere).caveat == "no-outside-witness"


def test_an_auditor_verifies_without_a_key(conn: Connection, receipts: list[Receipt]) -> None:
    conn.execute("SET ROLE bagalau_auditor")
    assert verify(conn, BODY, receipts).ok


def test_a_ledger_verifies_while_facts_arrive(
    database: str, conn: Connection, log: Log, receipts: list[Receipt], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The batch arrives between the reading of the head and that of the rows.
    def head_then_more(seen: Connection, ledger: str) -> Head:
        found = head(seen, ledger)
        with psycopg.connect(database, autocommit=True) as other:
            record(other, log, scores(300))
        return found

    monkeypatch.setattr(verification, "head", head_then_more)
    report = verify(conn, BODY, receipts)
    assert (report.ok, report.rows) == (True, SIZE)


def test_a_ledger_with_destroyed_documents_verifies(
    conn: Connection, log: Log, receipts: list[Receipt]
) -> None:
    [stream] = [each.stream for each in record(conn, log, scores(1))]
    destroy(conn, stream)
    assert verify(conn, BODY, receipts).ok


def test_an_edited_payload_is_found(conn: Connection, receipts: list[Receipt]) -> None:
    tamper(conn, "UPDATE ledger.events SET payload = payload || '\\x00' WHERE seq = 300")
    report = verify(conn, BODY)
    assert findings(report, "edited-row") == [300]
    assert {"edited-row", "wrong-root", "wrong-tile"} == set(report.codes)
    assert "rewritten-row" in verify(conn, BODY, receipts).codes


@pytest.mark.parametrize(
    "column",
    [
        "type = 'SheetSigned'",
        "recorded_at = recorded_at + interval '1 microsecond'",
        "agency_seq = 9",
        "stream = gen_random_uuid()",
        "version = version + 100",
        "leaf = sha256('other')",
        "recorded_at = '-infinity'",
    ],
)
def test_an_edited_column_is_found(conn: Connection, receipts: list[Receipt], column: str) -> None:
    assert receipts
    tamper(conn, f"UPDATE ledger.events SET {column} WHERE seq = 300")
    assert findings(verify(conn, BODY), "edited-row") == [300]


def test_a_deleted_row_is_found(conn: Connection, receipts: list[Receipt]) -> None:
    tamper(conn, "DELETE FROM ledger.events WHERE seq IN (5, 6, 300)")
    report = verify(conn, BODY)
    assert findings(report, "missing-row") == [5, 300]
    assert findings(report, "receipt-without-row") == [5, 6, 300]
    assert (report.root, report.rows) == (None, SIZE - 3)
    assert findings(verify(conn, BODY, receipts), "rewritten-row") == [5, 6, 300]


def test_two_swapped_payloads_are_found(conn: Connection, receipts: list[Receipt]) -> None:
    assert receipts
    tamper(
        conn,
        "UPDATE ledger.events e SET payload = o.payload FROM ledger.events o "
        "WHERE (e.seq, o.seq) IN ((10, 20), (20, 10))",
    )
    report = verify(conn, BODY)
    assert findings(report, "reordered-row") == [10, 20]
    assert "edited-row" not in report.codes


@pytest.mark.parametrize("leaf_too", [True, False])
def test_two_swapped_rows_are_found(conn: Connection, receipts: list[Receipt], leaf_too: bool) -> None:
    assert receipts
    columns = ["stream", "version", "type", "recorded_at", "agency_seq", "payload", *["leaf"] * leaf_too]
    tamper(
        conn,
        "ALTER TABLE ledger.events DROP CONSTRAINT events_ledger_stream_version_key",
        f"UPDATE ledger.events e SET {', '.join(f'{each} = o.{each}' for each in columns)} "
        "FROM ledger.events o WHERE (e.seq, o.seq) IN ((10, 20), (20, 10))",
    )
    assert findings(verify(conn, BODY), "reordered-row") == [10, 20]


def test_a_truncated_tail_is_found(conn: Connection, receipts: list[Receipt]) -> None:
    tamper(conn, "DELETE FROM ledger.events WHERE seq > 590")
    report = verify(conn, BODY)
    assert findings(report, "truncated-tail") == [591]
    assert (report.root, report.rows) == (None, 590)
    assert findings(verify(conn, BODY, receipts), "rolled-back") == list(range(591, 601))


def test_a_row_beyond_the_head_is_found(conn: Connection, receipts: list[Receipt]) -> None:
    assert receipts
    tamper(
        conn,
        "INSERT INTO ledger.events SELECT ledger, 1e12, gen_random_uuid(), version, type, recorded_at, "
        "agency_seq, payload, leaf FROM ledger.events WHERE seq = 600",
    )
    report = verify(conn, BODY)
    assert findings(report, "row-beyond-head") == [10**12]
    assert set(report.codes) == {"row-beyond-head", "version-gap", "row-without-receipt"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE ledger.ledgers SET root = sha256('other')", "wrong-root"),
        ("DELETE FROM ledger.tiles WHERE index = 1", "missing-tile"),
        ("UPDATE ledger.tiles SET root = sha256('other') WHERE index = 0", "wrong-tile"),
        ("UPDATE ledger.tiles SET hashes = reverse(hashes) WHERE index = 0", "wrong-tile"),
        (
            "INSERT INTO ledger.tiles SELECT ledger, 0, index + 2, root, hashes FROM ledger.tiles",
            "extra-tile",
        ),
        (
            "INSERT INTO ledger.tiles SELECT ledger, 9, index, root, hashes FROM ledger.tiles",
            "extra-tile",
        ),
        ("UPDATE ledger.receipts SET leaf = sha256('other') WHERE seq = 7", "wrong-receipt"),
        ("UPDATE ledger.receipts SET seq = 10000 WHERE seq = 7", "receipt-without-row"),
        ("DELETE FROM ledger.receipts WHERE seq = 7", "row-without-receipt"),
        ("DELETE FROM ledger.ledgers", "missing-ledger"),
    ],
)
def test_what_is_stored_beside_the_rows_is_held_against_them(
    conn: Connection, receipts: list[Receipt], change: str, code: str
) -> None:
    assert receipts
    tamper(conn, change)
    assert code in verify(conn, BODY).codes


def test_a_document_whose_versions_have_a_gap_is_found(conn: Connection, receipts: list[Receipt]) -> None:
    assert receipts
    with guards_off(conn):
        conn.execute("UPDATE ledger.events SET version = version + 1000 WHERE seq = 600")
        seal_over(conn)
    report = verify(conn, BODY)
    assert [(each.code, each.seq) for each in report.findings] == [("version-gap", 600)]


def test_a_row_recorded_before_the_one_before_it_is_found(conn: Connection, receipts: list[Receipt]) -> None:
    assert receipts
    with guards_off(conn):
        conn.execute("UPDATE ledger.events SET recorded_at = recorded_at - interval '1 hour' WHERE seq = 600")
        seal_over(conn)
    report = verify(conn, BODY)
    assert [(each.code, each.seq) for each in report.findings] == [("time-reversed", 600)]


def edit(conn: Connection) -> None:
    conn.execute("UPDATE ledger.events SET payload = payload || '\\x00' WHERE seq = 300")


def truncate(conn: Connection) -> None:
    conn.execute("DELETE FROM ledger.events WHERE seq > 590")


@pytest.mark.parametrize(
    ("forge", "by_receipts", "by_checkpoint"),
    [(edit, ["rewritten-row"], ["rewritten-history"]), (truncate, ["rolled-back"], ["rolled-back"])],
)
def test_a_forger_of_the_whole_database_is_betrayed_by_witnesses_alone(
    conn: Connection,
    receipts: list[Receipt],
    forge: Callable[[Connection], None],
    by_receipts: list[str],
    by_checkpoint: list[str],
) -> None:
    signed = checkpoint_now(conn)
    with guards_off(conn):
        forge(conn)
        seal_over(conn)
    alone = verify(conn, BODY)
    assert (alone.ok, alone.caveat) == (True, "no-outside-witness")
    assert list(verify(conn, BODY, receipts).codes) == by_receipts
    assert list(verify(conn, BODY, checkpoints=[signed]).codes) == by_checkpoint


def test_an_older_state_put_back_is_found(conn: Connection, log: Log, receipts: list[Receipt]) -> None:
    older = checkpoint_now(conn)
    newer = [each.receipt for each in record(conn, log, scores(50))]
    signed = checkpoint_now(conn)
    with guards_off(conn):
        conn.execute("DELETE FROM ledger.events WHERE seq > %s", [SIZE])
        seal_over(conn)
    assert verify(conn, BODY, receipts, [older]).ok
    assert findings(verify(conn, BODY, newer), "rolled-back") == list(range(601, 651))
    assert verify(conn, BODY, checkpoints=[older, signed]).codes == ("rolled-back",)
    record(conn, new_log(), scores(50, employees=50))
    assert "rewritten-row" in verify(conn, BODY, newer).codes
    assert verify(conn, BODY, checkpoints=[older, signed]).codes == ("rewritten-history",)


def test_a_signed_checkpoint_is_held_against_the_rows(conn: Connection, receipts: list[Receipt]) -> None:
    key = Ed25519PrivateKey.generate()
    note = sign(checkpoint_now(conn), key)
    signed = open_note(note, [verifier_of(origin_of(BODY), key)], origin_of(BODY))
    report = verify(conn, BODY, receipts, [signed, Checkpoint(origin_of(BODY), 0, merkle.EMPTY_ROOT)])
    assert (report.ok, report.checkpoints_checked) == (True, 2)
    stray = Checkpoint(origin_of("other"), signed.size, signed.root)
    assert verify(conn, BODY, checkpoints=[stray]).codes == ("wrong-origin",)


def test_an_empty_ledger_verifies_against_an_empty_checkpoint(conn: Connection) -> None:
    open_ledger(conn, BODY)
    assert verify(conn, BODY, checkpoints=[Checkpoint(origin_of(BODY), 0, merkle.EMPTY_ROOT)]).ok
    forged = Checkpoint(origin_of(BODY), 0, bytes(32))
    assert verify(conn, BODY, checkpoints=[forged]).codes == ("rewritten-history",)


def test_findings_of_a_kind_are_listed_up_to_a_hundred(conn: Connection, receipts: list[Receipt]) -> None:
    assert receipts
    tamper(conn, "UPDATE ledger.events SET payload = payload || '\\x00'")
    report = verify(conn, BODY)
    assert len(findings(report, "edited-row")) == 100
    assert not report.ok
