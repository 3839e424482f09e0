"""What is recorded of an employee, from the ledgers or from a file of facts, as known at a time."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from events.envelope import AGENCY, Event
from events.keyring import Keyring
from events.log import Connection, Log, heads
from events.period import Period, quarters_of
from events.vocabulary import Name
from events.vocabulary.commission import VoteCast
from events.zone import ALMATY
from methodologies import registry
from methodologies.registry import Law
from projections.history import PERSONAL, Entry, concerns, history, known_at, sessions_of
from projections.rows import person_of
from projections.sql import statements
from services.offline import Ledgers, rejections
from services.signatures import NO_TRUST, Trust

_SQL = statements("history")
_OF_A_PERIOD: Final = ("assessment", "calibration", "plan")
_OF_A_PERSON: Final = ("disclosures", "discipline", "employment", "hold", "viewer")
_OBLIGATIONS: Final = "obligations"
_OF_READING: Final = frozenset({"disclosures", "viewer"})
_APART: Final = frozenset({"commission", "disclosures", "hold", "obligations", "viewer"})
"""What no grade rests on: sessions of many people, and papers about papers."""

_FIRST_YEAR: Final = 1991
"""No period is earlier."""


class Recorded(msgspec.Struct, frozen=True):
    """What a body's ledger holds of an employee, and the agency's ledger, each in order.

    `is_timed` says that a ledger recorded it: a file has no such times, so a fact of it counts as recorded
    at the end of its day, and never before the fact above it. `is_own`: the servant himself reads it.
    """

    body: str
    employee: str
    events: tuple[Event, ...]
    law_events: tuple[Event, ...]
    is_timed: bool
    is_own: bool = False

    def as_of(self, at: datetime) -> "Recorded":
        """What of it was known at a time."""
        events, law_events = known_at(self.events, self.law_events, at)
        return msgspec.structs.replace(self, events=events, law_events=law_events)

    @property
    def law(self) -> Law:
        """The law with all of its revisions."""
        return registry.fold(self.law_events)

    @property
    def first_recorded_at(self) -> datetime:
        """When the first event of the employee himself was recorded."""
        return min(one.recorded_at for one in self.events if one.document.kind in PERSONAL)

    @property
    def periods(self) -> frozenset[str]:
        """The periods that something is recorded of."""
        names = (event.document for event in self.events)
        return frozenset(
            name.key[1] if name.kind == "annual" else name.key[2]
            for name in names
            if name.kind in {"annual", *_OF_A_PERIOD}
        )

    def history(self) -> tuple[Entry, ...]:
        """Every event in order, with what it made of the employee's results.

        The servant himself is not told how each member of a panel voted: the acts let a commission vote
        openly (`sjc-2017` cl. 8, `arys-2022` cl. 32), and of a panel what it decided is told (cl. 22).
        """
        told = history(self.body, self.employee, self.events, self.law_events)
        return tuple(one for one in told if not (self.is_own and _is_panel_vote(one.event)))


def _is_panel_vote(event: Event) -> bool:
    return isinstance(event.data, VoteCast) and event.data.session is None


class Asked(msgspec.Struct, frozen=True):
    """What of a history is asked for: what was known at a time, of a period, or all of it.

    A year takes in its quarters. With `disclosures` also who was shown the results, which is no part of how
    they came to be.
    """

    at: datetime | None = None
    period: str | None = None
    disclosures: bool = False

    def told(self, recorded: Recorded) -> tuple[Entry, ...]:
        """The events that are asked for, of those in `recorded`, with what each made of the results."""
        return tuple(entry for entry in recorded.history() if self.covers(entry))

    def known(self, recorded: Recorded) -> Recorded:
        """What was known at the time that is asked for."""
        return recorded if self.at is None else recorded.as_of(self.at)

    def covers(self, entry: Entry) -> bool:
        """Whether the event is of the period, or changed a result in it."""
        if not self.disclosures and entry.event.document.kind in _OF_READING:
            return False
        changed = (change.result.period for change in entry.changes if change.is_any)
        return any(self.holds(one) for one in (entry.period, *changed))

    def holds(self, period: str | None) -> bool:
        """Whether a period is the one asked for, or a quarter of it."""
        return self.period is None or period == self.period or (period or "").startswith(f"{self.period}-")


def end_of(day: date) -> datetime:
    """The last moment of a day in Almaty."""
    return datetime.combine(day + timedelta(days=1), time(), ALMATY) - timedelta(microseconds=1)


def recorded(
    conn: Connection,
    keyring: Keyring,
    employee: str,
    body: str | None = None,
    *,
    terms: bool = False,
    beside: Connection | None = None,
) -> Iterator[Recorded]:
    """What each ledger holds of the employee; without `body` of every body that has such a code.

    `terms` adds what the clock marked of the procedure's terms. Destroyed documents are not there. A viewer
    who is shown his own documents alone reads what is kept apart from them on a connection of the system's,
    `beside`. Raises UnreadableEventError for an event that cannot be opened.
    """
    log = Log(keyring)
    # The sizes come first: what is appended while documents are read is left out of all of them alike.
    sizes = {head.ledger: head.size for head in heads(conn) if head.ledger != AGENCY}
    asked = [ledger for ledger in sizes if body in {None, ledger}]
    streams = _found_by_projections(conn, keyring, employee, asked)
    law_events: tuple[Event, ...] | None = None
    for ledger, file in _files(conn, log, employee, asked):
        if not file and ledger not in streams:
            continue
        found = log.read_streams(conn, ledger, streams.get(ledger, ()))
        held = file | {events[0].document: events for events in found.values()}
        events = _Reading((conn, beside or conn), log, ledger, employee).all(held, terms=terms)
        if law_events is None:
            law_events = tuple(one for one in log.read(conn, AGENCY) if isinstance(one, Event))
        known = sorted((one for one in events if one.seq <= sizes[ledger]), key=lambda event: event.seq)
        if any(event.document.kind in PERSONAL for event in known):
            yield Recorded(ledger, employee, tuple(known), law_events, is_timed=True)


_Documents: TypeAlias = dict[Name, tuple[Event, ...]]


def _files(
    conn: Connection, log: Log, employee: str, ledgers: Sequence[str]
) -> Iterator[tuple[str, _Documents]]:
    """Each of the ledgers with the employee's file there, where it has one."""
    name = Name("employment", (employee,))
    loaded = log.load_documents(conn, {ledger: [name] for ledger in ledgers})
    for ledger in ledgers:
        found = loaded.get((ledger, name))
        yield ledger, {name: found.events} if found else {}


