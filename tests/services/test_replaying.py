"""The audit over a real log and real rows: nothing is found in a sound one, and each tampering is named."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from events import merkle
from events.envelope import AGENCY
from events.header import encode_header, event_leaf
from events.keyring import Keyring
from events.log import Connection, read_places
from projections.live import Live
from projections.replay import Scope
from projections.replayed import Finding
from services.replaying import Replayed, replay_ledgers
from services.servers import Servers, connect
from tests import ledgers
from tests.facts import BODY, assessed, body_and_servant, ref, sanctioned
from tests.projections.recorded import Recorder, catch_up, sample
from tests.services.deciding.telling import delivered

pytestmark = pytest.mark.servers

MIXED = ("4", "4", "4", "4", "5")
SERVANT = [
    *body_and_servant(),
    *assessed(MIXED),
    delivered(),
    *assessed(MIXED, ref(period="2026-Q2")),
    sanctioned("remark", "2026-03-02"),
    delivered(ref(period="2026"), on="2026-07-20"),
]


class Exact(Recorder):
    """Records each event with the very place of the agency's ledger that its decider saw."""

    def _flush(self) -> int:
        taken = self._taken[:]
        self._taken.clear()
        for agency_seq, some in groupby(taken, key=itemgetter(1)):
            ledgers.record(self.conn, self.log, (fact for fact, _ in some), agency_seq=agency_seq)
        return len(taken)


@pytest.fixture
def recorder(own_servers: Servers, keys: Keyring) -> Iterator[Exact]:
    with connect(own_servers, "bagalau_writer", autocommit=True) as conn:
        yield Exact(conn, keys)


class Audit:
    """What an auditor asks of the ledgers."""

    def __init__(self, conn: Connection, keys: Keyring, home: Path) -> None:
        self.conn = conn
        self.keys = keys
        self.home = home

    def __call__(self, scope: Scope | None = None, *bodies: str) -> dict[str, Replayed]:
        found = replay_ledgers(self.conn, self.keys, self.home, bodies=bodies, scope=scope)
        return {one.ledger: one for one in found}

    def unexplained(self) -> list[Finding]:
        return [each for one in self().values() for each in one.unexplained]


@pytest.fixture
def audit(own_servers: Servers, keys: Keyring, tmp_path: Path) -> Iterator[Audit]:
    with connect(own_servers, "bagalau_projector", autocommit=True) as conn:
        yield Audit(conn, keys, tmp_path)


@pytest.fixture
def servant(recorder: Exact, projector: Connection, keys: Keyring) -> Exact:
    """One servant with a quarter that was told and restated, another, and a year that was told."""
    recorder.record(SERVANT)
    catch_up(projector, Live(keys))
    return recorder


def tamper(owner: Connection, statement: str) -> None:
    """What a superuser does to the log, past the triggers that stop everybody else."""
    tables = owner.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'ledger'::regnamespace AND relkind IN ('r', 'p')"
    ).fetchall()
    for table in tables:
        owner.execute(sql.SQL("ALTER TABLE ledger.{} DISABLE TRIGGER USER").format(sql.Identifier(table[0])))
    assert owner.execute(statement.encode()).rowcount > 0


def test_the_sample_country_is_explained_whole(
    recorder: Exact, projector: Connection, keys: Keyring, audit: Audit
) -> None:
    recorder.record(sample(2500, bodies=4))
    catch_up(projector, Live(keys))
    found = audit()
    bodies = [one for ledger, one in found.items() if ledger != AGENCY]

    assert [each for one in found.values() for each in one.unexplained] == []
    judged = sum(one.judged for one in bodies)
    assert judged == sum(one.alike for one in bodies) > 50
    assert sum(one.rows for one in bodies) > 100
    assert sum(sum(one.causes.values()) for one in bodies) > 0
    assert all(one.mark == one.events > 0 for one in bodies)


@pytest.mark.usefixtures("servant")
def test_each_ledger_tells_what_was_replayed(audit: Audit) -> None:
    found = audit()[BODY]

    assert found.unexplained == ()
    assert (found.results, found.judged, found.alike, found.rows) == (2, 3, 3, 3)
    assert found.causes == {"DisciplineRecorded": 1}
    assert found.caveat == "no-outside-witness"
    assert (audit(Scope(period="2026-Q1"))[BODY].judged, audit(Scope("e-9"))[BODY].rows) == (2, 0)
    assert (audit(Scope(period="2026-Q1"))[BODY].rows, audit(Scope("e-1"))[BODY].rows) == (1, 3)


