import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from events.codec import Codec
from events.envelope import AGENCY, Fact
from events.keyring import Keyring
from events.log import Connection, Log
from events.vocabulary import TYPES, Data, Name
from events.vocabulary.retention import DocumentDestroyed
from events.vocabulary.types import Ref
from projections import live as live_driver
from projections import marks, rows, store
from projections.live import Live
from projections.marks import MarkError
from projections.rows import person_of
from services.servers import Servers, connect
from tests import ledgers
from tests.facts import (
    BODY,
    adopted,
    appointed,
    assessed,
    body_and_servant,
    ref,
    registered,
    sanctioned,
    scored,
)
from tests.projections.recorded import Recorder, catch_up, folded, in_order, sample

pytestmark = pytest.mark.servers

FIVES = ("5", "5", "5", "5", "5")


def shown(conn: Connection, keys: Keyring) -> list[Any]:
    return in_order(store.grades(conn, keys))


def scores(conn: Connection, keys: Keyring, **wanted: Any) -> dict[tuple[str, str], str | None]:
    return {(one.employee, one.period): one.score for one in store.grades(conn, keys, **wanted)}


def assert_is_the_fold(recorder: Recorder, conn: Connection, keys: Keyring) -> None:
    expected = folded(recorder.conn, recorder.log)
    assert shown(conn, keys) == expected
    assert len(expected) > 0
    assert [one for one in marks.lag(conn) if one.behind] == []


@pytest.mark.parametrize("batch", [7, 1000])
def test_rows_are_the_fold_of_the_whole_log(
    recorder: Recorder, projector: Connection, reader: Connection, keys: Keyring, batch: int
) -> None:
    recorder.record(sample(500))
    catch_up(projector, Live(keys, batch=batch))
    assert_is_the_fold(recorder, reader, keys)
    assert {one.kind for one in store.grades(reader, keys)} == {"quarterly", "annual", "competencies"}
    assert marks.parked(reader) == []


@pytest.mark.parametrize("seed", range(4))
def test_however_the_work_is_cut_the_rows_are_the_fold(
    recorder: Recorder, projector: Connection, reader: Connection, keys: Keyring, seed: int
) -> None:
    rng = random.Random(seed)
    lines = sample(500, seed=seed, bodies=3)
    # Drivers that keep nothing, little and all, that go and come again, on whichever ledger.
    drivers = [Live(keys, batch=rng.choice((1, 5, 50)), cached=rng.choice((0, 3, 4000))) for _ in range(3)]
    at = 0
    while at < len(lines):
        step = rng.randint(1, 60)
        recorder.record(lines[at : at + step])
        at += step
        for head in rng.sample(marks.lag(reader), 2):
            rng.choice(drivers).advance(projector, head.ledger)
        if rng.random() < 0.2:
            drivers[0] = Live(keys, batch=11)
    catch_up(projector, drivers[1])
    assert_is_the_fold(recorder, reader, keys)


def test_a_quarter_is_open_then_graded(
    recorder: Recorder, projector: Connection, reader: Connection, keys: Keyring
) -> None:
    driver = Live(keys)
    *marked, signature = [*body_and_servant(), *assessed(FIVES)]
    recorder.record(marked)
    catch_up(projector, driver)
    assert [(one.status, one.reason) for one in store.grades(reader, keys, kind="quarterly")] == [
        ("open", "unsigned")
    ]
    recorder.record([signature])
    catch_up(projector, driver)
    assert scores(reader, keys) == {("e-1", "2026-Q1"): "5.00", ("e-1", "2026"): "5.00"}


