"""The door: a message's bytes become a fact, or a refusal that says what is wrong and where."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, NoReturn, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from msgspec import Meta

from events.envelope import SYSTEM, Fact, Refusal
from events.vocabulary import TYPES, Data
from events.vocabulary.types import SCORE_PATTERN, BodyCode, Code, Word

MAX_BYTES = 64 * 1024
"""The largest message that is read as a fact."""

_CENT = Decimal("0.01")
_score = re.compile(SCORE_PATTERN)
_ESCAPE = "\\u"
_surrogate = re.compile("[\ud800-\udfff]")


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: UUID
    body: BodyCode
    type: Word
    occurred_on: date
    actor: Code
    data: Annotated[dict[str, Any], Meta(description="The fields of the type")]


class Unreadable(Refusal):
    """A refused message; `id` is the fact's own when that much of it could be read."""

    def __init__(
        self, code: str, detail: str, field: str | None = None, *, fact_id: UUID | None = None
    ) -> None:
        super().__init__(code, detail, field)
        self.fact_id = fact_id


def read_fact(message: bytes) -> Fact:
    """The fact in a message of the queue or a line of a file.

    Scores come back as Decimal with two places. Raises Unreadable: `too-large`, `not-utf8`, `not-json`,
    `too-deep`, `nul-character`, `duplicate-key`, `unknown-type`, `reserved-type`, `reserved-actor`,
    `missing-field`, `unknown-field`, `invalid-score`, `invalid-date`, `invalid-period`, `invalid-value`.
    """
    return fact_from(_parse(message))


def fact_from(parsed: Any) -> Fact:
    """The fact in a parsed JSON value; raises Unreadable as `read_fact` does."""
    fact_id = _readable_id(parsed)
    try:
        envelope = msgspec.convert(parsed, _Envelope)
        kind = _kind_of(envelope)
        data = msgspec.convert(_with_scores(kind, envelope.data), kind)
    except msgspec.ValidationError as error:
        code, detail, field = _explained(str(error), in_data="envelope" in locals())
        raise Unreadable(code, detail, field, fact_id=fact_id) from None
    except Refusal as refusal:
        raise Unreadable(refusal.code, refusal.detail, refusal.field, fact_id=fact_id) from None
    except RecursionError:
        raise _too_deep(fact_id) from None
    return Fact(envelope.id, envelope.body, envelope.type, envelope.occurred_on, envelope.actor, data)


def _kind_of(envelope: _Envelope) -> type[Data]:
    kind = TYPES.get(envelope.type)
    if kind is None:
        raise Refusal("unknown-type", "No such type of fact; the vocabulary is in docs/facts.md.", "type")
    if kind.system:
        raise Refusal("reserved-type", "Only the system itself records this type.", "type")
    if envelope.actor == SYSTEM:
        raise Refusal("reserved-actor", "`system` is the system's own name; name who acted.", "actor")
    return kind


def _parse(message: bytes) -> Any:
    if len(message) > MAX_BYTES:
        raise Unreadable("too-large", f"A fact takes at most {MAX_BYTES} bytes.")
    try:
        text = message.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("not-utf8", "A message is JSON in UTF-8.") from None
    try:
        parsed = _decoder.decode(text)
    except RecursionError:
        raise _too_deep(None) from None
    except ValueError:
        raise Unreadable("not-json", "The message is not one JSON object (RFC 8259).") from None
    if _ESCAPE in text:
        _check_escaped(parsed)
    return parsed


def _check_escaped(parsed: Any) -> None:
    for string in _strings(parsed):
        if "\0" in string:
            raise Unreadable(
                "nul-character",
                "The character U+0000 is not allowed in a text.",
                fact_id=_readable_id(parsed),
            )
        if _surrogate.search(string):
            raise Unreadable(
                "not-utf8", "Half of a surrogate pair is not a character.", fact_id=_readable_id(parsed)
            )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("duplicate-key", "A key stands twice in the same object.")
    return found


def _no_constant(_: str) -> NoReturn:
    raise ValueError("NaN and infinities are not JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_float=Decimal, parse_constant=_no_constant)


def _too_deep(fact_id: UUID | None) -> Unreadable:
    return Unreadable("too-deep", "The message is nested too deeply.", fact_id=fact_id)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _readable_id(parsed: Any) -> UUID | None:
    if not isinstance(parsed, dict):
        return None
    try:
        return msgspec.convert(parsed.get("id"), UUID)
    except msgspec.ValidationError:
        return None


@cache
def _score_fields(kind: type[Data]) -> frozenset[str]:
    return frozenset(
        name for name, hint in get_type_hints(kind, include_extras=True).items() if _is_score(hint)
    )


def _is_score(hint: Any) -> bool:
    if get_origin(hint) is Annotated:
        return any(isinstance(meta, Meta) and (meta.extra or {}).get("score") for meta in get_args(hint)[1:])
    return any(_is_score(part) for part in get_args(hint))


def _with_scores(kind: type[Data], data: Mapping[str, Any]) -> Mapping[str, Any]:
    fields = [name for name in _score_fields(kind) if data.get(name) is not None]
    if not fields:
        return data
    return {**data, **{name: _read_score(data[name], f"data.{name}") for name in fields}}


def _read_score(value: Any, field: str) -> Decimal:
    # The text is matched before anything makes a number of it: Decimal alone takes "5_0", " 5 " and
    # digits of other scripts.
    written = isinstance(value, (str, int, Decimal)) and not isinstance(value, bool)
    if not written or not _score.match(str(value)):
        raise Refusal("invalid-score", "A score is one digit with at most two decimals, as 4.25.", field)
    return Decimal(str(value)).quantize(_CENT)


_missing = re.compile(r"missing required field `([^`]*)`")
_unknown = re.compile(r"contains unknown field `([^`]*)`")
_place = re.compile(r" - at `\$\.?([^`]*)`")
_plain = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")
_expected = re.compile(r"^Expected `([^`]*)`")


def _explained(message: str, *, in_data: bool) -> tuple[str, str, str | None]:
    """Code, detail and field of msgspec's complaint, with nothing of the fact's values in them."""
    found = _place.search(message)
    # A key of the fact's own object appears as `[...]` or `key`; neither repeats a value.
    path = ".".join(part for part in ("data" if in_data else "", found.group(1) if found else "") if part)
    if missing := _missing.search(message):
        field = ".".join(part for part in (path, missing.group(1)) if part)
        return "missing-field", f"The field {field} is required.", field
    if unknown := _unknown.search(message):
        name = unknown.group(1) if _plain.match(unknown.group(1)) else "?"
        field = ".".join(part for part in (path, name) if part)
        return "unknown-field", "This type of fact has no such field.", field
    if "RFC3339" in message or "Expected `date`" in message:
        return "invalid-date", "A date is written 2026-04-10 and stands in the calendar.", path or None
    if path.endswith(("period", "from_period", "until_period")):
        return "invalid-period", "A period is a quarter (2026-Q1) or a year (2026).", path
    expected = _expected.match(message)
    wanted = f"Expected {expected.group(1)}." if expected else "The value is not one that the field takes."
    return "invalid-value", wanted, path or None
