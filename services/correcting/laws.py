"""One person's grades under the law as it is, and as it would be."""

from collections.abc import Collection

import msgspec

from events.documents import Assessment
from events.period import parse_period
from methodologies.registry import Law
from methodologies.rules.decisions import Decider
from projections.dossiers import Dossier
from projections.grade import Grade
from projections.grading import Ground
from projections.ledger import Work, grades_of, work_by_employee
from projections.view import LedgerView
from services.correcting.told import strand_of


class Laws(msgspec.Struct, frozen=True, eq=False):
    """The law as it is, as it would be, and as it would be were nothing left as it was decided."""

    before: Law
    after: Law
    decided_too: Law


class UnderLaws:
    """One person's documents, under one law or another; `ground` is that of the law as it would be."""

    def __init__(self, ground: Ground, laws: Laws, dossier: Dossier) -> None:
        self._ground = ground
        self._laws = laws
        self._dossier = dossier

    def grades(
        self, law: Law, *, years: Collection[int] | None = None, explained: bool = True
    ) -> dict[tuple[str, ...], Grade]:
        """His grades by key, those of some years or all."""
        employee = self._dossier.employee
        if employee is None:
            return {}
        work = work_by_employee(self._dossier.documents).get(employee, Work())
        if years is not None:
            own = [one for one in work.assessments if parse_period(one.period).year in years]
            work = Work(own, work.years & set(years))
        return {one.key: one for one in grades_of(self._view(law), employee, work, explained=explained)}

    def decider(self, grade: Grade) -> Decider | None:
        """Who decided the result under the law as it would be; None where it is the evaluator's."""
        name, form = strand_of(grade)
        found = self._dossier.documents.get(name)
        if not isinstance(found, Assessment):
            return None
        decision = self._view(self._laws.after).standing(found, found.sheet(form))
        return None if decision is None else decision.by

    def _view(self, law: Law) -> LedgerView:
        return msgspec.structs.replace(self._ground, law=law).view(self._dossier)
