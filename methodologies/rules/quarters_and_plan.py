"""The annual score of quarters and work plan, version 1: each on the five-point scale, joined by weights."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from events.documents import Assessment, Plan
from methodologies.act import Act
from methodologies.model.readings import annual_weights
from methodologies.model.sheets import Band, Bands
from methodologies.model.strands import Annual
from methodologies.rules import points
from methodologies.rules.bands import Placed, band_steps, place, placing_steps
from methodologies.rules.mean_of_quarters import Counted, Quarter, mean, quarter_steps, quarters
from methodologies.rules.steps import Step, plain


class TargetMark(msgspec.Struct, frozen=True):
    """The mark of one target of the plan, on the act's scale."""

    target: str
    mark: Decimal


class Working(msgspec.Struct, frozen=True):
    """A year worked out: the quarters' mean and its mark, the plan's marks, their join and its band."""

    quarters: tuple[Quarter, ...]
    quarters_placed: Placed
    quarters_mark: Decimal
    targets: tuple[TargetMark, ...]
    plan_sum: Decimal
    weights: tuple[Decimal, Decimal]
    placed: Placed

    @property
    def gap(self) -> bool:
        """Whether the grade hangs on rounding: in the quarters' mean or in the year's own score."""
        return self.quarters_placed.gap or self.placed.gap


def unmarked_targets(plan: Plan, assessment: Assessment) -> tuple[str, ...]:
    """The targets of the plan that have no mark yet, in the plan's order (`sjc-2017` cl. 30)."""
    marked = {one.target for one in assessment.targets if one.mark is not None}
    return tuple(target for target in _targets(plan) if target not in marked)


def plan_marks(plan: Plan, assessment: Assessment) -> tuple[TargetMark, ...]:
    """The marks of the plan's targets, in its order; marks of targets that it no longer has are left out."""
    marks = {one.target: one.mark for one in assessment.targets}
    return tuple(
        TargetMark(target, Decimal(mark))
        for target in _targets(plan)
        if (mark := marks.get(target)) is not None
    )


def _targets(plan: Plan) -> tuple[str, ...]:
    return tuple(str(one.target) for one in plan.targets)


def work_out(
    act: Act, readings: Mapping[str, str], counted: Sequence[Counted], marks: Sequence[TargetMark]
) -> Working:
    """The annual score (`sjc-2017` cl. 5, 32), exact, and its band (cl. 33).

    The quarterly points are averaged, the mean takes the mark of its band, and that mark and the mean of the
    plan's marks are joined by the reading `annual-weights`. ValueError without a quarter or without a mark.
    """
    if not counted or not marks:
        raise ValueError("a year needs a graded quarter and a marked target")
    rule = _rule(act)
    found = quarters(counted, readings)
    quarterly = act.bands[points.BANDS]
    quarters_placed = place(mean(found), quarterly, readings)
    quarters_mark = _mark(quarterly, quarters_placed.grade)
    weights = annual_weights(readings[_weights(rule)])
    plan_sum = sum((one.mark for one in marks), Decimal(0))
    # One division at the end: the plan's mean of three marks has no exact decimal, the joined score may.
    score = (weights[0] * quarters_mark * len(marks) + weights[1] * plan_sum) / len(marks)
    placed = place(score, act.bands[rule.bands], readings)
    return Working(found, quarters_placed, quarters_mark, tuple(marks), plan_sum, weights, placed)


def _rule(act: Act) -> Annual:
    assert act.annual is not None, "the loader refuses an act of this family without an annual rule"
    return act.annual


def _weights(rule: Annual) -> str:
    assert rule.weights is not None, "the loader refuses a year of two parts without weights"
    return rule.weights


def _mark(bands: Bands, grade: str) -> Decimal:
    mark = _band(bands, grade).mark
    assert mark is not None, "the loader refuses a quarterly band without its mark in the year"
    return mark


def _band(bands: Bands, grade: str) -> Band:
    return next(band for band in bands.bands if band.grade == grade)


def steps(act: Act, readings: Mapping[str, str], working: Working) -> tuple[Step, ...]:
    """The whole calculation of a year, each step with its clause."""
    rule = _rule(act)
    return (
        *quarter_steps(rule.quarters_clause or rule.clause, working.quarters, readings),
        *_quarters_mark_steps(act, readings, rule, working),
        *_plan_steps(act, rule, working),
        _weighted_step(rule, working),
        *band_steps(working.placed, act.bands[rule.bands], readings),
    )


def _quarters_mark_steps(
    act: Act, readings: Mapping[str, str], rule: Annual, working: Working
) -> tuple[Step, ...]:
    quarterly = act.bands[points.BANDS]
    placed = working.quarters_placed
    inputs = {
        "sum": plain(sum((quarter.value for quarter in working.quarters), Decimal(0))),
        "count": str(len(working.quarters)),
    }
    band = _band(quarterly, placed.grade)
    return (
        Step("year-mean", rule.quarters_clause or rule.clause, inputs, plain(placed.value)),
        *placing_steps(placed, quarterly, readings),
        Step(
            "quarters-mark",
            band.mark_clause or rule.clause,
            {"grade": placed.grade},
            plain(working.quarters_mark),
        ),
    )


def _plan_steps(act: Act, rule: Annual, working: Working) -> tuple[Step, ...]:
    clause = rule.plan_clause or rule.clause
    meanings = {one.mark: one.clause for one in act.plan.marks.values()} if act.plan else {}
    count = len(working.targets)
    marked = (
        Step("plan-mark", meanings.get(one.mark, clause), {"target": one.target}, plain(one.mark))
        for one in working.targets
    )
    inputs = {"sum": plain(working.plan_sum), "count": str(count)}
    return *marked, Step("plan-mean", clause, inputs, plain(working.plan_sum / count))


def _weighted_step(rule: Annual, working: Working) -> Step:
    quarters_weight, plan_weight = working.weights
    inputs = {
        "quarters": plain(working.quarters_mark),
        "quarters_weight": plain(quarters_weight),
        "plan": plain(working.plan_sum / len(working.targets)),
        "plan_weight": plain(plan_weight),
    }
    return Step("year-weighted", rule.weights_clause or rule.clause, inputs, plain(working.placed.value))
