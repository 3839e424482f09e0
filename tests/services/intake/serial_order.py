"""What several sides told one ledger at once, held against the same facts decided one after another."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import msgspec

from events.documents import Assessment, Document, evolve
from events.envelope import ACCEPTED, SYSTEM, Event, Fact, Receipt, Refusal
from events.vocabulary import Name
from methodologies.registry import Law
from methodologies.rules.steps import GRADED
from projections.results import result_of
from projections.view import LedgerView
from services.deciding import decide
from services.intake.message import Reading
from services.offline import Ledgers
from tests.services.deciding.recorded_guards import Recorded


class Refused(msgspec.Struct, frozen=True):
    """A fact that was refused after one place of the ledger and before another, as its side told it."""

    reading: Reading
    code: str
    after: int
    before: int


def refused(side: Sequence[Reading], receipts: Sequence[Receipt], since: int, until: int) -> list[Refused]:
    """What was refused of a side that spoke while its ledger grew from one size to another."""
    found = []
    for at, (reading, receipt) in enumerate(zip(side, receipts, strict=True)):
        if receipt.problem is not None:
            told = [one.seq or 0 for one in receipts[:at] if one.outcome == ACCEPTED]
            to_be_told = [one.seq or 0 for one in receipts[at:] if one.outcome == ACCEPTED]
            after, before = max(told, default=since), min(to_be_told, default=until + 1)
            found.append(Refused(reading, receipt.problem.code, after, before))
    return found


def findings(
    body: str,
    events: Sequence[Event],
    agency: Iterable[bytes],
    lines: Mapping[UUID, bytes],
    turned_away: Iterable[Refused],
) -> list[str]:
    """What no order of the facts explains; empty when the ledger is as if they came one after another.

    `agency` founded the body; `lines` are all facts by their ids.
    """
    ledgers = Ledgers(keeping_events=True)
    found = [f"{line!r} is refused" for line in agency if ledgers.decide(ledgers.read(line))]
    unexplained = list(turned_away)
    for event in events:
        if event.actor == SYSTEM:
            continue
        # Only between two transactions' events was there a state to decide on.
        unexplained = [one for one in unexplained if not _explains(ledgers, body, one, event.seq - 1)]
        problem = ledgers.decide(ledgers.read(lines[event.id]))
        if problem is not None:
            found.append(f"{event.type} at {event.seq} was accepted, and is {problem.code} in its place")
    size = events[-1].seq if events else 0
    unexplained = [one for one in unexplained if not _explains(ledgers, body, one, size)]
    found += [f"{one.reading.data!r} was {one.code}, which it is nowhere" for one in unexplained]
    again = [_said(event) for event in ledgers.events if event.ledger == body]
    if again != [_said(event) for event in events]:
        found.append("decided one after another the facts come to other events")
    return [*found, *Recorded(events).breaches, *_untold(body, events, ledgers.law)]


def _said(event: Event) -> tuple[object, ...]:
    return event.seq, event.id, event.type, event.occurred_on, event.data


def _explains(ledgers: Ledgers, body: str, one: Refused, size: int) -> bool:
    """Whether the fact is refused like that on the ledger as it is now."""
    if not one.after <= size < one.before:
        return False
    fact = one.reading.fact
    assert isinstance(fact, Fact)
    try:
        decide(fact, ledgers._sitting.ledgers[body].documents, ledgers.law)
    except Refusal as refusal:
        return refusal.code == one.code
    return False


def _untold(body: str, events: Iterable[Event], law: Law) -> list[str]:
    """The results that were told and are others by now."""
    documents: dict[Name, Document] = {}
    for event in events:
        document = evolve(documents.get(event.document), event)
        if document is not None:
            documents[event.document] = document
    view, found = LedgerView(body, documents, law), []
    for name, document in documents.items():
        for result in document.results if isinstance(document, Assessment) else ():
            grade = result_of(view, name, result.form)
            graded = grade is not None and grade.status == GRADED
            stands = (grade.score, grade.grade) if grade is not None and graded else (None, None)
            if result.last is not None and (result.last.score, result.last.grade) != stands:
                found.append(f"{name.key} was told to be {result.last.score} and is {stands[0]}")
    return found
