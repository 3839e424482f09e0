"""A servant as his body's HR service knows him, his posts, and the results that he was told of."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import msgspec

from events.period import Period


class Post(msgspec.Struct, frozen=True):
    """A position with those above it."""

    position: str
    category: str
    managerial: bool
    unit: str
    supervisor: str
    unit_head: str
    superior: str
    heads_unit: bool = False
    serves_public: bool | None = None
    """Told only where an act asks for it."""


class Stint(msgspec.Struct, frozen=True):
    """A post held within a period, from a first to a last day; `held_since` may be long before it."""

    post: Post
    since: date
    until: date
    held_since: date


class Lent(msgspec.Struct, frozen=True):
    """A secondment: who, from which body and post, whereto, under which codes there, from when to when.

    `recalled_on` is his last day there where that came earlier than was agreed.
    """

    home: str
    employee: str
    post: Post
    host: str
    to_employee: str
    to_position: str
    since: date
    until: date
    recalled_on: date | None = None

    @property
    def last_day(self) -> date:
        return self.recalled_on or self.until


class Case(msgspec.Struct):
    """A result as HR needs to know it to go on; `score` is in hundredths, in points, or targets met.

    `gone` while there is no result any more: it was annulled, or its ground fell away. `sessions` counts the
    panels that were asked for.
    """

    ref: dict[str, Any]
    servant: "Servant"
    methodology: str
    evaluator: str
    scorer: str
    score: int
    gone: bool = False
    sessions: int = 0


class Servant:
    """A servant; he changes as he moves on."""

    __slots__ = (
        "absent",
        "away",
        "capped",
        "code",
        "goes_home",
        "leaves",
        "left",
        "points",
        "posts",
        "probation_until",
        "settled",
        "temper",
        "told",
    )

    def __init__(self, code: str, post: Post, since: date, temper: int, *, settled: bool = False) -> None:
        self.code = code
        self.posts: list[tuple[Post, date]] = [(post, since)]
        self.left: date | None = None
        self.temper = temper
        """How good his marks are, as a number below 120."""
        self.settled = settled
        """Others are assessed by him, or he is lent to another body, so he neither moves nor leaves."""
        self.absent = 0
        """Working days of leave in the quarter at hand."""
        self.capped = False
        """His evaluator knows of a sanction in the quarter at hand."""
        self.away: list[tuple[date, date]] = []
        """First and last days of his secondments to other bodies."""
        self.goes_home: date | None = None
        """The last day of one whom another body lent."""
        self.leaves: list[tuple[str, date, date | None]] = []
        """Kinds, first and last days of this year's leaves."""
        self.probation_until: date | None = None
        """The end of the probation in his first post."""
        self.told: dict[str, Case] = {}
        """By position, his results of the last quarter that he was told of."""
        self.points: list[int] = []
        """What the year's quarters came to (`sjc-2017`)."""

    @property
    def post(self) -> Post:
        """The post held now."""
        return self.posts[-1][0]

    def stints(self, period: Period) -> Iterator[Stint]:
        """The posts held within a period, in order."""
        start, end = period.start, period.end
        for index, (post, since) in enumerate(self.posts):
            following = self.posts[index + 1][1] if index + 1 < len(self.posts) else None
            last = following - timedelta(days=1) if following else (self.left or self.goes_home or end)
            first, last = max(since, start), min(last, end)
            if first <= last:
                yield Stint(post, first, last, since)

    def days_away(self, stint: Stint) -> int:
        """How many days of a stint he was seconded elsewhere."""
        return sum(
            max(0, (min(until, stint.until) - max(since, stint.since)).days + 1) for since, until in self.away
        )
