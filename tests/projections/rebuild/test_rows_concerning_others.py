"""With whom else a row has to do: kept up by the projector, alike in a rebuild, filled after an upgrade."""

from datetime import date
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from events import schema
from events.envelope import Fact
from events.keyring import Keyring
from events.log import Connection, open_ledger
from events.vocabulary import Data
from events.vocabulary.assessment import EvaluatorReplaced
from events.vocabulary.calibration import CalibrationConvened, CalibrationRequested
from events.vocabulary.types import Member
from projections import comparing, store, writing
from projections import schema as result_schema
from projections.live import Live
from projections.rebuild import generations
from projections.rows import NOBODY_ELSE, RowError, person_of
from tests import ledgers
from tests.facts import BODY, EVALUATOR, assessed, body_and_servant, ref
from tests.projections.rebuild.building import Builder, rows
from tests.projections.recorded import Recorder, catch_up

pytestmark = pytest.mark.servers


@pytest.fixture
def assessment(recorder: Recorder) -> Recorder:
    assert recorder.record([*body_and_servant(), *assessed()]) > 5
    return recorder


def say(recorder: Recorder, *said: Data) -> None:
    facts = [Fact(uuid4(), BODY, type(one).__name__, date(2026, 4, 20), "hr-1", one) for one in said]
    ledgers.record(recorder.conn, recorder.log, facts)


def told(conn: Connection) -> tuple[Any, ...] | None:
    return conn.execute(
        "SELECT evaluators, members, requested FROM projection.live_grades WHERE kind = 'quarterly'"
    ).fetchone()


def test_the_projector_keeps_it_up_though_the_grade_stays(
    assessment: Recorder, projector: Connection, keys: Keyring
) -> None:
    def hashes(*codes: str) -> list[bytes]:
        return [person_of(keys, BODY, code) for code in codes]

    live = Live(keys)
    catch_up(projector, live)
    assert told(projector) == (hashes(EVALUATOR), [], False)
    [before] = store.grades(projector, keys, kind="quarterly")
    say(assessment, EvaluatorReplaced(**ref(), evaluator="head-2", ground="absence"))
    catch_up(projector, live)
    assert told(projector) == (hashes("head-2"), [], False)
    members = [Member("head-3", "evaluator"), Member("hr-1", "hr")]
    say(
        assessment,
        CalibrationRequested(**ref(), grounds="the second mark"),
        CalibrationConvened(**ref(), members=members, sits_on=date(2026, 4, 25)),
    )
    catch_up(projector, live)
    assert told(projector) == (hashes("head-2"), hashes("head-3", "hr-1"), True)
    assert [before] == list(store.grades(projector, keys, kind="quarterly"))
    assert before.status == "graded"


def test_a_rebuild_tells_the_same_and_a_comparison_what_was_altered(
    assessment: Recorder, projector: Connection, owner: Connection, builder: Builder, keys: Keyring
) -> None:
    say(assessment, CalibrationRequested(**ref(), grounds="the second mark"))
    catch_up(projector, Live(keys))
    number = builder.build()
    builder.catch_up(number)
    assert rows(projector, number) == rows(projector, 1)
    assert any(row[-3] and row[-1] for row in rows(projector, number).values())
    same = comparing.compare(projector, BODY, 1, number)
    assert same is not None
    assert (same.differing, same.rows) == (0, 2)
    owner.execute(
        "UPDATE projection.grades SET members = evaluators WHERE kind = 'quarterly' AND generation = 1"
    )
    altered = comparing.compare(projector, BODY, 1, number)
    assert altered is not None
    assert altered.differing == 1
    assert [one.unreadable for one in comparing.changes(projector, keys, BODY, 1, number)] == [
        "row-not-authentic"
    ]
    with pytest.raises(RowError):
        list(store.grades(projector, keys))


@pytest.mark.usefixtures("assessment")
def test_rows_of_an_earlier_release_are_read_and_then_filled(
    projector: Connection, owner: Connection, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr(writing, "concerned", lambda *_: NOBODY_ELSE)
        catch_up(projector, Live(keys))
    assert told(projector) == ([], [], False)
    before = list(store.grades(projector, keys))
    assert before
    owner.execute("UPDATE projection.checkpoints SET agency_seq = 0")  # as the migration does
    assert any(one.whole for one in catch_up(projector, Live(keys)))
    assert told(projector) == ([person_of(keys, BODY, EVALUATOR)], [], False)
    assert list(store.grades(projector, keys)) == before


def test_a_database_of_an_earlier_release_is_carried(empty_database: str) -> None:
    schema.migrate(empty_database, "0005")
    result_schema.migrate(empty_database, "0002")
    row = (
        "INSERT INTO projection.grades_{0} (generation, ledger, person, kind, id, period, status, grade,"
        " methodology, revision, seq, digest, sealed) VALUES ({0}, 'aul', decode(repeat('00', 16), 'hex'),"
        " 'annual', gen_random_uuid(), '2026', 'open', NULL, 'm', 1, 1, decode(repeat('00', 16), 'hex'), '')"
    )
    with psycopg.connect(empty_database, autocommit=True) as conn:
        open_ledger(conn, "aul")
        for kind in ("MethodologyAdopted", "SheetIssued"):
            conn.execute(
                "INSERT INTO ledger.events SELECT 'aul', count(*) + 1, gen_random_uuid(), 1, %s, now(), 0,"
                " '', sha256('') FROM ledger.events",
                [kind],
            )
        conn.execute(
            "INSERT INTO ledger.documents SELECT ledger, stream, uuid_send(stream), 1, '' FROM ledger.events"
        )
        conn.execute("SET ROLE bagalau_owner")
        filling = generations.prepare(conn).number
        conn.execute("RESET ROLE")
        for number in (1, filling):
            conn.execute(row.format(number).encode())
        conn.execute("INSERT INTO projection.checkpoints VALUES ('grades', 1, 'aul', 1, 9, now())")
        schema.migrate(empty_database)
        result_schema.migrate(empty_database)
        for table in ("grades", f"grades_{filling}"):
            carried = f"SELECT evaluators, members, requested FROM projection.{table}"
            assert conn.execute(carried.encode()).fetchall() == [([], [], False)]
        assert conn.execute("SELECT DISTINCT agency_seq FROM projection.checkpoints").fetchall() == [(0,)]
        assert conn.execute(
            "SELECT e.type, d.shared FROM ledger.events AS e"
            " JOIN ledger.documents AS d USING (stream) ORDER BY seq"
        ).fetchall() == [("MethodologyAdopted", "everybody"), ("SheetIssued", None)]
        conn.execute("SET ROLE bagalau_owner")
        generations.start(conn, filling)
        generations.attach(conn, filling, 1)
        conn.execute("RESET ROLE")
        assert (
            conn.execute(
                "SELECT relname FROM pg_class"
                " WHERE relname ~ '^grades(_[0-9]+)?$' AND NOT relforcerowsecurity"
            ).fetchall()
            == []
        )
        conn.execute("SET ROLE bagalau_reader")
        assert conn.execute("SELECT FROM projection.grades").fetchall() == []
