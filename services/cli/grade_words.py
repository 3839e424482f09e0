"""What tables of grades are headed with, short enough for 80 columns."""

from collections.abc import Mapping
from types import MappingProxyType

from methodologies.model.clause import Language
from services.words import Trilingual, spoken

_HEADINGS: Mapping[str, Trilingual] = MappingProxyType(
    {
        "body": ("орган", "орган", "body"),
        "employee": ("қызметші", "служащий", "employee"),
        "position": ("лауазым", "должность", "position"),
        "period": ("кезең", "период", "period"),
        "score": ("балл", "балл", "score"),
        "grade": ("нәтиже", "результат", "grade"),
        "flags": ("белгілер", "пометки", "flags"),
        "excellent": ("өте жақсы", "превосх.", "excel."),
        "effective": ("тиімді", "эффект.", "effect."),
        "proper": ("тиісті", "надлеж.", "proper"),
        "satisfactory": ("қанағ.", "удовл.", "satisf."),
        "unsatisfactory": ("қанағ-сыз", "неудовл.", "unsat."),
        "graded": ("бағаланды", "оценено", "assessed"),
        "open": ("ашық", "открыто", "open"),
        "not-assessed": ("бағаланбайды", "не оценив.", "not due"),
        "destroyed": ("жойылды", "уничтож.", "gone"),
        "none": ("жоқ", "нет", "none"),
    }
)

COLUMNS = tuple(_HEADINGS)[7:-1]
"""Grades, then what else a result can be, in the order in which tables show them."""


def heading(code: str, language: Language) -> str:
    """The word for a column; the code itself for a grade that an act of one's own names."""
    words = _HEADINGS.get(code)
    return code if words is None else spoken(words, language)
