"""The message catalogues: one per language, read from their sources."""

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

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


def read_catalogue(language: Language) -> Catalog:
    """A language's catalogue as it stands in its source."""
    with (LOCALES / language / "LC_MESSAGES" / "bagalau.po").open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


@cache
def messages(language: Language) -> frozenset[str]:
    """The codes of all messages."""
    ids = (message.id for message in read_catalogue(language) if message.id)
    return frozenset(one if isinstance(one, str) else one[0] for one in ids)


@cache
def _translations(language: Language) -> GNUTranslations:
    # Compiled in memory, so that the sources alone are kept and shipped and none can be stale.
    compiled = BytesIO()
    write_mo(compiled, read_catalogue(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def template(message: str, language: Language, count: int | None = None) -> str:
    """The sentence of a message, with names in braces, in the plural form of `count`.

    Raises UnexplainedError for a code that has no message.
    """
    if message not in messages(language):
        raise UnexplainedError(message)
    translations = _translations(language)
    if count is None:
        return translations.gettext(message)
    return translations.ngettext(message, message, count)
