"""A grade with its whole calculation: its documents are read from the log and folded with steps."""

from collections.abc import Iterator, Sequence

from events.documents import Document, fold
from events.envelope import AGENCY, Event
from events.keyring import Keyring
from events.log import Connection, Log
from events.period import parse_period
from events.vocabulary import Name
from methodologies import registry
from methodologies.registry import Law
from projections.grade import Grade
from projections.ledger import grades_of, work_by_employee
from projections.store import grades as stored_grades
from projections.view import LedgerView


def explained(
    conn: Connection, keyring: Keyring, employee: str, period: str, body: str | None = None
) -> Iterator[tuple[Grade, Law]]:
    """Each grade of the employee for the period with its steps, and the law it was derived under.

    Without `body` in every body that has such an employee. Nothing comes when nothing is known of him.
    """
    log = Log(keyring)
    known: dict[str, list[Grade]] = {}
    for grade in stored_grades(conn, keyring, ledger=body, employee=employee):
        known.setdefault(grade.body, []).append(grade)
    if not known:
        return
    law = registry.fold(event for event in log.read(conn, AGENCY) if isinstance(event, Event))
    for ledger, held in known.items():
        documents = _documents(conn, log, ledger, employee, held)
        view = LedgerView(ledger, documents, law)
        work = work_by_employee(documents)[employee]
        for grade in grades_of(view, employee, work, explained=True):
            if grade.period == period:
                yield grade, law


def _documents(
    conn: Connection, log: Log, ledger: str, employee: str, held: Sequence[Grade]
) -> dict[Name, Document]:
    names = {Name("employment", (employee,)), Name("discipline", (employee,)), Name("adoptions", ())}
    for grade in held:
        names.add(Name("annual", (employee, str(parse_period(grade.period).year))))
        for position in {grade.position, *(one.position for one in held)}:
            key = (employee, position, grade.period)
            names |= {Name("assessment", key), Name("plan", key)}
    loaded = log.load_documents(conn, {ledger: names})
    documents: dict[Name, Document] = {}
    for document in loaded.values():
        fold(document.events, documents)
    return documents