@pytest.mark.parametrize("kept", [True, False])
def test_a_late_sanction_reaches_every_grade_it_bears_on(
    recorder: Recorder, projector: Connection, reader: Connection, keys: Keyring, *, kept: bool
) -> None:
    first = Live(keys)
    recorder.record([*body_and_servant(), *assessed(FIVES), *assessed(FIVES, ref(period="2026-Q2"))])
    catch_up(projector, first)
    recorder.record([sanctioned("remark", "2026-02-10")])
    catch_up(projector, first if kept else Live(keys))
    assert scores(reader, keys) == {
        ("e-1", "2026-Q1"): "4.60",
        ("e-1", "2026-Q2"): "5.00",
        ("e-1", "2026"): "4.80",
    }


def test_what_says_the_same_is_not_written_again(
    recorder: Recorder, projector: Connection, keys: Keyring
) -> None:
    driver = Live(keys)
    recorder.record([*body_and_servant(), *assessed(FIVES)[:-1]])
    catch_up(projector, driver)
    recorder.record([scored("1", "3"), scored("2", "4")])
    done = catch_up(projector, driver)
    assert sum(one.events for one in done) == 2
    assert sum(one.written for one in done) == 0


class TestTheLaw:
    @pytest.fixture
    def two_bodies(self, recorder: Recorder, projector: Connection, keys: Keyring) -> Live:
        driver = Live(keys)
        lines = [registered(), registered("other"), appointed(), appointed(body="other")]
        recorder.record([*lines, *assessed(FIVES)])
        catch_up(projector, driver)
        return driver

    def test_an_adoption_for_all_derives_every_body_anew(
        self, recorder: Recorder, projector: Connection, reader: Connection, keys: Keyring, two_bodies: Live
    ) -> None:
        assert {one.methodology for one in store.grades(reader, keys)} == {"typical-2025"}
        recorder.record([adopted("health-2025", body=AGENCY)])
        done = catch_up(projector, two_bodies)
        assert {one.ledger for one in done if one.whole} == {AGENCY, BODY, "other"}
        assert {one.methodology for one in store.grades(reader, keys)} == {"health-2025"}
        assert_is_the_fold(recorder, reader, keys)

    def test_a_body_s_own_adoption_derives_that_body_anew(
        self, recorder: Recorder, projector: Connection, reader: Connection, keys: Keyring, two_bodies: Live
    ) -> None:
        recorder.record([adopted("zhanakorgan-2026")])
        done = catch_up(projector, two_bodies)
        assert [one.ledger for one in done if one.whole] == [BODY]
        assert {one.methodology for one in store.grades(reader, keys)} == {"zhanakorgan-2026"}
        assert_is_the_fold(recorder, reader, keys)

    def test_a_driver_that_comes_later_sees_the_change_too(
        self, recorder: Recorder, projector: Connection, reader: Connection, keys: Keyring, two_bodies: Live
    ) -> None:
        recorder.record([adopted("health-2025", body=AGENCY)])
        two_bodies.advance(projector, AGENCY)
        assert Live(keys).advance(projector, BODY).whole
        assert {one.methodology for one in store.grades(reader, keys)} == {"health-2025"}

    def test_a_body_that_joins_moves_the_marks_and_nothing_else(
        self, recorder: Recorder, projector: Connection, reader: Connection, two_bodies: Live
    ) -> None:
        recorder.record([registered("third")])
        two_bodies.follow_agency(projector, [BODY, "other"])
        assert {one.ledger: one.law_behind for one in marks.lag(reader)} == {
            AGENCY: 1,
            BODY: 0,
            "other": 0,
        }
        assert not two_bodies.advance(projector, BODY).whole

    def test_marks_do_not_follow_past_a_change_of_the_law(
        self, recorder: Recorder, projector: Connection, reader: Connection, two_bodies: Live
    ) -> None:
        recorder.record([adopted("health-2025", body=AGENCY), registered("third")])
        two_bodies.follow_agency(projector, [BODY, "other"])
        assert {one.law_behind for one in marks.lag(reader)} == {2}
        assert two_bodies.advance(projector, BODY).whole


