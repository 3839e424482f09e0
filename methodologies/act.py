"""An act: the law that a state body adopted to grade its servants, as data."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from msgspec import Meta, field

from methodologies.model.identity import Fault, LawBehind, Life, Source
from methodologies.model.procedure import (
    Agreement,
    Appeal,
    Commission,
    Consequence,
    Delivery,
    Eligibility,
    Keeping,
    Panel,
    Secrecy,
    Signing,
    Substitution,
    Term,
)
from methodologies.model.readings import Family, Reading
from methodologies.model.sheets import Assignment, Bands, Caps, Form, Grade, Kind, Scale
from methodologies.model.strands import Annual, Competencies, Plan, Points
from methodologies.model.text import Code, Part, Text, Words

Rule = Annotated[str, Meta(pattern=r"^[a-z-]+/[1-9][0-9]*$(?!\n)")]

RULES: Mapping[str, Family] = MappingProxyType(
    {"score-sheet/1": "score-sheet", "points/1": "points", "targets/1": "targets"}
)
"""The rules that exist, by version, and the family each computes; a released one is frozen."""


class Act(Part, frozen=True, kw_only=True):
    """One act with every figure beside its clause; what a family does not have is left out."""

    id: Code
    family: Family
    rule: Rule
    title: Text
    number: Words | None = None
    body: Text
    source: Source
    life: Life
    law: LawBehind
    extends: Code | None = None
    grades: Annotated[Mapping[str, Grade], Meta(min_length=2)]
    bands: Annotated[Mapping[str, Bands], Meta(min_length=1)]
    scale: Scale | None = None
    caps: Caps | None = None
    forms: Annotated[Mapping[str, Form], Meta(min_length=1)]
    assignments: Annotated[tuple[Assignment, ...], Meta(min_length=1)]
    substitution: Mapping[str, Substitution] = field(default_factory=dict)
    eligibility: Eligibility
    terms: Mapping[str, Term]
    signing: Signing
    agreement: Agreement | None = None
    delivery: Delivery
    panel: Panel | None = None
    commission: Commission | None = None
    appeals: Annotated[tuple[Appeal, ...], Meta(min_length=1)]
    annual: Annual | None = None
    points: Points | None = None
    plan: Plan | None = None
    competencies: Competencies | None = None
    consequences: Mapping[str, Consequence] = field(default_factory=dict)
    keeping: Keeping
    secrecy: Secrecy | None = None
    faults: Mapping[str, Fault] = field(default_factory=dict)
    readings: Mapping[str, Reading]

    def chosen(self) -> dict[str, str]:
        """Each reading's choice by its name; what follows from another reading is resolved."""
        values = {name: reading.value for name, reading in self.readings.items()}
        if values.get("cap-binds-panel") == "as-the-scope":
            values["cap-binds-panel"] = "yes" if values["discipline-cap-scope"] == "overall" else "no"
        return values

    def assignment(
        self, kind: Kind, category: str, *, managerial: bool, heads_unit: bool = False
    ) -> Assignment | None:
        """Who assesses a servant on which form for a kind of grade; None when the act has no such grade."""
        return next(
            (
                one
                for one in self.assignments
                if self.forms[one.form].kind == kind
                and one.fits(category, managerial=managerial, heads_unit=heads_unit)
            ),
            None,
        )
