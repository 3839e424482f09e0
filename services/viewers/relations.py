"""Which results of a person a viewer has to do with: whom he evaluates, whose case he hears or decides on."""

from events.documents import fold
from events.keyring import Keyring
from events.vocabulary.words import SERVANT
from projections.concerned import Hashes, concerned
from projections.dossiers import ADOPTIONS, is_personal
from projections.ledger import Work, grades_of, work_by_employee
from projections.view import LedgerView
from services.history import Recorded
from services.viewers.proving import Proven

Key = tuple[str, str, str, str, str]
"""What tells a grade from every other; see `Grade.key`."""


def related(keyring: Keyring, proven: Proven, held: Recorded, period: str | None = None) -> frozenset[Key]:
    """The keys of the grades, of a period or of all, that he evaluates, hears, or has a request on."""
    documents = fold(
        event for event in held.events if is_personal(event.document) or event.document == ADOPTIONS
    )
    view = LedgerView(held.body, documents, held.law)
    work = work_by_employee(documents).get(held.employee, Work())
    hashes, person = Hashes(keyring, held.body), proven.person(keyring)
    found = set[Key]()
    for grade in grades_of(view, held.employee, work):
        others = concerned(documents, grade, hashes)
        its = person in {*others.evaluators, *others.members} if proven.role == SERVANT else others.requested
        if its and period in {None, grade.period}:
            found.add(grade.key)
    return frozenset(found)
