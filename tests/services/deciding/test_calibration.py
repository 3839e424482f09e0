"""A servant disagrees with his result and asks for calibration (cl. 10, 11 of the score-sheet acts)."""

import pytest

from tests.facts import (
    adopted,
    appointed,
    assessed,
    body_and_servant,
    fact,
    issued,
    marked,
    ref,
    registered,
    sanctioned,
    signed,
    worked,
)
from tests.services.deciding.calibrating import (
    ASKED,
    DECIDED,
    FILED,
    SANCTIONED,
    SITTING,
    STUCK,
    TOLD,
    UNTOLD,
    Room,
    acquainted,
    appealed,
    asked,
    convened,
    filed,
    outcome,
    own_act,
    refused,
    resolved,
    score,
    told,
    votes,
    withdrawn,
)


@pytest.mark.clause("typical-2025/cl-10/five-working-days", "score-sheet/cl-10/the-result-he-has")
@pytest.mark.parametrize(
    ("on", "then"),
    [
        ("2026-04-14", "recorded"),
        # Five working days from Tuesday the 14th end on Tuesday the 21st.
        ("2026-04-21", "recorded"),
        ("2026-04-22", "term-missed"),
        ("2026-04-13", "not-announced"),
    ],
)
def test_cl_10_the_servant_asks_within_five_working_days_of_receiving_the_result(on, then):
    assert outcome(TOLD, asked(on)) == then


@pytest.mark.clause("typical-2025/cl-10/five-working-days")
def test_cl_10_a_missed_term_is_told_with_its_clause_and_last_day():
    problem = refused(TOLD, asked("2026-04-22"))

    assert problem.field == "occurred_on"
    assert "cl. 10" in problem.detail
    assert "2026-04-21" in problem.detail


@pytest.mark.clause("score-sheet/cl-10/the-result-he-has")
def test_cl_10_a_result_is_contested_once_it_is_received():
    assert outcome(UNTOLD, asked()) == "not-announced"
    assert outcome([*body_and_servant(), issued()], asked()) == "not-announced"


UNDER_PAVLODAR = [
    *body_and_servant("pavlodar-2026"),
    *assessed(("4", "4", "4", "4", "4")),
    told("2026-04-14"),
]


@pytest.mark.clause("pavlodar-2026/cl-10/five-working-days")
def test_cl_10_in_pavlodar_the_term_runs_from_acquaintance_and_has_not_begun_before_it():
    assert outcome(UNDER_PAVLODAR, asked("2026-05-15")) == "recorded"
    known = [*UNDER_PAVLODAR, acquainted("2026-04-20")]
    assert outcome(known, asked("2026-04-27")) == "recorded"
    assert outcome(known, asked("2026-04-28")) == "term-missed"


@pytest.mark.clause("typical-2025/cl-10/five-working-days")
def test_cl_10_a_result_that_changed_is_received_anew_when_it_is_told_anew():
    changed = [*TOLD, SANCTIONED]
    # Before it is told anew the term has not begun; then it runs from that day.
    assert outcome(changed, asked("2026-05-04")) == "recorded"
    retold = [*changed, told("2026-05-12")]
    assert outcome(retold, asked("2026-05-19")) == "recorded"
    assert outcome(retold, asked("2026-05-20")) == "term-missed"


@pytest.mark.clause("pavlodar-2026/cl-10/five-working-days")
def test_cl_10_in_pavlodar_to_know_what_a_result_was_before_it_changed_is_not_enough():
    retold = [*UNDER_PAVLODAR, acquainted("2026-04-20"), SANCTIONED, told("2026-05-12")]

    assert outcome(retold, asked("2026-06-30")) == "recorded"
    assert outcome([*retold, acquainted("2026-05-13")], asked("2026-06-30")) == "term-missed"


@pytest.mark.clause("score-sheet/cl-10/the-result-he-has")
def test_cl_10_a_result_that_was_taken_back_is_not_contested():
    assert outcome([*TOLD, worked(3)], asked()) == "not-announced"


def test_cl_10_only_an_act_with_panels_lets_a_servant_ask():
    sjc = [registered(), adopted("sjc-2017", "2017-Q1"), appointed(on="2012-01-01")]
    of = {**ref(period="2017-Q2"), "form": "points"}

    assert outcome([*sjc, issued(of, "points")], fact("CalibrationRequested", {**of, "grounds": "no"})) == (
        "not-in-act"
    )


def test_cl_10_a_request_names_a_sheet_that_was_issued():
    assert outcome(body_and_servant(), asked()) == "unknown-sheet"
    assert outcome(TOLD, asked(form="annex-1")) == "unknown-sheet"
    assert outcome(TOLD, asked(employee="e-7")) == "unknown-employee"
    assert outcome(TOLD, asked(position="p-7")) == "unknown-position"


@pytest.mark.clause("score-sheet/cl-10/the-result-he-has")
@pytest.mark.parametrize("given", [ASKED, SITTING, DECIDED], ids=["asked", "sitting", "decided"])
def test_cl_10_one_request_is_pending_at_a_time(given):
    assert outcome(given, asked("2026-04-17")) == "calibration-pending"


