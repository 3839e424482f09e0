"""Which sheets a period asks for: the form and the evaluator of each position held in it (cl. 16)."""

from datetime import timedelta

import msgspec

from events.documents import Employment
from events.documents.employment import Secondment, Tenure
from events.period import Period
from methodologies.act import Act
from methodologies.model.sheets import Evaluator, Kind
from methodologies.rules.eligibility import tenures_in

_DAY = timedelta(days=1)

_OF_A_QUARTER: tuple[Kind, ...] = ("quarterly",)
_OF_A_YEAR: tuple[Kind, ...] = ("annual", "competencies")


class Issue(msgspec.Struct, frozen=True):
    """A sheet to be issued: on which form of the act, to whom, by which clause.

    `evaluator` is the code that the file gives `by`, his supervisor or the head of his unit; None where it
    gives none but the servant himself, so that the body has to name one.
    """

    position: str
    form: str
    evaluator: str | None
    by: Evaluator
    clause: str


def sheets_for(act: Act, employment: Employment, period: Period) -> tuple[Issue, ...]:
    """The sheets of a servant for a period, by the day he took each position; none where the act has none.

    A quarter asks for a sheet of every position held in it, a year of the one held last. Whoever held a
    position is given a sheet: whether he is assessed is derived later, with its reason. For the time of a
    secondment the receiving body assesses where the act says so (`pavlodar-2026` cl. 3), so a position that
    the servant was away from throughout asks for none.
    """
    found = (
        sheet_of(act, kind, employment, position, period)
        for position in _positions(act, employment, period)
        for kind in (_OF_A_QUARTER if period.is_quarter else _OF_A_YEAR)
    )
    return tuple(one for one in found if one is not None)


def sheet_of(act: Act, kind: Kind, employment: Employment, position: str, period: Period) -> Issue | None:
    """The sheet of a position for a kind of grade; None when it was not held or the act has no such kind.

    Of several times in the position the last within the period decides.
    """
    held = tenures_in(employment, position, period)
    if not held:
        return None
    last = held[-1]
    assigned = act.assignment(kind, last.category, managerial=last.managerial, heads_unit=last.heads_unit)
    if assigned is None:
        return None
    by, evaluator = _evaluator(assigned.evaluator, last, employment.employee)
    return Issue(position, assigned.form, evaluator, by, assigned.clause)


def _evaluator(assigned: Evaluator, tenure: Tenure, employee: str) -> tuple[Evaluator, str | None]:
    if assigned == "unit-head" and tenure.unit_head == employee:
        # Who heads the unit himself is assessed by the one above him: an evaluator is a superior (cl. 2(4)).
        assigned = "supervisor"
    named = tenure.supervisor if assigned == "supervisor" else tenure.unit_head
    return assigned, None if named in {"", employee} else named


def _positions(act: Act, employment: Employment, period: Period) -> list[str]:
    if not period.is_quarter:
        last = employment.last_position_in(period)
        return [] if last is None else [last]
    held = [one for one in employment.tenures if _overlaps(one, period)]
    in_order = dict.fromkeys(one.position for one in sorted(held, key=lambda one: one.since))
    return [one for one in in_order if _served_at_home(act, employment, one, period)]


def _overlaps(tenure: Tenure, period: Period) -> bool:
    return tenure.since <= period.end and (tenure.until is None or tenure.until >= period.start)


def _served_at_home(act: Act, employment: Employment, position: str, period: Period) -> bool:
    if "secondment" not in act.substitution:
        return True
    away = sorted(
        (one for one in employment.secondments if one.position == position), key=lambda one: one.since
    )
    return any(_is_left(one, away, period) for one in tenures_in(employment, position, period))


def _is_left(tenure: Tenure, away: list[Secondment], period: Period) -> bool:
    """Whether a day of the tenure in the period is left beside the secondments, which are in order."""
    since = max(tenure.since, period.start)
    until = period.end if tenure.until is None else min(tenure.until, period.end)
    for one in away:
        if one.since > since:
            break
        since = max(since, one.until + _DAY)
    return since <= until
