"""Which methodologies a body (or central HR, for all) adopted, from which period."""

import msgspec

from events.envelope import Event
from events.vocabulary.body import MethodologyAdopted


class Adoption(msgspec.Struct, frozen=True):
    """A methodology governs from a period, until one where that is said."""

    methodology: str
    from_period: str
    until_period: str | None
    seq: int


class Adoptions(msgspec.Struct, frozen=True):
    """A ledger's adoptions in the order recorded."""

    entries: tuple[Adoption, ...] = ()


def evolve(document: Adoptions | None, event: Event) -> Adoptions:
    """The adoptions after one more event."""
    current = document or Adoptions()
    data = event.data
    if not isinstance(data, MethodologyAdopted):
        return current
    adoption = Adoption(data.methodology, data.from_period, data.until_period, event.seq)
    return Adoptions((*current.entries, adoption))
