"""Reads acts from TOML and from the data that facts carry; refuses a bad one with file, key and reason."""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from methodologies.act import Act
from methodologies.correctable import misplaced
from methodologies.misshapen import located
from methodologies.soundness import mistakes

SHIPPED = Path(__file__).parent / "acts"

OWN = frozenset({"id", "extends", "family", "rule", "number", "title", "body", "source", "life"})
"""The keys that say which act it is; an act that extends another never inherits them."""


class ActError(ValueError):
    """An act cannot be used: the file (or the place it came from), the key, and what was expected there."""

    code = "methodology-invalid"
    remedy = (
        "Put that key right and try again: docs/methodologies has the acts as they are,"
        " `bagalau correct --help` the readings and their choices."
    )

    def __init__(self, file: str, key: str, expected: str) -> None:
        super().__init__(f"{file}: {key}: {expected}")
        self.file = file
        self.key = key
        self.expected = expected

    @property
    def detail(self) -> str:
        """The message as a sentence."""
        return f"{str(self).removesuffix('.')}."


def act_from_data(data: Mapping[str, Any], *, file: str = "act") -> Act:
    """The act that complete data describes (decimals as strings, dates as ISO text, nothing inherited).

    Raises ActError for unknown or missing keys, a missing clause, a binary float, overlapping bands, a hole
    without a reading, weights that do not sum to 1, an unknown reading or choice.
    """
    for key in _floats(data, ()):
        raise ActError(file, key, 'expected a decimal as a string, such as "2.99"')
    try:
        act = msgspec.convert(data, Act)
    except msgspec.ValidationError as error:
        message, key = located(data, error)
        raise ActError(file, key, message) from error
    for key, expected in mistakes(act):
        raise ActError(file, key, expected)
    return act


def act_to_data(act: Act) -> dict[str, Any]:
    """The act as JSON data: decimals as strings, dates as ISO text, what has its default left out."""
    return msgspec.json.decode(msgspec.json.encode(act), type=dict[str, Any])


def digest(act: Act) -> str:
    """SHA-256, in hex, of the act's canonical JSON (keys sorted, no spaces, UTF-8): what grades carry."""
    return hashlib.sha256(msgspec.json.encode(act, order="sorted")).hexdigest()


def merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """`own` over `base`: tables merge key by key, arrays and single values are replaced whole."""
    result = dict(base)
    for key, value in own.items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(value, dict) and isinstance(below, dict) else value
    return result


def load_folder(path: Path) -> Mapping[str, Act]:
    """The acts of a folder's `*.toml` files by id; `extends` names an act of the folder or a shipped one.

    Raises ActError, also for two files with one id and for acts that extend one another in a ring.
    """
    read = [(file.name, _read(file)) for file in sorted(path.glob("*.toml"))]
    tables = {} if path == SHIPPED else {str(table.get("id")): table for _, table in _shipped_tables()}
    own: dict[str, str] = {}
    for name, table in read:
        identity = str(table.get("id"))
        if identity in own:
            raise ActError(name, "id", f"expected an id of its own, {own[identity]} has the same")
        own[identity] = name
        tables[identity] = table
    acts = {
        identity: act_from_data(_plain(_complete(name, tables[identity], tables, ())), file=name)
        for identity, name in own.items()
    }
    return MappingProxyType(acts)


def read_correction(file: Path, current: Mapping[str, Act]) -> Act:
    """The act that a file corrects one of the current acts to.

    The file names it by `corrects` and then states only what differs (tables merge, arrays are replaced
    whole), or is the whole act with its id. Raises ActError.
    """
    table = _read(file)
    key = "corrects" if "corrects" in table else "id"
    named = str(table.get(key))
    if named not in current:
        raise ActError(file.name, key, f"expected the id of a published act, one of {sorted(current)}")
    if key == "id":
        tables = {str(one.get("id")): one for _, one in _shipped_tables()}
        return act_from_data(_plain(_complete(file.name, table, tables, ())), file=file.name)
    own = {name: value for name, value in table.items() if name != "corrects"}
    if own.get("id", named) != named:
        raise ActError(file.name, "id", f"expected {named}, the id of the act that it corrects")
    own = _plain(own)
    for key, expected in misplaced(current[named], own):
        raise ActError(file.name, key, expected)
    return act_from_data(merged(act_to_data(current[named]), own), file=file.name)


@cache
def shipped() -> Mapping[str, Act]:
    """The acts that come with the product, by id; read once."""
    return load_folder(SHIPPED)


def _shipped_tables() -> list[tuple[str, dict[str, Any]]]:
    return [(file.name, _read(file)) for file in sorted(SHIPPED.glob("*.toml"))]


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    # The parser's own limits, on digits and on depth, come as these.
    except (ValueError, RecursionError) as error:
        raise ActError(file.name, "act", f"expected TOML in UTF-8: {error}") from error


def _complete(
    name: str, table: dict[str, Any], tables: Mapping[str, dict[str, Any]], above: tuple[str, ...]
) -> dict[str, Any]:
    parent = table.get("extends")
    if parent is None:
        return table
    if parent not in tables or parent in above:
        raise ActError(
            name, "extends", f"expected the id of another act, one of {sorted(set(tables) - set(above))}"
        )
    base = _complete(name, tables[parent], tables, (*above, parent))
    return merged({key: value for key, value in base.items() if key not in OWN}, table)


def _plain(value: Any) -> Any:
    """TOML's values as JSON has them, so that one act has one form whatever it was read from."""
    if isinstance(value, dict):
        return {key: _plain(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_plain(below) for below in value]
    if isinstance(value, Decimal):
        return str(value)
    return value


def _floats(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, float):
        yield ".".join(path)
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from _floats(below, (*path, str(key)))
    elif isinstance(value, (list, tuple)):
        for place, below in enumerate(value):
            yield from _floats(below, (*path, str(place)))
