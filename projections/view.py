"""A ledger as a fold sees it, and what every grade begins with."""

from collections.abc import Mapping
from typing import Final

import msgspec

from events.documents import Adoptions, Assessment, Calibration, Discipline, Document, Employment, Plan, named
from events.documents.assessment import Sheet
from events.period import Period, parse_period
from events.vocabulary import Name
from methodologies.registry import Governing, Law, governing
from methodologies.rules import decisions, eligibility
from methodologies.rules.decisions import Decision
from methodologies.rules.steps import NOT_ASSESSED, OPEN, Ground, Step
from projections.grade import Grade, Kind

_ADOPTIONS: Final = Name("adoptions", ())


class LedgerView(msgspec.Struct, frozen=True):
    """A ledger's documents and the law, at known places of both ledgers."""

    ledger: str
    documents: Mapping[Name, Document]
    law: Law

    def governing(self, period: Period, decision: Decision | None = None) -> Governing:
        """The act that governs this body in a period; what was decided stays under the law of its day."""
        found = self.documents.get(_ADOPTIONS)
        own = found if isinstance(found, Adoptions) else None
        decided_at = None if decision is None else decision.agency_seq
        return governing(self.law, own, period, self.ledger, decided_at)

    def employment(self, employee: str) -> Employment | None:
        found = named(self.documents, "employment", employee)
        return found if isinstance(found, Employment) else None

    def discipline(self, employee: str) -> Discipline | None:
        found = named(self.documents, "discipline", employee)
        return found if isinstance(found, Discipline) else None

    def plan(self, assessment: Assessment) -> Plan | None:
        """The work plan that an annual assessment is made against."""
        found = named(self.documents, "plan", assessment.employee, assessment.position, assessment.period)
        return found if isinstance(found, Plan) else None

    def standing(self, assessment: Assessment, sheet: Sheet | None) -> Decision | None:
        """What a panel, a commission or an appeal decided last on a result; None without that.

        A year that is formed of quarters alone has no sheet.
        """
        found = named(
            self.documents, "calibration", assessment.employee, assessment.position, assessment.period
        )
        if found is None and not assessment.results:
            return None
        calibration = found if isinstance(found, Calibration) else None
        form = sheet.form if sheet else None
        return decisions.standing(assessment.result(form), calibration, sheet)

    def ground(self, law: Governing, assessment: Assessment) -> Ground | None:
        """Why the servant is not assessed for the assessment's period; None when he is."""
        period = parse_period(assessment.period)
        return eligibility.ineligible(law.act, assessment, self.employment(assessment.employee), period)

    def eligibility_steps(self, law: Governing, assessment: Assessment) -> tuple[Step, ...]:
        """How he was found to be assessed."""
        period = parse_period(assessment.period)
        return eligibility.steps(law.act, assessment, self.employment(assessment.employee), period)

    def blank(self, kind: Kind, law: Governing, subject: tuple[str, str, str]) -> Grade:
        """An open grade of an employee, position and period, to be filled in."""
        employee, position, period = subject
        return Grade(
            kind=kind,
            body=self.ledger,
            employee=employee,
            position=position,
            period=period,
            methodology=law.act.id,
            revision=law.revision,
            status=OPEN,
            readings=law.readings,
        )


def opened(grade: Grade, reason: str) -> Grade:
    """The grade as still open, with the reason."""
    return msgspec.structs.replace(grade, status=OPEN, reason=reason)


def not_assessed(grade: Grade, ground: Ground, *, explained: bool) -> Grade:
    """The grade as of one who is not assessed, with the ground."""
    steps = (Step(ground.code, ground.clause, ground.inputs, value=False),) if explained else ()
    return msgspec.structs.replace(grade, status=NOT_ASSESSED, reason=ground.code, steps=steps)
