"""Why a message is not read as a fact: the codes of the door, each with what to do."""

from types import MappingProxyType
from uuid import UUID

from events.envelope import Refusal

MAX_BYTES = 64 * 1024
"""The largest message that is read as a fact."""

PROBLEMS: MappingProxyType[str, str] = MappingProxyType(
    {
        "too-large": f"A fact takes at most {MAX_BYTES} bytes.",
        "not-utf8": "A message is Unicode text in UTF-8, with no half of a surrogate pair.",
        "not-json": "The message is not one JSON object (RFC 8259).",
        "too-deep": "The message is nested too deeply.",
        "nul-character": "The character U+0000 is not allowed in a text.",
        "duplicate-key": "A key stands twice in the same object.",
        "missing-field": "A field that the type requires is left out.",
        "unknown-field": "This type of fact has no such field.",
        "unknown-type": "No such type of fact; the vocabulary is in docs/facts.md.",
        "reserved-type": "Only the system itself records this type.",
        "reserved-actor": "`system` is the system's own name; name who acted.",
        "invalid-score": "A score is one digit with at most two decimals, as 4.25.",
        "invalid-date": "A date is written 2026-04-10, stands in the calendar and lies in 1900 to 2999.",
        "invalid-period": "A period is a quarter (2026-Q1) or a year (2026), from 1991 to 2999.",
        "invalid-value": "The value is not one that the field takes.",
    }
)
"""Every code with which a message is refused before any document is looked at, and its sentence."""


class Unreadable(Refusal):
    """A refused message; `id` is the fact's own when that much of it could be read."""

    def __init__(
        self,
        code: str,
        detail: str | None = None,
        field: str | None = None,
        *,
        fact_id: UUID | None = None,
    ) -> None:
        super().__init__(code, PROBLEMS[code] if detail is None else detail, field)
        self.fact_id = fact_id
