from datetime import date
from uuid import uuid4

import psycopg
import pytest
from msgspec import convert

from events import schema
from events.envelope import AGENCY, SYSTEM, Event, Fact
from events.keyring import Keyring
from events.log import Connection, Lock, Log, open_ledger
from events.vocabulary import TYPES
from events.vocabulary.methodology import MethodologyPublished
from projections import marks
from projections import schema as result_schema
from projections.dossiers import Failure
from projections.live import Live
from projections.rebuild import generations
from projections.rebuild.generations import RebuildError
from projections.supposed import SupposedFact, Supposing, Supposition, SuppositionError, from_kept
from tests import ledgers
from tests.facts import assessed, body_and_servant, ref
from tests.projections.rebuild.building import Builder, is_gone, rows
from tests.projections.recorded import Recorder, catch_up

pytestmark = pytest.mark.servers

MARKS = ("4.11", "4.22", "4.33", "4.44", "4.55")


@pytest.fixture
def supposed(recorder: Recorder, projector: Connection, keys: Keyring, writer: Connection) -> Supposition:
    """One servant with a quarter, and a second revision of his act that is not laid down."""
    recorder.record([*body_and_servant(), *assessed(MARKS)])
    catch_up(projector, Live(keys))
    published = next(
        event.data
        for event in Log(keys).read(writer, AGENCY)
        if isinstance(event, Event)
        and isinstance(event.data, MethodologyPublished)
        and event.data.id == "zhanakorgan-2026"
    )
    of = {"id": published.id, "revision": 2}
    corrected = SupposedFact(
        "MethodologyCorrected", date(2026, 5, 1), {**of, "act": published.act, "reason": "what if"}
    )
    return corrected, SupposedFact("MethodologyActivated", date(2026, 5, 1), of)


def test_a_generation_is_folded_under_the_law_that_is_supposed(
    recorder: Recorder, builder: Builder, owner: Connection, supposed: Supposition
) -> None:
    number = builder.build(supposed, "correction")
    assert {row[4] for row in rows(owner, 1).values()} == {1}
    assert {row[4] for row in rows(owner, number).values()} == {2}
    recorder.record(assessed(MARKS, ref(period="2026-Q2")))
    builder.catch_up(number)
    assert {row[4] for row in rows(owner, number).values()} == {2}
    assert len(rows(owner, number)) == 3
    found = generations.find(builder.administrator, number)
    assert (from_kept(found.supposed), found.purpose) == (supposed, "correction")


def test_a_correction_goes_live_with_the_facts_that_make_it_the_law(
    builder: Builder, owner: Connection, projector: Connection, keys: Keyring, supposed: Supposition
) -> None:
    number = builder.build(supposed, "correction")
    corrected = rows(owner, number)
    with pytest.raises(RebuildError) as alone:
        builder.go_live(number)
    assert alone.value.code == "rebuild-state"

    def activated(conn: Connection, lock: Lock) -> int:
        facts = [
            Fact(uuid4(), AGENCY, one.type, one.occurred_on, SYSTEM, convert(one.data, TYPES[one.type]))
            for one in supposed
        ]
        recorded = ledgers.record(conn, Log(keys), facts)
        assert recorded[0].event.seq == lock.heads[AGENCY].size + 1
        return recorded[-1].event.seq

    assert builder.go_live(number, together=activated) == 1
    assert marks.live_generation(owner) == number
    # What was folded under the law as it was to be is not derived anew under the law as it is.
    done = catch_up(projector, Live(keys))
    assert [one.ledger for one in done if one.whole or one.written] == []
    assert rows(owner, number) == corrected
    other = builder.build()
    assert rows(owner, other) == corrected
    assert len(corrected) == 2


def test_what_is_supposed_keeps_the_order_in_which_an_act_names_things(owner: Connection) -> None:
    competencies = {"vision": {}, "initiative": {}, "strategy": {}}
    supposed = (SupposedFact("MethodologyCorrected", date(2026, 5, 1), {"act": competencies}),)
    owner.execute("SET ROLE bagalau_owner")
    number = generations.prepare(owner, supposed=supposed).number
    (found,) = from_kept(generations.find(owner, number).supposed)
    assert list(found.data["act"]) == list(competencies)


def test_a_supposition_of_another_release_is_refused() -> None:
    with pytest.raises(SuppositionError):
        from_kept([{"type": "MethodologyActivated", "occurred_on": "2026-05-01", "data": {}, "scope": 1}])
    day = date(2026, 5, 1)
    with pytest.raises(SuppositionError):
        Supposing((SupposedFact("MethodologyDreamt", day, {}),))
    with pytest.raises(SuppositionError):
        Supposing((SupposedFact("MethodologyActivated", day, {"id": "typical-2025"}),))


@pytest.mark.parametrize("purpose", ["what-if", "correction"])
@pytest.mark.parametrize("state", ["prepared", "filled"])
def test_what_an_earlier_release_left_of_a_question_goes(
    empty_database: str, state: str, purpose: str
) -> None:
    schema.migrate(empty_database)
    result_schema.migrate(empty_database, "0005")
    with psycopg.connect(empty_database, autocommit=True) as conn:
        open_ledger(conn, "aul")
        conn.execute("SET ROLE bagalau_owner")
        asked = generations.prepare(conn).number
        if state == "filled":
            generations.start(conn, asked)
            generations.attach(conn, asked, 1)
        conn.execute("UPDATE projection.generations SET purpose = %s WHERE generation = %s", [purpose, asked])
        conn.execute("INSERT INTO projection.checkpoints VALUES ('grades', 1, 'aul', 1, 9, now())")
        marks.park(conn, asked, "aul", [(None, Failure(uuid4(), 1, "ValueError"))])
        conn.execute("RESET ROLE")
        result_schema.migrate(empty_database)
        assert is_gone(conn, asked)
        assert conn.execute("SELECT agency_seq FROM projection.checkpoints").fetchall() == [(0,)]
        assert [one.number for one in generations.generations(conn)] == [1]
        conn.execute("SET ROLE bagalau_owner")
        assert generations.prepare(conn).number > asked
