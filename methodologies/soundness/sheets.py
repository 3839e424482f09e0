"""Forms, assignments and caps fit together."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from events.vocabulary.words import SANCTIONS
from methodologies.act import Act
from methodologies.model.sheets import Scale

_LEAST_MARK, _MOST_MARK = Decimal(0), Decimal("9.99")
"""What a fact can carry: one digit and two decimals."""

_BANDS_OF_THE_SCALE = {"score-sheet": "score", "points": "annual"}
"""The bands that a mean of marks falls in."""


def of_forms(act: Act) -> Iterator[tuple[str, str]]:
    """A form nobody has, servants without a form, a sheet without rows, a scale upside down."""
    for place, one in enumerate(act.assignments):
        if one.form not in act.forms:
            yield f"assignments[{place}].form", f"expected one of {', '.join(act.forms)}"
            return
    for code, form in act.forms.items():
        last = [one for one in act.assignments if act.forms[one.form].kind == form.kind][-1:]
        if not last or last[0].categories or last[0].managerial is not None or last[0].heads_unit is not None:
            yield "assignments", f"expected a last one for everybody else among the {form.kind} forms"
        if act.family == "score-sheet" and not form.parameters:
            yield f"forms.{code}.parameters", "expected the rows of the sheet"
    if act.scale is not None and act.scale.lowest >= act.scale.highest:
        yield "scale", "expected the lowest mark below the highest"


def of_caps(act: Act) -> Iterator[tuple[str, str]]:
    """A cap in a row that a form lacks, a sanction without exactly one ceiling, a ceiling off the scale."""
    if act.caps is None:
        return
    for code, form in act.forms.items():
        if act.caps.parameter not in form.parameters:
            yield "caps.parameter", f"expected a row of the form {code}"
    named = Counter(sanction for cap in act.caps.ceilings for sanction in cap.sanctions)
    for unknown in named.keys() - set(SANCTIONS):
        yield "caps.ceilings", f"unknown sanction {unknown}, expected one of {', '.join(SANCTIONS)}"
    for sanction in SANCTIONS:
        if named[sanction] != 1:
            yield "caps.ceilings", f"expected one ceiling for {sanction}"
    if sum(cap.discrediting for cap in act.caps.ceilings) != 1:
        yield "caps.ceilings", "expected one ceiling for acts discrediting the service"
    for place, cap in enumerate(act.caps.ceilings):
        if act.scale is not None and not act.scale.lowest <= cap.ceiling <= act.scale.highest:
            yield f"caps.ceilings[{place}].ceiling", "expected a mark of the scale"


def of_scale(act: Act) -> Iterator[tuple[str, str]]:
    """Marks that no fact can carry or the scale does not have, bands that a mean of marks can fall out of."""
    scale = act.scale
    if scale is None:
        return
    if scale.lowest < _LEAST_MARK or scale.highest > _MOST_MARK:
        yield "scale", f"expected marks from {_LEAST_MARK} to {_MOST_MARK}, which a fact can carry"
    yield from _of_named_marks(act, scale)
    name = _BANDS_OF_THE_SCALE.get(act.family, "")
    bands = act.bands.get(name)
    if bands is not None and bands.highest != scale.highest:
        yield f"bands.{name}.highest", "expected the highest mark of the scale"
    if bands is not None and bands.lowest not in {None, scale.lowest}:
        yield f"bands.{name}.lowest", "expected the lowest mark of the scale"


def _of_named_marks(act: Act, scale: Scale) -> Iterator[tuple[str, str]]:
    for code, meant in act.plan.marks.items() if act.plan is not None else ():
        if not scale.lowest <= meant.mark <= scale.highest:
            yield f"plan.marks.{code}.mark", "expected a mark of the scale"
    for name, bands in act.bands.items():
        for place, band in enumerate(bands.bands):
            if band.mark is not None and not scale.lowest <= band.mark <= scale.highest:
                yield f"bands.{name}.bands[{place}].mark", "expected a mark of the scale"
