"""Every grade that a ledger's documents come to."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import msgspec

from events.documents import Annual, Assessment, Document
from events.period import parse_period
from events.vocabulary import Name
from projections.annual import Year, annual_grade
from projections.competencies import competencies_grade
from projections.grade import Grade
from projections.quarterly import quarterly_grade
from projections.view import LedgerView


class Work(msgspec.Struct):
    """What an employee's grades are made of: his assessments, and the years something is recorded of."""

    assessments: list[Assessment] = msgspec.field(default_factory=list)
    years: set[int] = msgspec.field(default_factory=set)


def grades(view: LedgerView, *, explained: bool = False) -> Iterator[Grade]:
    """The grades of everyone in the ledger, employee by employee in the order of their codes."""
    for employee, work in sorted(work_by_employee(view.documents).items()):
        yield from grades_of(view, employee, work, explained=explained)


def work_by_employee(documents: Mapping[Name, Document]) -> dict[str, Work]:
    """Each employee's assessments and recorded years, of one pass over the documents."""
    found: dict[str, Work] = defaultdict(Work)
    for document in documents.values():
        if isinstance(document, Assessment):
            found[document.employee].assessments.append(document)
        elif isinstance(document, Annual):
            # A year can hold nothing but quarters carried home, whose sheets stand in another ledger.
            found[document.employee].years.add(int(document.year))
    return found


def grades_of(view: LedgerView, employee: str, work: Work, *, explained: bool = False) -> Iterator[Grade]:
    """One employee's grades: quarters in order, then his years, each with its competencies."""
    quarterly: dict[int, list[Grade]] = defaultdict(list)
    yearly: dict[int, list[Assessment]] = defaultdict(list)
    for assessment in sorted(work.assessments, key=lambda one: (one.period, one.position)):
        period = parse_period(assessment.period)
        if not period.is_quarter:
            yearly[period.year].append(assessment)
            continue
        grade = quarterly_grade(view, assessment, explained=explained)
        if grade is not None:
            quarterly[period.year].append(grade)
            yield grade
    for year in sorted({*quarterly, *yearly, *work.years}):
        own = yearly.get(year, ())
        annual = annual_grade(view, Year(employee, year, quarterly.get(year, ()), own), explained=explained)
        if annual is not None:
            yield annual
        for assessment in own:
            strand = competencies_grade(view, assessment, explained=explained)
            if strand is not None:
                yield strand
