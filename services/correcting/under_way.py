"""What a correction under way is about: what it would change of the act, and how far it got."""

import msgspec

from events.keyring import Keyring
from events.log import Connection
from events.vocabulary.methodology import MethodologyCorrected
from methodologies.loading import act_from_data, digest
from methodologies.outline import Difference, difference
from projections.rebuild.generations import UNFINISHED, Generation
from projections.supposed import from_kept, proposed_in
from services.correcting import revisions


class UnderWay(msgspec.Struct, frozen=True):
    """A correction that is derived and not the law yet.

    `differences` are from the revision that was activated last. Once it is laid down it has a `reason` and
    `by` whom; before, nobody recorded one.
    """

    generation: int
    methodology: str
    revision: int
    from_period: str | None
    bodies: tuple[str, ...] | None
    decided_too: bool
    laid_down: bool
    reason: str | None
    by: str | None
    differences: tuple[Difference, ...]


def under_way(conn: Connection, keyring: Keyring, found: Generation) -> UnderWay | None:
    """What the generation is derived for; None where it is no correction under way.

    `conn` is of a login that reads the agency's ledger. Raises LawError, SuppositionError and ActError.
    """
    proposed = proposed_in(found.supposed)
    if proposed is None or found.state not in UNFINISHED:
        return None
    corrected = next(one for one in from_kept(found.supposed) if one.type == MethodologyCorrected.__name__)
    act = act_from_data(corrected.data["act"], file=f"generation {found.number}")
    held = revisions.read(conn, keyring)
    known = held.law.methodologies[proposed.methodology]
    recorded = next(
        (
            one
            for one in held.revisions(proposed.methodology)
            if (one.revision, one.digest) == (proposed.revision, digest(act))
        ),
        None,
    )
    return UnderWay(
        generation=found.number,
        methodology=proposed.methodology,
        revision=proposed.revision,
        from_period=proposed.from_period,
        bodies=proposed.bodies,
        decided_too=proposed.decided_too,
        laid_down=recorded is not None,
        reason=None if recorded is None else recorded.reason,
        by=None if recorded is None else recorded.actor,
        differences=difference(known.current.act, act, "en"),
    )
