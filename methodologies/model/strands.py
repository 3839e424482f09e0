"""What single families add: the mean of a year, points, work plans, targets and competencies."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta, field

from methodologies.model.clause import Clause
from methodologies.model.sheets import category_code
from methodologies.model.text import Amount, Code, Duty, Number, Part, Share, Text, Words


class Annual(Part, frozen=True, kw_only=True):
    """How a year is formed: the mean of its quarters, or that mean on another scale joined with the plan."""

    method: Literal["mean-of-quarters", "quarters-and-plan"]
    clause: Clause
    bands: Code
    quarters_clause: Clause | None = None
    plan_clause: Clause | None = None
    weights: Code | None = None
    weights_clause: Clause | None = None


class Points(Part, frozen=True, kw_only=True):
    """Points of a quarter: a base, what each rewarded indicator adds, what each proven breach takes."""

    base: Amount
    bonus_least: Amount
    bonus_most: Amount
    penalty: Amount
    breaches: Mapping[str, Duty]
    evidence: Duty
    scale_levels: Number
    clause: Clause


class TargetMark(Part, frozen=True, kw_only=True):
    """What a mark for a target of the plan means."""

    title: Text
    mark: Decimal
    clause: Clause


class Plan(Part, frozen=True, kw_only=True):
    """An individual work plan: how many targets, of what kind, who draws it up and approves it."""

    clause: Clause
    least_targets: Number | None = None
    most_targets: Number
    criteria: Annotated[tuple[Code, ...], Meta(min_length=1)]
    criteria_clause: Clause
    drawn_up_by: Annotated[tuple[Code, ...], Meta(min_length=1)]
    approved_by: Code | None = None
    approved_clause: Clause | None = None
    first_head_clause: Clause | None = None
    monitored: Literal["quarterly"] | None = None
    monitored_clause: Clause | None = None
    copies: Number | None = None
    marks: Mapping[str, TargetMark] = field(default_factory=dict)


class Group(Part, frozen=True, kw_only=True):
    """Categories that share a set of indicators: in any post, only as `heads` of a unit, only as `others`."""

    clause: Clause
    categories: tuple[Words, ...] = ()
    heads: tuple[Words, ...] = ()
    others: tuple[Words, ...] = ()

    def holds(self, category: str, *, heads_unit: bool) -> bool:
        """Whether a servant of the category, heading a unit or not, belongs to the group."""
        named = self.categories + (self.heads if heads_unit else self.others)
        return category_code(category) in map(category_code, named)


class Competency(Part, frozen=True, kw_only=True):
    """A competency and its indicators per group, numbered from 1 in the order printed."""

    title: Text
    clause: Clause
    indicators: Mapping[str, Annotated[tuple[Words, ...], Meta(min_length=1)]]
    indicators_clause: Clause
    serves_public: bool = False

    def count(self, group: str) -> int:
        """How many indicators a group has."""
        return len(self.indicators[group])


class Competencies(Part, frozen=True, kw_only=True):
    """The strand of competencies: it decides development only."""

    clause: Clause
    threshold: Share
    most_indicators: Number
    serving_clause: Clause
    results: Mapping[str, Text]
    groups: Mapping[str, Group]
    competencies: Mapping[str, Competency]

    def group_of(self, category: str, *, heads_unit: bool) -> str | None:
        """The group a servant belongs to by category; None when no group names it."""
        groups = self.groups.items()
        return next((code for code, one in groups if one.holds(category, heads_unit=heads_unit)), None)

    def code_of(self, named: str) -> str | None:
        """The code of a competency named by it or by its number in the order printed; None for neither."""
        if named in self.competencies:
            return named
        codes = tuple(self.competencies)
        return codes[int(named) - 1] if named.isdecimal() and 0 < int(named) <= len(codes) else None

    def asked_of(self, *, serves_public: bool) -> tuple[str, ...]:
        """The competencies a servant is assessed on: two only where he serves the public."""
        asked = self.competencies.items()
        return tuple(code for code, one in asked if serves_public or not one.serves_public)
