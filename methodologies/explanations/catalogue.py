"""The message catalogues: a domain has one per language, read from their sources."""

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import msgspec
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from methodologies.model.clause import Language

LOCALES = Path(__file__).parent / "locale"


class UnexplainedError(LookupError):
    """No catalogue has a message for this code."""

    code = "unexplained"

    def __init__(self, message: str) -> None:
        super().__init__(f"no message for {message}")
        self.message = message


class Domain(msgspec.Struct, frozen=True):
    """The messages that `<name>.po` under a folder of locales holds in each language."""

    locales: Path
    name: str

    def read(self, language: Language) -> Catalog:
        """A language's catalogue as it stands in its source."""
        with (self.locales / language / "LC_MESSAGES" / f"{self.name}.po").open("rb") as source:
            return read_po(source, locale=language, abort_invalid=True)

    def messages(self, language: Language) -> frozenset[str]:
        """The codes of all messages."""
        return _messages(self, language)

    def template(self, message: str, language: Language, count: int | None = None) -> str:
        """The sentence of a message, with names in braces, in the plural form of `count`.

        Raises UnexplainedError for a code that has no message.
        """
        if message not in _messages(self, language):
            raise UnexplainedError(message)
        translations = _translations(self, language)
        if count is None:
            return translations.gettext(message)
        return translations.ngettext(message, message, count)


@cache
def _messages(domain: Domain, language: Language) -> frozenset[str]:
    ids = (message.id for message in domain.read(language) if message.id)
    return frozenset(one if isinstance(one, str) else one[0] for one in ids)


@cache
def _translations(domain: Domain, language: Language) -> GNUTranslations:
    # Compiled in memory, so that the sources alone are kept and shipped and none can be stale.
    compiled = BytesIO()
    write_mo(compiled, domain.read(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


_EXPLANATIONS = Domain(LOCALES, "bagalau")

messages = _EXPLANATIONS.messages
template = _EXPLANATIONS.template
