"""What marks and scores are worth: grades, bands, the scale, caps."""

from collections.abc import Iterable
from decimal import Decimal

from events.vocabulary.words import SANCTIONS
from methodologies.explanations import sanction_name
from methodologies.model.sheets import Band, Bands
from methodologies.outline.rows import Row
from methodologies.outline.teller import Rows, Teller


def of_grades(tell: Teller) -> Rows:
    for code, grade in tell.act.grades.items():
        note = tell.word("label", "failing") if grade.failing else ""
        yield Row(f"grades.{code}", tell.text(grade.title), note or code, grade.clause)
    for name, bands in tell.act.bands.items():
        yield from _of_bands(tell, name, bands)


def _of_bands(tell: Teller, name: str, bands: Bands) -> Rows:
    key, title = f"bands.{name}", tell.word("bands", name)
    for band in bands.bands:
        grade = tell.grades([band.grade])
        yield Row(f"{key}.{band.grade}", f"{title}: {grade}", _range(tell, band), band.clause)
        if band.mark is not None:
            label = f"{tell.word('label', 'mark-in-year')}: {grade}"
            yield Row(f"{key}.{band.grade}.mark", label, tell.number(band.mark), band.mark_clause)
    for hole in bands.holes:
        label = f"{title}: {tell.word('label', 'hole')}"
        yield Row(
            f"{key}.holes.{hole.value}", label, f"{tell.number(hole.value)} ({hole.reading})", hole.clause
        )
    yield Row(
        f"{key}.precision",
        f"{title}: {tell.word('label', 'precision')}",
        _precision(tell, bands),
        bands.clause,
    )
    ends = [("≥", bands.lowest), ("≤", bands.highest)]
    if any(one is not None for _, one in ends):
        label = f"{title}: {tell.word('label', 'range')}"
        yield Row(f"{key}.ends", label, _bounds(tell, ends), bands.clause)


def _precision(tell: Teller, bands: Bands) -> str:
    printed = tell.number(bands.precision)
    if bands.announced is None:
        return printed
    return f"{printed}; {tell.labelled('announced', tell.number(bands.announced))}"


def _range(tell: Teller, band: Band) -> str:
    if band.from_ is not None and band.to is not None:
        from_, to = tell.number(band.from_), tell.number(band.to)
        return from_ if from_ == to else f"{from_} – {to}"
    return _bounds(tell, [("≥", band.from_), (">", band.above), ("≤", band.to), ("<", band.below)])


def _bounds(tell: Teller, bounds: Iterable[tuple[str, Decimal | None]]) -> str:
    return ", ".join(f"{sign} {tell.number(one)}" for sign, one in bounds if one is not None)


def of_scale(tell: Teller) -> Rows:
    scale = tell.act.scale
    if scale is None:
        return
    lowest = tell.number(scale.lowest)
    if scale.lowest_means is not None:
        lowest = f"{lowest}: {tell.text(scale.lowest_means)}"
    yield tell.row("scale.lowest", "lowest", lowest, scale.lowest_clause or scale.clause)
    yield tell.row("scale.highest", "highest", tell.number(scale.highest), scale.clause)


def of_caps(tell: Teller) -> Rows:
    caps = tell.act.caps
    if caps is None:
        return
    yield tell.row("caps.parameter", "row-of-cap", caps.parameter, caps.clause)
    for cap in caps.ceilings:
        covered = [_sanction(tell, one) for one in cap.sanctions]
        if cap.discrediting:
            covered.append(tell.word("label", "discrediting"))
        value = f"{tell.number(cap.ceiling)}: {', '.join(covered)}"
        yield tell.row(f"caps.{'-'.join(cap.sanctions)}", "ceiling", value, cap.clause)


def _sanction(tell: Teller, code: str) -> str:
    return sanction_name(code, tell.language) if code in SANCTIONS else code
