"""What an event says, apart from any language: a message's code and the values that fill it in."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TypeAlias

import msgspec

from events.period import Period
from methodologies.model.text import Text


class Coded(msgspec.Struct, frozen=True):
    """A word that facts choose from a list: told in words, and as it is where nobody gave it any."""

    group: str
    code: str


class Seat(msgspec.Struct, frozen=True):
    """A member of a panel or commission in a role."""

    member: str
    role: Coded


class Numbered(msgspec.Struct, frozen=True):
    """Something that an act or a plan numbers and entitles: a target, an indicator."""

    number: str
    title: str


class Verdict(msgspec.Struct, frozen=True):
    """What a competency came to, both in the act's words."""

    competency: Text | str
    result: Text | str


class Counted(msgspec.Struct, frozen=True):
    """The score of a quarter that a year counts."""

    period: Period
    score: Decimal


class Owed(msgspec.Struct, frozen=True):
    """A term of the procedure as it stands."""

    title: Text | str
    owes: Coded
    due: date
    clause: str
    state: Coded
    met_on: date | None


Single: TypeAlias = (
    str | int | Decimal | date | Period | Text | Coded | Seat | Numbered | Verdict | Counted | Owed | None
)
Value: TypeAlias = Single | tuple[Single, ...]


class Said(msgspec.Struct, frozen=True):
    """A message's code and what fills it in; `details` are told after it, each in a sentence of its own.

    `counted` names the figure that decides the plural form.
    """

    message: str
    arguments: Mapping[str, Value] = {}
    details: Mapping[str, Value] = {}
    counted: str | None = None

    def varied(self, variant: str = "", /, **arguments: Value) -> "Said":
        """The same in a variant of its message, with further arguments."""
        message = f"{self.message}.{variant}" if variant else self.message
        return msgspec.structs.replace(self, message=message, arguments={**self.arguments, **arguments})

    def counting(self, name: str, **arguments: Value) -> "Said":
        """The same with the figure that decides the plural form."""
        return msgspec.structs.replace(self.varied(**arguments), counted=name)

    def detailed(self, **details: Value) -> "Said":
        """The same with further details."""
        return msgspec.structs.replace(self, details={**self.details, **details})
