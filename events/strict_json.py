"""JSON as facts are written in it: UTF-8, no key twice, no number that two readers take differently."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from events.unreadable import MAX_BYTES, Unreadable

MAX_DEPTH = 32
"""How deep open data (an act) may be nested."""

NO_NUMBER = Decimal("NaN")
"""Stands for a number that no field takes, so that the field can still be named."""

_LONGEST_INTEGER = 18
_ESCAPED_NUL_OR_SURROGATE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_surrogate = re.compile("[\ud800-\udfff]")
_plain_name = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


def parse(message: bytes) -> Any:
    """The value of a JSON text: whole numbers as int, others as Decimal, in the digits they were written in.

    NaN, an infinity, an exponent, -0 and a whole number of more than 18 characters become NO_NUMBER.
    Raises Unreadable: `too-large`, `not-utf8`, `not-json`, `too-deep`, `duplicate-key`, `nul-character`.
    """
    if len(message) > MAX_BYTES:
        raise Unreadable("too-large")
    try:
        text = message.decode("utf-8")
        parsed = _decoder.decode(text)
    except UnicodeDecodeError:
        raise Unreadable("not-utf8") from None
    except RecursionError:
        raise Unreadable("too-deep") from None
    except _TwiceError as twice:
        raise Unreadable("duplicate-key", field=plain_name(twice.key), fact_id=_salvaged_id(text)) from None
    except json.JSONDecodeError:
        raise Unreadable("not-json") from None
    if _ESCAPED_NUL_OR_SURROGATE.search(text):
        _check_strings(parsed)
    return parsed


def readable_id(parsed: Any) -> UUID | None:
    """The id that a parsed message carries, when it is one."""
    if not isinstance(parsed, dict):
        return None
    try:
        return msgspec.convert(parsed.get("id"), UUID)
    except msgspec.ValidationError:
        return None


def plain_name(key: str) -> str | None:
    """The key when it reads as a field's name; None for one that may be a value put in the wrong place."""
    return key if _plain_name.fullmatch(key) else None


class _TwiceError(Exception):
    def __init__(self, key: str) -> None:
        super().__init__("a key stands twice")
        self.key = key


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(next(key for key in keys if keys.count(key) > 1))
    return found


def _without_doubtful_id(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if sum(key == "id" for key, _ in pairs) > 1:
        del found["id"]
    return found


def _whole(written: str) -> int | Decimal:
    return int(written) if len(written) <= _LONGEST_INTEGER and written != "-0" else NO_NUMBER


def _fraction(written: str) -> Decimal:
    return NO_NUMBER if "e" in written or "E" in written else Decimal(written)


def _no_number(_: str) -> Decimal:
    return NO_NUMBER


_decoder = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_whole, parse_float=_fraction, parse_constant=_no_number
)
_tolerant = json.JSONDecoder(
    object_pairs_hook=_without_doubtful_id, parse_int=_whole, parse_float=_fraction, parse_constant=_no_number
)


def _salvaged_id(text: str) -> UUID | None:
    try:
        return readable_id(_tolerant.decode(text))
    except (ValueError, RecursionError):  # what stands after the key may be worse still
        return None


def _check_strings(parsed: Any) -> None:
    for field, string in _strings(parsed):
        if "\0" in string:
            raise Unreadable("nul-character", field=field or None, fact_id=readable_id(parsed))
        if _surrogate.search(string):
            raise Unreadable("not-utf8", field=field or None, fact_id=readable_id(parsed))


def _strings(parsed: Any) -> Iterator[tuple[str, str]]:
    # A stack of its own: generators nested as deep as a message may be would overflow Python's.
    left: list[tuple[str, Any]] = [("", parsed)]
    while left:
        field, value = left.pop()
        if isinstance(value, str):
            yield field, value
        elif isinstance(value, dict):
            for key, item in value.items():
                yield field, key
                left.append((".".join(filter(None, (field, plain_name(key) or "?"))), item))
        elif isinstance(value, list):
            left.extend((f"{field}[{place}]", item) for place, item in enumerate(value))
