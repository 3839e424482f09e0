"""From when three years count (cl. 12; `arys-2022` cl. 8)."""

from datetime import date

import pytest

from events.documents.calibration import Calibration, Protocol
from events.documents.results import Announcement, Appeal, CommissionDecision, Result
from events.period import parse_period
from events.vocabulary.assessment import ResultAnnounced, ResultRestated
from methodologies.loading import shipped
from methodologies.rules.completion import completed_on, kept_until

TYPICAL, SJC, ARYS = (shipped()[name] for name in ("typical-2025", "sjc-2017", "arys-2022"))
TOLD, SIGNED, HEARD = date(2026, 4, 15), date(2026, 4, 24), date(2026, 6, 1)
QUARTER, YEAR = parse_period("2026-Q1"), parse_period("2026")
LONG_AGO = date(1995, 1, 1)


def contested(protocol: Protocol | None) -> Calibration:
    return Calibration(
        "e-1",
        "p-1",
        "2026-Q1",
        requested_on=date(2026, 4, 16),
        requested_seq=5,
        concluded_seq=8,
        protocol=protocol,
    )


def reviewed(approved: date | None = None) -> CommissionDecision:
    return CommissionDecision("s-1", "approve", None, None, {}, 9, TOLD, SIGNED, approved_on=approved)


@pytest.mark.clause("score-sheet/cl-12/three-years")
@pytest.mark.parametrize(
    ("result", "calibration", "completed"),
    [
        (Result(), None, None),
        (Result(delivered_on=TOLD), None, TOLD),
        (Result(delivered_on=TOLD), Calibration("e-1", "p-1", "2026-Q1"), TOLD),
        (Result(delivered_on=TOLD), contested(None), None),
        (Result(delivered_on=TOLD), contested(Protocol("1", SIGNED, 9)), SIGNED),
        (Result(delivered_on=TOLD, appeals=(Appeal("court", SIGNED, 9),)), None, None),
        (
            Result(delivered_on=TOLD, appeals=(Appeal("court", SIGNED, 9, "left", resolved_on=HEARD),)),
            None,
            HEARD,
        ),
    ],
    ids=["not told", "told", "withdrawn", "contested", "protocol filed", "appealed", "appeal resolved"],
)
def test_cl_12_the_years_count_from_when_nothing_is_left_to_do(result, calibration, completed):
    assert completed_on(TYPICAL, result, calibration, QUARTER) == completed


def said(
    kind: type[ResultAnnounced | ResultRestated], on: date, cause: str, score: str | None
) -> Announcement:
    of = {"employee": "e-1", "position": "p-1", "period": "2026-Q1", "kind": "quarterly"}
    law = {"methodology": "typical-2025", "revision": 1, "digest": "0" * 64, "readings": {}}
    return Announcement(5, on, kind(**of, **law, score=score, cause=cause))


FIRST_TOLD = said(ResultAnnounced, TOLD, "ResultDelivered", "4.50")


@pytest.mark.clause("score-sheet/cl-12/three-years")
@pytest.mark.parametrize(
    ("delivered", "later", "completed"),
    [
        (TOLD, [], TOLD),
        (TOLD, [said(ResultRestated, SIGNED, "DisciplineRecorded", "4.00")], None),
        (TOLD, [said(ResultRestated, SIGNED, "MethodologyAdopted", "4.00")], None),
        (
            HEARD,
            [
                said(ResultRestated, SIGNED, "DisciplineRecorded", "4.00"),
                said(ResultAnnounced, HEARD, "ResultDelivered", "4.00"),
            ],
            HEARD,
        ),
        (
            LONG_AGO,
            [
                said(ResultRestated, SIGNED, "DisciplineRecorded", "4.00"),
                said(ResultAnnounced, LONG_AGO, "ResultDelivered", "4.00"),
            ],
            SIGNED,
        ),
        (TOLD, [said(ResultRestated, SIGNED, "CalibrationConcluded", "4.00")], SIGNED),
        (TOLD, [said(ResultRestated, SIGNED, "EmployeeDismissed", None)], SIGNED),
        (TOLD, [said(ResultRestated, SIGNED, "SheetReturned", None)], None),
    ],
    ids=[
        "told once",
        "restated",
        "by a change of the law",
        "told again",
        "told again on an impossible day",
        "by a panel, whose decision he knows",
        "none is left to tell",
        "sheet returned",
    ],
)
def test_what_was_restated_is_complete_once_it_was_told_again(delivered, later, completed):
    result = Result(delivered_on=delivered, announced=(FIRST_TOLD, *later))
    assert completed_on(TYPICAL, result, None, QUARTER) == completed


@pytest.mark.clause("score-sheet/cl-12/three-years")
@pytest.mark.parametrize(
    ("period", "signed_on", "settled_on", "completed"),
    [
        (QUARTER, None, None, date(2026, 3, 31)),
        (YEAR, None, None, date(2026, 12, 31)),
        (QUARTER, date(2026, 4, 10), None, date(2026, 4, 10)),
        (QUARTER, date(2026, 3, 20), None, date(2026, 3, 31)),
        (QUARTER, date(2026, 4, 10), HEARD, HEARD),
    ],
    ids=["quarter", "year", "signed after it", "signed within it", "dispute settled"],
)
def test_no_delivery_completes_a_result_before_its_period_its_sheet_or_a_dispute_ended(
    period, signed_on, settled_on, completed
):
    result = Result(delivered_on=LONG_AGO)
    found = completed_on(TYPICAL, result, None, period, signed_on=signed_on, settled_on=settled_on)
    assert found == completed


@pytest.mark.clause("arys-2022/cl-8/three-years")
@pytest.mark.parametrize(
    ("act", "decision", "completed"),
    [(SJC, None, None), (SJC, reviewed(), SIGNED), (ARYS, reviewed(), None), (ARYS, reviewed(HEARD), HEARD)],
    ids=["not reviewed", "reviewed", "not approved", "approved"],
)
def test_a_result_that_a_commission_reviews_is_complete_with_its_decision(act, decision, completed):
    assert completed_on(act, Result(delivered_on=TOLD, decision=decision), None, QUARTER) == completed


@pytest.mark.clause(
    "score-sheet/cl-12/three-years",
    "arys-2022/cl-8/three-years",
    "sjc-2017/cl-37/kept-without-a-term",
)
def test_papers_are_kept_three_years_and_under_sjc_for_no_term_that_is_set():
    assert kept_until(TYPICAL, TOLD) == date(2029, 4, 15)
    assert kept_until(ARYS, date(2024, 2, 29)) == date(2027, 2, 28)
    assert kept_until(SJC, TOLD) is None
