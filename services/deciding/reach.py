"""What a fact reaches: the documents its decider looks at, and the announced results it may change."""

from collections.abc import Iterator, Mapping
from datetime import date

from events.documents import Assessment, Commission, Discipline, Document, Employment
from events.envelope import Fact
from events.period import Period, parse_period, quarter_of, quarters_of
from events.vocabulary import Name
from events.vocabulary import assessment as sheets
from events.vocabulary import discipline as sanctions
from events.vocabulary import employment as service
from events.vocabulary.calibration import CalibrationRequested
from events.vocabulary.commission import ProtocolFiled, ResultApproved, VoteCast
from services.deciding.signatories import signatories

Documents = Mapping[Name, Document]

ADOPTIONS = Name("adoptions", ())

_FILLING = (
    sheets.ScoreSubmitted,
    sheets.SheetIssued,
    sheets.EvaluatorReplaced,
    sheets.EvaluatorAdded,
    sheets.SelfAssessed,
    sheets.PointsAwarded,
    sheets.BreachRecorded,
    sheets.TargetAssessed,
    sheets.CompetencyAssessed,
)
"""What fills in an open sheet: most of all facts, and none of them changes a result."""

_COUNTED = (CalibrationRequested, sheets.DecisionAppealed, sheets.ResultDelivered)
"""What is decided by a day that is counted, in a calendar that the body may have declared days of."""


def needs(fact: Fact, documents: Documents) -> frozenset[Name]:
    """The documents of the fact's ledger that deciding it takes, as far as these documents tell.

    Asked again with what it named before, it names more, until it names nothing new.
    """
    return frozenset(_needs(fact, documents))


def _needs(fact: Fact, documents: Documents) -> Iterator[Name]:
    own = fact.document
    yield own
    match own.kind:
        case "assessment" if isinstance(fact.data, _FILLING):
            yield from _of_sheet(own.key)
        case "assessment" | "calibration" | "plan":
            yield from _of_assessment(own.key)
            if isinstance(fact.data, sheets.ResultDelivered):
                yield from _of_result(Name("assessment", own.key), documents)
        case "commission":
            yield ADOPTIONS
            for name in subjects(fact, documents):
                yield from _of_assessment(name.key)
        case "discipline" | "hold" | "viewer":
            yield Name("employment", own.key)
    if isinstance(fact.data, _COUNTED):
        # Terms of some days, counted from a day of this year or the last.
        for year in (fact.occurred_on.year - 1, fact.occurred_on.year):
            yield Name("calendar", (f"{year:04d}",))
    yield from _of_signature(fact, documents)
    yield from _restating(fact, documents)


def _of_signature(fact: Fact, documents: Documents) -> Iterator[Name]:
    """The files of those whose the signature's certificate may be."""
    if getattr(fact.data, "signature", None) is not None:
        for code in signatories(fact, documents):
            yield Name("employment", (code,))


def _of_sheet(key: tuple[str, ...]) -> Iterator[Name]:
    yield Name("assessment", key)
    yield Name("employment", key[:1])
    yield ADOPTIONS
    if not parse_period(key[2]).is_quarter:
        yield Name("plan", key)


def _of_assessment(key: tuple[str, ...]) -> Iterator[Name]:
    yield from _of_sheet(key)
    yield Name("calibration", key)
    yield Name("discipline", key[:1])


def subjects(fact: Fact, documents: Documents) -> Iterator[Name]:
    """The assessments that a session's fact speaks of: a vote's own, else those that were voted on."""
    data = fact.data
    if isinstance(data, VoteCast):
        if data.employee and data.position and data.period:
            yield Name("assessment", (data.employee, data.position, data.period))
        return
    session = documents.get(fact.document)
    if isinstance(session, Commission) and isinstance(data, ProtocolFiled | ResultApproved):
        yield from dict.fromkeys(Name("assessment", subject.key) for subject in session.subjects)


