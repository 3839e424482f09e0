"""A commission's session from order to protocol (`sjc-2017` cl. 6-9, 34-37; `arys-2022` cl. 5, 29-39).

Where a fact may be a panel's as well, what is here decides it for a commission: the one with a session.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from events.documents import Adoptions, Commission
from events.documents.commission import CHAIR, MEMBER, SECRETARY, Subject, Vote, subject_of
from events.envelope import Fact, Refusal
from events.period import Period, parse_period, quarter_of, quarters_of
from events.vocabulary import Name
from events.vocabulary import commission as facts
from events.vocabulary.assessment import DecisionApproved
from events.vocabulary.types import Member
from methodologies.model.procedure import Commission as Rule
from methodologies.rules.commission import needed_for_quorum
from services.deciding.added import added
from services.deciding.reviewing import (
    Review,
    check_reviewable,
    check_undecided,
    check_vote,
    check_voter,
    current_votes,
    decision_by,
    not_a_member,
    review_of,
    under,
)
from services.deciding.situation import Situation

ROLES = (CHAIR, MEMBER, SECRETARY)
"""What a member of a commission may be."""

_CHAIRS = 1


def _rule_on(fact: Fact, situation: Situation) -> Rule:
    """The rule of the act that governs on the fact's day; where that has no commission, of the last that had.

    A commission sits after the period it reviews, when another act may govern already.
    """
    for period in _back_from(fact.occurred_on, situation):
        rule = situation.governing(period).act.commission
        if rule is not None:
            return rule
    act = situation.governing(quarter_of(fact.occurred_on)).act
    raise Refusal.because(
        "not-in-act", f"The act {act.id}, which governs this body, has no commission.", "type"
    )


def _back_from(day: date, situation: Situation) -> Iterator[Period]:
    """The quarter of a day, and those before it back to the body's first adoption, the latest first."""
    own = situation.find(Name("adoptions", ()), Adoptions) or Adoptions()
    entries = (*own.entries, *situation.law.adoptions.entries)
    last = quarter_of(day)
    first = min((parse_period(one.from_period).first_quarter for one in entries), default=last.first_quarter)
    yield last
    for year in range(last.year, first[0] - 1, -1):
        for quarter in reversed(quarters_of(year)):
            if first <= quarter.first_quarter < last.first_quarter:
                yield quarter


def _session(fact: Fact, situation: Situation) -> Commission:
    found = situation.find(fact.document, Commission)
    if found is None or found.convened_on is None:
        raise Refusal("unknown-session", field="data.session")
    return found


def _sitting(fact: Fact, situation: Situation) -> Commission:
    """The session once it has sat, and until its protocol is filed."""
    session = _session(fact, situation)
    if session.protocol is not None:
        raise Refusal.because(
            "protocol-filed", "The protocol lays down what the commission decided.", "data.session"
        )
    if session.sat_on is None:
        raise Refusal("session-not-sat", field="data.session")
    return session


def _convened(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.CommissionConvened)
    known = situation.find(fact.document, Commission)
    if known is not None and known.convened_on is not None:
        raise Refusal("session-convened-already", field="data.session")
    _check_composition(_rule_on(fact, situation), data.members)
    return (fact,)


def _check_composition(rule: Rule, members: Sequence[Member]) -> None:
    """Refuses a composition that the act does not allow.

    Who is the secretary, or whether there is one yet, is left to the body: the act says whence he comes.
    """
    if not all(one.role in ROLES for one in members):
        raise Refusal.because(
            "wrong-role",
            f"{under(rule.majority.clause)} a member of a commission is one of {', '.join(ROLES)}.",
            "data.members",
        )
    if len({one.member for one in members}) != len(members):
        raise Refusal.because(
            "member-twice", f"{under(rule.clause)} each member of a commission counts once.", "data.members"
        )
    if Counter(one.role for one in members)[CHAIR] != _CHAIRS:
        raise Refusal.because(
            "not-one-chair", f"{under(rule.tie_clause)} the vote of the chair decides a tie.", "data.members"
        )
    least = rule.least_members
    if least is not None and len(members) < least.value:
        raise Refusal.because(
            "wrong-number-of-members",
            f"{under(least.clause)} a commission has at least {least.value} members.",
            "data.members",
        )


