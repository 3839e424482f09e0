"""The annual score as the mean of the year's quarterly scores, version 1 (cl. 4)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from math import lcm

import msgspec

from methodologies.act import Act
from methodologies.model.strands import Annual
from methodologies.rules.bands import Placed, band_steps, place
from methodologies.rules.steps import Step, plain


class Counted(msgspec.Struct, frozen=True):
    """A quarter's announced score, as it enters the year; `days` is how long the position was held in it."""

    period: str
    body: str
    position: str
    score: Decimal
    days: int = 1


class Quarter(msgspec.Struct, frozen=True):
    """A quarter of the year: one score, or several that are averaged first."""

    period: str
    scores: tuple[Counted, ...]
    total: Decimal
    weight: int

    @property
    def value(self) -> Decimal:
        return self.total / self.weight


class Working(msgspec.Struct, frozen=True):
    """The year worked out: its quarters, their mean, its band."""

    quarters: tuple[Quarter, ...]
    mean: Decimal
    placed: Placed


def is_weighed(readings: Mapping[str, str]) -> bool:
    """Whether several scores of a quarter are averaged by days, so that it counts how long each was held."""
    return readings["quarter-with-several-assessments"] == "by-days"


def quarters(counted: Sequence[Counted], readings: Mapping[str, str]) -> tuple[Quarter, ...]:
    """The scores by quarter, in order, by the reading `quarter-with-several-assessments`."""
    by_days = is_weighed(readings)
    ordered = sorted(counted, key=lambda one: (one.period, one.body, one.position))
    found = []
    for period, scores in groupby(ordered, key=lambda one: one.period):
        held = tuple(scores)
        if len(held) == 1 and not by_days:
            found.append(Quarter(period, held, held[0].score, 1))
            continue
        weights = [one.days if by_days else 1 for one in held]
        total = sum((one.score * weight for one, weight in zip(held, weights, strict=True)), Decimal(0))
        found.append(Quarter(period, held, total, sum(weights)))
    return tuple(found)


def mean(of: Sequence[Quarter]) -> Decimal:
    """The exact mean of the quarters, each counted once."""
    # One division at the end: a mean of rounded means could miss a band's edge by its last digit.
    shared = lcm(*[quarter.weight for quarter in of])
    total = sum([quarter.total * (shared // quarter.weight) for quarter in of], Decimal(0))
    return total / (shared * len(of))


def work_out(act: Act, readings: Mapping[str, str], counted: Sequence[Counted]) -> Working:
    """The annual score of one or more graded quarters, and its band; ValueError for none."""
    if not counted:
        raise ValueError("a year needs a graded quarter")
    found = quarters(counted, readings)
    value = mean(found)
    return Working(found, value, place(value, act.bands[_rule(act).bands], readings))


def _rule(act: Act) -> Annual:
    assert act.annual is not None, "the loader refuses a score-sheet act without an annual rule"
    return act.annual


def steps(act: Act, readings: Mapping[str, str], working: Working) -> tuple[Step, ...]:
    """The whole calculation of a year, each step with its clause."""
    rule = _rule(act)
    inputs = {
        "sum": plain(sum((quarter.value for quarter in working.quarters), Decimal(0)).normalize()),
        "count": str(len(working.quarters)),
    }
    return (
        *quarter_steps(rule.clause, working.quarters, readings),
        Step("year-mean", rule.clause, inputs, plain(working.mean)),
        *band_steps(working.placed, act.bands[rule.bands], readings),
    )


def quarter_steps(clause: str, of: Sequence[Quarter], readings: Mapping[str, str]) -> tuple[Step, ...]:
    """How each quarter entered the year; what is weighed by days tells them."""
    reading = readings["quarter-with-several-assessments"]
    found: list[Step] = []
    for quarter in of:
        weighed = reading == "by-days" and len(quarter.scores) > 1
        for one in quarter.scores:
            days = {"days": str(one.days)} if weighed else {}
            inputs = {"period": one.period, "body": one.body, "position": one.position, **days}
            found.append(Step("quarter", clause, inputs, plain(one.score)))
        if len(quarter.scores) > 1:
            mean_of = {"period": quarter.period, "count": str(len(quarter.scores)), "reading": reading}
            found.append(Step("quarter-mean", clause, mean_of, plain(quarter.value)))
    return tuple(found)
