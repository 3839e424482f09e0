"""The points rule, version 1: a quarter's base points, what was earned and what was lost, and the band."""

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from events.documents import Assessment
from events.documents.assessment import Award
from methodologies.act import Act
from methodologies.model.strands import Points
from methodologies.rules.bands import Placed, band_steps, place
from methodologies.rules.steps import Step, plain

BANDS = "quarterly"
"""The bands that points fall in; every act of the family has them."""


class Penalty(msgspec.Struct, frozen=True):
    """What the proven breaches of one kind take."""

    kind: str
    count: int
    each: Decimal
    clause: str

    @property
    def total(self) -> Decimal:
        return self.each * self.count


class Working(msgspec.Struct, frozen=True):
    """A quarter worked out; `placed.announced` is its score."""

    base: Decimal
    awards: tuple[Award, ...]
    penalties: tuple[Penalty, ...]
    bonus: Decimal
    penalty: Decimal
    total: Decimal
    placed: Placed


def work_out(act: Act, readings: Mapping[str, str], assessment: Assessment) -> Working:
    """The points of a quarter, exact (`sjc-2017` cl. 15-22, 26), and their band (cl. 27).

    Nothing has to be on the sheet: without awards and breaches the base alone stands.
    """
    rule = _rule(act)
    awards = tuple(sorted(assessment.awards, key=lambda award: _in_order(award.indicator)))
    penalties = _penalties(rule, assessment)
    base = rule.base.value
    bonus = Decimal(sum(award.points for award in awards))
    penalty = sum((one.total for one in penalties), Decimal(0))
    total = base + bonus - penalty
    placed = place(total, act.bands[BANDS], readings)
    return Working(base, awards, penalties, bonus, penalty, total, placed)


def _rule(act: Act) -> Points:
    assert act.points is not None, "the loader refuses an act of this family without points"
    return act.points


def _in_order(number: str) -> tuple[int, str]:
    return (int(number) if number.isdecimal() else 0, number)


def _penalties(rule: Points, assessment: Assessment) -> tuple[Penalty, ...]:
    counts = {kind: sum(breach.kind == kind for breach in assessment.breaches) for kind in rule.breaches}
    return tuple(
        Penalty(kind, count, rule.penalty.value, f"{rule.breaches[kind].clause}; {rule.penalty.clause}")
        for kind, count in counts.items()
        if count
    )


def steps(act: Act, readings: Mapping[str, str], working: Working) -> tuple[Step, ...]:
    """The whole calculation of a worked-out quarter, each step with its clause."""
    rule = _rule(act)
    inputs = {
        "base": plain(working.base),
        "bonus": plain(working.bonus),
        "penalty": plain(working.penalty),
    }
    return (
        Step("base-points", rule.base.clause, {}, plain(working.base)),
        *(_bonus_step(rule, award) for award in working.awards),
        *(_penalty_step(penalty) for penalty in working.penalties),
        Step("points", rule.clause, inputs, plain(working.total)),
        *band_steps(working.placed, act.bands[BANDS], readings),
    )


def _bonus_step(rule: Points, award: Award) -> Step:
    return Step("bonus", rule.bonus_most.clause, {"indicator": award.indicator}, str(award.points))


def _penalty_step(penalty: Penalty) -> Step:
    inputs = {"kind": penalty.kind, "count": str(penalty.count), "each": plain(penalty.each)}
    return Step("penalty", penalty.clause, inputs, plain(penalty.total))
