"""The assessment of one employee in one position for one period: sheet, marks, signatures, result."""

from datetime import date
from functools import cached_property
from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from msgspec import Meta

from events.vocabulary.types import (
    BodyCode,
    Code,
    Codes,
    Corrections,
    Count,
    Data,
    Days,
    Figure,
    Mark,
    Name,
    Number,
    PeriodText,
    Ref,
    Score,
    Signature,
    Text,
    Word,
    Year,
)
from events.vocabulary.words import Adding, AppealedTo, Breach, Channel, Choice, FormCode, Outcome, Replacing


class WorkdaysReported(Ref, frozen=True, kw_only=True):
    """How many days the servant actually worked in the period (cl. 5)."""

    days: Days


class SheetIssued(Ref, frozen=True, kw_only=True):
    """A sheet is sent to the one who assesses (cl. 16, 17)."""

    form: FormCode
    evaluator: Code


class EvaluatorReplaced(Ref, frozen=True, kw_only=True):
    """Another evaluator takes the sheet over: absence, secondment, the first head's decision (cl. 3)."""

    evaluator: Code
    ground: Replacing


class EvaluatorAdded(Ref, frozen=True, kw_only=True):
    """Another servant assesses too, as there are more than twenty to assess (cl. 17)."""

    evaluator: Code
    ground: Adding


class ScoreSubmitted(Ref, frozen=True, kw_only=True, omit_defaults=True):
    """A mark for a parameter of the sheet (cl. 17)."""

    parameter: Number
    score: Score
    comment: Text | None = None
    scorer: Code | None = None


class SelfAssessed(Ref, frozen=True, kw_only=True, omit_defaults=True):
    """The servant's own assessment of his work (`sjc-2017` cl. 26)."""

    text: Text | None = None
    points: Count | None = None


class SheetSigned(Ref, frozen=True, kw_only=True, omit_defaults=True):
    """The evaluator signs the complete sheet, which closes it (annexes 1 and 2)."""

    signature: Signature | None = None


class SheetCountersigned(Ref, frozen=True, kw_only=True, omit_defaults=True):
    """The servant signs the sheet (`sjc-2017` cl. 25, 31)."""

    signature: Signature | None = None


class SigningRefused(Ref, frozen=True, kw_only=True):
    """The servant refuses to sign; witnesses record it (`sjc-2017` cl. 25, 31)."""

    witnesses: Codes


class SheetAgreed(Ref, frozen=True, kw_only=True):
    """The superior agrees to the sheet (`arys-2022` cl. 20)."""

    by: Code


class SheetReturned(Ref, frozen=True, kw_only=True):
    """A signed sheet is returned and open again (`arys-2022` cl. 20)."""

    by: Code
    reason: Text


class ResultDelivered(Ref, frozen=True, kw_only=True):
    """The result reached the servant (cl. 9)."""

    channel: Channel
    on: date


class ResultAcquainted(Ref, frozen=True, kw_only=True):
    """The servant acquainted himself with the result (cl. 10)."""

    on: date


class AcquaintanceRefused(Ref, frozen=True, kw_only=True):
    """The servant refused to be told; witnesses record it (`sjc-2017` cl. 37, `arys-2022` cl. 41)."""

    on: date
    witnesses: Codes


class DecisionAppealed(Ref, frozen=True, kw_only=True):
    """A decision on the result is appealed (cl. 11; `sjc-2017` cl. 38; `arys-2022` cl. 42)."""

    to: AppealedTo
    on: date
    grounds: Text


class AppealResolved(Ref, frozen=True, kw_only=True, omit_defaults=True):
    """What came back from an appeal: `left`, `revise` or `annul` (cl. 11)."""

    # To revise is to name what is right, as one who votes does; without that the matter goes back to those
    # who decided.

    outcome: Outcome
    on: date
    score: Score | None = None
    points: Count | None = None
    competencies: Corrections | None = None
    explanation: Text


class DisputeRaised(Ref, frozen=True, kw_only=True):
    """A disagreement about the procedure (cl. 14)."""

    text: Text


class DisputeSettled(Ref, frozen=True, kw_only=True):
    """HR settled a disagreement about the procedure (cl. 14)."""

    text: Text


class PointsAwarded(Ref, frozen=True, kw_only=True):
    """Bonus points for a rewarded indicator (`sjc-2017` cl. 17-19)."""

    indicator: Number
    points: Mark


