"""A correction in words: of what it is, and for whom."""

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from projections.supposed import Proposed


def scope_in_words(from_period: str | None, bodies: Collection[str] | None, *, decided_too: bool) -> str:
    """For whom and from when on, such as `all bodies, from 2026-Q2 on`."""
    whom = "all bodies" if bodies is None else ", ".join(sorted(bodies))
    since = "" if from_period is None else f", from {from_period} on"
    return f"{whom}{since}{', what was decided too' if decided_too else ''}"


def proposed_in_words(found: "Proposed") -> str:
    """Which revision of which act, and for whom."""
    scope = scope_in_words(found.from_period, found.bodies, decided_too=found.decided_too)
    return f"{found.methodology}, revision {found.revision}, for {scope}"
