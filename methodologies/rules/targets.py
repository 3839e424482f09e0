"""The targets rule, version 1: how many of the plan's key target indicators were fully met."""

from decimal import Decimal

import msgspec

from events.documents import Assessment, Plan
from methodologies.act import Act
from methodologies.rules.steps import Step

BANDS = "targets"
"""The grades by number of targets met; every act of the family has them."""


class Target(msgspec.Struct, frozen=True):
    """A target of the plan, and whether it was fully met."""

    target: str
    met: bool


class Working(msgspec.Struct, frozen=True):
    """A year worked out: `met` of the plan's targets is its score."""

    targets: tuple[Target, ...]
    met: int
    grade: str
    clause: str


def unassessed_targets(plan: Plan, assessment: Assessment) -> tuple[str, ...]:
    """The targets of the plan that nobody assessed yet, in the plan's order (`arys-2022` cl. 17-18)."""
    assessed = {one.target for one in assessment.targets if one.met is not None}
    return tuple(target for target in _targets(plan) if target not in assessed)


def _targets(plan: Plan) -> tuple[str, ...]:
    return tuple(str(one.target) for one in plan.targets)


def work_out(act: Act, plan: Plan, assessment: Assessment) -> Working:
    """The grade by the number of targets fully met (`arys-2022` cl. 18).

    A target that was not assessed is not met; of targets that the plan no longer has nothing counts.
    LookupError when no band holds the number, which a plan of the act's own size rules out.
    """
    met = {one.target for one in assessment.targets if one.met}
    targets = tuple(Target(target, target in met) for target in _targets(plan))
    count = sum(one.met for one in targets)
    band = act.bands[BANDS].printed(Decimal(count))
    if band is None:
        raise LookupError(f"no band holds {count} targets")
    return Working(targets, count, band.grade, band.clause)


def steps(act: Act, working: Working) -> tuple[Step, ...]:
    """The whole calculation of a year, each step with its clause."""
    clause = act.bands[BANDS].clause
    count = str(len(working.targets))
    return (
        *(Step("target", clause, {"target": one.target}, one.met) for one in working.targets),
        Step("targets-met", clause, {"count": count}, str(working.met)),
        Step("band-of-targets", working.clause, {"met": str(working.met)}, working.grade),
    )
