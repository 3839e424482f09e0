"""Rounding, and the band that a score falls in."""

from collections.abc import Mapping
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import msgspec

from methodologies.model.sheets import Bands
from methodologies.rules.steps import Step, plain

_MODES = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "down": ROUND_DOWN}


class Placed(msgspec.Struct, frozen=True):
    """A score in its band: `announced` as it is told, `gap` where it fell between two printed bands."""

    value: Decimal
    announced: Decimal
    judged: Decimal
    grade: str
    clause: str
    gap: bool
    hole: str | None = None


def rounded(value: Decimal, precision: Decimal, readings: Mapping[str, str]) -> Decimal:
    """The value at a precision, by the reading `rounding`."""
    return value.quantize(precision, rounding=_MODES[readings["rounding"]])


def place(value: Decimal, bands: Bands, readings: Mapping[str, str]) -> Placed:
    """The band of an exact value, by the readings `rounding` and `rounding-scope`.

    `gaps-only` leaves a value in the band it lies inside as printed and rounds only one that falls between
    two bands; `every-score` rounds first. LookupError when the bands do not cover the scale, which the
    loader refuses.
    """
    announced = rounded(value, bands.shown_to, readings)
    printed = bands.printed(value)
    gap = printed is None
    if printed is not None and readings["rounding-scope"] == "gaps-only":
        return Placed(value, announced, value, printed.grade, printed.clause, gap=False)
    judged = rounded(value, bands.precision, readings)
    hole = next((hole for hole in bands.holes if hole.value == judged), None)
    if hole is not None:
        grade = readings[hole.reading]
        return Placed(value, announced, judged, grade, hole.clause, gap=gap, hole=hole.reading)
    band = bands.printed(judged)
    if band is None:
        raise LookupError(f"no band holds {judged}")
    return Placed(value, announced, judged, band.grade, band.clause, gap=gap)


def band_steps(placed: Placed, bands: Bands, readings: Mapping[str, str]) -> tuple[Step, ...]:
    """How a score is announced and which band it falls in; the same for every scored family."""
    inputs = _rounding(placed, bands.shown_to, readings)
    announced = Step("announced", placed.clause, inputs, plain(placed.announced))
    if placed.judged == placed.announced:
        return announced, _band_step(placed)
    return announced, *placing_steps(placed, bands, readings)


def placing_steps(placed: Placed, bands: Bands, readings: Mapping[str, str]) -> tuple[Step, ...]:
    """Which band a value that is not announced falls in, and how it was rounded to find it."""
    if placed.judged == placed.value:
        return (_band_step(placed),)
    inputs = _rounding(placed, bands.precision, readings)
    return Step("rounded", placed.clause, inputs, plain(placed.judged)), _band_step(placed)


def _rounding(placed: Placed, precision: Decimal, readings: Mapping[str, str]) -> dict[str, str]:
    return {"value": plain(placed.value), "precision": plain(precision), "rounding": readings["rounding"]}


def _band_step(placed: Placed) -> Step:
    inputs = {"score": plain(placed.judged)}
    if placed.hole is not None:
        return Step("band-by-reading", placed.clause, {**inputs, "reading": placed.hole}, placed.grade)
    return Step("band-of-gap" if placed.gap else "band", placed.clause, inputs, placed.grade)
