"""What a correction under way is about is told of its generation, before anything of it is recorded."""

from datetime import date
from pathlib import Path

import pytest

from events.keyring import Keyring
from events.log import Connection, Log, today
from projections.rebuild import generations
from projections.supposed import AS_IT_STANDS, Proposed, SupposedFact, SuppositionError, proposed_in
from services.correcting.agency import lay_down
from services.correcting.correction import Correcting
from services.correcting.in_words import proposed_in_words
from services.correcting.proposal import Scope
from services.correcting.sessions import writer
from services.correcting.under_way import under_way
from services.servers import Servers
from tests.facts import BODY
from tests.services.correcting.small_world import ACT

pytestmark = pytest.mark.servers

SCOPE = Scope("2026-Q2", (BODY,), decided_too=True)


@pytest.mark.usefixtures("bodies")
def test_it_names_the_act_the_revision_and_what_would_read_otherwise(
    correcting: Correcting,
    overall: Path,
    owner: Connection,
    projector: Connection,
    keys: Keyring,
    own_servers: Servers,
) -> None:
    proposal, on = correcting.read(overall, SCOPE), today(owner)
    made = generations.prepare(owner, purpose="correction", supposed=proposal.supposed(on))
    assert proposed_in(made.supposed) == Proposed(ACT, 2, "2026-Q2", (BODY,), decided_too=True)
    about = under_way(projector, keys, made)
    assert about is not None
    assert (about.generation, about.methodology, about.revision) == (made.number, ACT, 2)
    assert (about.laid_down, about.reason, about.by) == (False, None, None)
    changed = {one.row.key: (one.first and one.first.value, one.second and one.second.value)
               for one in about.differences}  # fmt: skip
    assert set(changed) == {"readings.discipline-cap-scope", "readings.cap-binds-panel"}
    assert all(before != after for before, after in changed.values())
    with writer(own_servers) as conn:
        lay_down(conn, Log(keys), proposal, reason="The court read it so", by="hr-7", on=on)
    laid_down = under_way(projector, keys, made)
    assert laid_down is not None
    assert (laid_down.laid_down, laid_down.reason, laid_down.by) == (True, "The court read it so", "hr-7")


@pytest.mark.usefixtures("bodies")
def test_of_a_rebuild_and_of_what_is_shown_there_is_nothing_to_tell(
    correcting: Correcting, overall: Path, owner: Connection, projector: Connection, keys: Keyring
) -> None:
    proposal = correcting.read(overall, Scope())
    correcting.apply(proposal, correcting.what_if(proposal), "read anew", workers=0)
    found = generations.generations(owner)
    assert [proposed_in(one.supposed) for one in found] == [Proposed(ACT, 2), None]
    assert [under_way(projector, keys, one) for one in found] == [None, None]


def test_in_words_it_says_for_whom() -> None:
    assert proposed_in(AS_IT_STANDS) is None
    assert proposed_in_words(Proposed(ACT, 2)) == f"{ACT}, revision 2, for all bodies"
    limited = Proposed(ACT, 3, "2026-Q2", ("b", "a"), decided_too=True)
    assert proposed_in_words(limited) == (
        f"{ACT}, revision 3, for a, b, from 2026-Q2 on, what was decided too"
    )


def test_what_cannot_be_followed_is_told() -> None:
    with pytest.raises(SuppositionError):
        proposed_in((SupposedFact("MethodologyActivated", date(2026, 4, 1), {}),))
