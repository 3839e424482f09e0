"""Terms marked as they begin, are met and pass (cl. 15): of each assessment only those that changed."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

import msgspec

from events.documents import Assessment, Employment, Plan
from events.documents.assessment import ALWAYS_NAMED
from events.documents.obligations import Obligations
from events.period import Period, parse_period
from events.vocabulary import TYPES, Data, Name, plan
from events.vocabulary.obligation import WITHDRAWN, TermMark, TermsMarked
from methodologies.moments import Subject, moments_in
from methodologies.registry import Governing
from methodologies.rules import eligibility
from methodologies.rules.eligibility import tenures_in
from methodologies.rules.steps import NOT_ASSESSED
from methodologies.terms import Owed, terms_of
from projections.grade import Grade
from services.clock.ground import Ground
from services.clock.issuing import lacking

_OF_PLAN: Final = frozenset(name for name, kind in TYPES.items() if kind.__module__ == plan.__name__)
_PASSED: Final = frozenset({"missed", "lapsed", "unreported"})


class Strand(msgspec.Struct, frozen=True):
    """An assessment whose terms run; `planned` where only those of its work plan do."""

    subject: Subject
    planned: bool = False

    @property
    def document(self) -> Name:
        of = self.subject
        return Name("obligations", (of.employee, of.position, str(of.period), of.form or ""))


def marking(ground: Ground, employee: str) -> Iterator[Data]:
    """What the terms of an employee's assessments have come to say since they were last marked."""
    grades = ground.grades(employee)
    strands = {one.document: one for one in strands_of(ground, employee, grades)}
    marked = {
        name: found
        for name in ground.state.names[employee]
        if (found := ground.state.obligations.get(name)) is not None
    }
    for name, strand in strands.items():
        terms = _marks(_owed(ground, strand, grades))
        yield from _changed(ground.today, name, marked.get(name), terms)
    for name, before in marked.items():
        if name not in strands:
            yield from _changed(ground.today, name, before, {})


def strands_of(ground: Ground, employee: str, grades: Iterable[Grade]) -> Iterator[Strand]:
    """The assessments of an employee whose terms run.

    Those of sheets that were issued or are due, of a year that is formed without one once it is over, and of
    the plans that an act asks for. Of one who is not assessed only the plan's run, and of a year's sheet in a
    position that he left within it.
    """
    sheets = dict(_with_sheets(ground, employee))
    planned = dict(_with_plans(ground, employee))
    for name, strand in (planned | sheets).items():
        only = strand.planned or not _is_assessed(ground, strand.subject)
        if not only or name in planned:
            yield Strand(strand.subject, only)
    for annual in grades:
        if annual.kind == "annual" and annual.status != NOT_ASSESSED:
            yield from _formed_without_sheet(ground, annual)


def _with_sheets(ground: Ground, employee: str) -> Iterator[tuple[Name, Strand]]:
    for name in ground.state.names[employee]:
        found = ground.state.documents.get(name)
        if not isinstance(found, Assessment):
            continue
        period = parse_period(found.period)
        law = ground.view.governing(period)
        for sheet in found.sheets:
            if sheet.form in law.act.forms:
                yield _strand(ground, law, (employee, found.position), period, sheet.form)
    for one in lacking(ground, employee):
        yield _strand(ground, one.law, (employee, one.issue.position), one.period, one.issue.form)


def _with_plans(ground: Ground, employee: str) -> Iterator[tuple[Name, Strand]]:
    for name in ground.state.names[employee]:
        if isinstance(ground.state.documents.get(name), Plan):
            year = parse_period(name.key[2])
            yield from _planned(ground, ground.view.governing(year), (employee, name.key[1]), year)
    employment = ground.state.employment(employee)
    for year, law in ground.periods:
        if law.act.plan is None or year.is_quarter or ground.today < year.start or employment is None:
            continue
        held = dict.fromkeys(one.position for one in employment.tenures if one.received is None)
        for position in held:
            if tenures_in(employment, position, year):
                yield from _planned(ground, law, (employee, position), year)


