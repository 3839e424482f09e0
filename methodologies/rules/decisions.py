"""What stands of a result that was decided after the sheet: by a panel, a commission or an appeal."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Literal

import msgspec

from events.documents.assessment import ALWAYS_NAMED, Sheet
from events.documents.calibration import Calibration
from events.documents.results import Appeal, Result
from events.envelope import Refusal
from events.period import Period
from methodologies.act import Act
from methodologies.model.sheets import Bands
from methodologies.rules import points, score_sheet, targets
from methodologies.rules.bands import Placed, band_steps, place
from methodologies.rules.score_sheet import Ceiling
from methodologies.rules.steps import Step, plain

Decider = Literal["panel", "commission", "appeal"]

ADMINISTRATIVE: Mapping[str, tuple[str, ...]] = {"administrative-procedure": ("authorised-body", "court")}
"""Those whom one turns to by the code on administrative procedure, to which an act refers (cl. 11)."""

ANNULLED = "annulled"
"""Why there is no result after an appeal that annulled it, until it is decided anew."""


class Decision(msgspec.Struct, frozen=True):
    """Who decided last, where in the ledger, under which law, and what: to correct, approve or annul.

    A correction is a score, the points of a quarter or results of competencies; with none of them what the
    sheet came to stands.
    """

    by: Decider
    seq: int
    score: Decimal | None = None
    points: int | None = None
    competencies: Mapping[str, str] = {}
    annulled: bool = False
    agency_seq: int = 0

    @property
    def corrects(self) -> bool:
        """Whether it names what is right."""
        return self.score is not None or self.points is not None or bool(self.competencies)

    @property
    def value(self) -> Decimal | None:
        """The corrected score or points; None where nothing of the kind was corrected."""
        return self.score if self.points is None else Decimal(self.points)


def standing(result: Result, calibration: Calibration | None, sheet: Sheet | None) -> Decision | None:
    """The decision that stands: the latest of those recorded since the sheet was signed; None without one.

    An appeal that left the result, or sent it back to be decided anew, changes nothing by itself.
    """
    if result.decision is None and not result.appeals and calibration is None:
        return None
    since = sheet.signed_seq if sheet else 0
    decisions = [one for one in _decisions(result, calibration) if one.seq > since]
    return max(decisions, key=lambda one: one.seq, default=None)


def _decisions(result: Result, calibration: Calibration | None) -> Iterator[Decision]:
    if calibration is not None and calibration.concluded is not None:
        yield Decision(
            "panel",
            calibration.concluded_seq or 0,
            calibration.concluded,
            agency_seq=calibration.concluded_agency_seq or 0,
        )
    decided = result.decision
    if decided is not None:
        yield Decision(
            "commission",
            decided.seq,
            decided.score,
            decided.points,
            decided.competencies,
            agency_seq=decided.agency_seq,
        )
    for appeal in result.appeals:
        if appeal.outcome == "annul":
            yield Decision("appeal", appeal.resolved_seq, annulled=True, agency_seq=appeal.agency_seq)
        elif appeal.outcome == "revise" and (revised := _revised(appeal)).corrects:
            yield revised


def _revised(appeal: Appeal) -> Decision:
    return Decision(
        "appeal",
        appeal.resolved_seq,
        appeal.score,
        appeal.points,
        appeal.competencies,
        agency_seq=appeal.agency_seq,
    )


def is_sent_back(result: Result, seq: int) -> bool:
    """Whether an appeal since this place of the ledger wants the result decided anew."""
    return any(
        appeal.resolved_seq > seq
        and (appeal.outcome == "annul" or (appeal.outcome == "revise" and not _revised(appeal).corrects))
        for appeal in result.appeals
    )


def check(act: Act, period: Period, form: str | None, correction: Decision) -> None:
    """Refuses a correction that the act has no place for: `correction-misfit`, `missing-field`.

    A quarter or a year of scores takes a score, a quarter of points (`sjc-2017` cl. 26) points, competencies
    (`arys-2022` cl. 27) results of those the act prints.
    """
    if form == ALWAYS_NAMED:
        _check_competencies(act, correction)
        return
    if correction.competencies:
        raise Refusal.because("correction-misfit", "This result has no competencies.", "data.competencies")
    in_points = period.is_quarter and act.points is not None
    given, other, field = (
        (correction.points, correction.score, "points")
        if in_points
        else (correction.score, correction.points, "score")
    )
    if other is not None:
        raise Refusal.because("correction-misfit", f"This result is corrected by `{field}`.", "data")
    if given is None:
        raise Refusal.because("missing-field", f"To revise is to name `{field}`.", f"data.{field}")
    if not in_points:
        _check_score(act, period, Decimal(given))


def _check_score(act: Act, period: Period, score: Decimal) -> None:
    bands = act.bands[bands_of(act, period)]
    # A year of quarters and a plan is made of marks, so it cannot come to less than the lowest of them.
    marks = [one.mark for one in act.plan.marks.values()] if act.plan else []
    lowest = min(marks, default=bands.lowest)
    outside = (lowest is not None and score < lowest) or (bands.highest is not None and score > bands.highest)
    if outside or score % bands.shown_to or _placed(score, bands, act.chosen()) is None:
        raise Refusal.because(
            "correction-misfit",
            f"Under cl. {bands.clause} no grade is printed for such a score.",
            "data.score",
        )


def _placed(value: Decimal, bands: Bands, readings: Mapping[str, str]) -> Placed | None:
    """The value in its band; None where no band holds it. Numbers of targets are never rounded."""
    if "rounding" in readings:
        return place(value, bands, readings)
    band = bands.printed(value)
    return None if band is None else Placed(value, value, value, band.grade, band.clause, gap=False)


def bands_of(act: Act, period: Period) -> str:
    """The bands that a period's score is placed in."""
    if act.annual is not None and not period.is_quarter:
        return act.annual.bands
    return {"score-sheet": score_sheet.BANDS, "points": points.BANDS, "targets": targets.BANDS}[act.family]


