"""A panel's votes, the decision they come to, and its protocol (cl. 22)."""

from decimal import Decimal

from events.documents import Discipline
from events.envelope import Fact, Refusal
from events.vocabulary import Name
from events.vocabulary.calibration import CalibrationConcluded
from events.vocabulary.commission import ProtocolFiled, VoteCast
from methodologies.rules.panel import majority
from methodologies.rules.score_sheet import BANDS, binding_ceiling
from services.deciding.added import added
from services.deciding.contested import Matter, check_follows, convened, not_a_member, undecided, under
from services.deciding.situation import Situation, period_of


def vote_cast(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    """A vote of a panel's member (cl. 22), and the panel's decision where it makes a majority."""
    data = fact.data
    assert isinstance(data, VoteCast)
    matter = convened(fact, situation)
    calibration = matter.calibration
    clause = matter.panel.majority.clause
    if calibration.seat(data.member) is None:
        raise not_a_member(matter, "data.member")
    if data.round not in {None, calibration.round}:
        raise Refusal.because(
            "wrong-round", f"{under(clause)} the panel votes in round {calibration.round}.", "data.round"
        )
    votes = calibration.votes_in(calibration.round)
    if data.member in {vote.member for vote in votes}:
        raise Refusal.because(
            "voted-already", f"{under(clause)} a member has one vote in a round.", "data.member"
        )
    score = _score(fact, situation, matter, data.score)
    if calibration.is_concluded:
        return (fact,)
    reading = matter.law.readings["panel-majority"]
    decided = majority([*(vote.score for vote in votes), score], len(calibration.members), reading)
    if decided is None:
        return (fact,)
    return fact, added(fact, _conclusion(fact, matter, decided))


def _score(fact: Fact, situation: Situation, matter: Matter, score: Decimal | None) -> Decimal:
    act, readings = matter.law.act, matter.law.readings
    clause = matter.panel.directions_clause
    if score is None:
        raise Refusal.because(
            "missing-field",
            f"{under(clause)} a panel votes for a score: the field data.score is required.",
            "data.score",
        )
    scale = act.scale
    if scale is not None and not scale.lowest <= score <= scale.highest:
        raise Refusal.because(
            "mark-out-of-range",
            f"{under(scale.clause)} a score is from {scale.lowest} to {scale.highest}.",
            "data.score",
        )
    bands = act.bands[BANDS]
    if score % bands.shown_to:
        raise Refusal.because(
            "mark-too-precise",
            f"{under(bands.clause)} a score is announced to {bands.shown_to}.",
            "data.score",
        )
    discipline = situation.find(Name("discipline", (fact.document.key[0],)), Discipline)
    ceiling = binding_ceiling(act, readings, discipline, period_of(fact))
    if readings["cap-binds-panel"] == "yes" and ceiling is not None and score > ceiling.cap.ceiling:
        raise Refusal.because(
            "above-the-cap",
            f"{under(ceiling.cap.clause)} a sanction imposed in the period leaves at most"
            f" {ceiling.cap.ceiling}, which binds the panel too (reading cap-binds-panel).",
            "data.score",
        )
    return score


def _conclusion(fact: Fact, matter: Matter, score: Decimal) -> CalibrationConcluded:
    employee, position, period = fact.document.key
    return CalibrationConcluded(
        employee=employee,
        position=position,
        period=period,
        form=getattr(fact.data, "form", None),
        round=matter.calibration.round,
        score=score,
    )


def protocol_filed(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    """The protocol of a panel's decision (cl. 22), filed once."""
    data = fact.data
    assert isinstance(data, ProtocolFiled)
    matter = convened(fact, situation)
    if not matter.calibration.is_concluded:
        raise undecided(matter)
    check_follows(matter, data.signed_on, "data.signed_on")
    return (fact,)
