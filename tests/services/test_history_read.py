"""A person's history read from sealed ledgers is what the same facts in a file come to."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from events.envelope import Fact
from events.keyring import Keyring
from events.log import Connection
from events.vocabulary import Name
from events.vocabulary.assessment import CommissionDecided
from events.vocabulary.commission import CommissionSat, VoteCast
from events.vocabulary.obligation import TermsMarked
from events.vocabulary.retention import ResultDisclosed
from events.zone import ALMATY
from projections.history import Entry
from projections.live import Live
from services.history import Asked, Recorded, end_of, recorded, recorded_in
from services.servers import Servers, connect
from tests import ledgers
from tests.facts import BODY, appointed, assessed, body_and_servant, ref, registered, sanctioned
from tests.projections.recorded import Recorder, catch_up
from tests.services.deciding.calibrating import asked, convened, filed, told, votes

pytestmark = pytest.mark.servers

CONTESTED = [
    *body_and_servant(),
    appointed("e-2"),
    *assessed(("4", "4", "4", "4", "3")),
    *assessed(of=ref("e-2")),
    told(),
    asked(),
    convened(),
    *votes("4.5", "4.5", "3.8"),
    filed(),
    sanctioned("remark", "2026-02-10"),
]


@pytest.fixture
def recorder(own_servers: Servers, keys: Keyring) -> Iterator[Recorder]:
    with connect(own_servers, "bagalau_writer", autocommit=True) as conn:
        yield Recorder(conn, keys)


def one(found: Iterator[Recorded]) -> Recorded:
    (only,) = found
    return only


def story(entries: Sequence[Entry]) -> list[tuple[object, ...]]:
    return [
        (entry.seq, entry.type, entry.said, entry.score_before, entry.score_after, entry.grade_after)
        for entry in entries
    ]


@pytest.mark.parametrize("employee", ["e-1", "e-2"])
def test_the_ledger_tells_what_the_file_tells_with_projections_and_before_them(
    recorder: Recorder, projector: Connection, reader: Connection, keys: Keyring, employee: str
) -> None:
    recorder.record(CONTESTED)
    expected = story(one(recorded_in(CONTESTED, employee)).history())
    assert len(expected) >= 8
    assert story(one(recorded(reader, keys, employee)).history()) == expected
    catch_up(projector, Live(keys))
    assert story(one(recorded(reader, keys, employee, BODY)).history()) == expected


def test_nobody_is_known_where_nothing_is_recorded(
    recorder: Recorder, reader: Connection, keys: Keyring
) -> None:
    recorder.record(CONTESTED)
    assert list(recorded(reader, keys, "nobody")) == []
    assert list(recorded_in(CONTESTED, "nobody")) == []
    assert list(recorded_in(CONTESTED, "e-1", "sjc")) == []


def test_one_code_in_two_bodies_is_told_for_each(
    recorder: Recorder, reader: Connection, keys: Keyring
) -> None:
    lines = [*CONTESTED, registered("sjc"), appointed(body="sjc")]
    recorder.record(lines)
    assert [known.body for known in recorded(reader, keys, "e-1")] == ["sjc", BODY]
    assert [known.body for known in recorded_in(lines, "e-1")] == ["sjc", BODY]
    assert [known.body for known in recorded(reader, keys, "e-1", "sjc")] == ["sjc"]


def test_the_result_as_it_was_known_before_a_late_sanction(
    recorder: Recorder, reader: Connection, keys: Keyring
) -> None:
    recorder.record([*body_and_servant(), *assessed(("5",) * 5), told()])
    before = one(recorded(reader, keys, "e-1"))
    recorder.record([sanctioned("remark", "2026-02-10")])
    now = one(recorded(reader, keys, "e-1"))
    last = before.events[-1].recorded_at
    assert now.as_of(last).history() == before.history()
    assert before.history()[-1].score_after == "5.00"
    assert now.history()[-1].score_after == "4.60"
    assert now.as_of(before.first_recorded_at - timedelta(seconds=1)).history() == ()


def test_a_session_is_told_once_it_decided_with_the_votes_on_him_alone(
    recorder: Recorder, reader: Connection, keys: Keyring
) -> None:
    recorder.record(CONTESTED)
    subject = {**ref(), "session": "s-1"}
    facts = [
        CommissionSat(session="s-1", present=["m-1"]),
        VoteCast(**subject, member="m-1", choice="approve"),
        VoteCast(**{**subject, "employee": "e-2"}, member="m-1", choice="approve"),
    ]
    ledgers.record(recorder.conn, recorder.log, [_fact(data) for data in facts])
    undecided = {event.type for event in one(recorded(reader, keys, "e-1")).events}
    assert "CommissionSat" not in undecided
    decision = CommissionDecided(
        **subject, choice="approve", convened_on=date(2026, 4, 20), sat_on=date(2026, 5, 4)
    )
    ledgers.record(recorder.conn, recorder.log, [_fact(decision)])
    entries = one(recorded(reader, keys, "e-1")).history()
    assert [entry.event.data for entry in entries[-3:]] == [facts[0], facts[1], decision]


def _fact(data) -> Fact:
    return Fact(uuid4(), BODY, type(data).__name__, date(2026, 5, 4), "hr-1", data)


def test_terms_are_left_out_unless_asked_for_and_disclosures_are_told(
    recorder: Recorder, reader: Connection, keys: Keyring
) -> None:
    recorder.record(CONTESTED)
    marked = [
        TermsMarked(**{**ref(), "form": form}, on=date(2026, 5, 4), terms=[]) for form in ("annex-2", None)
    ]
    yearly = TermsMarked(**ref(period="2026"), on=date(2026, 5, 4), terms=[])
    seen = ResultDisclosed(
        employee="e-1",
        viewer="v-1",
        viewer_of="agency",
        role="central",
        what="the score",
        ground="service-necessity",
    )
    ledgers.record(recorder.conn, recorder.log, [_fact(data) for data in (*marked, yearly, seen)])
    plain = one(recorded(reader, keys, "e-1")).events
    with_terms = one(recorded(reader, keys, "e-1", terms=True)).events
    assert [event.type for event in plain][-1] == "ResultDisclosed"
    assert "TermsMarked" not in {event.type for event in plain}
    assert [event.data for event in with_terms if event not in plain] == [*marked, yearly]


def test_a_destroyed_document_is_gone_and_the_rest_is_told(
    recorder: Recorder, own_servers: Servers, reader: Connection, keys: Keyring
) -> None:
    recorder.record(CONTESTED)
    name = Name("discipline", ("e-1",))
    stored = recorder.log.load_documents(reader, {BODY: [name]})[BODY, name]
    with connect(own_servers, autocommit=True) as owner:
        ledgers.destroy(owner, stored.stream)
    types = [event.type for event in one(recorded(reader, keys, "e-1")).events]
    assert "DisciplineRecorded" not in types
    assert types[-1] == "ProtocolFiled"


def test_a_fact_of_a_file_counts_as_recorded_on_its_day_and_never_before_the_one_above_it() -> None:
    known = one(recorded_in(CONTESTED, "e-1"))
    assert not known.is_timed
    moments = [event.recorded_at for event in known.events]
    assert moments == sorted(moments)
    late = known.events[-1]
    assert (late.type, late.occurred_on) == ("DisciplineRecorded", date(2026, 2, 10))
    assert late.recorded_at == end_of(date(2026, 4, 27))
    before_the_panel = known.as_of(end_of(date(2026, 4, 14))).history()
    assert before_the_panel[-1].type == "ResultAnnounced"


def test_a_day_is_known_to_its_end_in_almaty() -> None:
    end = end_of(date(2026, 4, 10))
    assert end + timedelta(microseconds=1) == datetime(2026, 4, 11, tzinfo=ALMATY)
    assert end.utcoffset() == timedelta(hours=5)


def test_of_a_period_what_names_it_and_what_changed_a_result_in_it() -> None:
    lines = [*body_and_servant(), *assessed(), *assessed(of=ref(period="2026-Q2"))]
    lines.append(sanctioned("remark", "2026-02-10"))
    known = one(recorded_in(lines, "e-1"))
    quarter, year = Asked(period="2026-Q2"), Asked(period="2026")
    assert {entry.period for entry in quarter.told(known)} == {"2026-Q2"}
    of_year = year.told(known)
    assert {entry.period for entry in of_year} == {"2026-Q1", "2026-Q2", None}
    # An appointment names no period and changed no result.
    assert "EmployeeAppointed" not in {entry.type for entry in of_year}
    assert "DisciplineRecorded" in {entry.type for entry in of_year}
    assert Asked().told(known) == known.history()
    assert known.periods == {"2026-Q1", "2026-Q2"}
