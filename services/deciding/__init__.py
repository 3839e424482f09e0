"""Deciders: whether a fact becomes an event, given the documents it touches and the law."""

from collections.abc import Callable, Mapping

from events.documents import Document
from events.envelope import Fact, Refusal
from events.vocabulary import Name
from methodologies.registry import Law
from services.deciding import agency, annual_work, assessment, discipline, employment
from services.deciding.situation import Situation

Decider = Callable[[Fact, Situation], tuple[Fact, ...]]

_DECIDERS: Mapping[type, Decider] = {
    **agency.DECIDERS,
    **annual_work.DECIDERS,
    **assessment.DECIDERS,
    **discipline.DECIDERS,
    **employment.DECIDERS,
}


def needs(fact: Fact) -> tuple[Name, ...]:
    """The documents of the fact's ledger that its decider looks at, its own first."""
    own = fact.document
    if own.kind in {"assessment", "plan"}:
        employee, position, period = own.key
        return (
            own,
            Name("employment", (employee,)),
            Name("plan", (employee, position, period)),
            Name("adoptions", ()),
        )
    if own.kind == "discipline":
        return own, Name("employment", own.key)
    return (own,)


def decide(fact: Fact, documents: Mapping[Name, Document], law: Law) -> tuple[Fact, ...]:
    """The facts to append, the given one first; raises Refusal with the reason when it is not accepted."""
    decider = _DECIDERS.get(type(fact.data))
    if decider is None:
        raise Refusal("procedure-not-kept", field="type")
    return decider(fact, Situation(fact.body, documents, law))


__all__ = ["Situation", "decide", "needs"]