class BreachRecorded(Ref, frozen=True, kw_only=True):
    """A proven breach: `execution` or `discipline` (`sjc-2017` cl. 20-21)."""

    kind: Breach
    source: Text


class _OfYear(Data, frozen=True, kw_only=True, omit_defaults=True):
    employee: Code
    position: Code
    year: Year

    @cached_property
    def document(self) -> Name:
        return Name("assessment", (self.employee, self.position, str(self.year)))


class TargetAssessed(_OfYear, frozen=True, kw_only=True, omit_defaults=True):
    """A target of the work plan is assessed (`sjc-2017` cl. 30, `arys-2022` cl. 18)."""

    target: Number
    mark: Mark | None = None
    met: bool | None = None
    actual: Figure | None = None


class CompetencyAssessed(_OfYear, frozen=True, kw_only=True):
    """How many indicators of a competency were shown, and which were not (`arys-2022` cl. 25-28)."""

    competency: Number
    shown: Count
    missing: Annotated[list[Annotated[int, Meta(ge=1, le=999)]], Meta(max_length=100)]


class AnnouncedResult(Ref, frozen=True, kw_only=True, omit_defaults=True):
    """A result as it was told, with the law it was told under.

    `results` are the competencies' (`arys-2022`), which have no score. `cause` is the type of the event that
    made it what it is, `caused_by` that event's id.
    """

    system: ClassVar[bool] = True
    kind: Word
    score: str | None = None
    grade: Word | None = None
    results: dict[str, str] | None = None
    methodology: Word
    revision: int
    digest: str
    readings: dict[str, str]
    cause: Word
    caused_by: UUID | None = None


class ResultAnnounced(AnnouncedResult, frozen=True, kw_only=True, omit_defaults=True):
    """The result as it stood when it was delivered (cl. 9)."""


class ResultRestated(AnnouncedResult, frozen=True, kw_only=True, omit_defaults=True):
    """An announced result changed, with its cause (cl. 10, 11, 22)."""


class CommissionDecided(Ref, frozen=True, kw_only=True, omit_defaults=True):
    """A commission approves the result or corrects it (`sjc-2017` cl. 35; `arys-2022` cl. 37, 38)."""

    # An assessment's terms run from the session's days, and no fold of it reads the session.

    system: ClassVar[bool] = True
    session: Code
    choice: Choice
    score: Score | None = None
    points: Count | None = None
    competencies: dict[str, str] | None = None
    explanation: Text | None = None
    convened_on: date
    sat_on: date


class DecisionApproved(Ref, frozen=True, kw_only=True):
    """The authorised person approved what the commission decided on this result (`arys-2022` cl. 39)."""

    system: ClassVar[bool] = True
    session: Code
    by: Code


class TrainingAssigned(Ref, frozen=True, kw_only=True):
    """The servant is sent to training courses (`sjc-2017` cl. 42)."""

    on: date


class CountedQuarter(msgspec.Struct, frozen=True):
    """A quarter as it was counted in a year."""

    period: PeriodText
    body: BodyCode
    position: Code
    score: str


class AnnualFormed(Data, frozen=True, kw_only=True, omit_defaults=True):
    """The annual score is formed; it carries the quarters it counted (cl. 4)."""

    system: ClassVar[bool] = True
    employee: Code
    position: Code
    year: Year
    score: str | None = None
    grade: Word | None = None
    methodology: Word
    revision: int
    quarters: list[CountedQuarter]

    @cached_property
    def document(self) -> Name:
        return Name("annual", (self.employee, str(self.year)))


class QuarterCarried(Data, frozen=True, kw_only=True, omit_defaults=True):
    """A quarter graded in another body's ledger is carried home with its source (cl. 3)."""

    # The position is the one in that body, `days` are the calendar days of the quarter that he held it.
    # Without a score what was carried before no longer stands.

    system: ClassVar[bool] = True
    employee: Code
    position: Code
    period: PeriodText
    from_body: BodyCode
    score: str | None = None
    grade: Word | None = None
    methodology: Word | None = None
    days: int | None = None
    source_seq: int
    source_leaf: str

    @cached_property
    def document(self) -> Name:
        return Name("annual", (self.employee, self.period[:4]))
