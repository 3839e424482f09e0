"""What central HR records of bodies and acts; what a body adopts and declares."""

from collections.abc import Callable, Mapping

from events.envelope import AGENCY, Fact, Refusal
from events.vocabulary import body, methodology
from methodologies.admission import admit
from services.deciding.situation import Situation


def _registered(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, body.BodyRegistered)
    if data.code == AGENCY or situation.law.is_registered(data.code):
        raise Refusal("already-registered", field="data.code")
    return _of_agency(fact, situation)


def _of_agency(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    if fact.body != AGENCY:
        raise Refusal("agency-only", field="body")
    return _admitted(fact, situation)


def _admitted(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    admit(situation.law, fact.data)
    return (fact,)


DECIDERS: Mapping[type, Callable[[Fact, Situation], tuple[Fact, ...]]] = {
    body.BodyRegistered: _registered,
    body.MethodologyAdopted: _admitted,
    body.WorkCalendarDeclared: _admitted,
    methodology.MethodologyPublished: _of_agency,
    methodology.MethodologyCorrected: _of_agency,
    methodology.MethodologyRepealed: _of_agency,
}
