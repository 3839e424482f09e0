"""Voting in a commission: quorum, majority, the chair's casting vote, and when a decision is certain."""

from collections import Counter
from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Literal

import msgspec

from methodologies.model.procedure import Commission

Majority = Literal["of-votes", "of-members"]
"""The choices of the reading `commission-majority`."""


class Option(msgspec.Struct, frozen=True):
    """What a vote is for: approval, or a revision to these very values; two that differ are two options."""

    choice: str
    score: Decimal | None = None
    points: int | None = None
    competencies: tuple[tuple[str, str], ...] = ()


class Ballot(msgspec.Struct, frozen=True):
    """Who voted for what."""

    member: str
    option: Option


class Electorate(msgspec.Struct, frozen=True):
    """How many members vote at all, how many of them are present, and whose vote breaks a tie."""

    members: int
    present: int
    chair: str | None


def needed_for_quorum(rule: Commission, composition: int) -> int:
    """How many of a composition must be present (`sjc-2017` cl. 7; `arys-2022` cl. 30).

    The composition is everybody whom the order names, so the secretary counts: the act takes his vote
    from him, not his seat.
    """
    return ceil(rule.quorum.ratio * composition)


def decided(
    ballots: Collection[Ballot], electorate: Electorate, reading: Majority | str, *, closed: bool = False
) -> Option | None:
    """The option that is certain whatever the others may still vote; None while none is.

    `sjc-2017` cl. 9, `arys-2022` cl. 33. More than half carries; at exactly half the side with the chair's
    vote does. By `of-votes` half is counted of the votes, where those of the present who may still vote
    count against until the vote is `closed`; by `of-members` always of all members who vote. When all votes
    are in and several options lead with equally many, the chair's is taken where it is one of them.
    """
    tally = Counter(ballot.option for ballot in ballots)
    casting = next((ballot.option for ballot in ballots if ballot.member == electorate.chair), None)
    of_votes = reading == "of-votes"
    ended = closed or len(ballots) >= electorate.present
    of = (len(ballots) if ended else electorate.present) if of_votes else electorate.members
    carried = _carried(tally, of, casting)
    return _of_equals(tally, casting) if carried is None and of_votes and ended else carried


def _carried(tally: Counter[Option], of: int, casting: Option | None) -> Option | None:
    half = Fraction(of, 2)
    return next(
        (option for option, votes in tally.items() if votes > half or (votes == half and option == casting)),
        None,
    )


def _of_equals(tally: Counter[Option], casting: Option | None) -> Option | None:
    most = max(tally.values(), default=0)
    leading = [option for option, votes in tally.items() if votes == most]
    if casting is None or len(leading) == 1 or casting not in leading:
        return None
    # Those who would revise, to whatever values, are one side when it comes to approving.
    alike = sum(votes for option, votes in tally.items() if option.choice == casting.choice)
    return casting if 2 * alike >= tally.total() else None
