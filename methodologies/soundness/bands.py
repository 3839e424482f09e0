"""Bands must cover every value at the act's precision once, or name the reading that fills a hole."""

from collections.abc import Iterator
from decimal import Decimal

from methodologies.act import Act
from methodologies.model.sheets import Band, Bands

Mistake = tuple[str, str]


def of_bands(act: Act, name: str, bands: Bands) -> Iterator[Mistake]:
    """Overlaps, holes without a reading, ends that are not the scale's, grades without a band."""
    key = f"bands.{name}"
    if bands.precision <= 0:
        yield f"{key}.precision", "expected a step above 0"
        return
    yield from _of_steps(key, bands)
    for place, band in enumerate(bands.bands):
        if band.grade not in act.grades:
            yield f"{key}.bands[{place}].grade", f"expected one of {', '.join(act.grades)}"
        if (band.from_ is not None) == (band.above is not None) and (band.from_ is not None or place > 0):
            yield f"{key}.bands[{place}]", "expected either `from` or `above`"
        if (band.to is not None) == (band.below is not None) and (
            band.to is not None or place < len(bands.bands) - 1
        ):
            yield f"{key}.bands[{place}]", "expected either `to` or `below`"
        if band.mark is not None and band.mark_clause is None:
            yield f"{key}.bands[{place}].mark_clause", "expected, a mark stands beside its clause"
    for grade in act.grades:
        if sum(band.grade == grade for band in bands.bands) != 1:
            yield f"{key}.bands", f"expected one band for {grade}"
    yield from _of_ends(key, bands)
    yield from _of_holes(act, key, bands)
    yield from _of_joints(key, bands)


def _of_steps(key: str, bands: Bands) -> Iterator[Mistake]:
    for field, step in (("precision", bands.precision), ("announced", bands.announced)):
        # Rounding goes by the number of decimals: a step of 0.02 would round like one of 0.01.
        if step is not None and (step <= 0 or step.normalize().as_tuple().digits != (1,)):
            yield f"{key}.{field}", "expected a power of ten, such as 0.1"


def _of_ends(key: str, bands: Bands) -> Iterator[Mistake]:
    first, last = bands.bands[0], bands.bands[-1]
    if _first_value(first, bands.precision) != bands.lowest:
        yield f"{key}.bands[0]", f"expected to start at the lowest value, {bands.lowest}"
    if _last_value(last, bands.precision) != bands.highest:
        yield f"{key}.bands[{len(bands.bands) - 1}]", f"expected to end at the highest value, {bands.highest}"


def _of_holes(act: Act, key: str, bands: Bands) -> Iterator[Mistake]:
    for place, hole in enumerate(bands.holes):
        if bands.printed(hole.value) is not None:
            yield f"{key}.holes[{place}].value", "expected a value that no band holds"
        if hole.reading not in act.readings:
            yield f"{key}.holes[{place}].reading", "expected a reading of the act"


def _of_joints(key: str, bands: Bands) -> Iterator[Mistake]:
    filled = {hole.value for hole in bands.holes}
    for place in range(1, len(bands.bands)):
        top = _last_value(bands.bands[place - 1], bands.precision)
        bottom = _first_value(bands.bands[place], bands.precision)
        if top is None or bottom is None:
            continue
        if bottom <= top:
            yield f"{key}.bands[{place}]", f"expected to start above {top}, where the band before it ends"
        value = top + bands.precision
        while value < bottom and value in filled:
            value += bands.precision
        if value < bottom:
            yield f"{key}.bands[{place}]", f"expected to start at {value}, or a hole there with a reading"


def _first_value(band: Band, precision: Decimal) -> Decimal | None:
    return band.above + precision if band.above is not None else band.from_


def _last_value(band: Band, precision: Decimal) -> Decimal | None:
    return band.below - precision if band.below is not None else band.to
