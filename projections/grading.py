"""From a dossier to its rows: one person's grades for some years, and what could not be graded."""

from collections.abc import Set as AbstractSet
from uuid import UUID

import msgspec

from events.documents import Adoptions, Assessment, Document
from events.failures import told
from events.period import parse_period
from events.vocabulary import Name
from methodologies.registry import Law
from projections.dossiers import ADOPTIONS, Dossier, Failure
from projections.grade import Grade
from projections.ledger import Work, grades_of, work_by_employee
from projections.view import LedgerView


class Ground(msgspec.Struct, frozen=True):
    """What all grades of a ledger are derived on: its place, its own adoptions, the law."""

    ledger: str
    seq: int
    adoptions: Adoptions | None
    law: Law

    def view(self, dossier: Dossier) -> LedgerView:
        """The ledger as a fold of this one person sees it."""
        documents: dict[Name, Document] = dict(dossier.documents)
        if self.adoptions is not None:
            documents[ADOPTIONS] = self.adoptions
        return LedgerView(self.ledger, documents, self.law)


def year_of(period: str) -> int:
    """The year that a quarter or a year belongs to."""
    return parse_period(period).year


def grades_in(ground: Ground, dossier: Dossier, years: AbstractSet[int] | None) -> list[Grade]:
    """The grades of one person, of these years or of all; a year is made of its own quarters alone.

    What fails is added to the dossier's failures, and then there are no grades.
    """
    employee = dossier.employee
    if employee is None or dossier.failures:
        return []
    work = work_by_employee(dossier.documents).get(employee, Work())
    if years is not None:
        assessments = [one for one in work.assessments if year_of(one.period) in years]
        work = Work(assessments, work.years & years)
    view = ground.view(dossier)
    try:
        return list(grades_of(view, employee, work))
    except Exception as error:  # noqa: BLE001 - whatever one person's documents do, the rest go on
        dossier.failures.append(Failure(_culprit(view, dossier, work), ground.seq, told(error)))
        return []


def _culprit(view: LedgerView, dossier: Dossier, work: Work) -> UUID:
    """The document that a rule failed on: the first assessment that fails alone, else the employee's file."""
    employee = dossier.employee or ""
    for assessment in work.assessments:
        try:
            list(grades_of(view, employee, Work([assessment])))
        except Exception:  # noqa: BLE001 - only which one it was is asked
            return dossier.streams[_name(assessment)][0]
    file = dossier.streams.get(Name("employment", (employee,)))
    return file[0] if file else next(iter(dossier.streams.values()))[0]


def _name(assessment: Assessment) -> Name:
    return Name("assessment", (assessment.employee, assessment.position, assessment.period))
