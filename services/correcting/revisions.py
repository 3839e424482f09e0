"""How the law came to be what it is: every revision of every act, from the agency's ledger."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Literal

import msgspec

from events.envelope import AGENCY, Event
from events.keyring import Keyring
from events.log import Connection, head
from events.vocabulary.body import MethodologyAdopted
from events.vocabulary.methodology import (
    MethodologyActivated,
    MethodologyCorrected,
    MethodologyPublished,
    MethodologyRepealed,
)
from methodologies import registry
from methodologies.registry import Activation, Law, Methodology, Revision
from projections.dossiers import Reader
from projections.law import agency_pages
from services.correcting.proposal import Scope

Standing = Literal["in-force", "replaced", "laid-down"]
"""It decides something now; later ones took all of its place; it was never made the law.

What a panel, a commission or an appeal decided under one that was replaced can stay as it was.
"""


class Activated(msgspec.Struct, frozen=True):
    """When a revision became the law, from which period on and for which bodies (None: all).

    `decided_too`: also for what a panel, a commission or an appeal had decided before.
    """

    recorded_at: datetime
    seq: int
    from_period: str | None
    bodies: tuple[str, ...] | None
    decided_too: bool


class Adopted(msgspec.Struct, frozen=True):
    """Central HR adopted the act for every body; what a body adopts for itself is in its own ledger."""

    recorded_at: datetime
    actor: str
    from_period: str
    until_period: str | None


class Repealed(msgspec.Struct, frozen=True):
    """The act ended on a day; it keeps the periods that it governed."""

    recorded_at: datetime
    actor: str
    on: date
    reason: str


class Revised(msgspec.Struct, frozen=True):
    """A revision of an act: how and why it was laid down, and what it became the law for, in order.

    Times are UTC; `seq` is the place in the agency's ledger, `digest` what grades under the revision carry,
    `reason` None of a publication that stated none. `adopted` and `repealed` are of the whole act.
    """

    methodology: str
    revision: int
    standing: Standing
    event: str
    recorded_at: datetime
    actor: str
    occurred_on: date
    seq: int
    digest: str
    reason: str | None
    activated: tuple[Activated, ...]
    adopted: tuple[Adopted, ...]
    repealed: Repealed | None


class Ledgered(msgspec.Struct, frozen=True, eq=False):
    """The law of today, and the events that say of acts what they are."""

    law: Law
    events: tuple[Event, ...]

    def revisions(self, methodology: str | None = None) -> list[Revised]:
        """Those of one act or of all, in the order of ids and numbers; of an unknown act none."""
        acts = self.law.methodologies
        chosen = sorted(acts) if methodology is None else [methodology] if methodology in acts else []
        return [one for identity in chosen for one in _revisions(acts[identity], self.events)]


def read(conn: Connection, keyring: Keyring) -> Ledgered:
    """The agency's ledger as it stands, read by whoever may read ledgers. Raises LawError."""
    law, kept = Law(), list[Event]()
    for _, events in agency_pages(conn, Reader(keyring), 0, head(conn, AGENCY).size):
        law = registry.fold(events, law)
        kept += (one for one in events if _of(one) is not None)
    return Ledgered(law, tuple(kept))


def in_force(found: Methodology) -> tuple[Revision, ...]:
    """The revisions that decide something now, the one that was activated last first."""
    deciding = [one.revision for at, one in enumerate(found.activations) if not _is_replaced(found, at)]
    return tuple(found.revisions[number] for number in dict.fromkeys(reversed(deciding)))


def _of(event: Event) -> str | None:
    """The act that the event is of."""
    match event.data:
        case MethodologyAdopted(methodology=methodology):
            return methodology
        case (
            MethodologyPublished()
            | MethodologyCorrected()
            | MethodologyActivated()
            | MethodologyRepealed() as data
        ):
            return data.id
        case _:
            return None


def _revisions(found: Methodology, events: Iterable[Event]) -> Iterable[Revised]:
    own = [one for one in events if _of(one) == found.id]
    recorded = {one.seq: one.recorded_at for one in own}
    adopted = tuple(
        Adopted(one.recorded_at, one.actor, one.data.from_period, one.data.until_period)
        for one in own
        if isinstance(one.data, MethodologyAdopted)
    )
    repealed = next((_repealed(one) for one in own if isinstance(one.data, MethodologyRepealed)), None)
    standing = in_force(found)
    for number, revision in sorted(found.revisions.items()):
        activated = [one for one in found.activations if one.revision == number]
        first = _laid_down(own, number)
        yield Revised(
            methodology=found.id,
            revision=number,
            standing="in-force" if revision in standing else "replaced" if activated else "laid-down",
            event=first.type,
            recorded_at=first.recorded_at,
            actor=first.actor,
            occurred_on=first.occurred_on,
            seq=first.seq,
            digest=revision.digest,
            reason=revision.reason,
            activated=tuple(_activated(one, recorded) for one in activated),
            adopted=adopted,
            repealed=repealed,
        )


def _laid_down(own: Iterable[Event], number: int) -> Event:
    """The event that first said how the revision reads."""
    return next(
        one
        for one in own
        if isinstance(one.data, MethodologyPublished | MethodologyCorrected) and one.data.revision == number
    )


def _activated(one: Activation, recorded: Mapping[int, datetime]) -> Activated:
    bodies = None if one.bodies is None else tuple(sorted(one.bodies))
    return Activated(recorded[one.seq], one.seq, one.from_period, bodies, one.decided_too)


def _repealed(event: Event) -> Repealed:
    assert isinstance(event.data, MethodologyRepealed)
    return Repealed(event.recorded_at, event.actor, event.occurred_on, event.data.reason)


def _is_replaced(found: Methodology, at: int) -> bool:
    """Whether later activations took the place of this one for every body and period that it was for."""
    one, later = found.activations[at], found.activations[at + 1 :]
    parts = [None] if one.bodies is None else [(body,) for body in sorted(one.bodies)]
    return all(any(_scope(other).holds(Scope(one.from_period, part)) for other in later) for part in parts)


def _scope(one: Activation) -> Scope:
    return Scope(one.from_period, None if one.bodies is None else tuple(one.bodies))
