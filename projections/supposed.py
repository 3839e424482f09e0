"""A law that is only supposed: what the agency's ledger would say after facts that it does not hold yet."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

import msgspec

from events.envelope import AGENCY, SYSTEM, Event
from events.vocabulary import TYPES
from events.vocabulary.methodology import MethodologyActivated
from methodologies import registry
from methodologies.registry import Law

_NO_TIME: Final = datetime.min.replace(tzinfo=UTC)
_NO_ID: Final = UUID(int=0)


class SupposedFact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fact as it would stand in the agency's ledger (MethodologyCorrected, MethodologyActivated)."""

    type: str
    occurred_on: date
    data: dict[str, Any]


Supposition: TypeAlias = tuple[SupposedFact, ...]
"""What is supposed beyond the law as it stands, in order; empty: nothing."""

AS_IT_STANDS: Final[Supposition] = ()

Kept: TypeAlias = Sequence[Any]
"""A supposition as it is kept beside a generation, unread: another release may have kept it."""


class Proposed(msgspec.Struct, frozen=True):
    """A correction that is supposed: which revision of which act, from which period on, for which bodies.

    None: from the first period on, and for all. `decided_too`: also for what somebody had decided otherwise.
    """

    methodology: str
    revision: int
    from_period: str | None = None
    bodies: tuple[str, ...] | None = None
    decided_too: bool = False


class SuppositionError(Exception):
    """A supposition that this release cannot follow (`supposition-unreadable`)."""

    code = "supposition-unreadable"


class Supposing:
    """Puts a supposition on top of the law; the same value for the same law, so that its answers are kept."""

    def __init__(self, supposition: Supposition) -> None:
        """Raises SuppositionError."""
        self.supposition = supposition
        self._facts = [_read(fact) for fact in supposition]
        self._law: Law | None = None
        self._supposed = Law()

    def __call__(self, law: Law) -> Law:
        """The law with what is supposed; `seq` stays the place of what is not."""
        if not self._facts:
            return law
        if law is not self._law:
            # After all that the law holds: what was decided by then is told from what is later.
            facts = (
                msgspec.structs.replace(fact, seq=law.seq + at)
                for at, fact in enumerate(self._facts, start=1)
            )
            self._supposed = msgspec.structs.replace(registry.fold(facts, law), seq=law.seq)
            self._law = law
        return self._supposed


def to_json(supposition: Supposition) -> str | None:
    """As it is kept beside a generation; None for the law as it stands."""
    return msgspec.json.encode(supposition).decode() if supposition else None


def from_kept(kept: Kept) -> Supposition:
    """What was kept beside a generation. Raises SuppositionError."""
    try:
        return msgspec.convert(kept, Supposition)
    except msgspec.ValidationError as error:
        raise SuppositionError(f"the law that is supposed cannot be read: {error}") from None


def proposed_in(kept: Kept) -> Proposed | None:
    """The correction that is supposed to be the law; None where none is. Raises SuppositionError."""
    for fact in from_kept(kept):
        if fact.type != MethodologyActivated.__name__:
            continue
        data = _read(fact).data
        if isinstance(data, MethodologyActivated):
            bodies = None if data.bodies is None else tuple(data.bodies)
            return Proposed(data.id, data.revision, data.from_period, bodies, data.decided_too)
    return None


def _read(fact: SupposedFact) -> Event:
    kind = TYPES.get(fact.type)
    if kind is None:
        raise SuppositionError(f"{fact.type} is no type of this release")
    try:
        data = msgspec.json.decode(msgspec.json.encode(fact.data), type=kind)
    except msgspec.ValidationError as error:
        raise SuppositionError(f"{fact.type} cannot be read: {error}") from None
    return Event(AGENCY, 0, fact.type, _NO_TIME, 0, _NO_ID, fact.occurred_on, SYSTEM, data)
