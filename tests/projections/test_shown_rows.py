"""What of a person's shown rows another derivation changes: new, the same, another, gone, altered, left."""

import os
from types import MappingProxyType
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from events.keyring import Keyring
from events.log import Connection
from events.seal import DocumentKey, new_key
from events.vocabulary import Name
from methodologies.registry import Law
from projections import store
from projections.dossiers import Dossier
from projections.grade import Grade
from projections.record_keys import LedgerKeys, passing
from projections.rows import Row, row_of
from projections.shown import Readings, ShownRows, changed
from projections.writing import Derived
from tests.facts import BODY

pytestmark = pytest.mark.servers

PERSON, ELSE = bytes(16), bytes(15) + b"\1"
QUARTER, KEY = uuid4(), new_key(os.urandom)
YEAR = uuid4()


def grade(score: str = "4.50", **more: object) -> Grade:
    values = {
        "kind": "quarterly", "body": BODY, "employee": "e-1", "position": "p-1", "period": "2026-Q1",
        "methodology": "typical-2025", "revision": 1,
        "status": "graded", "score": score, "grade": "effective",
    }  # fmt: skip
    return Grade(**(values | more))  # type: ignore[arg-type]


def row(of: Grade, key: DocumentKey = KEY, person: bytes = PERSON) -> tuple[Row, DocumentKey]:
    return row_of(of, person, YEAR if of.kind == "annual" else QUARTER, key, 7), key


def derived(*grades: Grade, known: bool = True) -> Derived:
    dossier = Dossier(PERSON)
    if known:
        dossier.streams[Name("assessment", ("e-1", "p-1", "2026-Q1"))] = (QUARTER, KEY)
    return Derived(dossier, None, grades, [row(one) for one in grades])


@pytest.fixture
def record_keys(owner: Connection, keys: Keyring) -> LedgerKeys:
    """Of a ledger in which one year has a key."""
    made = store.record_keys(owner, keys, BODY, {YEAR: PERSON})
    store.write(owner, 1, [row(grade(kind="annual", period="2026"), made[YEAR])])
    return LedgerKeys(owner, keys, BODY, passing)


def shown(conn: Connection, *grades: Grade) -> ShownRows:
    conn.execute("DELETE FROM projection.grades WHERE kind <> 'annual'")
    store.write(conn, 1, [row(one) for one in grades])
    return ShownRows(conn, BODY, 1)


def test_a_row_is_new_the_same_or_another(owner: Connection, record_keys: LedgerKeys) -> None:
    owner.execute("DELETE FROM projection.grades")
    for before, after, found in (
        ((), (grade(),), [(None, "4.50")]),
        ((grade(),), (grade(),), []),
        ((grade(),), (grade("2.99", grade="satisfactory"),), [("4.50", "2.99")]),
        ((grade(),), (grade(revision=2),), [("4.50", "4.50")]),
    ):
        rows = shown(owner, *before)
        count, changes = changed(rows, derived(*after), record_keys, Readings(Law()))
        assert (count, rows.left) == (1, {})
        assert [(one.before and one.before.score, one.after and one.after.score) for one in changes] == found
        assert {one.unreadable for one in changes} <= {None}


def test_a_row_that_is_derived_no_more_is_opened_with_its_own_key(
    owner: Connection, record_keys: LedgerKeys
) -> None:
    count, changes = changed(shown(owner, grade()), derived(), record_keys, Readings(Law()))
    assert count == 2
    assert [(one.kind, one.before and one.before.period, one.after) for one in changes] == [
        ("annual", "2026", None),
        ("quarterly", "2026-Q1", None),
    ]


def test_without_its_key_it_was_destroyed(owner: Connection, keys: Keyring, record_keys: LedgerKeys) -> None:
    assert record_keys.find(YEAR) is not None
    owner.execute("DELETE FROM projection.record_keys")
    gone = LedgerKeys(owner, keys, BODY, passing)
    _, changes = changed(shown(owner, grade()), derived(known=False), gone, Readings(Law()))
    assert [(one.kind, one.unreadable) for one in changes] == [
        ("annual", "destroyed"),
        ("quarterly", "destroyed"),
    ]


@pytest.mark.parametrize(
    "altered",
    ["grade = 'proper'", "revision = 9", "digest = decode(repeat('00', 16), 'hex')", "requested = true"],
)
@pytest.mark.usefixtures("record_keys")
def test_a_row_that_was_altered_is_not_opened(
    owner: Connection, record_keys: LedgerKeys, altered: str
) -> None:
    shown(owner, grade())
    owner.execute(f"UPDATE projection.grades SET {altered} WHERE kind = 'quarterly'".encode())
    owner.execute("DELETE FROM projection.grades WHERE kind = 'annual'")
    _, changes = changed(ShownRows(owner, BODY, 1), derived(grade()), record_keys, Readings(Law()))
    (one,) = changes
    assert (one.before, one.after, one.unreadable) == (None, None, "row-not-authentic")


@pytest.mark.parametrize(("score", "problem"), [("4.50", None), ("2.99", "row-not-authentic")])
def test_the_same_result_under_another_revision_is_told_by_its_digest_alone(
    owner: Connection, record_keys: LedgerKeys, score: str, problem: str | None
) -> None:
    readings = Readings(Law())
    readings["typical-2025", 1] = MappingProxyType({"discipline-cap-scope": "parameter"})
    before = grade(readings=readings["typical-2025", 1])
    after = grade(score, revision=2, readings={"discipline-cap-scope": "overall"})
    shown(owner, before)
    owner.execute("DELETE FROM projection.grades WHERE kind = 'annual'")
    # Whoever opened it would find nothing.
    owner.execute("UPDATE projection.grades SET sealed = ''")
    _, (one,) = changed(ShownRows(owner, BODY, 1), derived(after), record_keys, readings)
    assert one.unreadable == problem
    assert (one.before, one.after) == ((None, None) if problem else (before, after))


@pytest.mark.usefixtures("record_keys")
def test_the_rows_of_those_nobody_asks_for_are_left(owner: Connection) -> None:
    store.write(owner, 1, [row(replace(grade(), employee="e-2"), person=ELSE)])
    rows = ShownRows(owner, BODY, 1)
    assert rows.take(PERSON).keys() == {("annual", YEAR)}
    assert rows.take(PERSON) == {}
    assert rows.left.keys() == {ELSE}


def test_keys_that_pass_are_kept_nowhere(owner: Connection, keys: Keyring) -> None:
    record = UUID(int=5)
    asked = LedgerKeys(owner, keys, BODY, passing)
    assert asked({record: PERSON}).keys() == {record}
    assert asked.find(record) is None
    assert LedgerKeys(owner, keys, BODY, passing).find(record) is None
