"""Calibration: the servant asks for it in his term, or takes that back; then feedback (cl. 10, 23)."""

from collections.abc import Callable, Mapping
from datetime import date

from events.documents.results import Announcement, Result
from events.envelope import Fact, Refusal
from events.vocabulary import calibration as facts
from events.vocabulary.assessment import ResultAcquainted, ResultAnnounced, ResultRestated
from methodologies.deadlines import counted_due
from methodologies.model.procedure import Term
from methodologies.rules.decisions import is_sent_back, standing
from services.deciding.contested import Matter, check_follows, matter_of, pending, undecided, under
from services.deciding.situation import Situation

_DECIDED = frozenset({"AppealResolved", "CalibrationConcluded"})
"""What restates a result without giving the servant one that was not contested yet."""


def _requested(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    matter = matter_of(fact, situation)
    _check_announced(fact, matter)
    if matter.calibration.is_pending:
        raise Refusal.because(
            "calibration-pending",
            f"{under(matter.request_clause)} one request is enough, until its protocol is filed.",
            "data",
        )
    decided = matter.calibration.concluded_seq
    if decided is not None and not _is_contested_anew(matter.result, decided):
        raise Refusal.because(
            "calibrated-already",
            f"{under(matter.law.act.appeals[0].clause)} the panel's decision on a result is appealed.",
            "data",
        )
    _check_term(fact, situation, matter)
    return (fact,)


def _check_announced(fact: Fact, matter: Matter) -> None:
    result = matter.result
    if result.last is None or result.delivered_on is None:
        raise _not_announced(matter, "data")
    if fact.occurred_on < min(result.delivered_on, result.announced[0].on):
        raise _not_announced(matter, "occurred_on")
    stands = standing(result, matter.calibration, matter.sheet)
    if result.last.grade is None and not (stands is not None and stands.annulled):
        # What he was told was taken back: there is nothing to contest until he is told another result.
        raise _not_announced(matter, "data")


def _not_announced(matter: Matter, field: str) -> Refusal:
    return Refusal.because(
        "not-announced",
        f"{under(matter.request_clause)} the servant contests a result that he received before.",
        field,
    )


def _is_contested_anew(result: Result, decided: int) -> bool:
    """Whether he has another result than the one that a panel or an appeal left him with."""
    if is_sent_back(result, decided):
        return True
    left = [one for one in result.announced if one.seq < decided or one.result.cause in _DECIDED]
    return bool(left) and _said(left[-1]) != _said(result.announced[-1])


def _said(one: Announcement) -> tuple[str | None, str | None]:
    return one.result.score, one.result.grade


def _last_restated(result: Result) -> Announcement | None:
    """The last restatement that came of neither a panel nor an appeal: a result not contested yet."""
    return next(
        (
            one
            for one in reversed(result.announced)
            if isinstance(one.result, ResultRestated) and one.result.cause not in _DECIDED
        ),
        None,
    )


def _check_term(fact: Fact, situation: Situation, matter: Matter) -> None:
    term = matter.request
    since = None if term is None else _runs_from(term, matter)
    if term is None or since is None or term.missing != "refuses":
        return
    due = counted_due(term, since, situation.calendar(fact.occurred_on), matter.law.readings)
    if fact.occurred_on > due:
        raise Refusal.because(
            "term-missed",
            f"{under(term.clause)} the last day to ask was {due}, counted from {since}.",
            "occurred_on",
        )


def _runs_from(term: Term, matter: Matter) -> date | None:
    """The day that the servant's term is counted from; None while it has not begun.

    A result that was restated is received when it is told anew. No act sets a term for asking again once an
    appeal sent the panel's decision back.
    """
    result, decided = matter.result, matter.calibration.concluded_seq
    restated = _last_restated(result)
    changed = restated.seq if restated else 0
    if decided is not None and is_sent_back(result, max(decided, changed)):
        return None
    told = max((one.seq for one in result.announced if isinstance(one.result, ResultAnnounced)), default=0)
    if changed > told:
        return None
    if term.since == ResultAcquainted.__name__:
        return _acquainted_with(result, restated)
    return result.delivered_on


def _acquainted_with(result: Result, restated: Announcement | None) -> date | None:
    """The day he learned what he was told last; to know what it was before it was restated is not enough."""
    on, told_on = result.acquainted_on, result.delivered_on
    if restated is not None and on is not None and told_on is not None and on < told_on:
        return None
    return on


def _withdrawn(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    matter = pending(fact, situation)
    if matter.calibration.is_concluded:
        raise Refusal.because(
            "panel-decided",
            f"{under(matter.panel.majority.clause)} the majority's decision is the final score.",
            "data",
        )
    return (fact,)


def _told_back(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.FeedbackGiven)
    matter = matter_of(fact, situation)
    if matter.calibration.concluded is None:
        raise undecided(matter)
    for topic in matter.panel.feedback:
        if not str(getattr(data, topic)).strip():
            raise Refusal.because(
                "missing-field",
                f"{under(matter.panel.feedback_clause)} feedback speaks of"
                f" {', '.join(matter.panel.feedback)}.",
                f"data.{topic}",
            )
    check_follows(matter, data.on, "data.on")
    return (fact,)


DECIDERS: Mapping[type, Callable[[Fact, Situation], tuple[Fact, ...]]] = {
    facts.CalibrationRequested: _requested,
    facts.CalibrationWithdrawn: _withdrawn,
    facts.FeedbackGiven: _told_back,
}
