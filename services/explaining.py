"""A grade with its whole calculation: its documents are read from the log and folded with steps."""

from collections.abc import Iterator

from events.documents import fold
from events.keyring import Keyring
from events.log import Connection
from events.vocabulary.methodology import MethodologyActivated
from methodologies.registry import Law, as_if_activated
from projections.dossiers import ADOPTIONS, is_personal
from projections.grade import Grade
from projections.ledger import Work, grades_of, work_by_employee
from projections.view import LedgerView
from services.history import Recorded, recorded


class UnknownRevisionError(LookupError):
    """An act has no such revision; `revisions` are those that it has."""

    def __init__(self, methodology: str, revisions: tuple[int, ...]) -> None:
        super().__init__(f"{methodology} has the revisions {', '.join(map(str, revisions))}")
        self.methodology = methodology
        self.revisions = revisions


def explained(
    conn: Connection,
    keyring: Keyring,
    employee: str,
    period: str,
    body: str | None = None,
    *,
    revision: int | None = None,
) -> Iterator[tuple[Grade, Law]]:
    """Each grade of the employee for the period with its steps, and the law it was derived under.

    With `revision` as it would be were that revision of its act the law, for what a panel, a commission or
    an appeal decided too; raises UnknownRevisionError. Without `body` in every body that has such an
    employee. Nothing comes when nothing is known of him.
    """
    for held in recorded(conn, keyring, employee, body):
        law = held.law
        for grade in _grades(held, law, period):
            if revision is None:
                yield grade, law
            else:
                supposed = under_revision(law, grade.methodology, revision)
                yield from (
                    (one, supposed) for one in _grades(held, supposed, period) if one.key == grade.key
                )


def under_revision(law: Law, methodology: str, revision: int, *, decided_too: bool = True) -> Law:
    """The law as it would be with a revision of an act active. Raises UnknownRevisionError."""
    revisions = law.methodologies[methodology].revisions
    if revision not in revisions:
        raise UnknownRevisionError(methodology, tuple(revisions))
    activated = MethodologyActivated(id=methodology, revision=revision, decided_too=decided_too)
    return as_if_activated(law, activated)


def _grades(held: Recorded, law: Law, period: str) -> list[Grade]:
    documents = fold(
        event for event in held.events if is_personal(event.document) or event.document == ADOPTIONS
    )
    work = work_by_employee(documents).get(held.employee, Work())
    view = LedgerView(held.body, documents, law)
    return [one for one in grades_of(view, held.employee, work, explained=True) if one.period == period]
