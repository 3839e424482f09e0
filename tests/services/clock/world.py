"""Ledgers in memory, and a clock that walks over them: what it says becomes their next events."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from events.documents.obligations import Obligations
from events.envelope import Event, Fact
from events.log import place
from events.vocabulary import Data, Name
from events.wire import read_fact
from methodologies.registry import Law, first_law
from services.clock.carrying import carried_into
from services.clock.forming import forming
from services.clock.ground import Ground, due
from services.clock.issuing import issuing
from services.clock.marking import marking
from services.clock.restating import restating, with_restated
from services.clock.state import LedgerState
from services.recording import about, system_fact
from tests.facts import BODY, FULL_MARKS, fact, marked, signed, worked

_OPENED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def leaf(ledger: str, seq: int) -> str:
    return f"{ledger}/{seq}"


class World:
    """Bodies that were told of facts as they are, undecided; `said` is what the clock said, in order."""

    def __init__(self, *lines: bytes, law: Law | None = None) -> None:
        self.law = law or first_law()
        self.states: dict[str, LedgerState] = {}
        self.said: list[Event] = []
        self.ids: set[object] = set()
        self.tell(*lines)

    def tell(self, *lines: bytes) -> "World":
        for line in lines:
            fact = read_fact(line)
            if fact.body != "agency":
                self._take(fact)
        return self

    def tick(self, today: str | date) -> list[Event]:
        """What the clock says on a day."""
        day = date.fromisoformat(today) if isinstance(today, str) else today
        before = len(self.said)
        for ledger in sorted(self.states):
            for one in list(carried_into(ledger, self.states, self.law, leaf)):
                self.say([one.data], one.on, ledger)
        for duty in (restating, issuing, forming, marking):
            for ledger in sorted(self.states):
                ground = Ground(self.states[ledger], self.law, day)
                found, failed = due(duty, ground, list(self.states[ledger].employees))
                assert failed == {}
                self.say(found, day, ledger)
        return self.said[before:]

    def walk(self, since: str, until: str) -> None:
        """A tick each day, both included."""
        for day in days(since, until):
            self.tick(day)

    def obligations(self, ledger: str = BODY) -> dict[Name, Obligations]:
        return self.states[ledger].obligations

    def terms(self, employee: str = "e-1", period: str = "2026-Q1", ledger: str = BODY) -> dict[str, str]:
        """Each term of an employee's period as `state due [met]`."""
        return {
            mark.term: f"{mark.state} {mark.due}" + (f" {mark.met_on}" if mark.met_on else "")
            for name, found in self.obligations(ledger).items()
            if name.key[0] == employee and name.key[2] == period
            for mark in found.terms.values()
        }

    def say(self, found: Iterable[Data], on: date, ledger: str = BODY) -> None:
        """What the system says, whoever of it."""
        state = self.states[ledger]
        facts = [system_fact(ledger, data, state.said[about(data)], on) for data in found]
        for one in list(with_restated(state, self.law, facts)):
            assert one.id not in self.ids, "an id is never given twice"
            self.ids.add(one.id)
            self.said.append(self._take(one))

    def _take(self, fact: Fact) -> Event:
        state = self.states.setdefault(fact.body, LedgerState(fact.body))
        seq = state.seq + 1
        event = place(fact, fact.body, seq, _OPENED + timedelta(minutes=seq), self.law.seq)
        state.take(event)
        assert state.left_out == 0
        return event


def days(since: str, until: str) -> Iterator[date]:
    day, last = date.fromisoformat(since), date.fromisoformat(until)
    while day <= last:
        yield day
        day += timedelta(days=1)


def told(events: Iterable[Event]) -> list[str]:
    """What was said, in few words: of sheets and years `type employee period`, of marks each term's state."""
    return [line for event in events for line in _told(event)]


def _told(event: Event) -> Iterator[str]:
    data = event.data
    period = getattr(data, "period", None) or getattr(data, "year", "")
    employee = getattr(data, "employee", "")
    if event.type == "TermsMarked":
        for mark in data.terms:
            yield f"{mark.term} {employee} {period} {mark.state}"
    else:
        yield f"{event.type} {employee} {period}"


def dated(day: str, *lines: bytes) -> list[bytes]:
    """The lines as of this day."""
    return [
        json.dumps({**json.loads(line), "occurred_on": day}, ensure_ascii=False).encode() for line in lines
    ]


def graded(
    of: dict[str, Any], day: str, marks: tuple[str, ...] = FULL_MARKS, *, body: str = BODY
) -> list[bytes]:
    """A sheet that was issued is filled in and signed on a day."""
    return dated(day, worked(57, of, body=body), *marked(marks, of, body=body), signed(of, body=body))


def delivered(of: dict[str, Any], day: str, *, body: str = BODY) -> bytes:
    return fact("ResultDelivered", {**of, "channel": "information-system", "on": day}, on=day, body=body)


def dismissed(employee: str, day: str, *, body: str = BODY) -> bytes:
    return fact("EmployeeDismissed", {"employee": employee, "on": day}, on=day, body=body)
