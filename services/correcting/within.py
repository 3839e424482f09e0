"""Where a proposal can change a result: the bodies it is for, if the act can govern them."""

from typing import Final

import msgspec

from events.envelope import AGENCY
from events.log import Connection, Head, heads
from methodologies.registry import Law, may_govern
from projections.dossiers import Reader
from projections.sql import statements
from services.correcting.proposal import Proposal

_SQL: Final = statements("correcting")


class Within(msgspec.Struct, frozen=True):
    """The ledgers in which a result can change, by their heads.

    `results_beyond` are shown of the other bodies that the proposal is for.
    """

    ledgers: tuple[Head, ...]
    results_beyond: int


def within(conn: Connection, reader: Reader, law: Law, proposal: Proposal) -> Within:
    """Of every body there is, by its own adoptions and those for all. Raises DossierError."""
    bodies, act = proposal.scope.bodies, proposal.act.id
    for_all = may_govern(law, None, act)
    ledgers: list[Head] = []
    beyond: list[str] = []
    for one in heads(conn):
        if one.ledger == AGENCY or (bodies is not None and one.ledger not in bodies):
            continue
        if for_all or may_govern(law, reader.adoptions(conn, one.ledger, one.size), act):
            ledgers.append(one)
        else:
            beyond.append(one.ledger)
    row = conn.execute(_SQL["count_rows"], [beyond]).fetchone()
    return Within(tuple(ledgers), row[0] if row else 0)
