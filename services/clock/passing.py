"""A pass of the clock: every ledger read up to its head, and what is due of itself recorded in it."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Final

import msgspec
import psycopg

from events.envelope import AGENCY, Event, Fact
from events.failures import told
from events.log import Connection, Head, Log, LogError, head, heads, read_places
from events.vocabulary import Data
from methodologies.registry import Law
from projections.dossiers import Reader
from projections.law import AgencyLaw
from services.clock.carrying import carried_into, shared
from services.clock.forming import forming
from services.clock.ground import Duty, Ground, due
from services.clock.issuing import issuing, unnamed
from services.clock.marking import marking
from services.clock.restating import restating, with_restated
from services.clock.state import LedgerState, caught_up
from services.recording import Due, about, record, system_fact

BATCH: Final = 500
"""The most facts due in one transaction: a body's own wait while its ledger's head is locked."""

_DUTIES: Final[tuple[Duty, ...]] = (issuing, forming, marking)
"""In this order: a term is marked once what meets it is done."""

_ROUNDS: Final = 3
"""How often a pass looks again at what bodies reported while it ran; the rest is the next one's."""


class Passed(msgspec.Struct, frozen=True):
    """What a pass did: how many events of each type it recorded in which ledger.

    `failing` tells why a ledger was left as it is; `failed` of how many employees a document cannot be read
    or a duty failed, `unnamed` how many sheets wait until their body names who assesses.
    """

    today: date
    recorded: Mapping[str, Mapping[str, int]]
    failing: Mapping[str, str]
    failed: int
    unnamed: int

    @property
    def count(self) -> int:
        """How many events were recorded."""
        return sum(sum(types.values()) for types in self.recorded.values())


class _Held:
    """A ledger from pass to pass: its state, and what it was last looked through under."""

    def __init__(self, ledger: str) -> None:
        self.state = LedgerState(ledger)
        self.day: date | None = None
        self.law_at = -1
        self.begun_at = -1
        self.overtaken = False
        self.failed: dict[str, str] = {}
        self.unnamed: dict[str, int] = {}


class Clock:
    """Keeps the ledgers at hand from pass to pass; for one connection and one thread at a time."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.reader = Reader(log.keyring, log.codec)
        self.held: dict[str, _Held] = {}
        self._law = AgencyLaw(self.reader)
        self._leaves: dict[tuple[str, int], str] = {}

    def is_level(self, head: Head) -> bool:
        """Whether the ledger was read up to this head, and nothing that was read still waits."""
        if head.ledger == AGENCY:
            return self._law.seq == head.size
        held = self.held.get(head.ledger)
        if held is None or held.state.seq != head.size:
            return False
        return not held.state.touched and not held.state.adopted and held.law_at == self.law_changed_at

    def pass_over(
        self,
        conn: Connection,
        today: date,
        busy: Collection[str] = (),
        stopped: Callable[[], bool] = lambda: False,
    ) -> Passed:
        """Does and records what is due by a day (Asia/Almaty) in every ledger but the busy ones.

        Each transaction is committed by itself: what was cut short, as by `stopped`, is taken up by the next
        pass, and nothing is done twice. A ledger that fails is told of and stops no other. Raises LawError,
        and psycopg.OperationalError for a server that is gone.
        """
        sizes = {head.ledger: head.size for head in heads(conn)}
        if sizes.get(AGENCY, 0) < self._law.seq:
            self._law = AgencyLaw(self.reader)
        if not self.law(conn, sizes.get(AGENCY, 0)).methodologies:
            return Passed(today, {}, {}, 0, 0)
        one = _Pass(self, conn, today, stopped)
        ledgers = sorted(sizes.keys() - {AGENCY, *busy})
        for ledger in ledgers:
            one.tried(ledger, lambda held: one.read(held, sizes[held.state.ledger]))
        one.work(ledgers)
        return one.passed()

    def law(self, conn: Connection, upto: int) -> Law:
        """The law at a place of the agency's ledger, or at a later one that was read before."""
        return self._law.catch_up(conn, upto)

    @property
    def law_changed_at(self) -> int:
        """The last place, as far as it was read, at which the law came to say something else."""
        return self._law.changed_at

    def leaf(self, conn: Connection, ledger: str, seq: int) -> str:
        """The leaf of an event in its ledger's tree, in hexadecimal."""
        key = ledger, seq
        if key not in self._leaves:
            place = next(read_places(conn, ledger, seq - 1, seq))
            self._leaves[key] = place.leaf.hex()
        return self._leaves[key]


def pass_over(conn: Connection, log: Log, today: date) -> Passed:
    """One pass by a clock that knows nothing yet; see `Clock.pass_over`."""
    return Clock(log).pass_over(conn, today)


