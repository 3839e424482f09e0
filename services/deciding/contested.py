"""A contested result: what a calibration's facts are held against, and how far its session has come."""

from datetime import date

import msgspec

from events.documents import Calibration
from events.documents.assessment import Sheet
from events.documents.results import Result
from events.envelope import Fact, Refusal
from events.vocabulary import Name
from events.vocabulary.calibration import CalibrationRequested
from methodologies.model.clause import clause_text
from methodologies.model.procedure import Panel, Term
from methodologies.registry import Governing
from services.deciding.situation import Situation, period_of


class Matter(msgspec.Struct, frozen=True):
    """What a fact of a calibration is held against: the law, the sheet in question, what was told of it."""

    law: Governing
    panel: Panel
    sheet: Sheet
    result: Result
    calibration: Calibration

    @property
    def assessors(self) -> frozenset[str]:
        """Those who scored: the sheet's evaluator, and everybody whose marks stand on it."""
        return frozenset({self.sheet.evaluator, *(mark.scorer for mark in self.sheet.marks)})

    @property
    def request(self) -> Term | None:
        """The term of a request, where the act sets one."""
        terms = self.law.act.terms.values()
        return next((term for term in terms if term.met_by == CalibrationRequested.__name__), None)

    @property
    def request_clause(self) -> str:
        """The clause that lets the servant ask."""
        return self.panel.clause if self.request is None else self.request.clause


def matter_of(fact: Fact, situation: Situation) -> Matter:
    """What the fact is about; refuses whom and what the body does not know, and an act without panels."""
    employee, position, period = fact.document.key
    situation.servant(employee, position)
    law = situation.governing(period_of(fact))
    if law.act.panel is None:
        raise Refusal.because(
            "not-in-act", f"The act {law.act.id}, which governs this period, has no calibration.", "type"
        )
    assessment = situation.assessment(Name("assessment", fact.document.key))
    form = getattr(fact.data, "form", None)
    sheet = assessment.sheet(form)
    if sheet is None:
        raise Refusal("unknown-sheet", field="data")
    calibration = situation.calibration(fact.document) or Calibration(employee, position, period)
    return Matter(law, law.act.panel, sheet, assessment.result(form), calibration)


def pending(fact: Fact, situation: Situation) -> Matter:
    """The matter while its session lasts: asked for, and its protocol not filed."""
    matter = matter_of(fact, situation)
    if matter.calibration.is_filed:
        raise Refusal.because(
            "protocol-filed",
            f"{under(matter.panel.majority.clause)} the protocol lays the panel's decision down.",
            "data",
        )
    if not matter.calibration.is_pending:
        raise Refusal.because(
            "calibration-not-requested",
            f"{under(matter.request_clause)} a session is held at the servant's request.",
            "data",
        )
    return matter


def convened(fact: Fact, situation: Situation) -> Matter:
    """The matter while its panel sits: approved, and its protocol not filed."""
    matter = pending(fact, situation)
    if not matter.calibration.is_convened:
        raise Refusal.because(
            "panel-not-convened",
            f"{under(matter.panel.clause)} the panel is approved before it does anything.",
            "data",
        )
    return matter


def not_a_member(matter: Matter, field: str) -> Refusal:
    """The refusal of what only a member may do."""
    return Refusal.because(
        "not-a-member", f"{under(matter.panel.majority.clause)} the members of the panel decide.", field
    )


def undecided(matter: Matter) -> Refusal:
    """The refusal of what follows a decision, while there is none."""
    return Refusal.because(
        "panel-undecided",
        f"{under(matter.panel.majority.clause)} a panel decides by a majority of its members' votes.",
        "data",
    )


def check_follows(matter: Matter, day: date, field: str) -> None:
    """Refuses a day before the panel's decision was made (`dates-out-of-order`)."""
    decided_on = matter.calibration.concluded_on
    if decided_on is not None and day < decided_on:
        raise Refusal.because(
            "dates-out-of-order",
            f"{under(matter.panel.majority.clause)} it follows the panel's decision, which was made on"
            f" {decided_on}.",
            field,
        )


def under(clause: str) -> str:
    """How a refusal names the clause it rests on."""
    return f"Under {clause_text(clause, 'en')}"
