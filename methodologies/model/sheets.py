"""Forms, marks, grades, bands and caps: what a sheet asks and what a score is worth."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Literal

from msgspec import Meta, field

from methodologies.model.clause import Clause
from methodologies.model.text import Code, Part, Text, Words

Kind = Literal["quarterly", "annual", "competencies"]
Evaluator = Literal["supervisor", "unit-head"]

_LOOK_ALIKES = str.maketrans("АВЕКМНОРСТХІУ‐‑–—", "ABEKMHOPCTXIY----")


@lru_cache(maxsize=4096)
def category_code(text: str) -> str:
    """One code for a category: upper case, no spaces, look-alike Cyrillic letters made Latin (cl. 16)."""
    return "".join(text.split()).upper().translate(_LOOK_ALIKES)


class Parameter(Part, frozen=True, kw_only=True):
    """A row of a sheet."""

    title: Text
    clause: Clause


class Form(Part, frozen=True, kw_only=True):
    """A sheet that the act prints: the kind of grade it leads to and its rows, by their printed numbers.

    `mean_clause` is where the sheet says how its marks come to a score (None: where its own clause does).
    """

    kind: Kind
    title: Text
    clause: Clause
    mean_clause: Clause | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


class Assignment(Part, frozen=True, kw_only=True):
    """Who assesses whom on which form: the first that fits a servant decides, for each kind of grade."""

    form: Code
    evaluator: Evaluator
    clause: Clause
    categories: tuple[Words, ...] = ()
    managerial: bool | None = None
    heads_unit: bool | None = None
    post: Text | None = None

    def fits(self, category: str, *, managerial: bool, heads_unit: bool = False) -> bool:
        """Whether it applies to a servant of a category, managerial or not, heading a unit or not."""
        return (
            (not self.categories or category_code(category) in map(category_code, self.categories))
            and self.managerial in {None, managerial}
            and self.heads_unit in {None, heads_unit}
        )


class Scale(Part, frozen=True, kw_only=True):
    """The lowest and the highest mark, both allowed."""

    lowest: Decimal
    highest: Decimal
    clause: Clause
    lowest_means: Text | None = None
    lowest_clause: Clause | None = None


class Grade(Part, frozen=True, kw_only=True):
    """A grade's official title; `failing` where the act calls it an unsatisfactory assessment."""

    title: Text
    clause: Clause
    failing: bool = False


class Band(Part, frozen=True, kw_only=True):
    """A grade's printed band: `from` and `to` belong to it, `below` and `above` do not."""

    grade: Code
    clause: Clause
    from_: Decimal | None = field(name="from", default=None)
    to: Decimal | None = None
    below: Decimal | None = None
    above: Decimal | None = None
    mark: Decimal | None = None
    mark_clause: Clause | None = None

    def holds(self, value: Decimal) -> bool:
        """Whether a value lies inside the band as printed."""
        return (
            (self.from_ is None or value >= self.from_)
            and (self.to is None or value <= self.to)
            and (self.below is None or value < self.below)
            and (self.above is None or value > self.above)
        )


class Hole(Part, frozen=True, kw_only=True):
    """A value that the printed bands leave out, and the reading that says which grade it has."""

    value: Decimal
    reading: Code
    clause: Clause


class Bands(Part, frozen=True, kw_only=True):
    """Bands from the lowest up, as printed at `precision`; a score is shown to `announced`."""

    precision: Decimal
    bands: Annotated[tuple[Band, ...], Meta(min_length=2)]
    clause: Clause
    lowest: Decimal | None = None
    highest: Decimal | None = None
    announced: Decimal | None = None
    holes: tuple[Hole, ...] = ()

    def printed(self, value: Decimal) -> Band | None:
        """The band that a value lies inside as printed; None when it falls between two of them."""
        for band in self.bands:
            if band.holds(value):
                return band
        return None

    @property
    def shown_to(self) -> Decimal:
        """The precision a score is announced with."""
        return self.precision if self.announced is None else self.announced


class Cap(Part, frozen=True, kw_only=True):
    """The highest mark that some kinds of sanction leave."""

    sanctions: Annotated[tuple[Code, ...], Meta(min_length=1)]
    ceiling: Decimal
    clause: Clause
    discrediting: bool = False


class Caps(Part, frozen=True, kw_only=True):
    """Caps by kind of sanction, in the row of the sheet that they stand in."""

    parameter: Words
    clause: Clause
    ceilings: Annotated[tuple[Cap, ...], Meta(min_length=1)]

    def by_kind(self, sanction: str) -> Cap | None:
        """The cap that names a kind of sanction."""
        return next((cap for cap in self.ceilings if sanction in cap.sanctions), None)

    def by_ground(self) -> Cap | None:
        """The cap that names acts discrediting the service."""
        return next((cap for cap in self.ceilings if cap.discrediting), None)
