"""The derived grade: one object for a quarter, a year, or the competencies of a year."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

import msgspec

from methodologies.rules.steps import Status, Step

Kind = Literal["quarterly", "annual", "competencies"]


class QuarterScore(msgspec.Struct, frozen=True):
    """A quarter as it is counted in a year."""

    period: str
    body: str
    position: str
    score: str


class CompetencyResult(msgspec.Struct, frozen=True):
    """A competency: how many of its indicators were shown, of how many, and what that comes to."""

    competency: str
    shown: int
    of: int
    result: str


class Grade(msgspec.Struct, frozen=True):
    """What is derived for an employee and a period; every key is always present, null when unknown.

    `score` is text, printed as the act counts. `steps` is the whole calculation, left empty where it was
    not asked for.
    """

    kind: Kind
    body: str
    employee: str
    position: str
    period: str
    methodology: str
    revision: int
    status: Status
    reason: str | None = None
    score: str | None = None
    grade: str | None = None
    flags: tuple[str, ...] = ()
    readings: Mapping[str, str] = {}
    quarters: tuple[QuarterScore, ...] | None = None
    results: tuple[CompetencyResult, ...] | None = None
    steps: tuple[Step, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What tells it from every other grade: kind, body, employee, position, period."""
        return self.kind, self.body, self.employee, self.position, self.period

    @property
    def exact(self) -> Decimal | None:
        """The announced score as a number."""
        return None if self.score is None else Decimal(self.score)


def _plain_mapping(value: object) -> object:
    if isinstance(value, MappingProxyType):
        return dict(value)
    raise NotImplementedError


_encoder = msgspec.json.Encoder(enc_hook=_plain_mapping)


def to_json(grade: Grade) -> bytes:
    """The grade as one JSON object on one line."""
    return _encoder.encode(grade)
