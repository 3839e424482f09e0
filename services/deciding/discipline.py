"""Sanctions and their annulment (annexes 1 and 2, row 5)."""

from collections.abc import Callable, Mapping

from events.documents import Discipline
from events.envelope import Fact, Refusal
from events.vocabulary import discipline as facts
from events.vocabulary.words import SANCTIONS
from services.deciding.situation import Situation


def _recorded(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.DisciplineRecorded)
    situation.employment(data.employee)
    if data.sanction not in SANCTIONS:
        raise Refusal.because(
            "unknown-sanction",
            f"A sanction is one of {', '.join(SANCTIONS)}; one that another law adds is `other`, with its"
            " title.",
            "data.sanction",
        )
    if data.sanction == "other" and not (data.title or "").strip():
        raise Refusal("sanction-unnamed", field="data.title")
    return (fact,)


def _annulled(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.DisciplineAnnulled)
    situation.employment(data.employee)
    document = situation.find(fact.document, Discipline)
    sanction = document.sanction(data.discipline) if document else None
    if sanction is None:
        raise Refusal.because(
            "unknown-sanction",
            "No fact of this id recorded a sanction of this employee.",
            "data.discipline",
        )
    if sanction.annulled:
        raise Refusal("already-annulled", field="data.discipline")
    return (fact,)


DECIDERS: Mapping[type, Callable[[Fact, Situation], tuple[Fact, ...]]] = {
    facts.DisciplineRecorded: _recorded,
    facts.DisciplineAnnulled: _annulled,
}
