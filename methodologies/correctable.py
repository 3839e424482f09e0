"""What a file that corrects an act may state, told before the rest of the act is looked at."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from methodologies.act import Act
from methodologies.model.readings import READINGS, ReadingKind

_FIXED: Final = frozenset({"id", "extends", "family"})
"""The keys that a correction leaves as they are."""

KEYS: Final = tuple(name for name in Act.__struct_fields__ if name not in _FIXED)
"""The keys of an act that can be corrected."""


def misplaced(act: Act, own: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The keys of a correction that the act cannot have, each with what was expected there."""
    for key in own:
        if key not in KEYS and key not in _FIXED:
            yield key, f"nothing of the kind can be corrected, expected one of {', '.join(sorted(KEYS))}"
    readings = own.get("readings", {})
    if not isinstance(readings, Mapping):
        yield "readings", "expected a table of readings"
        return
    known = {name: kind for name, kind in READINGS.items() if act.family in kind.families}
    for name, stated in readings.items():
        if name not in known:
            yield f"readings.{name}", f"unknown reading, expected one of {', '.join(known)}"
        else:
            yield from _misread(name, stated, known[name])


def _misread(name: str, stated: Any, kind: ReadingKind) -> Iterator[tuple[str, str]]:
    choices = ", ".join(kind.choices) or "two weights such as 0.4/0.6"
    if not isinstance(stated, Mapping):
        yield f"readings.{name}", f"expected a table whose value is one of {choices}"
        return
    value = stated.get("value")
    if value is not None and not isinstance(value, str):
        yield f"readings.{name}.value", f"expected a string, one of {choices}"
    elif value is not None and kind.choices and value not in kind.choices:
        yield f"readings.{name}.value", f"unknown choice, expected one of {choices}"
