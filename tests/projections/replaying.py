"""Ledgers made in memory and replayed; and what the system records of a correction."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID, uuid4, uuid5

import msgspec

from events.envelope import AGENCY, SYSTEM, Event, Fact
from events.vocabulary.methodology import MethodologyActivated
from methodologies.loading import act_to_data
from projections.lawbook import Lawbook
from projections.replay import Replay, Scope
from projections.replayed import Finding
from projections.view import LedgerView
from services.deciding import announcing
from services.offline import Ledgers, rejections
from tests.facts import BODY, fact


def held(*lines: bytes) -> Ledgers:
    """The ledgers after facts that are all accepted, their events kept."""
    ledgers = Ledgers(keeping_events=True)
    take(ledgers, *lines)
    return ledgers


def take(ledgers: Ledgers, *lines: bytes) -> None:
    """Further facts that are all accepted."""
    assert [problem.code for _, problem in rejections(ledgers, lines)] == []


def replayed(events: Iterable[Event], ledger: str = BODY, scope: Scope | None = None) -> Replay:
    """The whole replay of a ledger among these events."""
    every = list(events)
    laws = Lawbook(one for one in every if one.ledger == AGENCY)
    replay = Replay(ledger, laws, scope)
    for one in every:
        if one.ledger == ledger:
            replay.take(one)
    replay.finish()
    return replay


def unexplained(replay: Replay) -> list[Finding]:
    return [one for one in replay.findings if not one.is_explained]


def explained(replay: Replay) -> list[tuple[Any, ...]]:
    """What changed and why: the code, the cause and each field with what it was and became."""
    return [
        (one.code, one.cause, *((each.field, each.recorded, each.derived) for each in one.differences))
        for one in replay.findings
        if one.is_explained
    ]


def corrected(ledgers: Ledgers, methodology: str, *, decided_too: bool = False, **chosen: str) -> UUID:
    """Lays down a revision with other readings and activates it; the id of the activation."""
    law = ledgers.law.methodologies[methodology]
    act = act_to_data(law.current.act)
    for name, value in chosen.items():
        act["readings"][name.replace("_", "-")]["value"] = value
    revision = law.latest + 1
    data = {"id": methodology, "revision": revision, "act": act, "reason": "read otherwise"}
    take(ledgers, fact("MethodologyCorrected", data, body=AGENCY, on="2026-06-01"))
    activated = MethodologyActivated(id=methodology, revision=revision, decided_too=decided_too)
    return _append(ledgers, AGENCY, activated).id


def restate(ledgers: Ledgers, *, body: str = BODY, **more: Any) -> int:
    """Tells anew every announced result that the law changed; how many."""
    view = LedgerView(body, ledgers._sitting.ledgers[body].documents, ledgers.law)
    told = list(announcing.overtaken(view))
    for one in told:
        _append(ledgers, body, msgspec.structs.replace(one, **more))
    return len(told)


def _append(ledgers: Ledgers, ledger: str, data: Any) -> Event:
    fact_ = Fact(uuid4(), ledger, type(data).__name__, date(2026, 6, 2), SYSTEM, data)
    sitting = ledgers._sitting
    (event,) = sitting.append(ledger, sitting.ledgers[ledger], [fact_]).events
    ledgers.events.append(event)
    return event


def altered(events: Iterable[Event], seq: int, **changed: Any) -> list[Event]:
    """The events, with one of the body's saying something else."""
    return [
        msgspec.structs.replace(one, data=msgspec.structs.replace(one.data, **changed))
        if (one.ledger, one.seq) == (BODY, seq)
        else one
        for one in events
    ]


OTHER_ID = uuid5(UUID(int=0), "another")
