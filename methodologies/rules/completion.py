"""When an assessment is complete, from when its years of keeping count (cl. 12; `arys-2022` cl. 8)."""

from datetime import date

from events.documents.calibration import Calibration
from events.documents.results import Result
from methodologies.act import Act


def completed_on(act: Act, result: Result, calibration: Calibration | None) -> date | None:
    """The day on which nothing of a result was left to do; None while something is.

    The acts say that papers are kept from completion and not when that is: the result is told, what was
    contested is decided, its protocol filed and its appeal resolved, and the last of these days counts.
    """
    if result.delivered_on is None or result.pending_appeal is not None:
        return None
    days = [result.delivered_on, *(one.resolved_on for one in result.appeals)]
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
