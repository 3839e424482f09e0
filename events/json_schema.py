"""JSON Schema (2020-12) of what a body may send and of what it is answered."""

from typing import Any

import msgspec

from events.envelope import SYSTEM, Receipt
from events.vocabulary import TYPES
from events.vocabulary.types import SCORE_PATTERN
from events.wire import Envelope

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# The pattern binds a string, the bounds a number. No multipleOf: validators divide by 0.01 in binary
# floats and would refuse 4.35; a number's third decimal is refused at the door instead.
_SCORE = {"type": ["string", "number"], "pattern": SCORE_PATTERN, "minimum": 0, "maximum": 9.99}

_SESSION_OR_ASSESSMENT = [{"required": ["session"]}, {"required": ["employee", "position", "period"]}]


def fact_schema() -> dict[str, Any]:
    """The schema of a fact: the envelope, and for each type that a body may send the data it takes.

    It is as strict as a schema can be: duplicate keys, dates that do not exist, the decimals of a score
    written as a number and the sizes of `docs/facts.md` are the door's to check.
    """
    kinds = {name: kind for name, kind in TYPES.items() if not kind.system}
    (envelope, *_), parts = msgspec.json.schema_components(
        [Envelope, *kinds.values()], ref_template="#/$defs/{name}"
    )
    assert envelope == {"$ref": "#/$defs/Envelope"}
    definitions = {name: _with_scores(parts[name]) for name in sorted(parts)}
    outer = definitions.pop("Envelope")
    for name, kind in kinds.items():
        if {"session", "employee"} <= set(kind.__struct_fields__):
            definitions[name]["anyOf"] = _SESSION_OR_ASSESSMENT
    outer["properties"]["type"] = {"enum": list(kinds)}
    outer["properties"]["actor"]["not"] = {"const": SYSTEM}
    return {
        "$schema": DIALECT,
        **outer,
        "title": "Fact",
        "description": "What a state body reports; see docs/facts.md.",
        "oneOf": [
            {"properties": {"type": {"const": name}, "data": {"$ref": f"#/$defs/{name}"}}} for name in kinds
        ],
        "$defs": definitions,
    }


def receipt_schema() -> dict[str, Any]:
    """The schema of the answer to a fact."""
    (_,), parts = msgspec.json.schema_components([Receipt], ref_template="#/$defs/{name}")
    outer = _one_line(parts.pop("Receipt"))
    outer["properties"]["outcome"] = {"enum": ["accepted", "rejected"]}
    outer["properties"]["recorded_at"] = {"type": "string", "format": "date-time"}
    return {"$schema": DIALECT, **outer, "$defs": {name: _one_line(part) for name, part in parts.items()}}


def _with_scores(part: Any) -> Any:
    if isinstance(part, list):
        return [_with_scores(item) for item in part]
    if not isinstance(part, dict):
        return part
    if part.get("format") == "decimal":
        return {**{key: value for key, value in part.items() if key != "format"}, **_SCORE}
    return _one_line({key: _with_scores(item) for key, item in part.items()})


def _one_line(part: dict[str, Any]) -> dict[str, Any]:
    description = part.get("description")
    if not isinstance(description, str):
        return part
    return {**part, "description": " ".join(description.split())}
