"""What each type of event says: the message that tells it, and what fills it in."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec

from events.vocabulary.types import Member
from projections.history import of_results, of_service, of_sheets
from projections.history.said import Coded, Said, Seat, Value
from projections.history.scene import Scene

_DETAILS: Final = frozenset(
    {
        "achievements",
        "actual",
        "basis",
        "career",
        "comment",
        "explanation",
        "grounds",
        "probation_until",
        "reason",
        "recommendations",
        "signer",
        "skills",
        "source",
        "superior",
        "text",
        "what",
    }
)
"""Free text, quoted in a sentence of its own, and what only some events of a type say."""

_WORDS: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("BreachRecorded", "kind"): "breach",
        ("DecisionAppealed", "to"): "appeal",
        ("EvaluatorAdded", "ground"): "ground",
        ("EvaluatorReplaced", "ground"): "ground",
        ("LeaveTaken", "kind"): "absence",
        ("ResultDelivered", "channel"): "channel",
        ("ResultDisclosed", "ground"): "reading-ground",
        ("ResultDisclosed", "role"): "viewer-role",
        ("ViewerRegistered", "role"): "viewer-role",
    }
)
"""Fields that hold a word from a list, and the list."""

_NAMED: Final = MappingProxyType({"from_": "since", "in_": "in"})
"""Fields whose names no message can use."""

_BEYOND: Final = {**of_service.SAID, **of_sheets.SAID, **of_results.SAID}


def say(scene: Scene) -> Said:
    """What an event says."""
    event = scene.event
    arguments: dict[str, Value] = {}
    details: dict[str, Value] = {}
    for field in msgspec.structs.fields(event.data):
        value = getattr(event.data, field.name)
        if value is None:
            continue
        group = _WORDS.get((event.type, field.name))
        into = details if field.name in _DETAILS else arguments
        into[_NAMED.get(field.name, field.name)] = Coded(group, value) if group else _value(value)
    said = Said(event.type, arguments, details)
    beyond = _BEYOND.get(type(event.data))
    return beyond(said, scene, event.data) if beyond else said


def _value(value: Any) -> Any:
    if isinstance(value, Member):
        return _seat(value)
    if isinstance(value, list):
        return tuple(_value(one) for one in value)
    return value


def _seat(member: Member) -> Seat:
    return Seat(member.member, Coded("role", member.role))
