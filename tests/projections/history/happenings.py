"""An event of every type that a person's history can hold, with everything said that can be."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from events.envelope import Event
from events.vocabulary import (
    TYPES,
    Data,
    body,
    calibration,
    commission,
    discipline,
    employment,
    methodology,
    obligation,
    retention,
    signature,
    viewer,
)
from events.vocabulary import assessment as sheets
from events.vocabulary import plan as plans
from events.vocabulary.types import Member
from tests.ledger import event

DAY, LATER = date(2026, 4, 10), date(2026, 6, 30)
LEAF = "ab" * 32
FIRST = UUID(int=1)
TEXT = "free text"
KEY = "A" * 43 + "="
POST: dict[str, Any] = {
    "employee": "e-1",
    "position": "p-1",
    "category": "E-4",
    "managerial": False,
    "unit": "u-1",
    "supervisor": "boss-1",
    "unit_head": "head-1",
    "superior": "boss-2",
    "on": date(2010, 1, 1),
    "probation_until": LATER,
    "name": "A name",
}
QUARTER: dict[str, Any] = {"employee": "e-1", "position": "p-1", "period": "2026-Q1"}
YEAR: dict[str, Any] = {"employee": "e-1", "position": "p-1", "period": "2022"}
PLANNED: dict[str, Any] = {"employee": "e-1", "position": "p-1", "year": "2022"}
PANEL = [Member("m-1", "evaluator"), Member("hr-9", "hr")]
SITTING = [Member("m-1", "chair"), Member("m-2", "member"), Member("hr-9", "secretary")]
TOLD: dict[str, Any] = {
    "kind": "quarterly",
    "score": "4.00",
    "grade": "effective",
    "methodology": "zhanakorgan-2026",
    "revision": 1,
    "digest": LEAF,
    "readings": {},
    "cause": "DisciplineRecorded",
}
RESULTS = {"integrity": "meets", "initiative": "does-not-meet"}
OF_COMPETENCIES = {**TOLD, "kind": "competencies", "score": None, "grade": None, "methodology": "arys-2022"}
SANCTIONED: dict[str, Any] = {
    "employee": "e-1",
    "sanction": "severe-reprimand",
    "imposed_on": DAY,
    "discrediting": False,
}
DECIDED: dict[str, Any] = {"session": "s-1", "convened_on": DAY, "sat_on": LATER, "explanation": TEXT}
TERM = obligation.TermMark("calibration-request", "employee", LATER, "10", "kept", DAY)
BY_KEY: dict[str, Any] = {
    "verifier": "ed25519/1",
    "algorithm": "ed25519",
    "key": LEAF,
    "signer": "head-1",
    "bound_by": "registered",
}
BY_CERTIFICATE: dict[str, Any] = {
    **BY_KEY,
    "verifier": "x509-cms/1",
    "algorithm": "rsa-pss-sha256",
    "certificate": LEAF,
    "serial": "5a",
    "issuer": LEAF,
    "anchor": LEAF,
}
TARGET = plans.Target("1", "a target", measurable=True)

SAID: tuple[Data, ...] = (
    employment.EmployeeAppointed(**POST),
    employment.EmployeeTransferred(**POST, from_position="p-0"),
    employment.SuperiorsChanged(
        employee="e-1", position="p-1", supervisor="boss-2", unit_head="head-2", superior="boss-3", on=DAY
    ),
    employment.EmployeeSeconded(
        employee="e-1",
        position="p-1",
        to_body="sjc",
        to_employee="x",
        to_position="y",
        from_=DAY,
        until=LATER,
    ),
    employment.SecondmentEnded(employee="e-1", position="p-1", on=DAY),
    employment.SecondmentReceived(
        employee="e-1",
        id=FIRST,
        position="p-1",
        category="E-4",
        managerial=False,
        from_body="sjc",
        from_employee="x",
        from_position="y",
        from_=DAY,
        until=LATER,
        source_seq=3,
        source_leaf=LEAF,
    ),
    employment.LeaveTaken(employee="e-1", kind="sick-leave", from_=DAY, until=LATER),
    employment.LeaveTaken(employee="e-1", kind="social-leave", from_=DAY),
    employment.LeaveEnded(employee="e-1", on=DAY),
    employment.EmployeeDismissed(employee="e-1", on=DAY),
    discipline.DisciplineRecorded(**SANCTIONED, basis=TEXT),
    discipline.DisciplineRecorded(**{**SANCTIONED, "discrediting": True}, basis=TEXT),
    discipline.DisciplineRecorded(**{**SANCTIONED, "sanction": "other"}, title="a fine", basis=TEXT),
    discipline.DisciplineAnnulled(employee="e-1", discipline=UUID(int=11), basis=TEXT),
    discipline.DisciplineAnnulled(employee="e-1", discipline=UUID(int=999), basis=TEXT),
    *(
        discipline.DisciplineCarried(
            **SANCTIONED | more, discipline=FIRST, from_body="sjc", source_seq=3, source_leaf=LEAF
        )
        for more in ({}, {"discrediting": True}, {"annulled": True})
    ),
    sheets.WorkdaysReported(**QUARTER, days=21),
    sheets.SheetIssued(**QUARTER, form="annex-2", evaluator="head-1"),
    sheets.EvaluatorReplaced(**QUARTER, evaluator="head-2", ground="absence"),
    sheets.EvaluatorAdded(**QUARTER, evaluator="aide-1", ground="over-twenty"),
    sheets.ScoreSubmitted(**QUARTER, parameter="1", score=Decimal(3), comment=TEXT),
    sheets.ScoreSubmitted(**QUARTER, parameter="1", score=Decimal("4.5"), comment=TEXT),
    sheets.SelfAssessed(**QUARTER, text=TEXT, points=3),
    sheets.SheetSigned(**QUARTER),
    sheets.SheetCountersigned(**QUARTER),
    *(
        signature.SignatureChecked(
            **QUARTER, of="SheetSigned", fact=FIRST, digest=LEAF, outcome=signature.VERIFIED, **more
        )
        for more in (BY_KEY, BY_CERTIFICATE, {**BY_CERTIFICATE, "signer": None})
    ),
    signature.SignatureChecked(
        **QUARTER, of="SheetSigned", fact=FIRST, digest=LEAF, outcome=signature.UNVERIFIED
    ),
    sheets.SigningRefused(**QUARTER, witnesses=["w-1", "w-2"]),
    sheets.SheetAgreed(**QUARTER, by="boss-1"),
    sheets.SheetReturned(**QUARTER, by="boss-1", reason=TEXT),
    sheets.ResultDelivered(**QUARTER, channel="registered-letter", on=DAY),
    sheets.ResultAcquainted(**QUARTER, on=DAY),
    sheets.AcquaintanceRefused(**QUARTER, on=DAY, witnesses=["w-1"]),
    sheets.DecisionAppealed(**QUARTER, to="authorised-body", on=DAY, grounds=TEXT),
    sheets.AppealResolved(**QUARTER, outcome="left", on=DAY, explanation=TEXT),
    sheets.AppealResolved(**QUARTER, outcome="revise", on=DAY, score=Decimal("4.2"), explanation=TEXT),
    sheets.AppealResolved(**QUARTER, outcome="annul", on=DAY, explanation=TEXT),
    sheets.DisputeRaised(**QUARTER, text=TEXT),
    sheets.DisputeSettled(**QUARTER, text=TEXT),
    sheets.PointsAwarded(**QUARTER, indicator="2", points=5),
    sheets.BreachRecorded(**QUARTER, kind="execution", source=TEXT),
    plans.PlanAgreed(**PLANNED, targets=[TARGET]),
    plans.PlanReturned(**PLANNED, reason=TEXT),
    plans.PlanApproved(**PLANNED, by="boss-2"),
    plans.PlanMonitored(**PLANNED, quarter="Q2", recommendations=TEXT),
    sheets.TargetAssessed(**PLANNED, target="1", met=True, actual=TEXT),
    sheets.TargetAssessed(**PLANNED, target="1", met=False, actual=TEXT),
    sheets.TargetAssessed(**PLANNED, target="1", mark=4),
    sheets.TargetAssessed(employee="e-1", position="p-1", year="2017", target="1", mark=4),
    sheets.CompetencyAssessed(**PLANNED, competency="integrity", shown=4, missing=[2, 6]),
    sheets.CompetencyAssessed(**PLANNED, competency="initiative", shown=1, missing=[]),
    *(
        kind(**QUARTER, **of)
        for kind in (sheets.ResultAnnounced, sheets.ResultRestated)
        for of in (TOLD, {**TOLD, "score": None, "grade": None})
    ),
    sheets.ResultAnnounced(**YEAR, **{**OF_COMPETENCIES, "form": "competencies"}, results=RESULTS),
    sheets.ResultRestated(**YEAR, **{**OF_COMPETENCIES, "form": "competencies"}, results=RESULTS),
    sheets.CommissionDecided(**YEAR, **DECIDED, choice="approve"),
    sheets.CommissionDecided(**YEAR, **DECIDED, choice="revise", score=Decimal(4)),
    sheets.CommissionDecided(**YEAR, **DECIDED, choice="revise", points=112),
    sheets.CommissionDecided(**YEAR, **DECIDED, form="competencies", choice="revise", competencies=RESULTS),
    sheets.DecisionApproved(**YEAR, session="s-1", by="boss-9"),
    sheets.TrainingAssigned(**YEAR, on=DAY),
    *(
        sheets.AnnualFormed(
            employee="e-1",
            position="p-1",
            year="2026",
            score=score,
            grade=score and "effective",
            methodology="zhanakorgan-2026",
            revision=1,
            quarters=[sheets.CountedQuarter("2026-Q1", "zhanakorgan", "p-1", "4.00")],
        )
        for score in ("4.00", None)
    ),
    *(
        sheets.QuarterCarried(
            **QUARTER,
            from_body="sjc",
            score=score,
            grade=score and "effective",
            methodology="zhanakorgan-2026",
            source_seq=3,
            source_leaf=LEAF,
        )
        for score in ("4.00", None)
    ),
    calibration.CalibrationRequested(**QUARTER, grounds=TEXT),
    calibration.CalibrationWithdrawn(**QUARTER),
    calibration.CalibrationConvened(**QUARTER, members=PANEL, sits_on=DAY),
    calibration.ArgumentHeard(**QUARTER, by="head-1", text=TEXT),
    calibration.CalibrationConcluded(**QUARTER, round=1, score=Decimal("4.5")),
    calibration.FeedbackGiven(**QUARTER, on=DAY, achievements=TEXT, skills=TEXT, career=TEXT),
    commission.CommissionConvened(session="s-1", members=SITTING),
    commission.CommissionSat(session="s-1", present=["m-1", "m-2"]),
    commission.ResultApproved(session="s-1", by="boss-9"),
    commission.VoteCast(**QUARTER, member="m-1", round=1, score=Decimal(4)),
    commission.VoteCast(**YEAR, session="s-1", member="m-1", choice="approve"),
    commission.VoteCast(
        **YEAR, session="s-1", member="m-1", choice="revise", score=Decimal(4), explanation=TEXT
    ),
    commission.ProtocolFiled(**QUARTER, number="7", signed_on=DAY),
    commission.ProtocolFiled(session="s-1", number="7", signed_on=DAY),
    commission.MemberReplaced(**QUARTER, out="m-1", in_=Member("m-3", "evaluator")),
    commission.MemberReplaced(session="s-1", out="m-1", in_=Member("m-3", "chair")),
    *(
        obligation.TermsMarked(**QUARTER, on=DAY, terms=[msgspec.structs.replace(TERM, state=state)])
        for state in ("open", "kept", "missed", "lapsed", "unreported", "withdrawn")
    ),
    *(
        kind(employee="e-1", period=period, basis=TEXT)
        for kind in (retention.HoldPlaced, retention.HoldLifted)
        for period in (None, "2026-Q1")
    ),
    *(
        retention.ResultDisclosed(
            employee="e-1",
            viewer="v-1",
            viewer_of="agency",
            role=role,
            what=TEXT,
            ground=ground,
            basis=basis,
        )
        for role, ground, basis in (
            ("central", "service-necessity", None),
            ("auditor", "audit", TEXT),
            ("hr", "court", TEXT),
        )
    ),
    *(viewer.ViewerRegistered(viewer="e-1", role=role, key=KEY) for role in ("servant", "hr")),
    viewer.ViewerRevoked(viewer="e-1", reason=TEXT),
    body.MethodologyAdopted(methodology="zhanakorgan-2026", from_period="2026-Q1"),
    body.WorkCalendarDeclared(day=DAY, working=True, basis=TEXT),
    body.WorkCalendarDeclared(day=DAY, working=False, basis=TEXT),
    methodology.MethodologyPublished(id="zhanakorgan-2026", revision=1, act={}, reason=TEXT),
    methodology.MethodologyActivated(id="zhanakorgan-2026", revision=1),
    methodology.MethodologyRepealed(id="zhanakorgan-2026", revision=1, reason=TEXT),
)


def happenings() -> list[Event]:
    """The events, in an order in which they could be recorded."""
    return [event(said, seq) for seq, said in enumerate(SAID, start=1)]


def of_a_person() -> set[str]:
    """The types that name an employee, or stand in a session's ledger beside those that do."""
    named = {
        name
        for name, kind in TYPES.items()
        if {"employee", "session", "viewer"} & {field.name for field in msgspec.structs.fields(kind)}
    }
    assert {"EmployeeAppointed", "VoteCast", "CommissionSat", "TermsMarked"} <= named
    return named
