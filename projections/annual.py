"""The annual record of an employee in a body: what his year comes to, by the rule of the act."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from events.documents import Annual, Assessment, named
from events.documents.assessment import Sheet
from events.period import Period, parse_period
from events.vocabulary import Name
from methodologies.model.sheets import Kind
from methodologies.registry import Governing
from methodologies.rules import mean_of_quarters, quarters_and_plan, targets
from methodologies.rules.decisions import ANNULLED, Decision
from methodologies.rules.eligibility import tenures_in
from methodologies.rules.mean_of_quarters import Counted, Quarter
from methodologies.rules.steps import GRADED, NOT_ASSESSED, OPEN, plain
from projections.decided import corrected
from projections.grade import Grade, QuarterScore
from projections.sheets import awaited, still_open
from projections.view import LedgerView, not_assessed, opened

NO_GRADED_QUARTER = "no-graded-quarter"
NOTHING_ASSESSED = "nothing-assessed"
NO_SHEET = "no-sheet"


class Year(msgspec.Struct, frozen=True):
    """What an employee's year is made of: its quarterly grades, and the year's own assessments."""

    employee: str
    year: int
    quarterly: Sequence[Grade]
    assessments: Sequence[Assessment] = ()

    @property
    def period(self) -> Period:
        return Period(self.year)


def annual_grade(view: LedgerView, of: Year, *, explained: bool) -> Grade | None:
    """The annual record; None while nothing of the year was assessed or recorded.

    It stands in the position the employee held last, and a year formed of quarters is `provisional` until
    AnnualFormed.
    """
    period, year = of.period, str(of.period)
    law = view.governing(period)
    kept = named(view.documents, "annual", of.employee, year)
    record = kept if isinstance(kept, Annual) else None
    own = _own_sheet(view, law, of, "annual")
    if not of.quarterly and record is None and own is None:
        return None
    position = _position(view, of, own)
    # A year with no sheet of its own may be decided on all the same.
    unissued = Assessment(of.employee, position, year)
    told = own or next((one for one in of.assessments if one.position == position), unissued)
    decision = view.standing(told, _sheet_of(law, own, "annual"))
    if decision is not None:
        law = view.governing(period, decision)
    blank = view.blank("annual", law, (of.employee, position, year))
    if decision is not None and decision.annulled:
        return opened(blank, ANNULLED)
    if law.act.annual is None:
        return _by_targets(view, law, own, blank, decision=decision, explained=explained)
    blank = msgspec.structs.replace(blank, quarters=())
    counted = (*_own_quarters(view, law, of.quarterly), *_carried(record), *_outlived(view, of, record))
    formed = record is not None and record.formed is not None
    if law.act.annual.method == "quarters-and-plan":
        return _with_plan(
            view, law, own, counted, blank, decision=decision, formed=formed, explained=explained
        )
    return _of_quarters(law, of, counted, blank, decision=decision, formed=formed, explained=explained)


def _own_sheet(view: LedgerView, law: Governing, of: Year, kind: Kind) -> Assessment | None:
    """The assessment that holds the year's own sheet; of several positions the one held last counts."""
    if not of.assessments:
        return None
    forms = {code for code, form in law.act.forms.items() if form.kind == kind}
    held = [one for one in of.assessments if any(sheet.form in forms for sheet in one.sheets)]
    last = _last_position(view, of)
    return next((one for one in held if one.position == last), held[-1] if held else None)


def _last_position(view: LedgerView, of: Year) -> str | None:
    employment = view.employment(of.employee)
    return employment.last_position_in(of.period) if employment else None


def _position(view: LedgerView, of: Year, own: Assessment | None) -> str:
    last = _last_position(view, of)
    if last is not None:
        return last
    return own.position if own else of.quarterly[-1].position if of.quarterly else ""


def _of_quarters(
    law: Governing,
    of: Year,
    counted: Sequence[Counted],
    blank: Grade,
    *,
    decision: Decision | None,
    formed: bool,
    explained: bool,
) -> Grade:
    if not counted:
        over = bool(of.quarterly) and all(grade.status == NOT_ASSESSED for grade in of.quarterly)
        status, reason = (NOT_ASSESSED, NOTHING_ASSESSED) if over else (OPEN, NO_GRADED_QUARTER)
        return msgspec.structs.replace(blank, status=status, reason=reason)
    working = mean_of_quarters.work_out(law.act, law.readings, counted)
    assert law.act.annual is not None, "asked only of acts that form a year of quarters"
    decided = corrected(law, law.act.annual.bands, decision, explained=explained)
    placed = decided.placed if decided else working.placed
    return msgspec.structs.replace(
        blank,
        status=GRADED,
        score=plain(placed.announced),
        grade=placed.grade,
        flags=_flags(gap=placed.gap, formed=formed),
        quarters=_entered(working.quarters),
        steps=(
            *mean_of_quarters.steps(law.act, law.readings, working),
            *(decided.steps if decided else ()),
        )
        if explained
        else (),
    )


