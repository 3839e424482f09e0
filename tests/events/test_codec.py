import json
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.codec import Codec, Payload, UnknownEventError, canonical, public_type
from events.envelope import Fact
from events.vocabulary import TYPES, Data
from events.vocabulary.types import Code, Word
from tests.vocabulary_strategies import data, days, structs

ID = UUID("5d0a3f51-3b1e-4c59-9c39-0f6a5ee0a001")
codec = Codec()


class RankGiven(Data, frozen=True, kw_only=True):
    """A made-up type in its third layout: `rank` was `grade`, which was `class`; `on` came last."""

    version: ClassVar[int] = 3
    employee: Code
    rank: Word
    on: date


def second_layout(first: Mapping[str, Any]) -> dict[str, Any]:
    return {"employee": first["employee"], "grade": first["class"]}


def third_layout(second: Mapping[str, Any]) -> dict[str, Any]:
    return {"employee": second["employee"], "rank": second["grade"], "on": "2017-02-17"}


ranks = Codec({"RankGiven": RankGiven}, {("RankGiven", 1): second_layout, ("RankGiven", 2): third_layout})
TODAY = RankGiven(employee="4117", rank="III", on=date(2017, 2, 17))


def stored(**said: str) -> bytes:
    return json.dumps({"id": str(ID), "occurred_on": "2017-03-01", "actor": "hr", "data": said}).encode()


@pytest.mark.parametrize("name", TYPES)
@settings(max_examples=20)
@given(st.data())
def test_every_type_comes_back_as_it_was_stored(name, data):
    payload = Payload(data.draw(st.uuids()), data.draw(days), "hr", data.draw(structs(TYPES[name])))

    encoded = codec.encode(payload)

    assert codec.decode(codec.stored_type(name), encoded) == payload
    assert codec.encode(codec.decode(codec.stored_type(name), encoded)) == encoded


def test_the_first_layout_is_stored_under_the_types_own_name_and_later_ones_with_their_number():
    assert codec.stored_type("SheetIssued") == "SheetIssued"
    assert ranks.stored_type("RankGiven") == "RankGiven/3"
    assert public_type("RankGiven/3") == public_type("RankGiven") == "RankGiven"


@pytest.mark.parametrize(
    ("stored_type", "encoded"),
    [
        ("RankGiven", stored(employee="4117", **{"class": "III"})),
        ("RankGiven/2", stored(employee="4117", grade="III")),
        ("RankGiven/3", stored(employee="4117", rank="III", on="2017-02-17")),
    ],
)
def test_older_layouts_are_lifted_one_version_at_a_time(stored_type, encoded):
    assert ranks.decode(stored_type, encoded) == Payload(ID, date(2017, 3, 1), "hr", TODAY)


@pytest.mark.parametrize(
    "stored_type",
    [
        "RankTaken",
        "RankGiven/4",
        "RankGiven/0",
        "RankGiven/",
        "RankGiven/-1",
        "RankGiven/²",
        "RankGiven/02",
        "RankGiven/2/2",
        "",
    ],
)
def test_an_unknown_type_or_version_is_refused(stored_type):
    with pytest.raises(UnknownEventError) as caught:
        ranks.decode(stored_type, stored(employee="4117", rank="III", on="2017-02-17"))

    assert caught.value.code == "unknown-event"


def test_a_version_without_its_upcaster_is_refused():
    half = Codec({"RankGiven": RankGiven}, {("RankGiven", 1): second_layout})

    with pytest.raises(UnknownEventError, match="from version 2"):
        half.decode("RankGiven", stored(employee="4117", **{"class": "III"}))


def test_a_payload_of_another_layout_is_never_misread():
    with pytest.raises(msgspec.ValidationError):
        ranks.decode("RankGiven/3", stored(employee="4117", grade="III"))


@given(data(), data())
def test_two_facts_share_a_canonical_form_only_when_they_say_the_same(one, other):
    first, second = (
        Fact(ID, "zhanakorgan", type(said).__name__, date(2026, 4, 10), "evaluator", said)
        for said in (one, other)
    )

    assert (canonical(first) == canonical(second)) == (first == second)
