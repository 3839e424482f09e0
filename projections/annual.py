"""The annual record of an employee in a body: the year's graded quarters and what they come to (cl. 4)."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from events.documents import Annual
from events.period import Period, parse_period
from events.vocabulary import Name
from methodologies.registry import Governing
from methodologies.rules import mean_of_quarters
from methodologies.rules.eligibility import tenure_in
from methodologies.rules.mean_of_quarters import Counted
from methodologies.rules.steps import GRADED, NOT_ASSESSED, OPEN, plain
from projections.grade import Grade, QuarterScore
from projections.quarterly import LedgerView


def annual_grade(
    view: LedgerView, employee: str, year: int, quarterly: Sequence[Grade], *, explained: bool
) -> Grade | None:
    """The annual record made of the year's quarterly grades; None while the year has no sheet.

    It is `provisional` until AnnualFormed, and stands in the position the employee held last.
    """
    period = Period(year)
    recorded = view.documents.get(Name("annual", (employee, str(period))))
    year_record = recorded if isinstance(recorded, Annual) else None
    if not quarterly and year_record is None:
        return None
    law = view.governing(period)
    blank = Grade(
        kind="annual",
        body=view.ledger,
        employee=employee,
        position=_last_position(view, employee, quarterly),
        period=str(period),
        methodology=law.act.id,
        revision=law.revision,
        status=OPEN,
        readings=law.readings,
        quarters=(),
    )
    counted = (*_own(view, quarterly), *_carried(year_record))
    if not counted:
        over = bool(quarterly) and all(grade.status == NOT_ASSESSED for grade in quarterly)
        status, reason = (NOT_ASSESSED, "nothing-assessed") if over else (OPEN, "no-graded-quarter")
        return msgspec.structs.replace(blank, status=status, reason=reason)
    return _graded(law, counted, blank, formed=_is_formed(year_record), explained=explained)


def _graded(
    law: Governing, counted: Sequence[Counted], blank: Grade, *, formed: bool, explained: bool
) -> Grade:
    working = mean_of_quarters.work_out(law.act, law.readings, counted)
    flags = (*(["gap"] if working.placed.gap else []), *([] if formed else ["provisional"]))
    entered = tuple(
        QuarterScore(one.period, one.body, one.position, plain(one.score))
        for quarter in working.quarters
        for one in quarter.scores
    )
    return msgspec.structs.replace(
        blank,
        status=GRADED,
        score=plain(working.placed.announced),
        grade=working.placed.grade,
        flags=flags,
        quarters=entered,
        steps=mean_of_quarters.steps(law.act, law.readings, working) if explained else (),
    )


def _is_formed(record: Annual | None) -> bool:
    return record is not None and record.formed is not None


def _last_position(view: LedgerView, employee: str, quarterly: Sequence[Grade]) -> str:
    employment = view.employment(employee)
    last = employment.last_position if employment else None
    return last or (quarterly[-1].position if quarterly else "")


def _own(view: LedgerView, quarterly: Sequence[Grade]) -> tuple[Counted, ...]:
    return tuple(
        Counted(grade.period, grade.body, grade.position, grade.exact, _days(view, grade))
        for grade in quarterly
        if grade.status == GRADED and grade.exact is not None
    )


def _days(view: LedgerView, grade: Grade) -> int:
    period = parse_period(grade.period)
    tenure = tenure_in(view.employment(grade.employee), grade.position, period)
    if tenure is None:
        return 1
    last = period.end if tenure.until is None else min(period.end, tenure.until)
    return (last - max(period.start, tenure.since)).days + 1


def _carried(record: Annual | None) -> tuple[Counted, ...]:
    return tuple(
        Counted(one.period, one.from_body, one.position, Decimal(one.score))
        for one in (record.carried if record else ())
        if one.score is not None
    )
