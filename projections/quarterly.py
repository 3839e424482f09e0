"""The grade of one sheet: which act governs, whether the servant is assessed, what the sheet comes to."""

from collections.abc import Mapping

import msgspec

from events.documents import Adoptions, Assessment, Discipline, Document, Employment
from events.documents.assessment import Sheet
from events.period import Period, parse_period
from events.vocabulary import Name
from methodologies.registry import Governing, Law, governing
from methodologies.rules import eligibility, score_sheet
from methodologies.rules.steps import GRADED, NOT_ASSESSED, OPEN, Ground, Step, plain
from projections.grade import Grade


class LedgerView(msgspec.Struct, frozen=True):
    """A ledger as a fold sees it: its documents and the law, at known places of both ledgers."""

    ledger: str
    documents: Mapping[Name, Document]
    law: Law

    def governing(self, period: Period) -> Governing:
        """The act that governs this body in a period."""
        found = self.documents.get(Name("adoptions", ()))
        return governing(self.law, found if isinstance(found, Adoptions) else None, period)

    def employment(self, employee: str) -> Employment | None:
        found = self.documents.get(Name("employment", (employee,)))
        return found if isinstance(found, Employment) else None

    def discipline(self, employee: str) -> Discipline | None:
        found = self.documents.get(Name("discipline", (employee,)))
        return found if isinstance(found, Discipline) else None


def quarterly_grade(view: LedgerView, assessment: Assessment, *, explained: bool) -> Grade | None:
    """The grade of a quarter's assessment; None while no sheet was issued.

    `explained` adds the steps of the calculation.
    """
    sheet = assessment.sheet()
    if sheet is None:
        return None
    period = parse_period(assessment.period)
    law = view.governing(period)
    blank = Grade(
        kind="quarterly",
        body=view.ledger,
        employee=assessment.employee,
        position=assessment.position,
        period=assessment.period,
        methodology=law.act.id,
        revision=law.revision,
        status=OPEN,
        readings=law.readings,
    )
    ground = _ground(view, law, assessment, period)
    if ground is not None:
        return msgspec.structs.replace(
            blank, status=NOT_ASSESSED, reason=ground.code, steps=_because(ground) if explained else ()
        )
    reason = _still_open(law, sheet)
    if reason is not None:
        return msgspec.structs.replace(blank, reason=reason)
    return _graded(view, law, assessment, sheet, blank, explained=explained)


def _ground(view: LedgerView, law: Governing, assessment: Assessment, period: Period) -> Ground | None:
    return eligibility.ineligible(law.act, assessment, view.employment(assessment.employee), period)


def _because(ground: Ground) -> tuple[Step, ...]:
    return (Step(ground.code, ground.clause, ground.inputs, value=False),)


def _still_open(law: Governing, sheet: Sheet) -> str | None:
    form = law.act.forms.get(sheet.form)
    if form is None:
        return "form-not-in-act"
    if score_sheet.missing_parameters(form, sheet):
        return "incomplete"
    return None if sheet.is_signed else "unsigned"


def _graded(
    view: LedgerView, law: Governing, assessment: Assessment, sheet: Sheet, blank: Grade, *, explained: bool
) -> Grade:
    period = parse_period(assessment.period)
    working = score_sheet.work_out(law.act, law.readings, sheet, view.discipline(assessment.employee), period)
    steps: tuple[Step, ...] = ()
    if explained:
        steps = (
            *eligibility.steps(law.act, assessment, view.employment(assessment.employee), period),
            *score_sheet.steps(law.act, law.readings, sheet, working),
        )
    return msgspec.structs.replace(
        blank,
        status=GRADED,
        score=plain(working.placed.announced),
        grade=working.placed.grade,
        flags=_flags(law, assessment, gap=working.placed.gap),
        steps=steps,
    )


def _flags(law: Governing, assessment: Assessment, *, gap: bool) -> tuple[str, ...]:
    unreported = law.act.eligibility.workdays is not None and assessment.workdays is None
    return (*(["gap"] if gap else []), *(["workdays-unreported"] if unreported else []))
