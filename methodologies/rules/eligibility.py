"""Who is assessed: tenure, work days, probation; each refusal with its ground."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from events.documents import Assessment, Employment
from events.documents.employment import Tenure
from events.period import Period
from methodologies.act import Act
from methodologies.rules.steps import Ground, Step

_DAY = timedelta(days=1)


def tenure_in(employment: Employment | None, position: str, period: Period) -> Tenure | None:
    """The time the position was held in the period; of several, the one that began first."""
    if employment is None:
        return None
    held = (
        tenure
        for tenure in employment.tenures_in(position)
        if tenure.since <= period.end and (tenure.until is None or tenure.until >= period.start)
    )
    return min(held, key=lambda tenure: tenure.since, default=None)


def months_reached(tenure: Tenure, period: Period, months: int) -> bool:
    """Whether `months` passed in the position by the end of the period, or by leaving (`tenure-month`).

    They have passed when the day that many months after appointment is not later than the day after the
    last one counted: appointed on 1 March, the first quarter counts; on 2 March it does not.
    """
    return tenure.since + relativedelta(months=months) <= _last_day(tenure, period) + _DAY


def _last_day(tenure: Tenure, period: Period) -> date:
    return period.end if tenure.until is None else min(tenure.until, period.end)


def ineligible(
    act: Act, assessment: Assessment, employment: Employment | None, period: Period
) -> Ground | None:
    """Why the servant is not assessed for the period under the act; None when he is."""
    rule = act.eligibility
    tenure = tenure_in(employment, assessment.position, period)
    if tenure is None:
        return Ground("position-not-held", rule.tenure.clause)
    if not months_reached(tenure, period, rule.tenure.months):
        return Ground("tenure-too-short", rule.tenure.clause, _tenure_inputs(act, tenure, period))
    if rule.probation is not None and _on_probation(tenure, period):
        return Ground(
            "on-probation", rule.probation.clause, {"until": tenure.probation_until, "period_end": period.end}
        )
    least = rule.workdays
    if least is not None and assessment.workdays is not None and assessment.workdays < least.value:
        return Ground("too-few-workdays", least.clause, {"days": assessment.workdays, "least": least.value})
    return None


def _on_probation(tenure: Tenure, period: Period) -> bool:
    return tenure.probation_until is not None and tenure.probation_until >= period.end


def _tenure_inputs(act: Act, tenure: Tenure, period: Period) -> dict[str, object]:
    return {
        "since": tenure.since,
        "until": _last_day(tenure, period),
        "months": act.eligibility.tenure.months,
    }


def steps(
    act: Act, assessment: Assessment, employment: Employment | None, period: Period
) -> tuple[Step, ...]:
    """Eligibility as steps of the calculation, for one who is assessed."""
    tenure = tenure_in(employment, assessment.position, period)
    if tenure is None:
        return ()
    rule = act.eligibility
    held = Step("tenure", rule.tenure.clause, _tenure_inputs(act, tenure, period), value=True)
    if rule.workdays is None:
        return (held,)
    inputs = {"days": assessment.workdays, "least": rule.workdays.value}
    code = "workdays" if assessment.workdays is not None else "workdays-unreported"
    return held, Step(code, rule.workdays.clause, inputs, value=True)
