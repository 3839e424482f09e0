"""Hypothesis strategies made from the vocabulary itself: whatever a struct allows, a test may meet."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from events.envelope import SYSTEM, Event, Fact
from events.vocabulary import TYPES, Data
from events.vocabulary.types import BODY_PATTERN, PATTERN_END
from events.wire import FIRST_DAY, LAST_DAY

REPORTED = {name: kind for name, kind in TYPES.items() if not kind.system}

days = st.dates(FIRST_DAY, LAST_DAY)
characters = st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")
whole_numbers = st.integers(-(10**16), 10**17)
open_data = st.dictionaries(
    st.text(characters, max_size=8),
    st.recursive(
        st.none() | st.booleans() | whole_numbers | st.text(characters, max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(characters, max_size=4), inner),
        max_leaves=5,
    ),
    max_size=4,
)


def matching(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern.removesuffix(PATTERN_END) + r"\Z")


def values(info: inspect.Type) -> st.SearchStrategy[Any]:
    match info:
        case inspect.Metadata():
            closed = (info.extra_json_schema or {}).get("enum")
            return st.sampled_from(closed) if closed else values(info.type)
        case inspect.UnionType():
            return st.one_of(*(values(part) for part in info.types))
        case inspect.StrType(pattern=str(pattern)):
            return matching(pattern)
        case inspect.StrType(min_length=least, max_length=most):
            return st.text(characters, min_size=least or 0, max_size=min(most or 12, 12))
        case inspect.IntType(ge=least, le=most):
            return whole_numbers if least is None else st.integers(least, most)
        case inspect.ListType():
            return st.lists(values(info.item_type), max_size=3)
        case inspect.DictType(value_type=inspect.AnyType()):
            return open_data
        case inspect.DictType():
            return st.dictionaries(values(info.key_type), values(info.value_type), max_size=3)
        case inspect.StructType():
            return structs(info.cls)
    return _PLAIN[type(info)]()


_PLAIN: dict[type[inspect.Type], Callable[[], st.SearchStrategy[Any]]] = {
    inspect.NoneType: st.none,
    inspect.BoolType: st.booleans,
    inspect.DateType: lambda: days,
    inspect.UUIDType: st.uuids,
    inspect.DecimalType: lambda: st.decimals(Decimal(0), Decimal("9.99"), places=2),
}


def structs(struct: type[Any]) -> st.SearchStrategy[Any]:
    fields = {field.name: values(field.type) for field in inspect.type_info(struct).fields}
    made = st.fixed_dictionaries(fields)
    if {"session", "employee"} <= fields.keys():
        made = made.filter(
            lambda said: (
                said["session"] is not None
                or None not in {said["employee"], said["position"], said["period"]}
            )
        )
    return made.map(lambda said: struct(**said))


def data(types: dict[str, type[Data]] = TYPES) -> st.SearchStrategy[Data]:
    return st.sampled_from(sorted(types)).flatmap(lambda name: structs(types[name]))


actors = st.text(characters, min_size=1, max_size=12).filter(lambda actor: actor != SYSTEM)


def facts(types: dict[str, type[Data]] = REPORTED) -> st.SearchStrategy[Fact]:
    return data(types).flatmap(
        lambda said: st.builds(
            Fact,
            id=st.uuids(),
            body=matching(BODY_PATTERN),
            type=st.just(type(said).__name__),
            occurred_on=days,
            actor=actors,
            data=st.just(said),
        )
    )


def events(said: st.SearchStrategy[Data]) -> st.SearchStrategy[Event]:
    return said.flatmap(
        lambda one: st.builds(
            Event,
            ledger=st.just("zhanakorgan"),
            seq=st.integers(1, 10**9),
            type=st.just(type(one).__name__),
            recorded_at=st.datetimes(),
            agency_seq=st.integers(0, 10**6),
            id=st.uuids(),
            occurred_on=days,
            actor=st.just("hr"),
            data=st.just(one),
        )
    )


def rewritten(fact: Fact) -> Any:
    """The fact as plain JSON values, to be spoilt or written differently."""
    return msgspec.json.decode(msgspec.json.encode(fact))
