"""How the law came to be what it is: revisions with their reasons, their scope, and what they replaced."""

from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.envelope import AGENCY
from events.keyring import Keyring
from events.log import Connection, Log, today
from events.period import Period, parse_period
from methodologies.loading import digest, shipped
from methodologies.registry import Activation, Methodology, Revision
from services.correcting.agency import lay_down
from services.correcting.correction import Correcting
from services.correcting.proposal import Scope
from services.correcting.revisions import Revised, in_force, read
from services.correcting.sessions import writer
from services.servers import Servers
from tests.facts import BODY, adopted, fact
from tests.ledgers import events_of
from tests.projections.recorded import Recorder
from tests.services.correcting.small_world import ACT, OTHER

BODIES = ("first", "second")
QUARTERS = [f"{year}-Q{quarter}" for year in (2025, 2026) for quarter in (1, 2, 3, 4)]
FIRST_TEXT = shipped()[ACT]

activations = st.lists(
    st.builds(
        Activation,
        st.integers(1, 4),
        st.just(0),
        st.none() | st.sampled_from([*QUARTERS[1:], "2026"]),
        st.none() | st.frozensets(st.sampled_from(BODIES), min_size=1),
        st.booleans(),
    ),
    max_size=6,
)


@given(activations)
def test_in_force_is_what_decides_for_some_body_in_some_period(later: list[Activation]) -> None:
    revisions = {number: Revision(number, FIRST_TEXT, "", None, 0) for number in range(1, 5)}
    act = Methodology(ACT, MappingProxyType(revisions), (Activation(1, 0), *later))
    periods: list[Period] = [parse_period(one) for one in QUARTERS]
    deciding = {act.deciding(body, period).number for body in (*BODIES, "third") for period in periods}
    found = [one.number for one in in_force(act)]
    assert set(found) == deciding
    assert len(found) == len(deciding)


def standings(found: list[Revised]) -> list[str]:
    return [one.standing for one in found]


@pytest.mark.servers
def test_the_shipped_acts_are_first_revisions_that_the_system_published(
    founded: Recorder, keys: Keyring, projector: Connection
) -> None:
    found = read(projector, keys).revisions()
    assert [one.methodology for one in found] == sorted(shipped())
    events = {one.seq: one for one in events_of(founded.conn, founded.log, AGENCY)}
    for one in found:
        assert (one.revision, one.standing, one.event, one.actor, one.reason) == (
            1, "in-force", "MethodologyPublished", "system", None,
        )  # fmt: skip
        assert one.digest == digest(shipped()[one.methodology])
        assert events[one.seq].data.id == one.methodology
        assert one.recorded_at == events[one.seq].recorded_at
        (law,) = one.activated
        assert (law.seq, law.from_period, law.bodies) == (one.seq, None, None)


@pytest.mark.servers
def test_a_correction_tells_its_reason_whom_it_is_for_and_what_it_leaves_in_force(
    bodies: Recorder, correcting: Correcting, overall: Path, keys: Keyring, projector: Connection
) -> None:
    assert bodies

    def correct(scope: Scope, reason: str, by: str) -> list[Revised]:
        proposal = correcting.read(overall, scope)
        correcting.apply(proposal, correcting.what_if(proposal), reason, by=by, workers=0, idle=True)
        return read(projector, keys).revisions(ACT)

    first, second = correct(Scope("2026-Q2", (BODY,)), "The court read it so", "hr-7")
    assert standings([first, second]) == ["in-force", "in-force"]
    assert (second.event, second.actor, second.reason) == (
        "MethodologyCorrected", "hr-7", "The court read it so",
    )  # fmt: skip
    (law,) = second.activated
    assert (law.from_period, law.bodies, law.decided_too) == ("2026-Q2", (BODY,), False)
    assert law.recorded_at >= second.recorded_at
    first, second = correct(Scope(), "For everybody", "hr-8")
    assert standings([first, second]) == ["replaced", "in-force"]
    # The revision was laid down once, with its first reason; it became the law twice.
    assert (second.reason, [one.bodies for one in second.activated]) == (
        "The court read it so", [(BODY,), None],
    )  # fmt: skip
    assert read(projector, keys).revisions("nosuch") == []


@pytest.mark.servers
def test_what_is_laid_down_and_what_was_adopted_and_repealed_is_told(
    bodies: Recorder,
    correcting: Correcting,
    overall: Path,
    keys: Keyring,
    projector: Connection,
    own_servers: Servers,
) -> None:
    repealed = {"id": "health-2025", "revision": 1, "reason": "Another act came"}
    bodies.record([
        adopted(ACT, "2026-Q3", body=AGENCY),
        fact("MethodologyRepealed", repealed, body=AGENCY, on="2026-03-02"),
    ])  # fmt: skip
    proposal = correcting.read(overall, Scope(bodies=(OTHER,)))
    with writer(own_servers) as conn:
        lay_down(conn, Log(keys), proposal, reason="Not yet", by="hr-7", on=today(conn))
    held = read(projector, keys)
    first, second = held.revisions(ACT)
    assert standings([first, second]) == ["in-force", "laid-down"]
    assert (second.reason, second.activated) == ("Not yet", ())
    assert [one.from_period for one in first.adopted] == ["2026-Q3"]
    (ended,) = held.revisions("health-2025")
    assert ended.repealed is not None
    assert (str(ended.repealed.on), ended.repealed.reason) == ("2026-03-02", "Another act came")
    assert (first.repealed, ended.adopted) == (None, ())
