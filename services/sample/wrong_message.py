"""Messages that are refused for what they are: their bytes, their fields, an employee or a sheet unknown."""

from collections.abc import Callable

import msgspec

from services.sample.country import Family
from services.sample.mistake import Context, Make, Wrong, data, encode, envelope, stranger
from services.sample.office import Fact, new_id

NOBODY_S_LEDGER = "not-registered"
"""A body that no country has."""

_SPARE = 64 * 1024
_DEEP = 20_000
_DEEPEST = 100_000


def _raw(message: bytes) -> Make:
    return lambda _fact, _context: message


def _written(write: Callable[[bytes], bytes]) -> Make:
    return lambda fact, context: write(encode({**fact, "id": new_id(context.rng)}))


def _without(field: str) -> Make:
    def make(fact: Fact, context: Context) -> bytes:
        data = {name: value for name, value in fact["data"].items() if name != field}
        return encode({**fact, "id": new_id(context.rng), "data": data})

    return make


def _id_reused(fact: Fact, _context: Context) -> bytes:
    return encode({**fact, "actor": f"{fact['actor']}-2"})


def _wrong_body(fact: Fact, context: Context) -> bytes:
    # Sent under that body's own subject it would be refused all the same: it has no such employee.
    data = {**fact["data"], "employee": stranger(fact, context)}
    return encode({**fact, "id": new_id(context.rng), "body": context.another_body, "data": data})


def _unknown_employee(fact: Fact, context: Context) -> bytes:
    data = {**fact["data"], "employee": stranger(fact, context)}
    return encode({**fact, "id": new_id(context.rng), "data": data})


def _unknown_position(fact: Fact, context: Context) -> bytes:
    return data(position=f"nowhere/{context.rng.randrange(10**6):06d}")(fact, context)


def _unknown_sheet(fact: Fact, context: Context) -> bytes:
    return data(period=f"{context.year_before:04d}{fact['data']['period'][4:]}")(fact, context)


def _unknown_form(fact: Fact, context: Context) -> bytes:
    data = {name: fact["data"][name] for name in ("employee", "position", "period")}
    sheet = {**data, "form": "annex-9", "evaluator": fact["actor"]}
    return encode({**fact, "id": new_id(context.rng), "type": "SheetIssued", "data": sheet})


def _signed_empty(fact: Fact, context: Context) -> bytes:
    ref = {name: fact["data"][name] for name in ("employee", "position", "period")}
    return encode({**fact, "id": new_id(context.rng), "type": "SheetSigned", "data": ref})


def _mark_after_signature(fact: Fact, context: Context) -> bytes:
    ref = {name: fact["data"][name] for name in ("employee", "position", "period")}
    mark = {**ref, "parameter": 1, "score": "5"}
    return encode({**fact, "id": new_id(context.rng), "type": "ScoreSubmitted", "data": mark})


def _nested(depth: int) -> bytes:
    return b'{"id":' + b"[" * depth + b"]" * depth + b"}"


_REF = frozenset({"WorkdaysReported", "SheetIssued", "ScoreSubmitted", "SheetSigned"})
_MARK = frozenset({"ScoreSubmitted"})
_ISSUED = frozenset({"SheetIssued"})
_SIGNED = frozenset({"SheetSigned"})
_DAYS = frozenset({"WorkdaysReported"})
_SHEETS: Family = "score-sheet"

