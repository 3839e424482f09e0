"""Where data does not have the shape of an act: msgspec names fields, but not the keys of a table."""

from collections.abc import Mapping
from typing import Any

import msgspec

from methodologies.act import Act

_ANY_KEY = "[...]"


def located(data: Mapping[str, Any], error: msgspec.ValidationError) -> tuple[str, str]:
    """What was expected, and the key at fault with every table's key named (`readings.rounding.clause`)."""
    message, _, path = str(error).partition(" - at `$")
    parts = path.rstrip("`").split(_ANY_KEY)
    named = parts[0]
    for part in parts[1:]:
        tokens = _tokens(named)
        key = next((key for key in _at(data, tokens) if _fails_alike(data, tokens, key, str(error))), None)
        if key is None:
            named += _ANY_KEY + part
            break
        data = _only(data, tokens, key)
        named += f".{key}{part}"
    return message, named.lstrip(".") or "act"


def _fails_alike(data: Mapping[str, Any], tokens: list[str | int], key: str, error: str) -> bool:
    try:
        msgspec.convert(_only(data, tokens, key), Act)
    except msgspec.ValidationError as again:
        return str(again) == error
    return False


def _tokens(path: str) -> list[str | int]:
    spaced = path.replace("[", ".").replace("]", "")
    return [int(token) if token.isdigit() else token for token in spaced.split(".") if token]


def _at(data: Any, tokens: list[str | int]) -> Any:
    for token in tokens:
        data = _step(data, token)
    return data


def _step(data: Any, token: str | int) -> Any:
    return data[str(token)] if isinstance(data, Mapping) else data[token]


def _only(data: Any, tokens: list[str | int], key: str) -> Any:
    """The data with one key alone in the table that the tokens lead to."""
    if not tokens:
        return {key: data[key]}
    first, *rest = tokens
    below = _only(_step(data, first), rest, key)
    if isinstance(data, Mapping):
        return {**data, str(first): below}
    return [below if place == first else one for place, one in enumerate(data)]
