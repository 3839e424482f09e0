"""Commissions, and what panels and commissions have in common: votes, protocols, replaced members."""

from datetime import date
from functools import cached_property

from msgspec import field

from events.vocabulary.types import (
    Code,
    Codes,
    Corrections,
    Count,
    Data,
    Member,
    Members,
    Name,
    PanelOrSession,
    Score,
    Signature,
    Text,
    Word,
)
from events.vocabulary.words import Choice


class _OfSession(Data, frozen=True, kw_only=True):
    session: Code

    @cached_property
    def document(self) -> Name:
        return Name("commission", (self.session,))


class CommissionConvened(_OfSession, frozen=True, kw_only=True):
    """A commission is called with its members (`sjc-2017` cl. 6-9, `arys-2022` cl. 29-33)."""

    members: Members


class CommissionSat(_OfSession, frozen=True, kw_only=True):
    """Who was present when the commission sat (`sjc-2017` cl. 7, `arys-2022` cl. 31)."""

    present: Codes


class ResultApproved(_OfSession, frozen=True, kw_only=True):
    """The authorised person approves the commission's decision (`arys-2022` cl. 38)."""

    by: Code


class VoteCast(PanelOrSession, frozen=True, kw_only=True, omit_defaults=True):
    """A member votes: a score in a panel's round, or approve or revise in a commission (cl. 22)."""

    # To revise is to name what is right: of a quarter under `sjc-2017` its points, of competencies results.

    member: Code
    round: Count | None = None
    score: Score | None = None
    choice: Choice | None = None
    points: Count | None = None
    competencies: Corrections | None = None
    explanation: Text | None = None


class ProtocolFiled(PanelOrSession, frozen=True, kw_only=True, omit_defaults=True):
    """The minutes are signed and filed (cl. 22; `sjc-2017` cl. 36; `arys-2022` cl. 39)."""

    number: Word
    signed_on: date
    signature: Signature | None = None


class MemberReplaced(PanelOrSession, frozen=True, kw_only=True, omit_defaults=True):
    """A member drops out and another takes the seat (cl. 19; `arys-2022` cl. 30)."""

    out: Code
    in_: Member = field(name="in")
