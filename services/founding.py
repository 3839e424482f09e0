"""What the agency's ledger holds from the first day: the shipped acts and the calendar of working days."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from uuid import UUID, uuid5

from events.envelope import AGENCY, SYSTEM, Fact
from events.vocabulary import Data
from events.vocabulary.methodology import MethodologyPublished
from methodologies.act import Act
from methodologies.loading import act_to_data, shipped
from methodologies.workdays import FIRST_YEARS, calendar_days

_CAUSE = UUID("6b1f6f0e-6a2c-5d0a-9a53-0f6c6a1d7e10")
"""Stands for the founding itself, the cause of these facts; their ids follow from it and what they are of."""


@cache
def founding_facts() -> tuple[Fact, ...]:
    """The facts that the system records in `agency` before any other; the same in every installation.

    An act keeps the id of its publication whatever its later text: what a release brings anew is published,
    what was published is changed by corrections alone.
    """
    return tuple(_published()) + tuple(_declared())


def _published() -> Iterator[Fact]:
    for act in shipped().values():
        data = MethodologyPublished(id=act.id, revision=1, act=act_to_data(act))
        yield _fact(f"methodology/{act.id}", _day_of(act), data)


def _declared() -> Iterator[Fact]:
    for day in calendar_days(FIRST_YEARS):
        yield _fact(f"calendar/{day.day.isoformat()}", day.day, day)


def _day_of(act: Act) -> date:
    day = act.life.adopted or act.life.in_force.on
    assert day is not None, "a shipped act says when it was adopted or took effect"
    return day


def _fact(subject: str, occurred_on: date, data: Data) -> Fact:
    return Fact(uuid5(_CAUSE, subject), AGENCY, type(data).__name__, occurred_on, SYSTEM, data)
