from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import psycopg
import pytest
from alembic.script import ScriptDirectory
from ledgers import BODY, new_log, record, scores
from psycopg import errors, sql

import events.schema
import projections.schema
from events import schema
from events.keyring import STALE_KEK
from events.log import Connection, open_ledger
from events.schema.migrations import Migrations
from events.schema.upgrading import config

pytestmark = pytest.mark.servers

APPEND_ONLY = ["events", "tiles", "receipts"]
ROLES = ["bagalau_writer", "bagalau_projector", "bagalau_reader", "bagalau_auditor", "bagalau_destroyer"]


@pytest.fixture
def conn(database: str) -> Iterator[Connection]:
    with psycopg.connect(database, autocommit=True) as conn:
        record(conn, new_log(), scores(300))
        yield conn


def under(conn: Connection, role: str) -> None:
    conn.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))


def test_a_new_database_is_told_to_be_migrated_and_then_fits(empty_database: str) -> None:
    with psycopg.connect(empty_database, autocommit=True) as conn:
        assert schema.current(empty_database) is None
        with pytest.raises(schema.SchemaError) as missing:
            schema.check(conn)
        assert missing.value.code == "schema-missing"
        schema.migrate(empty_database)
        assert schema.current(empty_database) == schema.latest()
        schema.check(conn)


def test_each_revision_leads_to_the_next(empty_database: str) -> None:
    with psycopg.connect(empty_database, autocommit=True) as conn:
        schema.migrate(empty_database, "0001")
        with pytest.raises(schema.SchemaError) as behind:
            schema.check(conn)
        assert behind.value.code == "schema-behind"
        schema.migrate(empty_database)
        schema.check(conn)


def test_a_database_of_a_newer_release_is_refused(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("UPDATE ledger.alembic_version SET version_num = '9999'")
        with pytest.raises(schema.SchemaError) as ahead:
            schema.check(conn)
        assert ahead.value.code == "schema-ahead"


def test_several_processes_may_migrate_at_once(empty_database: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(schema.migrate, [empty_database] * 4))
    assert schema.current(empty_database) == schema.latest()


def test_each_revision_has_its_statements_beside_it() -> None:
    versions = Path(schema.__file__).parent / "versions"
    revisions = {path.stem for path in versions.glob("v*.py")}
    assert revisions == {path.stem for path in versions.glob("v*.sql")}
    assert revisions


@pytest.mark.parametrize("module", [events.schema, projections.schema], ids=lambda module: module.SCHEMA)
def test_the_revisions_by_their_files_are_those_that_are_run(module: ModuleType) -> None:
    versions = Path(str(module.__file__)).parent / "versions"
    run = ScriptDirectory.from_config(config(module.SCHEMA, versions)).walk_revisions()
    known = Migrations(module.SCHEMA, versions, "", 0).revisions()
    assert known == [each.revision for each in run][::-1]
    assert module.latest() == known[-1]


@pytest.mark.parametrize("role", ROLES)
def test_every_process_may_see_whether_the_schema_fits(conn: Connection, role: str) -> None:
    under(conn, role)
    schema.check(conn)


def test_nobody_logs_in_as_the_owner_of_the_ledgers(conn: Connection) -> None:
    owners = conn.execute(
        "SELECT DISTINCT tableowner, rolcanlogin FROM pg_tables JOIN pg_roles ON rolname = tableowner "
        "WHERE schemaname = 'ledger'"
    ).fetchall()
    assert owners == [("bagalau_owner", False)]


@pytest.mark.parametrize("table", [*APPEND_ONLY, "events_1"])
@pytest.mark.parametrize("change", ["UPDATE {} SET ledger = ledger", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_is_recorded_is_changed_by_nobody(conn: Connection, table: str, change: str) -> None:
    conn.execute("SET session_replication_role = replica")
    with pytest.raises(errors.RestrictViolation, match="append-only"):
        conn.execute(sql.SQL(change).format(sql.Identifier("ledger", table)))


def test_a_ledger_opened_later_is_guarded_too(conn: Connection) -> None:
    open_ledger(conn, "later")
    record(conn, new_log(), scores(1, body="later"))
    for change in ("UPDATE {} SET version = 2", "DELETE FROM {}", "TRUNCATE {}"):
        with pytest.raises(errors.RestrictViolation, match="append-only"):
            conn.execute(sql.SQL(change).format(sql.Identifier("ledger", "events_2")))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger.ledgers SET size = size - 1",
        "UPDATE ledger.ledgers SET root = sha256('')",
        "UPDATE ledger.ledgers SET size = size + 1, recorded_at = recorded_at - interval '1 second'",
        "UPDATE ledger.ledgers SET ledger = 'other', size = size + 1",
        "DELETE FROM ledger.ledgers",
        "TRUNCATE ledger.ledgers",
    ],
)
def test_a_head_only_grows(conn: Connection, change: str) -> None:
    with pytest.raises(errors.RestrictViolation, match="append-only"):
        conn.execute(change)


@pytest.mark.parametrize("role", ROLES)
def test_no_process_may_empty_a_table(conn: Connection, role: str) -> None:
    under(conn, role)
    for table in (*APPEND_ONLY, "ledgers", "documents", "rejections", "rejection_keys"):
        with pytest.raises(errors.InsufficientPrivilege):
            conn.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier("ledger", table)))


