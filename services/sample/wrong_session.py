"""Steps of a commission, of votes anywhere and of work plans that are refused."""

from typing import Any

from services.sample.country import Family
from services.sample.mistake import (
    Context,
    Wrong,
    data,
    envelope,
    first_member,
    hr,
    refused,
    seats,
    step,
    stranger,
)
from services.sample.office import Fact

_POINTS: Family = "points"
_TARGETS: Family = "targets"

_TOO_MANY = 6


def _only_the_chair(fact: Fact, context: Context) -> list[str]:
    return [first_member(fact, context)]


def _too_many(fact: Fact, _context: Context) -> list[dict[str, Any]]:
    target = fact["data"]["targets"][0]
    return [{**target, "target": number} for number in range(1, 1 + _TOO_MANY)]


def _unmeasurable(fact: Fact, _context: Context) -> list[dict[str, Any]]:
    return [{**target, "measurable": False} for target in fact["data"]["targets"]]


def _another_session(fact: Fact, _context: Context) -> str:
    return f"{fact['data']['session']}/2"


_COMMISSION: tuple[Wrong, ...] = (
    refused(
        "session-of-one", "no-quorum", step("CommissionSat", present=_only_the_chair), "CommissionConvened"
    ),
    refused(
        "vote-before-sitting",
        "session-not-sat",
        step("VoteCast", member=first_member, choice="approve"),
        "CommissionConvened",
    ),
    refused(
        "two-chairs",
        "not-one-chair",
        step(
            "CommissionConvened",
            session=_another_session,
            members=seats("chair", "chair", "member", "member", "secretary"),
        ),
        "CommissionConvened",
    ),
    refused("convened-twice", "session-convened-already", envelope(), "CommissionConvened"),
    refused("sat-twice", "session-sat-already", envelope(), "CommissionSat"),
    refused("approved-twice", "already-approved", envelope(), "ResultApproved"),
    *(
        wrong
        for family in (_POINTS, _TARGETS)
        for wrong in (
            refused("secretary-votes", "secretary-votes", data(member=hr), "VoteCast", only_of=family),
            refused("member-votes-twice", "voted-already", envelope(), "VoteCast", only_of=family),
        )
    ),
)

# Of a panel and of a commission alike.
_EITHER: tuple[Wrong, ...] = (
    refused("stranger-votes", "not-a-member", data(member=stranger), "VoteCast"),
    refused("protocol-twice", "protocol-filed", envelope(), "ProtocolFiled"),
    refused(
        "vote-after-the-protocol",
        "protocol-filed",
        step("VoteCast", member=hr, choice="approve", score="4"),
        "ProtocolFiled",
    ),
)

_PLAN: tuple[Wrong, ...] = (
    refused("too-many-targets", "wrong-number-of-targets", data(targets=_too_many), "PlanAgreed"),
    refused("dreams-for-targets", "targets-not-measurable", data(targets=_unmeasurable), "PlanAgreed"),
    refused(
        "approved-by-a-stranger",
        "wrong-approver",
        step("PlanApproved", by=stranger),
        "PlanAgreed",
        only_of=_TARGETS,
    ),
    refused("plan-approved-twice", "plan-approved-already", envelope(), "PlanApproved"),
)

OF_SESSION: tuple[Wrong, ...] = (*_COMMISSION, *_EITHER, *_PLAN)
"""Those of a commission, of a vote anywhere, and of a work plan."""