def _planned(
    ground: Ground, law: Governing, servant: tuple[str, str], year: Period
) -> Iterator[tuple[Name, Strand]]:
    form = next((code for code, one in law.act.forms.items() if one.kind == "annual"), None)
    if law.act.plan is not None and form is not None:
        yield _strand(ground, law, servant, year, form, planned=True)


def _strand(
    ground: Ground,
    law: Governing,
    servant: tuple[str, str],
    period: Period,
    form: str,
    *,
    planned: bool = False,
) -> tuple[Name, Strand]:
    strand = Strand(ground.subject(law, servant, period, form), planned)
    return strand.document, strand


def _formed_without_sheet(ground: Ground, annual: Grade) -> Iterator[Strand]:
    period = parse_period(annual.period)
    law = ground.view.governing(period)
    has_sheet = any(form.kind == "annual" for form in law.act.forms.values())
    if law.act.annual is not None and not has_sheet and ground.today > period.end:
        yield Strand(ground.subject(law, (annual.employee, annual.position), period, None))


def _is_assessed(ground: Ground, of: Subject) -> bool:
    employment = ground.state.employment(of.employee)
    if not of.period.is_quarter and employment is not None:
        last = employment.last_position_in(of.period)
        if last not in {None, of.position}:
            return False
    key = of.employee, of.position, str(of.period)
    found = ground.state.documents.get(Name("assessment", key))
    assessment = found if isinstance(found, Assessment) else Assessment(*key)
    return eligibility.ineligible(of.act, assessment, employment, of.period) is None


def _owed(ground: Ground, strand: Strand, grades: Iterable[Grade]) -> Iterator[Owed]:
    of = strand.subject
    employment = ground.state.employment(of.employee)
    trail = ground.state.trail(of.documents)
    grade = _grade_of(of, grades)
    for owed in terms_of(of, moments_in(of, trail, employment), ground.today, grade):
        is_planned = of.act.terms[owed.term].met_by in _OF_PLAN
        if strand.planned and not is_planned:
            continue
        if is_planned and owed.met_on is None and not _is_there(employment, of, owed.due):
            continue
        yield owed


def _grade_of(of: Subject, grades: Iterable[Grade]) -> str | None:
    """The grade that terms follow from; a year has one, in the position held last."""
    if of.form == ALWAYS_NAMED:
        return None
    of_position = {of.position} if of.period.is_quarter else None
    return next(
        (
            one.grade
            for one in grades
            if one.kind == of.kind
            and one.period == str(of.period)
            and (of_position is None or one.position in of_position)
        ),
        None,
    )


def _is_there(employment: Employment | None, of: Subject, due: date) -> bool:
    """Whether he still held the position on the last day for its plan."""
    held = tenures_in(employment, of.position, of.period)
    return any(one.until is None or one.until >= due for one in held)


def _marks(owed: Iterable[Owed]) -> dict[str, TermMark]:
    return {
        one.term: TermMark(
            term=one.term,
            owes=one.owes,
            due=one.due,
            clause=one.clause,
            state=one.state,
            met_on=one.met_on,
        )
        for one in owed
    }


def _changed(
    today: date, name: Name, before: Obligations | None, terms: dict[str, TermMark]
) -> Iterator[TermsMarked]:
    known = before.terms if before else {}
    changed = [one for one in terms.values() if not _is_said(known.get(one.term), one)]
    gone = [
        msgspec.structs.replace(one, state=WITHDRAWN)
        for one in known.values()
        if one.term not in terms and one.state != WITHDRAWN
    ]
    if changed or gone:
        employee, position, period, form = name.key
        yield TermsMarked(
            employee=employee,
            position=position,
            period=period,
            form=form or None,
            on=today,
            terms=[*changed, *gone],
        )


def _is_said(before: TermMark | None, now: TermMark) -> bool:
    if before is None or before == now:
        return before is not None
    # A day that is over stays over: a pass for an earlier day takes nothing back.
    return before.state in _PASSED and now == msgspec.structs.replace(before, state="open")
