"""Appeals and what comes back (cl. 11; `sjc-2017` 38; `arys-2022` 42), disputes about procedure (cl. 14)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from events.documents.results import Result
from events.envelope import Fact, Refusal
from events.vocabulary import assessment as facts
from events.vocabulary.types import Ref
from events.vocabulary.words import OUTCOMES
from methodologies.act import Act
from methodologies.deadlines import counted_due
from methodologies.model.procedure import Appeal
from methodologies.registry import Governing
from methodologies.rules import decisions
from methodologies.rules.decisions import ADMINISTRATIVE, Decision
from services.deciding.situation import Situation, period_of

COURT = "court"


def _appealed(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.DecisionAppealed)
    situation.servant(data.employee, data.position)
    law = situation.governing(period_of(fact))
    way = _way(law.act, data.to)
    result = situation.assessment(fact.document).result(data.form)
    if result.pending_appeal is not None:
        raise Refusal("appeal-pending", field="data")
    decided = _decided_on(fact, situation, result, law.act) or _told_on(way, result)
    if data.on < decided:
        raise Refusal.because("dates-out-of-order", "A decision is appealed once it is taken.", "data.on")
    _check_term(fact.occurred_on, decided, way, law, situation)
    return (fact,)


def _way(act: Act, to: str) -> Appeal:
    way = next((one for one in act.appeals if to in {one.to, *ADMINISTRATIVE.get(one.to, ())}), None)
    if way is None:
        listed = ", ".join(dict.fromkeys(_ways(act)))
        raise Refusal.because("not-in-act", f"Under the act {act.id} one appeals to: {listed}.", "data.to")
    return way


def _ways(act: Act) -> Iterator[str]:
    for one in act.appeals:
        yield one.to
        yield from ADMINISTRATIVE.get(one.to, ())


def _decided_on(fact: Fact, situation: Situation, result: Result, act: Act) -> date | None:
    """The day of the decision of the commission or the panel; None while there is none."""
    if act.commission is not None:
        return result.decision.sat_on if result.decision else None
    calibration = situation.calibration(fact.document)
    return calibration.concluded_on if calibration else None


def _told_on(way: Appeal, result: Result) -> date:
    """A court hears of a result that nobody decided on since (`sjc-2017` cl. 39; `arys-2022` cl. 43)."""
    if way.to != COURT or result.delivered_on is None:
        raise Refusal("no-decision", field="data")
    return result.delivered_on


def _check_term(on: date, decided: date, way: Appeal, law: Governing, situation: Situation) -> None:
    if way.term is None:
        return
    term = law.act.terms[way.term]
    due = counted_due(term, decided, situation.calendar(on), law.readings)
    if on > due:
        raise Refusal.because(
            "term-missed",
            f"Under cl. {term.clause} the last day to appeal was {due.isoformat()}.",
            "occurred_on",
        )


def _resolved(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.AppealResolved)
    situation.servant(data.employee, data.position)
    pending = situation.assessment(fact.document).result(data.form).pending_appeal
    if pending is None:
        raise Refusal("no-appeal", field="data")
    if data.on < pending.on:
        raise Refusal.because("dates-out-of-order", "An appeal is resolved after it is made.", "data.on")
    if data.outcome not in OUTCOMES:
        raise Refusal.because(
            "unknown-outcome", f"What comes back is one of {', '.join(OUTCOMES)}.", "data.outcome"
        )
    act = situation.governing(period_of(fact)).act
    way = _way(act, pending.to)
    if way.outcomes and data.outcome not in way.outcomes:
        raise Refusal.because(
            "unknown-outcome",
            f"Under cl. {way.clause} such an appeal comes to one of {', '.join(way.outcomes)}.",
            "data.outcome",
        )
    correction = Decision("appeal", 0, data.score, data.points, data.competencies or {})
    if correction.corrects and data.outcome == "revise":
        decisions.check(act, period_of(fact), data.form, correction)
    elif correction.corrects:
        raise Refusal.because(
            "correction-without-revision", "Only the outcome `revise` names what is right.", "data.outcome"
        )
    return (fact,)


def _disputed(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, Ref)
    situation.servant(data.employee, data.position)
    return (fact,)


def _settled(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.DisputeSettled)
    situation.servant(data.employee, data.position)
    if not situation.assessment(fact.document).disputes:
        raise Refusal("no-dispute", field="data")
    return (fact,)


DECIDERS: Mapping[type, Callable[[Fact, Situation], tuple[Fact, ...]]] = {
    facts.DecisionAppealed: _appealed,
    facts.AppealResolved: _resolved,
    facts.DisputeRaised: _disputed,
    facts.DisputeSettled: _settled,
}
