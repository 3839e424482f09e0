"""What central HR records: bodies, acts and their revisions; and what a body adopts and declares."""

from collections.abc import Callable, Mapping

from events.envelope import AGENCY, Fact, Refusal
from events.period import parse_period
from events.vocabulary import body, methodology
from methodologies.registry import PublicationError
from services.deciding.situation import Situation, only_in_agency


def _registered(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, body.BodyRegistered)
    only_in_agency(fact)
    if data.code == AGENCY or situation.law.is_registered(data.code):
        raise Refusal("already-registered", "A body of this code is registered already.", "data.code")
    return (fact,)


def _adopted(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, body.MethodologyAdopted)
    if not situation.law.is_published(data.methodology):
        raise Refusal(
            "unknown-methodology", "No act of this id is published; `bagalau methodologies` lists them.",
            "data.methodology",
        )
    if data.until_period is not None:
        first, last = parse_period(data.from_period), parse_period(data.until_period)
        if last.last_quarter < first.first_quarter:
            raise Refusal("dates-out-of-order", "The last period is before the first.", "data.until_period")
    return (fact,)


def _declared(fact: Fact, _: Situation) -> tuple[Fact, ...]:
    assert isinstance(fact.data, body.WorkCalendarDeclared)
    return (fact,)


def _laid_down(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, methodology.MethodologyPublished | methodology.MethodologyCorrected)
    only_in_agency(fact)
    try:
        situation.law.check_revision(data)
    except PublicationError as error:
        raise Refusal(error.code, error.detail, error.field) from None
    return (fact,)


def _repealed(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, methodology.MethodologyRepealed)
    only_in_agency(fact)
    if not situation.law.is_published(data.id):
        raise Refusal("unknown-methodology", "No act of this id is published.", "data.id")
    return (fact,)


DECIDERS: Mapping[type, Callable[[Fact, Situation], tuple[Fact, ...]]] = {
    body.BodyRegistered: _registered,
    body.MethodologyAdopted: _adopted,
    body.WorkCalendarDeclared: _declared,
    methodology.MethodologyPublished: _laid_down,
    methodology.MethodologyCorrected: _laid_down,
    methodology.MethodologyRepealed: _repealed,
}
