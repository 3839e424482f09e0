"""What the acts oblige and forbid is listed whole, each sentence has its test, and the page is in step."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from methodologies.loading import act_to_data, shipped
from tests.clauses import PAGE, TESTS, Clause, Clauses, acts_of, held, listed, marks, page

LISTED: Clauses = listed()
EVERY: Mapping[str, Clause] = {**LISTED.clauses, **LISTED.beyond}
MARKS = tuple(marks())
HELD = held(MARKS)
TELL_NO_RULE = {"faults", "grades", "law", "life", "readings", "source"}
"""Parts of an act that say where it comes from, what it is called and how it is read."""


def test_the_page_is_in_step_with_the_list_and_the_tests():
    assert PAGE.read_text("utf-8") == page(MARKS), "run `make docs`"


@pytest.mark.parametrize("name", LISTED.clauses)
def test_a_sentence_that_obliges_or_forbids_has_a_test_that_every_change_runs(name):
    assert HELD.get(name), f"no test is marked with {name}"


def test_a_test_names_only_what_is_listed():
    assert {mark.clause for mark in MARKS} <= LISTED.clauses.keys()


def test_a_test_names_a_sentence_once():
    found = [(mark.clause, mark.test) for mark in MARKS]
    assert len(set(found)) == len(found)


def test_every_mark_is_found():
    written = sum(
        len(re.findall(r"^\s*@pytest\.mark\.clause\(", path.read_text("utf-8"), re.MULTILINE))
        for path in TESTS.rglob("*.py")
    )
    assert len({mark.test for mark in MARKS}) == written


@pytest.mark.parametrize("name", EVERY)
def test_an_entry_is_named_after_its_act_and_clause(name):
    one = EVERY[name]
    owner, place, word = name.split("/")
    acts = acts_of(name, one)

    assert acts
    assert set(acts) <= shipped().keys()
    assert owner in {*acts, *(shipped()[act].family for act in acts)}
    assert re.fullmatch(r"[a-z0-9-]+", word)
    number = re.fullmatch(r"cl-(\d+)", place)
    assert number is None or number[1] in numbers(one.clause)
    assert one.rule.endswith(".")


def test_the_list_and_what_is_beyond_it_do_not_meet():
    assert not LISTED.clauses.keys() & LISTED.beyond.keys()
    assert len({(one.clause, one.rule, acts_of(name, one)) for name, one in EVERY.items()}) == len(EVERY)


@pytest.mark.parametrize("act", sorted(shipped()))
def test_every_clause_that_a_figure_of_an_act_rests_on_is_listed(act):
    told = {
        number for name, one in EVERY.items() if act in acts_of(name, one) for number in numbers(one.clause)
    }
    data = {part: found for part, found in act_to_data(shipped()[act]).items() if part not in TELL_NO_RULE}

    rested_on = {number for clause in clauses_in(data) for number in numbers(clause)}
    assert rested_on - told == set()


def clauses_in(data: Any) -> Iterator[str]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            if isinstance(value, str) and key.endswith("clause"):
                yield value
            else:
                yield from clauses_in(value)
    elif isinstance(data, list | tuple):
        for one in data:
            yield from clauses_in(one)


def numbers(clause: str) -> Iterator[str]:
    """The numbers that a clause names, `20-21` both of them; of an annex its number without the row."""
    for part in clause.split("; "):
        first, _, last = part.partition("-")
        if part.startswith("annex"):
            yield part.partition(",")[0]
        elif last:
            yield from map(str, range(int(first), int(last) + 1))
        else:
            yield part.partition("(")[0]
