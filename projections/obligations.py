"""Obligations: every term of a body's assessments as it stands on a day, and who owes it (cl. 15)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

import msgspec

from events.documents import Assessment, Calibration, Document, evolve, obligations
from events.documents.employment import Tenure
from events.documents.obligations import Obligations
from events.log import Connection, head
from events.period import parse_period
from events.vocabulary import Name
from events.vocabulary.obligation import WITHDRAWN, TermMark
from methodologies.act import Act
from methodologies.model.procedure import Term
from methodologies.model.text import Text
from methodologies.registry import Law
from methodologies.rules.eligibility import tenures_in
from methodologies.rules.issuing import sheet_of
from methodologies.terms import state_of
from projections.dossiers import Reader
from projections.law import law_today
from projections.view import LedgerView

_PAGE: Final = 1000
_KINDS: Final = frozenset({"adoptions", "assessment", "calibration", "employment", "obligations"})


class Obligation(msgspec.Struct, frozen=True):
    """A term of an assessment as it stands on a day.

    `who` is the code of the one who owes it, None where the body's files do not say, as of HR. `title` is
    None for a term that the act in force no longer has. Days are calendar days: `days_left` of an open term
    up to its last day, `days_late` of a missed one since it, up to the day it was met after all. `stuck_in`
    is the round that a panel is in whose members came to no majority (cl. 22).
    """

    body: str
    employee: str
    position: str
    period: str
    form: str | None
    term: str
    title: Text | None
    owes: str
    who: str | None
    due: date
    clause: str
    state: str
    met_on: date | None
    days_left: int | None = None
    days_late: int | None = None
    stuck_in: int | None = None

    @property
    def is_overdue(self) -> bool:
        """Whether it was missed and is owed still."""
        return self.state == "missed" and self.met_on is None


def obligations_of(view: LedgerView, marked: Mapping[Name, Obligations], today: date) -> Iterator[Obligation]:
    """The terms of these documents on a day; those that no longer run are left out.

    An open term whose last day is past reads as passed, whether or not the clock has marked it yet.
    """
    for document in marked.values():
        for mark in document.terms.values():
            if mark.state != WITHDRAWN:
                yield _obligation(view, document, mark, today)


def _obligation(view: LedgerView, of: Obligations, mark: TermMark, today: date) -> Obligation:
    act = view.governing(parse_period(of.period)).act
    term = act.terms.get(mark.term)
    state = mark.state
    if term is not None and state == "open":
        state = state_of(term, mark.due, mark.met_on, today)
    until = mark.met_on or today
    return Obligation(
        body=view.ledger,
        employee=of.employee,
        position=of.position,
        period=of.period,
        form=of.form,
        term=mark.term,
        title=None if term is None else term.title,
        owes=mark.owes,
        who=_who(view, act, of, mark.owes),
        due=mark.due,
        clause=mark.clause,
        state=state,
        met_on=mark.met_on,
        days_left=(mark.due - today).days if state == "open" else None,
        days_late=(until - mark.due).days if state == "missed" else None,
        stuck_in=_stuck_in(view, of, term),
    )


def _stuck_in(view: LedgerView, of: Obligations, term: Term | None) -> int | None:
    if term is None or term.met_by != "CalibrationConcluded":
        return None
    found = view.documents.get(Name("calibration", (of.employee, of.position, of.period)))
    return found.round if isinstance(found, Calibration) and found.is_stuck else None


def _who(view: LedgerView, act: Act, of: Obligations, owes: str) -> str | None:
    match owes:
        case "employee":
            return of.employee
        case "evaluator":
            found = view.documents.get(Name("assessment", (of.employee, of.position, of.period)))
            sheet = found.sheet(of.form) if isinstance(found, Assessment) else None
            return sheet.evaluator if sheet else _assigned(view, act, of)
        case "superior":
            tenure = _tenure(view, of)
            return tenure.superior if tenure else None
    return None


def _assigned(view: LedgerView, act: Act, of: Obligations) -> str | None:
    """Who would get the sheet that was not issued yet, as for the plan of a year that has begun."""
    employment = view.employment(of.employee)
    form = act.forms.get(of.form or "")
    if employment is None or form is None:
        return None
    due = sheet_of(act, form.kind, employment, of.position, parse_period(of.period))
    return due.evaluator if due else None


def _tenure(view: LedgerView, of: Obligations) -> Tenure | None:
    held = tenures_in(view.employment(of.employee), of.position, parse_period(of.period))
    return held[-1] if held else None


class Read(msgspec.Struct, frozen=True):
    """A ledger's obligations, and how many of its events could not be read or were destroyed."""

    obligations: tuple[Obligation, ...]
    left_out: int


def read_obligations(conn: Connection, reader: Reader, ledger: str, today: date) -> Read:
    """The obligations of one body on a day, folded from its ledger, by due date.

    Raises LogError `unknown-ledger`, LawError and KeyringError.
    """
    law: Law = law_today(conn, reader)
    documents: dict[Name, Document] = {}
    marked: dict[Name, Obligations] = {}
    left_out = 0
    upto = head(conn, ledger).size
    for after in range(0, upto, _PAGE):
        stretch = reader.stretch(conn, ledger, after, min(upto, after + _PAGE))
        left_out += len(stretch.failures) + stretch.destroyed
        for opened in stretch.events:
            event, name = opened.event, opened.event.document
            if name.kind == "obligations":
                marked[name] = obligations.evolve(marked.get(name), event)
            elif name.kind in _KINDS:
                document = evolve(documents.get(name), event)
                if document is not None:
                    documents[name] = document
    found = obligations_of(LedgerView(ledger, documents, law), marked, today)
    return Read(tuple(sorted(found, key=_order)), left_out)


def _order(one: Obligation) -> tuple[date, str, str, str, str]:
    return one.due, one.employee, one.period, one.term, one.form or ""
