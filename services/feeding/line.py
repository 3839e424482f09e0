"""A line of a file of facts on its way: what it is known by, and where it stands."""

from functools import cached_property
from hashlib import sha256

import msgspec

from events.unreadable import MAX_BYTES
from services.intake.message import Message, Reading, read

_SENT_AT_MOST = 96 * 1024
"""Bytes of a message that are sent: more than a fact may have, less than a broker with accounts takes."""


class _Subject(msgspec.Struct):
    employee: str | None = None


class _Head(msgspec.Struct):
    id: str
    type: str
    data: _Subject


_head = msgspec.json.Decoder(_Head)


class Line:
    """One message of a body's, sent after another one of the same body."""

    def __init__(self, place: int, body: str, data: bytes, after: str | None) -> None:
        self.place = place
        self.body = body
        self.data = sendable(data)
        self.after = after
        self.sent_at = 0.0
        head = _head_of(self.data)
        self.id = head.id if head else self.true_id
        self.type = head.type if head else "unreadable"
        self.employee = head.data.employee if head else None

    @property
    def true_id(self) -> str:
        """The id as the intake reads it."""
        return self._reading.id

    @property
    def content(self) -> bytes:
        """What tells a repeat from another fact under the same id."""
        return self._reading.digest

    @cached_property
    def _reading(self) -> Reading:
        # Slow, so looked at only where it must be known.
        return read(Message(self.body, self.data), lambda content: sha256(content).digest())


def sendable(data: bytes) -> bytes:
    """The message, cut where no broker would carry it; it stays too large for a fact."""
    return data if len(data) <= _SENT_AT_MOST else data[:_SENT_AT_MOST]


def _head_of(data: bytes) -> _Head | None:
    # What is well-formed in every way costs a microsecond; whatever is doubtful is read as the intake does.
    if len(data) > MAX_BYTES or data.count(b'"id"') != 1 or b"\\" in data:
        return None
    try:
        data.decode("utf-8")
        head = _head.decode(data)
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError):
        return None
    return head if _is_plain_uuid(head.id) else None


_HEX = frozenset("0123456789abcdef")
_DASHES = (8, 13, 18, 23)


def _is_plain_uuid(text: str) -> bool:
    return (
        len(text) == 36  # noqa: PLR2004
        and all(text[at] == "-" for at in _DASHES)
        and _HEX.issuperset(text.replace("-", ""))
    )
