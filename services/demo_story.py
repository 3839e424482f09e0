"""One contested result of the demo's country from its first mark to the protocol, as the ledger has it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, TypeAlias

import msgspec

from events.envelope import SYSTEM
from events.keyring import Keyring
from events.log import Connection
from events.vocabulary.commission import VoteCast
from methodologies.explanations.figures import day, period
from methodologies.registry import Law
from projections.history import Entry, changes_told, tell
from services.history import recorded
from services.sample import Country, bodies, facts_of

_KINDS = frozenset({"assessment", "calibration"})
_MARK = "ScoreSubmitted"
_PROTOCOL = "ProtocolFiled"

_Key: TypeAlias = tuple[str, str, str]
"""Employee, position, period."""


class Story(msgspec.Struct, frozen=True):
    """A result that was contested: its events in order, and the law that they are told under."""

    body: str
    employee: str
    position: str
    period: str
    entries: tuple[Entry, ...]
    law: Law


def page(story: Story) -> Iterator[str]:
    """The story in English, line by line; of a round of votes one line tells who was for what."""
    yield (
        f"A contested result: {story.employee} ({story.position}) in {story.body},"
        f" {period(story.period, 'en')}"
    )
    last = max((at for one in story.entries if (at := _round(one)) is not None), default=0)
    for at, group in groupby(story.entries, key=_round):
        together = list(group)
        if at is not None:
            yield _vote_line(at, together, is_last=at == last)
            continue
        for one in together:
            yield f"  {day(one.occurred_on, 'en')} · {_who(one)} · {tell(one, 'en')}"
            for change in one.changes:
                if change.is_any and change.result.period == story.period:
                    shown = msgspec.structs.replace(one, changes=(change,))
                    yield from (f"    → {line}" for line in changes_told(shown, story.law, "en"))


def to_json(story: Story) -> dict[str, Any]:
    """The story as an object: whose result, and each event with the score after it."""
    return {
        "body": story.body,
        "employee": story.employee,
        "position": story.position,
        "period": story.period,
        "events": [
            {
                "seq": one.seq,
                "type": one.type,
                "occurred_on": one.occurred_on,
                "actor": one.actor,
                "text": tell(one, "en"),
                "score_after": one.score_after,
            }
            for one in story.entries
        ],
    }


def _round(entry: Entry) -> int | None:
    """Which round of the panel's votes the event is of; None for what is no vote."""
    data = entry.event.data
    return data.round if isinstance(data, VoteCast) else None


def _vote_line(number: int, votes: list[Entry], *, is_last: bool) -> str:
    cast = [data for one in votes if isinstance(data := one.event.data, VoteCast)]
    shown = ", ".join(f"{vote.member} {vote.score}" for vote in cast)
    ended = "" if is_last else "; no majority"
    return f"  {day(votes[0].occurred_on, 'en')} · the panel · Round {number}: {shown}{ended}"


def _who(entry: Entry) -> str:
    return "the system" if entry.actor == SYSTEM else entry.actor


def story_of(conn: Connection, keyring: Keyring, of: Country) -> Story | None:
    """A result that a panel changed, after the most rounds; None where no panel came to a protocol."""
    chosen = max(contested(of), key=lambda one: one[0], default=None)
    if chosen is None:
        return None
    _, body, key = chosen
    found = next(iter(recorded(conn, keyring, key[0], body)), None)
    entries = [
        one
        for one in (found.history() if found else ())
        if one.event.document.kind in _KINDS and one.event.document.key == key
    ]
    begins = next((place for place, one in enumerate(entries) if one.type == _MARK), None)
    ends = next((place for place, one in enumerate(entries) if one.type == _PROTOCOL), None)
    if found is None or begins is None or ends is None:
        return None
    return Story(body, *key, tuple(entries[begins : ends + 1]), found.law)


_Rank: TypeAlias = tuple[bool, int, int]


def contested(of: Country) -> Iterator[tuple[_Rank, str, _Key]]:
    """The results whose panels filed a protocol, with whose they are.

    Ranked by whether it was told anew after it, by rounds, and by how few votes it took.
    """
    for body in bodies(of):
        if body.family != "score-sheet":
            continue
        votes: dict[_Key, list[int]] = defaultdict(list)
        told, filed = Counter[_Key](), dict[_Key, int]()
        for fact in facts_of(of, body.code):
            if fact["type"] == "VoteCast":
                votes[_key(fact)].append(fact["data"]["round"])
            elif fact["type"] == "ResultDelivered":
                told[_key(fact)] += 1
            elif fact["type"] == _PROTOCOL:
                filed.setdefault(_key(fact), len(votes[_key(fact)]))
        for key, cast in filed.items():
            yield (told[key] > 1, max(votes[key]), -cast), body.code, key


def _key(fact: Mapping[str, Any]) -> _Key:
    data = fact["data"]
    return data["employee"], data["position"], data["period"]
