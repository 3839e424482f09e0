"""Readings: the named choices where an act is silent, ambiguous or faulty."""

from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from methodologies.model.clause import Clause
from methodologies.model.text import Part, Text

Family = Literal["score-sheet", "points", "targets"]
FAMILIES: tuple[Family, ...] = ("score-sheet", "points", "targets")

_WEIGHTS_PARTS = 2


class Reading(Part, frozen=True, kw_only=True):
    """A choice, the clause that needs it and the reason for it."""

    value: Annotated[str, Meta(min_length=1, max_length=64)]
    reason: Text
    clause: Clause


class ReadingKind(msgspec.Struct, frozen=True):
    """What may be chosen, and which families must choose; no choices: two weights that sum to 1."""

    choices: tuple[str, ...]
    families: tuple[Family, ...]


_SHEET: tuple[Family, ...] = ("score-sheet",)
_POINTS: tuple[Family, ...] = ("points",)
_WITH_COMMISSION: tuple[Family, ...] = ("points", "targets")
_WITH_SCORES: tuple[Family, ...] = ("score-sheet", "points")

READINGS: dict[str, ReadingKind] = {
    "discipline-cap-scope": ReadingKind(("parameter", "overall"), _SHEET),
    "rounding": ReadingKind(("half-up", "half-even", "down"), _WITH_SCORES),
    "rounding-scope": ReadingKind(("gaps-only", "every-score"), _WITH_SCORES),
    "mark-precision": ReadingKind(("0.01", "0.1", "1"), _SHEET),
    "eighty-points": ReadingKind(("satisfactory", "unsatisfactory"), _POINTS),
    "annual-weights": ReadingKind((), _POINTS),
    "quarter-with-several-assessments": ReadingKind(("mean", "by-days"), _WITH_SCORES),
    "panel-majority": ReadingKind(("of-members", "of-votes"), _SHEET),
    "commission-majority": ReadingKind(("of-members", "of-votes"), _WITH_COMMISSION),
    "cap-binds-panel": ReadingKind(("yes", "no", "as-the-scope"), _SHEET),
    "annulled-sanction": ReadingKind(("ignored", "counts"), _SHEET),
    "discrediting-mild-sanction": ReadingKind(("by-kind", "by-ground"), _SHEET),
    "over-twenty": ReadingKind(("shared-out", "mean"), _SHEET),
    "measurable-targets": ReadingKind(("all", "half"), _POINTS),
    "term-start": ReadingKind(("next-day", "same-day"), FAMILIES),
    "tenure-month": ReadingKind(("day-after-period",), _SHEET),
    "three-months": ReadingKind(("day-after-period",), _WITH_COMMISSION),
    "deadline-on-day-off": ReadingKind(("stays", "next-working-day"), FAMILIES),
}
"""The readings that the rules know; an act chooses among them and nothing else."""


def annual_weights(value: str) -> tuple[Decimal, Decimal]:
    """The weights of quarters and plan in `0.4/0.6`, exact; ValueError unless shares that sum to 1."""
    parts = value.split("/")
    if len(parts) != _WEIGHTS_PARTS or not all(_is_share(part) for part in parts):
        raise ValueError("expected two decimals such as 0.4/0.6 (quarters/plan)")
    quarters, plan = Decimal(parts[0]), Decimal(parts[1])
    if quarters + plan != 1:
        raise ValueError(f"expected weights that sum to 1, not to {quarters + plan}")
    return quarters, plan


def _is_share(text: str) -> bool:
    whole, point, fraction = text.partition(".")
    return whole in {"0", "1"} and text.isascii() and (fraction.isdigit() if point else True)
