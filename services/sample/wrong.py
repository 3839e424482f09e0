"""Wrong messages of every class, each labelled with the code of the problem that it must get.

They are made from the good fact before them and none is ever accepted, so no good fact depends on one.
`mark-too-precise` is not among them: at the precision of the acts the wire refuses such a mark first.
"""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import msgspec

from services.sample.country import Family
from services.sample.office import Fact, new_id

NOBODY_S_LEDGER = "not-registered"
"""A body that no country has."""

# Every message made here begins with its id.
_ID_AT = slice(len('{"id":"'), len('{"id":"') + 36)
_SPARE = 64 * 1024
_DEEP = 20_000
_DEEPEST = 100_000

encode = msgspec.json.Encoder().encode


class Item(msgspec.Struct, frozen=True):
    """A message as a feeder sends it.

    `body` and `type` make its subject `facts.<body>.<type>`; `expected` is the code of the problem that it
    must get, None where it must be accepted; `id` is None where none can be read from the message.
    """

    body: str
    message: bytes
    expected: str | None
    type: str
    id: str | None


class Context(msgspec.Struct, frozen=True):
    """What wrong messages are made from, beside the good fact before them; `year_before` has no sheets."""

    rng: Random
    family: Family
    year_before: int
    another_body: str


Make = Callable[[Fact, Context], bytes]


class Wrong(msgspec.Struct, frozen=True):
    """A class of wrong messages: its name, the code it must get, and the good facts it can follow.

    `on_wire` tells whether its bytes alone are enough to refuse it.
    """

    name: str
    expected: str
    make: Make
    on_wire: bool = True
    after: frozenset[str] = frozenset()
    only_of: Family | None = None
    body: str | None = None
    keeps_id: bool = True

    def follows(self, fact: Fact, family: Family) -> bool:
        """Whether it can be made right after a good fact of a body of a family."""
        return self.only_of in {None, family} and (not self.after or fact["type"] in self.after)


def _envelope(**changes: Any) -> Make:
    def make(fact: Fact, context: Context) -> bytes:
        return encode({**fact, "id": new_id(context.rng), **changes})

    return make


def _data(**changes: Any) -> Make:
    def make(fact: Fact, context: Context) -> bytes:
        return encode({**fact, "id": new_id(context.rng), "data": {**fact["data"], **changes}})

    return make


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
    data = {**fact["data"], "employee": _stranger(context)}
    return encode({**fact, "id": new_id(context.rng), "body": context.another_body, "data": data})


def _unknown_employee(fact: Fact, context: Context) -> bytes:
    data = {**fact["data"], "employee": _stranger(context)}
    return encode({**fact, "id": new_id(context.rng), "data": data})


def _stranger(context: Context) -> str:
    return f"nobody-{context.rng.randrange(10**6):06d}"


def _unknown_position(fact: Fact, context: Context) -> bytes:
    return _data(position=f"nowhere/{context.rng.randrange(10**6):06d}")(fact, context)


def _unknown_sheet(fact: Fact, context: Context) -> bytes:
    return _data(period=f"{context.year_before:04d}{fact['data']['period'][4:]}")(fact, context)


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

