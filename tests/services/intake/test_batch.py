"""Deciding a batch, without any server: given what is known, when messages come, then these answers."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.envelope import AGENCY, REJECTED, Event, Problem, Receipt
from events.vocabulary import Name
from methodologies import registry
from methodologies.registry import Law
from services.founding import founding_facts
from services.intake import batch
from services.intake.batch import Accepted, Decided, Ground, Known, Ledger, Refused, Repeated, RepeatedHere
from services.intake.message import Message, Reading, read
from tests.facts import (
    BODY,
    adopted,
    appointed,
    assessed,
    body_and_servant,
    fact,
    id_of,
    issued,
    marked,
    registered,
    scored,
    signed,
    under,
)

NOW = datetime(2026, 4, 11, 8, 30, tzinfo=UTC)
FOUNDED = len(founding_facts())


def reading(message: bytes, body: str | None = None, after: str | None = None) -> Reading:
    subject = body if body is not None else (AGENCY if b'"body": "agency"' in message else BODY)
    return read(Message(subject, message, after), lambda content: sha256(content).digest())


def founded() -> Law:
    law = Law()
    for seq, each in enumerate(founding_facts(), start=1):
        event = Event(AGENCY, seq, each.type, NOW, seq - 1, each.id, each.occurred_on, each.actor, each.data)
        law = registry.evolve(law, event)
    return law


LAW = founded()


def ground(*, registered_: bool = False, **more: object) -> Ground:
    ledgers = {AGENCY: Ledger(FOUNDED, NOW, whole=True)}
    if registered_:
        ledgers[BODY] = Ledger(0, NOW, whole=True)
    fields = {"ledgers": ledgers, "accepted": {}, "refused": {}, "law": LAW, "now": NOW, **more}
    return Ground(**fields)  # type: ignore[arg-type]


def decide(messages: Iterable[bytes | Reading], on: Ground | None = None) -> Decided:
    readings = [each if isinstance(each, Reading) else reading(each) for each in messages]
    return batch.decide_batch(readings, on or ground())


def told(decided: Decided) -> list[str]:
    return [
        answer.problem.code if isinstance(answer, Refused) else type(answer).__name__
        for answer in decided.answers
    ]


def refusal(message: bytes, code: str) -> Known:
    one = reading(message)
    problem = Problem(f"urn:bagalau:problem:{code}", code, code, "Why.", None)
    receipt = Receipt(one.id, one.body, REJECTED, None, None, None, NOW - timedelta(days=1), problem)
    return Known(one.digest, receipt)


def test_a_good_file_is_accepted_in_order_and_each_fact_takes_the_next_place() -> None:
    decided = decide([*body_and_servant(), *assessed()])
    assert set(told(decided)) == {"Accepted"}
    events = [event for answer in decided.answers for event in answer.events]  # type: ignore[union-attr]
    assert [event.seq for event in events if event.ledger == BODY] == list(range(1, len(events)))
    assert [event.seq for event in events if event.ledger == AGENCY] == [FOUNDED + 1]


def test_a_registered_body_has_its_ledger_from_the_next_fact_on() -> None:
    decided = decide([appointed(), registered(), appointed()])
    assert told(decided) == ["unknown-ledger", "Accepted", "Accepted"]
    assert decided.opened == (BODY,)


def test_a_fact_sees_the_law_as_the_facts_of_the_agency_before_it_made_it() -> None:
    decided = decide([registered(), adopted("zhanakorgan-2026", body=AGENCY), appointed()])
    assert decided.answers[2].events[0].agency_seq == FOUNDED + 2  # type: ignore[union-attr]
    assert decided.law.seq == FOUNDED + 2


def test_the_agencys_own_facts_are_decided_on_what_stood_before_them() -> None:
    decided = decide([registered("one"), registered("two")])
    assert [answer.events[0].agency_seq for answer in decided.answers] == [  # type: ignore[union-attr]
        FOUNDED,
        FOUNDED + 1,
    ]


def test_one_bad_fact_never_fails_those_beside_it() -> None:
    decided = decide([*body_and_servant(), issued(), scored("1", "5.01"), b"{", scored("1", "4")])
    assert told(decided)[3:] == ["Accepted", "mark-out-of-range", "not-json", "Accepted"]


def test_the_body_of_the_subject_must_be_the_messages() -> None:
    decided = decide([registered(), reading(appointed(), body="health")])
    assert told(decided) == ["Accepted", "wrong-body"]


def test_a_repeat_in_the_same_batch_gets_the_receipt_of_the_first() -> None:
    once = appointed()
    decided = decide([registered(), once, once])
    assert decided.answers[2] == RepeatedHere(1)


def test_a_repeat_written_differently_is_still_a_repeat() -> None:
    once = fact("WorkdaysReported", {"employee": "e-1", "position": "p-1", "period": "2026-Q1", "days": 57})
    decided = decide([*body_and_servant(), once, b" " + once.replace(b": ", b":") + b" "])
    assert decided.answers[-1] == RepeatedHere(3)


def test_an_id_with_another_content_is_refused() -> None:
    first = appointed("e-1")
    other = under(id_of(first), appointed("e-2"))
    assert told(decide([registered(), first, other, first])) == [
        "Accepted",
        "Accepted",
        "id-reused",
        "RepeatedHere",
    ]


def test_a_repeat_of_what_the_log_holds_gets_the_identical_receipt() -> None:
    line = appointed()
    one = reading(line)
    receipt = Receipt(one.id, BODY, "accepted", BODY, 1, "00", NOW - timedelta(days=3), None)
    on = ground(registered_=True, accepted={one.key: Known(one.digest, receipt)})
    assert decide([line], on).answers == (Repeated(receipt),)


def test_a_refusal_is_final_for_the_same_content() -> None:
    line = scored("1", "9")
    known = refusal(line, "mark-out-of-range")
    decided = decide([line], ground(registered_=True, refused={reading(line).key: (known,)}))
    assert decided.answers == (Repeated(known.receipt),)


def test_a_corrected_fact_takes_a_new_id() -> None:
    wrong = scored("1", "9")
    corrected = under(id_of(wrong), scored("1", "4"))
    on = ground(registered_=True, refused={reading(wrong).key: (refusal(wrong, "mark-out-of-range"),)})
    assert told(decide([corrected], on)) == ["id-reused"]


@pytest.mark.parametrize("code", sorted(batch.DECIDED_ANEW))
def test_a_refusal_for_what_was_not_known_is_decided_anew(code: str) -> None:
    line = appointed()
    on = ground(registered_=True, refused={reading(line).key: (refusal(line, code),)})
    assert told(decide([line], on)) == ["Accepted"]


def test_a_fact_refused_for_an_unknown_sheet_is_accepted_once_the_sheet_is_issued() -> None:
    mark = scored("1", "4")
    assert told(decide([*body_and_servant(), mark, issued(), mark]))[3:] == [
        "unknown-sheet",
        "Accepted",
        "Accepted",
    ]


def test_a_fact_waits_for_the_one_that_was_sent_before_it() -> None:
    first, second = appointed("e-1"), appointed("e-2")
    decided = decide([registered(), reading(second, after=str(id_of(first)))])
    assert told(decided) == ["Accepted", "unknown-predecessor"]


def test_whoever_follows_a_waiting_fact_waits_too() -> None:
    lost, *lines = (appointed(f"e-{number}") for number in range(4))
    chain = [lost, *lines]
    sent = [reading(line, after=str(id_of(before))) for before, line in zip(chain, lines, strict=False)]
    assert told(decide([registered(), *sent])) == ["Accepted", *["unknown-predecessor"] * 3]
    assert told(decide([registered(), lost, *sent])) == ["Accepted"] * 5


def test_a_refused_predecessor_is_a_decided_one() -> None:
    wrong, good = scored("1", "4"), appointed()
    decided = decide([registered(), wrong, reading(good, after=str(id_of(wrong)))])
    assert told(decided) == ["Accepted", "unknown-employee", "Accepted"]


def test_a_message_without_an_id_is_known_by_its_digest_to_those_behind_it() -> None:
    decided = decide([registered(), b"{", reading(appointed(), after=sha256(b"{").hexdigest())])
    assert told(decided) == ["Accepted", "not-json", "Accepted"]


def test_what_the_log_knows_counts_as_a_predecessor() -> None:
    line, before = appointed(), str(uuid4())
    receipt = Receipt(before, BODY, "accepted", BODY, 1, "00", NOW, None)
    on = ground(registered_=True, accepted={(BODY, before): Known(b"", receipt)})
    assert told(decide([reading(line, after=before)], on)) == ["Accepted"]


def test_a_document_that_was_not_loaded_is_not_taken_for_an_empty_one() -> None:
    employment = Name("employment", ("e-1",))
    opened = Ledger(7, NOW, {}, frozenset({employment}))
    decided = decide([appointed()], ground(ledgers={AGENCY: Ledger(FOUNDED, NOW), BODY: opened}))
    assert set(decided.documents[BODY]) == {employment}
    partial = Ledger(7, NOW, {}, frozenset())
    decided = decide([appointed()], ground(ledgers={AGENCY: Ledger(FOUNDED, NOW), BODY: partial}))
    assert decided.documents[BODY] == {}


def test_a_decider_that_fails_names_the_fact(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(batch, "decide", broken)
    with pytest.raises(batch.Undecidable) as failed:
        decide([b"{", registered()])
    assert failed.value.place == 1


GOOD: Sequence[bytes] = [
    *body_and_servant(),
    appointed("e-2"),
    issued(),
    *marked(),
    signed(),
    b"{",
    scored("1", "5"),
]


@given(cuts=st.lists(st.integers(0, len(GOOD)), max_size=5))
def test_the_cut_into_batches_changes_no_answer(cuts: list[int]) -> None:
    whole = told(decide(GOOD))
    bounds = [0, *sorted(cuts), len(GOOD)]
    on, answers = ground(), list[str]()
    for start, stop in pairwise(bounds):
        decided = decide(GOOD[start:stop], on)
        answers += told(decided)
        on = _after(on, decided)
    assert answers == whole


def _after(on: Ground, decided: Decided) -> Ground:
    sizes = {name: ledger.size for name, ledger in on.ledgers.items()} | dict.fromkeys(decided.opened, 0)
    for answer in decided.answers:
        for event in answer.events if isinstance(answer, Accepted) else ():
            sizes[event.ledger] = event.seq
    ledgers = {name: Ledger(size, NOW, decided.documents[name], whole=True) for name, size in sizes.items()}
    return ground(ledgers=ledgers, law=decided.law)
