"""Announced results that the law overtook, told anew in their ledgers."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from events.documents import Assessment, Document, fold
from events.envelope import AGENCY, Event, Fact
from events.log import Connection, Head, Log, head, today
from events.vocabulary import Name
from events.vocabulary.assessment import ResultRestated
from methodologies.registry import Law
from projections.dossiers import Reader
from projections.grading import Ground
from projections.law import AgencyLaw
from projections.view import LedgerView
from services.deciding import needs
from services.deciding.announcing import overtaken
from services.recording import About, Due, about, record, system_fact

_PAGE: Final = 200
BATCH: Final = 100
"""The most results in one transaction: a body's own facts wait while its ledger's head is locked."""


class Restater:
    """Tells anew what the law overtook; on a session of whoever reads and one of whoever records.

    What another told meanwhile, the clock or an earlier run, is not told again: it is looked at under the
    lock of the ledger's head, and the same statement has the same id.
    """

    def __init__(self, reading: Connection, writing: Connection, log: Log) -> None:
        self._reading = reading
        self._writing = writing
        self._log = log
        self._reader = Reader(log.keyring, log.codec)
        self._law = AgencyLaw(self._reader)

    def restate(
        self, ledger: str, persons: Collection[bytes], passed: Callable[[int], None] = lambda _: None
    ) -> int:
        """How many results of these persons were told anew; each batch is committed by itself.

        `passed` is told of every person that was gone over, in numbers. Whoever cannot be read is left out.
        """
        ordered, told = sorted(persons), 0
        for at in range(0, len(ordered), _PAGE):
            some = ordered[at : at + _PAGE]
            found = list(self._found(ledger, some))
            for first in range(0, len(found), BATCH):
                told += len(self._record(ledger, found[first : first + BATCH]))
            passed(len(some))
        return told

    def _found(self, ledger: str, persons: Sequence[bytes]) -> Iterable[ResultRestated]:
        """What is to be told, as it looks without the lock."""
        conn = self._reading
        law = self._law.catch_up(conn, head(conn, AGENCY).size)
        upto = head(conn, ledger).size
        ground = Ground(ledger, upto, self._reader.adoptions(conn, ledger, upto), law)
        for dossier in self._reader.load(conn, ledger, persons, upto).values():
            if not dossier.failures:
                yield from overtaken(ground.view(dossier))

    def _record(self, ledger: str, found: Sequence[ResultRestated]) -> tuple[Event, ...]:
        conn = self._writing

        def due(_: Head) -> Due:
            law = self._law.catch_up(conn, head(conn, AGENCY).size)
            return Due(self._facts(ledger, found, law), law.seq)

        return record(conn, self._log, ledger, due)

    def _facts(self, ledger: str, found: Sequence[ResultRestated], law: Law) -> list[Fact]:
        """What is still to be told, under the lock."""
        on = today(self._writing)
        documents = self._documents(ledger, [system_fact(ledger, data, 0, on) for data in found])
        said = _said(documents.values())
        wanted = {about(data) for data in found}
        again = (one for one in overtaken(LedgerView(ledger, documents, law)) if about(one) in wanted)
        return [system_fact(ledger, data, said[about(data)], on) for data in again]

    def _documents(self, ledger: str, facts: Sequence[Fact]) -> Mapping[Name, Document]:
        """All that these results are worked out of; what a document says may name others."""
        documents: dict[Name, Document] = {}
        held: set[Name] = set()
        while wanted := {name for fact in facts for name in needs(fact, documents)} - held:
            held |= wanted
            for stored in self._log.load_documents(self._writing, {ledger: wanted}).values():
                fold(stored.events, documents)
        return documents


def _said(documents: Iterable[Document]) -> Counter[About]:
    """How often each of the results was restated before."""
    return Counter(
        about(one.result)
        for document in documents
        if isinstance(document, Assessment)
        for result in document.results
        for one in result.announced
    )
