"""A sample country's events multiplied: decided once in memory, then told again of further employees."""

import re
from collections.abc import Iterator, Sequence
from uuid import UUID

import msgspec

from events.codec import Codec, Payload
from events.envelope import AGENCY, Event
from events.vocabulary import Name
from methodologies.registry import Law
from projections.dossiers import is_personal
from services.offline import Ledgers, rejections
from services.sample import Country, bodies, items
from services.sample.country import Family

FAMILIES: tuple[Family, ...] = ("score-sheet", "points", "targets")

_BODIES = 60
_MOST_DECIDED = 12_000
_FACTS_A_BODY = 500

_CODE = b"\0"
_ID = b"\1"
_UUID = re.compile(rb'"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{8})[0-9a-f]{4}"')
_QUOTED = re.compile(rb'"([^"\\]+)"')


class Told(msgspec.Struct, frozen=True):
    """An event with places left open in its payload: for the turn in employees' codes and in ids."""

    type: str
    agency_seq: int
    id: UUID
    name: Name
    repeated: bool
    payload: bytes

    def turn(self, number: int) -> bytes:
        """The payload of the turn: of employees and under ids of its own."""
        return self.payload.replace(_CODE, _suffix(number).encode()).replace(_ID, b"%04x" % number)


class Share(msgspec.Struct, frozen=True):
    """A ledger to fill: what its body decided, told in so many turns, side by side as people's facts are."""

    ledger: str
    told: Sequence[Told]
    turns: int

    @property
    def size(self) -> int:
        """How many events that makes."""
        again = sum(one.repeated for one in self.told)
        return again * self.turns + len(self.told) - again


class Multiplied(msgspec.Struct, frozen=True):
    """The ledgers, and what was decided: the events in order, with the law after the last."""

    shares: tuple[Share, ...]
    decided: Sequence[Event]
    law: Law

    @property
    def events(self) -> int:
        """Of all ledgers."""
        return sum(share.size for share in self.shares)


def multiplied(events: int, seed: int) -> Multiplied:
    """A country of about so many events, its bodies of the sizes that a country of so many facts has."""
    count = min(_BODIES, max(3, events // _FACTS_A_BODY))
    decided = _country(min(events, _MOST_DECIDED), seed, count)
    wanted = {body.code: body.employees for body in bodies(_country(events, seed, count))}
    ledgers = Ledgers(keeping_events=True)
    for _ in rejections(ledgers, (item.message for item in items(decided))):
        pass
    of_each: dict[str, list[Event]] = {}
    for event in ledgers.events:
        of_each.setdefault(event.ledger, []).append(event)
    told = {ledger: list(_told(its)) for ledger, its in of_each.items()}
    weights = {body.code: wanted[body.code] / body.employees for body in bodies(decided)}
    # Facts a servant differ from body to body: the whole is brought to the events asked for.
    again = sum(weights.get(ledger, 0) * len(its) for ledger, its in told.items())
    scale = (events - len(told[AGENCY])) / again
    shares = [
        Share(ledger, its, 1 if ledger == AGENCY else max(1, round(weights[ledger] * scale)))
        for ledger, its in told.items()
    ]
    shares.sort(key=lambda share: -share.size)
    return Multiplied(tuple(shares), ledgers.events, ledgers.law)


def name_in(name: Name, number: int) -> Name:
    """A document's name in a turn."""
    return Name(name.kind, (name.key[0] + _suffix(number), *name.key[1:])) if is_personal(name) else name


def _suffix(number: int) -> str:
    return f".{number}"


def _country(facts: int, seed: int, count: int) -> Country:
    return Country.of_facts(facts, seed=seed, bodies=count, wrong=0.0, families=FAMILIES)


def _told(events: Sequence[Event]) -> Iterator[Told]:
    codec = Codec()
    codes = {event.document.key[0].encode() for event in events if is_personal(event.document)}

    def opened(found: re.Match[bytes]) -> bytes:
        return b'"' + found[1] + _CODE + b'"' if found[1] in codes else found[0]

    for event in events:
        personal = is_personal(event.document)
        payload = codec.encode(Payload(event.id, event.occurred_on, event.actor, event.data))
        if event.ledger != AGENCY:
            payload = _UUID.sub(rb'"\1' + _ID + b'"', _QUOTED.sub(opened, payload))
        stored = codec.stored_type(event.type)
        yield Told(stored, event.agency_seq, event.id, event.document, personal, payload)
