"""What does not fit a type of fact: a code, a sentence and a field that repeat nothing of the fact."""

import re
from functools import cache
from typing import Any, get_args

import msgspec

from events.problems import KINDS
from events.strict_json import plain_name
from events.unreadable import PROBLEMS
from events.vocabulary import TYPES
from events.vocabulary.types import NAMES_NEITHER

# msgspec's messages quote keys of the fact, which may hold anything, so each is matched from its start and
# a path is told only when every name in it is one of the vocabulary's.
_missing = re.compile(r"Object missing required field `([^`]*)`")
_unknown = re.compile(r"Object contains unknown field `([^`]*)`")
_place = re.compile(r" - at `\$((?:\.[a-z_]+|\[[0-9]+\])*)`\Z")
_expected = re.compile(r"Expected `([^`]*)`((?: (?:of length )?[<>]=? [0-9]+)*)")
_name = re.compile(r"[a-z_]+")

_KINDS = {
    "str": "text",
    "int": "a whole number",
    "bool": "`true` or `false`",
    "array": "a list",
    "object": "an object",
    "uuid": "a UUID",
    "null": "`null`",
    "decimal": "a score",
}

_PERIODS = frozenset({"period", "from_period", "until_period", "year", "quarter"})


def explained(message: str, within: str) -> tuple[str, str, str | None]:
    """Code, sentence and field (below `within`) of a complaint of msgspec's."""
    path = _path(message, within)
    if missing := _missing.match(message):
        field = _joined(path, missing.group(1))
        return "missing-field", f"The field {field} is required. {KINDS['missing-field'].remedy}", field
    if unknown := _unknown.match(message):
        return "unknown-field", PROBLEMS["unknown-field"], _joined(path, plain_name(unknown.group(1)) or "?")
    if message.startswith(NAMES_NEITHER):
        wanted = "Name a session, or an employee, a position and a period."
        return "missing-field", f"{wanted} {KINDS['missing-field'].remedy}", path or None
    if "RFC3339" in message or message.startswith("Expected `date`"):
        return "invalid-date", PROBLEMS["invalid-date"], path or None
    if path.rpartition(".")[2] in _PERIODS:
        return "invalid-period", PROBLEMS["invalid-period"], path
    return "invalid-value", _wanted(message), path or None


def _path(message: str, within: str) -> str:
    found = _place.search(message)
    below = found.group(1).removeprefix(".") if found else ""
    if not _known_names().issuperset(_name.findall(below)):
        below = ""
    return _joined(within, below)


def _joined(path: str, below: str) -> str:
    return ".".join(part for part in (path, below) if part)


def _wanted(message: str) -> str:
    expected = _expected.match(message)
    if expected is None or "matching regex" in message:
        return PROBLEMS["invalid-value"]
    kinds = " or ".join(_KINDS.get(kind, kind) for kind in expected.group(1).split(" | "))
    limit = expected.group(2).replace(" of length ", ", its length ")
    return f"Expected {kinds}{limit}. {KINDS['invalid-value'].remedy}"


@cache
def _known_names() -> frozenset[str]:
    named = {"id", "body", "type", "occurred_on", "actor", "data"}
    for kind in TYPES.values():
        named |= _names(kind)
    return frozenset(named)


def _names(hint: Any) -> set[str]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        fields = msgspec.structs.fields(hint)
        return {field.encode_name for field in fields}.union(*(_names(field.type) for field in fields))
    return {name for part in get_args(hint) for name in _names(part)}
