"""Disclosure and the end of the papers (cl. 12, 13)."""

from datetime import date
from functools import cached_property
from typing import ClassVar
from uuid import UUID

from events.vocabulary.types import Code, Data, Name, Text, Word


class ResultDisclosed(Data, frozen=True, kw_only=True):
    """Somebody else's result was read, by whom and on what ground (cl. 13)."""

    system: ClassVar[bool] = True
    employee: Code
    viewer: Code
    what: Text
    ground: Word

    @cached_property
    def document(self) -> Name:
        return Name("disclosures", (self.employee,))


class _OfDestruction(Data, frozen=True, kw_only=True):
    system: ClassVar[bool] = True
    act: Word

    @cached_property
    def document(self) -> Name:
        return Name("destruction", (self.act,))


class DestructionAuthorised(_OfDestruction, frozen=True, kw_only=True):
    """A person authorises a destruction; two different people must (cl. 12)."""

    by: Code
    streams: list[UUID]


class DocumentDestroyed(_OfDestruction, frozen=True, kw_only=True):
    """A document's key and name were deleted under an act of destruction (cl. 12)."""

    stream: UUID
    on: date


class DestructionCompleted(_OfDestruction, frozen=True, kw_only=True):
    """The living keys were wrapped anew and the old key-encryption key erased (cl. 12)."""

    on: date
