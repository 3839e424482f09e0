"""What follows from grades, by the act each was given under (`sjc-2017` cl. 40-45, `arys-2022` cl. 7)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Final

import msgspec

from events.period import parse_period
from methodologies.act import Act
from methodologies.deadlines import counted_due
from methodologies.model.procedure import Consequence
from methodologies.model.sheets import Kind
from methodologies.model.text import Text
from methodologies.rules.steps import GRADED, Status
from methodologies.workdays import WorkCalendar

# An act prints no end of a bar. The text speaks of one "who received" the grade, and a bar for life for one
# bad quarter would outlast even the demotion of cl. 44, so it is read as lasting while his latest result is
# such a grade.
BARS: Final = frozenset({"no-mentoring"})
"""Consequences that last: until the next result that would not have led to them (`sjc-2017` cl. 43)."""

_COMPETENCIES: Final[tuple[Kind, ...]] = ("competencies",)


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A grade as consequences see it: whatever of it they do not rest on is left out.

    `settled` is False while it can still become another without anybody contesting it: it awaits a superior
    or a commission, or its year is not formed. `days` are the days of the facts that terms run from, such as
    CommissionSat, where they are known.
    """

    kind: Kind
    period: str
    act: Act
    grade: str | None = None
    status: Status = GRADED
    settled: bool = True
    position: str = ""
    days: Mapping[str, date] = {}

    @property
    def place(self) -> tuple[int, int, bool]:
        """Its place in time: by the last quarter, and a year after its own quarters."""
        return *parse_period(self.period).last_quarter, self.kind != "quarterly"


class Follows(msgspec.Struct, frozen=True, kw_only=True):
    """One consequence of one result.

    `since` is the first period of the results it rests on; `until` the period of the result that ended a
    bar, None while it stands and for what is no bar. `due` is the last day of the term the act sets, None
    without one or while its start is not known. `pending`: a result it rests on is not settled, so nothing
    follows yet.
    """

    code: str
    title: Text
    clause: str
    methodology: str
    kind: Kind
    period: str
    position: str
    grade: str | None
    since: str
    until: str | None = None
    due: date | None = None
    pending: bool = False


def follows(results: Collection[Result], calendar: WorkCalendar) -> tuple[Follows, ...]:
    """What follows from one employee's results, in the order of time; nothing under acts that print none.

    Each result has the consequences of its own act. Competencies lead only to what the act prints for
    competencies alone: they never reach anything else (`arys-2022` cl. 7).
    """
    graded = sorted(
        (one for one in results if one.status == GRADED), key=lambda one: (one.place, one.kind, one.position)
    )
    return tuple(_all(graded, calendar))


def _all(graded: Sequence[Result], calendar: WorkCalendar) -> Iterator[Follows]:
    for result in graded:
        for code, consequence in result.act.consequences.items():
            rests_on = _rests_on(consequence, result, graded)
            if rests_on:
                yield _followed(code, result, rests_on, graded, calendar)


def _rests_on(consequence: Consequence, result: Result, graded: Sequence[Result]) -> tuple[Result, ...]:
    """The results that lead to the consequence by this one, the latest first; empty where it does not follow.

    Years running are calendar years, each with its own annual result by an act of the same family: what a
    year that was not assessed would have come to nobody knows, and demotion is not grounded on a guess.
    """
    if not _leads_to(consequence, result):
        return ()
    if consequence.years_running is None:
        return (result,)
    if result.kind != "annual":
        return ()
    running = [result]
    last = parse_period(result.period).year
    for year in range(last - 1, last - consequence.years_running, -1):
        found = next((one for one in graded if _continues(consequence, result, one, year)), None)
        if found is None:
            return ()
        running.append(found)
    return tuple(running)


def _continues(consequence: Consequence, result: Result, one: Result, year: int) -> bool:
    return (
        one.kind == "annual"
        and one.period == f"{year:04d}"
        and one.act.family == result.act.family
        and _leads_to(consequence, one)
    )


def _leads_to(consequence: Consequence, result: Result) -> bool:
    return _heeds(consequence, result.kind) and (not consequence.grades or result.grade in consequence.grades)


def _heeds(consequence: Consequence, kind: Kind) -> bool:
    return kind in consequence.kinds and (kind != "competencies" or consequence.kinds == _COMPETENCIES)


def _followed(
    code: str,
    result: Result,
    rests_on: Sequence[Result],
    graded: Sequence[Result],
    calendar: WorkCalendar,
) -> Follows:
    consequence = result.act.consequences[code]
    first, pending = rests_on[-1], not all(one.settled for one in rests_on)
    bars = code in BARS
    return Follows(
        code=code,
        title=consequence.title,
        clause=consequence.clause,
        methodology=result.act.id,
        kind=result.kind,
        period=result.period,
        position=result.position,
        grade=result.grade,
        since=_barred_since(code, result, graded) if bars else first.period,
        until=_barred_until(code, result, graded) if bars else None,
        due=None if pending else _due(consequence, result, calendar),
        pending=pending,
    )


def _barred_since(code: str, result: Result, graded: Sequence[Result]) -> str:
    """The first of the unbroken run of results, each barring by its own act, that ends with this one."""
    since = result
    for together in _groups(code, result, [one for one in reversed(graded) if one.place < result.place]):
        barring = next((one for one in together if _bars(code, one)), None)
        if barring is None:
            break
        since = barring
    return since.period


def _barred_until(code: str, result: Result, graded: Sequence[Result]) -> str | None:
    """The next result that would not have barred him, by whatever act; None while there is none.

    Of results for several positions in one period each has to be such a one.
    """
    grades = result.act.consequences[code].grades
    for together in _groups(code, result, [one for one in graded if one.place > result.place]):
        if not any(one.grade in grades for one in together):
            return together[0].period
    return None


def _groups(code: str, result: Result, others: Sequence[Result]) -> Iterator[list[Result]]:
    """Those that can begin or end the bar, the ones of the same place in time together."""
    consequence = result.act.consequences[code]
    heeded = (one for one in others if one.settled and _heeds(consequence, one.kind))
    for _, together in groupby(heeded, key=lambda one: one.place):
        yield list(together)


def _bars(code: str, result: Result) -> bool:
    consequence = result.act.consequences.get(code)
    return consequence is not None and _leads_to(consequence, result)


def _due(consequence: Consequence, result: Result, calendar: WorkCalendar) -> date | None:
    if consequence.term is None:
        return None
    term = result.act.terms[consequence.term]
    if term.since is None or term.since not in result.days:
        return None
    return counted_due(term, result.days[term.since], calendar, result.act.chosen())
