"""What a commission votes on: may the result be reviewed, may this vote be cast, what the votes come to."""

from collections.abc import Iterable

import msgspec

from events.documents import Commission
from events.documents.assessment import Sheet
from events.documents.commission import SECRETARY, Subject, Vote
from events.documents.results import Result
from events.envelope import Refusal
from events.period import Period, parse_period
from events.vocabulary import Name
from events.vocabulary.assessment import CommissionDecided
from methodologies.act import Act
from methodologies.model.clause import clause_text
from methodologies.model.procedure import Commission as Rule
from methodologies.registry import Governing
from methodologies.rules.commission import Ballot, Electorate, Option, decided
from methodologies.rules.competencies import asked_of
from methodologies.rules.decisions import Decision, check, is_sent_back
from methodologies.rules.eligibility import tenure_in
from services.deciding.situation import Situation


class Review(msgspec.Struct, frozen=True):
    """A result before a commission: the law of its period, its sheet, and what became of it so far."""

    subject: Subject
    law: Governing
    rule: Rule
    sheet: Sheet | None
    result: Result

    @property
    def period(self) -> Period:
        return parse_period(self.subject.period)

    @property
    def is_decided(self) -> bool:
        """Whether a commission's decision stands: the sheet is the one it saw, and no appeal sent it back."""
        decision = self.result.decision
        return decision is not None and self.is_current(decision.seq)

    def is_current(self, seq: int) -> bool:
        """Whether what was recorded at this place of the ledger is about the result as it is now."""
        signed = self.sheet is not None and self.sheet.is_signed and seq > self.sheet.signed_seq
        return signed and not is_sent_back(self.result, seq)


def under(clause: str) -> str:
    """The beginning of a sentence that tells what a clause has."""
    return f"Under {clause_text(clause, 'en')}"


def review_of(subject: Subject, situation: Situation) -> Review:
    """The result as a commission finds it; refuses `not-in-act` where the act of its period has none."""
    law = situation.governing(parse_period(subject.period))
    if law.act.commission is None:
        raise Refusal.because(
            "not-in-act", f"The act {law.act.id}, which governs this period, has no commission.", "type"
        )
    assessment = situation.assessment(Name("assessment", subject.key))
    sheet = assessment.sheet(subject.form)
    return Review(subject, law, law.act.commission, sheet, assessment.result(subject.form))


def check_reviewable(review: Review, named: str | None) -> None:
    """Refuses a result that is not ripe for a commission: its sheet is not there, not signed, not agreed."""
    act, sheet = review.law.act, review.sheet
    if sheet is None or named not in {None, sheet.form}:
        raise Refusal("unknown-sheet", field="data")
    form = act.forms.get(sheet.form)
    if form is None or form.kind not in review.rule.reviews:
        raise Refusal.because(
            "not-in-act",
            f"{under(review.rule.decisions_clause)} the commission does not review this form.",
            "data.form",
        )
    if not sheet.is_signed:
        raise Refusal("sheet-unsigned", field="data")
    agreement = act.agreement
    if agreement is not None and sheet.form in agreement.forms and sheet.agreed_by is None:
        raise Refusal.because(
            "sheet-not-agreed",
            f"{under(agreement.clause)} the superior agrees to the sheet before the commission sees it.",
            "data",
        )


def check_undecided(review: Review, session: str) -> None:
    """Refuses a result that another session decided, or this one, before an appeal sent it back."""
    decision = review.result.decision
    if decision is None:
        return
    if review.is_decided and decision.session != session:
        raise Refusal.because(
            "decided-already",
            f"{under(review.rule.decisions_clause)} a commission decides on a result once.",
            "data.session",
        )
    again = session in review.result.decided_in
    if again and (decision.session != session or is_sent_back(review.result, decision.seq)):
        raise Refusal.because(
            "decided-already",
            f"{under(review.law.act.appeals[0].clause)} what an appeal sent back is for another session.",
            "data.session",
        )


def not_a_member(rule: Rule, field: str) -> Refusal:
    """The refusal of one who does not sit on the commission."""
    return Refusal.because(
        "not-a-member", f"{under(rule.majority.clause)} the members of the commission decide.", field
    )


