"""Wrong messages of every class, each labelled with the code of the problem that it must get.

They are made from the good fact before them and none is ever accepted, so no good fact depends on one.
`mark-too-precise` is not among them: at the precision of the acts the wire refuses such a mark first.
"""

from collections.abc import Iterator

import msgspec

from services.sample.mistake import Context, Wrong, encode
from services.sample.office import Fact
from services.sample.wrong_message import BY_DECISION, ON_WIRE
from services.sample.wrong_session import OF_SESSION
from services.sample.wrong_step import OF_ASSESSMENT

# Every message made here begins with its id.
_ID_AT = slice(len('{"id":"'), len('{"id":"') + 36)

# Facts of whose types there are always enough.
_COMMON = frozenset({"ScoreSubmitted", "WorkdaysReported", "SheetIssued", "EmployeeAppointed"})
_AHEAD = 1


class Item(msgspec.Struct, frozen=True):
    """A message as a feeder sends it.

    `body` and `type` make its subject `facts.<body>.<type>`; `expected` is the code of the problem that it
    must get, None where it must be accepted, and `wrong` names its class; `id` is None where none can be
    read from the message.
    """

    body: str
    message: bytes
    expected: str | None
    type: str
    id: str | None
    wrong: str | None = None


WRONG: tuple[Wrong, ...] = ON_WIRE + BY_DECISION + OF_ASSESSMENT + OF_SESSION
"""Every class of wrong messages."""


def with_wrong(facts: Iterator[Fact], share: float, context: Context) -> Iterator[Item]:
    """The good facts as messages, with wrong ones among them; `share` of all are wrong.

    Of the classes that fit a place the one used least comes next. A class that fits few places takes those it
    finds, ahead of its turn, so that all of them occur.
    """
    a_fact, owed = share / (1 - share), 0.0
    chooser = _Chooser(context)
    for fact in facts:
        yield Item(fact["body"], encode(fact), None, fact["type"], fact["id"])
        owed += a_fact
        while owed > -_AHEAD and (behind := chooser.behind(fact)) is not None:
            owed -= 1
            yield _item(fact, behind, context)
        while owed > 0 and context.rng.random() < owed:
            owed -= 1
            yield _item(fact, chooser.next(fact), context)


class _Chooser:
    """Which class comes next; counts how often each was used."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._possible = [wrong for wrong in WRONG if wrong.only_of in {None, context.family}]
        self._used = dict.fromkeys(range(len(self._possible)), 0)
        self._total = 0

    def behind(self, fact: Fact) -> Wrong | None:
        """A class that was used less than most, after a fact that not many are like; None without one."""
        if fact["type"] in _COMMON:
            return None
        special = [at for at in self._fitting(fact) if self._possible[at].after]
        least = min(special, key=self._used.__getitem__, default=None)
        if least is None or (self._used[least] - 1) * len(self._used) >= self._total:
            return None
        return self._taken(least)

    def next(self, fact: Fact) -> Wrong:
        """Of the classes that fit, the one used least."""
        rng = self._context.rng
        return self._taken(min(self._fitting(fact), key=lambda at: (self._used[at], rng.random())))

    def _fitting(self, fact: Fact) -> list[int]:
        return [at for at, wrong in enumerate(self._possible) if wrong.follows(fact, self._context.family)]

    def _taken(self, at: int) -> Wrong:
        self._used[at] += 1
        self._total += 1
        return self._possible[at]


def _item(fact: Fact, wrong: Wrong, context: Context) -> Item:
    message = wrong.make(fact, context)
    kept = message[_ID_AT].decode() if wrong.keeps_id else None
    return Item(wrong.body or fact["body"], message, wrong.expected, fact["type"], kept, wrong.name)
