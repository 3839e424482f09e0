"""Quarters graded in another body, carried home to the year that counts them (cl. 3)."""

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from events.documents import Annual, Assessment
from events.period import Period, quarter_of
from events.vocabulary import Name
from events.vocabulary.assessment import QuarterCarried
from methodologies.moments import Happened
from methodologies.registry import Law
from methodologies.rules.eligibility import tenures_in
from methodologies.rules.steps import GRADED
from projections.grade import Grade
from projections.quarterly import quarterly_grade
from projections.view import LedgerView
from services.clock.away import Carried, Leaf, States, aways
from services.clock.state import LedgerState

_DAY = timedelta(days=1)

_MAKING = frozenset(
    {
        "AppealResolved",
        "CalibrationConcluded",
        "CommissionDecided",
        "DecisionApproved",
        "SheetReturned",
        "SheetSigned",
        "WorkdaysReported",
    }
)
"""Events of an assessment and its calibration that make its grade what it is."""


class _Quarter(msgspec.Struct, frozen=True):
    """A quarter of a servant that another body assesses, and the days of it that he is there."""

    employee: str
    there: str
    host: LedgerState
    position: str
    period: Period
    days: int


def quarters_from_elsewhere(home: LedgerState, states: States, law: Law, leaf: Leaf) -> Iterator[Carried]:
    """The quarters of this body's servants whose grades there are not what it holds of them."""
    for quarter in _quarters_away(home, states):
        kept = home.documents.get(Name("annual", (quarter.employee, str(quarter.period.year))))
        known = _known(kept if isinstance(kept, Annual) else None, quarter)
        if not isinstance(quarter.host.documents.get(_name(quarter)), Assessment):
            # Destroyed, it unsays nothing of what was carried from it.
            continue
        grade = _grade(quarter, law)
        said = _said(quarter, grade)
        if said == known:
            continue
        source = _source(quarter)
        if source is not None:
            yield Carried(
                QuarterCarried(
                    employee=quarter.employee,
                    position=quarter.position,
                    period=str(quarter.period),
                    from_body=quarter.host.ledger,
                    score=said.score,
                    grade=said.grade,
                    methodology=said.methodology,
                    days=said.days,
                    source_seq=source.seq,
                    source_leaf=leaf(quarter.host.ledger, source.seq),
                ),
                source.on,
            )


class _Said(msgspec.Struct, frozen=True):
    """What a carried quarter comes to; all None for one that stands no more, or never did."""

    score: str | None = None
    grade: str | None = None
    methodology: str | None = None
    days: int | None = None


def _known(kept: Annual | None, quarter: _Quarter) -> _Said:
    place = (str(quarter.period), quarter.host.ledger, quarter.position)
    for one in kept.carried if kept else ():
        if (one.period, one.from_body, one.position) == place and one.score is not None:
            return _Said(one.score, one.grade, one.methodology, one.days)
    return _Said()


def _said(quarter: _Quarter, grade: Grade | None) -> _Said:
    if grade is None or grade.status != GRADED:
        return _Said()
    return _Said(grade.score, grade.grade, grade.methodology, quarter.days)


def _quarters_away(home: LedgerState, states: States) -> Iterator[_Quarter]:
    days: dict[tuple[str, str, str, Period], tuple[str, int]] = {}
    for away in aways(states):
        if away.home is not home:
            continue
        of = away.of
        for period in _touched(of.since, of.until):
            key = away.employee, away.host.ledger, of.to_position, period
            spent = (min(of.until, period.end) - max(of.since, period.start)).days + 1
            # Of two in one quarter and position both count, under the code that he had there last.
            days[key] = of.to_employee, spent + days.get(key, ("", 0))[1]
    for (employee, host, position, period), (there, spent) in days.items():
        # What stands in the host's file decides, so that a secondment not carried yet carries nothing home.
        if tenures_in(states[host].employment(there), position, period):
            yield _Quarter(employee, there, states[host], position, period, spent)


def _touched(since: date, until: date) -> Iterator[Period]:
    day = since
    while day <= until:
        period = quarter_of(day)
        yield period
        day = period.end + _DAY


def _grade(quarter: _Quarter, law: Law) -> Grade | None:
    found = quarter.host.documents.get(_name(quarter))
    if not isinstance(found, Assessment):
        return None
    view = LedgerView(quarter.host.ledger, quarter.host.documents, law)
    return quarterly_grade(view, found, explained=False)


def _name(quarter: _Quarter) -> Name:
    return Name("assessment", (quarter.there, quarter.position, str(quarter.period)))


def _source(quarter: _Quarter) -> Happened | None:
    """The event that made the grade what it is: of the assessment, its panel, or the servant's conduct."""
    key = quarter.there, quarter.position, str(quarter.period)
    names = (
        Name("assessment", key),
        Name("calibration", key),
        Name("discipline", key[:1]),
        Name("employment", key[:1]),
    )
    happened = list(quarter.host.trail(names))
    making = [one for one in happened if one.type in _MAKING or _is_of_quarter(one, quarter.period)]
    return (making or happened)[-1] if happened else None


def _is_of_quarter(one: Happened, period: Period) -> bool:
    return one.kind == "discipline" and period.contains(one.on)
