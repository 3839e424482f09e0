"""A what-if looks at those bodies alone that the act can govern and that the scope is of."""

import pytest

from events.envelope import AGENCY
from events.keyring import Keyring
from events.log import Connection, heads
from projections import store
from projections.dossiers import Reader
from services.correcting.asking import QuestionProgress
from services.correcting.correction import Correcting
from services.correcting.demonstration import METHODOLOGIES, overall
from services.correcting.proposal import Proposal, Scope, current_acts, proposed
from services.correcting.within import within
from tests.facts import BODY, adopted
from tests.projections.recorded import Recorder
from tests.services.correcting.small_world import ACT, OTHER

pytestmark = pytest.mark.servers


def of_act(correcting: Correcting, act: str, scope: Scope) -> Proposal:
    law = correcting.law()
    return proposed(law, overall(current_acts(law)[act]), scope)


@pytest.mark.usefixtures("bodies")
@pytest.mark.parametrize(
    ("act", "scope", "ledgers"),
    [
        (ACT, Scope(), {BODY, OTHER}),
        (ACT, Scope(bodies=(OTHER,)), {OTHER}),
        ("health-2025", Scope(), set()),
        ("health-2025", Scope(bodies=(OTHER,)), set()),
        # Whatever a body adopted, earlier periods may be under the typical text.
        ("typical-2025", Scope(), {BODY, OTHER}),
    ],
    ids=["adopted by both", "for one of them", "adopted by nobody", "nor by the one", "typical"],
)
def test_asked_are_the_bodies_that_the_act_can_govern(
    correcting: Correcting, owner: Connection, keys: Keyring, act: str, scope: Scope, ledgers: set[str]
) -> None:
    found = within(owner, Reader(keys), correcting.law(), of_act(correcting, act, scope))
    shown = [one.body for one in store.grades(owner, keys)]
    assert shown
    assert {one.ledger for one in found.ledgers} == ledgers
    asked = {BODY, OTHER} if scope.bodies is None else set(scope.bodies)
    assert found.results_beyond == sum(body in asked - ledgers for body in shown)


@pytest.mark.parametrize("act", METHODOLOGIES)
def test_those_beyond_are_all_that_cannot_change(
    correcting: Correcting, country: Recorder, keys: Keyring, act: str
) -> None:
    asked = within(country.conn, Reader(keys), correcting.law(), of_act(correcting, act, Scope()))
    everyone = {head.ledger for head in heads(country.conn)} - {AGENCY}
    found = {one.ledger for one in asked.ledgers}
    assert found == everyone if act == "typical-2025" else found < everyone


@pytest.mark.usefixtures("bodies")
def test_an_act_that_governs_nobody_changes_nothing(correcting: Correcting) -> None:
    tally = correcting.what_if(of_act(correcting, "health-2025", Scope())).tally
    assert tally.results == 0
    assert tally.rows > 0


@pytest.mark.usefixtures("bodies")
@pytest.mark.parametrize("act", [ACT, "health-2025"], ids=["that the act governs", "that it does not"])
def test_counted_are_the_results_of_the_body_that_it_is_for(
    correcting: Correcting, owner: Connection, keys: Keyring, act: str
) -> None:
    shown = [one.body for one in store.grades(owner, keys)]
    assert 0 < shown.count(OTHER) < len(shown)
    tally = correcting.what_if(of_act(correcting, act, Scope(bodies=(OTHER,)))).tally
    assert tally.rows == shown.count(OTHER)
    assert (tally.results > 0) == (act == ACT)


def test_a_body_that_adopts_the_act_meanwhile_is_asked_too(correcting: Correcting, bodies: Recorder) -> None:
    seen: list[int] = []

    def watch(now: QuestionProgress) -> None:
        if not seen:
            bodies.record([adopted("health-2025", body=OTHER)])
        seen.append(now.ledgers)

    bodies.record([adopted("health-2025", body=BODY)])
    shown = len(list(store.grades(bodies.conn, bodies.log.keyring)))
    foretold = correcting.what_if(of_act(correcting, "health-2025", Scope()), watch=watch)
    assert foretold.to_restate.keys() == {BODY, OTHER}
    # One after the other: the second was not asked of when the first was looked at.
    assert set(seen) == {1}
    assert foretold.tally.rows == shown
