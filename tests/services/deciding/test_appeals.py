"""Appeals against what a panel decided, and what comes back (cl. 11)."""

from uuid import uuid4

import pytest

from tests.facts import assessed, body_and_servant, fact, ref, under
from tests.services.deciding.telling import (
    appealed,
    calibrated,
    delivered,
    grade_of,
    held,
    refused,
    resolved,
    told,
)

GIVEN = [*body_and_servant(), *assessed(("3", "3", "3", "3", "3")), delivered(), *calibrated("4")]


@pytest.mark.clause("score-sheet/cl-22/final")
def test_cl_22_what_the_panel_decided_is_the_result_and_is_told():
    ledgers = held(*GIVEN)

    assert grade_of(ledgers, "2026-Q1").score == "4.00"
    assert told(ledgers)[-1] == ("ResultRestated", "4.00", "effective", "CalibrationConcluded")


@pytest.mark.clause("score-sheet/cl-11/appealed")
@pytest.mark.parametrize("to", ["administrative-procedure", "authorised-body", "court"])
def test_cl_11_a_panels_decision_is_appealed(to):
    assert refused(held(*GIVEN), appealed(to)) is None


@pytest.mark.clause("score-sheet/cl-11/appealed")
def test_cl_11_without_a_panels_decision_there_is_nothing_to_appeal():
    given = [*body_and_servant(), *assessed(), delivered()]

    assert refused(held(*given), appealed("authorised-body")) == "no-decision"


def test_an_appeal_elsewhere_than_the_act_says_is_refused():
    assert refused(held(*GIVEN), appealed("newspaper")) == "not-in-act"


def test_one_appeal_at_a_time_and_none_before_the_decision():
    assert refused(held(*GIVEN, appealed()), appealed()) == "appeal-pending"
    assert refused(held(*GIVEN), appealed(on="2026-04-20")) == "dates-out-of-order"


def test_nothing_comes_back_of_an_appeal_that_was_not_made():
    assert refused(held(*GIVEN), resolved("left")) == "no-appeal"


@pytest.mark.clause("score-sheet/cl-11/what-comes-back")
@pytest.mark.parametrize(
    ("back", "score", "told_last"),
    [
        (resolved("left"), "4.00", "CalibrationConcluded"),
        (resolved("revise"), "4.00", "CalibrationConcluded"),
        (resolved("revise", score="3.5"), "3.50", "AppealResolved"),
        (resolved("annul"), None, "AppealResolved"),
    ],
    ids=["left", "sent back", "revised", "annulled"],
)
def test_cl_11_what_comes_back_of_an_appeal(back, score, told_last):
    ledgers = held(*GIVEN, appealed(), back)

    assert grade_of(ledgers, "2026-Q1").score == score
    assert told(ledgers)[-1][3] == told_last


@pytest.mark.parametrize(
    ("back", "code"),
    [
        (resolved("heard"), "unknown-outcome"),
        (resolved("left", score="4"), "correction-without-revision"),
        (resolved("revise", score="7"), "correction-misfit"),
        (resolved("revise", points=112), "correction-misfit"),
        (resolved("left", on="2026-05-01"), "dates-out-of-order"),
    ],
)
def test_what_cannot_come_back_is_refused(back, code):
    assert refused(held(*GIVEN, appealed()), back) == code


@pytest.mark.clause("score-sheet/cl-14/disputes")
def test_cl_14_a_dispute_about_the_procedure_is_settled_once_it_was_raised():
    raised = fact("DisputeRaised", {**ref(), "text": "the panel sat without notice"})
    settled = fact("DisputeSettled", {**ref(), "text": "notice was given"})

    assert refused(held(*GIVEN), settled) == "no-dispute"
    assert refused(held(*GIVEN, raised), settled) is None
    assert refused(held(*GIVEN, raised, settled), under(uuid4(), settled)) == "no-dispute"