def check_voter(rule: Rule, session: Commission, member: str) -> None:
    """Refuses the vote of a stranger, of the secretary, of one who was not there."""
    if session.seat(member) is None:
        raise not_a_member(rule, "data.member")
    if member not in voters(rule, session):
        raise Refusal.because(
            "secretary-votes",
            f"{under(rule.secretary_clause)} the secretary takes no part in the vote.",
            "data.member",
        )
    if member not in session.present:
        raise Refusal.because(
            "not-present",
            f"{under(rule.open_vote.clause)} the commission decides by open vote of those present.",
            "data.member",
        )


def check_vote(review: Review, vote: Vote, situation: Situation) -> None:
    """Refuses a vote that is no decision of the act's, or whose correction does not fit the result."""
    rule = review.rule
    if vote.choice not in rule.decisions:
        raise Refusal.because(
            "unknown-choice",
            f"{under(rule.decisions_clause)} a vote is one of {', '.join(rule.decisions)}.",
            "data.choice",
        )
    correction = Decision("commission", 0, vote.score, vote.points, vote.competencies)
    if vote.choice != "revise":
        if correction.corrects:
            raise Refusal.because(
                "correction-without-revision", "Only the choice `revise` names what is right.", "data.choice"
            )
        return
    if rule.revision_explained and not (vote.explanation or "").strip():
        raise Refusal.because(
            "revision-unexplained",
            f"{under(rule.revision_clause)} a revision is explained in the protocol.",
            "data.explanation",
        )
    check(review.law.act, review.period, review.subject.form, correction)
    _check_asked(review, vote, situation)


def _check_asked(review: Review, vote: Vote, situation: Situation) -> None:
    act, subject = review.law.act, review.subject
    tenure = tenure_in(situation.employment(subject.employee), subject.position, review.period)
    if tenure is None or not vote.competencies:
        return
    named = [_code(act, one) for one in vote.competencies]
    if len(set(named)) != len(named) or not set(named) <= set(asked_of(act, tenure)):
        raise Refusal("unknown-competency", field="data.competencies")


def _code(act: Act, named: str) -> str:
    code = act.competencies.code_of(named) if act.competencies else None
    return code or named


def current_votes(review: Review, session: Commission) -> tuple[Vote, ...]:
    """The session's votes on the result as it is now, and not on a sheet that was returned since."""
    return tuple(vote for vote in session.votes_on(review.subject) if review.is_current(vote.seq))


def voters(rule: Rule, session: Commission) -> frozenset[str]:
    """The members who vote: all but the secretary (`sjc-2017` cl. 9; `arys-2022` cl. 34)."""
    return frozenset(
        seat.member for seat in session.members if rule.secretary_votes or seat.role != SECRETARY
    )


def decision_by(
    review: Review, session: Commission, votes: Iterable[Vote], *, closed: bool = False
) -> CommissionDecided | None:
    """What these votes decide on the result; None while nothing is certain, or, `closed`, nothing carried."""
    voting = voters(review.rule, session)
    present = len(voting.intersection(session.present))
    electorate = Electorate(len(voting), present, session.chair)
    counted = {vote.member: vote for vote in votes}
    ballots = [Ballot(member, _option(review, vote)) for member, vote in counted.items()]
    option = decided(ballots, electorate, review.law.readings["commission-majority"], closed=closed)
    if option is None or session.convened_on is None or session.sat_on is None:
        return None
    carried = [counted[ballot.member] for ballot in ballots if ballot.option == option]
    return CommissionDecided(
        employee=review.subject.employee,
        position=review.subject.position,
        period=review.subject.period,
        form=review.subject.form,
        session=session.session,
        choice=option.choice,
        score=option.score,
        points=option.points,
        competencies=dict(option.competencies) or None,
        explanation=_explanation(carried, session.chair),
        convened_on=session.convened_on,
        sat_on=session.sat_on,
    )


def _option(review: Review, vote: Vote) -> Option:
    corrected = sorted((_code(review.law.act, one), result) for one, result in vote.competencies.items())
    return Option(vote.choice, vote.score, vote.points, tuple(corrected))


def _explanation(carried: Iterable[Vote], chair: str | None) -> str | None:
    """The chair's words where he gave any with the side that carried, else the first that were given."""
    in_order = sorted(carried, key=lambda vote: vote.member != chair)
    return next((vote.explanation for vote in in_order if vote.explanation), None)
