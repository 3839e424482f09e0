import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given

from events.envelope import ACCEPTED, REJECTED
from events.json_schema import fact_schema, receipt_schema
from events.vocabulary import TYPES
from tests.vocabulary_strategies import REPORTED, facts, rewritten

SCHEMA = fact_schema()


def fits(schema: Any, value: Any) -> bool:
    """Whether a value fits, for the words of JSON Schema that the vocabulary's schema uses."""
    checked = checks(schema, value)
    return all(checked[word](said) for word, said in schema.items() if word in checked)


def checks(schema: Any, value: Any) -> dict[str, Callable[[Any], bool]]:
    return {
        "$ref": lambda ref: fits(SCHEMA["$defs"][ref.rpartition("/")[2]], value),
        "type": lambda names: any(
            of_type(value, name) for name in ([names] if isinstance(names, str) else names)
        ),
        "enum": lambda choices: value in choices,
        "const": lambda one: value == one,
        "not": lambda other: not fits(other, value),
        "anyOf": lambda ways: any(fits(way, value) for way in ways),
        "oneOf": lambda ways: sum(fits(way, value) for way in ways) == 1,
        "pattern": lambda text: not isinstance(value, str) or re.search(text, value) is not None,
        "minLength": lambda least: not isinstance(value, str) or len(value) >= least,
        "maxLength": lambda most: not isinstance(value, str) or len(value) <= most,
        "maxItems": lambda most: not isinstance(value, list) or len(value) <= most,
        "minimum": lambda least: not of_type(value, "number") or value >= least,
        "maximum": lambda most: not of_type(value, "number") or value <= most,
        "items": lambda item: not isinstance(value, list) or all(fits(item, one) for one in value),
        "required": lambda keys: not isinstance(value, dict) or value.keys() >= set(keys),
        "properties": lambda keys: (
            not isinstance(value, dict)
            or all(fits(keys[key], item) for key, item in value.items() if key in keys)
        ),
        "maxProperties": lambda most: not isinstance(value, dict) or len(value) <= most,
        "propertyNames": lambda name: not isinstance(value, dict) or all(fits(name, key) for key in value),
        "additionalProperties": lambda more: (
            not isinstance(value, dict)
            or all(
                more is not False and fits(more, item)
                for key, item in value.items()
                if key not in schema.get("properties", {})
            )
        ),
    }


def of_type(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    kinds = {
        "string": str,
        "integer": int,
        "number": int | float,
        "null": type(None),
        "object": dict,
        "array": list,
        "boolean": bool,
    }
    return isinstance(value, kinds[name])


def words(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for word, said in schema.items():
            yield word
            names = word in {"properties", "$defs"}
            yield from (found for part in said.values() for found in words(part)) if names else words(said)
    elif isinstance(schema, list):
        for item in schema:
            yield from words(item)


def scores(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == ["string", "number"]:
            yield schema
        for part in schema.values():
            yield from scores(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from scores(part)


def mark(**changed: Any) -> dict[str, Any]:
    said = {"employee": "4117", "position": "p", "period": "2026-Q1", "parameter": 1, "score": "4.5"}
    return {
        "id": "5d0a3f51-3b1e-4c59-9c39-0f6a5ee0a001",
        "body": "zhanakorgan",
        "type": "ScoreSubmitted",
        "occurred_on": "2026-04-10",
        "actor": "evaluator",
        "data": {**said, **changed},
    }


def test_the_schema_uses_no_word_that_these_tests_do_not_check():
    silent = {"$schema", "$defs", "title", "description", "default", "examples", "format"}

    assert set(words(SCHEMA)) <= checks({}, None).keys() | silent


@given(facts())
def test_every_fact_that_can_be_read_fits(fact):
    assert fits(SCHEMA, rewritten(fact))


def test_each_type_that_a_body_may_send_has_its_own_branch():
    assert [branch["properties"]["type"]["const"] for branch in SCHEMA["oneOf"]] == list(REPORTED)
    assert SCHEMA["$defs"].keys().isdisjoint(TYPES.keys() - REPORTED.keys())


@pytest.mark.parametrize("score", ["4", "4.5", "4.50", "0.00", 4, 4.5, 0, 4.35])
def test_a_score_fits_as_text_and_as_a_number(score):
    assert fits(SCHEMA, mark(score=score))


@pytest.mark.parametrize("score", ["4.500", "5,0", "4.5\n", "-1", "٤", "", 10, -1, True, None, ["4"]])
def test_what_is_no_score_does_not_fit(score):
    assert not fits(SCHEMA, mark(score=score))


def test_every_score_of_the_vocabulary_is_text_or_a_number_of_the_one_pattern():
    found = list(scores(SCHEMA))

    assert len(found) >= 3
    assert {score["pattern"] for score in found} == {r"^[0-9](\.[0-9]{1,2})?$(?!\n)"}


@pytest.mark.parametrize(
    "fact",
    [
        {**mark(), "type": "AnnualFormed"},
        {**mark(), "type": "SheetSigned"},
        {**mark(), "actor": "system"},
        {**mark(), "body": "zhanakorgan\n"},
        {**mark(), "priority": 1},
        mark(period="2026-Q5"),
        mark(colour="red"),
        {**mark(), "type": "VoteCast", "data": {"member": "4118"}},
    ],
)
def test_what_the_door_refuses_for_its_shape_does_not_fit(fact):
    assert not fits(SCHEMA, fact)


def test_a_vote_names_a_session_or_an_assessment():
    assert fits(SCHEMA, {**mark(), "type": "VoteCast", "data": {"member": "4118", "session": "7"}})


def test_a_receipt_tells_one_of_two_outcomes():
    assert receipt_schema()["properties"]["outcome"] == {"enum": [ACCEPTED, REJECTED]}
