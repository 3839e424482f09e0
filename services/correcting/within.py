"""Where a proposal can change a result: the bodies it is for, if the act can govern them."""

from typing import Final

import msgspec

from events.documents import Adoptions
from events.envelope import AGENCY
from events.log import Connection, heads
from methodologies.registry import Law, may_govern
from projections.dossiers import Reader
from projections.grading import ADOPTIONS
from projections.sql import statements
from services.correcting.proposal import Proposal

_SQL: Final = statements("correcting")


class Within(msgspec.Struct, frozen=True):
    """The ledgers in which a result can change, and how many results are shown of all others."""

    ledgers: tuple[str, ...]
    results_beyond: int


def within(conn: Connection, reader: Reader, law: Law, proposal: Proposal) -> Within:
    """Of every body there is, by its own adoptions and those for all. Raises DossierError."""
    scope = proposal.scope
    ledgers: list[str] = []
    beyond: list[str] = []
    for one in heads(conn):
        adoptions = reader.document(conn, one.ledger, ADOPTIONS, one.size)
        own = adoptions if isinstance(adoptions, Adoptions) else None
        is_asked = one.ledger != AGENCY and (scope.bodies is None or one.ledger in scope.bodies)
        its = ledgers if is_asked and may_govern(law, own, proposal.act.id) else beyond
        its.append(one.ledger)
    row = conn.execute(_SQL["count_rows"], [beyond]).fetchone()
    return Within(tuple(ledgers), row[0] if row else 0)
