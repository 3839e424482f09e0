import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.codec import canonical
from events.envelope import Fact, Problem
from events.unreadable import MAX_BYTES, PROBLEMS
from events.vocabulary import TYPES
from events.vocabulary.assessment import ScoreSubmitted
from events.wire import Unreadable, read_fact
from tests.vocabulary_strategies import facts, rewritten

ID = "5d0a3f51-3b1e-4c59-9c39-0f6a5ee0a001"


def mark(score: Any = "4.50", /, **more: Any) -> dict[str, Any]:
    return {**(fact := said("ScoreSubmitted", parameter=1, score=score)), "data": {**fact["data"], **more}}


def said(kind: str, /, **data: Any) -> dict[str, Any]:
    return told(kind, employee="servant-8801", position="post-7702", period="2026-Q3", **data)


def told(kind: str, /, **data: Any) -> dict[str, Any]:
    return {
        "id": ID,
        "body": "ministry-of-x",
        "type": kind,
        "occurred_on": "2026-10-13",
        "actor": "evaluator-6603",
        "data": data,
    }


def written(fact: Any) -> bytes:
    return json.dumps(fact).encode()


def with_score_written(score: str) -> bytes:
    return written(mark("<score>")).replace(b'"<score>"', score.encode())


def without(fact: dict[str, Any], *path: str) -> dict[str, Any]:
    copy = json.loads(json.dumps(fact))
    place = copy
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]
    return copy


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def refused(message: bytes) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read_fact(message)
    return caught.value


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    elif value is not None:
        yield str(value)


def repeats(problem: Problem, value: str) -> bool:
    return value in problem.detail or value in (problem.field or "")


def test_a_mark_is_read():
    fact = read_fact(written(mark(4.5, comment="в срок")))

    assert fact == Fact(
        id=UUID(ID),
        body="ministry-of-x",
        type="ScoreSubmitted",
        occurred_on=date(2026, 10, 13),
        actor="evaluator-6603",
        data=ScoreSubmitted(
            employee="servant-8801",
            position="post-7702",
            period="2026-Q3",
            parameter="1",
            score=Decimal("4.50"),
            comment="в срок",
        ),
    )


