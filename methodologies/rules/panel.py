"""Calibration panels: who may make one up, and when its votes are a decision (cl. 19, 22)."""

from collections import Counter
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Literal

from events.documents.calibration import Seat
from methodologies.model.procedure import Panel

EVALUATOR = "evaluator"
HR = "hr"
ROLES = (EVALUATOR, HR)
"""What a member of a panel may be."""

Flaw = Literal["role", "twice", "excluded", "too-few", "even", "no-hr", "no-evaluator"]


def flaw(rule: Panel, members: Sequence[Seat], excluded: Collection[str]) -> Flaw | None:
    """What is wrong with a panel's composition (cl. 19); None when it may sit.

    `excluded` are those whom the act keeps out of this panel.
    """
    names = [seat.member for seat in members]
    roles = Counter(seat.role for seat in members)
    flaws: dict[Flaw, bool] = {
        "role": not set(roles) <= set(ROLES),
        "twice": len(set(names)) < len(names),
        "excluded": not set(names).isdisjoint(excluded),
        "too-few": len(members) < rule.least_members.value,
        "even": len(members) % 2 == 0,
        "no-hr": roles[HR] < rule.hr_members.value,
        "no-evaluator": roles[EVALUATOR] == 0,
    }
    return next((name for name, found in flaws.items() if found), None)


def majority(scores: Sequence[Decimal], members: int, reading: str) -> Decimal | None:
    """The score that a round's votes decide for (cl. 22), by the reading `panel-majority`; None without one.

    More than half stand for it: by `of-members` of all members, as soon as there are so many; by `of-votes`
    of the votes, once every member has voted.
    """
    if reading == "of-votes" and len(scores) < members:
        return None
    of = len(scores) if reading == "of-votes" else members
    return next((score for score, votes in Counter(scores).items() if votes * 2 > of), None)