@pytest.mark.clause("typical-2025/cl-10/five-working-days")
def test_cl_10_a_withdrawn_request_may_be_made_again_in_the_term():
    assert outcome([*ASKED, withdrawn()], asked("2026-04-20")) == "recorded"
    assert outcome([*SITTING, withdrawn()], asked("2026-04-22")) == "term-missed"


@pytest.mark.clause("score-sheet/cl-22/final")
def test_cl_10_a_request_is_withdrawn_while_it_is_pending_and_nothing_is_decided():
    assert outcome(TOLD, withdrawn()) == "calibration-not-requested"
    assert outcome([*ASKED, withdrawn()], withdrawn()) == "calibration-not-requested"
    assert outcome(STUCK, withdrawn()) == "recorded"
    assert outcome(DECIDED, withdrawn()) == "panel-decided"
    assert outcome(FILED, withdrawn()) == "protocol-filed"


@pytest.mark.clause("score-sheet/cl-11/appealed")
def test_cl_11_the_same_result_is_appealed_and_not_calibrated_twice():
    problem = refused(FILED, asked("2026-04-21"))

    assert problem.code == "calibrated-already"
    assert "cl. 11" in problem.detail


@pytest.mark.clause("score-sheet/cl-11/appealed")
def test_cl_11_a_result_that_is_again_what_the_panel_made_it_is_no_new_one():
    assert outcome([*FILED, worked(3), worked(57)], asked("2026-05-21")) == "calibrated-already"
    assert outcome([*FILED, worked(3)], asked("2026-05-21")) == "not-announced"


@pytest.mark.clause("score-sheet/cl-11/what-comes-back")
def test_cl_11_what_an_appeal_sent_back_may_be_calibrated_again():
    assert outcome([*FILED, appealed()], asked("2026-05-21")) == "calibrated-already"
    assert outcome([*FILED, appealed(), resolved("left")], asked("2026-05-21")) == "calibrated-already"
    assert outcome([*FILED, appealed(), resolved("revise")], asked("2026-05-21")) == "recorded"
    assert outcome([*FILED, appealed(), resolved("annul")], asked("2026-05-21")) == "recorded"
    scored_there = [*FILED, appealed(), resolved("revise", score="5.00")]
    assert outcome(scored_there, asked("2026-05-21")) == "calibrated-already"


def test_cl_11_once_what_was_sent_back_is_scored_anew_the_term_runs_from_telling_it():
    returned = fact("SheetReturned", {**ref(), "by": "boss-1", "reason": "annulled"}, on="2026-05-21")
    retold = [*FILED, appealed(), resolved("annul"), returned, *marked(), signed(), told("2026-06-08")]

    assert outcome(retold, asked("2026-06-15")) == "recorded"
    assert outcome(retold, asked("2026-06-16")) == "term-missed"


def test_cl_10_what_a_court_decided_opens_no_new_term():
    decided = [*FILED, appealed(), resolved("revise", score="5.00")]

    assert outcome(decided, asked("2026-05-21")) == "calibrated-already"


def test_cl_10_a_term_that_only_obliges_refuses_nothing():
    act = own_act()
    act["terms"]["calibration-request"]["missing"] = "obliges"

    assert Room(TOLD, act).refusals(asked("2026-06-30")) == []


@pytest.mark.clause("score-sheet/cl-11/what-comes-back")
def test_cl_11_a_second_panel_decides_anew_and_the_first_stands_until_then():
    again = [*FILED, appealed(), resolved("revise"), asked("2026-05-21")]
    sitting = [*again, convened(sits_on="2026-06-01", on="2026-05-22")]

    assert score(again) == "4.50"
    assert score([*sitting, *votes("3.00", "3.00")]) == "3.00"
    assert score([*sitting, withdrawn("2026-05-25")]) == "4.50"


def test_cl_10_a_result_that_a_late_sanction_changed_after_the_panel_is_contested_anew():
    room = Room(FILED, own_act(discipline_cap_scope="overall"))

    def restated() -> bytes:
        return sanctioned("reprimand", "2026-02-10")

    assert room.refusals(asked("2026-06-01")) == ["calibrated-already"]
    assert room.refusals(restated(), asked("2026-06-01")) == []
    assert room.refusals(restated(), told("2026-05-12"), asked("2026-05-19")) == []
    assert room.refusals(restated(), told("2026-05-12"), asked("2026-05-20")) == ["term-missed"]


def test_cl_10_so_is_one_that_the_panel_had_left_as_it_was():
    left = [*SITTING, *votes("4.00", "4.00"), filed()]
    room = Room(left, own_act(discipline_cap_scope="overall"))

    assert room.refusals(asked("2026-06-01")) == ["calibrated-already"]
    assert room.refusals(sanctioned("reprimand", "2026-02-10"), asked("2026-06-01")) == []
