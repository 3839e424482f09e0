"""From when three years count (cl. 12; `arys-2022` cl. 8)."""

from datetime import date

import pytest

from events.documents.calibration import Calibration, Protocol
from events.documents.results import Appeal, CommissionDecision, Result
from methodologies.loading import shipped
from methodologies.rules.completion import completed_on, kept_until

TYPICAL, SJC, ARYS = (shipped()[name] for name in ("typical-2025", "sjc-2017", "arys-2022"))
TOLD, SIGNED, HEARD = date(2026, 4, 15), date(2026, 4, 24), date(2026, 6, 1)


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
    assert completed_on(TYPICAL, result, calibration) == completed


@pytest.mark.clause("arys-2022/cl-8/three-years")
@pytest.mark.parametrize(
    ("act", "decision", "completed"),
    [(SJC, None, None), (SJC, reviewed(), SIGNED), (ARYS, reviewed(), None), (ARYS, reviewed(HEARD), HEARD)],
    ids=["not reviewed", "reviewed", "not approved", "approved"],
)
def test_a_result_that_a_commission_reviews_is_complete_with_its_decision(act, decision, completed):
    assert completed_on(act, Result(delivered_on=TOLD, decision=decision), None) == completed


@pytest.mark.clause(
    "score-sheet/cl-12/three-years",
    "arys-2022/cl-8/three-years",
    "sjc-2017/cl-37/kept-without-a-term",
)
def test_papers_are_kept_three_years_and_under_sjc_for_no_term_that_is_set():
    assert kept_until(TYPICAL, TOLD) == date(2029, 4, 15)
    assert kept_until(ARYS, date(2024, 2, 29)) == date(2027, 2, 28)
    assert kept_until(SJC, TOLD) is None