def _check_competencies(act: Act, correction: Decision) -> None:
    rule = act.competencies
    if correction.value is not None or rule is None:
        raise Refusal.because("correction-misfit", "Competencies have no score.", "data")
    if not correction.competencies:
        raise Refusal.because(
            "missing-field", "To revise is to name `competencies` with their results.", "data.competencies"
        )
    for code, result in correction.competencies.items():
        if rule.code_of(code) is None or result not in rule.results:
            raise Refusal.because(
                "correction-misfit",
                f"Under cl. {rule.clause} a competency of the act has one of the results"
                f" {', '.join(rule.results)}.",
                "data.competencies",
            )


class Decided(msgspec.Struct, frozen=True):
    """A corrected score in its band, and the ceiling that bound those who decided, where one did."""

    decision: Decision
    value: Decimal
    ceiling: Ceiling | None
    placed: Placed


def work_out(
    bands: Bands,
    readings: Mapping[str, str],
    decision: Decision,
    ceiling: Ceiling | None = None,
) -> Decided | None:
    """The corrected score and its band; None where the decision corrects no score.

    `ceiling` binds a panel under the reading `cap-binds-panel` (cl. 22); the others it does not.
    LookupError when no band holds the value.
    """
    value = decision.value
    if value is None:
        return None
    bound = ceiling if decision.by == "panel" and readings.get("cap-binds-panel") == "yes" else None
    counted = value if bound is None else min(value, bound.cap.ceiling)
    placed = _placed(counted, bands, readings)
    if placed is None:
        raise LookupError(f"no band holds {counted}")
    return Decided(decision, value, bound, placed)


def steps(act: Act, bands: Bands, readings: Mapping[str, str], decided: Decided) -> tuple[Step, ...]:
    """The steps that follow those of the sheet: who decided what, and its band."""
    by = decided.decision.by
    inputs = {"by": by}
    found = [Step("decided", clause_of(act, by), inputs, plain(decided.value))]
    if decided.ceiling is not None:
        sanction = decided.ceiling.sanction
        found.append(
            Step(
                "cap-overall",
                decided.ceiling.cap.clause,
                {
                    "sanction": sanction.sanction,
                    "imposed_on": sanction.imposed_on.isoformat(),
                    "ceiling": plain(decided.ceiling.cap.ceiling),
                    "score": plain(decided.value),
                },
                plain(decided.placed.value),
            )
        )
    if "rounding" in readings:
        return *found, *band_steps(decided.placed, bands, readings)
    met = {"met": plain(decided.value)}
    return *found, Step("band-of-targets", decided.placed.clause, met, decided.placed.grade)


def competency_steps(act: Act, decision: Decision) -> tuple[Step, ...]:
    """The competencies that were corrected, in the order of their codes (`arys-2022` cl. 38)."""
    clause = clause_of(act, decision.by)
    return tuple(
        Step("competency-decided", clause, {"competency": code, "by": decision.by}, result)
        for code, result in sorted(decision.competencies.items())
    )


def clause_of(act: Act, by: Decider) -> str:
    """The clause that lets them decide."""
    if by == "panel" and act.panel is not None:
        return act.panel.directions_clause
    if by == "commission" and act.commission is not None:
        return act.commission.revision_clause
    return act.appeals[0].clause