def _found_by_projections(
    conn: Connection, keyring: Keyring, employee: str, ledgers: Sequence[str]
) -> dict[str, list[UUID]]:
    persons = [person_of(keyring, ledger, employee) for ledger in ledgers]
    found: dict[str, list[UUID]] = {}
    for ledger, stream in conn.execute(_SQL["streams_of_person"], [ledgers, persons], binary=True):
        found.setdefault(ledger, []).append(stream)
    return found


class _Reading:
    """Finds a person's documents in a ledger, whose names are hashed one by one."""

    def __init__(self, conns: tuple[Connection, Connection], log: Log, ledger: str, employee: str) -> None:
        self.conn, self.beside = conns
        self.log = log
        self.ledger = ledger
        self.employee = employee

    def all(self, held: _Documents, *, terms: bool) -> list[Event]:
        """Every event of the employee's documents; `held` is what was read already.

        Projections know which documents are his but may lag behind; what they do not know yet is looked for
        under every name that his positions and years allow.
        """
        possible = self._possible(held)
        held = held | self._named(possible - held.keys())
        sessions = sessions_of(_events(held), self.employee)
        more = {Name("commission", (session,)) for session in sessions}
        if terms:
            keys = {name.key for name in possible if name.kind == "assessment"}
            more |= {Name(_OBLIGATIONS, (*key, form)) for key in keys for form in _forms(_events(held))}
        held |= self._named(more)
        wanted = (event for event in _events(held) if terms or event.document.kind != _OBLIGATIONS)
        return [event for event in wanted if concerns(event, self.employee, sessions)]

    def _named(self, names: Iterable[Name]) -> _Documents:
        wanted = set(names)
        apart = {name for name in wanted if name.kind in _APART}
        found: _Documents = {}
        for conn, asked in ((self.conn, wanted - apart), (self.beside, apart)):
            if asked:
                loaded = self.log.load_documents(conn, {self.ledger: asked})
                found |= {name: document.events for (_, name), document in loaded.items()}
        return found

    def _possible(self, held: _Documents) -> set[Name]:
        keys = {name.key for name in held if name.kind in _OF_A_PERIOD}
        events = _events(held)
        positions = {key[1] for key in keys} | {
            position for event in events if (position := getattr(event.data, "position", None))
        }
        periods = _periods(events)
        keys |= {(self.employee, position, str(period)) for position in positions for period in periods}
        names = {Name(kind, key) for kind in _OF_A_PERIOD for key in keys}
        names |= {Name("annual", (self.employee, str(period))) for period in periods if not period.is_quarter}
        names |= {Name(kind, (self.employee,)) for kind in _OF_A_PERSON}
        return names | {Name("adoptions", ())}


def _events(documents: _Documents) -> list[Event]:
    return [event for events in documents.values() for event in events]


def _periods(events: Sequence[Event]) -> list[Period]:
    """Every period that something may be recorded of, from the first day told of to the last recorded."""
    days = {day for event in events for day in (event.occurred_on, event.recorded_at.date())}
    days |= {day for event in events if (day := getattr(event.data, "on", None))}
    if not days:
        return []
    # A plan is agreed before its year.
    years = range(max(min(days).year, _FIRST_YEAR), max(days).year + 2)
    return [period for year in years for period in (*quarters_of(year), Period(year))]


def _forms(events: Iterable[Event]) -> set[str]:
    """The forms of the sheets that events speak of; a term of a period without a sheet names none."""
    return {"", *(form for event in events if (form := getattr(event.data, "form", None)))}


def recorded_in(
    lines: Iterable[bytes],
    employee: str,
    body: str | None = None,
    *,
    terms: bool = False,
    trust: Trust = NO_TRUST,
) -> Iterator[Recorded]:
    """What a file of facts makes of the employee, body by body; facts that are refused are left out."""
    ledgers = Ledgers(keeping_events=True, trust=trust)
    founding = len(ledgers.events)
    for _ in rejections(ledgers, lines):
        pass
    events = [*ledgers.events[:founding], *_in_time(ledgers.events[founding:])]
    law_events = tuple(event for event in events if event.ledger == AGENCY)
    for ledger in sorted({event.ledger for event in events} - {AGENCY}):
        own = [event for event in events if event.ledger == ledger]
        sessions = sessions_of(own, employee)
        known = tuple(
            event
            for event in own
            if concerns(event, employee, sessions) and (terms or event.document.kind != _OBLIGATIONS)
        )
        if body in {None, ledger} and any(event.document.kind in PERSONAL for event in known):
            yield Recorded(ledger, employee, known, law_events, is_timed=False)


def _in_time(events: Iterable[Event]) -> Iterator[Event]:
    last = date.min
    for event in events:
        last = max(last, event.occurred_on)
        yield msgspec.structs.replace(event, recorded_at=end_of(last))
