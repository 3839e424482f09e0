"""What became of an assessment's result after the sheet: told, contested, reviewed, decided anew."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

import msgspec

from events.envelope import Event
from events.vocabulary import assessment as facts


class Announcement(msgspec.Struct, frozen=True):
    """A result as it was told, or restated, at a place of the ledger."""

    seq: int
    on: date
    result: facts.AnnouncedResult


class CommissionDecision(msgspec.Struct, frozen=True):
    """What a commission decided on the result; a correction names what is right.

    `agency_seq` is the law that it decided under.
    """

    session: str
    choice: str
    score: Decimal | None
    points: int | None
    competencies: Mapping[str, str]
    seq: int
    convened_on: date
    sat_on: date
    agency_seq: int = 0
    approved_by: str | None = None
    approved_on: date | None = None


class Appeal(msgspec.Struct, frozen=True):
    """An appeal, and what came back of it under which law; `resolved_seq` is 0 while it is pending."""

    to: str
    on: date
    seq: int
    outcome: str | None = None
    score: Decimal | None = None
    points: int | None = None
    competencies: Mapping[str, str] = {}
    resolved_on: date | None = None
    resolved_seq: int = 0
    agency_seq: int = 0


class Result(msgspec.Struct, frozen=True):
    """What became of a sheet's result: told, contested, decided. `form` is None or `competencies`.

    `decided_in` are the commission's sessions that decided on it, `decision` is the last.
    """

    form: str | None = None
    delivered_on: date | None = None
    acquainted_on: date | None = None
    refused_on: date | None = None
    announced: tuple[Announcement, ...] = ()
    decision: CommissionDecision | None = None
    decided_in: tuple[str, ...] = ()
    appeals: tuple[Appeal, ...] = ()

    @property
    def last(self) -> facts.AnnouncedResult | None:
        """The result as it was told or restated last; None while it was not told."""
        return self.announced[-1].result if self.announced else None

    @property
    def is_told(self) -> bool:
        """Whether the servant was told what stands: delivered, and not restated since."""
        return isinstance(self.last, facts.ResultAnnounced)

    @property
    def pending_appeal(self) -> Appeal | None:
        """The appeal that nothing came back of yet."""
        return next((one for one in self.appeals if one.outcome is None), None)


TYPES: Final = (
    facts.ResultDelivered,
    facts.ResultAcquainted,
    facts.AcquaintanceRefused,
    facts.ResultAnnounced,
    facts.ResultRestated,
    facts.CommissionDecided,
    facts.DecisionApproved,
    facts.DecisionAppealed,
    facts.AppealResolved,
)
"""The events of an assessment that a result is evolved by."""


def evolve(result: Result, event: Event) -> Result:
    """The result after one more event of its assessment; the very same where the event is not of it."""
    data = event.data
    match data:
        case facts.ResultDelivered():
            # Told again by another channel it was told the first time; restated, it is told anew.
            return result if result.is_told else msgspec.structs.replace(result, delivered_on=data.on)
        case facts.ResultAcquainted():
            # The servant's term runs from when he first knew of what was told last.
            knew = result.acquainted_on
            known = knew is not None and result.delivered_on is not None and knew >= result.delivered_on
            return result if known else msgspec.structs.replace(result, acquainted_on=data.on)
        case facts.AcquaintanceRefused():
            return msgspec.structs.replace(result, refused_on=data.on)
        case facts.ResultAnnounced() | facts.ResultRestated():
            told = Announcement(event.seq, event.occurred_on, data)
            return msgspec.structs.replace(result, announced=(*result.announced, told))
    return _evolve_decided(result, event)


def _evolve_decided(result: Result, event: Event) -> Result:
    data = event.data
    match data:
        case facts.CommissionDecided():
            decision = CommissionDecision(
                data.session,
                data.choice,
                data.score,
                data.points,
                data.competencies or {},
                event.seq,
                data.convened_on,
                data.sat_on,
                event.agency_seq,
            )
            sessions = (*result.decided_in, data.session)
            return msgspec.structs.replace(result, decision=decision, decided_in=sessions)
        case facts.DecisionApproved():
            if result.decision is None or result.decision.session != data.session:
                return result
            approved = msgspec.structs.replace(
                result.decision, approved_by=data.by, approved_on=event.occurred_on
            )
            return msgspec.structs.replace(result, decision=approved)
        case facts.DecisionAppealed():
            appeal = Appeal(data.to, data.on, event.seq)
            return msgspec.structs.replace(result, appeals=(*result.appeals, appeal))
        case facts.AppealResolved():
            return msgspec.structs.replace(
                result, appeals=tuple(_resolved(one, data, event) for one in result.appeals)
            )
    return result


def _resolved(appeal: Appeal, data: facts.AppealResolved, event: Event) -> Appeal:
    if appeal.outcome is not None:
        return appeal
    return msgspec.structs.replace(
        appeal,
        outcome=data.outcome,
        score=data.score,
        points=data.points,
        competencies=data.competencies or {},
        resolved_on=data.on,
        resolved_seq=event.seq,
        agency_seq=event.agency_seq,
    )
