"""Ways round row security, each tried under the reader's own login, and each leading nowhere."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors
from psycopg_pool import ConnectionPool

from events import schema
from events.log import Connection
from projections.viewing import AlreadyReadingError, View, viewing
from services.servers import Servers, connect, conninfo
from tests.projections.shown import (
    AGENCY,
    BODY,
    EVALUATED,
    OTHER,
    OWN,
    disclose,
    hashed,
    settle,
    stream,
)

pytestmark = pytest.mark.servers

SETTINGS = ("bagalau.ledger", "bagalau.viewer", "bagalau.role", "bagalau.disclosure", "transaction_timeout")
HIS = View(BODY, hashed(OWN), "servant")
OTHERS = f"'{stream(f'sheet of {EVALUATED}')}'"


@pytest.fixture
def own(servers: Servers, database: str) -> Servers:
    return Servers(database, "", embedded=servers.embedded)


@pytest.fixture
def owner(own: Servers) -> Iterator[Connection]:
    # What PUBLIC may do in a database is not copied with it.
    schema.migrate(own.postgres_url)
    with connect(own, autocommit=True) as conn:
        settle(conn)
        conn.execute("ANALYZE")
        yield conn


@pytest.fixture
def reader(own: Servers, owner: Connection) -> Iterator[Connection]:
    assert owner
    with connect(own, "bagalau_reader", autocommit=True) as conn:
        yield conn


def number(conn: Connection, query: str) -> int:
    row = conn.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def nothing_is_said(conn: Connection) -> bool:
    said = [conn.execute("SELECT current_setting(%s, true)", [name]).fetchone() for name in SETTINGS]
    return said[:-1] == [("",)] * 4 and said[-1] == ("0",)


def test_what_is_said_of_a_viewer_ends_with_his_transaction(reader: Connection) -> None:
    with viewing(reader, HIS):
        assert number(reader, "SELECT count(*) FROM projection.live_grades") == 2
    assert nothing_is_said(reader)
    assert number(reader, "SELECT count(*) FROM projection.live_grades") == 0
    with pytest.raises(errors.DivisionByZero), viewing(reader, HIS):
        reader.execute("SELECT 1 / 0")
    assert nothing_is_said(reader)
    assert number(reader, "SELECT count(*) FROM projection.live_grades") == 0


def test_a_viewer_is_not_put_into_a_transaction_that_is_open(reader: Connection) -> None:
    with reader.transaction(), pytest.raises(AlreadyReadingError), viewing(reader, HIS):
        pass
    with viewing(reader, HIS), pytest.raises(AlreadyReadingError), viewing(reader, HIS):
        pass


def test_the_next_user_of_a_pooled_connection_is_nobody(own: Servers, owner: Connection) -> None:
    assert owner
    with ConnectionPool(conninfo(own, "bagalau_reader"), min_size=1, max_size=1) as pool:
        with pool.connection() as conn:
            backend = conn.info.backend_pid
            with viewing(conn, HIS):
                assert number(conn, "SELECT count(*) FROM projection.live_grades") == 2
        for broken in (False, True):
            with pool.connection() as conn:
                assert conn.info.backend_pid == backend
                assert number(conn, "SELECT count(*) FROM projection.live_grades") == 0
                conn.rollback()
                if not broken:
                    with pytest.raises(ZeroDivisionError), viewing(conn, HIS):
                        raise ZeroDivisionError


def test_a_prepared_statement_and_a_function_are_planned_for_nobody_in_particular(reader: Connection) -> None:
    query = "SELECT count(*) FROM projection.live_grades WHERE ledger = %s"
    for _ in range(8):  # past the fifth time a plan may be kept for all
        with viewing(reader, HIS):
            assert reader.execute(query, [BODY], prepare=True).fetchone() == (2,)
        assert reader.execute(query, [BODY], prepare=True).fetchone() == (0,)
        with viewing(reader, View(BODY, hashed(EVALUATED), "servant")):
            assert reader.execute(query, [BODY], prepare=True).fetchone() == (2,)


def test_a_cursor_that_outlives_the_transaction_holds_what_the_viewer_was_shown(reader: Connection) -> None:
    with viewing(reader, HIS):
        reader.execute("DECLARE kept CURSOR WITH HOLD FOR SELECT person FROM projection.live_grades")
    assert reader.execute("FETCH ALL FROM kept").fetchall() == [(hashed(OWN),)] * 2
    reader.execute("CLOSE kept")
    reader.execute("DECLARE none CURSOR WITH HOLD FOR SELECT person FROM projection.live_grades")
    with viewing(reader, HIS):
        assert reader.execute("FETCH ALL FROM none").fetchall() == []


def test_a_disclosure_that_is_not_committed_admits_nobody(
    own: Servers, owner: Connection, reader: Connection
) -> None:
    with connect(own) as intake:
        intake.execute("SELECT")  # its transaction is open before, and is not ended with the disclosure
        said = disclose(intake, BODY, (AGENCY, "central"), None)
        ledger, _, seq = said.partition("/")
        view = View(AGENCY, hashed("central"), "central", (ledger, int(seq)))
        with viewing(reader, view):
            assert number(reader, "SELECT count(*) FROM projection.live_grades") == 0
        intake.rollback()
        with viewing(reader, view):
            assert number(reader, "SELECT count(*) FROM projection.live_grades") == 0
    assert owner.execute("SELECT count(*) FROM ledger.admissions").fetchone() == (0,)


def test_an_admission_ends_for_a_transaction_that_goes_on(owner: Connection, reader: Connection) -> None:
    said = disclose(owner, BODY, (AGENCY, "central"), None)
    with viewing(reader, View(AGENCY, hashed("central"), "central", (BODY, int(said.partition("/")[2])))):
        assert number(reader, "SELECT count(*) FROM projection.live_grades") > 2
        owner.execute("UPDATE ledger.admissions SET until = clock_timestamp()")
        assert number(reader, "SELECT count(*) FROM projection.live_grades") == 0
        assert number(reader, "SELECT count(*) FROM ledger.admitted") == 0


JOINS = (
    """
    SELECT count(*) FROM projection.live AS l LEFT JOIN projection.grades AS g USING (generation)
    WHERE g.person IS NOT NULL AND g.person <> ledger.viewer()
    """,
    """
    SELECT count(*) FROM ledger.documents AS d JOIN ledger.events AS e USING (ledger, stream)
    WHERE
        d.ledger <> 'agency' AND d.shared IS NULL
        AND NOT EXISTS (
            SELECT FROM projection.dossiers AS p WHERE p.stream = d.stream AND p.person = ledger.viewer()
        )
    """,
    "SELECT count(*) FROM projection.record_keys AS r WHERE r.person <> ledger.viewer()",
    f"""
    WITH RECURSIVE every AS (
        SELECT id FROM projection.grades
        UNION
        SELECT g.id FROM projection.grades AS g JOIN every USING (id)
    )
    SELECT count(*) FROM every WHERE id = {OTHERS}
    """,
    f"""
    SELECT count(*) FROM (VALUES ({OTHERS}::uuid)) AS v (id)
    WHERE EXISTS (SELECT FROM projection.grades AS g WHERE g.id = v.id)
    """,
    f"SELECT count(*) FROM projection.live_grades AS g, LATERAL (SELECT g.id) AS s WHERE s.id = {OTHERS}",
    "SELECT max(n) - 2 FROM (SELECT count(*) OVER () AS n FROM projection.live_grades) AS w",
    "SELECT count(*) FROM projection.grades WHERE generation <> 1",
    "SELECT count(*) FROM projection.grades TABLESAMPLE SYSTEM (100) WHERE person <> ledger.viewer()",
)


def test_no_join_and_no_count_reaches_another_row(reader: Connection) -> None:
    with viewing(reader, HIS):
        for query in JOINS:
            assert number(reader, query) == 0, query


FAILING = (
    "1 / (CASE WHEN person = ledger.viewer() THEN 1 ELSE 0 END) = 1",
    "CASE WHEN person = ledger.viewer() THEN true ELSE grade::integer > 0 END",
    "(CASE WHEN person = ledger.viewer() THEN '1' ELSE encode(person, 'hex') END)::integer = 1",
    "CASE WHEN person = ledger.viewer() THEN true ELSE ('{' || encode(sealed, 'hex'))::json IS NULL END",
    """
    CASE
        WHEN person = ledger.viewer() THEN true
        ELSE set_config('bagalau.role', encode(person, 'hex'), false) IS NULL
    END
    """,
)


def test_a_condition_that_fails_on_anothers_row_never_sees_it(reader: Connection) -> None:
    with viewing(reader, HIS):
        for condition in FAILING:
            for table in ("projection.live_grades", "projection.grades"):
                assert number(reader, f"SELECT count(*) FROM {table} WHERE {condition}") == 2, condition


def test_the_reader_makes_no_function_that_could_look(reader: Connection) -> None:
    for place in ("pg_temp", "public", "ledger", "projection"):
        with pytest.raises(errors.InsufficientPrivilege):
            reader.execute(
                f"CREATE FUNCTION {place}.looks(bytea) RETURNS boolean LANGUAGE plpgsql COST 0.0001"
                " AS 'BEGIN RAISE NOTICE ''%'', $1; RETURN true; END'".encode()
            )
        for made in (
            "TABLE {}.t (x int)",
            "VIEW {}.v AS SELECT 1",
            "OPERATOR {}.=== (FUNCTION = byteaeq, LEFTARG = bytea, RIGHTARG = bytea)",
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                reader.execute(f"CREATE {made.format(place)}".encode())


def test_a_cheap_function_of_anothers_making_sees_what_the_viewer_sees(
    owner: Connection, reader: Connection
) -> None:
    owner.execute(
        "CREATE FUNCTION public.looks(bytea) RETURNS boolean LANGUAGE plpgsql COST 0.0001"
        " AS 'BEGIN RAISE NOTICE ''saw %'', encode($1, ''hex''); RETURN true; END'"
    )
    seen: list[str] = []
    reader.add_notice_handler(lambda told: seen.append(told.message_primary or ""))
    with viewing(reader, HIS):
        for table in (
            "projection.live_grades",
            "projection.grades",
            "projection.dossiers",
            "projection.record_keys",
        ):
            reader.execute(f"SELECT FROM {table} WHERE public.looks(person)".encode())
    assert set(seen) == {f"saw {hashed(OWN).hex()}"}


def test_a_plan_tells_how_it_would_look_and_not_what_is_there(owner: Connection, reader: Connection) -> None:
    plan = "EXPLAIN (ANALYZE, FORMAT JSON, TIMING off) SELECT FROM projection.live_grades WHERE person = %s"
    with viewing(reader, HIS):
        told = []
        for who in (EVALUATED, "nobody at all"):
            row = reader.execute(plan, [hashed(who)]).fetchone()
            assert row is not None
            top = row[0][0]["Plan"]
            told.append((top["Actual Rows"], top["Plan Rows"], top["Node Type"]))
        assert told[0] == told[1]
        assert told[0][0] == 0
        for view in ("pg_stats", "pg_stats_ext", "pg_stats_ext_exprs"):
            hidden = f"""
                SELECT count(*) FROM {view}
                WHERE
                    schemaname IN ('ledger', 'projection')
                    AND tablename ~ '^(grades|dossiers|record_keys|documents|events|rejections|admissions)'
            """
            assert number(reader, hidden) == 0
        for catalogue in ("pg_statistic", "pg_statistic_ext_data", "pg_authid"):
            with pytest.raises(errors.InsufficientPrivilege), reader.transaction():
                reader.execute(f"SELECT FROM {catalogue}".encode())
    assert number(owner, "SELECT count(*) FROM pg_stats WHERE tablename = 'grades_1'") > 0


def test_a_key_that_is_taken_elsewhere_is_not_told(own: Servers, owner: Connection) -> None:
    """Keys are each body's own: what one body inserts never collides with another's."""
    keys = owner.execute(
        """
        SELECT c.relname, pg_get_indexdef(i.indexrelid)
        FROM pg_index AS i
        JOIN pg_class AS c ON c.oid = i.indrelid
        JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname IN ('ledger', 'projection')
        WHERE
            i.indisunique
            AND c.relname IN ('events', 'documents', 'receipts', 'grades', 'dossiers', 'record_keys', 'tiles')
        """
    ).fetchall()
    assert len(keys) >= 8
    assert all(
        definition.partition("(")[2].replace("generation, ", "").startswith("ledger")
        for _, definition in keys
    )
    with connect(own, "bagalau_reader", autocommit=True) as reader, viewing(reader, HIS):
        for statement in (
            f"INSERT INTO projection.dossiers VALUES ('{BODY}', '\\x{hashed(EVALUATED).hex()}', {OTHERS})",
            f"INSERT INTO projection.record_keys VALUES ('{OTHER}', '', {OTHERS}, 1, '')",
        ):
            with pytest.raises(errors.InsufficientPrivilege), reader.transaction():
                reader.execute(statement.encode())


FORBIDDEN = (
    *(f"SET ROLE {role}" for role in ("postgres", "bagalau_owner", "bagalau_projector")),
    "SET SESSION AUTHORIZATION bagalau_projector",
    "SET SESSION AUTHORIZATION postgres",
    "ALTER ROLE bagalau_reader BYPASSRLS",
    "GRANT bagalau_projector TO bagalau_reader",
    "ALTER TABLE projection.grades NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE projection.grades DISABLE ROW LEVEL SECURITY",
    "DROP POLICY shown ON projection.grades",
    "CREATE POLICY mine ON projection.grades USING (true)",
    "COPY projection.grades TO PROGRAM 'cat'",
    "COPY (SELECT 1) TO '/tmp/bagalau-reader'",
    "SELECT pg_read_file('postgresql.conf')",
    "SELECT lo_import('/etc/hostname')",
    "SET session_replication_role = replica",
    "LOCK TABLE projection.grades IN EXCLUSIVE MODE",
    "CREATE EXTENSION pageinspect",
    "SELECT ledger.open_ledger('mine')",
    "SELECT projection.make_generation(9)",
)


def test_the_reader_becomes_nobody_else(own: Servers, reader: Connection) -> None:
    with viewing(reader, HIS):
        for statement in FORBIDDEN:
            if not own.embedded and "SET ROLE" in statement:
                continue  # the migrator's own session may take any of his roles
            with pytest.raises(psycopg.Error), reader.transaction():
                reader.execute(statement.encode())
        assert number(reader, "SELECT count(*) FROM projection.grades") == 2


LARGE_OBJECTS = (
    "SELECT lo_creat(-1)",
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, 'disk')",
    "SELECT lo_put(1, 0, 'disk')",
    "SELECT lowrite(0, 'disk')",
)


def test_nobody_fills_the_disk_with_large_objects(own: Servers, owner: Connection) -> None:
    if not own.embedded:
        pytest.skip("a migrator who is no superuser cannot take it away")
    for role in ("writer", "projector", "reader", "auditor", "destroyer"):
        with connect(own, f"bagalau_{role}", autocommit=True) as conn:
            for statement in LARGE_OBJECTS:
                with pytest.raises(errors.InsufficientPrivilege):
                    conn.execute(statement.encode())
    assert number(owner, "SELECT count(*) FROM pg_largeobject_metadata") == 0


def test_row_security_is_not_switched_off_but_refuses(reader: Connection) -> None:
    with viewing(reader, HIS):
        reader.execute("SET LOCAL row_security = off")
        for table in ("projection.grades", "ledger.documents", "ledger.events", "ledger.rejections"):
            with pytest.raises(errors.InsufficientPrivilege), reader.transaction():
                reader.execute(f"SELECT count(*) FROM {table}".encode())


def test_whoever_copies_out_copies_what_he_is_shown(reader: Connection) -> None:
    with viewing(reader, HIS), reader.cursor() as cursor:
        for source in ("projection.live_grades", "projection.grades"):
            with cursor.copy(f"COPY (SELECT person FROM {source}) TO STDOUT".encode()) as copy:
                assert {bytes(row) for row in copy} == {f"\\\\x{hashed(OWN).hex()}\n".encode()}
