"""What is asked of ledgers, in a form that can be sent to another process."""

from typing import Literal, TypeAlias

import msgspec

from methodologies.model.clause import Language
from projections.supposed import Supposition
from services.correcting.proposal import Scope

Listed: TypeAlias = Literal["csv", "json"]


class Question(msgspec.Struct, frozen=True):
    """Who changes, of what is shown, if more were the law.

    `agency_seq` is how far the law is read at least; `supposed` and `decided_too` are what is supposed beyond
    it, the second for what was decided otherwise as well; `listed` is the form of a list, and `heard` whether
    the people themselves are wanted.
    """

    methodology: str
    revision: int
    scope: Scope
    agency_seq: int
    supposed: Supposition
    decided_too: Supposition
    listed: Listed | None = None
    language: Language = "en"
    heard: bool = False

    @property
    def explained(self) -> bool:
        """Whether the steps of every change are wanted: only one form of a list has them."""
        return self.listed == "json"
