"""The three catalogues say the same things, each in its own language, and leave no code unexplained."""

import re
from itertools import combinations
from string import Formatter

import pytest
from babel.messages.catalog import Message

from events.vocabulary.words import SANCTIONS
from methodologies.explanations.catalogue import LOCALES, Domain, UnexplainedError, messages, template
from methodologies.explanations.names import (
    flag_text,
    reading_text,
    reading_title,
    reason_text,
    sanction_name,
)
from methodologies.model.clause import LANGUAGES, Language
from methodologies.model.readings import READINGS
from methodologies.rules.steps import FLAGS
from tests.methodologies.explanations.codes import VARIANTS, codes

SENTENCES = ("step.", "reason.", "flag.", "reading.")
KINDS_OF_PLURAL = {"kk": 1, "ru": 3, "en": 2}
OPEN_REASONS = (
    "annulled",
    "form-not-in-act",
    "incomplete",
    "no-graded-quarter",
    "nothing-assessed",
    "unsigned",
)
LETTERS = {"kk": "а-яёәғқңөұүһі", "ru": "а-яё", "en": "a-z"}


def entries(language: Language) -> dict[str, Message]:
    read = Domain(LOCALES, "bagalau").read(language)
    return {one.id if isinstance(one.id, str) else one.id[0]: one for one in read if one.id}


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


def test_the_rules_take_the_steps_that_this_test_believes_they_take() -> None:
    assert {"tenure", "workdays", "workdays-unreported", "mark", "band", "band-of-gap", "points"} <= codes(
        "Step"
    )
    assert codes("Ground") == {"position-not-held", "tenure-too-short", "on-probation", "too-few-workdays"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_and_ground_of_every_rule_has_a_sentence(language: Language) -> None:
    for code in codes("Step") | codes("Ground"):
        for message in (
            [f"step.{code}.{one}" for one in VARIANTS[code]] if code in VARIANTS else [f"step.{code}"]
        ):
            assert template(message, language).endswith(".")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_flag_reason_sanction_and_reading_has_words(language: Language) -> None:
    told = [flag_text(flag, language) for flag in FLAGS]
    told += [reason_text(reason, language) for reason in (*codes("Ground"), *OPEN_REASONS)]
    told += [sanction_name(sanction, language) for sanction in SANCTIONS]
    for name, kind in READINGS.items():
        told.append(reading_title(name, language))
        told += [reading_text(name, choice, language) for choice in kind.choices or ("0.4/0.6",)]
    assert len(set(told)) == len(told)
    assert not any("{" in words for words in told)


def test_no_message_is_kept_that_no_code_needs() -> None:
    used = {f"step.{code}" for code in (codes("Step") | codes("Ground")) - set(VARIANTS)}
    used |= {f"step.{code}.{variant}" for code, variants in VARIANTS.items() for variant in variants}
    assert {code for code in messages("en") if code.startswith("step.")} == used


@pytest.mark.parametrize(("one", "other"), list(combinations(LANGUAGES, 2)))
def test_two_languages_have_the_same_messages_and_never_the_same_words(
    one: Language, other: Language
) -> None:
    here, there = entries(one), entries(other)
    assert here.keys() == there.keys()
    same = {words for message in here.values() for words in forms(message)} & {
        words for message in there.values() for words in forms(message)
    }
    assert not same


def test_the_languages_fill_in_the_same_names() -> None:
    catalogues = {language: entries(language) for language in LANGUAGES}
    for code in messages("en") - {"format.date"}:
        named = {
            frozenset(placeholders(words))
            for language in LANGUAGES
            for words in forms(catalogues[language][code])
        }
        assert len(named) == 1, code


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_has_every_plural_form_of_its_language_and_none_is_unfinished(language: Language) -> None:
    for code, message in entries(language).items():
        assert all(forms(message)), code
        assert not message.fuzzy, code
        if not isinstance(message.id, str):
            assert len(forms(message)) == KINDS_OF_PLURAL[language], code


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_begins_as_one_ends_as_one_and_is_in_its_own_letters(language: Language) -> None:
    foreign = re.compile(r"[a-zа-яёәғқңөұүһі]", re.IGNORECASE)
    own = re.compile(f"[{LETTERS[language]}]", re.IGNORECASE)
    for code, message in entries(language).items():
        for words in forms(message):
            bare = re.sub(r"\{\w+\}", "", words)
            assert all(own.match(letter) for letter in foreign.findall(bare)) or code == "format.date", code
            if code.startswith(SENTENCES):
                assert words.endswith("."), code
                assert words[0].isupper() or words[0] in "{«“0123456789", code


def test_kazakh_is_not_russian_under_another_name() -> None:
    kazakh = [words for message in entries("kk").values() for words in forms(message)]
    assert sum(bool(re.search("[әғқңөұүһі]", words, re.IGNORECASE)) for words in kazakh) > len(kazakh) * 0.9
    assert not any(re.search("[ыэ]щ|ться|ение|ого\\b", words) for words in kazakh)


@pytest.mark.parametrize("code", ["step.of-another-rule", "flag.reported-twice", "reading.rounding.upwards"])
def test_a_code_that_nothing_explains_is_refused_by_name(code: str) -> None:
    with pytest.raises(UnexplainedError, match=re.escape(code)):
        template(code, "en")
