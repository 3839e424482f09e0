"""Who is assessed: tenure, work days, probation; each refusal with its ground."""

from datetime import date, timedelta

import msgspec
from dateutil.relativedelta import relativedelta

from events.documents import Assessment, Employment
from events.documents.employment import Tenure
from events.period import Period
from methodologies.act import Act
from methodologies.model.procedure import Tenure as TenureRule
from methodologies.rules.steps import Ground, Step

_DAY = timedelta(days=1)
_LONGEST_MONTH = 31


class Counted(msgspec.Struct, frozen=True):
    """The time in the position that the act counts: from a day to a last day, both in it."""

    tenure: Tenure
    since: date
    until: date

    def reaches(self, months: int) -> bool:
        """Whether so many months have passed (`tenure-month`, `three-months`).

        They have when the day that many months after the first is not later than the day after the last:
        appointed on 1 March, the first quarter counts; on 2 March it does not.
        """
        end = self.until + _DAY
        # No month is longer, so this settles it for nearly everybody without the calendar's arithmetic.
        return (end - self.since).days >= _LONGEST_MONTH * months or (
            self.since + relativedelta(months=months) <= end
        )


def tenures_in(employment: Employment | None, position: str, period: Period) -> tuple[Tenure, ...]:
    """The times the position was held in the period, in the order they began."""
    if employment is None:
        return ()
    start, end = period.bounds
    held = [
        tenure
        for tenure in employment.tenures
        if tenure.position == position
        and tenure.since <= end
        and (tenure.until is None or tenure.until >= start)
    ]
    if len(held) > 1:
        held.sort(key=lambda tenure: tenure.since)
    return tuple(held)


def tenure_in(employment: Employment | None, position: str, period: Period) -> Tenure | None:
    """The time the position was held in the period; of several, the one that began first."""
    return next(iter(tenures_in(employment, position, period)), None)


def counted_tenure(act: Act, employment: Employment | None, position: str, period: Period) -> Counted | None:
    """The time in the position that decides: of several, the first that is long enough, else the last."""
    rule = act.eligibility.tenure
    counted: Counted | None = None
    for one in tenures_in(employment, position, period):
        counted = _counted(rule, employment, one, period)
        if counted.reaches(rule.months):
            break
    return counted


def _counted(rule: TenureRule, employment: Employment | None, tenure: Tenure, period: Period) -> Counted:
    start, end = period.bounds
    since, until = tenure.since, end if tenure.until is None else min(tenure.until, end)
    for leave in () if employment is None else employment.leaves:
        if leave.kind not in rule.counted_after or leave.since > until:
            continue
        if leave.until is not None and leave.until < until:
            since = max(since, leave.until + _DAY)
        elif leave.since > start:
            # He has not returned yet, so what he worked before he left is counted.
            until = leave.since - _DAY
        else:
            since = until
    return Counted(tenure, min(since, until), until)


def ineligible(
    act: Act, assessment: Assessment, employment: Employment | None, period: Period
) -> Ground | None:
    """Why the servant is not assessed for the period under the act; None when he is."""
    rule = act.eligibility
    counted = counted_tenure(act, employment, assessment.position, period)
    if counted is None:
        return Ground("position-not-held", rule.tenure.clause)
    if not counted.reaches(rule.tenure.months):
        return Ground("tenure-too-short", rule.tenure.clause, _tenure_inputs(act, counted))
    if rule.probation is not None and _on_probation(counted.tenure, period):
        until = counted.tenure.probation_until
        return Ground("on-probation", rule.probation.clause, {"until": until, "period_end": period.end})
    least = rule.workdays
    if least is not None and assessment.workdays is not None and assessment.workdays < least.value:
        return Ground("too-few-workdays", least.clause, {"days": assessment.workdays, "least": least.value})
    return None


def _on_probation(tenure: Tenure, period: Period) -> bool:
    return tenure.probation_until is not None and tenure.probation_until >= period.end


def _tenure_inputs(act: Act, counted: Counted) -> dict[str, object]:
    return {"since": counted.since, "until": counted.until, "months": act.eligibility.tenure.months}


def steps(
    act: Act, assessment: Assessment, employment: Employment | None, period: Period
) -> tuple[Step, ...]:
    """Eligibility as steps of the calculation, for one who is assessed."""
    counted = counted_tenure(act, employment, assessment.position, period)
    if counted is None:
        return ()
    rule = act.eligibility
    held = Step("tenure", rule.tenure.clause, _tenure_inputs(act, counted), value=True)
    if rule.workdays is None:
        return (held,)
    inputs = {"days": assessment.workdays, "least": rule.workdays.value}
    code = "workdays" if assessment.workdays is not None else "workdays-unreported"
    return held, Step(code, rule.workdays.clause, inputs, value=True)
