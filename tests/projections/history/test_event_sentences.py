"""Every event that a person's history can hold is told in Kazakh, Russian and English alike."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import combinations
from string import Formatter

import msgspec
import pytest
from babel.messages.catalog import Message
from hypothesis import given, settings
from hypothesis import strategies as st

from events.documents import Document, evolve
from events.documents.adoptions import Adoption, Adoptions
from events.vocabulary import TYPES, Data, Name, words
from events.vocabulary.assessment import AnnualFormed, CountedQuarter, QuarterCarried
from events.vocabulary.obligation import TermsMarked
from methodologies.explanations import UnexplainedError
from methodologies.loading import shipped
from methodologies.model.clause import LANGUAGES, Language
from methodologies.registry import first_law
from projections.history import Entry, tell
from projections.history.said import Said
from projections.history.saying import say
from projections.history.scene import Scene
from projections.history.sentences import EVENTS
from projections.view import LedgerView
from tests.ledger import event
from tests.projections.history.happenings import happenings, of_a_person
from tests.vocabulary_strategies import structs

KINDS_OF_PLURAL = {"kk": 1, "ru": 3, "en": 2}
LETTERS = {"kk": "а-яёәғқңөұүһі", "ru": "а-яё", "en": "a-z"}
LAW = first_law()
ADOPTED = Adoptions(
    (
        Adoption("sjc-2017", "2017-Q1", "2017", 1),
        Adoption("arys-2022", "2022", "2022", 2),
        Adoption("zhanakorgan-2026", "2026-Q1", None, 3),
    )
)
OF_THE_LAW = {
    "MethodologyActivated",
    "MethodologyAdopted",
    "MethodologyPublished",
    "MethodologyRepealed",
    "WorkCalendarDeclared",
}
NUMBERS_ALONE = {"change.first", "detail.terms", "standing.score"}
"""Messages without a word of their own."""


@cache
def told() -> tuple[Entry, ...]:
    """The happenings, each against what was recorded before it."""
    return tuple(_told())


def _told() -> Iterator[Entry]:
    documents: dict[Name, Document] = {Name("adoptions", ()): ADOPTED}
    for one in happenings():
        scene = Scene("e-1", one, LedgerView(one.ledger, dict(documents), LAW))
        yield Entry(one, say(scene), scene.position, scene.period, scene.form)
        if one.document.kind not in {"adoptions", "commission"}:
            document = evolve(documents.get(one.document), one)
            if document is not None:
                documents[one.document] = document


def entries(language: Language) -> dict[str, Message]:
    return {one.id if isinstance(one.id, str) else one.id[0]: one for one in EVENTS.read(language) if one.id}


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def said(type_: str, language: Language = "en") -> list[str]:
    return [tell(entry, language) for entry in told() if entry.type == type_]


def test_every_type_that_can_be_of_a_person_happens_here() -> None:
    assert {entry.type for entry in told()} == of_a_person() | OF_THE_LAW


def test_a_message_for_each_and_each_message_for_some() -> None:
    used = {f"event.{entry.said.message}" for entry in told()}
    used |= {f"detail.{name.replace('_', '-')}" for entry in told() for name in entry.said.details}
    for language in LANGUAGES:
        kept = {code for code in EVENTS.messages(language) if code.startswith(("event.", "detail."))}
        assert kept == used


def test_every_cause_that_has_words_is_a_type_of_event() -> None:
    causes = {code.removeprefix("cause.") for code in EVENTS.messages("en") if code.startswith("cause.")}
    assert causes - {"other"} <= TYPES.keys()
    assert {"DisciplineRecorded", "CalibrationConcluded", "AppealResolved", "MethodologyActivated"} <= causes


def test_what_a_sentence_fills_in_is_said_by_its_event() -> None:
    for entry in told():
        for words_ in forms(entries("en")[f"event.{entry.said.message}"]):
            assert placeholders(words_) <= entry.said.arguments.keys(), entry.said.message


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_event_is_told_in_whole_sentences(language: Language) -> None:
    for entry in told():
        sentence = tell(entry, language)
        assert sentence.endswith("."), sentence
        assert sentence[0].isupper() or sentence[0] in "«“0123456789" or re.match(r"[a-z]+-?\d* ", sentence)
        assert not re.search(r"[{}]|None|  |– to ", sentence), sentence


def test_no_event_is_told_in_the_same_words_in_two_languages() -> None:
    for entry in told():
        assert len({tell(entry, language) for language in LANGUAGES}) == len(LANGUAGES)


def coded_words() -> set[str]:
    """The words that facts choose from, and the codes of grades, forms and results."""
    closed = {*words.SANCTIONS, *words.OUTCOMES, *words.CHOICES, *words.ROLES, *words.REPLACING}
    lists = (words.LeaveKind, words.Channel, words.FormCode, words.Breach, words.AppealedTo)
    opened = {word for one in lists for word in one.__metadata__[0].examples}
    acts = {code for act in shipped().values() for code in (*act.grades, *act.forms, *act.terms)}
    verdicts = {code for act in shipped().values() if act.competencies for code in act.competencies.results}
    return closed | opened | acts | verdicts | set(TYPES) | set(shipped())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_code_is_told_where_there_is_a_title(language: Language) -> None:
    # One English word can be both a code and what it is called.
    codes = {code for code in coded_words() if language != "en" or "-" in code or not code.islower()}
    for entry in told():
        sentence = (
            re.sub("[“«].*?[”»]", "", tell(entry, language)) if language == "en" else tell(entry, language)
        )
        found = set(re.findall(r"[A-Za-z][\w-]*", sentence)) & codes
        # Who holds a seat at a panel is named by a code of the body's own.
        assert not found, sentence


@pytest.mark.parametrize(("one", "other"), list(combinations(LANGUAGES, 2)))
def test_two_languages_have_the_same_messages_and_never_the_same_words(
    one: Language, other: Language
) -> None:
    here, there = entries(one), entries(other)
    assert here.keys() == there.keys()
    same = {code for code in here if set(forms(here[code])) & set(forms(there[code]))}
    assert same <= NUMBERS_ALONE


def test_the_languages_fill_in_the_same_names() -> None:
    catalogues = {language: entries(language) for language in LANGUAGES}
    for code in EVENTS.messages("en"):
        named = {
            frozenset(placeholders(sentence))
            for language in LANGUAGES
            for sentence in forms(catalogues[language][code])
        }
        assert len(named) == 1, code


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_has_every_plural_form_and_only_its_own_letters(language: Language) -> None:
    foreign = re.compile(r"[a-zа-яёәғқңөұүһі]", re.IGNORECASE)
    own = re.compile(f"[{LETTERS[language]}]", re.IGNORECASE)
    for code, message in entries(language).items():
        assert not message.fuzzy, code
        if not isinstance(message.id, str):
            assert len(forms(message)) == KINDS_OF_PLURAL[language], code
        for sentence in forms(message):
            bare = re.sub(r"\{\w+\}", "", sentence)
            assert sentence, code
            assert all(own.match(letter) for letter in foreign.findall(bare)), code


def test_kazakh_is_not_russian_under_another_name() -> None:
    kazakh = [sentence for message in entries("kk").values() for sentence in forms(message)]
    worded = [sentence for sentence in kazakh if re.search("[а-я]{5}", sentence, re.IGNORECASE)]
    own = sum(bool(re.search("[әғқңөұүһі]", sentence, re.IGNORECASE)) for sentence in worded)
    assert own > len(worded) * 0.95
    assert not any(re.search("[ыэ]щ|ться|ение|ого\\b", sentence) for sentence in kazakh)


def test_a_mark_is_told_with_the_acts_title_and_the_mark_it_replaces() -> None:
    first, again = said("ScoreSubmitted")
    assert first.startswith("Parameter 1, “Quality of the duties performed”, was marked 3 by head-2.")
    assert again == (
        "Parameter 1, “Quality of the duties performed”: head-2 replaced the mark 3 by 4.5."
        " Comment: “free text”."
    )
    assert said("ScoreSubmitted", "kk")[1].startswith(
        "1-параметр «Функционалдық міндеттерді орындау сапасы» бойынша бұрынғы 3 балдың орнына 4,5 балл"
    )


def test_a_restated_result_names_its_cause_and_its_law() -> None:
    told_ = said("ResultRestated", "ru")[0]
    assert told_.startswith(
        "Объявленный результат изменён: 4,00, «Выполняет функциональные обязанности эффективно»."
        " Причина – наложено взыскание. Акт: Методика оценки"
    )
    assert told_.endswith("редакция 1.")


def test_an_annulment_names_the_sanction_it_annuls() -> None:
    assert said("DisciplineAnnulled", "ru")[0] == (
        "Взыскание «строгий выговор», наложенное 10 апреля 2026 года, отменено как незаконное."
        " Основание: «free text»."
    )


def test_competencies_name_the_indicators_that_were_not_shown() -> None:
    act = shipped()["arys-2022"]
    assert act.competencies is not None
    printed = act.competencies.competencies["integrity"].indicators["C"]
    (whole, _) = said("CompetencyAssessed", "kk")
    assert printed[1] in whole
    assert printed[0] not in whole


@pytest.mark.parametrize(
    ("days", "words_"),
    [(1, "фактически отработан 1 рабочий день"), (2, "отработано 2 рабочих дня"), (15, "15 рабочих дней")],
)
def test_a_number_of_days_takes_its_plural_form(days: int, words_: str) -> None:
    (entry,) = (one for one in told() if one.type == "WorkdaysReported")
    arguments = {**entry.said.arguments, "days": days}
    other = msgspec.structs.replace(entry, said=msgspec.structs.replace(entry.said, arguments=arguments))
    assert words_ in tell(other, "ru")


def test_a_type_that_nobody_gave_a_sentence_is_refused_by_name() -> None:
    entry = msgspec.structs.replace(told()[0], said=Said("NeverHappened"))
    with pytest.raises(UnexplainedError, match=r"event\.NeverHappened"):
        tell(entry, "en")


figures = st.decimals(Decimal(0), Decimal(200), places=2).map(str)
CERTAIN = {
    # What only the system writes, as it writes it.
    AnnualFormed: {
        "score": st.none() | figures,
        "quarters": st.lists(
            st.builds(CountedQuarter, st.just("2026-Q1"), st.just("b"), st.just("p"), figures), max_size=3
        ),
    },
    QuarterCarried: {"score": st.none() | figures},
}


@st.composite
def anything(draw: st.DrawFn) -> Data:
    """Whatever the vocabulary lets an event of a person's say."""
    kind = TYPES[draw(st.sampled_from(sorted(of_a_person())))]
    data: Data = draw(structs(kind))
    certain = dict(CERTAIN.get(kind, {}))
    if "cause" in kind.__struct_fields__:
        certain["score"] = st.none() | figures
    if kind is TermsMarked:
        state = st.sampled_from(["open", "kept", "missed", "lapsed", "unreported", "withdrawn"])
        certain["terms"] = st.lists(
            st.builds(
                msgspec.structs.replace,
                st.sampled_from([_term()]),
                state=state,
                met_on=st.none() | st.dates(),
            )
        )
    return msgspec.structs.replace(data, **{name: draw(values) for name, values in certain.items()})


def _term() -> object:
    (marked, *_) = (one.event.data for one in told() if one.type == "TermsMarked")
    assert isinstance(marked, TermsMarked)
    return marked.terms[0]


@settings(max_examples=300, deadline=None)
@given(anything(), st.sampled_from(LANGUAGES))
def test_whatever_an_event_may_say_can_be_told(data: Data, language: Language) -> None:
    view = LedgerView("zhanakorgan", {Name("adoptions", ()): ADOPTED}, LAW)
    happened = event(data, occurred_on=date(2026, 4, 10))
    assert tell(Entry(happened, say(Scene("e-1", happened, view))), language)