class TestARowOfTheProjection:
    @pytest.mark.parametrize(
        "change",
        [
            "grade = 'effective'",
            "revision = 2",
            "sealed = (SELECT sealed FROM projection.grades WHERE period = '2026-Q2')",
        ],
    )
    @pytest.mark.usefixtures("servant")
    def test_that_was_tampered_with_is_named_and_the_log_is_not(
        self, owner: Connection, audit: Audit, change: str
    ) -> None:
        changed = owner.execute(f"UPDATE projection.grades SET {change} WHERE period = '2026-Q1'".encode())
        assert changed.rowcount == 1

        (found,) = audit.unexplained()
        assert (found.code, found.body, found.employee, found.period) == (
            "row-not-authentic",
            BODY,
            "e-1",
            "2026-Q1",
        )

    def test_that_was_put_back_as_it_once_was_differs(
        self, recorder: Exact, projector: Connection, keys: Keyring, owner: Connection, audit: Audit
    ) -> None:
        driver = Live(keys)
        recorder.record(SERVANT[:-2])
        catch_up(projector, driver)
        owner.execute(
            "CREATE TABLE public.before AS SELECT * FROM projection.grades WHERE period = '2026-Q1'"
        )
        recorder.record(SERVANT[-2:])
        catch_up(projector, driver)
        owner.execute("DELETE FROM projection.grades WHERE period = '2026-Q1'")
        owner.execute("INSERT INTO projection.grades SELECT * FROM public.before")

        (found,) = audit.unexplained()
        assert (found.code, found.employee, found.period) == ("row-differs", "e-1", "2026-Q1")
        assert ("score", "4.20", "3.80") in [
            (one.field, one.recorded, one.derived) for one in found.differences
        ]

    @pytest.mark.usefixtures("servant")
    def test_that_is_gone_is_missed(self, owner: Connection, audit: Audit) -> None:
        owner.execute("DELETE FROM projection.grades WHERE kind = 'annual'")

        (found,) = audit.unexplained()
        assert (found.code, found.employee, found.period) == ("row-missing", "e-1", "2026")

    @pytest.mark.usefixtures("servant")
    def test_that_is_nobodys_is_named_by_its_hash(self, owner: Connection, audit: Audit) -> None:
        owner.execute("UPDATE projection.grades SET person = decode(repeat('ab', 16), 'hex')")

        codes = [one.code for one in audit.unexplained()]
        # A year's key stands under its person too.
        assert sorted(codes) == ["row-missing"] * 3 + ["row-not-authentic"] * 2 + ["row-unexpected"]
        assert any("abababab" in (one.detail or "") for one in audit.unexplained())

    @pytest.mark.usefixtures("servant")
    def test_that_was_invented_is_unexpected(self, owner: Connection, audit: Audit) -> None:
        columns = ", ".join(
            row[0]
            for row in owner.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = 'projection.grades'::regclass"
                " AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('id', 'grade') ORDER BY attnum"
            )
        )
        owner.execute(
            f"INSERT INTO projection.grades (id, grade, {columns})"
            f" SELECT gen_random_uuid(), 'unsatisfactory', {columns} FROM projection.grades".encode()
        )

        found = audit.unexplained()
        assert [one.code for one in found] == ["row-unexpected"] * 3
        assert {one.employee for one in found} == {"e-1"}
        assert all("has no key" in (one.detail or "") for one in found)

    @pytest.mark.usefixtures("servant")
    def test_whose_id_was_altered_is_unexpected_and_its_own_missing(
        self, owner: Connection, audit: Audit
    ) -> None:
        owner.execute(
            "UPDATE projection.grades SET id = gen_random_uuid(), grade = 'unsatisfactory'"
            " WHERE period = '2026-Q1'"
        )

        assert sorted(one.code for one in audit.unexplained()) == ["row-missing", "row-unexpected"]

    @pytest.mark.usefixtures("servant")
    def test_whose_key_was_taken_away_is_not_let_be(self, owner: Connection, audit: Audit) -> None:
        owner.execute("DELETE FROM projection.record_keys")
        owner.execute("UPDATE projection.grades SET grade = 'unsatisfactory' WHERE kind = 'annual'")

        (found,) = audit.unexplained()
        assert (found.code, found.employee, found.period) == ("row-not-authentic", "e-1", "2026")

    def test_is_compared_where_the_projection_stands(self, servant: Exact, audit: Audit) -> None:
        stood = servant.sizes[BODY]
        servant.record([sanctioned("demotion", "2026-05-02")])
        found = audit()[BODY]

        assert found.unexplained == ()
        assert (found.mark, found.events, found.rows) == (stood, stood + 2, 3)

    @pytest.mark.usefixtures("servant")
    def test_is_compared_by_the_law_of_today_where_all_is_to_be_written_anew(
        self, owner: Connection, audit: Audit
    ) -> None:
        before = audit()[BODY]
        owner.execute("UPDATE projection.checkpoints SET agency_seq = 0")
        after = audit()[BODY]
        assert (after.rows, after.findings) == (before.rows, before.findings)
        assert after.rows > 0

    def test_is_not_compared_before_it_is_projected(self, recorder: Exact, audit: Audit) -> None:
        recorder.record(SERVANT)
        found = audit()[BODY]

        assert (found.mark, found.rows, found.unexplained) == (None, 0, ())
        assert found.alike == 3

    @pytest.mark.usefixtures("servant")
    def test_ahead_of_its_ledger_is_found(self, owner: Connection, audit: Audit) -> None:
        owner.execute(f"UPDATE projection.checkpoints SET seq = seq + 1 WHERE ledger = '{BODY}'".encode())

        assert [one.code for one in audit.unexplained()] == ["mark-ahead"]


