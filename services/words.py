"""Words of pages and commands, which are told in the three languages."""

from typing import TypeAlias

from methodologies.model.clause import LANGUAGES, Language

Trilingual: TypeAlias = tuple[str, str, str]
"""The same in Kazakh, Russian and English."""


def spoken(words: Trilingual, language: Language) -> str:
    """The words in a language."""
    return words[LANGUAGES.index(language)]
