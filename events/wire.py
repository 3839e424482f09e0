"""The door: a message's bytes become a fact, or a refusal that says what is wrong and where."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from msgspec import Meta

from events.envelope import SYSTEM, Fact
from events.misfit import explained
from events.strict_json import MAX_DEPTH, parse, readable_id
from events.unreadable import MAX_BYTES, PROBLEMS, Unreadable
from events.vocabulary import TYPES, Data
from events.vocabulary.types import SCORE_PATTERN, BodyCode, Code, Word

__all__ = ["MAX_BYTES", "PROBLEMS", "Envelope", "Unreadable", "fact_from", "read_fact"]

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2999, 12, 31)
"""Days outside these are slips of the pen; terms counted from them would leave the calendar."""

_CENT = Decimal("0.01")
_score = re.compile(SCORE_PATTERN)
_whole = re.compile(r"^[0-9]{1,4}$(?!\n)")
_LARGEST = 1_000_000_000
"""The largest number that a figure, a number or a year can be."""


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands around every fact's data."""

    id: Annotated[UUID, Meta(description="The fact's own; a corrected fact takes a new one")]
    body: BodyCode
    type: Annotated[Word, Meta(description="One of the types below")]
    occurred_on: Annotated[date, Meta(description="The day it happened, in Almaty")]
    actor: Annotated[Code, Meta(description="Who did it, by the body's own code; never `system`")]
    data: Annotated[dict[str, Any], Meta(description="The fields of the type")]


def read_fact(message: bytes) -> Fact:
    """The fact in a message of the queue or a line of a file.

    Scores come back as Decimal with two places. Raises Unreadable with a code of PROBLEMS.
    """
    return fact_from(parse(message))


def fact_from(parsed: Any) -> Fact:
    """The fact in a parsed JSON value; raises Unreadable as `read_fact` does."""
    place = ""
    try:
        envelope = msgspec.convert(parsed, Envelope)
        kind = _kind_of(envelope)
        place = "data"
        data = msgspec.convert(_ready(kind, envelope.data), kind)
        _check_days(envelope, data)
    except msgspec.ValidationError as error:
        code, detail, field = explained(str(error), place)
        raise Unreadable(code, detail, field, fact_id=readable_id(parsed)) from None
    except Unreadable as refusal:
        raise Unreadable(refusal.code, refusal.detail, refusal.field, fact_id=readable_id(parsed)) from None
    except RecursionError:
        raise Unreadable("too-deep", fact_id=readable_id(parsed)) from None
    return Fact(envelope.id, envelope.body, envelope.type, envelope.occurred_on, envelope.actor, data)


def _kind_of(envelope: Envelope) -> type[Data]:
    kind = TYPES.get(envelope.type)
    if kind is None:
        raise Unreadable("unknown-type", field="type")
    if kind.system:
        raise Unreadable("reserved-type", field="type")
    if envelope.actor.strip().casefold() == SYSTEM:
        raise Unreadable("reserved-actor", field="actor")
    return kind


class _Special(msgspec.Struct, frozen=True):
    """The fields of a type that need more than its struct checks, as named on the wire."""

    scores: tuple[str, ...]
    rewritten: tuple[tuple[str, str], ...]
    open: tuple[str, ...]
    days: tuple[tuple[str, str], ...]


@cache
def _special(kind: type[Data]) -> _Special:
    named = {field.name: field.encode_name for field in msgspec.structs.fields(kind)}
    hints = {name: hint for name, hint in get_type_hints(kind, include_extras=True).items() if name in named}
    return _Special(
        scores=tuple(named[name] for name, hint in hints.items() if _marked(hint, "score")),
        rewritten=tuple(
            (named[name], form) for name, hint in hints.items() if (form := _marked(hint, "as")) is not None
        ),
        open=tuple(named[name] for name, hint in hints.items() if _holds(hint, Any)),
        days=tuple((name, named[name]) for name, hint in hints.items() if _holds(hint, date)),
    )


def _marked(hint: Any, mark: str) -> Any:
    """What a type's annotation says under a mark; None when it says nothing."""
    if get_origin(hint) is Annotated:
        said = ((meta.extra or {}).get(mark) for meta in get_args(hint)[1:] if isinstance(meta, Meta))
    else:
        said = (_marked(part, mark) for part in get_args(hint))
    return next((one for one in said if one is not None), None)


def _holds(hint: Any, wanted: Any) -> bool:
    return hint is wanted or any(_holds(part, wanted) for part in get_args(hint))


def _ready(kind: type[Data], data: Mapping[str, Any]) -> Mapping[str, Any]:
    special = _special(kind)
    if not (special.scores or special.rewritten or special.open):
        return data
    ready = dict(data)
    for name in special.scores:
        if data.get(name) is not None:
            ready[name] = _read_score(data[name], f"data.{name}")
    for name, form in special.rewritten:
        if name in data:
            ready[name] = _rewritten(data[name], form)
    for name in special.open:
        if name in data:
            ready[name] = _storable(data[name], f"data.{name}", MAX_DEPTH)
    return ready


def _read_score(value: Any, field: str) -> Decimal:
    # The text is matched before anything makes a number of it: Decimal alone takes "5_0", " 5 " and
    # digits of other scripts.
    written = isinstance(value, (str, int, Decimal)) and not isinstance(value, bool)
    if not written or not _score.match(str(value)):
        raise Unreadable("invalid-score", field=field)
    return Decimal(str(value)).quantize(_CENT)


def _rewritten(value: Any, form: str) -> Any:
    """A number in the one way it is kept, so that `1` and `"1"` are the same fact."""
    if form == "text" and isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST:
        return str(value)
    if form == "text" and isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    if form == "int" and isinstance(value, str) and _whole.match(value):
        return int(value)
    return value


def _storable(value: Any, field: str, depth: int) -> Any:
    """Open data as it will be read back from the ledger: decimals as text, nothing too deep to encode."""
    if depth == 0:
        raise Unreadable("too-deep", field=field)
    match value:
        case dict():
            return {key: _storable(item, field, depth - 1) for key, item in value.items()}
        case list():
            return [_storable(item, field, depth - 1) for item in value]
        case Decimal() if value.is_finite():
            return format(value, "f")
        case None | bool() | int() | str():
            return value
    raise Unreadable("invalid-value", "A number here is written plainly, as 4.25 or 100.", field)


def _check_days(envelope: Envelope, data: Data) -> None:
    if not FIRST_DAY <= envelope.occurred_on <= LAST_DAY:
        raise Unreadable("invalid-date", field="occurred_on")
    for attribute, name in _special(type(data)).days:
        day = getattr(data, attribute)
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise Unreadable("invalid-date", field=f"data.{name}")
