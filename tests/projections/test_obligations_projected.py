"""Obligations: who owes what by when, as a fold of what the clock marked, on any day."""

from collections.abc import Iterator
from datetime import date

import pytest

from events.documents.obligations import Obligations
from events.log import Connection, Log, LogError
from events.vocabulary import Name
from events.vocabulary.obligation import TermMark
from methodologies.registry import first_law
from projections.dossiers import Reader
from projections.obligations import Obligation, obligations_of, read_obligations
from projections.view import LedgerView
from services.clock.passing import pass_over
from services.intake.opening import found as founded
from services.servers import Servers, connect
from tests.facts import BODY, adopted, appointed, fact, issued, ref
from tests.ledgers import new_log
from tests.services.clock.test_clock_pass import tell
from tests.services.clock.world import World, delivered, dismissed, graded

ACT = adopted("zhanakorgan-2026")


def on(world: World, day: str) -> dict[str, Obligation]:
    """The obligations of e-1 by term, as they read on a day."""
    state = world.states[BODY]
    view = LedgerView(BODY, state.documents, world.law)
    return {one.term: one for one in obligations_of(view, state.obligations, date.fromisoformat(day))}


def quarter() -> World:
    world = World(ACT, appointed())
    world.tick("2026-04-01")
    return world


def test_cl_4_the_evaluator_of_the_sheet_owes_the_quarter_and_days_are_counted_down() -> None:
    one = on(quarter(), "2026-04-15")["quarter-assessed"]

    assert (one.owes, one.who, one.state, one.due) == ("evaluator", "head-1", "open", date(2026, 4, 20))
    assert (one.days_left, one.days_late, one.clause) == (5, None, "4")
    assert one.title is not None
    assert one.title.en == "The quarter is assessed"


def test_an_open_term_whose_day_is_past_reads_as_missed_before_the_clock_marks_it() -> None:
    one = on(quarter(), "2026-04-23")["quarter-assessed"]

    assert (one.state, one.days_left, one.days_late, one.is_overdue) == ("missed", None, 3, True)


def test_what_was_met_late_is_as_late_as_it_was_and_owed_no_more() -> None:
    world = quarter().tell(*graded(ref(), "2026-04-22"))
    world.tick("2026-05-30")

    one = on(world, "2026-06-30")["quarter-assessed"]

    assert (one.state, one.met_on, one.days_late, one.is_overdue) == ("missed", date(2026, 4, 22), 2, False)


def test_cl_10_the_servants_own_right_lapses_and_is_nobodys_debt() -> None:
    world = quarter().tell(*graded(ref(), "2026-04-10"), delivered(ref(), "2026-04-14"))
    world.tick("2026-04-14")

    open_, past = on(world, "2026-04-21"), on(world, "2026-04-22")

    assert (open_["calibration-request"].who, open_["calibration-request"].state) == ("e-1", "open")
    assert (past["calibration-request"].state, past["calibration-request"].is_overdue) == ("lapsed", False)


def test_cl_22_a_panel_without_a_majority_is_shown_as_stuck() -> None:
    def asked(type_: str, on: str, **data: object) -> bytes:
        return fact(type_, {**ref(), **data}, on=on)

    seats = [{"member": f"m-{n}", "role": "hr" if n == 1 else "evaluator"} for n in (1, 2, 3)]
    votes = [
        asked("VoteCast", "2026-04-21", member=f"m-{n}", round=1, score=score)
        for n, score in ((1, "3"), (2, "4"), (3, "5"))
    ]
    world = quarter().tell(
        *graded(ref(), "2026-04-10"),
        delivered(ref(), "2026-04-14"),
        asked("CalibrationRequested", "2026-04-15", grounds="too low"),
        asked("CalibrationConvened", "2026-04-16", members=seats, sits_on="2026-04-21"),
        *votes[:2],
    )
    world.tick("2026-04-21")
    assert on(world, "2026-04-21")["panel-held"].stuck_in is None

    world.tell(votes[2])
    assert on(world, "2026-04-21")["panel-held"].stuck_in == 2


def test_cl_9_what_hr_owes_is_owed_by_nobody_by_name() -> None:
    world = World(ACT, appointed(), dismissed("e-1", "2026-02-10"))
    world.tick("2026-04-01")

    one = on(world, "2026-04-02")["dismissed-told"]

    assert (one.owes, one.who) == ("hr", None)


def test_sjc_cl_10_a_plan_is_owed_by_the_supervisor_before_there_is_a_sheet() -> None:
    world = World(adopted("sjc-2017", "2017-Q1"), appointed(on="2015-06-01"))
    world.tick("2017-01-01")

    one = on(world, "2017-01-02")["plan-drawn-up"]

    assert (one.form, one.who, one.days_left) == ("plan", "boss-1", 8)


def test_a_term_that_runs_no_more_is_left_out_and_one_that_the_act_lost_has_no_title() -> None:
    mark = TermMark(term="gone", owes="superior", due=date(2026, 4, 1), clause="9", state="open")
    dead = TermMark(term="quarter-assessed", owes="hr", due=date(2026, 4, 1), clause="9", state="withdrawn")
    name = Name("obligations", ("e-1", "p-1", "2026-Q1", "annex-2"))
    marked = {name: Obligations(*name.key, {"gone": mark, "quarter-assessed": dead})}

    (one,) = obligations_of(LedgerView(BODY, {}, first_law()), marked, date(2026, 3, 1))

    assert (one.term, one.title, one.who, one.state) == ("gone", None, None, "open")


@pytest.fixture
def log() -> Log:
    return new_log()


@pytest.fixture
def conn(servers: Servers, database: str, log: Log) -> Iterator[Connection]:
    own = Servers(database, servers.nats_url, embedded=servers.embedded)
    with connect(own, "bagalau_writer", autocommit=True) as writer:
        founded(writer, log)
        yield writer


@pytest.mark.servers
def test_a_bodys_ledger_is_read_by_due_date_whatever_cannot_be_read(conn: Connection, log: Log) -> None:
    tell(conn, log, ACT, appointed("e-1"), appointed("e-2"), issued(ref("e-2")))
    tell(conn, log, *graded(ref("e-2"), "2026-04-10"), delivered(ref("e-2"), "2026-04-14"))
    pass_over(conn, log, date(2026, 4, 15))

    read = read_obligations(conn, Reader(log.keyring), BODY, date(2026, 4, 15))

    assert [(one.employee, one.term, one.state) for one in read.obligations] == [
        ("e-1", "quarter-assessed", "open"),
        ("e-2", "quarter-assessed", "kept"),
        ("e-2", "calibration-request", "open"),
    ]
    assert read.left_out == 0
    with pytest.raises(LogError, match="nowhere"):
        read_obligations(conn, Reader(log.keyring), "nowhere", date(2026, 4, 15))
