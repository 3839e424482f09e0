"""Why a message is not read as a fact: the codes of the door, each with what to do."""

from types import MappingProxyType
from uuid import UUID

from events.envelope import Refusal
from events.problems import BY_WHERE, MAX_BYTES

__all__ = ["MAX_BYTES", "PROBLEMS", "Unreadable"]

PROBLEMS: MappingProxyType[str, str] = MappingProxyType(
    {code: kind.sentence for code, kind in BY_WHERE["door"].items()}
)
"""Every code with which a message is refused before any document is looked at, and its sentence."""


class Unreadable(Refusal):
    """A refused message; `fact_id` is the fact's own when that much of it could be read."""

    def __init__(
        self,
        code: str,
        detail: str | None = None,
        field: str | None = None,
        *,
        fact_id: UUID | None = None,
    ) -> None:
        super().__init__(code, detail, field)
        self.fact_id = fact_id
