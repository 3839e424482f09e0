"""A disclosure: that somebody else's results are read is recorded before anything of them is."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final
from uuid import UUID

import msgspec

from events.envelope import AGENCY, Event
from events.keyring import Keyring
from events.log import Connection, Head, Log, head, today
from events.log.admissions import admit
from events.vocabulary.retention import ResultDisclosed
from projections.rows import person_of
from projections.viewing import View
from services.recording import Due, record, system_fact
from services.viewers.errors import ViewerError
from services.viewers.proving import Proven, view_of

GROUNDS: Final = ("service-necessity", "access-to-information", "audit", "court")
"""On what grounds others may read results (cl. 13), an audit and a court among what the law obliges to."""

_NONE: Final[Mapping[str, Sequence[UUID]]] = MappingProxyType({})


class Disclosure(msgspec.Struct, frozen=True):
    """The place of the event that a reader presents; what it is of is shown to him for five minutes."""

    ledger: str
    seq: int

    def view(self, keyring: Keyring, proven: Proven) -> View:
        """What the viewer's reading transaction says of itself."""
        return view_of(keyring, proven, (self.ledger, self.seq))


def disclose(  # noqa: PLR0917 - each is a part of what is recorded
    conn: Connection,
    keyring: Keyring,
    proven: Proven,
    ledger: str,
    persons: Sequence[str] | None,
    what: str,
    ground: str,
    period: str | None = None,
    basis: str | None = None,
    *,
    papers: Mapping[str, Sequence[UUID]] = _NONE,
) -> Disclosure:
    """Records who reads whose results, and admits him to them; committed when it returns.

    `conn` is a session of the writer's login that commits each statement, outside a transaction. `persons`
    are employees of the ledger, an event for each; None is everybody, in one event. `papers` are documents
    that are read besides what projections know to be a person's. Whatever fails here, nothing may be shown:
    ask for no data before it returns. Raises ViewerError `unknown-ground`, LogError `unknown-ledger` and
    psycopg.Error.
    """
    if ground not in GROUNDS:
        raise ViewerError("unknown-ground", f"Results are read on one of the grounds {', '.join(GROUNDS)}.")
    if persons is not None and not persons:
        raise ValueError("a disclosure is of somebody")
    said = [
        ResultDisclosed(
            employee=employee,
            viewer=proven.code,
            viewer_of=proven.ledger,
            role=proven.role,
            what=what,
            period=period,
            ground=ground,
            basis=basis,
            key=proven.key,
        )
        for employee in ([None] if persons is None else dict.fromkeys(persons))
    ]
    admitted = None if persons is None else _admitted(keyring, ledger, persons, papers)
    on: date = today(conn)

    def due(at: Head) -> Due:
        # Each reading is one of its own: the head's size tells it from the others of the same.
        facts = [system_fact(ledger, data, at.size, on) for data in said]
        return Due(facts, at.size if ledger == AGENCY else head(conn, AGENCY).size)

    def beside(events: tuple[Event, ...]) -> None:
        admit(conn, ledger, events[-1].seq, proven.ledger, proven.person(keyring), admitted)

    events = record(conn, Log(keyring), ledger, due, beside=beside)
    return Disclosure(ledger, events[-1].seq)


def _admitted(
    keyring: Keyring, ledger: str, persons: Sequence[str], papers: Mapping[str, Sequence[UUID]]
) -> list[tuple[bytes, UUID | None]]:
    hashed = {employee: person_of(keyring, ledger, employee) for employee in persons}
    whole: list[tuple[bytes, UUID | None]] = [(person, None) for person in hashed.values()]
    return whole + [(hashed[employee], stream) for employee, its in papers.items() for stream in its]