BAD: dict[str, tuple[bytes, str, str | None]] = {
    "not JSON": (b"ScoreSubmitted 4.5", "not-json", None),
    "empty": (b"", "not-json", None),
    "two objects": (written(mark()) * 2, "not-json", None),
    "a byte order mark": (b"\xef\xbb\xbf" + written(mark()), "not-json", None),
    "not UTF-8": (written(mark(comment="@")).replace(b"@", b"\xff"), "not-utf8", None),
    "a lone surrogate": (written(mark(comment="\ud800")), "not-utf8", "data.comment"),
    "nested 30,000 deep": (nested(30_000), "too-deep", None),
    "nested 100,000 deep": (nested(100_000), "too-large", None),
    "data nested 30,000 deep": (
        written(mark("<score>")).replace(b'"<score>"', nested(30_000)),
        "too-deep",
        None,
    ),
    "an act nested 33 deep": (
        written(told("MethodologyPublished", id="x", revision=1, act={"a": json.loads(nested(32))})),
        "too-deep",
        "data.act",
    ),
    "over 64 KiB": (written(mark(comment="x" * MAX_BYTES)), "too-large", None),
    "U+0000 in a string": (written(mark(comment="a\0b")), "nul-character", "data.comment"),
    "U+0000 in a key": (written(mark(**{"a\0b": 1})), "nul-character", "data"),
    "U+0000 in a list": (
        written(said("SigningRefused", witnesses=["w", "\0"])),
        "nul-character",
        "data.witnesses[1]",
    ),
    "a key twice": (
        written(mark()).replace(b'"actor"', b'"actor": "another", "actor"'),
        "duplicate-key",
        "actor",
    ),
    "a list": (b"[1]", "invalid-value", None),
    "unknown type": (written({**mark(), "type": "ScoreWhispered"}), "unknown-type", "type"),
    "the system's own type": (written(said("AnnualFormed")), "reserved-type", "type"),
    "the system's own name": (written({**mark(), "actor": "system"}), "reserved-actor", "actor"),
    "unknown field": (written(mark(colour="red")), "unknown-field", "data.colour"),
    "unknown field around the data": (written({**mark(), "priority": 99}), "unknown-field", "priority"),
    "missing score": (written(without(mark(), "data", "score")), "missing-field", "data.score"),
    "missing data": (written(without(mark(), "data")), "missing-field", "data"),
    "missing id": (written(without(mark(), "id")), "missing-field", "id"),
    "an id that is none": (written({**mark(), "id": "fact-17"}), "invalid-value", "id"),
    "a body's code in capitals": (written({**mark(), "body": "Ministry"}), "invalid-value", "body"),
    "a body's code with a line break": (written({**mark(), "body": "ministry\n"}), "invalid-value", "body"),
    "mark of -1": (with_score_written("-1"), "invalid-score", "data.score"),
    "mark of -0": (with_score_written("-0"), "invalid-score", "data.score"),
    "mark of 1e400": (with_score_written("1e400"), "invalid-score", "data.score"),
    "mark with an endless exponent": (with_score_written("1e" + "9" * 30), "invalid-score", "data.score"),
    "mark of 4e0": (with_score_written("4e0"), "invalid-score", "data.score"),
    "mark of NaN": (with_score_written("NaN"), "invalid-score", "data.score"),
    "mark of Infinity": (with_score_written("-Infinity"), "invalid-score", "data.score"),
    'mark of "5,0"': (with_score_written('"5,0"'), "invalid-score", "data.score"),
    "mark of 5,000 digits": (with_score_written("5" * 5_000), "invalid-score", "data.score"),
    "mark with three decimals": (with_score_written("4.125"), "invalid-score", "data.score"),
    "mark of true": (with_score_written("true"), "invalid-score", "data.score"),
    "mark in a list": (with_score_written("[4]"), "invalid-score", "data.score"),
    "mark of null": (with_score_written("null"), "invalid-value", "data.score"),
    "days of true": (written(said("WorkdaysReported", days=True)), "invalid-value", "data.days"),
    "days of 20.0": (written(said("WorkdaysReported", days=20.0)), "invalid-value", "data.days"),
    "days of 367": (written(said("WorkdaysReported", days=367)), "invalid-value", "data.days"),
    "days of 10**30": (written(said("WorkdaysReported", days=10**30)), "invalid-value", "data.days"),
    "30 February": (written({**mark(), "occurred_on": "2026-02-30"}), "invalid-date", "occurred_on"),
    "a day in words": (written({**mark(), "occurred_on": "yesterday"}), "invalid-date", "occurred_on"),
    "the year 1": (written({**mark(), "occurred_on": "0001-01-01"}), "invalid-date", "occurred_on"),
    "an instant for a day": (
        written(said("ResultAcquainted", on="2026-10-14T00:00:00")),
        "invalid-date",
        "data.on",
    ),
    "a delivery in the year 9999": (
        written(said("ResultAcquainted", on="9999-12-31")),
        "invalid-date",
        "data.on",
    ),
    "a leave from the year 1": (
        written(told("LeaveTaken", employee="servant-8801", kind="sick", **{"from": "0001-01-01"})),
        "invalid-date",
        "data.from",
    ),
    "a fifth quarter": (written(mark(period="2026-Q5")), "invalid-period", "data.period"),
    "the year 0": (written(mark(period="0000")), "invalid-period", "data.period"),
    "a half-year": (written(mark(period="2026-H1")), "invalid-period", "data.period"),
    "a quarter of a plan that does not exist": (
        written(
            told(
                "PlanMonitored",
                employee="servant-8801",
                position="post-7702",
                year=2026,
                quarter="Q7",
                recommendations="",
            )
        ),
        "invalid-period",
        "data.quarter",
    ),
    "a vote for nobody": (
        written(told("VoteCast", member="member-5504", choice="approve")),
        "missing-field",
        "data",
    ),
    "101 witnesses": (
        written(said("SigningRefused", witnesses=["w"] * 101)),
        "invalid-value",
        "data.witnesses",
    ),
    "a member without a role": (
        written(said("CalibrationConvened", sits_on="2026-11-02", members=[{"member": "member-5504"}])),
        "missing-field",
        "data.members[0].role",
    ),
    "an act with a number beyond every reader": (
        written(told("MethodologyPublished", id="x", revision=1, act={"a": 10**30})),
        "invalid-value",
        "data.act",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_with_its_code_and_field_and_none_of_its_values(name):
    message, code, field = BAD[name]

    refusal = refused(message)

    assert (refusal.code, refusal.field) == (code, field)
    assert refusal.problem.type == f"urn:bagalau:problem:{code}"
    assert refusal.problem.detail
    try:
        parsed = json.loads(message)
    except (ValueError, RecursionError):
        parsed = []
    spoken = {value for value in leaves(parsed) if len(value) > 1} - {"system", "2026"}
    assert not [value for value in spoken if repeats(refusal.problem, value)]


def test_every_code_that_the_page_lists_is_met_here_and_no_other():
    assert {code for _, code, _ in BAD.values()} == set(PROBLEMS)


@pytest.mark.parametrize(
    "name",
    [
        "a key twice",
        "a lone surrogate",
        "U+0000 in a string",
        "unknown type",
        "missing score",
        "mark of NaN",
        "30 February",
        "101 witnesses",
    ],
)
def test_a_refusal_carries_the_facts_id_when_that_much_can_be_read(name):
    assert refused(BAD[name][0]).fact_id == UUID(ID)


@pytest.mark.parametrize("name", ["not JSON", "nested 30,000 deep", "missing id", "an id that is none"])
def test_a_message_without_a_readable_id_is_refused_without_one(name):
    assert refused(BAD[name][0]).fact_id is None


def test_of_two_ids_neither_is_taken():
    twice = written(mark()).replace(b'"body"', b'"id": "5d0a3f51-3b1e-4c59-9c39-0f6a5ee0a002", "body"')

    assert (refused(twice).code, refused(twice).fact_id) == ("duplicate-key", None)


@pytest.mark.parametrize(
    "key",
    [
        "Сейтказы А. Б.",
        "missing required field `Seitkazy",
        "x` - at `$.Seitkazy",
        "Object missing required field `Seitkazy`",
        "Expected `Seitkazy`",
        "900101300123",
    ],
)
def test_a_value_put_where_a_key_belongs_is_not_repeated(key):
    for message in (written(mark(**{key: 1})), written({**mark(), key: 1})):
        refusal = refused(message)

        assert refusal.code == "unknown-field"
        assert not any(repeats(refusal.problem, part) for part in ("Seitkazy", "Сейтказы", "900101300123"))


def test_a_mark_above_the_scale_is_read_for_the_act_to_refuse():
    assert read_fact(with_score_written("5.01")).data.score == Decimal("5.01")


@given(st.text())
def test_a_score_as_text_is_one_ascii_digit_with_at_most_two_decimals(text):
    plain = (
        len(text) in {1, 3, 4}
        and text.isascii()
        and text[0].isdigit()
        and (len(text) == 1 or (text[1] == "." and text[2:].isdigit()))
    )
    try:
        taken = read_fact(written(mark(text))).data.score
    except Unreadable:
        taken = None

    assert taken == (Decimal(text) if plain else None)


@pytest.mark.parametrize(
    "text", ["5_0", " 5 ", "٤", "４", "4.5\n", "4.", ".5", "+4", "4.500", "0x4", "04", ""]
)
def test_what_decimal_alone_would_take_is_no_score(text):
    assert refused(written(mark(text))).code == "invalid-score"


@given(st.integers(0, 999))
def test_a_score_is_the_same_however_it_is_written(hundredths):
    exact = Decimal(hundredths) / 100
    plain = format(exact.normalize(), "f")
    spellings = {format(exact, ".2f"), plain}

    scores = {
        str(read_fact(with_score_written(written_as)).data.score)
        for spelling in spellings
        for written_as in (spelling, f'"{spelling}"')
    }

    assert scores == {format(exact, ".2f")}


@given(facts())
def test_any_fact_of_the_vocabulary_is_read_as_it_was_written(fact):
    read = read_fact(canonical(fact))
    assert rewritten(read) == numbered_as_text(rewritten(fact))
    assert read_fact(canonical(read)) == read


NUMBERED = ("parameter", "target", "competency", "indicator", "year", "actual")


def numbered_as_text(written: dict[str, Any]) -> dict[str, Any]:
    """The fact with numbers of rows, targets and years as they are kept: as text."""
    said = written["data"]
    kept = {key: str(said[key]) for key in NUMBERED if isinstance(said.get(key), int)}
    return {**written, "data": {**said, **kept}}


@pytest.mark.parametrize("number", [1, "1"])
def test_a_row_named_by_a_number_or_by_text_is_one_row(number):
    assert canonical(read_fact(written(mark(4, parameter=number)))) == canonical(
        read_fact(written(mark(4, parameter="1")))
    )


@given(facts(), st.randoms(use_true_random=False), st.sampled_from([None, 1, "\t"]), st.booleans())
def test_spacing_key_order_and_escapes_change_nothing(fact, chance, indent, ascii_only):
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            keys = list(value)
            chance.shuffle(keys)
            return {key: shuffled(value[key]) for key in keys}
        return [shuffled(item) for item in value] if isinstance(value, list) else value

    again = json.dumps(shuffled(rewritten(fact)), indent=indent, ensure_ascii=ascii_only).encode()

    assert canonical(read_fact(again)) == canonical(read_fact(canonical(fact)))


@pytest.mark.parametrize("score", ["4.5", '"4.5"', "4.50", '"4.50"'])
def test_the_canonical_form_is_one_for_every_way_to_write_a_score(score):
    assert canonical(read_fact(with_score_written(score))) == canonical(read_fact(with_score_written("4.5")))


def test_what_is_left_out_and_what_is_null_are_one():
    assert canonical(read_fact(written(mark(comment=None)))) == canonical(read_fact(written(mark())))


def test_a_year_as_a_number_and_as_text_names_one_plan():
    plans = [
        read_fact(
            written(told("PlanApproved", employee="servant-8801", position="post-7702", year=year, by="head"))
        )
        for year in (2026, "2026")
    ]

    assert plans[0].document == plans[1].document


def test_the_decimals_of_an_act_are_kept_as_they_are_written():
    act = {"cap": 2.99, "weights": ["0.4", 0.60], "bands": {"top": 5}}
    message = written(told("MethodologyPublished", id="x", revision=1, act=act))

    read = read_fact(message.replace(b"0.6]", b"0.60]")).data.act

    assert read == {"cap": "2.99", "weights": ["0.4", "0.60"], "bands": {"top": 5}}


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["\ud800", "\0", "2026-Q1", "2026-02-30", 10**400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A good fact with one place of it changed, taken away or joined by another."""
    fact = rewritten(draw(facts()))
    place = draw(st.sampled_from([fact, fact["data"]]))
    keys = sorted(place) or ["employee"]
    key = draw(st.sampled_from(keys) | st.text(max_size=30))
    if draw(st.booleans()):
        place.pop(key, None)
    else:
        place[key] = draw(json_values)
    return json.dumps(fact).encode()


def readable_or_unreadable(message: bytes) -> None:
    try:
        fact = read_fact(message)
    except Unreadable as refusal:
        assert refusal.code in PROBLEMS  # noqa: PT017
        msgspec.json.encode(refusal.problem)
    else:
        assert read_fact(canonical(fact)) == fact
        assert isinstance(fact.data, TYPES[fact.type])


@given(st.binary())
def test_any_bytes_are_read_or_refused(message):
    readable_or_unreadable(message)


@given(json_values)
def test_any_json_is_read_or_refused(value):
    readable_or_unreadable(json.dumps(value).encode())


@given(spoilt())
def test_any_spoilt_fact_is_read_or_refused(message):
    readable_or_unreadable(message)


@given(facts().map(canonical), st.data())
def test_any_damaged_fact_is_read_or_refused(message, data):
    damaged = bytearray(message)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))

    readable_or_unreadable(bytes(damaged))


CANARY = "Zq7Xv9Zq7"


@given(facts(), st.data())
def test_no_problem_repeats_the_value_that_it_is_about(fact, data):
    spoilt_fact = rewritten(fact)
    place = data.draw(st.sampled_from([spoilt_fact, spoilt_fact["data"]]))
    key = data.draw(st.sampled_from(sorted(place) or ["employee"]))
    place[key] = data.draw(st.sampled_from([CANARY * 2000, [CANARY], {"member": CANARY}, CANARY + "\0"]))
    try:
        read_fact(json.dumps(spoilt_fact).encode())
    except Unreadable as refusal:
        assert not repeats(refusal.problem, CANARY)  # noqa: PT017


@pytest.mark.parametrize("depth", [31, 100, 400, 900, 970, 985, 995])
@pytest.mark.parametrize("filling", [b"1", b'"\\u0041"', b'"\\u0000"'])
def test_no_depth_breaks_the_reader(depth, filling):
    act = b"[" * depth + filling + b"]" * depth
    published = written(told("MethodologyPublished", id="x", revision=1, act={"a": "<deep>"}))
    message = published.replace(b'"<deep>"', act)

    assert refused(message).code in {"too-deep", "nul-character"}
