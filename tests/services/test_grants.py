"""What is too much and what is missing of the database's rights is named, and nothing starts with it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from events import schema
from events.log import Connection, open_ledger
from services import grants
from services.servers import Servers, ServersError, connect

pytestmark = pytest.mark.servers

PAGE = Path(grants.__file__).with_name("grants.txt")


@pytest.fixture
def own(servers: Servers, database: str) -> Servers:
    # What PUBLIC may do in a database is not copied with it.
    schema.migrate(database)
    return Servers(database, "", embedded=servers.embedded)


@pytest.fixture
def owner(own: Servers) -> Iterator[Connection]:
    with connect(own, autocommit=True) as conn:
        open_ledger(conn, "aul")
        yield conn


def test_a_migrated_database_has_the_rights_that_are_written_down_and_no_others(owner: Connection) -> None:
    if os.environ.get("BAGALAU_WRITE_GRANTS"):
        reasons = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("#")]
        PAGE.write_text("\n".join([*reasons, *grants.held(owner), ""]), "utf-8")
        grants.expected.cache_clear()
    assert not grants.differences(owner), grants.differences(owner)


def test_one_that_nothing_was_recorded_in_yet_has_them_too(own: Servers) -> None:
    with connect(own, "bagalau_writer", autocommit=True) as conn:
        grants.check(conn)


@pytest.mark.parametrize("role", ["writer", "projector", "reader", "auditor", "destroyer"])
def test_whoever_logs_in_may_ask(own: Servers, owner: Connection, role: str) -> None:
    assert owner
    with connect(own, f"bagalau_{role}", autocommit=True) as conn:
        grants.check(conn)


TAMPERED = {
    "GRANT SELECT ON projection.grades TO bagalau_auditor": "projection.grades: SELECT to bagalau_auditor",
    "GRANT UPDATE (grade) ON projection.grades TO bagalau_reader": "projection.grades(grade): UPDATE to",
    "GRANT SELECT ON ledger.events_1 TO PUBLIC": "ledger.events_N: SELECT to PUBLIC",
    "CREATE POLICY wide ON ledger.documents TO bagalau_reader USING (true)": "policy wide for ALL",
    "ALTER POLICY shown ON projection.grades USING (true)": "projection.grades: policy shown for SELECT",
    "ALTER POLICY shown ON projection.grades_1 USING (true)": "guarded otherwise than its table",
    "ALTER TABLE projection.grades_1 NO FORCE ROW LEVEL SECURITY": "guarded otherwise than its table",
    "ALTER TABLE ledger.events DISABLE TRIGGER append_only": "trigger append_only off at times",
    "DROP TRIGGER no_truncate ON ledger.events_1": "ledger.events_N: a partition guarded otherwise",
    "ALTER VIEW projection.live_grades RESET (security_invoker)": "",
    "ALTER TABLE projection.dossiers DISABLE ROW LEVEL SECURITY": "",
    "DROP POLICY own ON ledger.admissions": "",
    "REVOKE SELECT ON ledger.events FROM bagalau_projector": "",
    "CREATE OR REPLACE FUNCTION ledger.viewers_role() RETURNS text STABLE RETURN 'hr'": "viewers_role: is",
    "GRANT EXECUTE ON FUNCTION ledger.open_ledger(text) TO bagalau_reader": "EXECUTE to bagalau_reader",
    "GRANT CREATE ON SCHEMA ledger TO bagalau_writer": "schema ledger: CREATE to bagalau_writer",
    "CREATE TABLE ledger.added (x integer)": "ledger.added: owned by",
}


def test_whatever_is_changed_is_named_and_refused(own: Servers, owner: Connection) -> None:
    with connect(own) as conn:
        for statement, told in TAMPERED.items():
            conn.execute(statement.encode())
            found = grants.differences(conn)
            assert found, statement
            assert any(told in line for line in found.too_much) if told else found.missing, (statement, found)
            with pytest.raises(ServersError) as refused:
                grants.check(conn)
            assert refused.value.code == "grants-differ"
            conn.rollback()
    assert not grants.differences(owner)


@pytest.mark.parametrize(
    ("given", "taken", "told"),
    [
        ("ALTER ROLE {} BYPASSRLS", "ALTER ROLE {} NOBYPASSRLS", "role {}: BYPASSRLS"),
        ("ALTER ROLE {} CREATEROLE", "ALTER ROLE {} NOCREATEROLE", "role {}: CREATEROLE"),
        ("GRANT bagalau_writer TO {}", "REVOKE bagalau_writer FROM {}", "role {}: member of bagalau_writer"),
    ],
)
def test_a_role_that_was_given_more_is_named(owner: Connection, given: str, taken: str, told: str) -> None:
    # Roles are the whole cluster's: never committed, so that nobody else sees it.
    with owner.transaction(force_rollback=True):
        owner.execute(given.format("bagalau_reader").encode())
        assert grants.differences(owner).too_much == (told.format("bagalau_reader"),)
        owner.execute(taken.format("bagalau_reader").encode())
        assert not grants.differences(owner)


def test_a_generation_that_is_being_filled_and_one_that_stands_beside_differ_in_nothing(
    owner: Connection,
) -> None:
    owner.execute("SET ROLE bagalau_owner")
    owner.execute("SELECT projection.make_generation(2)")
    assert not grants.differences(owner)
    owner.execute("SELECT projection.attach_generation(2, 1)")
    assert not grants.differences(owner)
    owner.execute("GRANT SELECT ON projection.grades_2 TO bagalau_reader")
    assert grants.differences(owner).too_much == ("projection.grades_N: SELECT to bagalau_reader",)
