"""A session of a commission on assessment: who sits on it, who voted how on what, its protocol."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec

from events.envelope import Event
from events.vocabulary import commission as facts
from events.vocabulary.types import Member

CHAIR = "chair"
MEMBER = "member"
SECRETARY = "secretary"

_APART = "competencies"
"""The form whose result is reviewed beside the other of the same period."""


class Subject(msgspec.Struct, frozen=True):
    """One result under review; `form` is None, or `competencies` where that strand is meant."""

    employee: str
    position: str
    period: str
    form: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """The natural key of its assessment."""
        return self.employee, self.position, self.period


class Seat(msgspec.Struct, frozen=True):
    """A member in a role."""

    member: str
    role: str


class Vote(msgspec.Struct, frozen=True):
    """A member's vote on a subject, at a place of the ledger; to revise names what is right."""

    subject: Subject
    member: str
    choice: str
    score: Decimal | None
    points: int | None
    competencies: Mapping[str, str]
    explanation: str | None
    seq: int


class Protocol(msgspec.Struct, frozen=True):
    """The minutes as they were filed."""

    number: str
    signed_on: date
    seq: int


class Commission(msgspec.Struct, frozen=True):
    """A session from its order to its protocol.

    What it decided is recorded of the assessments; here are the votes. `approved_by` is the authorised
    person who approved last.
    """

    session: str
    members: tuple[Seat, ...] = ()
    convened_on: date | None = None
    present: tuple[str, ...] = ()
    sat_on: date | None = None
    votes: tuple[Vote, ...] = ()
    protocol: Protocol | None = None
    approved_by: str | None = None
    approved_on: date | None = None

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """What was voted on, in the order of the first votes."""
        return tuple(dict.fromkeys(vote.subject for vote in self.votes))

    @property
    def chair(self) -> str | None:
        return next((seat.member for seat in self.members if seat.role == CHAIR), None)

    def seat(self, member: str) -> Seat | None:
        """The seat of one who sits on it."""
        return next((seat for seat in self.members if seat.member == member), None)

    def votes_on(self, subject: Subject) -> tuple[Vote, ...]:
        """Every vote on a subject, in order."""
        return tuple(vote for vote in self.votes if vote.subject == subject)


def subject_of(data: facts.VoteCast) -> Subject | None:
    """What a vote in a session is about; None where it names no assessment."""
    if data.employee is None or data.position is None or data.period is None:
        return None
    return Subject(data.employee, data.position, data.period, _APART if data.form == _APART else None)


def evolve(document: Commission | None, event: Event) -> Commission:
    """The session after one more event."""
    data = event.data
    current = document or Commission(event.document.key[0])
    match data:
        case facts.CommissionConvened():
            return msgspec.structs.replace(
                current, members=tuple(map(_seat, data.members)), convened_on=event.occurred_on
            )
        case facts.MemberReplaced():
            members = tuple(_seat(data.in_) if seat.member == data.out else seat for seat in current.members)
            return msgspec.structs.replace(current, members=members)
        case facts.CommissionSat():
            return msgspec.structs.replace(current, present=tuple(data.present), sat_on=event.occurred_on)
        case facts.VoteCast():
            return _voted(current, data, event.seq)
        case facts.ProtocolFiled():
            protocol = Protocol(data.number, data.signed_on, event.seq)
            return msgspec.structs.replace(current, protocol=protocol)
        case facts.ResultApproved():
            return msgspec.structs.replace(current, approved_by=data.by, approved_on=event.occurred_on)
    return current


def _seat(member: Member) -> Seat:
    return Seat(member.member, member.role)


def _voted(current: Commission, data: facts.VoteCast, seq: int) -> Commission:
    subject = subject_of(data)
    if subject is None:
        return current
    vote = Vote(
        subject,
        data.member,
        data.choice or "",
        data.score,
        data.points,
        data.competencies or {},
        data.explanation,
        seq,
    )
    return msgspec.structs.replace(current, votes=(*current.votes, vote))
