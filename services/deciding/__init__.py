"""Deciders: whether a fact becomes an event, given the documents it touches and the law."""

from collections.abc import Callable, Mapping, Sequence

from events.documents import Document
from events.envelope import Event, Fact, Refusal
from events.vocabulary import Name
from methodologies.registry import Law
from projections.view import LedgerView
from services.deciding import (
    agency,
    annual_work,
    appeals,
    assessment,
    calibration,
    commission,
    delivery,
    discipline,
    either,
    employment,
    evaluators,
    issuing,
    panel,
    retention,
    signing,
    viewers,
)
from services.deciding.announcing import RESTATING, restated
from services.deciding.attesting import attested
from services.deciding.reach import needs, touched
from services.deciding.situation import Situation
from services.signatures import NO_TRUST, Trust

Decider = Callable[[Fact, Situation], tuple[Fact, ...]]

_DECIDERS: Mapping[type, Decider] = {
    **agency.DECIDERS,
    **annual_work.DECIDERS,
    **appeals.DECIDERS,
    **assessment.DECIDERS,
    **calibration.DECIDERS,
    **commission.DECIDERS,
    **delivery.DECIDERS,
    **discipline.DECIDERS,
    **either.DECIDERS,
    **employment.DECIDERS,
    **evaluators.DECIDERS,
    **issuing.DECIDERS,
    **panel.DECIDERS,
    **retention.DECIDERS,
    **signing.DECIDERS,
    **viewers.DECIDERS,
}


def decide(
    fact: Fact, documents: Mapping[Name, Document], law: Law, trust: Trust = NO_TRUST
) -> tuple[Fact, ...]:
    """The facts to append, the given one first; raises Refusal with the reason when it is not accepted.

    A signature is verified under `trust`, and what was found of it follows the fact.
    """
    decider = _DECIDERS.get(type(fact.data))
    if decider is None:
        raise Refusal("procedure-not-kept", field="type")
    situation = Situation(fact.body, documents, law)
    return attested(fact, decider(fact, situation), situation, trust)


def follow(
    fact: Fact, events: Sequence[Event], documents: Mapping[Name, Document], law: Law
) -> tuple[Fact, ...]:
    """What the system tells in the same transaction, once the fact came to these events.

    The announced results that it changed are restated. `documents` are as after the events.
    """
    if not any(event.type in RESTATING for event in events):
        return ()
    return tuple(restated(fact, events, touched(fact, documents), LedgerView(fact.body, documents, law)))


__all__ = ["Situation", "decide", "follow", "needs"]