def _with_plan(
    view: LedgerView,
    law: Governing,
    own: Assessment | None,
    counted: Sequence[Counted],
    blank: Grade,
    *,
    decision: Decision | None,
    formed: bool,
    explained: bool,
) -> Grade:
    entered = _entered(mean_of_quarters.quarters(counted, law.readings))
    blank = msgspec.structs.replace(blank, quarters=entered)
    sheet = _sheet_of(law, own, "annual")
    plan = view.plan(own) if own else None
    if own is None or sheet is None:
        return opened(blank, NO_SHEET)
    ground = view.ground(law, own)
    if ground is not None:
        return not_assessed(blank, ground, explained=explained)
    missing = quarters_and_plan.unmarked_targets(plan, own) if plan else ("plan",)
    reason = still_open(law.act, sheet, missing) or (None if counted else NO_GRADED_QUARTER)
    if reason is not None or plan is None:
        return opened(blank, reason or "incomplete")
    marks = quarters_and_plan.plan_marks(plan, own)
    working = quarters_and_plan.work_out(law.act, law.readings, counted, marks)
    assert law.act.annual is not None, "asked only of acts that form a year of quarters and a plan"
    decided = corrected(law, law.act.annual.bands, decision, explained=explained)
    placed = decided.placed if decided else working.placed
    gap = decided.placed.gap if decided else working.gap
    return msgspec.structs.replace(
        blank,
        status=GRADED,
        score=plain(placed.announced),
        grade=placed.grade,
        flags=(*awaited(law.act, sheet, own.result()), *_flags(gap=gap, formed=formed)),
        steps=(
            *view.eligibility_steps(law, own),
            *quarters_and_plan.steps(law.act, law.readings, working),
            *(decided.steps if decided else ()),
        )
        if explained
        else (),
    )


def _by_targets(
    view: LedgerView,
    law: Governing,
    own: Assessment | None,
    blank: Grade,
    *,
    decision: Decision | None,
    explained: bool,
) -> Grade:
    sheet = _sheet_of(law, own, "annual")
    if own is None or sheet is None:
        return opened(blank, NO_SHEET)
    ground = view.ground(law, own)
    if ground is not None:
        return not_assessed(blank, ground, explained=explained)
    plan = view.plan(own)
    reason = still_open(law.act, sheet, targets.unassessed_targets(plan, own) if plan else ("plan",))
    if reason is not None or plan is None:
        return opened(blank, reason or "incomplete")
    working = targets.work_out(law.act, plan, own)
    decided = corrected(law, targets.BANDS, decision, explained=explained)
    return msgspec.structs.replace(
        blank,
        status=GRADED,
        score=str(int(decided.placed.announced)) if decided else str(working.met),
        grade=decided.placed.grade if decided else working.grade,
        flags=awaited(law.act, sheet, own.result()),
        steps=(
            *view.eligibility_steps(law, own),
            *targets.steps(law.act, working),
            *(decided.steps if decided else ()),
        )
        if explained
        else (),
    )


def _sheet_of(law: Governing, own: Assessment | None, kind: Kind) -> Sheet | None:
    if own is None:
        return None
    forms = {code for code, form in law.act.forms.items() if form.kind == kind}
    return next((sheet for sheet in own.sheets if sheet.form in forms), None)


def _flags(*, gap: bool, formed: bool) -> tuple[str, ...]:
    return (*(["gap"] if gap else []), *([] if formed else ["provisional"]))


def _entered(of: Sequence[Quarter]) -> tuple[QuarterScore, ...]:
    return tuple(
        [
            QuarterScore(one.period, one.body, one.position, plain(one.score))
            for quarter in of
            for one in quarter.scores
        ]
    )


def _own_quarters(view: LedgerView, law: Governing, quarterly: Sequence[Grade]) -> tuple[Counted, ...]:
    # Points and marks have no mean: a quarter under an act of another family stays out of the year.
    weighed = mean_of_quarters.is_weighed(law.readings)
    return tuple(
        [
            Counted(
                grade.period,
                grade.body,
                grade.position,
                score,
                _days(view, grade.employee, grade.position, grade.period) if weighed else 1,
            )
            for grade in quarterly
            if grade.status == GRADED
            and (score := grade.exact) is not None
            and _is_of_family(view, grade, law)
        ]
    )


def _is_of_family(view: LedgerView, grade: Grade, law: Governing) -> bool:
    # All revisions of an act are of one family, and nearly every year is of one act.
    return grade.methodology == law.act.id or (
        view.governing(parse_period(grade.period)).act.family == law.act.family
    )


def _days(view: LedgerView, employee: str, position: str, quarter: str) -> int:
    start, end = parse_period(quarter).bounds
    held = tenures_in(view.employment(employee), position, parse_period(quarter))
    return sum((min(end, one.until or end) - max(start, one.since)).days + 1 for one in held) or 1


def _carried(record: Annual | None) -> tuple[Counted, ...]:
    return tuple(
        Counted(one.period, one.from_body, one.position, Decimal(one.score), one.days or 1)
        for one in (record.carried if record else ())
        if one.score is not None
    )


def _outlived(view: LedgerView, of: Year, record: Annual | None) -> tuple[Counted, ...]:
    """Quarters that the year was formed of and whose own papers were destroyed since (cl. 12)."""
    formed = record.formed if record else None
    return tuple(
        Counted(
            one.period,
            one.body,
            one.position,
            Decimal(one.score),
            _days(view, of.employee, one.position, one.period),
        )
        for one in (formed.quarters if formed else ())
        if one.body == view.ledger
        and Name("assessment", (of.employee, one.position, one.period)) not in view.documents
    )
