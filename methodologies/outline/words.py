"""What codes, parts and events of acts are called in a language."""

import tomllib
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

import msgspec
from babel import Locale
from babel.dates import format_skeleton

from methodologies.model.clause import Language
from methodologies.model.text import Text

_FILE = Path(__file__).parent / "words.toml"
_LEAP_YEAR = 2024


@cache
def all_words() -> Mapping[str, Mapping[str, Text]]:
    """Every word by group and code."""
    found = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return MappingProxyType(msgspec.convert(found, dict[str, dict[str, Text]]))


def word(group: str, code: str, language: Language) -> str:
    """What a code is called; the code itself where no word is known, as in an act of one's own."""
    found = all_words()[group].get(code)
    return code if found is None else found.in_(language)


def words(group: str, codes: Iterable[str], language: Language) -> str:
    """Codes as a list."""
    return ", ".join(word(group, code, language) for code in codes)


def span(count: int, unit: str, language: Language) -> str:
    """A count of days or months with the noun in its plural form: `5 working days`."""
    form = Locale(language).plural_form(count)
    return word("span", f"{unit}.{form}", language).format(count=count)


def day_of_year(month: int, day: int, language: Language) -> str:
    """A day of any year: `30 January`; the month's last where it has fewer days."""
    last = monthrange(_LEAP_YEAR, month)[1]
    return format_skeleton("MMMMd", date(_LEAP_YEAR, month, min(day, last)), locale=language)
