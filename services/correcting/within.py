"""Where a proposal can change a result: the bodies it is for, if the act can govern them."""

from typing import Final

import msgspec

from events.documents import Adoptions
from events.envelope import AGENCY
from events.log import Connection, Head, heads
from methodologies.registry import Law, may_govern
from projections.dossiers import Reader
from projections.grading import ADOPTIONS
from projections.sql import statements
from services.correcting.proposal import Proposal

_SQL: Final = statements("correcting")


class Within(msgspec.Struct, frozen=True):
    """The ledgers in which a result can change, by their heads, and how many results all others show."""

    ledgers: tuple[Head, ...]
    results_beyond: int


def within(conn: Connection, reader: Reader, law: Law, proposal: Proposal) -> Within:
    """Of every body there is, by its own adoptions and those for all. Raises DossierError."""
    bodies = proposal.scope.bodies
    for_all = may_govern(law, None, proposal.act.id)
    ledgers: list[Head] = []
    beyond: list[str] = []
    for one in heads(conn):
        is_asked = one.ledger != AGENCY and (bodies is None or one.ledger in bodies)
        can_change = is_asked and (for_all or may_govern(law, _adoptions(conn, reader, one), proposal.act.id))
        if can_change:
            ledgers.append(one)
        else:
            beyond.append(one.ledger)
    row = conn.execute(_SQL["count_rows"], [beyond]).fetchone()
    return Within(tuple(ledgers), row[0] if row else 0)


def _adoptions(conn: Connection, reader: Reader, of: Head) -> Adoptions | None:
    found = reader.document(conn, of.ledger, ADOPTIONS, of.size)
    return found if isinstance(found, Adoptions) else None
