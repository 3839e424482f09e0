"""An extract as a page of text and as a JSON object."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from methodologies.explanations.figures import day, period
from methodologies.model.clause import Language, clause_text
from projections.grade import to_json as grade_to_json
from projections.history.sentences import EVENTS
from services.disclosing import Disclosure
from services.explanation_page import page as explanation
from services.extract import PEOPLE, TEXTS, VOTES, Extract
from services.words import Trilingual, spoken

FORMAT: Final = "bagalau-extract/1"

_WORDS: Mapping[str, Trilingual] = MappingProxyType(
    {
        "title": (
            "{body} органының {period} нәтижесінен үзінді көшірме",
            "Выписка из результата органа {body} за {period}",
            "Extract of a result of {body} for {period}",
        ),
        "ground": (
            "Негізі: {ground}; {basis}.",
            "Основание: {ground}; {basis}.",
            "Ground: {ground}; {basis}.",
        ),
        "recorded": (
            "Ашылғаны {ledger} журналының {seq}-оқиғасы ретінде жазылды.",
            "Раскрытие записано в журнале {ledger} событием {seq}.",
            "The disclosure is recorded as event {seq} of the ledger {ledger}.",
        ),
        "happened": ("Не болды:", "Что произошло:", "What happened:"),
        "withheld": (
            "Берілмегені ({clause}): {kinds}.",
            "Не выдано ({clause}): {kinds}.",
            "Withheld ({clause}): {kinds}.",
        ),
        "nothing-withheld": ("Ештеңе жасырылған жоқ.", "Ничего не изъято.", "Nothing is withheld."),
        "law": ("дербес деректер туралы заң", "закон о персональных данных", "the law on personal data"),
        PEOPLE: (
            "адамдар мен лауазымдардың кодтары, аттар – {count}",
            "коды людей и должностей, имена – {count}",
            "codes of people and positions, names, {count} times",
        ),
        TEXTS: (
            "еркін мәтін мен қолдар – {count}",
            "свободный текст и подписи – {count}",
            "free text and signatures, {count} times",
        ),
        VOTES: (
            "мүшелердің дауыстары – {count}",
            "голоса членов – {count}",
            "votes of single members, {count} times",
        ),
    }
)


def page(made: Extract, disclosure: Disclosure, language: Language) -> Iterator[str]:
    """The extract in a language, line by line."""

    def word(code: str, **values: object) -> str:
        return spoken(_WORDS[code], language).format(**values)

    ground = EVENTS.template(f"reading-ground.{made.ground}", language)
    yield word("title", body=made.body, period=period(made.period, language))
    yield word("ground", ground=ground, basis=made.basis)
    yield word("recorded", ledger=disclosure.ledger, seq=disclosure.seq)
    for grade in made.grades:
        yield ""
        yield from explanation(grade, made.law, language)
    if made.events:
        yield ""
        yield word("happened")
        for one in made.events:
            yield f"  - {day(one['occurred_on'], language)} · {one['text']}"
    yield ""
    if not made.withheld:
        yield word("nothing-withheld")
        return
    clause = word("law") if made.clause is None else clause_text(made.clause, language)
    kinds = "; ".join(word(kind, count=count) for kind, count in made.withheld.items())
    yield word("withheld", clause=clause, kinds=kinds)


def to_json(made: Extract, disclosure: Disclosure) -> dict[str, Any]:
    """The extract as one object; `withheld` names each kind with the clause and how often."""
    return {
        "format": FORMAT,
        "body": made.body,
        "employee": made.employee,
        "period": made.period,
        "ground": made.ground,
        "basis": made.basis,
        "disclosed": disclosure,
        "grades": [msgspec.Raw(grade_to_json(grade)) for grade in made.grades],
        "events": made.events,
        "withheld": [
            {"what": kind, "clause": made.clause, "times": count} for kind, count in made.withheld.items()
        ],
    }
