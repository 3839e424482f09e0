"""A whole year of a body of three hundred through the real servers: at its end every term is accounted for.

Health lends servants to Pavlodar and borrows from it. Sheets are issued by the clock, as it stands at their
periods' end; everything else is what the bodies report.
"""

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from dateutil.relativedelta import relativedelta

from events.documents import Assessment, fold
from events.envelope import AGENCY, Event
from events.keyring import Keyring
from events.log import Connection, Log
from events.period import parse_period
from methodologies import registry
from methodologies.registry import first_law
from methodologies.rules.steps import GRADED, NOT_ASSESSED
from projections import marks, store
from projections.dossiers import Reader
from projections.grade import Grade
from projections.obligations import Obligation, read_obligations
from projections.results import result_of
from projections.view import LedgerView
from services import projector
from services.clock.passing import Clock, Passed
from services.feeding import feed
from services.offline import Ledgers, rejections
from services.sample import Country, bodies, facts_of, lapses_of
from services.servers import Servers, connect
from tests import serving

pytestmark = pytest.mark.servers

COUNTRY = Country(seed=10, bodies=3, employees=370, wrong=0, clocked=True)
BODY = "health"
LAST_DAY = date(2027, 7, 1)
DAYS = sorted(
    {date(2026, 1, 1) + timedelta(weeks=week) for week in range(62)}
    | {date(2026, month, 1) for month in range(1, 13)}
    # The last days on which the year may be formed, and on which anything is told of it.
    | {date(2027, 1, 30), LAST_DAY}
)

Facts = dict[str, list[dict[str, Any]]]


def said(event: Event) -> Any:
    """What an event says, by the names of its type."""
    return event.data


class Year(msgspec.Struct):
    """What the bodies told, what came of it in their ledgers, and what the clock said of each pass."""

    told: Facts
    events: dict[str, list[Event]]
    grades: list[Grade]
    obligations: dict[str, tuple[Obligation, ...]]
    passes: list[Passed]


def reported() -> Facts:
    """The country's facts; Health comes under its act with the first period that is told of."""
    told = {body: list(facts_of(COUNTRY, body)) for body in (AGENCY, *(one.code for one in bodies(COUNTRY)))}
    for fact in told[BODY]:
        if fact["type"] == "MethodologyAdopted":
            fact["data"]["from_period"] = "2026-Q1"
    return told


def is_left_to_the_clock(fact: Mapping[str, Any]) -> bool:
    """Whether the clock issues the sheet: not for one lent, whose evaluator the receiving body names."""
    if fact["type"] != "SheetIssued" or fact["data"]["position"].startswith("seconded/"):
        return False
    governed = {one.code: one.governed_by(parse_period(fact["data"]["period"])) for one in bodies(COUNTRY)}
    return governed[fact["body"]] != "typical-2025"


def weekly(told: Facts) -> Iterator[tuple[date, list[tuple[str, bytes]]]]:
    """The messages up to the day before each pass of the clock, bodies side by side."""
    waiting = {
        body: deque(fact for fact in facts if not is_left_to_the_clock(fact)) for body, facts in told.items()
    }
    for day in DAYS:
        lines = []
        for body, facts in waiting.items():
            while facts and facts[0]["occurred_on"] < str(day):
                lines.append((body, msgspec.json.encode(facts.popleft())))
        yield day, lines
    assert not any(waiting.values())


@asynccontextmanager
async def projecting(servers: Servers, ring: Keyring) -> AsyncIterator[None]:
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(projector.run(servers, ring, stop, ready=ready.set))
    await asyncio.wait_for(ready.wait(), serving.PATIENCE)
    try:
        yield
    finally:
        stop.set()
        await task


async def lived(servers: Servers, ring: Keyring) -> Year:
    told, passes = reported(), []
    log = Log(ring)
    clock = Clock(log)
    async with serving.intake(servers, ring), projecting(servers, ring):
        with connect(servers, "bagalau_writer", autocommit=True) as conn:
            for day, lines in weekly(told):
                fed = await feed(servers.nats_url, lines, patience=serving.PATIENCE)
                assert [one.problem for one in fed.rejected] == []
                passes.append(await asyncio.to_thread(clock.pass_over, conn, day))
            passes.append(await asyncio.to_thread(Clock(log).pass_over, conn, LAST_DAY))
            codes = [one.code for one in bodies(COUNTRY)]
            events = {
                body: [one for one in log.read(conn, body) if isinstance(one, Event)]
                for body in (AGENCY, *codes)
            }
            obligations = {
                body: read_obligations(conn, Reader(ring), body, LAST_DAY).obligations for body in codes
            }
        with connect(servers, "bagalau_projector", autocommit=True) as conn:
            await level(conn)
            grades = list(store.grades(conn, ring))
    return Year(told, events, grades, obligations, passes)


