"""What a document looks like after its events; pure, shared by those who decide and those who derive."""

from collections.abc import Callable, Iterable, MutableMapping
from typing import Any, TypeAlias

from events.documents import (
    adoptions,
    annual,
    assessment,
    calendar,
    calibration,
    commission,
    discipline,
    employment,
    obligations,
    plan,
)
from events.documents.adoptions import Adoptions
from events.documents.annual import Annual
from events.documents.assessment import Assessment
from events.documents.calendar import Calendar
from events.documents.calibration import Calibration
from events.documents.commission import Commission
from events.documents.discipline import Discipline
from events.documents.employment import Employment
from events.documents.obligations import Obligations
from events.documents.plan import Plan
from events.envelope import Event
from events.vocabulary import Name

Document: TypeAlias = (
    Employment
    | Discipline
    | Assessment
    | Calibration
    | Commission
    | Plan
    | Obligations
    | Adoptions
    | Annual
    | Calendar
)

_EVOLVE: dict[str, Callable[[Any, Event], Document]] = {
    "adoptions": adoptions.evolve,
    "annual": annual.evolve,
    "assessment": assessment.evolve,
    "calendar": calendar.evolve,
    "calibration": calibration.evolve,
    "commission": commission.evolve,
    "discipline": discipline.evolve,
    "employment": employment.evolve,
    "obligations": obligations.evolve,
    "plan": plan.evolve,
}


def evolve(document: Document | None, event: Event) -> Document | None:
    """The document after one more of its events; None for kinds whose state decides nothing."""
    change = _EVOLVE.get(event.document.kind)
    return change(document, event) if change else None


def fold(
    events: Iterable[Event], documents: MutableMapping[Name, Document] | None = None
) -> MutableMapping[Name, Document]:
    """The documents of a ledger after these events, by name; `documents` is taken further in place."""
    state: MutableMapping[Name, Document] = {} if documents is None else documents
    for event in events:
        name = event.document
        document = evolve(state.get(name), event)
        if document is not None:
            state[name] = document
    return state


__all__ = [
    "Adoptions",
    "Annual",
    "Assessment",
    "Calendar",
    "Calibration",
    "Commission",
    "Discipline",
    "Document",
    "Employment",
    "Obligations",
    "Plan",
    "evolve",
    "fold",
]
