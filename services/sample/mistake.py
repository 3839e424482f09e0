"""What a wrong message is made from, and the ways to spoil a good fact."""

from collections.abc import Callable
from random import Random
from typing import Any

import msgspec

from services.sample.country import Family
from services.sample.office import Fact, new_id

encode = msgspec.json.Encoder().encode

_NAMING = ("employee", "position", "period", "form", "session", "year")


class Context(msgspec.Struct, frozen=True):
    """What wrong messages are made from, beside the good fact before them; `year_before` has no sheets."""

    rng: Random
    family: Family
    year_before: int
    another_body: str


Make = Callable[[Fact, Context], bytes]


def always(_fact: Fact) -> bool:
    """Holds of every fact."""
    return True


class Wrong(msgspec.Struct, frozen=True):
    """A class of wrong messages: its name, the code it must get, and the good facts it can follow.

    `on_wire` tells whether its bytes alone are enough to refuse it; `when` tells apart the good facts of a
    type that it cannot follow.
    """

    name: str
    expected: str
    make: Make
    on_wire: bool = True
    after: frozenset[str] = frozenset()
    only_of: Family | None = None
    body: str | None = None
    keeps_id: bool = True
    when: Callable[[Fact], bool] = always

    def follows(self, fact: Fact, family: Family) -> bool:
        """Whether it can be made right after a good fact of a body of a family."""
        fits = self.only_of in {None, family} and (not self.after or fact["type"] in self.after)
        return fits and self.when(fact)


def envelope(**changes: Any) -> Make:
    """The good fact under an id of its own, with other values in its envelope."""

    def make(fact: Fact, context: Context) -> bytes:
        return encode({**fact, "id": new_id(context.rng), **changes})

    return make


def data(**changes: Any) -> Make:
    """The good fact with other values in its data; one that can be called is made from it."""

    def make(fact: Fact, context: Context) -> bytes:
        changed = _made(changes, fact, context)
        return encode({**fact, "id": new_id(context.rng), "data": {**fact["data"], **changed}})

    return make


def step(kind: str, **fields: Any) -> Make:
    """Another step of the same procedure, of the same assessment, plan or session as the good fact.

    A field that can be called is made from the good fact and the context.
    """

    def make(fact: Fact, context: Context) -> bytes:
        named = {name: value for name, value in fact["data"].items() if name in _NAMING}
        said = named | _made(fields, fact, context)
        return encode({**fact, "id": new_id(context.rng), "type": kind, "data": said})

    return make


def _made(fields: dict[str, Any], fact: Fact, context: Context) -> dict[str, Any]:
    return {name: value(fact, context) if callable(value) else value for name, value in fields.items()}


def stranger(_fact: Fact, context: Context) -> str:
    """Somebody whom nobody knows."""
    return f"nobody-{context.rng.randrange(10**6):06d}"


def hr(fact: Fact, _context: Context) -> str:
    """The body's HR service, which keeps the minutes."""
    return f"hr-{fact['body']}"


def that_day(fact: Fact, _context: Context) -> str:
    """The day of the good fact."""
    return str(fact["occurred_on"])


def first_member(fact: Fact, _context: Context) -> str:
    """Whoever a panel or a commission names first."""
    return str(fact["data"]["members"][0]["member"])


def seats(*roles: str, first: Callable[[Fact, Context], str] | None = None) -> Any:
    """Strangers in these roles; `first` says who takes the first seat."""

    def make(fact: Fact, context: Context) -> list[dict[str, str]]:
        names = [f"neighbour-{number}" for number in range(len(roles))]
        if first is not None:
            names[0] = first(fact, context)
        return [{"member": name, "role": role} for name, role in zip(names, roles, strict=True)]

    return make


def refused(
    name: str,
    expected: str,
    make: Make,
    after: str,
    *,
    only_of: Family | None = None,
    when: Callable[[Fact], bool] = always,
) -> Wrong:
    """A class of messages that a decider refuses, after good facts of a type."""
    return Wrong(name, expected, make, on_wire=False, after=frozenset({after}), only_of=only_of, when=when)
