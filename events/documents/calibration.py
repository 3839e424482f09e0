"""The calibration of an assessment: asked for, a panel that votes in rounds, its decision and protocol."""

from datetime import date
from decimal import Decimal

import msgspec

from events.envelope import Event
from events.vocabulary import calibration as facts
from events.vocabulary import commission as shared


class Seat(msgspec.Struct, frozen=True):
    """A member of the panel, in one role (`evaluator` or `hr`)."""

    member: str
    role: str


class Vote(msgspec.Struct, frozen=True):
    """A vote; `counts` is lost when its member leaves the panel before it has decided."""

    round: int
    member: str
    score: Decimal
    seq: int
    counts: bool = True


class Protocol(msgspec.Struct, frozen=True):
    """The minutes, as filed at a place of the ledger."""

    number: str
    signed_on: date
    seq: int


class Calibration(msgspec.Struct, frozen=True):
    """The session last asked for, and the decision last made.

    `requested_on` is None while none was asked for or the request was withdrawn; with it go the panel and
    its votes. The decision (`concluded` to `feedback_on`) stays until a later session makes another: asking
    anew unmakes nothing. `is_concluded` and `is_filed` tell whether it is this session's.
    """

    employee: str
    position: str
    period: str
    requested_on: date | None = None
    requested_seq: int | None = None
    members: tuple[Seat, ...] = ()
    sits_on: date | None = None
    heard: tuple[str, ...] = ()
    votes: tuple[Vote, ...] = ()
    round: int = 1
    concluded: Decimal | None = None
    concluded_on: date | None = None
    concluded_seq: int | None = None
    concluded_agency_seq: int | None = None
    protocol: Protocol | None = None
    feedback_on: date | None = None

    @property
    def is_convened(self) -> bool:
        """Whether the panel of this session was approved."""
        return bool(self.members)

    @property
    def is_concluded(self) -> bool:
        """Whether this session came to a decision."""
        return (
            self.requested_seq is not None
            and self.concluded_seq is not None
            and self.concluded_seq > self.requested_seq
        )

    @property
    def is_filed(self) -> bool:
        """Whether this session's protocol is filed, which ends it."""
        return self.is_concluded and self.protocol is not None

    @property
    def is_pending(self) -> bool:
        """Whether a session was asked for and has not ended."""
        return self.requested_on is not None and not self.is_filed

    @property
    def is_stuck(self) -> bool:
        """Whether a round ended without a majority and nothing is decided yet."""
        return self.round > 1 and not self.is_concluded

    def seat(self, member: str) -> Seat | None:
        """The seat of a member; None for whoever does not sit on the panel."""
        return next((seat for seat in self.members if seat.member == member), None)

    def votes_in(self, round_: int) -> tuple[Vote, ...]:
        """The votes of a round that count, in the order cast."""
        return tuple(vote for vote in self.votes if vote.round == round_ and vote.counts)


def evolve(document: Calibration | None, event: Event) -> Calibration:
    """The calibration after one more event."""
    data = event.data
    employee, position, period = event.document.key
    current = document or Calibration(employee, position, period)
    match data:
        case facts.CalibrationRequested():
            return _asked(current, event.occurred_on, event.seq)
        case facts.CalibrationWithdrawn():
            return _asked(current, None, None)
        case facts.CalibrationConvened():
            members = tuple(Seat(one.member, one.role) for one in data.members)
            return msgspec.structs.replace(current, members=members, sits_on=data.sits_on)
        case facts.ArgumentHeard():
            return msgspec.structs.replace(current, heard=(*current.heard, data.by))
        case shared.MemberReplaced():
            return _replaced(current, data.out, Seat(data.in_.member, data.in_.role))
        case shared.VoteCast():
            return _voted(current, data, event.seq)
    return _evolve_decided(current, event)


def _evolve_decided(current: Calibration, event: Event) -> Calibration:
    data = event.data
    match data:
        case facts.CalibrationConcluded():
            # Every member may have voted by now, so the round that decided is over and yet stays the last.
            return msgspec.structs.replace(
                current,
                round=data.round,
                concluded=data.score,
                concluded_on=event.occurred_on,
                concluded_seq=event.seq,
                concluded_agency_seq=event.agency_seq,
                protocol=None,
                feedback_on=None,
            )
        case shared.ProtocolFiled():
            return msgspec.structs.replace(current, protocol=Protocol(data.number, data.signed_on, event.seq))
        case facts.FeedbackGiven():
            return msgspec.structs.replace(current, feedback_on=data.on)
    return current


def _asked(current: Calibration, on: date | None, seq: int | None) -> Calibration:
    return msgspec.structs.replace(
        current,
        requested_on=on,
        requested_seq=seq,
        members=(),
        sits_on=None,
        heard=(),
        votes=(),
        round=1,
    )


def _replaced(current: Calibration, out: str, into: Seat) -> Calibration:
    members = tuple(into if seat.member == out else seat for seat in current.members)
    votes = current.votes
    if not current.is_concluded:
        # What the panel decided it decided with the vote of one who leaves only afterwards.
        votes = tuple(
            msgspec.structs.replace(vote, counts=False)
            if (vote.round, vote.member) == (current.round, out)
            else vote
            for vote in votes
        )
    return msgspec.structs.replace(current, members=members, votes=votes)


def _voted(current: Calibration, data: shared.VoteCast, seq: int) -> Calibration:
    if data.score is None:
        return current
    round_ = current.round if data.round is None else data.round
    vote = Vote(round_, data.member, data.score, seq)
    after = msgspec.structs.replace(current, votes=(*current.votes, vote))
    if not after.is_concluded and _is_over(after):
        return msgspec.structs.replace(after, round=after.round + 1)
    return after


def _is_over(current: Calibration) -> bool:
    voted = {vote.member for vote in current.votes_in(current.round)}
    return all(seat.member in voted for seat in current.members)
