"""A correction shown on a country that is there already: the question, the answer, and who changed."""

from pathlib import Path

import msgspec

from methodologies.loading import act_from_data, act_to_data, merged
from services.correcting.affected import Affected, Person
from services.correcting.correction import Applied, Correcting
from services.correcting.proposal import Proposal, Scope, current_acts, proposed
from services.correcting.tally import Tally
from services.servers import Servers

METHODOLOGY = "health-2025"
"""The act of the sample country's largest body."""

REASON = "A sanction caps the whole score and not one mark (cl. 17, row 5)"


class Demonstrated(msgspec.Struct, frozen=True):
    """The correction, what it was said to change, what it changed, and for whom."""

    proposal: Proposal
    would: Tally
    tally: Tally
    applied: Applied
    changed: tuple[Affected, ...]

    @property
    def ok(self) -> bool:
        """Whether what was foretold is what came, and everyone who was to hear of it heard."""
        return self.would == self.tally and sum(self.applied.restated.values()) == self.tally.announced


def demonstrated(
    servers: Servers, keyring: Path, *, methodology: str = METHODOLOGY, workers: int = 2
) -> Demonstrated:
    """Reads `discipline-cap-scope` of an act as `overall`: what-if, then the correction itself.

    For one who administers the database, while services run or without them. Raises RebuildError.
    """
    correcting = Correcting(servers, keyring)
    law = correcting.law()
    act = current_acts(law)[methodology]
    other = {"readings": {"discipline-cap-scope": {"value": "overall"}}}
    proposal = proposed(law, act_from_data(merged(act_to_data(act), other)), Scope())
    would = correcting.what_if(proposal, workers=workers)
    people: list[Person] = []
    prepared = correcting.prepare(proposal, workers=workers, hearing=people.append)
    applied = correcting.apply(proposal, prepared, REASON)
    tally = would if prepared is None else prepared.tally
    changed = tuple(one for person in people for one in person.results)
    return Demonstrated(proposal, would, tally, applied, changed)
