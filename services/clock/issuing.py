"""Sheets at the end of a period: issued to everyone's evaluator who has none yet (cl. 16, 17)."""

from collections.abc import Iterator

import msgspec

from events.documents import Assessment
from events.documents.assessment import ALWAYS_NAMED
from events.period import Period
from events.vocabulary import Data, Name
from events.vocabulary.assessment import SheetIssued
from methodologies.registry import Governing
from methodologies.rules.issuing import Issue, sheets_for
from services.clock.ground import Ground


class Lacking(msgspec.Struct, frozen=True):
    """A sheet that is due and was not issued."""

    period: Period
    law: Governing
    issue: Issue


def issuing(ground: Ground, employee: str) -> Iterator[Data]:
    """The sheets to be issued for an employee; none where the file names nobody who could assess him."""
    for one in lacking(ground, employee):
        if one.issue.evaluator is not None:
            yield SheetIssued(
                employee=employee,
                position=one.issue.position,
                period=str(one.period),
                form=one.issue.form,
                evaluator=one.issue.evaluator,
            )


def lacking(ground: Ground, employee: str) -> Iterator[Lacking]:
    """The sheets that are due and were not issued, period by period; everything missed is caught up."""
    employment = ground.state.employment(employee)
    if employment is None:
        return
    for period, law in ground.periods:
        for issue in sheets_for(law.act, employment, period):
            if ground.today >= ground.issued_from(law, period, issue.form) and not _is_issued(
                ground, employee, period, issue
            ):
                yield Lacking(period, law, issue)


def _is_issued(ground: Ground, employee: str, period: Period, issue: Issue) -> bool:
    found = ground.state.documents.get(Name("assessment", (employee, issue.position, str(period))))
    # One whose post was reported anew after his sheet went out keeps it, whatever form he would get now.
    strand = ALWAYS_NAMED if issue.form == ALWAYS_NAMED else None
    return isinstance(found, Assessment) and found.sheet(strand) is not None


def unnamed(ground: Ground, employee: str) -> int:
    """How many sheets of an employee wait until the body names who assesses him."""
    return sum(one.issue.evaluator is None for one in lacking(ground, employee))
