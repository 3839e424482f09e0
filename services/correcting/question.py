"""What is asked of ledgers, in a form that can be sent to another process."""

from typing import Literal, TypeAlias

import msgspec

from methodologies.model.clause import Language
from projections.supposed import Supposition
from services.correcting.proposal import Scope

Listed: TypeAlias = Literal["csv", "json"]


class Question(msgspec.Struct, frozen=True):
    """Who changes, of what is shown, if more were the law.

    `supposed` and `decided_too` are what is supposed beyond it, the second for what was decided otherwise as
    well; `follows_otherwise` tells that other consequences are printed for the same grades. `listed` is the
    form of a list, and `heard` whether the people themselves are wanted.
    """

    methodology: str
    revision: int
    scope: Scope
    supposed: Supposition
    decided_too: Supposition
    follows_otherwise: bool = False
    listed: Listed | None = None
    language: Language = "en"
    heard: bool = False

    @property
    def explained(self) -> bool:
        """Whether the steps of every change are wanted: only one form of a list has them."""
        return self.listed == "json"
