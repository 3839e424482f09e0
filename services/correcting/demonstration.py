"""A correction shown on a country that is there already: the question, the answer, and who changed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from events.vocabulary.assessment import AnnouncedResult
from methodologies.act import Act
from methodologies.loading import act_from_data, act_to_data, merged
from projections import store
from projections.comparing import is_another_result
from projections.consequences import Key
from projections.grade import Grade
from services.correcting.affected import Affected, Person
from services.correcting.correction import Applied, Correcting
from services.correcting.proposal import Proposal, Scope, current_acts, proposed
from services.correcting.sessions import projector
from services.correcting.tally import Tally, word
from services.keys import open_keyring
from services.servers import Servers

METHODOLOGIES: Final = ("health-2025", "typical-2025", "pavlodar-2026", "zhanakorgan-2026")
"""The score-sheet acts; the first is that of the sample country's largest body."""

REASON: Final = "A sanction caps the whole score and not one mark (cl. 17, row 5)"


class Demonstrated(msgspec.Struct, frozen=True):
    """The correction, what it was said to change, and whose rows that are shown changed.

    `applied` is None where it would have changed nothing.
    """

    proposal: Proposal
    tally: Tally
    applied: Applied | None
    changed: tuple[Affected, ...]
    reason: str = REASON

    @property
    def ok(self) -> bool:
        """Whether what was foretold is what came, and everyone who was to hear of it heard."""
        foretold = Counter(
            {(one.body, one.kind, one.before, one.after): one.count for one in self.tally.changed}
        )
        came = Counter(
            (one.grade.body, one.grade.kind, word(one.before), word(one.after)) for one in self.changed
        )
        restated = {} if self.applied is None else self.applied.restated
        return foretold == came and sum(restated.values()) == self.tally.announced


def demonstrated(
    servers: Servers, keyring: Path, *, methodologies: Sequence[str] = METHODOLOGIES, workers: int = 2
) -> Demonstrated:
    """Reads `discipline-cap-scope` of an act as `overall`: what-if, then the correction itself.

    Of the first of these acts under which that changes a result; of none where there is none. For one who
    administers the database, while services run or without them; what else is recorded meanwhile is taken
    for a change by it. Raises RebuildError, CorrectionError, RowError and KeyringError.
    """
    correcting = Correcting(servers, keyring)
    law = correcting.law()
    acts = current_acts(law)
    for methodology in methodologies:
        proposal = proposed(law, overall(acts[methodology]), Scope())
        people: list[Person] = []
        foretold = correcting.what_if(proposal, workers=workers, hearing=people.append)
        if foretold.tally.results:
            break
    else:
        return Demonstrated(proposal, foretold.tally, None, ())
    before = _shown(servers, keyring)
    applied = correcting.apply(proposal, foretold, REASON, workers=workers)
    told = {one.grade.key: one.announced for person in people for one in person.results}
    changed = _changed(before, _shown(servers, keyring), told)
    return Demonstrated(proposal, foretold.tally, applied, tuple(changed))


def _shown(servers: Servers, keyring: Path) -> dict[Key, Grade]:
    """Every result that is shown."""
    with projector(servers) as conn:
        return {grade.key: grade for grade in store.grades(conn, open_keyring(keyring))}


def _changed(
    before: Mapping[Key, Grade], after: Mapping[Key, Grade], told: Mapping[Key, AnnouncedResult | None]
) -> Iterator[Affected]:
    """The results that are others now, with what was told of them."""
    for key in sorted(before.keys() | after.keys()):
        if is_another_result(before.get(key), after.get(key)):
            yield Affected(told.get(key), before.get(key), after.get(key))


def overall(act: Act) -> Act:
    """The act with a sanction that caps the whole score and not one mark."""
    other = {"readings": {"discipline-cap-scope": {"value": "overall"}}}
    return act_from_data(merged(act_to_data(act), other))
