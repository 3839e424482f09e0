"""What a panel, a commission or an appeal makes of a result (cl. 11, 22; `sjc-2017` 35; `arys-2022` 38)."""

from datetime import date
from decimal import Decimal

import pytest

from events.documents.assessment import Sheet
from events.documents.calibration import Calibration
from events.documents.results import Appeal, CommissionDecision, Result
from events.envelope import Refusal
from events.period import parse_period
from methodologies.loading import shipped
from methodologies.rules import decisions
from methodologies.rules.decisions import Decision, check, is_sent_back, standing

TYPICAL, SJC, ARYS = (shipped()[name] for name in ("typical-2025", "sjc-2017", "arys-2022"))
TOLD = date(2026, 4, 15)
PANEL = Calibration("e-1", "p-1", "2026-Q1", concluded=Decimal(4), concluded_seq=20, concluded_agency_seq=7)


def reviewed(seq: int, score: str | None = None) -> CommissionDecision:
    corrected = None if score is None else Decimal(score)
    return CommissionDecision("s-1", "revise", corrected, None, {}, seq, TOLD, TOLD)


def resolved(outcome: str, seq: int, score: str | None = None) -> Appeal:
    corrected = None if score is None else Decimal(score)
    return Appeal("court", TOLD, seq - 1, outcome, corrected, resolved_on=TOLD, resolved_seq=seq)


@pytest.mark.parametrize(
    ("result", "calibration", "signed", "by", "score"),
    [
        (Result(), None, 10, None, None),
        (Result(), PANEL, 10, "panel", 4),
        (Result(), PANEL, 30, None, None),
        (Result(decision=reviewed(15, "3")), None, 10, "commission", 3),
        (Result(appeals=(resolved("revise", 25, "3.5"),)), PANEL, 10, "appeal", Decimal("3.5")),
        (Result(appeals=(resolved("left", 25),)), PANEL, 10, "panel", 4),
        (Result(appeals=(resolved("revise", 25),)), PANEL, 10, "panel", 4),
        (Result(appeals=(resolved("annul", 25),)), PANEL, 10, "appeal", None),
        (Result(appeals=(resolved("annul", 15),)), PANEL, 10, "panel", 4),
    ],
    ids=[
        "nobody decided",
        "a panel",
        "the sheet was signed anew",
        "a commission",
        "revised on appeal",
        "left on appeal",
        "sent back",
        "annulled",
        "decided anew after an annulment",
    ],
)
def test_of_all_decisions_since_the_signature_the_latest_stands(result, calibration, signed, by, score):
    sheet = Sheet("annex-2", "head-1", signed_seq=signed)
    found = standing(result, calibration, sheet)

    assert (found and found.by, found and found.value) == (by, score)
    assert bool(found and found.annulled) == (by == "appeal" and score is None)


def test_a_decision_knows_the_law_that_it_was_taken_under():
    assert standing(Result(), PANEL, None) == Decision("panel", 20, Decimal(4), agency_seq=7)


@pytest.mark.parametrize(
    ("appeal", "sent_back"),
    [
        (resolved("revise", 25), True),
        (resolved("annul", 25), True),
        (resolved("revise", 25, "4"), False),
        (resolved("left", 25), False),
        (resolved("annul", 15), False),
    ],
)
def test_an_appeal_sends_back_what_it_neither_leaves_nor_corrects(appeal, sent_back):
    assert is_sent_back(Result(appeals=(appeal,)), 20) is sent_back


def refused(act, period, form, correction):
    """The code under which a correction is refused; None for one that fits."""
    try:
        check(act, parse_period(period), form, correction)
    except Refusal as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize(
    ("act", "period", "form", "correction", "code"),
    [
        (TYPICAL, "2026-Q1", None, Decision("panel", 0, Decimal("4.25")), None),
        (TYPICAL, "2026-Q1", None, Decision("panel", 0, Decimal("3.999")), "correction-misfit"),
        (TYPICAL, "2026-Q1", None, Decision("panel", 0, Decimal(6)), "correction-misfit"),
        (TYPICAL, "2026-Q1", None, Decision("panel", 0, points=112), "correction-misfit"),
        (TYPICAL, "2026-Q1", None, Decision("panel", 0), "missing-field"),
        (TYPICAL, "2026-Q1", None, Decision("panel", 0, competencies={"x": "meets"}), "correction-misfit"),
        (SJC, "2017-Q1", None, Decision("commission", 0, points=112), None),
        (SJC, "2017-Q1", None, Decision("commission", 0, Decimal(4)), "correction-misfit"),
        (SJC, "2017", None, Decision("commission", 0, Decimal("3.95")), None),
        (SJC, "2017", None, Decision("commission", 0, Decimal("1.5")), "correction-misfit"),
        (ARYS, "2023", None, Decision("commission", 0, Decimal(4)), None),
        (ARYS, "2023", None, Decision("commission", 0, Decimal("4.5")), "correction-misfit"),
        (ARYS, "2023", "competencies", Decision("commission", 0, competencies={"8": "meets"}), None),
        (
            ARYS,
            "2023",
            "competencies",
            Decision("commission", 0, competencies={"8": "fine"}),
            "correction-misfit",
        ),
        (ARYS, "2023", "competencies", Decision("commission", 0), "missing-field"),
        (ARYS, "2023", "competencies", Decision("commission", 0, Decimal(4)), "correction-misfit"),
    ],
)
def test_a_correction_fits_the_kind_of_result(act, period, form, correction, code):
    assert refused(act, period, form, correction) == code


def test_targets_that_a_commission_counts_anew_are_never_rounded():
    bands = ARYS.bands["targets"]
    decided = decisions.work_out(bands, ARYS.chosen(), Decision("commission", 5, Decimal(3)))

    assert decided is not None
    assert (decided.placed.grade, decided.placed.gap) == ("satisfactory", False)
    assert [step.rule for step in decisions.steps(ARYS, bands, ARYS.chosen(), decided)] == [
        "decided",
        "band-of-targets",
    ]
