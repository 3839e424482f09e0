"""The one result that a delivery tells of: a quarter's, a year's, or that of a year's competencies."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from events.documents import Assessment
from events.documents.assessment import ALWAYS_NAMED
from events.period import Period, parse_period, quarters_of
from events.vocabulary import Name
from methodologies.rules.steps import GRADED
from projections.annual import Year, annual_grade
from projections.competencies import competencies_grade
from projections.grade import Grade
from projections.quarterly import quarterly_grade
from projections.view import LedgerView

Said: TypeAlias = tuple[str | None, str | None, Mapping[str, str] | None]
"""Score, grade and results of competencies, as they are told; all None where there is no result."""


def result_of(view: LedgerView, name: Name, form: str | None, *, explained: bool = False) -> Grade | None:
    """The grade of an assessment's form as the ledger's documents have it; None where there is none.

    A year has one result, told in the position that the employee held last in it.
    """
    employee, position, period_text = name.key
    period = parse_period(period_text)
    found = view.documents.get(name)
    assessment = found if isinstance(found, Assessment) else Assessment(employee, position, period_text)
    if period.is_quarter:
        return quarterly_grade(view, assessment, explained=explained)
    if form == ALWAYS_NAMED:
        return competencies_grade(view, assessment, explained=explained)
    quarterly = [
        grade
        for one in _assessments(view, employee, period)
        if (grade := quarterly_grade(view, one, explained=False)) is not None
    ]
    own = tuple(_own(view, employee, period))
    grade = annual_grade(view, Year(employee, period.year, quarterly, own), explained=explained)
    return grade if grade is not None and grade.position == position else None


def positions_of(view: LedgerView, employee: str) -> tuple[str, ...]:
    """Every position that the employee held in the body, in the order recorded, each once."""
    file = view.employment(employee)
    return tuple(dict.fromkeys(tenure.position for tenure in file.tenures)) if file else ()


def _assessments(view: LedgerView, employee: str, year: Period) -> Iterator[Assessment]:
    for quarter in quarters_of(year.year):
        for position in sorted(positions_of(view, employee)):
            found = view.documents.get(Name("assessment", (employee, position, str(quarter))))
            if isinstance(found, Assessment):
                yield found


def _own(view: LedgerView, employee: str, year: Period) -> Iterator[Assessment]:
    for position in sorted(positions_of(view, employee)):
        found = view.documents.get(Name("assessment", (employee, position, str(year))))
        if isinstance(found, Assessment):
            yield found


def said_of(grade: Grade | None) -> Said:
    """What is told of a grade; of one that is not graded, that there is none."""
    if grade is None or grade.status != GRADED:
        return None, None, None
    results = None if grade.results is None else {one.competency: one.result for one in grade.results}
    return grade.score, grade.grade, results
