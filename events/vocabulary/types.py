"""The small types that facts are made of."""

from decimal import Decimal
from functools import cached_property
from typing import Annotated, ClassVar, NamedTuple

import msgspec
from msgspec import Meta

from events.vocabulary.words import FormCode, Role

# A pattern's `$` also matches before a last newline; the look-ahead closes that hole in every dialect.
PATTERN_END = r"$(?!\n)"
SCORE_PATTERN = rf"^[0-9](\.[0-9]{{1,2}})?{PATTERN_END}"
BODY_PATTERN = rf"^[a-z0-9]([a-z0-9-]{{0,46}}[a-z0-9])?{PATTERN_END}"
_YEAR = "(199[1-9]|2[0-9]{3})"
QUARTER_PATTERN = rf"^(({_YEAR}-)?Q)?[1-4]{PATTERN_END}"
YEAR_PATTERN = rf"^{_YEAR}{PATTERN_END}"
PERIOD_PATTERN = rf"^{_YEAR}(-Q[1-4])?{PATTERN_END}"

BodyCode = Annotated[str, Meta(pattern=BODY_PATTERN, description="A state body's code; its ledger's name")]
Code = Annotated[str, Meta(min_length=1, max_length=128, description="A code of the body's own")]
Word = Annotated[str, Meta(min_length=1, max_length=64)]
Title = Annotated[str, Meta(max_length=512)]
Text = Annotated[str, Meta(max_length=8192)]
Signature = Annotated[str, Meta(min_length=1, max_length=32768, description="A detached signature, as text")]
PeriodText = Annotated[str, Meta(pattern=PERIOD_PATTERN, examples=["2026-Q1", "2026"])]
Year = (
    Annotated[int, Meta(ge=1991, le=2999, extra={"as": "text"})] | Annotated[str, Meta(pattern=YEAR_PATTERN)]
)
Quarter = Annotated[int, Meta(ge=1, le=4)] | Annotated[str, Meta(pattern=QUARTER_PATTERN)]
Number = Annotated[int, Meta(ge=0, le=9999, extra={"as": "text"})] | Word
"""A number or code that an act prints (a parameter, a target, a competency); 1 and "1" are the same."""
Days = Annotated[int, Meta(ge=0, le=366)]
Count = Annotated[int, Meta(ge=0, le=1000)]
Mark = Annotated[
    int, Meta(ge=0, le=1000, description="A whole mark; in digits as text too", extra={"as": "int"})
]
Figure = Annotated[int, Meta(ge=-1_000_000_000, le=1_000_000_000, extra={"as": "text"})] | Text
"""A figure in words or digits, as the plan has it."""
Score = Annotated[
    Decimal,
    Meta(
        description="A score: one digit, at most two decimals, as a string or a number",
        extra={"score": True},
    ),
]


class Name(NamedTuple):
    """A document's natural name inside its ledger: its kind and the body's own codes."""

    kind: str
    key: tuple[str, ...]


class Data(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True, dict=True
):
    """What one type of fact says; each type is a subclass named as on the wire."""

    # `dict` is for `document` alone, which is asked for ten times on a fact's way into its ledger.

    system: ClassVar[bool] = False
    """Whether only the system itself may record it."""

    version: ClassVar[int] = 1
    """The version of its layout that is written today; older ones are upcast when read."""

    @cached_property
    def document(self) -> Name:
        """The document that it is an event of."""
        raise NotImplementedError


class Ref(Data, frozen=True, kw_only=True, omit_defaults=True):
    """Names one assessment: an employee in a position in a period (and a form, where there are two)."""

    employee: Code
    position: Code
    period: PeriodText
    form: FormCode | None = None

    @cached_property
    def document(self) -> Name:
        return Name("assessment", (self.employee, self.position, self.period))


NAMES_NEITHER = "names neither a session nor an employee, position and period"


class PanelOrSession(Data, frozen=True, kw_only=True, omit_defaults=True):
    """Names an assessment's panel, or a commission's session."""

    employee: Code | None = None
    position: Code | None = None
    period: PeriodText | None = None
    form: FormCode | None = None
    session: Code | None = None

    def __post_init__(self) -> None:
        if self.session is None and None in {self.employee, self.position, self.period}:
            raise ValueError(NAMES_NEITHER)

    @cached_property
    def document(self) -> Name:
        if self.session is not None:
            return Name("commission", (self.session,))
        return Name(self.of_assessment, (self.employee or "", self.position or "", self.period or ""))

    @property
    def of_assessment(self) -> str:
        """The kind of document that it is an event of where no session is named."""
        return "calibration"


Corrections = Annotated[
    dict[Word, Word],
    Meta(max_length=100, description="The result of each competency that is corrected"),
]
Codes = Annotated[list[Code], Meta(max_length=100)]


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name in the three languages."""

    kk: Title
    ru: Title
    en: Title


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member of a panel or commission, in one role."""

    member: Code
    role: Role


Members = Annotated[list[Member], Meta(max_length=100)]
