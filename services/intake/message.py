"""A message of the queue, and what can be read of it before any document is looked at."""

from collections.abc import Callable
from hashlib import sha256

import msgspec

from events.codec import canonical
from events.envelope import Fact, Problem, Refusal
from events.unreadable import Unreadable
from events.wire import read_fact

AFTER = "Bagalau-After"
"""The header in which a feeder names the fact that it sent before this one to the same body."""


class Message(msgspec.Struct, frozen=True):
    """The bytes that came on a body's subject, and the id of the fact that was sent before, if told."""

    body: str
    data: bytes
    after: str | None = None


class Reading(msgspec.Struct, frozen=True):
    """A message once read: a fact, or the problem with it.

    `id` is the fact's, or the SHA-256 of the message in hex when it has none that can be read; `digest` is
    the keyed digest of the content, by which a repeat is told from a reused id.
    """

    id: str
    body: str
    digest: bytes
    data: bytes
    fact: Fact | None = None
    problem: Problem | None = None
    after: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Body and id: what a receipt is found by."""
        return self.body, self.id


def read(message: Message, keyed_digest: Callable[[bytes], bytes]) -> Reading:
    """What the message says; never raises for what a feeder can send."""
    try:
        fact = read_fact(message.data)
    except Unreadable as unreadable:
        fact_id = str(unreadable.fact_id) if unreadable.fact_id else sha256(message.data).hexdigest()
        return Reading(
            fact_id,
            message.body,
            keyed_digest(message.data),
            message.data,
            problem=unreadable.problem,
            after=message.after,
        )
    problem = None
    if fact.body != message.body:
        problem = Refusal("wrong-body", field="body").problem
    return Reading(
        str(fact.id),
        message.body,
        keyed_digest(canonical(fact)),
        message.data,
        fact=fact if problem is None else None,
        problem=problem,
        after=message.after,
    )
