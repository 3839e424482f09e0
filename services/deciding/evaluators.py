"""Those who assess in another's place, or beside him (cl. 3, 17)."""

from collections.abc import Callable, Mapping

from events.documents.assessment import Sheet
from events.envelope import Fact, Refusal
from events.vocabulary import assessment as facts
from events.vocabulary.words import ADDING, REPLACING
from methodologies.act import Act
from services.deciding.situation import Situation, period_of

_ABSENCE = "absence"


def _replaced(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.EvaluatorReplaced)
    sheet = _checked(fact, situation, data, REPLACING)
    if data.evaluator == sheet.evaluator:
        raise Refusal("already-evaluator", field="data.evaluator")
    return (fact,)


def _added(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.EvaluatorAdded)
    sheet = _checked(fact, situation, data, ADDING)
    if data.evaluator in sheet.evaluators:
        raise Refusal("already-evaluator", field="data.evaluator")
    return (fact,)


def _checked(
    fact: Fact,
    situation: Situation,
    data: facts.EvaluatorReplaced | facts.EvaluatorAdded,
    grounds: tuple[str, ...],
) -> Sheet:
    """The open sheet, when the act has the ground and the servant is not his own evaluator."""
    if data.ground not in grounds:
        raise Refusal.because("unknown-ground", f"The ground is one of {', '.join(grounds)}.", "data.ground")
    sheet = situation.open_sheet(fact, data.form)
    act = situation.governing(period_of(fact)).act
    clause = _clause(act, data.ground, sheet.form)
    if data.evaluator == data.employee:
        raise Refusal.because(
            "wrong-evaluator",
            f"Under cl. {clause} another assesses, never the servant himself.",
            "data.evaluator",
        )
    return sheet


def _clause(act: Act, ground: str, form: str) -> str:
    """The clause that lets another assess on this ground; where an act is silent, the one on who assesses.

    An act without a word on substitution (`sjc-2017`, `arys-2022`) cannot mean that a sheet waits for one
    who is away: whoever acts for him acts for him here. The other grounds are rights that an act gives.
    """
    if ground in act.substitution:
        return act.substitution[ground].clause
    silent = next((one.clause for one in act.assignments if one.form == form), act.assignments[0].clause)
    if ground == _ABSENCE and not act.substitution:
        return silent
    known = tuple(dict.fromkeys(one.clause for one in act.substitution.values())) or (silent,)
    raise Refusal.because(
        "ground-not-in-act",
        f"Under cl. {'; '.join(known)} the act {act.id} knows the grounds"
        f" {', '.join(act.substitution) or _ABSENCE}.",
        "data.ground",
    )


DECIDERS: Mapping[type, Callable[[Fact, Situation], tuple[Fact, ...]]] = {
    facts.EvaluatorReplaced: _replaced,
    facts.EvaluatorAdded: _added,
}
