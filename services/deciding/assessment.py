"""Sheets: issued, marked, signed, returned; and the work days of the period (cl. 5, 16, 17)."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from events.envelope import Fact, Refusal
from events.vocabulary import assessment as facts
from events.vocabulary.types import Ref
from events.vocabulary.words import ADDING, REPLACING
from methodologies.act import Act
from methodologies.model.sheets import Form
from services.deciding.completeness import what_is_missing
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


def _issued(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.SheetIssued)
    situation.servant(data.employee, data.position)
    period = period_of(fact)
    act = situation.governing(period).act
    form = act.forms.get(data.form)
    if form is None:
        raise Refusal.because(
            "unknown-form",
            f"The act {act.id}, which governs this period, has the forms {', '.join(act.forms)}.",
            "data.form",
        )
    if period.is_quarter != (form.kind == "quarterly"):
        raise Refusal.because(
            "wrong-period",
            f"Under cl. {form.clause} this form is for a"
            f" {'quarter' if form.kind == 'quarterly' else 'year'}.",
            "data.period",
        )
    if situation.assessment(fact.document).sheet(data.form) is not None:
        raise Refusal("sheet-issued-already", field="data")
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


def _signed(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.SheetSigned)
    sheet = situation.sheet(fact, data.form)
    if sheet.is_signed:
        raise Refusal("already-signed", field="data")
    law = situation.governing(period_of(fact))
    missing = what_is_missing(law, sheet, situation, fact.document)
    if missing is not None:
        raise Refusal.because("sheet-incomplete", f"The sheet lacks {missing}.", "data")
    return (fact,)


def _on_open_sheet(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, Ref)
    situation.open_sheet(fact, data.form)
    return (fact,)


def _evaluated_by_another(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.EvaluatorReplaced | facts.EvaluatorAdded)
    grounds = REPLACING if isinstance(data, facts.EvaluatorReplaced) else ADDING
    if data.ground not in grounds:
        raise Refusal.because("unknown-ground", f"The ground is one of {', '.join(grounds)}.", "data.ground")
    return _on_open_sheet(fact, situation)


def _on_any_sheet(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, Ref)
    situation.sheet(fact, data.form)
    return (fact,)


def _on_signed_sheet(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, Ref)
    if not situation.sheet(fact, data.form).is_signed:
        raise Refusal("sheet-unsigned", field="data")
    return (fact,)


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
    facts.SheetIssued: _issued,
    facts.ScoreSubmitted: _scored,
    facts.SheetSigned: _signed,
    facts.SheetReturned: _on_signed_sheet,
    facts.SheetAgreed: _on_signed_sheet,
    facts.SheetCountersigned: _on_any_sheet,
    facts.SigningRefused: _on_any_sheet,
    facts.SelfAssessed: _on_any_sheet,
    facts.EvaluatorReplaced: _evaluated_by_another,
    facts.EvaluatorAdded: _evaluated_by_another,
    facts.PointsAwarded: _pointed,
    facts.BreachRecorded: _pointed,
}
