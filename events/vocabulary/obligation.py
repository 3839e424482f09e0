"""Terms of the procedure as the clock found them: begun, met, passed."""

from datetime import date
from functools import cached_property
from typing import Annotated, ClassVar, Final

import msgspec
from msgspec import Meta

from events.vocabulary.types import Name, Ref, Word

WITHDRAWN: Final = "withdrawn"
"""The state of a term that no longer runs."""


class TermMark(msgspec.Struct, frozen=True, omit_defaults=True):
    """A term of the act by its code, as it stands: `due` is its last day, `met_on` the day it was met."""

    term: Word
    owes: Word
    due: date
    clause: Word
    state: Word
    met_on: date | None = None


class TermsMarked(Ref, frozen=True, kw_only=True, omit_defaults=True):
    """Terms of an assessment that began, were met or were missed since they were last marked (cl. 15)."""

    # Only those that changed; a term that no longer runs is `withdrawn`.

    system: ClassVar[bool] = True
    on: date
    terms: Annotated[list[TermMark], Meta(max_length=100)]

    @cached_property
    def document(self) -> Name:
        return Name("obligations", (self.employee, self.position, self.period, self.form or ""))
