import hmac
import os
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import keyring
from events.seal import NONCE_BYTES, new_key, unseal
from projections.grade import Grade, QuarterScore
from projections.rows import (
    NOBODY_ELSE,
    Concerned,
    Row,
    RowError,
    opened,
    person_of,
    record_of,
    row_of,
    sealed,
)

KEY = new_key(os.urandom)
PERSON = bytes(16)
RECORD = UUID(int=7)

words = st.text(max_size=20)
grades = st.builds(
    Grade,
    kind=st.sampled_from(("quarterly", "annual", "competencies")),
    body=words,
    employee=words,
    position=words,
    period=st.sampled_from(("2026-Q1", "2026")),
    methodology=words,
    revision=st.integers(1, 9),
    status=st.sampled_from(("graded", "open", "not-assessed")),
    reason=st.none() | words,
    score=st.none() | words,
    grade=st.none() | words,
    flags=st.lists(words, max_size=3).map(tuple),
    readings=st.dictionaries(words, words, max_size=3),
    quarters=st.none() | st.lists(st.builds(QuarterScore, words, words, words, words), max_size=2).map(tuple),
)


OTHERS = Concerned((b"e" * 16,), (b"m" * 16, b"n" * 16), requested=True)


def closed(grade: Grade, generation: int = 1, others: Concerned = NOBODY_ELSE) -> tuple[Row, bytes]:
    row = row_of(grade, PERSON, RECORD, KEY, 12, others)
    return row, sealed(row, generation, KEY, os.urandom(NONCE_BYTES))


@given(grades)
def test_a_grade_comes_out_as_it_went_in(grade: Grade) -> None:
    row, content = closed(grade)
    assert opened(row, 1, KEY, content) == grade


def annual() -> Grade:
    return Grade(
        "annual", "b", "e-1", "p-1", "2026", "typical-2025", 1, "graded", score="4.20", grade="effective"
    )


CHANGES: list[dict[str, Any]] = [
    {"ledger": "c"},
    {"person": bytes(15) + b"\1"},
    {"kind": "quarterly"},
    {"id": uuid4()},
    {"period": "2025"},
    {"status": "open"},
    {"grade": "proper"},
    {"grade": None},
    {"methodology": "health-2025"},
    {"revision": 2},
    {"seq": 13},
    {"digest": bytes(16)},
    {"concerned": NOBODY_ELSE},
    {"concerned": Concerned(OTHERS.evaluators, OTHERS.members)},
    {"concerned": Concerned(OTHERS.evaluators + OTHERS.members, (), requested=True)},
    {"concerned": Concerned((b"x" * 16,), OTHERS.members, requested=True)},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_whatever_stands_beside_the_seal_cannot_be_changed(change: dict[str, Any]) -> None:
    row, content = closed(annual(), others=OTHERS)
    assert opened(row, 1, KEY, content) == annual()
    with pytest.raises(RowError) as refused:
        opened(msgspec.structs.replace(row, **change), 1, KEY, content)
    assert refused.value.code == "row-not-authentic"


def test_a_row_that_told_of_nobody_else_is_opened_as_before_there_were_such_rows() -> None:
    row, content = closed(annual())
    assert unseal(KEY, b"bagalau/grade/1\0" + beside(row), content) == row.content
    with pytest.raises(RowError):
        opened(msgspec.structs.replace(row, concerned=OTHERS), 1, KEY, content)


@pytest.mark.parametrize("others", [NOBODY_ELSE, OTHERS], ids=["nobody else", "others"])
def test_a_row_is_opened_whatever_digest_an_earlier_release_gave_it(others: Concerned) -> None:
    today, _ = closed(annual(), others=others)
    earlier = hmac.digest(KEY.raw, b"bagalau/grade-digest/1\0" + today.content, "sha256")[:16]
    row = msgspec.structs.replace(today, digest=earlier)
    assert opened(row, 1, KEY, sealed(row, 1, KEY, os.urandom(NONCE_BYTES))) == annual()
    # It is written anew when it is next derived.
    assert row.digest != today.digest


def beside(row: Row) -> bytes:
    """What stood beside a sealed grade in the layout of the first release."""
    names = "ledger person kind id period status grade methodology revision seq digest"
    return msgspec.json.encode([1, *(getattr(row, name) for name in names.split())])


def test_with_whom_else_it_has_to_do_tells_a_row_from_another() -> None:
    alike = [closed(annual(), others=others)[0].digest for others in (NOBODY_ELSE, OTHERS, OTHERS)]
    assert alike[0] != alike[1] == alike[2]


def test_a_row_is_not_carried_to_another_generation_or_key() -> None:
    row, content = closed(annual())
    for generation, key in ((2, KEY), (1, new_key(os.urandom))):
        with pytest.raises(RowError):
            opened(row, generation, key, content)


@given(grades, st.integers(0, 10_000))
def test_no_flipped_bit_goes_unseen(grade: Grade, at: int) -> None:
    row, content = closed(grade)
    place = at % (8 * len(content))
    flipped = bytearray(content)
    flipped[place // 8] ^= 1 << place % 8
    with pytest.raises(RowError):
        opened(row, 1, KEY, bytes(flipped))


def test_equal_grades_have_equal_digests_under_one_key_alone() -> None:
    first, second = (
        row_of(msgspec.structs.replace(annual(), readings=readings), PERSON, RECORD, KEY, seq)
        for seq, readings in ((3, {"a": "1", "b": "2"}), (9, {"b": "2", "a": "1"}))
    )
    assert first.digest == second.digest
    assert row_of(annual(), PERSON, RECORD, KEY, 3).digest != first.digest
    assert (
        row_of(annual(), PERSON, RECORD, new_key(os.urandom), 3).digest
        != row_of(annual(), PERSON, RECORD, KEY, 3).digest
    )


def test_an_employee_of_another_body_is_another_person() -> None:
    keys = keyring.create(os.urandom)
    assert person_of(keys, "b", "e-1") == person_of(keys, "b", "e-1")
    assert person_of(keys, "b", "e-1") != person_of(keys, "c", "e-1")
    assert record_of(keys, "b", "e-1", "2026") != record_of(keys, "b", "e-1", "2025")