ON_WIRE: tuple[Wrong, ...] = (
    Wrong(
        "cut-short", "not-json", _written(lambda message: message.partition(b',"data"')[0]), keeps_id=False
    ),
    Wrong("no-json", "not-json", _raw(b"2026-04-10;ScoreSubmitted;5"), keeps_id=False),
    Wrong("no-object", "invalid-value", _raw(b'["ScoreSubmitted",5]'), keeps_id=False),
    Wrong("another-encoding", "not-utf8", _raw('{"actor":"Әкімдік"}'.encode("utf-16")), keeps_id=False),
    Wrong(
        "broken-utf8",
        "not-utf8",
        _written(lambda message: message.replace(b'"actor":"', b'"actor":"\xd3\x28', 1)),
        keeps_id=False,
    ),
    Wrong("deep", "too-deep", _raw(_nested(_DEEP)), keeps_id=False),
    Wrong("deepest", "too-large", _raw(_nested(_DEEPEST)), keeps_id=False),
    Wrong("huge", "too-large", envelope(actor="а" * _SPARE), keeps_id=False),
    Wrong("nul", "nul-character", envelope(actor="hr\0")),
    Wrong(
        "raw-nul",
        "not-json",
        _written(lambda message: message.replace(b'"actor":"', b'"actor":"\0', 1)),
        keeps_id=False,
    ),
    Wrong("key-twice", "duplicate-key", _written(lambda message: message[:-1] + b',"actor":"hr"}')),
    Wrong("no-id", "invalid-value", envelope(id="17"), keeps_id=False),
    Wrong("unknown-type", "unknown-type", envelope(type="SheetLost")),
    Wrong("system-s-type", "reserved-type", envelope(type="DocumentDestroyed")),
    Wrong("system-s-name", "reserved-actor", envelope(actor="system")),
    Wrong("field-too-many", "unknown-field", envelope(priority="high")),
    Wrong("data-field-too-many", "unknown-field", data(mood="good")),
    Wrong("field-missing", "missing-field", _without("employee"), after=_REF),
    Wrong("no-such-day", "invalid-date", envelope(occurred_on="2026-02-30")),
    Wrong("day-as-spoken", "invalid-date", envelope(occurred_on="10.04.2026")),
    Wrong("no-such-period", "invalid-period", data(period="2026-Q5"), after=_REF),
    Wrong("no-period", "invalid-period", data(period="первый квартал"), after=_REF),
    Wrong("too-many-days", "invalid-value", data(days=400), after=_DAYS),
    Wrong("mark-negative", "invalid-score", data(score=-1), after=_MARK),
    Wrong("mark-endless", "invalid-score", data(score=msgspec.Raw(b"1e400")), after=_MARK),
    Wrong("mark-nan", "invalid-score", data(score=msgspec.Raw(b"NaN")), after=_MARK),
    Wrong("mark-with-comma", "invalid-score", data(score="5,0"), after=_MARK),
    Wrong("mark-with-underscore", "invalid-score", data(score="5_0"), after=_MARK),
    Wrong("mark-with-spaces", "invalid-score", data(score=" 5 "), after=_MARK),
    Wrong("mark-in-other-digits", "invalid-score", data(score="٥"), after=_MARK),
    Wrong("mark-of-three-decimals", "invalid-score", data(score="4.125"), after=_MARK),
    Wrong("mark-true", "invalid-score", data(score=True), after=_MARK),
)

BY_DECISION: tuple[Wrong, ...] = (
    Wrong("mark-above-five", "mark-out-of-range", data(score="5.01"), on_wire=False, after=_MARK),
    Wrong("mark-of-nine", "mark-out-of-range", data(score=9), on_wire=False, after=_MARK),
    Wrong("sixth-parameter", "unknown-parameter", data(parameter=6), on_wire=False, after=_MARK),
    Wrong("no-such-sheet", "unknown-sheet", _unknown_sheet, on_wire=False, after=_MARK),
    Wrong("no-such-position", "unknown-position", _unknown_position, on_wire=False, after=_DAYS | _ISSUED),
    Wrong("no-such-employee", "unknown-employee", _unknown_employee, on_wire=False, after=_DAYS | _ISSUED),
    Wrong("no-such-form", "unknown-form", _unknown_form, on_wire=False, after=_DAYS, only_of=_SHEETS),
    Wrong("signed-empty", "sheet-incomplete", _signed_empty, on_wire=False, after=_ISSUED, only_of=_SHEETS),
    Wrong(
        "mark-after-signature",
        "sheet-signed",
        _mark_after_signature,
        on_wire=False,
        after=_SIGNED,
        only_of=_SHEETS,
    ),
    Wrong("signed-twice", "already-signed", envelope(), on_wire=False, after=_SIGNED),
    Wrong("id-reused", "id-reused", _id_reused, on_wire=False),
    Wrong("another-s-subject", "wrong-body", _wrong_body, on_wire=False, after=_DAYS | _ISSUED),
    Wrong(
        "no-such-ledger",
        "unknown-ledger",
        envelope(body=NOBODY_S_LEDGER),
        on_wire=False,
        after=_REF,
        body=NOBODY_S_LEDGER,
    ),
)