async def level(conn: Connection) -> None:
    async with asyncio.timeout(serving.PATIENCE):
        while any(one.behind or one.law_behind for one in marks.lag(conn)):  # noqa: ASYNC110 - a thread's
            await asyncio.sleep(0.05)


async def test_a_year_of_three_hundred_ends_with_no_obligation_unexplained(fresh_servers: Servers) -> None:
    year = await lived(fresh_servers, serving.new_keyring())
    everything_happened(year)
    the_clock_failed_on_nobody_and_has_nothing_left_to_do(year)
    every_term_ended_as_the_facts_have_it(year)
    what_is_missed_is_what_the_bodies_did_not_do(year)
    everyone_who_is_assessed_has_his_terms(year)
    grades_are_those_of_the_facts_alone(year)
    what_was_told_last_is_what_stands(year)
    quarters_spent_elsewhere_count_at_home(year)


def everything_happened(year: Year) -> None:
    happened = Counter(event.type for event in year.events[BODY])
    appointed = {fact["data"]["employee"] for fact in year.told[BODY] if fact["type"] == "EmployeeAppointed"}
    assert len(appointed) >= 300
    assert happened >= Counter(
        {
            "EmployeeTransferred": 8,
            "EmployeeDismissed": 8,
            "EmployeeSeconded": 3,
            "SecondmentReceived": 1,
            "DisciplineRecorded": 10,
            "DisciplineAnnulled": 1,
            "EvaluatorReplaced": 5,
            "EvaluatorAdded": 5,
            "CalibrationRequested": 30,
            "CalibrationWithdrawn": 1,
            "MemberReplaced": 1,
            "CalibrationConcluded": 25,
            "FeedbackGiven": 20,
            "AppealResolved": 2,
            "AnnualFormed": 300,
        }
    )
    causes = {said(event).cause for event in year.events[BODY] if event.type == "ResultRestated"}
    assert causes >= {"CalibrationConcluded", "DisciplineRecorded", "AppealResolved"}


def the_clock_failed_on_nobody_and_has_nothing_left_to_do(year: Year) -> None:
    assert {tuple(one.failing.items()) for one in year.passes} == {()}
    assert {one.failed for one in year.passes} == {0}
    # The last is of a clock that knew nothing, after one that knew everything.
    assert year.passes[-1].count == 0


def of_the_year(obligations: Iterable[Obligation]) -> list[Obligation]:
    """Those of 2026; of the quarters after it the bodies tell nothing here."""
    return [one for one in obligations if one.period.startswith("2026")]


def key_of(one: Any) -> tuple[str, str, str]:
    return one.employee, one.position, one.period


def what_is_missed_is_what_the_bodies_did_not_do(year: Year) -> None:
    for body, obligations in year.obligations.items():
        missed = {(*key_of(one), one.term) for one in of_the_year(obligations) if one.state == "missed"}
        assert missed == {(*key_of(one), one.term) for one in lapses_of(COUNTRY, body)}
    assert len(lapses_of(COUNTRY, BODY)) > 20


