"""Facts decided in memory and recorded in a real log, so that what is projected can be compared to a fold."""

from collections.abc import Iterable

from events.envelope import AGENCY, Event, Fact
from events.keyring import Keyring
from events.log import Connection, Destroyed, Log
from methodologies import registry
from events.documents import fold
from projections.grade import Grade
from projections.ledger import grades
from projections.quarterly import LedgerView
from services.offline import Ledgers, rejections
from tests import ledgers


class Recorder(Ledgers):
    """Decides lines as `bagalau grade` does, and records what it accepts, ledger by ledger."""

    def __init__(self, conn: Connection, keyring: Keyring) -> None:
        self.conn = conn
        self.log = Log(keyring)
        self._accepted_facts: list[tuple[Fact, int]] = []
        super().__init__()
        self.flush()

    def record(self, lines: Iterable[bytes]) -> int:
        """How many of the facts were accepted; the refused ones are left out."""
        list(rejections(self, lines))
        return self.flush()

    def flush(self) -> int:
        accepted, self._accepted_facts = self._accepted_facts, []
        for at in range(0, len(accepted), 500):
            some = accepted[at : at + 500]
            ledgers.record(self.conn, self.log, (fact for fact, _ in some), agency_seq=some[-1][1])
        return len(accepted)

    def _append(self, fact: Fact) -> None:
        super()._append(fact)
        self._accepted_facts.append((fact, self.law.seq))


def folded(conn: Connection, log: Log) -> list[Grade]:
    """Every grade, from nothing but the log."""

    def events(ledger: str) -> list[Event]:
        return [event for event in log.read(conn, ledger) if not isinstance(event, Destroyed)]

    law = registry.fold(events(AGENCY))
    names = [row[0] for row in conn.execute("SELECT ledger FROM ledger.ledgers ORDER BY ledger")]
    return [
        grade for name in names for grade in grades(LedgerView(name, dict(fold(events(name))), law))
    ]


def in_order(found: Iterable[Grade]) -> list[Grade]:
    return sorted(found, key=lambda grade: grade.key)
