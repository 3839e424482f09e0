"""Every grade that a ledger's documents come to."""

from collections.abc import Iterable, Iterator, Mapping
from collections import defaultdict

from events.documents import Assessment, Document
from events.period import parse_period
from events.vocabulary import Name
from projections.annual import annual_grade
from projections.grade import Grade
from projections.quarterly import LedgerView, quarterly_grade


def grades(view: LedgerView, *, explained: bool = False) -> Iterator[Grade]:
    """The grades of everyone in the ledger, employee by employee in the order of their codes."""
    for employee, assessments in sorted(_by_employee(view.documents).items()):
        yield from grades_of(view, employee, assessments, explained=explained)


def grades_of(
    view: LedgerView, employee: str, assessments: Iterable[Assessment], *, explained: bool = False
) -> Iterator[Grade]:
    """One employee's grades: quarters in order, then the year that they make."""
    years: dict[int, list[Grade]] = defaultdict(list)
    for assessment in sorted(assessments, key=lambda one: (one.period, one.position)):
        period = parse_period(assessment.period)
        if not period.is_quarter:
            continue
        grade = quarterly_grade(view, assessment, explained=explained)
        if grade is not None:
            years[period.year].append(grade)
            yield grade
    for year in sorted({*years, *_recorded_years(view, employee)}):
        annual = annual_grade(view, employee, year, years.get(year, ()), explained=explained)
        if annual is not None:
            yield annual


def _by_employee(documents: Mapping[Name, Document]) -> dict[str, list[Assessment]]:
    found: dict[str, list[Assessment]] = defaultdict(list)
    for name, document in documents.items():
        if isinstance(document, Assessment):
            found[document.employee].append(document)
        elif name.kind == "annual":
            found.setdefault(name.key[0], [])
    return found


def _recorded_years(view: LedgerView, employee: str) -> tuple[int, ...]:
    # A year can hold nothing but quarters carried home, whose own sheets stand in another ledger.
    return tuple(
        int(name.key[1]) for name in view.documents if name.kind == "annual" and name.key[0] == employee
    )
