"""Which events a person's history is made of, and which of them were known at a time."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Final

from events.envelope import Event
from events.vocabulary.assessment import CommissionDecided
from events.vocabulary.commission import VoteCast

PERSONAL: Final = frozenset(
    {
        "annual",
        "assessment",
        "calibration",
        "disclosures",
        "discipline",
        "employment",
        "hold",
        "obligations",
        "plan",
    }
)
"""The kinds of document that are a person's own; the name's first part is his code."""

OF_SERVICE: Final = PERSONAL - {"disclosures", "hold"}
"""Those of them that tell of his service and its assessment, not of his papers."""


def concerns(event: Event, employee: str, sessions: AbstractSet[str]) -> bool:
    """Whether it is of the person's documents, or of a commission's session that decided on him.

    Of a session everything but the votes on other people; the body's own adoptions belong to everybody's
    history.
    """
    name = event.document
    if name.kind in PERSONAL or name.kind == "viewer":
        # Disclosures of a whole body name nobody.
        return name.key[:1] == (employee,)
    if name.kind == "commission":
        votes_on = event.data.employee if isinstance(event.data, VoteCast) else employee
        return name.key[0] in sessions and votes_on == employee
    return name.kind == "adoptions"


def sessions_of(events: Iterable[Event], employee: str) -> frozenset[str]:
    """The sessions of commissions that decided on a result of his."""
    return frozenset(
        event.data.session
        for event in events
        if isinstance(event.data, CommissionDecided) and event.data.employee == employee
    )


def known_at(
    events: Sequence[Event], law: Sequence[Event], at: datetime
) -> tuple[tuple[Event, ...], tuple[Event, ...]]:
    """Those of a body's and of the agency's events that were recorded by a time.

    Whatever of the law an event of the body was decided under was known when that was, so it stays even
    where the two ledgers' clocks disagree.
    """
    known = tuple(event for event in events if event.recorded_at <= at)
    seen = max((event.agency_seq for event in known), default=0)
    return known, tuple(event for event in law if event.recorded_at <= at or event.seq <= seen)
