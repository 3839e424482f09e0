"""Grades from a file of facts alone: the same door, deciders and folds as the servers', in memory."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

import msgspec

from events.documents import Document
from events.envelope import AGENCY, Event, Problem
from events.vocabulary import Name
from methodologies.registry import Law
from projections.grade import Grade
from projections.ledger import grades_of, work_by_employee
from projections.view import LedgerView
from services.deciding import Situation
from services.founding import founding_facts
from services.intake.batch import Accepted, Ground, Ledger, Refused, RepeatedHere, Sitting
from services.intake.message import Message, Reading, read
from services.signatures import NO_TRUST, Trust

_BEFORE_ALL_TIME: Final = datetime.min.replace(tzinfo=UTC)
_MARK: Final = b"\xef\xbb\xbf"
"""What some editors put before the first line of a UTF-8 file."""


class _Named(msgspec.Struct):
    body: str


def body_named(line: bytes) -> str:
    """The body that a line names; empty where it names none that can be read."""
    try:
        return msgspec.json.decode(line, type=_Named).body
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def lines_of(file: Iterable[bytes]) -> Iterator[bytes]:
    """The messages of a file of facts: its lines without their ends, blank ones left out."""
    for at, line in enumerate(file):
        message = (line.removeprefix(_MARK) if at == 0 else line).rstrip(b"\r\n")
        if message.strip():
            yield message


class Ledgers:
    """The ledgers that a file of facts makes, decided one by one in the order of the file.

    With `keeping_events` every event is kept in `events`, of all ledgers together, in the order decided.
    """

    def __init__(self, *, keeping_events: bool = False, trust: Trust = NO_TRUST) -> None:
        ledger = Ledger(0, _BEFORE_ALL_TIME, whole=True)
        self._sitting = Sitting(Ground({AGENCY: ledger}, {}, {}, Law(), _BEFORE_ALL_TIME, trust))
        founded = self._sitting.append(AGENCY, self._sitting.ledgers[AGENCY], founding_facts())
        self._keeping_events = keeping_events
        self.events: list[Event] = list(founded.events) if keeping_events else []
        self._refused: dict[int, Problem] = {}

    @property
    def law(self) -> Law:
        """The law as the facts so far made it."""
        return self._sitting.law

    @property
    def sizes(self) -> dict[str, int]:
        """How many events each ledger holds."""
        return {body: ledger.size for body, ledger in self._sitting.ledgers.items()}

    def situation(self, body: str) -> Situation | None:
        """What a decider of a body's next fact sees; None where the body has no ledger."""
        ledger = self._sitting.ledgers.get(body)
        return Situation(body, ledger.documents, self.law) if ledger else None

    def document(self, body: str, name: Name) -> Document | None:
        """A document of a body's ledger; None while nothing was recorded of it."""
        ledger = self._sitting.ledgers.get(body)
        return ledger.documents.get(name) if ledger else None

    def read(self, line: bytes) -> Reading:
        """The line as a message on the subject of the body that it names."""
        # Nothing is kept here, so the digest needs no key.
        return read(Message(body_named(line), line), lambda content: sha256(content).digest())

    def decide(self, reading: Reading) -> Problem | None:
        """Decides a message that was read; None when it is accepted, now or before.

        Raises Undecidable when a decider fails.
        """
        place = self._sitting.heard
        match self._sitting.hear(reading):
            case Refused(problem):
                self._refused[place] = problem
                return problem
            case RepeatedHere(first):
                return self._refused.get(first)
            case Accepted(events) if self._keeping_events:
                self.events += events
        return None

    def grades(
        self,
        *,
        explained: bool = True,
        failed: Callable[[str, str, Exception], None] | None = None,
        law: Law | None = None,
    ) -> Iterator[Grade]:
        """Every grade of every body, in the order of their codes; under the facts' own law or another.

        One whose documents cannot be graded is told to `failed` (body, employee, error), and the rest go on;
        without it the error is raised.
        """
        for body, ledger in sorted(self._sitting.ledgers.items()):
            view = LedgerView(body, ledger.documents, self.law if law is None else law)
            for employee, work in sorted(work_by_employee(ledger.documents).items()):
                try:
                    yield from grades_of(view, employee, work, explained=explained)
                except Exception as error:
                    if failed is None:
                        raise
                    failed(body, employee, error)


def law_of(lines: Iterable[bytes]) -> Law:
    """The law as the facts of a file make it; those of bodies are passed over, no law rests on them."""
    ledgers = Ledgers()
    for line in lines_of(lines):
        if body_named(line) == AGENCY:
            ledgers.decide(ledgers.read(line))
    return ledgers.law


def rejections(ledgers: Ledgers, lines: Iterable[bytes]) -> Iterator[tuple[str, Problem]]:
    """Decides the lines in order; of each refused one its id (or its line's digest) and the problem."""
    for line in lines_of(lines):
        reading = ledgers.read(line)
        problem = ledgers.decide(reading)
        if problem is not None:
            yield reading.id, problem
