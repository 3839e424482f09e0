from collections import Counter

import pytest

from events.wire import MAX_BYTES, PROBLEMS, Unreadable, read_fact
from services.sample import WRONG, Country, Item, Wrong, bodies, facts, items, items_of

FAMILIES = ("score-sheet", "points", "targets")
COUNTRY = Country(seed=3, bodies=5, employees=400, wrong=0.2, families=FAMILIES)
COMMON = {"ScoreSubmitted", "WorkdaysReported", "SheetIssued", "SheetSigned"}


@pytest.fixture(scope="module")
def messages() -> list[Item]:
    return list(items(COUNTRY))


def test_the_share_of_wrong_messages_is_the_one_asked_for(messages: list[Item]) -> None:
    sent = [item for item in messages if item.body != "agency"]
    assert abs(sum(item.expected is not None for item in sent) / len(sent) - 0.2) < 0.02


def test_most_may_be_wrong() -> None:
    sent = list(items_of(Country(employees=40, wrong=0.8), "zhanakorgan"))
    assert abs(sum(item.expected is not None for item in sent) / len(sent) - 0.8) < 0.03


def test_wrong_messages_stand_among_the_same_good_ones(messages: list[Item]) -> None:
    calm = Country(seed=3, bodies=5, employees=400, wrong=0, families=FAMILIES)
    assert [item for item in messages if item.expected is None] == list(items(calm))


def test_every_problem_is_met(messages: list[Item]) -> None:
    met = {item.expected for item in messages} - {None}
    assert met == {wrong.expected for wrong in WRONG}
    assert set(PROBLEMS) <= met


def test_no_class_that_fits_common_facts_is_met_much_more_than_another(messages: list[Item]) -> None:
    often = [wrong.name for wrong in WRONG if (not wrong.after or wrong.after & COMMON) and not wrong.only_of]
    counts = Counter(item.wrong for item in messages if item.wrong)
    assert min(counts[name] for name in often) > max(counts.values()) / 5


def test_what_is_wrong_on_the_wire_is_refused_with_its_code_and_the_rest_is_read(
    messages: list[Item],
) -> None:
    on_wire = {wrong.expected for wrong in WRONG if wrong.on_wire}
    assert on_wire == set(PROBLEMS)
    for item in messages:
        if item.expected in on_wire:
            with pytest.raises(Unreadable) as refused:
                read_fact(item.message)
            assert refused.value.code == item.expected
            assert (str(refused.value.fact_id) if refused.value.fact_id else None) == item.id
        else:
            assert str(read_fact(item.message).id) == item.id


def test_a_wrong_message_takes_a_new_id_unless_that_is_what_is_wrong(messages: list[Item]) -> None:
    good = {item.id for item in messages if item.expected is None}
    wrong = [item for item in messages if item.expected is not None and item.id is not None]
    reused = [item for item in wrong if item.id in good]
    assert {item.expected for item in reused} == {"id-reused"}
    assert len({item.id for item in wrong}) == len(wrong)


def test_a_reused_id_comes_after_the_fact_that_has_it(messages: list[Item]) -> None:
    told: dict[str, bytes] = {}
    for item in messages:
        if item.expected == "id-reused":
            assert item.id is not None
            assert told[item.id] != item.message
        elif item.id is not None:
            told[item.id] = item.message


def test_another_s_subject_is_a_fact_of_another_body(messages: list[Item]) -> None:
    codes = {body.code for body in bodies(COUNTRY)}
    found = [item for item in messages if item.expected == "wrong-body"]
    assert found
    for item in found:
        assert read_fact(item.message).body in codes - {item.body}


def test_an_unregistered_ledger_is_none_of_the_country_s(messages: list[Item]) -> None:
    registered = {fact["data"]["code"] for fact in facts(COUNTRY) if fact["type"] == "BodyRegistered"}
    found = [item for item in messages if item.expected == "unknown-ledger"]
    assert found
    for item in found:
        assert item.body not in registered
        assert read_fact(item.message).body == item.body


def test_a_message_fits_on_a_line(messages: list[Item]) -> None:
    breaking = [item for item in messages if b"\n" in item.message]
    assert not breaking
    assert max(len(item.message) for item in messages) > MAX_BYTES


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_every_class_of_wrong_messages_is_made(wrong: Wrong, messages: list[Item]) -> None:
    made = [item for item in messages if item.wrong == wrong.name]
    assert {item.expected for item in made} == {wrong.expected}
