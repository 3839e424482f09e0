import re

import psycopg
import pytest
from psycopg import errors

from events.keyring import Keyring
from events.log import Connection
from projections import schema, store
from projections.live import Live
from projections.rows import RowError, person_of
from tests.facts import assessed, body_and_servant, ref
from tests.projections.recorded import Recorder, catch_up, folded, in_order, sample

pytestmark = pytest.mark.servers


@pytest.fixture
def country(recorder: Recorder, projector: Connection, keys: Keyring) -> Recorder:
    assert recorder.record(sample(400)) > 300
    catch_up(projector, Live(keys))
    return recorder


@pytest.fixture
def servant(recorder: Recorder, projector: Connection, keys: Keyring) -> Recorder:
    """One servant with two quarters, and so a year."""
    marks = ("4.11", "4.22", "4.33", "4.44", "4.55")
    recorder.record([*body_and_servant(), *assessed(marks), *assessed(of=ref(period="2026-Q2"))])
    catch_up(projector, Live(keys))
    return recorder


def test_the_schema_is_at_this_release(owner: Connection, database: str) -> None:
    schema.check(owner)
    assert schema.current(database) == schema.latest()
    schema.migrate(database)


@pytest.mark.usefixtures("servant")
def test_a_grade_is_read_whole(reader: Connection, keys: Keyring) -> None:
    found = list(store.grades(reader, keys))
    assert [(one.kind, one.period, one.score, one.grade) for one in found] == [
        ("quarterly", "2026-Q1", "4.33", "effective"),
        ("quarterly", "2026-Q2", "5.00", "effective"),
        ("annual", "2026", "4.67", "effective"),
    ]
    assert found[2].quarters is not None
    assert [quarter.score for quarter in found[2].quarters] == ["4.33", "5.00"]


def test_grades_are_chosen_by_body_employee_period_and_kind(
    country: Recorder, reader: Connection, keys: Keyring
) -> None:
    everyone = folded(country.conn, country.log)
    some = everyone[len(everyone) // 2]
    for wanted in (
        {},
        {"ledger": some.body},
        {"employee": some.employee},
        {"ledger": some.body, "employee": some.employee},
        {"period": some.period},
        {"kind": "annual"},
        {"ledger": some.body, "kind": "quarterly", "period": "2026-Q1"},
    ):
        fields = {"body" if name == "ledger" else name: value for name, value in wanted.items()}
        expected = [
            one for one in everyone if all(getattr(one, name) == value for name, value in fields.items())
        ]
        assert expected
        assert in_order(store.grades(reader, keys, **wanted)) == expected
    assert list(store.grades(reader, keys, employee="nobody")) == []


def test_counts_are_those_of_the_grades(country: Recorder, reader: Connection) -> None:
    everyone = folded(country.conn, country.log)
    counted = store.counts(reader)
    assert sum(one.count for one in counted) == len(everyone) > 0
    for one in counted:
        alike = [
            grade
            for grade in everyone
            if (grade.body, grade.kind, grade.period, grade.methodology, grade.status, grade.grade)
            == (one.ledger, one.kind, one.period, one.methodology, one.status, one.grade)
        ]
        assert len(alike) == one.count
    annual = store.counts(reader, kind="annual", ledger=everyone[0].body, period="2026")
    assert {(one.kind, one.ledger, one.period) for one in annual} == {("annual", everyone[0].body, "2026")}


@pytest.mark.clause("score-sheet/cl-13/confidential")
def test_plain_columns_name_nobody_and_tell_no_mark(country: Recorder, owner: Connection) -> None:
    tables = [
        row[0]
        for row in owner.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'projection' AND tablename !~ 'alembic'"
        )
    ]
    text = "\n".join(
        str(row[0])
        for table in tables
        for row in owner.execute(
            psycopg.sql.SQL("SELECT t::text FROM projection.{} AS t").format(psycopg.sql.Identifier(table))
        )
    )
    assert "typical-2025" in text
    # The fractions of a time's seconds can look like a score.
    text = re.sub(r"\d\d:\d\d:\d\d\.\d+", "", text)
    everyone = folded(country.conn, country.log)
    told = {one.employee for one in everyone} | {one.position for one in everyone}
    told |= {one.score for one in everyone if one.score is not None and "." in one.score}
    assert len(told) > 20
    assert [word for word in told if word in text] == []


