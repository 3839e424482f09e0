"""Sheets filled in: marks, points and breaches; and the work days of the period (cl. 5, 17)."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from events.envelope import Fact, Refusal
from events.vocabulary import assessment as facts
from methodologies.act import Act
from methodologies.model.sheets import Form
from services.deciding.situation import Situation, period_of


def _workdays_reported(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.WorkdaysReported)
    situation.servant(data.employee, data.position)
    period = period_of(fact)
    if data.days > (period.end - period.start).days + 1:
        most = (period.end - period.start).days + 1
        raise Refusal.because("too-many-days", f"The period has {most} days.", "data.days")
    return (fact,)


def _scored(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.ScoreSubmitted)
    sheet = situation.open_sheet(fact, data.form)
    law = situation.governing(period_of(fact))
    form = law.act.forms.get(sheet.form)
    if law.act.scale is None or form is None or str(data.parameter) not in form.parameters:
        raise Refusal("unknown-parameter", field="data.parameter")
    _check_mark(law.act, data.score, Decimal(law.readings["mark-precision"]))
    if data.scorer is not None and data.scorer not in sheet.evaluators:
        raise Refusal.because(
            "not-an-evaluator",
            f"Under cl. {law.act.scale.clause} only the sheet's evaluator, or one added to him, scores.",
            "data.scorer",
        )
    return (fact,)


def _check_mark(act: Act, mark: Decimal, precision: Decimal) -> None:
    scale = act.scale
    assert scale is not None
    if not scale.lowest <= mark <= scale.highest:
        raise Refusal.because(
            "mark-out-of-range",
            f"Under cl. {scale.clause} a mark is from {scale.lowest} to {scale.highest}.",
            "data.score",
        )
    if mark % precision:
        raise Refusal.because(
            "mark-too-precise",
            f"Marks are counted to {precision} (reading mark-precision).",
            "data.score",
        )


def _pointed(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.PointsAwarded | facts.BreachRecorded)
    sheet = situation.open_sheet(fact, data.form)
    act = situation.governing(period_of(fact)).act
    points = act.points
    form: Form | None = act.forms.get(sheet.form)
    if points is None or form is None or form.kind != "quarterly":
        raise Refusal.because(
            "not-in-act",
            f"The act {act.id}, which governs this period, has no points.",
            "type",
        )
    if isinstance(data, facts.BreachRecorded):
        if data.kind not in points.breaches:
            raise Refusal.because(
                "unknown-breach",
                f"The act {act.id} names {', '.join(points.breaches)}.",
                "data.kind",
            )
        if not data.source.strip():
            raise Refusal.because(
                "missing-field",
                f"Under cl. {points.evidence.clause} a breach is proven by a document.",
                "data.source",
            )
    elif not points.bonus_least.value <= data.points <= points.bonus_most.value:
        raise Refusal.because(
            "points-out-of-range",
            f"Under cl. {points.bonus_most.clause} an indicator brings {points.bonus_least.value}"
            f" to {points.bonus_most.value} points.",
            "data.points",
        )
    return (fact,)


DECIDERS: Mapping[type, Callable[[Fact, Situation], tuple[Fact, ...]]] = {
    facts.WorkdaysReported: _workdays_reported,
    facts.ScoreSubmitted: _scored,
    facts.PointsAwarded: _pointed,
    facts.BreachRecorded: _pointed,
}
