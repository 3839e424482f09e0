"""A person's dossier: what of a document cannot be folded is told in its place, and the rest is there."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from events.envelope import Event
from events.seal import DocumentKey
from events.vocabulary.assessment import ScoreSubmitted, SheetIssued, WorkdaysReported
from projections.dossiers import Dossier, Failure
from tests.ledger import given

REF: dict[str, Any] = {"employee": "4117", "position": "specialist", "period": "2026-Q1"}
STREAM = UUID(int=1)
KEY = DocumentKey(bytes(32))

TOLD = given(
    SheetIssued(**REF, form="annex-2", evaluator="2002"),
    ScoreSubmitted(**REF, parameter=1, score=Decimal("4.00")),
    WorkdaysReported(**REF, days=15),
    ScoreSubmitted(**REF, parameter=2, score=Decimal("5.00")),
    WorkdaysReported(**REF, days=16),
)
UNOPENED = Failure(STREAM, 2, "SealError not-authentic")


def taken(*some: Event | Failure) -> Dossier:
    dossier = Dossier(bytes(16))
    events = [one for one in some if isinstance(one, Event)]
    dossier.take_all(STREAM, KEY, events, [one for one in some if isinstance(one, Failure)])
    return dossier


def one_by_one(some: list[Event]) -> Dossier:
    dossier = Dossier(bytes(16))
    for event in some:
        dossier.take_all(STREAM, KEY, (event,))
    return dossier


def test_a_document_is_the_same_told_at_once_or_event_by_event() -> None:
    whole = taken(*TOLD)

    assert whole.failures == []
    assert whole.employee == "4117"
    assert whole.streams == {TOLD[0].document: (STREAM, KEY)}
    assert whole.documents == one_by_one(TOLD).documents
    assert len(whole.documents[TOLD[0].document].sheets[0].marks) == 2


def test_what_was_not_opened_stands_aside() -> None:
    found = taken(TOLD[0], UNOPENED, *TOLD[2:])

    assert found.failures == [UNOPENED]
    assert found.documents == one_by_one([TOLD[0], *TOLD[2:]]).documents
    assert taken(UNOPENED).documents == {}


def test_an_event_that_cannot_be_folded_is_told_by_its_place_and_the_others_count() -> None:
    broken = msgspec.structs.replace(TOLD[2], data=None)

    found = taken(TOLD[0], TOLD[1], broken, UNOPENED, *TOLD[3:])

    assert [failure.seq for failure in found.failures] == [2, 3]
    assert found.failures[1].error.startswith("AttributeError")
    assert found.documents == one_by_one([TOLD[0], TOLD[1], *TOLD[3:]]).documents
    assert taken(TOLD[0], broken).documents == one_by_one(TOLD[:1]).documents