@pytest.mark.parametrize(
    "role", [role for role in ROLES if role not in {"bagalau_writer", "bagalau_destroyer"}]
)
def test_the_writer_alone_appends(conn: Connection, role: str) -> None:
    under(conn, role)
    for table in APPEND_ONLY:
        with pytest.raises(errors.InsufficientPrivilege):
            conn.execute(
                sql.SQL("INSERT INTO {} SELECT * FROM {} LIMIT 0").format(
                    sql.Identifier("ledger", table), sql.Identifier("ledger", table)
                )
            )
    with pytest.raises(errors.InsufficientPrivilege):
        open_ledger(conn, "mine")


@pytest.mark.parametrize(
    ("table", "column"),
    [
        *((table, "ledger") for table in (*APPEND_ONLY, "documents", "ledgers")),
        ("documents", "key"),
        ("rejections", "problem"),
        ("rejection_keys", "key"),
    ],
)
def test_the_writer_neither_changes_nor_deletes(conn: Connection, table: str, column: str) -> None:
    under(conn, "bagalau_writer")
    named = sql.Identifier("ledger", table)
    with pytest.raises(errors.InsufficientPrivilege):
        conn.execute(sql.SQL("UPDATE {} SET {} = NULL").format(named, sql.Identifier(column)))
    with pytest.raises(errors.InsufficientPrivilege):
        conn.execute(sql.SQL("DELETE FROM {}").format(named))


def test_an_auditor_holds_no_key(conn: Connection) -> None:
    under(conn, "bagalau_auditor")
    for table in ("documents", "rejections", "rejection_keys"):
        with pytest.raises(errors.InsufficientPrivilege):
            conn.execute(sql.SQL("SELECT FROM {}").format(sql.Identifier("ledger", table)))


def test_the_destroyer_deletes_documents_alone(conn: Connection) -> None:
    under(conn, "bagalau_destroyer")
    conn.execute("DELETE FROM ledger.documents WHERE ledger = %s", [BODY])
    for table in APPEND_ONLY:
        with pytest.raises(errors.InsufficientPrivilege):
            conn.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier("ledger", table)))


def test_the_destroyer_appends_acts_of_destruction_alone(conn: Connection) -> None:
    insert = (
        "INSERT INTO ledger.events SELECT ledger, seq + 1000, stream, version + 1000, %s, recorded_at,"
        " agency_seq, payload, leaf FROM ledger.events WHERE seq = 1"
    )
    under(conn, "bagalau_destroyer")
    assert conn.execute(insert, ["DocumentDestroyed"]).rowcount == 1
    for other in ("ScoreSubmitted", "ResultRestated", "DocumentDestroyedNot"):
        with pytest.raises(errors.InsufficientPrivilege):
            conn.execute(insert, [other])
    with pytest.raises(errors.InsufficientPrivilege):
        open_ledger(conn, "mine")


def test_a_key_under_an_older_key_than_the_living_is_refused(conn: Connection) -> None:
    under(conn, "bagalau_destroyer")
    conn.execute("UPDATE ledger.wrapping SET kek = 7")
    with pytest.raises(errors.RestrictViolation):
        conn.execute("UPDATE ledger.wrapping SET kek = 6")
    under(conn, "bagalau_writer")
    insert = (
        "INSERT INTO ledger.documents (ledger, stream, name, kek, key)"
        " VALUES ('zhanakorgan', gen_random_uuid(), uuid_send(gen_random_uuid()), %s, '')"
    )
    assert conn.execute(insert, [7]).rowcount == 1
    with pytest.raises(psycopg.DatabaseError) as caught:
        conn.execute(insert, [6])
    assert caught.value.sqlstate == STALE_KEK


def test_readers_and_writers_pass_while_a_ledger_is_opened(conn: Connection, database: str) -> None:
    with psycopg.connect(database) as opening:
        under(opening, "bagalau_writer")
        assert open_ledger(opening, "new-body")
        conn.execute("SET lock_timeout = '2s'")
        record(conn, new_log(), scores(3, employees=1))
        assert conn.execute("SELECT count(*) FROM ledger.events").fetchone() == (303,)
    assert conn.execute("SELECT size FROM ledger.ledgers WHERE ledger = 'new-body'").fetchone() == (0,)


def test_a_ledger_is_opened_once(conn: Connection) -> None:
    assert open_ledger(conn, "twice")
    assert not open_ledger(conn, "twice")


@pytest.mark.parametrize("code", ["", "Aul", "a_b", "a'b", "-a", "a-", "a" * 49])
def test_a_ledger_has_the_code_of_a_body(conn: Connection, code: str) -> None:
    with pytest.raises(errors.CheckViolation):
        open_ledger(conn, code)
