"""When an assessment is complete, from when its years of keeping count (cl. 12; `arys-2022` cl. 8)."""

from datetime import date
from typing import Final

from events.documents.calibration import Calibration
from events.documents.results import Announcement, Result
from events.period import Period
from events.vocabulary.assessment import ResultRestated
from methodologies.act import Act

_DECISIONS: Final = frozenset(
    {"AppealResolved", "CalibrationConcluded", "CommissionDecided", "DecisionApproved"}
)
"""What restates a result by deciding on it: the servant learns of it with the decision, whose day counts."""

_RETURNS: Final = frozenset({"PlanReturned", "SheetReturned"})
"""What takes a result back until another is signed."""


def completed_on(
    act: Act,
    result: Result,
    calibration: Calibration | None,
    period: Period,
    *,
    signed_on: date | None = None,
    settled_on: date | None = None,
) -> date | None:
    """The day on which nothing of a result was left to do; None while something is.

    The acts say that papers are kept from completion and not when that is: the result is told, what was
    contested is decided, its protocol filed, its appeal resolved and a dispute settled, and the last of these
    days counts. What changed since it was told is told again first. No day before the period's end, the
    sheet's signature (`signed_on`) or the last restatement counts, whatever a body says of its deliveries.
    """
    if result.delivered_on is None or result.pending_appeal is not None or _is_untold(result):
        return None
    days = [period.end, result.delivered_on, signed_on, settled_on]
    days += [one.resolved_on for one in result.appeals]
    days += [one.on for one in result.announced if isinstance(one.result, ResultRestated)]
    if calibration is not None and calibration.is_pending:
        return None
    if calibration is not None and calibration.protocol is not None:
        days.append(calibration.protocol.signed_on)
    if act.commission is not None:
        decision = result.decision
        if decision is None or (act.commission.approved_by is not None and decision.approved_on is None):
            return None
        days += [decision.sat_on, decision.approved_on]
    return max(day for day in days if day is not None)


def _is_untold(result: Result) -> bool:
    """Whether it changed since the servant was told, and he is still to be told of it."""
    last = result.announced[-1] if result.announced else None
    if last is None or not isinstance(last.result, ResultRestated) or last.result.cause in _DECISIONS:
        return False
    return last.result.cause in _RETURNS or _is_something(last)


def _is_something(one: Announcement) -> bool:
    """Whether there is a result to tell: one who takes no part after all has none, and cannot be told it."""
    return (one.result.score, one.result.grade, one.result.results) != (None, None, None)


def kept_until(act: Act, completed: date) -> date | None:
    """The last day on which the papers are kept; None where the act sets no term (`sjc-2017`)."""
    years = act.keeping.years
    if years is None:
        return None
    try:
        return completed.replace(year=completed.year + years)
    except ValueError:
        # 29 February has no anniversary in most years; the papers are kept for the whole of that month.
        return completed.replace(year=completed.year + years, day=28)
