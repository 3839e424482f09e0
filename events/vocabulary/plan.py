"""The individual work plan and its targets (`sjc-2017`, `arys-2022`)."""

from datetime import date
from functools import cached_property
from typing import Annotated

import msgspec
from msgspec import Meta

from events.vocabulary.types import Code, Data, Name, Number, Quarter, Text, Title, Year


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A target of a plan, or a key target indicator."""

    target: Number
    title: Title
    measurable: bool
    unit: Title | None = None
    planned: Title | int | None = None
    due: date | None = None
    source: Title | None = None
    expected: Title | int | None = None


class _OfPlan(Data, frozen=True, kw_only=True):
    employee: Code
    position: Code
    year: Year

    @cached_property
    def document(self) -> Name:
        return Name("plan", (self.employee, self.position, str(self.year)))


class PlanAgreed(_OfPlan, frozen=True, kw_only=True):
    """The plan's targets are agreed (`sjc-2017` cl. 10-13, `arys-2022` cl. 9-13)."""

    targets: Annotated[list[Target], Meta(max_length=100)]


class PlanReturned(_OfPlan, frozen=True, kw_only=True):
    """The superior returns the plan (`arys-2022` cl. 14)."""

    reason: Text


class PlanApproved(_OfPlan, frozen=True, kw_only=True):
    """The superior approves the plan (`arys-2022` cl. 13)."""

    by: Code


class PlanMonitored(_OfPlan, frozen=True, kw_only=True):
    """The supervisor writes what he recommends after a quarter (`arys-2022` cl. 16)."""

    quarter: Quarter
    recommendations: Text
