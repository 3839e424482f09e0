"""Holds on papers whose term is over (cl. 12)."""

from collections.abc import Callable, Mapping

from events.documents import Hold
from events.envelope import Fact, Refusal
from events.vocabulary import retention as facts
from services.deciding.situation import Situation


def _placed(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.HoldPlaced)
    situation.employment(data.employee)
    standing = situation.find(fact.document, Hold)
    if standing is not None and standing.on(data.period) is not None:
        raise Refusal("already-held", field="data.period")
    return (fact,)


def _lifted(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.HoldLifted)
    situation.employment(data.employee)
    standing = situation.find(fact.document, Hold)
    if standing is None or standing.on(data.period) is None:
        raise Refusal("not-held", field="data.period")
    return (fact,)


DECIDERS: Mapping[type, Callable[[Fact, Situation], tuple[Fact, ...]]] = {
    facts.HoldPlaced: _placed,
    facts.HoldLifted: _lifted,
}