def member_replaced(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    """The replacement of an absent member or chair by order (`sjc-2017` cl. 7; `arys-2022` cl. 31).

    Whoever comes takes the seat of the one who goes, in his role, before the commission sits.
    """
    data = fact.data
    assert isinstance(data, facts.MemberReplaced)
    session = _session(fact, situation)
    rule = _rule_on(fact, situation)
    if session.sat_on is not None:
        raise Refusal.because(
            "session-sat-already",
            f"{under(rule.replaced_clause)} an absent member is replaced before the commission sits.",
            "data.session",
        )
    seat = session.seat(data.out)
    if seat is None:
        raise not_a_member(rule, "data.out")
    if session.seat(data.in_.member) is not None:
        raise Refusal.because(
            "member-twice", f"{under(rule.clause)} each member of a commission counts once.", "data.in"
        )
    if data.in_.role != seat.role:
        raise Refusal.because(
            "wrong-role",
            f"{under(rule.replaced_clause)} whoever replaces a member sits in his role, {seat.role}.",
            "data.in",
        )
    return (fact,)


def _sat(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.CommissionSat)
    session = _session(fact, situation)
    rule = _rule_on(fact, situation)
    if session.sat_on is not None:
        raise Refusal("session-sat-already", field="data.session")
    if session.convened_on is not None and fact.occurred_on < session.convened_on:
        raise Refusal.because("dates-out-of-order", "A commission sits after it was convened.", "occurred_on")
    if len(set(data.present)) != len(data.present):
        raise Refusal.because("member-twice", "Whoever is present is named once.", "data.present")
    if any(session.seat(member) is None for member in data.present):
        raise not_a_member(rule, "data.present")
    needed = needed_for_quorum(rule, len(session.members))
    if len(data.present) < needed:
        raise Refusal.because(
            "no-quorum",
            f"{under(rule.quorum.clause)} {rule.quorum.value} of the {len(session.members)} members are"
            f" present, so at least {needed}.",
            "data.present",
        )
    return (fact,)


def vote_cast(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    """A member's vote on a result, and the commission's decision where it is certain with it.

    After that the others may still put their vote on record, until the protocol.
    """
    data = fact.data
    assert isinstance(data, facts.VoteCast)
    session = _sitting(fact, situation)
    subject = subject_of(data)
    if subject is None:
        raise Refusal.because(
            "missing-field", "A vote names the employee, position and period that it is on.", "data"
        )
    situation.servant(subject.employee, subject.position)
    review = review_of(subject, situation)
    check_voter(review.rule, session, data.member)
    check_reviewable(review, data.form)
    check_undecided(review, session.session)
    before = current_votes(review, session)
    if data.member in {vote.member for vote in before}:
        raise Refusal.because(
            "voted-already",
            f"{under(review.rule.majority.clause)} a member has one vote on a result.",
            "data.member",
        )
    vote = _vote(subject, data)
    check_vote(review, vote, situation)
    decision = None if review.is_decided else decision_by(review, session, (*before, vote))
    return (fact,) if decision is None else (fact, added(fact, decision))


def _vote(subject: Subject, data: facts.VoteCast) -> Vote:
    if data.choice is None:
        raise Refusal.because("missing-field", "A vote in a commission names its choice.", "data.choice")
    corrected = data.competencies or {}
    # It has no place in the ledger yet.
    return Vote(subject, data.member, data.choice, data.score, data.points, corrected, data.explanation, 0)


def protocol_filed(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    """The protocol, and what the votes cast decide on results that are still undecided.

    One on which nothing carried stays undecided, for another session.
    """
    data = fact.data
    assert isinstance(data, facts.ProtocolFiled)
    session = _sitting(fact, situation)
    if session.sat_on is not None and data.signed_on < session.sat_on:
        raise Refusal.because(
            "dates-out-of-order", "A protocol is signed after the commission sat.", "data.signed_on"
        )
    decisions = (
        decision_by(review, session, current_votes(review, session), closed=True)
        for review in _reviews(session, situation)
        if not review.is_decided
    )
    return fact, *(added(fact, decision) for decision in decisions if decision is not None)


def _reviews(session: Commission, situation: Situation) -> Iterator[Review]:
    return (review_of(subject, situation) for subject in session.subjects)


def _approved(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.ResultApproved)
    session = _session(fact, situation)
    decided_here = [review for review in _reviews(session, situation) if _decided_in(session, review)]
    rules = [review.rule for review in decided_here] or [_rule_on(fact, situation)]
    if all(rule.approved_by is None for rule in rules):
        raise Refusal.because(
            "not-in-act", "Under this act the commission's decision needs nobody's approval.", "type"
        )
    waiting = [review for review in decided_here if _waits(review)]
    if not decided_here:
        raise Refusal("nothing-decided", field="data.session")
    if not waiting:
        raise Refusal("already-approved", field="data.session")
    return fact, *(added(fact, _approval(review.subject, data)) for review in waiting)


def _decided_in(session: Commission, review: Review) -> bool:
    decision = review.result.decision
    return review.is_decided and decision is not None and decision.session == session.session


def _waits(review: Review) -> bool:
    decision = review.result.decision
    return review.rule.approved_by is not None and decision is not None and decision.approved_by is None


def _approval(subject: Subject, data: facts.ResultApproved) -> DecisionApproved:
    return DecisionApproved(
        employee=subject.employee,
        position=subject.position,
        period=subject.period,
        form=subject.form,
        session=data.session,
        by=data.by,
    )


DECIDERS: Mapping[type, Callable[[Fact, Situation], tuple[Fact, ...]]] = {
    facts.CommissionConvened: _convened,
    facts.CommissionSat: _sat,
    facts.ResultApproved: _approved,
}
