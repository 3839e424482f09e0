"""Rounding, and the band that a score falls in."""

from collections.abc import Mapping
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import msgspec

from methodologies.model.sheets import Bands

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
