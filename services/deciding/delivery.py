"""Telling the result: delivered, acquainted with, refused to be told (cl. 9, 10)."""

from collections.abc import Callable, Mapping

from events.envelope import Fact, Refusal
from events.vocabulary import assessment as facts
from methodologies.registry import Governing
from methodologies.rules.dismissed import left_early
from methodologies.rules.steps import GRADED
from projections.results import result_of
from services.deciding.announcing import announced
from services.deciding.situation import Situation, period_of


def _delivered(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.ResultDelivered)
    situation.servant(data.employee, data.position)
    period = period_of(fact)
    grade = result_of(situation.view, fact.document, data.form)
    if grade is None or grade.status != GRADED:
        raise Refusal("no-result", field="data")
    _check_channel(fact, data, situation, situation.governing(period))
    if situation.assessment(fact.document).result(data.form).is_told:
        # By another channel: the result is delivered, and announced already.
        return (fact,)
    return fact, announced(fact, situation.view, grade)


def _check_channel(fact: Fact, data: facts.ResultDelivered, situation: Situation, law: Governing) -> None:
    """One who was dismissed early is told by a channel that records the delivery (cl. 9)."""
    rule = law.act.eligibility.dismissed
    file = situation.employment(data.employee)
    if rule is None or not rule.channels or data.channel in rule.channels:
        return
    calendar, period = situation.calendar(fact.occurred_on), period_of(fact)
    if left_early(law.act, law.readings, calendar, period, file, position=data.position):
        raise Refusal.because(
            "channel-not-recorded",
            f"Under cl. {rule.channels_clause} one who was dismissed is told by a channel that records the"
            f" delivery: {', '.join(rule.channels)}.",
            "data.channel",
        )


def _acquainted(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.ResultAcquainted)
    situation.servant(data.employee, data.position)
    result = situation.assessment(fact.document).result(data.form)
    if not result.announced or result.delivered_on is None:
        raise Refusal("not-announced", field="data")
    if data.on < result.delivered_on:
        raise Refusal.because(
            "dates-out-of-order", "He cannot know the result before it was delivered.", "data.on"
        )
    return (fact,)


def _refused(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.AcquaintanceRefused)
    situation.servant(data.employee, data.position)
    grade = result_of(situation.view, fact.document, data.form)
    result = situation.assessment(fact.document).result(data.form)
    if not result.announced and (grade is None or grade.status != GRADED):
        raise Refusal("no-result", field="data")
    rule = situation.governing(period_of(fact)).act.delivery.refusal
    witnesses = set(data.witnesses) - {data.employee}
    wanted = (rule.witnesses or len(rule.recorded_by)) if rule else 0
    if rule is not None and len(witnesses) < wanted:
        raise Refusal.because(
            "too-few-witnesses",
            f"Under cl. {rule.clause} a refusal is witnessed by at least {wanted} others than the servant.",
            "data.witnesses",
        )
    return (fact,)


def _sent_to_training(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.TrainingAssigned)
    situation.servant(data.employee, data.position)
    act = situation.governing(period_of(fact)).act
    kind = "quarterly" if period_of(fact).is_quarter else "annual"
    if not any(one.term == "training" and kind in one.kinds for one in act.consequences.values()):
        raise Refusal.because("not-in-act", f"The act {act.id} sends nobody to training for this.", "type")
    return (fact,)


DECIDERS: Mapping[type, Callable[[Fact, Situation], tuple[Fact, ...]]] = {
    facts.ResultDelivered: _delivered,
    facts.ResultAcquainted: _acquainted,
    facts.AcquaintanceRefused: _refused,
    facts.TrainingAssigned: _sent_to_training,
}
