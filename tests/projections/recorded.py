"""Facts decided in memory and recorded in a real log, so that what is projected can be compared to a fold."""

from collections.abc import Iterable
from typing import Any

from events.documents import fold
from events.envelope import AGENCY, Event, Fact
from events.keyring import Keyring
from events.log import Connection, Destroyed, Log, heads
from methodologies import registry
from projections.grade import Grade
from projections.ledger import grades
from projections.live import Advanced, Live
from projections.view import LedgerView
from services.founding import founding_facts
from services.intake.batch import Accepted, Sitting
from services.offline import Ledgers, rejections
from services.sample import Country, items
from tests import ledgers

_AT_ONCE = 500


class _Overheard(Sitting):
    """A sitting that goes on where another is, and notes each fact that it takes with the law's head."""

    def __init__(self, of: Sitting, taken: list[tuple[Fact, int]]) -> None:
        self.__dict__.update(vars(of))
        self._taken = taken

    def append(self, name: str, ledger: Any, facts: Iterable[Fact]) -> Accepted:
        decided = tuple(facts)
        accepted = super().append(name, ledger, decided)
        self._taken += [(fact, self.law.seq) for fact in decided]
        return accepted


class Recorder(Ledgers):
    """Decides lines as `bagalau grade` does, and records what it accepts, ledger by ledger."""

    def __init__(self, conn: Connection, keyring: Keyring) -> None:
        self.conn = conn
        self.log = Log(keyring)
        self._taken: list[tuple[Fact, int]] = []
        super().__init__()
        self._taken += [(fact, self.law.seq) for fact in founding_facts()]
        self._sitting = _Overheard(self._sitting, self._taken)
        self._flush()

    def record(self, lines: Iterable[bytes]) -> int:
        """How many events the lines became; what is refused is left out."""
        list(rejections(self, lines))
        return self._flush()

    def _flush(self) -> int:
        taken = self._taken[:]
        self._taken.clear()
        for at in range(0, len(taken), _AT_ONCE):
            some = taken[at : at + _AT_ONCE]
            ledgers.record(self.conn, self.log, (fact for fact, _ in some), agency_seq=some[-1][1])
        return len(taken)


def sample(facts: int, *, seed: int = 3, bodies: int = 5) -> list[bytes]:
    """The messages of a made-up country under all families of acts, wrong ones among them."""
    country = Country.of_facts(
        facts, seed=seed, bodies=bodies, families=("score-sheet", "points", "targets"), wrong=0.02
    )
    return [item.message for item in items(country)]


def catch_up(conn: Connection, live: Live) -> list[Advanced]:
    """Every transaction that it took to bring all ledgers to their heads."""
    done: list[Advanced] = []
    for head in heads(conn):
        done.append(live.advance(conn, head.ledger))
        while not done[-1].is_level:
            done.append(live.advance(conn, head.ledger))
    return done


def folded(conn: Connection, log: Log) -> list[Grade]:
    """Every grade, from nothing but the log."""

    def events(ledger: str) -> list[Event]:
        return [event for event in log.read(conn, ledger) if not isinstance(event, Destroyed)]

    law = registry.fold(events(AGENCY))
    return in_order(
        grade
        for head in heads(conn)
        for grade in grades(LedgerView(head.ledger, fold(events(head.ledger)), law))
    )


def in_order(found: Iterable[Grade]) -> list[Grade]:
    return sorted(found, key=lambda grade: grade.key)
