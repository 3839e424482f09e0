"""The procedure: who is assessed, terms, delivery, panels, commissions, consequences, keeping."""

from typing import Annotated, Literal

from msgspec import Meta

from methodologies.model.clause import Clause
from methodologies.model.text import Code, Duty, Number, Part, Share, Text, Words

Owes = Literal["employee", "evaluator", "superior", "appointing-authority", "hr", "body"]

MOMENTS: tuple[str, ...] = ("PeriodStarts", "AssessmentStarts", "ProtocolSigned")
"""What a term may run from or to that is no fact of its own: the first day of the period, the first day of
the scheduled assessment, the day in a ProtocolFiled's `signed_on`."""


class Tenure(Part, frozen=True, kw_only=True):
    """The shortest time in the position: within the period, or at all (`position`)."""

    months: Annotated[int, Meta(ge=1, le=12)]
    within: Literal["period", "position"]
    reading: Code
    clause: Clause
    counted_after: tuple[Code, ...] = ()


class Absence(Part, frozen=True, kw_only=True):
    """Kinds of absence during the assessment that move it to the days after the return."""

    kinds: Annotated[tuple[Code, ...], Meta(min_length=1)]
    term: Code
    clause: Clause


class Dismissed(Part, frozen=True, kw_only=True):
    """Servants dismissed before the period or the term ended: assessed without taking part.

    `term` is owed to them alone.
    """

    before: Literal["period-end", "term-end"]
    clause: Clause
    channels: tuple[Code, ...]
    channels_clause: Clause
    term: Code | None = None


class Eligibility(Part, frozen=True, kw_only=True):
    """Who is not assessed."""

    tenure: Tenure
    workdays: Number | None = None
    probation: Duty | None = None
    absence: Absence | None = None
    dismissed: Dismissed | None = None


class FixedDay(Part, frozen=True, kw_only=True):
    """A printed day: of a month after the quarter, or of a month of the year or of a year after it."""

    of: Literal["quarter", "year"]
    day: Annotated[int, Meta(ge=1, le=31)] | None = None
    months_after: Annotated[int, Meta(ge=0, le=12)] = 0
    years_after: Annotated[int, Meta(ge=0, le=2)] = 0
    month: Annotated[int, Meta(ge=1, le=12)] | None = None
    only_quarter: Annotated[int, Meta(ge=1, le=4)] | None = None


class Term(Part, frozen=True, kw_only=True):
    """A term: what is due, who owes it, and whether missing it refuses the fact or is an obligation missed.

    Either `fixed` (a printed day; the first that fits the period) or a `count` of days from the fact `since`.
    `met_by` is the fact that meets it, `before` counts back from the event instead of on.
    """

    title: Text
    owes: Owes
    missing: Literal["refuses", "obliges"]
    clause: Clause
    fixed: tuple[FixedDay, ...] = ()
    since: Words | None = None
    before: Words | None = None
    count: Annotated[int, Meta(ge=1, le=366)] | None = None
    unit: Literal["working-days", "calendar-days", "months"] | None = None
    met_by: Words | None = None
    forms: tuple[Code, ...] = ()


class Substitution(Part, frozen=True, kw_only=True):
    """Who assesses instead of, or beside, the evaluator."""

    by: Text
    clause: Clause
    over: int | None = None


class Refusal(Part, frozen=True, kw_only=True):
    """A refusal to sign or to be told: who records it; it stops nothing.

    Where the result is sent to one who refused, `term` is the time for it.
    """

    recorded_by: Annotated[tuple[Code, ...], Meta(min_length=1)]
    clause: Clause
    witnesses: int | None = None
    then_sent_by: tuple[Code, ...] = ()
    term: Code | None = None


class Signing(Part, frozen=True, kw_only=True):
    """Who signs a sheet, and how."""

    by: Annotated[tuple[Code, ...], Meta(min_length=1)]
    clause: Clause
    electronic: bool = False
    refusal: Refusal | None = None


class Agreement(Part, frozen=True, kw_only=True):
    """The superior agrees a sheet or returns it."""

    by: Owes
    forms: Annotated[tuple[Code, ...], Meta(min_length=1)]
    clause: Clause
    first_head_clause: Clause
    returned_for: Text
    returned_clause: Clause


class Delivery(Part, frozen=True, kw_only=True):
    """How the servant is told."""

    channels: Annotated[tuple[Code, ...], Meta(min_length=1)]
    clause: Clause
    refusal: Refusal | None = None


class Panel(Part, frozen=True, kw_only=True):
    """A calibration panel: composition, voting, what follows."""

    decided_by: Owes
    clause: Clause
    least_members: Number
    odd: Duty
    excluded: Annotated[tuple[Code, ...], Meta(min_length=1)]
    excluded_clause: Clause
    evaluators: Duty
    hr_members: Number
    argued_by: Annotated[tuple[Code, ...], Meta(min_length=1)]
    argued_clause: Clause
    directions: Annotated[tuple[Literal["up", "down"], ...], Meta(min_length=1)]
    directions_clause: Clause
    majority: Duty
    feedback: Annotated[tuple[Code, ...], Meta(min_length=1)]
    feedback_clause: Clause


class Commission(Part, frozen=True, kw_only=True):
    """A commission on assessment: composition, voting, decisions."""

    clause: Clause
    least_members: Number | None = None
    quorum: Share
    open_vote: Duty
    majority: Duty
    tie_decided_by: Literal["chair"]
    tie_clause: Clause
    secretary_votes: bool
    secretary_clause: Clause
    replaced_by: Text
    replaced_clause: Clause
    reviews: Annotated[tuple[Code, ...], Meta(min_length=1)]
    decisions: Annotated[tuple[Literal["approve", "revise"], ...], Meta(min_length=1)]
    decisions_clause: Clause
    revision_explained: bool
    revision_clause: Clause
    approved_by: Owes | None = None
    approved_clause: Clause | None = None


class Appeal(Part, frozen=True, kw_only=True):
    """Where a decision is appealed."""

    to: Code
    clause: Clause
    outcomes: tuple[Code, ...] = ()
    term: Code | None = None


class Consequence(Part, frozen=True, kw_only=True):
    """What follows from a grade."""

    title: Text
    clause: Clause
    kinds: Annotated[tuple[Literal["quarterly", "annual", "competencies"], ...], Meta(min_length=1)]
    grades: tuple[Code, ...] = ()
    years_running: int | None = None
    term: Code | None = None


class Keeping(Part, frozen=True, kw_only=True):
    """Where the papers are kept, and how long after completion (None: the act sets no term)."""

    years: Annotated[int, Meta(ge=1, le=75)] | None = None
    kept_by: Annotated[tuple[Code, ...], Meta(min_length=1)]
    clause: Clause


class Secrecy(Part, frozen=True, kw_only=True):
    """Results are confidential but for these grounds."""

    clause: Clause
    except_for: tuple[Code, ...]