class Days:
    """The days that terms are counted from and met on, as the facts of an assessment give them."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._days: dict[str, list[date]] = defaultdict(list)
        for event in events:
            named = "signed_on" if event.type == "ProtocolFiled" else "on"
            self._days[event.type].append(getattr(event.data, named, event.occurred_on))
            if event.type == "ProtocolFiled":
                self._days["filed"].append(event.occurred_on)
            if event.type == "CalibrationWithdrawn":
                self._days["CalibrationRequested"].clear()

    def first(self, name: str, since: date = date.min) -> date | None:
        return min((day for day in self._days[name] if day >= since), default=None)

    def last(self, name: str) -> date:
        return max(self._days[name])


def every_term_ended_as_the_facts_have_it(year: Year) -> None:
    for body, obligations in year.obligations.items():
        of_each: dict[tuple[str, ...], list[Event]] = defaultdict(list)
        for event in year.events[body]:
            if event.document.kind in {"assessment", "calibration"}:
                of_each[event.document.key].append(event)
            if event.type == "AnnualFormed":
                of_each[said(event).employee, said(event).position, said(event).year].append(event)
        for one in of_the_year(obligations):
            due, met, otherwise = by_hand(one, Days(of_each[key_of(one)]))
            assert one.due == due, one
            assert one.state == ("kept" if met and met <= due else "missed" if met else otherwise), one


def by_hand(one: Obligation, days: Days) -> tuple[date, date | None, str]:
    """The last day, the day it was met, and what it is if it never was (cl. 4, 9, 10, 19, 20, 22)."""
    end = parse_period(one.period).end
    match one.term:
        case "quarter-assessed":
            return end + timedelta(days=20), days.first("SheetSigned"), "missed"
        case "annual-formed":
            return date(2027, 1, 30), days.first("AnnualFormed"), "missed"
        case "dismissed-told":
            month_after = end + relativedelta(months=1, day=31)
            return month_after, days.first("ResultDelivered"), "missed"
    counted = {
        "panel-approved": ("CalibrationRequested", 3, "CalibrationConvened"),
        "panel-held": ("CalibrationRequested", 10, "CalibrationConcluded"),
        "protocol-filed": ("ProtocolFiled", 3, "filed"),
        "calibration-request": ("ResultDelivered", 5, "CalibrationRequested"),
    }
    begins, count, meets = counted[one.term]
    if one.term == "calibration-request" and one.body == "pavlodar" and one.period != "2026-Q1":
        begins = "ResultAcquainted"
    since = days.last(begins)
    due = first_law().calendar.add_working_days(since, count)
    return due, days.first(meets, since), "lapsed" if one.term == "calibration-request" else "missed"


def everyone_who_is_assessed_has_his_terms(year: Year) -> None:
    for body, obligations in year.obligations.items():
        assessed = {key_of(one) for one in grades_of(year, body) if one.kind == "quarterly"}
        owed = {key_of(one) for one in of_the_year(obligations) if one.term == "quarter-assessed"}
        assert owed == assessed
        years = {one.employee for one in grades_of(year, body) if one.kind == "annual"}
        assert {one.employee for one in of_the_year(obligations) if one.term == "annual-formed"} == years


def grades_of(year: Year, body: str) -> list[Grade]:
    """Of the year, those that are or will be."""
    return [
        one
        for one in year.grades
        if one.body == body and one.period.startswith("2026") and one.status != NOT_ASSESSED
    ]


def plainly(grade: Grade) -> Grade:
    """A grade without what only the clock can add to it."""
    flags = tuple(flag for flag in grade.flags if flag != "provisional")
    return msgspec.structs.replace(grade, flags=flags, steps=())


def grades_are_those_of_the_facts_alone(year: Year) -> None:
    ledgers = Ledgers()
    lines = [msgspec.json.encode(fact) for facts in year.told.values() for fact in facts]
    refused = [problem.code for _, problem in rejections(ledgers, lines)]
    # Who is lent, the receiving body learns from the clock alone.
    assert set(refused) == {"unknown-employee"}
    moved = {
        (event.ledger, said(event).employee)
        for events in year.events.values()
        for event in events
        if event.type in {"EmployeeSeconded", "SecondmentReceived"}
    }

    def comparable(grades: Iterable[Grade]) -> dict[tuple[str, ...], Grade]:
        return {
            one.key: plainly(one)
            for one in grades
            if one.period.startswith("2026")
            and ((one.body, one.employee) not in moved or one.kind == "quarterly")
            and not one.position.startswith("seconded/")
        }

    alone, found = comparable(ledgers.grades(explained=False)), comparable(year.grades)
    # The clock sends a sheet to everyone, a body may spare those who are not assessed.
    spared = {key for key, one in found.items() if key not in alone and one.status == NOT_ASSESSED}
    assert {key: one for key, one in found.items() if key not in spared} == alone
    assert len(alone) > 1400


def what_was_told_last_is_what_stands(year: Year) -> None:
    law = registry.fold(year.events[AGENCY])
    told = 0
    for body in year.obligations:
        view = LedgerView(body, fold(year.events[body]), law)
        for name, document in view.documents.items():
            for result in document.results if isinstance(document, Assessment) else ():
                if result.last is None:
                    continue
                grade = result_of(view, name, result.form)
                assert grade is not None
                graded = grade.status == GRADED
                stands = (grade.score, grade.grade) if graded else (None, None)
                assert (result.last.score, result.last.grade) == stands, name
                told += 1
    assert told > 1400


def quarters_spent_elsewhere_count_at_home(year: Year) -> None:
    away = [
        (one.body, quarter.body)
        for one in year.grades
        if one.kind == "annual" and one.quarters
        for quarter in one.quarters
        if quarter.body != one.body
    ]
    carried = [event for event in year.events[BODY] if event.type == "QuarterCarried" and said(event).score]
    assert (BODY, "pavlodar") in away
    assert len({(said(one).employee, said(one).period) for one in carried}) == away.count((BODY, "pavlodar"))
