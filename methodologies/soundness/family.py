"""An act names a rule of its family, has what that rule needs and makes every choice it leaves open."""

from collections.abc import Iterator

from methodologies.act import RULES, Act
from methodologies.model.readings import READINGS, annual_weights

_PARTS: dict[str, tuple[str, ...]] = {
    "score-sheet": ("scale", "caps", "annual", "panel"),
    "points": ("scale", "points", "plan", "annual", "commission"),
    "targets": ("plan", "competencies", "commission", "agreement"),
}
_BANDS: dict[str, tuple[str, ...]] = {
    "score-sheet": ("score",),
    "points": ("quarterly", "annual"),
    "targets": ("targets",),
}


def of_family(act: Act) -> Iterator[tuple[str, str]]:
    """A rule of another family, a part that the family's rule needs and the act lacks."""
    if RULES.get(act.rule) != act.family:
        known = sorted(rule for rule, family in RULES.items() if family == act.family)
        yield "rule", f"expected a rule of the family {act.family}: {', '.join(known)}"
    for part in _PARTS[act.family]:
        if getattr(act, part) is None:
            yield part, f"expected, the family {act.family} needs it"
    for name in _BANDS[act.family]:
        if name not in act.bands:
            yield f"bands.{name}", f"expected, the family {act.family} needs it"


def of_readings(act: Act) -> Iterator[tuple[str, str]]:
    """An unknown reading or choice, weights that do not sum to 1, a choice not made."""
    for name, reading in act.readings.items():
        kind = READINGS.get(name)
        if kind is None or act.family not in kind.families:
            known = [one for one, that in READINGS.items() if act.family in that.families]
            yield f"readings.{name}", f"unknown reading, expected one of {', '.join(known)}"
        elif kind.choices and reading.value not in kind.choices:
            yield f"readings.{name}.value", f"unknown choice, expected one of {', '.join(kind.choices)}"
        elif not kind.choices:
            try:
                annual_weights(reading.value)
            except ValueError as error:
                yield f"readings.{name}.value", str(error)
    for name, kind in READINGS.items():
        if act.family in kind.families and name not in act.readings:
            yield f"readings.{name}", f"expected, the family {act.family} needs this choice"