@pytest.mark.usefixtures("servant")
def test_with_its_key_a_grade_is_gone(owner: Connection, reader: Connection, keys: Keyring) -> None:
    owner.execute(
        "DELETE FROM ledger.documents WHERE stream ="
        " (SELECT id FROM projection.grades WHERE kind = 'quarterly' AND period = '2026-Q1')"
    )
    assert [one.period for one in store.grades(reader, keys)] == ["2026-Q2", "2026"]
    owner.execute("DELETE FROM projection.record_keys")
    assert [one.period for one in store.grades(reader, keys)] == ["2026-Q2"]


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE projection.grades SET grade = 'proper' WHERE kind = 'annual'",
        "UPDATE projection.grades SET person = decode(repeat('00', 16), 'hex') WHERE kind = 'quarterly'",
        "UPDATE projection.grades SET sealed = (SELECT max(sealed) FROM projection.grades)",
        "UPDATE projection.grades SET seq = seq + 1",
    ],
)
@pytest.mark.usefixtures("servant")
def test_a_row_that_was_tampered_with_is_refused(
    owner: Connection, reader: Connection, keys: Keyring, tampering: str
) -> None:
    assert owner.execute(tampering.encode()).rowcount > 0
    with pytest.raises(RowError) as refused:
        list(store.grades(reader, keys))
    assert refused.value.code == "row-not-authentic"


@pytest.mark.usefixtures("servant")
def test_what_is_shown_is_one_generation(
    owner: Connection, projector: Connection, reader: Connection, keys: Keyring
) -> None:
    owner.execute("CREATE TABLE projection.grades_2 (LIKE projection.grades INCLUDING ALL)")
    owner.execute("ALTER TABLE projection.grades ATTACH PARTITION projection.grades_2 FOR VALUES IN (2)")
    before = list(store.grades(reader, keys))
    owner.execute("UPDATE projection.live SET generation = 2 WHERE projection = 'grades'")
    assert list(store.grades(reader, keys)) == []
    # The new generation is made from the first event, with the keys that annual records have already.
    catch_up(projector, Live(keys))
    assert list(store.grades(reader, keys)) == before
    alike = owner.execute(
        "SELECT count(*) FROM projection.grades_1 AS a JOIN projection.grades_2 AS b"
        " USING (ledger, person, kind, id, digest)"
    ).fetchone()
    assert alike == (len(before),)
    owner.execute("UPDATE projection.live SET generation = 1 WHERE projection = 'grades'")
    assert list(store.grades(reader, keys)) == before


REFUSED = [
    ("projector", "DELETE FROM projection.record_keys"),
    ("projector", "UPDATE projection.record_keys SET kek = 2"),
    ("projector", "UPDATE projection.dossiers SET person = person"),
    ("projector", "TRUNCATE projection.dossiers"),
    ("projector", "UPDATE projection.live SET generation = 2"),
    ("projector", "INSERT INTO ledger.documents SELECT * FROM ledger.documents"),
    ("projector", "TRUNCATE projection.grades"),
    ("viewer", "DELETE FROM projection.grades"),
    ("viewer", "UPDATE projection.checkpoints SET seq = 0"),
    ("writer", "SELECT * FROM projection.grades"),
]


@pytest.mark.parametrize(("role", "statement"), REFUSED)
def test_a_role_does_only_its_own(request: pytest.FixtureRequest, role: str, statement: str) -> None:
    conn: Connection = request.getfixturevalue(role)
    with pytest.raises(errors.InsufficientPrivilege):
        conn.execute(statement.encode())


@pytest.mark.usefixtures("servant")
def test_the_same_employee_is_found_by_a_hash_of_his_code(owner: Connection, keys: Keyring) -> None:
    rows = owner.execute("SELECT DISTINCT ledger, person FROM projection.grades").fetchall()
    assert rows == [("zhanakorgan", person_of(keys, "zhanakorgan", "e-1"))]