class TestInterrupted:
    def test_a_transaction_that_fails_leaves_nothing_and_is_done_again(
        self,
        recorder: Recorder,
        projector: Connection,
        reader: Connection,
        keys: Keyring,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        driver = Live(keys)
        recorder.record([*body_and_servant(), *assessed(FIVES)])
        with monkeypatch.context() as patch:
            # After the rows, before the mark.
            patch.setattr(live_driver.marks, "move_mark", _fails)
            with pytest.raises(RuntimeError):
                driver.advance(projector, BODY)
        assert shown(reader, keys) == []
        assert {one.seq for one in marks.lag(reader)} == {0}
        catch_up(projector, driver)
        assert_is_the_fold(recorder, reader, keys)

    def test_killed_between_transactions_another_goes_on(
        self, recorder: Recorder, own_servers: Servers, reader: Connection, keys: Keyring
    ) -> None:
        recorder.record(sample(300))
        killed = 0
        while any(one.behind for one in marks.lag(reader)):
            with connect(own_servers, "bagalau_projector", autocommit=True) as conn:
                driver = Live(keys, batch=40)
                pid = conn.info.backend_pid
                with suppress(psycopg.OperationalError):
                    for _ in range(3):
                        for head in marks.lag(reader):
                            driver.advance(conn, head.ledger)
                    _kill(own_servers, pid)
                    killed += 1
                    driver.advance(conn, BODY)
        assert killed > 1
        assert_is_the_fold(recorder, reader, keys)


class TestSeveralDrivers:
    def test_by_turns_on_one_ledger_none_overlooks_the_other(
        self, recorder: Recorder, projector: Connection, reader: Connection, keys: Keyring
    ) -> None:
        drivers = [Live(keys, batch=3), Live(keys, batch=4)]
        recorder.record(sample(300, bodies=1))
        turn = 0
        while any(one.behind for one in marks.lag(reader)):
            for head in marks.lag(reader):
                drivers[turn % 2].advance(projector, head.ledger)
                turn += 1
        assert_is_the_fold(recorder, reader, keys)

    def test_at_once_without_the_lock_they_still_never_double(
        self, recorder: Recorder, own_servers: Servers, reader: Connection, keys: Keyring
    ) -> None:
        recorder.record(sample(500, bodies=2))

        def work(batch: int) -> int:
            with connect(own_servers, "bagalau_projector", autocommit=True) as conn:
                return sum(one.events for one in catch_up(conn, Live(keys, batch=batch)))

        with ThreadPoolExecutor(3) as threads:
            done = sum(threads.map(work, (13, 17, 19)))
        # Each event was projected once, by one of them.
        assert done == sum(one.head for one in marks.lag(reader))
        assert_is_the_fold(recorder, reader, keys)


class Unheard(Ref, frozen=True, kw_only=True):
    """A type that only a newer release knows."""

    text: str


class UnheardOfSession(Data, frozen=True, kw_only=True):
    """The same, of a document that is no employee's."""

    @property
    def document(self) -> Name:
        return Name("commission", ("session-1",))


class TestADocumentThatFails:
    @pytest.fixture
    def newer(self) -> Codec:
        return Codec({**TYPES, "Unheard": Unheard, "UnheardOfSession": UnheardOfSession})

    @pytest.fixture
    def two_servants(self, recorder: Recorder) -> Recorder:
        second = ref("e-2", "p-2")
        recorder.record([*body_and_servant(), *assessed(FIVES), appointed("e-2", "p-2")])
        recorder.record(assessed(FIVES, second))
        return recorder

    def append_unheard(self, recorder: Recorder, newer: Codec, keys: Keyring, of: dict[str, Any]) -> None:
        data = Unheard(text="confidential words", **of)
        unheard = Fact(uuid4(), BODY, "Unheard", date(2026, 4, 10), "hr-1", data)
        ledgers.record(recorder.conn, Log(keys, newer), [unheard])

    def test_is_parked_and_the_rest_go_on(
        self,
        two_servants: Recorder,
        projector: Connection,
        reader: Connection,
        keys: Keyring,
        newer: Codec,
    ) -> None:
        driver = Live(keys)
        catch_up(projector, driver)
        self.append_unheard(two_servants, newer, keys, ref())
        two_servants.record(assessed(FIVES, ref("e-2", "p-2", "2026-Q2")))
        catch_up(projector, driver)
        # Nothing of the one: a grade from the rest of his documents would be a wrong one.
        assert set(scores(reader, keys)) == {("e-2", "2026-Q1"), ("e-2", "2026-Q2"), ("e-2", "2026")}
        (parked,) = marks.parked(reader)
        assert (parked.ledger, parked.error.split(" at ")[0]) == (BODY, "UnknownEventError unknown-event")
        assert "confidential" not in parked.error

    def test_is_folded_by_a_release_that_can(
        self,
        two_servants: Recorder,
        projector: Connection,
        reader: Connection,
        keys: Keyring,
        newer: Codec,
    ) -> None:
        catch_up(projector, Live(keys))
        before = shown(reader, keys)
        self.append_unheard(two_servants, newer, keys, ref())
        self.append_unheard(two_servants, newer, keys, ref("e-3", "p-3"))
        of_session = Fact(uuid4(), BODY, "UnheardOfSession", date(2026, 4, 10), "hr-1", UnheardOfSession())
        ledgers.record(two_servants.conn, Log(keys, newer), [of_session])
        catch_up(projector, Live(keys))
        assert len(marks.parked(reader)) == 3
        catch_up(projector, Live(keys, newer))
        assert marks.parked(reader) == []
        assert shown(reader, keys) == before

    def test_is_tried_again_with_the_employee_s_next_fact(
        self,
        two_servants: Recorder,
        projector: Connection,
        reader: Connection,
        keys: Keyring,
        newer: Codec,
    ) -> None:
        self.append_unheard(two_servants, newer, keys, ref())
        driver = Live(keys)
        catch_up(projector, driver)
        (before,) = marks.parked(reader)
        two_servants.record([sanctioned("remark", "2026-02-10"), sanctioned("remark", "2026-02-11", "e-2")])
        (done,) = [one for one in catch_up(projector, driver) if one.events]
        assert done.parked == 1
        assert [one.stream for one in marks.parked(reader)] == [before.stream]
        assert scores(reader, keys)["e-2", "2026-Q1"] == "4.60"

    def test_is_one_whose_key_was_tampered_with(
        self,
        two_servants: Recorder,
        projector: Connection,
        owner: Connection,
        reader: Connection,
        keys: Keyring,
    ) -> None:
        catch_up(projector, Live(keys))
        stream = _stream_of(reader, keys, "e-1")
        owner.execute(
            "UPDATE ledger.documents SET key = decode(repeat('00', 60), 'hex') WHERE stream = %s", [stream]
        )
        two_servants.record([sanctioned("remark", "2026-02-10")])
        catch_up(projector, Live(keys))
        assert [one.stream for one in marks.parked(reader)] == [stream]
        assert set(scores(reader, keys)) == {("e-2", "2026-Q1"), ("e-2", "2026")}

    def test_is_one_that_a_rule_fails_on(
        self,
        two_servants: Recorder,
        projector: Connection,
        reader: Connection,
        keys: Keyring,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        _break_rule_for(monkeypatch, "e-1")
        catch_up(projector, Live(keys))
        (parked,) = marks.parked(reader)
        assert parked.error.startswith("ZeroDivisionError")
        assert set(scores(reader, keys)) == {("e-2", "2026-Q1"), ("e-2", "2026")}
        monkeypatch.undo()
        catch_up(projector, Live(keys))
        assert marks.parked(reader) == []
        assert_is_the_fold(two_servants, reader, keys)


def test_a_destroyed_document_leaves_the_rest(
    recorder: Recorder, projector: Connection, owner: Connection, reader: Connection, keys: Keyring
) -> None:
    driver = Live(keys)
    recorder.record([*body_and_servant(), *assessed(FIVES), *assessed(FIVES, ref(period="2026-Q2"))])
    catch_up(projector, driver)
    stream = _stream_of(reader, keys, "e-1")
    owner.execute("DELETE FROM ledger.documents WHERE stream = %s", [stream])
    destroyed = DocumentDestroyed(act="act-1", stream=stream, on=date(2029, 5, 1))
    ledgers.record(
        recorder.conn,
        recorder.log,
        [Fact(uuid4(), BODY, "DocumentDestroyed", date(2029, 5, 1), "system", destroyed)],
    )
    catch_up(projector, driver)
    assert set(scores(reader, keys)) == {("e-1", "2026-Q2"), ("e-1", "2026")}
    left = owner.execute("SELECT count(*) FROM projection.grades WHERE id = %s", [stream]).fetchone()
    assert left == (0,)
    assert_is_the_fold(recorder, reader, keys)
    assert marks.parked(reader) == []


def test_a_projection_ahead_of_its_ledger_says_so(
    recorder: Recorder, projector: Connection, owner: Connection, keys: Keyring
) -> None:
    recorder.record(body_and_servant())
    catch_up(projector, Live(keys))
    owner.execute("UPDATE projection.checkpoints SET seq = seq + 5 WHERE ledger = %s", [BODY])
    with pytest.raises(MarkError) as refused:
        Live(keys).advance(projector, BODY)
    assert refused.value.code == "ahead-of-ledger"
    with pytest.raises(MarkError) as refused:
        Live(keys).advance(projector, "nobody")
    assert refused.value.code == "unknown-ledger"


def _fails(*_: object, **__: object) -> None:
    raise RuntimeError


def _kill(servers: Servers, pid: int) -> None:
    with connect(servers, autocommit=True) as conn:
        conn.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def _stream_of(conn: Connection, keys: Keyring, employee: str) -> UUID:
    """The stream of the employee's first quarter."""
    person = person_of(keys, BODY, employee)
    row = conn.execute(
        "SELECT id FROM projection.grades WHERE person = %s AND period = '2026-Q1' AND kind = 'quarterly'",
        [person],
    ).fetchone()
    assert row is not None
    return UUID(str(row[0]))


def _break_rule_for(monkeypatch: pytest.MonkeyPatch, employee: str) -> None:
    import projections.ledger as folds  # noqa: PLC0415

    whole: Callable[..., Any] = folds.quarterly_grade

    def breaks(view: Any, assessment: Any, *, explained: bool) -> Any:
        return 1 / 0 if assessment.employee == employee else whole(view, assessment, explained=explained)

    monkeypatch.setattr(folds, "quarterly_grade", breaks)


def test_rows_with_digests_of_an_earlier_release_are_shown_until_they_are_written_anew(
    recorder: Recorder,
    owner: Connection,
    projector: Connection,
    reader: Connection,
    keys: Keyring,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recorder.record([*body_and_servant(), *assessed(FIVES), *assessed(FIVES, of=ref(period="2026-Q2"))])
    with monkeypatch.context() as earlier:
        earlier.setattr(rows, "_digest", lambda key, _, content: sha256(key.raw + content).digest()[:16])
        catch_up(projector, Live(keys))
    digests = b"SELECT array_agg(digest ORDER BY period) FROM projection.grades"
    before = projector.execute(digests).fetchall()[0][0]
    assert_is_the_fold(recorder, reader, keys)
    owner.execute("UPDATE projection.checkpoints SET agency_seq = 0")  # as the migration does
    catch_up(projector, Live(keys))
    assert_is_the_fold(recorder, reader, keys)
    assert len(before) == 3
    assert not set(before) & set(projector.execute(digests).fetchall()[0][0])
