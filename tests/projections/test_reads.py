"""No row hangs on what is not read: whatever happened, and wherever the ledger is cut."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from events.codec import Codec
from events.documents import fold
from events.envelope import AGENCY, Event
from events.keyring import create
from events.vocabulary import TYPES
from methodologies import registry
from projections.concerned import Hashes, concerned
from projections.dossiers import is_personal
from projections.ledger import grades
from projections.reads import READ, UNREAD, UNREAD_AS_STORED
from projections.view import LedgerView
from services.offline import Ledgers, rejections
from tests.projections.recorded import sample
from tests.projections.test_replay_properties import Step, steps, world

KEYS = create(lambda size: bytes(range(size)))


def test_each_type_is_either_read_or_not():
    assert set(TYPES.values()) == READ | UNREAD
    assert frozenset() == READ & UNREAD


def test_types_are_left_unread_by_the_names_that_the_ledger_keeps():
    codec = Codec()
    for name, kind in TYPES.items():
        assert (codec.stored_type(name) in UNREAD_AS_STORED) == (kind in UNREAD)
    # A layout that is not known yet is opened, and fails.
    assert not any(f"{name}/{kind.version + 1}" in UNREAD_AS_STORED for name, kind in TYPES.items())


def rows(ledger: str, events: Iterable[Event], law: registry.Law) -> list[tuple[Any, ...]]:
    """Every grade with its steps, and who else has to do with it."""
    personal_and_adopted = [
        one for one in events if is_personal(one.document) or one.document.kind == "adoptions"
    ]
    documents = fold(personal_and_adopted)
    hashes = Hashes(KEYS, ledger)
    found = grades(LedgerView(ledger, documents, law), explained=True)
    return [(grade, concerned(documents, grade, hashes)) for grade in found]


def assert_read_whole(events: Sequence[Event]) -> int:
    """That what is read of each ledger makes the rows that all of it makes; how many."""
    law = registry.fold(one for one in events if one.ledger == AGENCY)
    count = 0
    for ledger in {one.ledger for one in events} - {AGENCY}:
        its = [one for one in events if one.ledger == ledger]
        whole = rows(ledger, its, law)
        assert rows(ledger, [one for one in its if type(one.data) in READ], law) == whole
        count += len(whole)
    return count


@cache
def country(seed: int) -> Sequence[Event]:
    """Bodies under all families of acts, some years of theirs."""
    ledgers = Ledgers(keeping_events=True)
    list(rejections(ledgers, sample(1500, seed=seed, bodies=4)))
    return ledgers.events


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(1, 3), share=st.floats(0.1, 1))
def test_no_row_of_a_country_hangs_on_what_is_not_read(seed: int, share: float) -> None:
    events = country(seed)
    assert_read_whole(events[: int(len(events) * share)])


def test_the_countries_hold_what_is_read_and_what_is_not():
    told = {type(one.data) for seed in (1, 2, 3) for one in country(seed)}
    assert len(told & READ) > 20
    assert len(told & UNREAD) > 10
    assert assert_read_whole(country(1)) > 100


@settings(deadline=None)
@given(st.lists(steps, min_size=1, max_size=9))
def test_no_row_of_a_servant_hangs_on_what_is_not_read(told: list[Step]) -> None:
    events = world(told).events
    event(f"{len({type(one.data) for one in events} & UNREAD)} types unread")
    assert assert_read_whole(events) >= 1
