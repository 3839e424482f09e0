"""The steps of a calculation done again by hand, from nothing but what they print, in exact fractions."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import groupby

from methodologies.rules.steps import Step

MODES = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "down": ROUND_DOWN}


def of_rule(steps: Iterable[Step], *rules: str) -> list[Step]:
    return [step for step in steps if step.rule in rules]


def only(steps: Iterable[Step], rule: str) -> Step:
    (step,) = of_rule(steps, rule)
    return step


def share(step: Step) -> Fraction:
    return Fraction(step.inputs["sum"]) / int(step.inputs["count"])


def rounded(value: Fraction, step: Step) -> str:
    """The value rounded as a step prints: exact, so a half is a half."""
    precision = Fraction(step.inputs["precision"])
    steps_up = value / precision
    # 40 more digits than the value has stand for its whole expansion; a half within them is exact.
    exact = Decimal(steps_up.numerator * 10**40 // steps_up.denominator).scaleb(-40)
    whole = exact.quantize(Decimal(1), rounding=MODES[step.inputs["rounding"]])
    return f"{whole * Decimal(step.inputs['precision']):f}"


def is_close(value: Fraction, printed: str) -> bool:
    """Whether a printed decimal is the value, to the last of the digits it was printed with."""
    return abs(Fraction(printed) - value) <= Fraction(1, 10**20)


def sheet_score(steps: Sequence[Step]) -> str:
    """A sheet's announced score from its marks, caps, sum, mean and rounding."""
    rows = {
        step.inputs["parameter"]: Fraction(step.value) if step.rule == "mark" else share(step)
        for step in of_rule(steps, "mark", "mark-mean")
    }
    for cap in of_rule(steps, "cap-parameter"):
        row = cap.inputs["parameter"]
        assert is_close(rows[row], cap.inputs["mark"])
        rows[row] = min(rows[row], Fraction(cap.inputs["ceiling"]))
    mean = only(steps, "mean")
    score = sum(rows.values(), Fraction(0)) / int(mean.inputs["count"])
    assert is_close(sum(rows.values(), Fraction(0)), mean.inputs["sum"])
    assert is_close(score, mean.value)
    for cap in of_rule(steps, "cap-overall"):
        score = min(score, Fraction(cap.inputs["ceiling"]))
    return rounded(score, only(steps, "announced"))


def quarters_mean(steps: Sequence[Step]) -> Fraction:
    """The mean of a year's quarters, each counted once; scores within a quarter weigh the same."""
    scores = [(step.inputs["period"], Fraction(step.value)) for step in of_rule(steps, "quarter")]
    quarters = [[score for _, score in found] for _, found in groupby(scores, key=lambda one: one[0])]
    means = [sum(found, Fraction(0)) / len(found) for found in quarters]
    mean = only(steps, "year-mean")
    assert int(mean.inputs["count"]) == len(means)
    assert is_close(sum(means, Fraction(0)), mean.inputs["sum"])
    return sum(means, Fraction(0)) / len(means)


def year_score(steps: Sequence[Step]) -> str:
    """The announced score of a year that is the mean of its quarters."""
    return rounded(quarters_mean(steps), only(steps, "announced"))


def points(steps: Sequence[Step]) -> str:
    """A quarter's points from base, bonuses and penalties."""
    base = Fraction(only(steps, "base-points").value)
    bonus = sum((Fraction(step.value) for step in of_rule(steps, "bonus")), Fraction(0))
    penalties = of_rule(steps, "penalty")
    penalty = sum((int(one.inputs["count"]) * Fraction(one.inputs["each"]) for one in penalties), Fraction(0))
    return rounded(base + bonus - penalty, only(steps, "announced"))


def weighted_year_score(steps: Sequence[Step]) -> str:
    """The announced score of a year that joins the quarters' mark with the plan's marks."""
    mark = Fraction(only(steps, "quarters-mark").value)
    marks = [Fraction(step.value) for step in of_rule(steps, "plan-mark")]
    joined = only(steps, "year-weighted")
    score = Fraction(joined.inputs["quarters_weight"]) * mark
    score += Fraction(joined.inputs["plan_weight"]) * sum(marks, Fraction(0)) / len(marks)
    assert is_close(score, joined.value)
    return rounded(score, only(steps, "announced"))