class TestTheLog:
    def told_at(self, recorder: Exact) -> int:
        return next(
            one.seq for one in ledgers.events_of(recorder.conn, recorder.log) if one.type == "ResultAnnounced"
        )

    def test_an_event_whose_payload_was_altered_is_named_by_its_place(
        self, servant: Exact, owner: Connection, audit: Audit
    ) -> None:
        seq = self.told_at(servant)
        tamper(
            owner,
            "UPDATE ledger.events SET payload = set_byte(payload, 20, get_byte(payload, 20) # 1)"
            f" WHERE ledger = '{BODY}' AND seq = {seq}",
        )
        found = audit.unexplained()

        # The event itself, and the root that its row no longer leads to.
        assert {(one.body, one.seq) for one in found if one.code == "log-altered"} == {
            (BODY, seq),
            (BODY, None),
        }
        assert {one.code for one in found} <= {"log-altered", "rests-on-altered-log"}

    @pytest.mark.parametrize("column", ["leaf", "recorded_at", "agency_seq", "type", "stream"])
    def test_whatever_of_an_event_was_altered_it_is_the_log_that_was(
        self, servant: Exact, owner: Connection, audit: Audit, column: str
    ) -> None:
        seq = self.told_at(servant)
        values = {
            "leaf": "sha256(leaf)",
            "recorded_at": "recorded_at + interval '1 second'",
            "agency_seq": "agency_seq - 1",
            "type": "'ResultRestated'",
            "stream": "(SELECT stream FROM ledger.events WHERE type = 'EmployeeAppointed')",
        }
        tamper(
            owner,
            f"UPDATE ledger.events SET {column} = {values[column]} WHERE ledger = '{BODY}' AND seq = {seq}",
        )
        found = audit.unexplained()

        assert ("log-altered", seq) in [(one.code, one.seq) for one in found]
        assert {one.code for one in found} <= {"log-altered", "rests-on-altered-log"}

    def test_rewritten_to_agree_with_itself_it_is_betrayed_by_the_seal(
        self, servant: Exact, owner: Connection, audit: Audit
    ) -> None:
        seq = self.told_at(servant)
        tamper(
            owner,
            f"UPDATE ledger.events SET payload = sha256(payload) WHERE ledger = '{BODY}' AND seq = {seq}",
        )
        leaves = []
        for place in read_places(owner, BODY):
            (payload,) = owner.execute(
                "SELECT payload FROM ledger.events WHERE ledger = %s AND seq = %s", [BODY, place.header.seq]
            ).fetchone()
            leaves.append(event_leaf(encode_header(place.header), payload))
        for table in ("events", "receipts"):
            statement = sql.SQL("UPDATE ledger.{} SET leaf = %s WHERE ledger = %s AND seq = %s")
            owner.execute(statement.format(sql.Identifier(table)), [leaves[seq - 1], BODY, seq])
        owner.execute("UPDATE ledger.ledgers SET root = %s WHERE ledger = %s", [merkle.root_of(leaves), BODY])
        found = [one for one in audit.unexplained() if one.code == "log-altered"]

        assert [(one.seq, (one.detail or "").split(":")[0]) for one in found] == [(seq, "unsealed")]

    def test_an_event_that_is_gone_is_named_and_the_rest_is_read_on(
        self, servant: Exact, owner: Connection, audit: Audit
    ) -> None:
        seq = self.told_at(servant)
        tamper(owner, f"DELETE FROM ledger.events WHERE ledger = '{BODY}' AND seq = {seq}")
        found = audit()[BODY]

        assert ("log-altered", seq) in [(one.code, one.seq) for one in found.findings]
        assert found.judged == 2

    @pytest.mark.usefixtures("servant")
    def test_a_root_that_the_rows_do_not_lead_to_is_found(self, owner: Connection, audit: Audit) -> None:
        tamper(owner, f"UPDATE ledger.ledgers SET root = sha256(root) WHERE ledger = '{BODY}'")

        assert [(one.code, one.body) for one in audit.unexplained()] == [("log-altered", BODY)]

    @pytest.mark.usefixtures("servant")
    def test_a_documents_key_that_was_altered_is_found(self, owner: Connection, audit: Audit) -> None:
        tamper(
            owner,
            "UPDATE ledger.documents SET key = set_byte(key, 20, get_byte(key, 20) # 1) WHERE stream ="
            " (SELECT stream FROM ledger.events WHERE type = 'DisciplineRecorded')",
        )
        found = audit.unexplained()

        assert ("log-altered", BODY) in [(one.code, one.body) for one in found]
        assert {one.code for one in found} <= {"log-altered", "rests-on-altered-log"}

    def test_row_and_log_are_told_apart_where_both_were_tampered_with(
        self, servant: Exact, owner: Connection, audit: Audit
    ) -> None:
        seq = self.told_at(servant)
        owner.execute("UPDATE projection.grades SET grade = 'proper' WHERE kind = 'annual'")
        tamper(
            owner,
            f"UPDATE ledger.events SET payload = sha256(payload) WHERE ledger = '{BODY}' AND seq = {seq}",
        )
        codes = {(one.code, one.seq, one.period) for one in audit.unexplained()}

        assert ("log-altered", seq, None) in codes
        assert ("row-not-authentic", None, "2026") in codes

    @pytest.mark.usefixtures("servant")
    def test_a_law_that_cannot_be_read_stops_the_replay_and_says_so(
        self, owner: Connection, audit: Audit
    ) -> None:
        tamper(owner, f"UPDATE ledger.events SET payload = '\\x00' WHERE ledger = '{AGENCY}' AND seq = 5")
        found = audit()

        assert ("log-altered", 5) in [(one.code, one.seq) for one in found[AGENCY].findings]
        assert [one.code for one in found[BODY].unexplained] == ["not-replayed"]


