"""The law at every place of the agency's ledger is the fold of the events up to it."""

import pytest

from events.envelope import AGENCY
from methodologies import registry
from projections.lawbook import Lawbook
from tests.facts import adopted, registered
from tests.projections.replaying import corrected, held


@pytest.fixture(scope="module")
def events():
    ledgers = held(registered(), adopted("health-2025", body=AGENCY), registered("other"))
    corrected(ledgers, "health-2025", rounding="down")
    return [one for one in ledgers.events if one.ledger == AGENCY]


@pytest.fixture(scope="module")
def laws(events):
    return Lawbook(events)


def test_at_each_place_it_says_what_the_events_up_to_it_say(events, laws) -> None:
    for upto in (0, 1, *range(len(events) - 6, len(events) + 1)):
        folded, found = registry.fold(events[:upto]), laws.at(upto)
        assert found is not None
        assert found.calendar.declared == folded.calendar.declared
        assert found.adoptions == folded.adoptions
        assert {one: law.activations for one, law in found.methodologies.items()} == {
            one: law.activations for one, law in folded.methodologies.items()
        }


def test_beyond_what_was_read_it_is_not_known(events, laws) -> None:
    assert laws.seq == len(events)
    assert laws.at(len(events) + 1) is None


def test_what_changed_it_is_told_between_two_places(events, laws) -> None:
    size = len(events)

    assert [one.type for one in laws.since(size - 4, size)] == ["MethodologyAdopted", "MethodologyActivated"]
    assert [one.type for one in laws.since(size - 1, size)] == ["MethodologyActivated"]
    assert list(laws.since(size, size)) == []


def test_a_change_is_found_by_its_event_and_what_changes_nothing_is_none(events, laws) -> None:
    activated, laid_down = events[-1], events[-2]

    assert laws.amended_by(activated.id).seq == activated.seq
    assert laws.amended_by(laid_down.id) is None
