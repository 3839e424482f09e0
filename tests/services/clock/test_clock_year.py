"""A year of a small body, day by day through the real log: every term at its end as by hand from the act."""

import json
from datetime import date
from decimal import Decimal

import pytest

from events.envelope import SYSTEM, Fact
from events.log import Connection, Log
from events.vocabulary.calibration import CalibrationConcluded
from events.wire import read_fact
from projections.dossiers import Reader
from projections.obligations import read_obligations
from services.clock.passing import Clock
from tests import ledgers
from tests.facts import BODY, adopted, appointed, fact, ref, worked
from tests.services.clock.world import dated, days, delivered, dismissed, graded

pytestmark = pytest.mark.servers

Q1, Q2, Q3, Q4 = "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"
E1 = ref("e-1")


def panel() -> list[bytes]:
    members = [
        {"member": name, "role": role} for name, role in (("a", "evaluator"), ("b", "evaluator"), ("c", "hr"))
    ]
    return [
        fact("CalibrationRequested", {**E1, "grounds": "row 3"}, on="2026-04-20"),
        fact("CalibrationConvened", {**E1, "members": members, "sits_on": "2026-05-05"}, on="2026-04-23"),
        fact("ProtocolFiled", {**E1, "number": "1", "signed_on": "2026-05-05"}, on="2026-05-13"),
    ]


def told() -> dict[str, list[bytes]]:
    """What the body tells, by day."""
    lines = [
        # e-1: in time, but for the third quarter; the first is contested.
        *graded(E1, "2026-04-10"),
        delivered(E1, "2026-04-14"),
        *panel(),
        *graded(ref("e-1", period=Q2), "2026-07-20"),
        delivered(ref("e-1", period=Q2), "2026-07-21"),
        *graded(ref("e-1", period=Q3), "2026-10-21"),
        delivered(ref("e-1", period=Q3), "2026-10-22"),
        *graded(ref("e-1", period=Q4), "2027-01-15"),
        delivered(ref("e-1", period=Q4), "2027-01-18"),
        # e-2: nobody assessed the third quarter, and nothing was delivered.
        *graded(ref("e-2"), "2026-04-20"),
        *graded(ref("e-2", period=Q2), "2026-07-02"),
        *graded(ref("e-2", period=Q4), "2027-01-10"),
        # e-3: dismissed in the first quarter, told in the month after.
        dismissed("e-3", "2026-02-27"),
        *graded(ref("e-3"), "2026-04-15"),
        delivered(ref("e-3"), "2026-04-28"),
        # e-4: came too late for the first quarter, worked too little in the second.
        appointed("e-4", on="2026-03-10"),
        *dated("2026-07-03", worked(10, ref("e-4", period=Q2))),
        *graded(ref("e-4", period=Q3), "2026-10-05"),
        *graded(ref("e-4", period=Q4), "2027-01-20"),
    ]
    by_day: dict[str, list[bytes]] = {}
    for line in lines:
        by_day.setdefault(json.loads(line)["occurred_on"], []).append(line)
    return by_day


EXPECTED = {
    # cl. 10, 19, 20, 22 by working days; 1, 7, 8 and 11 May are days off.
    "e-1 2026-Q1": {
        "quarter-assessed kept 2026-04-20 2026-04-10",
        "calibration-request kept 2026-04-21 2026-04-20",
        "panel-approved kept 2026-04-23 2026-04-23",
        "panel-held kept 2026-05-05 2026-05-05",
        "protocol-filed missed 2026-05-12 2026-05-13",
    },
    "e-1 2026-Q2": {
        "quarter-assessed kept 2026-07-20 2026-07-20",
        "calibration-request lapsed 2026-07-28",
    },
    # The 26th of October is off for the 25th.
    "e-1 2026-Q3": {
        "quarter-assessed missed 2026-10-20 2026-10-21",
        "calibration-request lapsed 2026-10-30",
    },
    "e-1 2026-Q4": {
        "quarter-assessed kept 2027-01-20 2027-01-15",
        "calibration-request lapsed 2027-01-25",
    },
    "e-1 2026": {"annual-formed kept 2027-01-30 2027-01-15"},
    "e-2 2026-Q1": {"quarter-assessed kept 2026-04-20 2026-04-20"},
    "e-2 2026-Q2": {"quarter-assessed kept 2026-07-20 2026-07-02"},
    "e-2 2026-Q3": {"quarter-assessed missed 2026-10-20"},
    "e-2 2026-Q4": {"quarter-assessed kept 2027-01-20 2027-01-10"},
    "e-2 2026": {"annual-formed kept 2027-01-30 2027-01-30"},
    "e-3 2026-Q1": {
        "quarter-assessed kept 2026-04-20 2026-04-15",
        "dismissed-told kept 2026-04-30 2026-04-28",
        "calibration-request lapsed 2026-05-06",
    },
    "e-3 2026": {"annual-formed kept 2027-01-30 2027-01-01"},
    "e-4 2026-Q3": {"quarter-assessed kept 2026-10-20 2026-10-05"},
    "e-4 2026-Q4": {"quarter-assessed kept 2027-01-20 2027-01-20"},
    "e-4 2026": {"annual-formed kept 2027-01-30 2027-01-20"},
}


def concluded() -> Fact:
    data = CalibrationConcluded(**E1, round=1, score=Decimal("4.50"))
    id_ = read_fact(fact("CalibrationWithdrawn", E1)).id
    return Fact(id_, BODY, "CalibrationConcluded", date(2026, 5, 5), SYSTEM, data)


def test_every_term_of_a_year_ends_kept_missed_or_lapsed_as_by_hand(conn: Connection, log: Log) -> None:
    start = [adopted("zhanakorgan-2026"), *(appointed(f"e-{number}") for number in (1, 2, 3))]
    ledgers.record(conn, log, [read_fact(line) for line in start])
    waiting, clock = told(), Clock(log)
    for day in days("2026-01-01", "2027-02-10"):
        facts = [read_fact(line) for line in waiting.pop(str(day), ())]
        facts += [concluded()] if day == date(2026, 5, 5) else []
        if facts:
            ledgers.record(conn, log, facts)
        assert clock.pass_over(conn, day).failing == {}
    assert waiting == {}

    read = read_obligations(conn, Reader(log.keyring), BODY, date(2027, 2, 10))

    found: dict[str, set[str]] = {}
    for one in read.obligations:
        stands = f"{one.term} {one.state} {one.due}" + (f" {one.met_on}" if one.met_on else "")
        found.setdefault(f"{one.employee} {one.period}", set()).add(stands)
    assert found == EXPECTED
    assert read.left_out == 0
    assert Clock(log).pass_over(conn, date(2027, 2, 10)).count == 0