class TestDestroyedDocuments:
    @pytest.mark.usefixtures("servant")
    def test_are_counted_and_are_no_error(self, owner: Connection, audit: Audit) -> None:
        destroyed = "(SELECT stream FROM ledger.events WHERE type = 'ResultRestated')"
        owner.execute(f"DELETE FROM ledger.documents WHERE stream = {destroyed}".encode())
        found = audit()[BODY]

        assert found.unexplained == ()
        assert (found.documents_destroyed, found.lost, found.judged) == (1, 2, 1)
        assert "inputs-destroyed" in {one.code for one in found.findings}

    @pytest.mark.usefixtures("servant")
    def test_may_be_what_a_result_rested_on(self, owner: Connection, audit: Audit) -> None:
        owner.execute(
            "DELETE FROM ledger.documents WHERE stream ="
            " (SELECT stream FROM ledger.events WHERE type = 'DisciplineRecorded')"
        )
        found = audit()[BODY]

        assert found.unexplained == ()
        assert {one.period for one in found.findings if one.code == "inputs-destroyed"} == {"2026-Q1", "2026"}


def test_facts_that_arrive_meanwhile_are_left_for_the_next_audit(servant: Exact, audit: Audit) -> None:
    found = replay_ledgers(audit.conn, audit.keys, audit.home)
    assert next(found).ledger == AGENCY
    servant.record([delivered(ref(period="2026-Q2"), on="2026-07-21")])

    (body,) = found
    assert (body.unexplained, body.judged) == ((), 4)


def test_it_reads_alone(audit: Audit) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        audit.conn.execute("UPDATE ledger.ledgers SET size = 0")
