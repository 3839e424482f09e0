"""Disclosure and the end of the papers (cl. 12, 13)."""

from datetime import date
from functools import cached_property
from typing import ClassVar
from uuid import UUID

import msgspec

from events.vocabulary.types import BodyCode, Code, Data, Name, PeriodText, Text, Word


class ResultDisclosed(Data, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody else's results were read: whose, by whom, in which role and on what ground (cl. 13)."""

    # Without an employee those of the whole body. `viewer_of` is the ledger that he is registered in, `what`
    # the command or the question, `key` the fingerprint of the key that proved him.

    system: ClassVar[bool] = True
    employee: Code | None = None
    viewer: Code
    viewer_of: BodyCode
    role: Word
    what: Text
    period: PeriodText | None = None
    ground: Word
    basis: Text | None = None
    key: Word | None = None

    @cached_property
    def document(self) -> Name:
        return Name("disclosures", () if self.employee is None else (self.employee,))


class _OfHold(Data, frozen=True, kw_only=True, omit_defaults=True):
    employee: Code
    period: PeriodText | None = None
    basis: Text

    @cached_property
    def document(self) -> Name:
        return Name("hold", (self.employee,))


class HoldPlaced(_OfHold, frozen=True, kw_only=True, omit_defaults=True):
    """A servant's papers are kept beyond their term while a case needs them (cl. 12)."""

    # Those of the period, where a year takes in its quarters; without a period all of them.


class HoldLifted(_OfHold, frozen=True, kw_only=True, omit_defaults=True):
    """A hold ends, named by the period it was placed for, and the papers' own term counts again (cl. 12)."""


class ListedDocument(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A document on the list of an act: its stream, kind, how many events, and the last one's place."""

    # `person` is the keyed hash of whose it is, in this body and no other: it names nobody, and lets the
    # servant who asks be told what was destroyed of his (a session of a commission is nobody's own).

    stream: UUID
    kind: Word
    period: PeriodText | None
    events: int
    last_seq: int
    person: str | None = None


class _OfDestruction(Data, frozen=True, kw_only=True, omit_defaults=True):
    system: ClassVar[bool] = True
    act: Word

    @cached_property
    def document(self) -> Name:
        return Name("destruction", (self.act,))


class DestructionListed(_OfDestruction, frozen=True, kw_only=True):
    """What an act of destruction is to destroy, as due by a day; a long list comes in parts (cl. 12)."""

    as_of: date
    part: int
    parts: int
    documents: list[ListedDocument]


class DestructionAuthorised(_OfDestruction, frozen=True, kw_only=True):
    """A person authorises the destruction of what an act lists; two different people must (cl. 12)."""

    # `by_of` is the ledger that he is registered in, `public_key` the 32 bytes, in base64, that he was
    # registered with, `key` their fingerprint, `signature` an Ed25519 signature in base64 over the act's
    # statement, which holds the list's digest: the event alone is enough to check it.

    by: Code
    by_of: BodyCode
    role: Word
    documents: int
    digest: str
    key: str
    public_key: str
    signature: str


class DocumentDestroyed(_OfDestruction, frozen=True, kw_only=True):
    """A document's key and name were deleted under an act of destruction (cl. 12)."""

    stream: UUID
    on: date


class DestructionCompleted(_OfDestruction, frozen=True, kw_only=True):
    """The living keys were wrapped anew and the old key-encryption key erased (cl. 12)."""

    # `destroyed` of the documents listed; `left` are those that a hold or a pending case kept back meanwhile.

    on: date
    destroyed: int
    left: list[UUID]