def touched(fact: Fact, documents: Documents) -> tuple[Name, ...]:
    """The assessments whose announced results the fact may change, in order."""
    return tuple(dict.fromkeys(_touched(fact, documents)))


def _touched(fact: Fact, documents: Documents) -> Iterator[Name]:
    kind = fact.document.kind
    if kind in {"assessment", "calibration", "plan"}:
        name = Name("assessment", fact.document.key)
        if _may_change(fact, documents.get(name)):
            yield name
            yield from _years(name, documents)
    elif kind == "commission":
        for name in subjects(fact, documents):
            yield name
            yield from _years(name, documents)
    else:
        yield from _of_employee(fact, documents)


def _may_change(fact: Fact, assessment: Document | None) -> bool:
    """Whether what is reported of an assessment can change a result: not while its sheet is being filled."""
    if isinstance(fact.data, _FILLING):
        return False
    if isinstance(fact.data, sheets.SheetSigned | sheets.SheetReturned):
        return True
    return isinstance(assessment, Assessment) and (
        bool(assessment.results) or any(sheet.is_signed for sheet in assessment.sheets)
    )


def _years(name: Name, documents: Documents) -> Iterator[Name]:
    employee, _, period = name.key
    year = str(parse_period(period).year)
    for position in _positions(employee, documents):
        yield Name("assessment", (employee, position, year))


def _of_employee(fact: Fact, documents: Documents) -> Iterator[Name]:
    """Of a sanction the quarter it was imposed in, of his service every quarter from then on."""
    periods = tuple(_periods(fact, documents))
    if not periods:
        return
    employee = fact.document.key[0]
    positions = _positions(employee, documents)
    for period in periods:
        for position in positions:
            yield Name("assessment", (employee, position, str(period)))


def _periods(fact: Fact, documents: Documents) -> Iterator[Period]:
    match fact.data:
        case sanctions.DisciplineRecorded() | sanctions.DisciplineCarried() as data:
            yield from _quarter_and_year(data.imposed_on)
        case sanctions.DisciplineAnnulled() as data:
            kept = documents.get(fact.document)
            sanction = kept.sanction(data.discipline) if isinstance(kept, Discipline) else None
            if sanction is not None:
                yield from _quarter_and_year(sanction.imposed_on)
        case service.LeaveTaken() | service.SecondmentReceived() as data:
            yield from _since(data.from_, fact)
        case (service.EmployeeAppointed() | service.LeaveEnded() | service.EmployeeDismissed()) as data:
            yield from _since(data.on, fact)
        case sheets.AnnualFormed() | sheets.QuarterCarried():
            yield Period(int(fact.document.key[1]))


def _quarter_and_year(day: date) -> Iterator[Period]:
    yield quarter_of(day)
    yield Period(day.year)


def _since(day: date, fact: Fact) -> Iterator[Period]:
    """The years that a change of service may concern: from its day to the day it was reported of."""
    for year in range(day.year, max(day, fact.occurred_on).year + 1):
        yield from quarters_of(year)
        yield Period(year)


def _positions(employee: str, documents: Documents) -> tuple[str, ...]:
    file = documents.get(Name("employment", (employee,)))
    if not isinstance(file, Employment):
        return ()
    return tuple(dict.fromkeys(tenure.position for tenure in file.tenures))


def _restating(fact: Fact, documents: Documents) -> Iterator[Name]:
    for name in _touched(fact, documents):
        yield name
        found = documents.get(name)
        if isinstance(found, Assessment) and found.results:
            yield from _of_result(name, documents)


def _of_result(name: Name, documents: Documents) -> Iterator[Name]:
    """What an assessment's result is worked out of: of a year also its quarters."""
    yield from _of_assessment(name.key)
    employee, _, period_text = name.key
    period = parse_period(period_text)
    if period.is_quarter:
        return
    yield Name("annual", (employee, period_text))
    for position in _positions(employee, documents):
        yield from _of_assessment((employee, position, period_text))
        for quarter in quarters_of(period.year):
            yield from _of_assessment((employee, position, str(quarter)))
