"""The methodology: an act as data, its revisions and their fate (ledger `agency`)."""

from functools import cached_property
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from events.vocabulary.types import BodyCode, Data, Name, PeriodText, Text, Word

Revision = Annotated[int, Meta(ge=1, le=10_000)]


class _OfMethodology(Data, frozen=True, kw_only=True, omit_defaults=True):
    id: Word
    revision: Revision

    @cached_property
    def document(self) -> Name:
        return Name("methodology", (self.id,))


class MethodologyPublished(_OfMethodology, frozen=True, kw_only=True, omit_defaults=True):
    """An act is published as data: its first revision takes effect for those who adopt it (cl. 1)."""

    act: dict[str, Any]
    reason: Text | None = None


class MethodologyCorrected(_OfMethodology, frozen=True, kw_only=True, omit_defaults=True):
    """A corrected revision of an act is laid down; it decides nothing until it is activated (cl. 1)."""

    act: dict[str, Any]
    reason: Text


class MethodologyRepealed(_OfMethodology, frozen=True, kw_only=True, omit_defaults=True):
    """An act ends; it keeps governing the periods it governed (cl. 1)."""

    act: dict[str, Any] | None = None
    reason: Text


class MethodologyActivated(_OfMethodology, frozen=True, kw_only=True, omit_defaults=True):
    """A corrected revision goes live; deciders use it from here on (cl. 1)."""

    # From a period on and for some bodies, or for all. What a panel, a commission or an appeal decided stays
    # as it was decided, unless `decided_too`.

    system: ClassVar[bool] = True
    from_period: PeriodText | None = None
    bodies: Annotated[list[BodyCode], Meta(max_length=10_000)] | None = None
    decided_too: bool = False
