"""What a rule returns: a result, and on demand the steps that lead to it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, TypeAlias

import msgspec

Status: TypeAlias = Literal["graded", "open", "not-assessed", "destroyed"]

GRADED: Status = "graded"
OPEN: Status = "open"
NOT_ASSESSED: Status = "not-assessed"
DESTROYED: Status = "destroyed"

FLAGS = (
    "awaiting-commission",
    "awaiting-superior",
    "gap",
    "provisional",
    "workdays-unreported",
)
"""Every flag that a grade can carry."""


class Step(msgspec.Struct, frozen=True):
    """One step of a calculation: what was done, under which clause, with what, and what came out.

    Numbers are exact decimals written as text; dates are ISO 8601.
    """

    rule: str
    clause: str
    inputs: Mapping[str, Any]
    value: Any


class Ground(msgspec.Struct, frozen=True):
    """Why there is no grade: a stable code, the clause and what it was judged by."""

    code: str
    clause: str
    inputs: Mapping[str, Any] = {}


def plain(value: Decimal) -> str:
    """A decimal as text without an exponent, with the places it was computed to."""
    return f"{value:f}"