_ON_WIRE: tuple[Wrong, ...] = (
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
    Wrong("huge", "too-large", _envelope(actor="а" * _SPARE), keeps_id=False),
    Wrong("nul", "nul-character", _envelope(actor="hr\0")),
    Wrong(
        "raw-nul",
        "not-json",
        _written(lambda message: message.replace(b'"actor":"', b'"actor":"\0', 1)),
        keeps_id=False,
    ),
    Wrong("key-twice", "duplicate-key", _written(lambda message: message[:-1] + b',"actor":"hr"}')),
    Wrong("no-id", "invalid-value", _envelope(id="17"), keeps_id=False),
    Wrong("unknown-type", "unknown-type", _envelope(type="SheetLost")),
    Wrong("system-s-type", "reserved-type", _envelope(type="DocumentDestroyed")),
    Wrong("system-s-name", "reserved-actor", _envelope(actor="system")),
    Wrong("field-too-many", "unknown-field", _envelope(priority="high")),
    Wrong("data-field-too-many", "unknown-field", _data(mood="good")),
    Wrong("field-missing", "missing-field", _without("employee"), after=_REF),
    Wrong("no-such-day", "invalid-date", _envelope(occurred_on="2026-02-30")),
    Wrong("day-as-spoken", "invalid-date", _envelope(occurred_on="10.04.2026")),
    Wrong("no-such-period", "invalid-period", _data(period="2026-Q5"), after=_REF),
    Wrong("no-period", "invalid-period", _data(period="первый квартал"), after=_REF),
    Wrong("too-many-days", "invalid-value", _data(days=400), after=_DAYS),
    Wrong("mark-negative", "invalid-score", _data(score=-1), after=_MARK),
    Wrong("mark-endless", "invalid-score", _data(score=msgspec.Raw(b"1e400")), after=_MARK),
    Wrong("mark-nan", "invalid-score", _data(score=msgspec.Raw(b"NaN")), after=_MARK),
    Wrong("mark-with-comma", "invalid-score", _data(score="5,0"), after=_MARK),
    Wrong("mark-with-underscore", "invalid-score", _data(score="5_0"), after=_MARK),
    Wrong("mark-with-spaces", "invalid-score", _data(score=" 5 "), after=_MARK),
    Wrong("mark-in-other-digits", "invalid-score", _data(score="٥"), after=_MARK),
    Wrong("mark-of-three-decimals", "invalid-score", _data(score="4.125"), after=_MARK),
    Wrong("mark-true", "invalid-score", _data(score=True), after=_MARK),
)

_BY_DECISION: tuple[Wrong, ...] = (
    Wrong("mark-above-five", "mark-out-of-range", _data(score="5.01"), on_wire=False, after=_MARK),
    Wrong("mark-of-nine", "mark-out-of-range", _data(score=9), on_wire=False, after=_MARK),
    Wrong("sixth-parameter", "unknown-parameter", _data(parameter=6), on_wire=False, after=_MARK),
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
    Wrong("signed-twice", "already-signed", _envelope(), on_wire=False, after=_SIGNED),
    Wrong("id-reused", "id-reused", _id_reused, on_wire=False),
    Wrong("another-s-subject", "wrong-body", _wrong_body, on_wire=False, after=_DAYS | _ISSUED),
    Wrong(
        "no-such-ledger",
        "unknown-ledger",
        _envelope(body=NOBODY_S_LEDGER),
        on_wire=False,
        after=_REF,
        body=NOBODY_S_LEDGER,
    ),
)

WRONG: tuple[Wrong, ...] = _ON_WIRE + _BY_DECISION
"""Every class of wrong messages."""


def with_wrong(facts: Iterator[Fact], share: float, context: Context) -> Iterator[Item]:
    """The good facts as messages, with wrong ones among them; `share` of all are wrong.

    Of the classes that fit a place the one used least comes next, so that all of them occur.
    """
    a_fact = share / (1 - share)
    used = dict.fromkeys(range(len(WRONG)), 0)
    for fact in facts:
        yield Item(fact["body"], encode(fact), None, fact["type"], fact["id"])
        owed = a_fact
        while owed > 0 and context.rng.random() < owed:
            owed -= 1
            yield _next(fact, used, context)


def _next(fact: Fact, used: dict[int, int], context: Context) -> Item:
    fitting = [index for index, wrong in enumerate(WRONG) if wrong.follows(fact, context.family)]
    chosen = min(fitting, key=lambda index: (used[index], context.rng.random()))
    used[chosen] += 1
    wrong = WRONG[chosen]
    message = wrong.make(fact, context)
    kept = message[_ID_AT].decode() if wrong.keeps_id else None
    return Item(wrong.body or fact["body"], message, wrong.expected, fact["type"], kept)
