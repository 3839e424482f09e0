"""A correction shown on a country that is there already: the question, the answer, and who changed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from methodologies.act import Act
from methodologies.loading import act_from_data, act_to_data, merged
from services.correcting.affected import Affected, Person
from services.correcting.correction import Applied, Correcting
from services.correcting.proposal import Proposal, Scope, current_acts, proposed
from services.correcting.tally import Tally
from services.servers import Servers

METHODOLOGIES: Final = ("health-2025", "typical-2025", "pavlodar-2026", "zhanakorgan-2026")
"""The score-sheet acts; the first is that of the sample country's largest body."""

REASON: Final = "A sanction caps the whole score and not one mark (cl. 17, row 5)"


class Demonstrated(msgspec.Struct, frozen=True):
    """The correction, what it was said to change, what it changed, and for whom.

    `applied` is None where it would have changed nothing.
    """

    proposal: Proposal
    would: Tally
    tally: Tally
    applied: Applied | None
    changed: tuple[Affected, ...]
    reason: str = REASON

    @property
    def ok(self) -> bool:
        """Whether what was foretold is what came, and everyone who was to hear of it heard."""
        restated = {} if self.applied is None else self.applied.restated
        return self.would == self.tally and sum(restated.values()) == self.tally.announced


def demonstrated(
    servers: Servers, keyring: Path, *, methodologies: Sequence[str] = METHODOLOGIES, workers: int = 2
) -> Demonstrated:
    """Reads `discipline-cap-scope` of an act as `overall`: what-if, then the correction itself.

    Of the first of these acts under which that changes a result; of none where there is none. For one who
    administers the database, while services run or without them. Raises RebuildError.
    """
    correcting = Correcting(servers, keyring)
    law = correcting.law()
    acts = current_acts(law)
    for methodology in methodologies:
        proposal = proposed(law, overall(acts[methodology]), Scope())
        would = correcting.what_if(proposal, workers=workers)
        if would.results:
            break
    else:
        return Demonstrated(proposal, would, would, None, ())
    people: list[Person] = []
    prepared = correcting.prepare(proposal, workers=workers, hearing=people.append)
    applied = correcting.apply(proposal, prepared, REASON, workers=workers)
    tally = would if prepared is None else prepared.tally
    changed = tuple(one for person in people for one in person.results)
    return Demonstrated(proposal, would, tally, applied, changed)


def overall(act: Act) -> Act:
    """The act with a sanction that caps the whole score and not one mark."""
    other = {"readings": {"discipline-cap-scope": {"value": "overall"}}}
    return act_from_data(merged(act_to_data(act), other))
