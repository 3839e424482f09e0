"""Who else has to do with a result: its evaluators, the panel that has it, and a request not decided yet."""

from collections.abc import Mapping

from events.documents import Assessment, Calibration, Document, named
from events.documents.assessment import ALWAYS_NAMED
from events.keyring import Keyring
from events.vocabulary import Name
from projections.grade import Grade
from projections.rows import NOBODY_ELSE, Concerned, person_of


class Hashes(dict[str, bytes]):
    """The keyed hashes of a body's employees by their codes, each worked out once."""

    def __init__(self, keyring: Keyring, ledger: str) -> None:
        super().__init__()
        self._keyring = keyring
        self._ledger = ledger
        self._evaluated: dict[tuple[str, ...], Concerned] = {}

    def evaluated_by(self, evaluators: tuple[str, ...]) -> Concerned:
        """Of a row with which nobody but its evaluators has to do; the same object for all of theirs."""
        found = self._evaluated.get(evaluators)
        if found is None:
            hashed = tuple(dict.fromkeys([self[one] for one in evaluators]))
            found = self._evaluated[evaluators] = Concerned(hashed) if hashed else NOBODY_ELSE
        return found

    def __missing__(self, employee: str) -> bytes:
        found = self[employee] = person_of(self._keyring, self._ledger, employee)
        return found


def concerned(documents: Mapping[Name, Document], grade: Grade, hashes: Hashes) -> Concerned:
    """Of the sheet that the grade is of, and of the calibration of the same period.

    An evaluator who was replaced is none. A year that is made of quarters alone has no evaluator: each gave a
    quarter. Which session of a commission has the case stands in no document of the person's.
    """
    key: tuple[str, ...] = (grade.employee, grade.position, grade.period)
    assessment = named(documents, "assessment", *key)
    if assessment is None and grade.kind == "annual":
        # The sheet may be of a position held before the one that a year's grade names, which is the last.
        assessment, key = _of_another_position(documents, grade) or (None, key)
    calibration = named(documents, "calibration", *key)
    evaluated = NOBODY_ELSE
    if isinstance(assessment, Assessment):
        sheet = assessment.sheet(ALWAYS_NAMED if grade.kind == ALWAYS_NAMED else None)
        if sheet is not None:
            evaluated = hashes.evaluated_by(sheet.evaluators)
    if not isinstance(calibration, Calibration) or not calibration.is_pending:
        return evaluated
    members = tuple(dict.fromkeys([hashes[seat.member] for seat in calibration.members]))
    return Concerned(evaluated.evaluators, members, not calibration.is_concluded)


def _of_another_position(
    documents: Mapping[Name, Document], grade: Grade
) -> tuple[Assessment, tuple[str, ...]] | None:
    found = None
    for name, document in documents.items():
        if isinstance(document, Assessment) and document.period == grade.period and document.sheet():
            found = document, name.key
    return found
