"""Who may do what in the database, held against what this release means by it."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from events.log import Connection
from events.sql import statements
from services.servers import ServersError

_SQL = statements("access")
_TOLD: Final = 6

# A generation that is being filled: it stands alone for as long, and is there or not.
_PASSING: Final = frozenset({"projection.grades_N alone: INSERT to bagalau_projector"})


class Differences(msgspec.Struct, frozen=True):
    """Rights, policies and attributes of roles that nobody should hold, and that somebody lacks."""

    too_much: tuple[str, ...]
    missing: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.too_much or self.missing)

    def __str__(self) -> str:
        return ". ".join(
            f"{word}: {_listed(lines)}"
            for word, lines in (("too much", self.too_much), ("missing", self.missing))
            if lines
        )


def _listed(lines: tuple[str, ...]) -> str:
    more = (f"and {len(lines) - _TOLD} more",) if len(lines) > _TOLD else ()
    return "; ".join((*lines[:_TOLD], *more))


@cache
def expected() -> frozenset[str]:
    """Every right that somebody is to hold, as `held` tells them."""
    lines = files("services").joinpath("grants.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def held(conn: Connection) -> list[str]:
    """Every right, policy and attribute there is, sorted; anybody who may log in may ask."""
    with conn.transaction():
        # Under another path the expressions of policies read otherwise.
        conn.execute("SET LOCAL search_path = pg_catalog")
        return [str(line) for (line,) in conn.execute(_SQL["held"])]


def differences(conn: Connection) -> Differences:
    """What is not as it should be."""
    return _compared(held(conn))


def _compared(found: Iterable[str]) -> Differences:
    here = frozenset(found) - _PASSING
    return Differences(tuple(sorted(here - expected())), tuple(sorted(expected() - here)))


def check(conn: Connection) -> None:
    """Returns when everybody may do what he should and nothing else. Raises ServersError `grants-differ`."""
    found = differences(conn)
    if found:
        raise ServersError(
            "grants-differ",
            f"The database's rights are not those that this release works with; {found}.",
            "Take back what is too much and grant what is missing, as the database's administrator; see"
            " docs/access.md.",
        )
