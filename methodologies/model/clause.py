"""Clauses: where in an act a figure stands, written once and printed in three languages."""

import re
from collections.abc import Callable
from typing import Annotated, Literal

from msgspec import Meta

Language = Literal["kk", "ru", "en"]
LANGUAGES: tuple[Language, ...] = ("kk", "ru", "en")

_PART = r"(?:order )?\d+(?:\(\d+\)|-\d+)?|annex \d+(?:, (?:row \d+|note))?"
CLAUSE_PATTERN = rf"^(?:{_PART})(?:; (?:{_PART}))*$(?!\n)"

Clause = Annotated[
    str, Meta(pattern=CLAUSE_PATTERN, examples=["17", "2(7)", "annex 1, row 5", "7; annex 1, note"])
]
"""`17`, `2(7)` and `10-13` are clauses of the methodology, `order 4` of the act that approves it."""

_SHAPE = re.compile(
    r"(?:(?P<order>order )?(?P<number>\d+(?:\(\d+\)|-\d+)?))"
    r"|annex (?P<annex>\d+)(?:, (?:row (?P<row>\d+)|(?P<note>note)))?"
)


def clause_text(clause: str, language: Language) -> str:
    """A clause as a reader of the language expects it: `cl. 5`, `п. 5`, `5-т.`; rows and annexes likewise."""
    parts = [_SHAPE.fullmatch(part) for part in clause.split("; ")]
    return "; ".join(_PRINTERS[language](part) for part in parts if part is not None)


def _english(part: re.Match[str]) -> str:
    if part["annex"]:
        row = f", row {part['row']}" if part["row"] else ", note" if part["note"] else ""
        return f"annex {part['annex']}{row}"
    return f"cl. {part['number']} of the approving act" if part["order"] else f"cl. {part['number']}"


def _russian(part: re.Match[str]) -> str:
    if part["annex"]:
        row = f", строка {part['row']}" if part["row"] else ", примечание" if part["note"] else ""
        return f"приложение {part['annex']}{row}"
    return f"п. {part['number']} утверждающего акта" if part["order"] else f"п. {part['number']}"


def _kazakh(part: re.Match[str]) -> str:
    if part["annex"]:
        row = f", {part['row']}-жол" if part["row"] else ", ескертпе" if part["note"] else ""
        return f"{part['annex']}-қосымша{row}"
    return f"бекітетін актінің {part['number']}-т." if part["order"] else f"{part['number']}-т."


_PRINTERS: dict[Language, Callable[[re.Match[str]], str]] = {"kk": _kazakh, "ru": _russian, "en": _english}
