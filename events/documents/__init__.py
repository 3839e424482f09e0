"""What a document looks like after its events; pure, shared by those who decide and those who derive."""

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from typing import Any, TypeAlias, cast

from events.documents import (
    adoptions,
    annual,
    assessment,
    calendar,
    calibration,
    commission,
    discipline,
    employment,
    hold,
    obligations,
    plan,
    viewer,
)
from events.documents.adoptions import Adoptions
from events.documents.annual import Annual
from events.documents.assessment import Assessment
from events.documents.calendar import Calendar
from events.documents.calibration import Calibration
from events.documents.commission import Commission
from events.documents.discipline import Discipline
from events.documents.employment import Employment
from events.documents.hold import Hold
from events.documents.obligations import Obligations
from events.documents.plan import Plan
from events.documents.viewer import Viewer
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
    | Hold
    | Viewer
)

Evolve: TypeAlias = Callable[[Any, Event], Document]

_EVOLVE: dict[str, Evolve] = {
    "adoptions": adoptions.evolve,
    "annual": annual.evolve,
    "assessment": assessment.evolve,
    "calendar": calendar.evolve,
    "calibration": calibration.evolve,
    "commission": commission.evolve,
    "discipline": discipline.evolve,
    "employment": employment.evolve,
    "hold": hold.evolve,
    "obligations": obligations.evolve,
    "plan": plan.evolve,
    "viewer": viewer.evolve,
}


def evolve(document: Document | None, event: Event) -> Document | None:
    """The document after one more of its events; None for kinds whose state decides nothing."""
    change = _EVOLVE.get(event.document.kind)
    return change(document, event) if change else None


def evolve_all(document: Document | None, events: Sequence[Event]) -> Document | None:
    """The document after some of its events, one at least, as `evolve` has it after each."""
    kind = events[0].document.kind
    if kind == "assessment":
        return assessment.evolve_all(cast("Assessment | None", document), events)
    change = _EVOLVE.get(kind)
    if change is not None:
        for event in events:
            document = change(document, event)
    return document


def named(documents: Mapping[Name, Document], kind: str, *key: str) -> Document | None:
    """The document of a name; None without it."""
    # A plain tuple finds what a Name does, and several are asked for with every grade of a country.
    return documents.get((kind, key))  # type: ignore[call-overload, no-any-return]


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
    "Hold",
    "Obligations",
    "Plan",
    "Viewer",
    "evolve",
    "evolve_all",
    "fold",
    "named",
]
