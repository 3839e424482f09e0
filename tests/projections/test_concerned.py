"""Who else has to do with a result, as the documents tell it."""

import os
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from events import keyring
from events.documents import fold
from events.vocabulary import Data
from events.vocabulary.assessment import EvaluatorAdded, EvaluatorReplaced, SheetIssued
from events.vocabulary.calibration import (
    CalibrationConcluded,
    CalibrationConvened,
    CalibrationRequested,
    CalibrationWithdrawn,
)
from events.vocabulary.commission import MemberReplaced, ProtocolFiled
from events.vocabulary.types import Member
from projections.concerned import Hashes, concerned
from projections.grade import Grade
from projections.rows import NOBODY_ELSE, Concerned, person_of
from tests.ledger import given

BODY = "zhanakorgan"
KEYS = keyring.create(os.urandom)
REF: dict[str, Any] = {"employee": "e-1", "position": "p-1", "period": "2026-Q1"}

ISSUED = SheetIssued(**REF, form="annex-2", evaluator="head-1")
REQUESTED = CalibrationRequested(**REF, grounds="the second mark")
CONVENED = CalibrationConvened(
    **REF, members=[Member("head-2", "evaluator"), Member("hr-1", "hr")], sits_on=date(2026, 4, 20)
)
CONCLUDED = CalibrationConcluded(**REF, round=1, score=Decimal("4.20"))
FILED = ProtocolFiled(**REF, number="3", signed_on=date(2026, 4, 21))


def others(*said: Data, kind: Any = "quarterly", period: str = "2026-Q1", position: str = "p-1") -> Concerned:
    grade = Grade(kind, BODY, "e-1", position, period, "zhanakorgan-2026", 1, "graded")
    return concerned(fold(given(*said)), grade, Hashes(KEYS, BODY))


def hashes(*codes: str) -> tuple[bytes, ...]:
    return tuple(person_of(KEYS, BODY, code) for code in codes)


def test_a_sheet_has_its_evaluator_and_those_added() -> None:
    assert others() == NOBODY_ELSE
    assert others(ISSUED) == Concerned(hashes("head-1"))
    added = EvaluatorAdded(**REF, evaluator="head-3", ground="over-twenty")
    assert others(ISSUED, added) == Concerned(hashes("head-1", "head-3"))


def test_who_was_replaced_has_nothing_to_do_with_it_any_more() -> None:
    replaced = EvaluatorReplaced(**REF, evaluator="head-2", ground="absence")
    assert others(ISSUED, replaced) == Concerned(hashes("head-2"))


@pytest.mark.parametrize(
    ("said", "members", "requested"),
    [
        ([REQUESTED], (), True),
        ([REQUESTED, CONVENED], ("head-2", "hr-1"), True),
        ([REQUESTED, CONVENED, CONCLUDED], ("head-2", "hr-1"), False),
        ([REQUESTED, CONVENED, CONCLUDED, FILED], (), False),
        ([REQUESTED, CalibrationWithdrawn(**REF)], (), False),
        ([REQUESTED, CONVENED, CalibrationWithdrawn(**REF)], (), False),
        ([REQUESTED, CONVENED, CONCLUDED, FILED, REQUESTED], (), True),
    ],
)
def test_a_panel_has_the_case_from_its_order_to_its_protocol(
    said: list[Data], members: tuple[str, ...], requested: bool
) -> None:
    assert others(ISSUED, *said) == Concerned(hashes("head-1"), hashes(*members), requested)


def test_who_left_the_panel_has_the_case_no_more() -> None:
    left = MemberReplaced(**REF, out="head-2", in_=Member("head-4", "evaluator"))
    assert others(ISSUED, REQUESTED, CONVENED, left).members == hashes("head-4", "hr-1")


def test_the_sheet_of_a_year_is_found_in_a_position_held_before() -> None:
    yearly = REF | {"period": "2025"}
    issued = SheetIssued(**yearly, form="targets", evaluator="head-1")
    apart = SheetIssued(**yearly, form="competencies", evaluator="head-9")
    asked = CalibrationRequested(**yearly, grounds="the third target")
    assert others(issued, kind="annual", period="2025", position="p-2").evaluators == hashes("head-1")
    assert others(issued, asked, kind="annual", period="2025", position="p-2").requested
    assert others(issued, apart, kind="competencies", period="2025").evaluators == hashes("head-9")
    assert others(ISSUED, kind="annual", period="2026") == NOBODY_ELSE


def test_a_code_is_hashed_in_its_own_ledger_alone() -> None:
    assert others(ISSUED).evaluators != (person_of(KEYS, "another", "head-1"),)
