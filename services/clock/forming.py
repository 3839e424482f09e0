"""The annual score: formed when the year has come to its grades, and anew when what it counted changed."""

from collections.abc import Iterator, Sequence
from datetime import date

from events.documents import Annual, Employment
from events.period import Period, parse_period, quarters_of
from events.vocabulary import Data, Name
from events.vocabulary.assessment import AnnualFormed, CountedQuarter
from methodologies.moments import printed_day
from methodologies.registry import Governing
from methodologies.rules.steps import GRADED, OPEN
from projections.grade import Grade
from services.clock.ground import NOBODY, Ground

_FORMED = "AnnualFormed"


def forming(ground: Ground, employee: str) -> Iterator[Data]:
    """The years of an employee to be formed, or formed anew; none under an act that forms no year."""
    grades = ground.grades(employee)
    for annual in grades:
        if annual.kind != "annual":
            continue
        period = parse_period(annual.period)
        law = ground.view.governing(period)
        if law.act.annual is None:
            continue
        found = ground.state.documents.get(Name("annual", (employee, annual.period)))
        before = found if isinstance(found, Annual) else None
        formed = _formed(annual)
        if before is not None and before.formed is not None:
            if _told(before.formed) != _told(formed):
                yield formed
        elif annual.status == GRADED and _is_ripe(ground, law, period, grades, before):
            yield formed


def _formed(annual: Grade) -> AnnualFormed:
    return AnnualFormed(
        employee=annual.employee,
        position=annual.position,
        year=annual.period,
        score=annual.score,
        grade=annual.grade,
        methodology=annual.methodology,
        revision=annual.revision,
        quarters=[
            CountedQuarter(one.period, one.body, one.position, one.score) for one in annual.quarters or ()
        ],
    )


def _told(formed: AnnualFormed) -> tuple[object, ...]:
    return formed.score, formed.grade, tuple(formed.quarters)


def _is_ripe(
    ground: Ground, law: Governing, year: Period, grades: Sequence[Grade], before: Annual | None
) -> bool:
    """Whether the year is formed now: once its last quarter's sheets are out and every quarter is settled.

    At the latest on the printed day, and where none is printed when the year is over.
    """
    last = Period(year.year, 4)
    forms = [code for code, form in law.act.forms.items() if form.kind == "quarterly"]
    if any(ground.today < ground.issued_from(law, last, form) for form in forms):
        return False
    if ground.today >= _latest(ground, law, year):
        return True
    quarters = [one for one in grades if one.kind == "quarterly" and one.period[:4] == str(year)]
    away = _away(ground.state.employment(grades[0].employee), year)
    carried = {one.period for one in before.carried} if before else set()
    return all(one.status != OPEN for one in quarters) and away <= carried


def _latest(ground: Ground, law: Governing, year: Period) -> date:
    printed = printed_day(ground.subject(law, NOBODY, year, None), _FORMED)
    return date(year.year + 1, 1, 1) if printed is None else printed


def _away(employment: Employment | None, year: Period) -> set[str]:
    """The quarters in which he was seconded, whose grades come from the receiving body."""
    return {
        str(quarter)
        for quarter in quarters_of(year.year)
        for one in (employment.secondments if employment else ())
        if one.since <= quarter.end and one.until >= quarter.start
    }
