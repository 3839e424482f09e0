"""The grade of a quarter: which act governs, whether the servant is assessed, what the sheet comes to."""

from collections.abc import Callable, Mapping

import msgspec

from events.documents import Assessment
from events.documents.assessment import Sheet
from events.period import parse_period
from methodologies.model.readings import Family
from methodologies.registry import Governing
from methodologies.rules import points, score_sheet
from methodologies.rules.bands import Placed
from methodologies.rules.decisions import ANNULLED
from methodologies.rules.score_sheet import Ceiling
from methodologies.rules.steps import GRADED, Step, plain
from projections.decided import corrected
from projections.grade import Grade
from projections.sheets import FORM_NOT_IN_ACT, awaited, still_open
from projections.view import LedgerView, not_assessed, opened


class Outcome(msgspec.Struct, frozen=True):
    """What a sheet came to, the ceiling that bound it, and how to tell the steps that led there."""

    placed: Placed
    bands: str
    steps: Callable[[], tuple[Step, ...]]
    ceiling: Ceiling | None = None


Outcomes = Callable[[LedgerView, Governing, Assessment, Sheet], Outcome]


def quarterly_grade(view: LedgerView, assessment: Assessment, *, explained: bool) -> Grade | None:
    """The grade of a quarter's assessment; None while no sheet was issued.

    `explained` adds the steps of the calculation.
    """
    sheet = assessment.sheet()
    if sheet is None:
        return None
    decision = view.standing(assessment, sheet)
    law = view.governing(parse_period(assessment.period), decision)
    blank = view.blank("quarterly", law, (assessment.employee, assessment.position, assessment.period))
    ground = view.ground(law, assessment)
    if ground is not None:
        return not_assessed(blank, ground, explained=explained)
    outcome_of = _OUTCOMES.get(law.act.family)
    form = law.act.forms.get(sheet.form)
    if outcome_of is None or form is None:
        return opened(blank, FORM_NOT_IN_ACT)
    reason = still_open(law.act, sheet, score_sheet.missing_parameters(form, sheet))
    if reason is not None:
        return opened(blank, reason)
    if decision is not None and decision.annulled:
        return opened(blank, ANNULLED)
    outcome = outcome_of(view, law, assessment, sheet)
    decided = corrected(law, outcome.bands, decision, outcome.ceiling, explained=explained)
    placed = decided.placed if decided else outcome.placed
    after = decided.steps if decided else ()
    return msgspec.structs.replace(
        blank,
        status=GRADED,
        score=plain(placed.announced),
        grade=placed.grade,
        flags=_flags(law, assessment, sheet, gap=placed.gap),
        steps=(*view.eligibility_steps(law, assessment), *outcome.steps(), *after) if explained else (),
    )


def _score_sheet(view: LedgerView, law: Governing, assessment: Assessment, sheet: Sheet) -> Outcome:
    period = parse_period(assessment.period)
    working = score_sheet.work_out(law.act, law.readings, sheet, view.discipline(assessment.employee), period)
    return Outcome(
        working.placed,
        score_sheet.BANDS,
        lambda: score_sheet.steps(law.act, law.readings, sheet, working),
        working.ceiling,
    )


def _points(_: LedgerView, law: Governing, assessment: Assessment, __: Sheet) -> Outcome:
    working = points.work_out(law.act, law.readings, assessment)
    return Outcome(working.placed, points.BANDS, lambda: points.steps(law.act, law.readings, working))


_OUTCOMES: Mapping[Family, Outcomes] = {"score-sheet": _score_sheet, "points": _points}
"""Families that grade quarters; targets are assessed by the year alone."""


def _flags(law: Governing, assessment: Assessment, sheet: Sheet, *, gap: bool) -> tuple[str, ...]:
    unreported = law.act.eligibility.workdays is not None and assessment.workdays is None
    return (
        *awaited(law.act, sheet, assessment.result(sheet.form)),
        *(["gap"] if gap else []),
        *(["workdays-unreported"] if unreported else []),
    )
