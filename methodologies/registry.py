"""The registry: which act, revision and readings govern a body in a period, as known at a moment."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from events.documents.adoptions import Adoption, Adoptions
from events.envelope import Event
from events.period import Period, parse_period
from events.vocabulary.body import BodyRegistered, MethodologyAdopted, WorkCalendarDeclared
from events.vocabulary.methodology import (
    MethodologyActivated,
    MethodologyCorrected,
    MethodologyPublished,
    MethodologyRepealed,
)
from events.vocabulary.types import Data, Names
from methodologies.act import Act
from methodologies.loading import act_from_data, digest, shipped
from methodologies.model.text import Text
from methodologies.workdays import FIRST_YEARS, WorkCalendar, calendar_days

TYPICAL = "typical-2025"
"""The act that governs whoever adopted none."""

Basis = Literal["body", "agency", "typical"]
"""Adopted by the body itself, by central HR for every body, or by nobody: the typical text."""


class Revision(msgspec.Struct, frozen=True, eq=False):
    """One immutable revision of an act, with the digest that grades carry."""

    number: int
    act: Act
    digest: str
    reason: str | None
    seq: int


class Activation(msgspec.Struct, frozen=True):
    """From a place of the agency's ledger on a revision decides: from a period, for bodies; None: all.

    `decided_too` moves also what a panel, a commission or an appeal had decided before.
    """

    revision: int
    seq: int
    from_period: str | None = None
    bodies: frozenset[str] | None = None
    decided_too: bool = False

    def covers(self, body: str | None, period: Period) -> bool:
        """Whether it is for this body and period; without a body asked for, whether for all of them."""
        return covers(self.bodies, self.from_period, body, period)


def covers(bodies: Collection[str] | None, since: str | None, body: str | None, period: Period) -> bool:
    """Whether a revision for bodies, from a period on (None: all), is for this body and period.

    A year is covered from its last quarter on. Without a body it is asked whether it is for all of them.
    """
    if bodies is not None and body not in bodies:
        return False
    return since is None or parse_period(since).first_quarter <= period.last_quarter


class Methodology(msgspec.Struct, frozen=True, eq=False):
    """An act with its revisions side by side, when which was activated, and the day it was repealed."""

    id: str
    revisions: Mapping[int, Revision]
    activations: tuple[Activation, ...]
    repealed_on: date | None = None

    @property
    def current(self) -> Revision:
        """The revision that was activated last, whatever for."""
        return self.revisions[self.activations[-1].revision]

    def deciding(self, body: str | None, period: Period, decided_at: int | None = None) -> Revision:
        """The revision that decides for a body in a period.

        Of a result that was decided otherwise, `decided_at` says up to where in the agency's ledger.
        """
        covering = [
            one
            for one in self.activations
            if one.covers(body, period) and (decided_at is None or one.seq <= decided_at or one.decided_too)
        ]
        return self.revisions[(covering or self.activations[:1])[-1].revision]

    @property
    def latest(self) -> int:
        """The highest revision laid down, active or not."""
        return max(self.revisions)

    def governs(self, period: Period) -> bool:
        """Whether it was not repealed before the period began: it keeps the periods it governed."""
        return self.repealed_on is None or period.start < self.repealed_on


class Warned(msgspec.Struct, frozen=True):
    """What a reader must know of the law that governs; it refuses nothing.

    `law-ended`: the law behind the act ended before the period did; `act-ended`: by its own source the act
    was ended before the period began; `methodology-repealed`: the adopted act was repealed, so the next
    basis governs.
    """

    code: Literal["law-ended", "act-ended", "methodology-repealed"]
    methodology: str
    on: date
    by: Text | None = None


class Governing(msgspec.Struct, frozen=True, eq=False):
    """The act that governs, its revision and digest, the choices in force, warnings, and on what basis."""

    act: Act
    revision: int
    digest: str
    readings: Mapping[str, str]
    warnings: tuple[Warned, ...]
    basis: Basis


_CHANGING = (
    MethodologyActivated,
    MethodologyAdopted,
    MethodologyPublished,
    MethodologyRepealed,
    WorkCalendarDeclared,
)

_Key = tuple[tuple[Adoption, ...], Period, str | None, int | None]


class Law(msgspec.Struct, frozen=True, eq=False):
    """The agency's ledger folded up to `seq`: acts and revisions, adoptions for all, calendar, bodies.

    `answers` remembers what was asked of this very value; it is no part of what the law says.
    """

    methodologies: Mapping[str, Methodology] = msgspec.field(default_factory=lambda: MappingProxyType({}))
    adoptions: Adoptions = Adoptions()
    calendar: WorkCalendar = msgspec.field(default_factory=WorkCalendar)
    bodies: Mapping[str, Names] = msgspec.field(default_factory=lambda: MappingProxyType({}))
    seq: int = 0
    answers: dict[_Key, Governing] = msgspec.field(default_factory=dict)

    def activated_by(self, seq: int) -> int:
        """The last place, not after this one, at which a revision was activated; 0 without one."""
        places = (one.seq for found in self.methodologies.values() for one in found.activations)
        return max((place for place in places if place <= seq), default=0)

    def is_registered(self, body: str) -> bool:
        """Whether a state body has joined."""
        return body in self.bodies


def first_law() -> Law:
    """The law as published at first start: the shipped acts in their first revision and the calendar."""
    law = Law(calendar=WorkCalendar().with_days((day.day, day.working) for day in calendar_days(FIRST_YEARS)))
    for act in shipped().values():
        law = _with_revision(law, Revision(1, act, digest(act), None, 0), Activation(1, 0))
    return law


def evolve(law: Law, event: Event) -> Law:
    """The law after one more event of the ledger `agency`; other types only move `seq`.

    A correction is inert until its MethodologyActivated; a publication takes effect at once. Raises ActError
    for an act that is not sound, which `admission` refuses before it is recorded.
    """
    return _after(_at(law, event.seq), event.data, event.seq, event.occurred_on)


def changes_law(event: Event) -> bool:
    """Whether the law says something else after an event of `agency`.

    A correction is inert until it is activated; a body that joins changes nobody's grades.
    """
    return isinstance(event.data, _CHANGING)


def fold(events: Iterable[Event], law: Law | None = None) -> Law:
    """The law after these events of `agency`, on top of another one."""
    result = law if law is not None else Law()
    for event in events:
        result = evolve(result, event)
    return result


def as_if_activated(law: Law, activated: MethodologyActivated, act: Act | None = None) -> Law:
    """The law as it would be with a revision active: for a what-if.

    `act` is the revision where it was not laid down yet. KeyError when there is none.
    """
    if act is not None:
        law = _with_revision(law, Revision(activated.revision, act, digest(act), None, law.seq), None)
    found = law.methodologies[activated.id]
    activation = _activation(activated, law.seq + 1)
    if activation.revision not in found.revisions:
        raise KeyError(activation.revision)
    return _with(law, found, activations=(*found.activations, activation))


def governing(
    law: Law,
    own: Adoptions | None,
    period: Period,
    body: str | None = None,
    decided_at: int | None = None,
) -> Governing:
    """What governs a body with its own adoptions in a period; a year is judged by its last quarter.

    The body's own adoption wins, then the one for every body, then the typical text; among adoptions the
    latest `from_period` not after the period, and of two the later recorded. Only `from_period` says which
    period an act first governs, not the day it took effect. A correction may be for some bodies alone, and
    leaves a result decided at `decided_at` (a place of the agency's ledger) as it was. LookupError when not
    even the typical text has been published.
    """
    if decided_at is not None:
        decided_at = law.activated_by(decided_at)
    key = (own.entries if own is not None else (), period, body, decided_at)
    answer = law.answers.get(key)
    if answer is None:
        answer = law.answers[key] = _governing(law, key)
    return answer


def may_govern(law: Law, own: Adoptions | None, methodology: str) -> bool:
    """Whether an act can be the one that governs a body with its own adoptions in any period."""
    adopted = (*(own.entries if own is not None else ()), *law.adoptions.entries)
    return methodology == TYPICAL or any(one.methodology == methodology for one in adopted)


def _governing(law: Law, key: _Key) -> Governing:
    own, period, body, decided_at = key
    passed: list[Warned] = []
    sources: tuple[tuple[Basis, tuple[Adoption, ...]], ...] = (
        ("body", own),
        ("agency", law.adoptions.entries),
    )
    for basis, adoptions in sources:
        for adoption in _in_order(adoptions, period):
            methodology = law.methodologies.get(adoption.methodology)
            if methodology is None:
                continue
            if methodology.governs(period):
                revision = methodology.deciding(body, period, decided_at)
                return _answer(revision, period, basis, passed)
            assert methodology.repealed_on is not None
            passed.append(Warned("methodology-repealed", methodology.id, methodology.repealed_on))
    if TYPICAL not in law.methodologies:
        raise LookupError(f"no methodology governs {period}: {TYPICAL} has not been published")
    return _answer(law.methodologies[TYPICAL].deciding(body, period, decided_at), period, "typical", passed)


def _in_order(adoptions: tuple[Adoption, ...], period: Period) -> list[Adoption]:
    """The adoptions that cover the period, the one that wins first."""
    covering = [
        one
        for one in adoptions
        if parse_period(one.from_period).first_quarter <= period.last_quarter
        and (one.until_period is None or parse_period(one.until_period).last_quarter >= period.last_quarter)
    ]
    return sorted(
        covering, key=lambda one: (parse_period(one.from_period).first_quarter, one.seq), reverse=True
    )


def _answer(revision: Revision, period: Period, basis: Basis, passed: list[Warned]) -> Governing:
    return Governing(
        act=revision.act,
        revision=revision.number,
        digest=revision.digest,
        readings=MappingProxyType(revision.act.chosen()),
        warnings=(*passed, *_warnings(revision.act, period)),
        basis=basis,
    )


def _warnings(act: Act, period: Period) -> Iterable[Warned]:
    ended = act.law.ended
    if ended is not None and period.end >= ended.on:
        yield Warned("law-ended", act.id, ended.on, ended.by)
    repealed = act.life.repealed
    if repealed is not None and period.start > repealed.adopted:
        yield Warned("act-ended", act.id, repealed.adopted, repealed.by)


def _after(law: Law, data: Data, seq: int, occurred_on: date) -> Law:
    match data:
        case MethodologyPublished() | MethodologyCorrected():
            act = act_from_data(data.act, file=f"{data.id}, revision {data.revision}")
            revision = Revision(data.revision, act, digest(act), data.reason, seq)
            published = isinstance(data, MethodologyPublished)
            return _with_revision(law, revision, Activation(revision.number, seq) if published else None)
        case MethodologyActivated():
            found = law.methodologies[data.id]
            return _with(law, found, activations=(*found.activations, _activation(data, seq)))
        case MethodologyRepealed():
            return _with(law, law.methodologies[data.id], repealed_on=occurred_on)
        case MethodologyAdopted():
            adoption = Adoption(data.methodology, data.from_period, data.until_period, seq)
            return _replace(law, adoptions=Adoptions((*law.adoptions.entries, adoption)))
        case WorkCalendarDeclared():
            return _replace(law, calendar=law.calendar.with_days([(data.day, data.working)]))
        case BodyRegistered():
            return _replace(law, bodies=MappingProxyType({**law.bodies, data.code: data.name}))
        case _:
            return law


def _activation(data: MethodologyActivated, seq: int) -> Activation:
    bodies = None if data.bodies is None else frozenset(data.bodies)
    return Activation(data.revision, seq, data.from_period, bodies, data.decided_too)


def _with_revision(law: Law, revision: Revision, activation: Activation | None) -> Law:
    found = law.methodologies.get(revision.act.id) or Methodology(revision.act.id, MappingProxyType({}), ())
    revisions = MappingProxyType({**found.revisions, revision.number: revision})
    activations = (*found.activations, *([activation] if activation else []))
    return _with(law, found, revisions=revisions, activations=activations)


def _with(law: Law, methodology: Methodology, **changes: Any) -> Law:
    changed = msgspec.structs.replace(methodology, **changes)
    return _replace(law, methodologies=MappingProxyType({**law.methodologies, changed.id: changed}))


def _at(law: Law, seq: int) -> Law:
    # What the law says is unchanged by its place alone, so its answers stay good.
    return msgspec.structs.replace(law, seq=seq)


def _replace(law: Law, **changes: Any) -> Law:
    return msgspec.structs.replace(law, answers={}, **changes)
