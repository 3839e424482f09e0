"""Announced results that come to say something else: told anew by what changed them, or after the law did."""

from collections import ChainMap
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from events.documents import Document, evolve
from events.envelope import Fact
from events.log import place
from events.vocabulary import Data, Name
from methodologies.registry import Law
from projections.view import LedgerView
from services.clock.ground import Ground
from services.clock.state import LedgerState
from services.deciding.announcing import RESTATING, overtaken, restated
from services.deciding.reach import ADOPTIONS, touched

_UNTOLD: Final = datetime.min.replace(tzinfo=UTC)
"""The time of an event that is not recorded yet; no result rests on it."""


def restating(ground: Ground, employee: str) -> Iterator[Data]:
    """The results of an employee that the law overtook, which no fact of the ledger tells anew."""
    documents = ground.state.documents
    names = (ADOPTIONS, *ground.state.names[employee])
    own = {name: documents[name] for name in names if name in documents}
    yield from overtaken(LedgerView(ground.state.ledger, own, ground.law))


def with_restated(state: LedgerState, law: Law, facts: Iterable[Fact]) -> Iterator[Fact]:
    """The facts in order, each followed by what it changed of the results that were told before."""
    documents: ChainMap[Name, Document] = ChainMap({}, state.documents)
    view = LedgerView(state.ledger, documents, law)
    seq = state.seq
    for fact in facts:
        yield fact
        seq += 1
        if fact.type not in RESTATING:
            continue
        event = place(fact, state.ledger, seq, _UNTOLD, law.seq)
        document = evolve(documents.get(event.document), event)
        if document is not None:
            documents[event.document] = document
        for more in restated(fact, (event,), touched(fact, documents), view):
            yield more
            seq += 1
            after = place(more, state.ledger, seq, _UNTOLD, law.seq)
            changed = evolve(documents.get(after.document), after)
            if changed is not None:
                documents[after.document] = changed
