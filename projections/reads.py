"""Which events rows of grades are read from, and which say nothing to them: not opened, not folded."""

from collections.abc import Iterable
from typing import Final

from events.vocabulary import (
    Data,
    assessment,
    body,
    calibration,
    commission,
    discipline,
    employment,
    methodology,
    obligation,
    plan,
    retention,
    signature,
    viewer,
)

READ: Final[frozenset[type[Data]]] = frozenset(
    {
        body.MethodologyAdopted,
        body.WorkCalendarDeclared,
        methodology.MethodologyPublished,
        methodology.MethodologyCorrected,
        methodology.MethodologyRepealed,
        methodology.MethodologyActivated,
        employment.EmployeeAppointed,
        employment.EmployeeTransferred,
        employment.SecondmentReceived,
        employment.LeaveTaken,
        employment.LeaveEnded,
        employment.EmployeeDismissed,
        discipline.DisciplineRecorded,
        discipline.DisciplineAnnulled,
        discipline.DisciplineCarried,
        assessment.WorkdaysReported,
        assessment.SheetIssued,
        assessment.EvaluatorReplaced,
        assessment.EvaluatorAdded,
        assessment.ScoreSubmitted,
        assessment.SheetSigned,
        assessment.SheetAgreed,
        assessment.SheetReturned,
        assessment.PointsAwarded,
        assessment.BreachRecorded,
        assessment.TargetAssessed,
        assessment.CompetencyAssessed,
        assessment.CommissionDecided,
        assessment.DecisionApproved,
        assessment.DecisionAppealed,
        assessment.AppealResolved,
        assessment.AnnualFormed,
        assessment.QuarterCarried,
        calibration.CalibrationConcluded,
        # No grade rests on these, but a row tells who sits on the panel that has it, and until when.
        calibration.CalibrationRequested,
        calibration.CalibrationWithdrawn,
        calibration.CalibrationConvened,
        commission.MemberReplaced,
        commission.ProtocolFiled,
        plan.PlanAgreed,
        # What it takes away is read no more.
        retention.DocumentDestroyed,
    }
)
"""What grades rest on: the facts, what was decided of them, and the law."""

UNREAD: Final[frozenset[type[Data]]] = frozenset(
    {
        body.BodyRegistered,
        employment.SuperiorsChanged,
        employment.EmployeeSeconded,
        employment.SecondmentEnded,
        assessment.SelfAssessed,
        assessment.SheetCountersigned,
        assessment.SigningRefused,
        assessment.ResultDelivered,
        assessment.ResultAnnounced,
        assessment.ResultRestated,
        assessment.ResultAcquainted,
        assessment.AcquaintanceRefused,
        assessment.DisputeRaised,
        assessment.DisputeSettled,
        assessment.TrainingAssigned,
        # How those came together whose decision is read.
        calibration.ArgumentHeard,
        calibration.FeedbackGiven,
        commission.CommissionConvened,
        commission.CommissionSat,
        commission.VoteCast,
        commission.ResultApproved,
        plan.PlanReturned,
        plan.PlanApproved,
        plan.PlanMonitored,
        obligation.TermsMarked,
        signature.SignatureChecked,
        retention.ResultDisclosed,
        retention.HoldPlaced,
        retention.HoldLifted,
        retention.DestructionListed,
        retention.DestructionAuthorised,
        retention.DestructionCompleted,
        viewer.ViewerRegistered,
        viewer.ViewerRevoked,
    }
)
"""The rest: what became of a result, and how it was come to."""


def _stored(kinds: Iterable[type[Data]]) -> frozenset[str]:
    return frozenset(
        kind.__name__ if layout == 1 else f"{kind.__name__}/{layout}"
        for kind in kinds
        for layout in range(1, kind.version + 1)
    )


UNREAD_AS_STORED: Final = _stored(UNREAD)
"""The unread types as a ledger names them, in every layout known.

Not the read ones: a type or layout that only a newer release knows is opened, and fails, and is parked.
"""