class _Pass:
    """One pass on one connection, on one day."""

    def __init__(self, clock: Clock, conn: Connection, today: date, stopped: Callable[[], bool]) -> None:
        self._stopped = stopped
        self._clock = clock
        self._conn = conn
        self._today = today
        self._recorded: dict[str, Counter[str]] = {}
        self._failing: dict[str, str] = {}
        self._employees: dict[str, set[str]] = {}

    def tried(self, ledger: str, work: Callable[[_Held], None]) -> None:
        """Does a piece of work on a ledger; one that failed in this pass is left alone, and read anew."""
        if ledger in self._failing or self._stopped():
            return
        held = self._clock.held.setdefault(ledger, _Held(ledger))
        try:
            work(held)
        except psycopg.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - a ledger that stands still is seen
            self._failing[ledger] = told(error)
            self._clock.held.pop(ledger, None)

    def read(self, held: _Held, upto: int) -> None:
        """Takes the ledger up to its head, and says who is to be looked at."""
        self._read(held, upto)
        held.overtaken |= held.state.adopted or held.law_at != self._clock.law_changed_at
        if held.day != self._today or held.overtaken:
            held.state.touched.update(held.state.employees)
        held.state.adopted = False

    def work(self, ledgers: Iterable[str]) -> None:
        """Carries between the ledgers, and does every duty in each, until nothing more came meanwhile."""
        waiting = list(ledgers)
        for _ in range(_ROUNDS):
            for ledger in waiting:
                self.tried(ledger, self._begin)
            states = {ledger: held.state for ledger, held in self._clock.held.items()}
            for ledger in shared(states).intersection(waiting):
                self.tried(ledger, self._carry)
            for ledger in waiting:
                if ledger in self._clock.held and self._clock.held[ledger].overtaken:
                    self.tried(ledger, lambda held: self._do(held, restating))
            for duty in _DUTIES:
                for ledger in waiting:
                    self.tried(ledger, lambda held: self._do(held, duty))  # noqa: B023 - called at once
            for ledger in waiting:
                self.tried(ledger, self._settle)
            held = self._clock.held
            waiting = [one for one in waiting if one in held and held[one].state.touched]
            if not waiting:
                return

    @property
    def _law(self) -> Law:
        return self._clock.law(self._conn, 0)

    def passed(self) -> Passed:
        held = self._clock.held.values()
        return Passed(
            self._today,
            {ledger: dict(types) for ledger, types in self._recorded.items()},
            dict(self._failing),
            sum(len(one.failed.keys() | one.state.unfit) for one in held),
            sum(sum(one.unnamed.values()) for one in held),
        )

    def _begin(self, held: _Held) -> None:
        """Takes over those to be looked at; whoever is touched from here on is looked at again."""
        self._employees[held.state.ledger], held.state.touched = held.state.touched, set()
        held.begun_at = self._clock.law_changed_at

    def _settle(self, held: _Held) -> None:
        ground = Ground(held.state, self._law, self._today)
        for employee in self._employees[held.state.ledger]:
            held.unnamed.pop(employee, None)
            if employee not in held.failed and (count := unnamed(ground, employee)):
                held.unnamed[employee] = count
        held.day, held.law_at, held.overtaken = self._today, held.begun_at, False

    def _do(self, held: _Held, duty: Duty) -> None:
        def found(only: Collection[str] | None) -> list[Fact]:
            ground = Ground(held.state, self._law, self._today)
            chosen = self._employees[held.state.ledger] | held.state.touched if only is None else only
            # In the order of the ledger, so that two clocks come to the same facts in the same order.
            employees = [one for one in held.state.employees if one in chosen]
            for employee in employees:
                if duty is _DUTIES[0]:
                    held.failed.pop(employee, None)
            data, failed = due(duty, ground, employees)
            held.failed |= failed
            return [self._fact(held, one, self._today) for one in data]

        def again(facts: list[Fact]) -> list[Fact]:
            if held.state.adopted:
                return found(None)
            touched = set(held.state.touched)
            return [one for one in facts if one.document.key[0] not in touched] + found(touched)

        self._record(held, found(None), again)

    def _carry(self, held: _Held) -> None:
        def found() -> list[Fact]:
            states = {ledger: one.state for ledger, one in self._clock.held.items()}
            carried = carried_into(held.state.ledger, states, self._law, self._leaf)
            return [self._fact(held, one.data, one.on) for one in carried]

        self._record(held, found(), lambda _: found())

    def _fact(self, held: _Held, data: Data, on: date) -> Fact:
        state = held.state
        return system_fact(state.ledger, data, state.said[about(data)], on)

    def _leaf(self, ledger: str, seq: int) -> str:
        return self._clock.leaf(self._conn, ledger, seq)

    def _record(self, held: _Held, facts: list[Fact], again: Callable[[list[Fact]], list[Fact]]) -> None:
        """Records facts that were found without the lock; under it, what the ledger took since is seen to."""

        def asked(head: Head) -> Due:
            nonlocal facts
            if head.size != held.state.seq:
                self._read(held, head.size)
                facts = again(facts)
            return Due(tuple(with_restated(held.state, self._law, facts[:BATCH])), self._law.seq)

        while facts and not self._stopped():
            self._take(held, record(self._conn, self._clock.log, held.state.ledger, asked))
            facts = facts[BATCH:]

    def _take(self, held: _Held, events: Iterable[Event]) -> None:
        state = held.state
        ledger = state.ledger
        others = set(state.touched)
        for event in events:
            state.take(event)
            self._recorded.setdefault(ledger, Counter())[event.type] += 1
        # The duties that follow look at whom the clock itself spoke of; those before have nothing to add.
        self._employees[ledger] |= state.touched - others
        state.touched = others

    def _read(self, held: _Held, upto: int) -> None:
        if upto < held.state.seq:
            raise LogError("missing-events", f"{held.state.ledger} was restored from an older back-up")
        held.state = caught_up(self._conn, self._clock.reader, held.state, upto)
        if held.state.agency_seq > self._law.seq:
            # Decided by a law that came after this pass began: what was found by the older is found anew.
            self._clock.law(self._conn, head(self._conn, AGENCY).size)
            held.state.adopted = True
