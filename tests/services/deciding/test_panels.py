"""Who sits on a calibration panel (cl. 19 of the score-sheet acts)."""

import pytest

from services.offline import rejections
from tests.facts import body_and_servant, fact, issued, marked, ref, signed, worked
from tests.services.deciding.calibrating import (
    ASKED,
    DECIDED,
    FILED,
    PANEL,
    SHARED,
    SITTING,
    TOLD,
    asked,
    calibration,
    convened,
    kept,
    outcome,
    replaced,
    told,
    vote,
    withdrawn,
)

COMPOSITIONS = [
    ("cl. 19: three", PANEL, "recorded"),
    ("cl. 19: five", ("m-1", "m-2", "m-3", "m-4", "hr-9"), "recorded"),
    ("cl. 19: an even number", ("m-1", "m-2", "m-3", "hr-9"), "wrong-number-of-members"),
    ("cl. 19: one", ("hr-9",), "wrong-number-of-members"),
    ("cl. 19: the servant himself", ("m-1", "e-1", "hr-9"), "member-excluded"),
    ("cl. 19: the one who scored him", ("m-1", "head-1", "hr-9"), "member-excluded"),
    ("cl. 19: nobody of HR", ("m-1", "m-2", "m-3"), "panel-incomplete"),
    ("cl. 19: no evaluator", ("hr-7", "hr-8", "hr-9"), "panel-incomplete"),
    ("cl. 19: one person in two seats", ("m-1", "m-1", "hr-9"), "member-twice"),
    ("cl. 19: a chair", ("m-1:chair", "m-2", "hr-9"), "wrong-role"),
]


@pytest.mark.clause(
    "score-sheet/cl-19/odd",
    "score-sheet/cl-19/at-least-three",
    "score-sheet/cl-19/without-the-servant",
    "score-sheet/cl-19/without-the-scorer",
    "score-sheet/cl-19/other-evaluators",
    "score-sheet/cl-19/one-of-hr",
)
@pytest.mark.parametrize(
    ("named", "then"), [row[1:] for row in COMPOSITIONS], ids=[row[0] for row in COMPOSITIONS]
)
def test_cl_19_who_makes_up_a_panel(named, then):
    when = convened(*named)
    found = [problem for _, problem in rejections(kept(ASKED), [when])]

    assert [problem.code for problem in found] == ([] if then == "recorded" else [then])
    assert all("cl. 19" in problem.detail and problem.field == "data.members" for problem in found)


@pytest.mark.clause("score-sheet/cl-19/without-the-scorer")
def test_cl_19_everyone_whose_marks_stand_on_the_sheet_keeps_off_the_panel():
    assert outcome(SHARED, convened()) == "member-excluded"
    # One who was added and marked nothing did not score him.
    assert outcome(SHARED, convened("m-3", "m-2", "hr-9")) == "recorded"


def test_cl_19_whoever_took_the_sheet_over_and_signed_it_keeps_off_the_panel():
    taken_over = [
        *body_and_servant(),
        worked(),
        issued(),
        *marked(),
        fact("EvaluatorReplaced", {**ref(), "evaluator": "m-1", "ground": "absence"}),
        signed(),
        told(),
        asked(),
    ]

    assert outcome(taken_over, convened()) == "member-excluded"
    assert outcome(taken_over, convened("head-1", "m-2", "hr-9")) == "member-excluded"
    assert outcome(taken_over, convened("m-3", "m-2", "hr-9")) == "recorded"


@pytest.mark.clause("score-sheet/cl-18/on-request", "score-sheet/cl-19/approved-before-it-acts")
def test_cl_19_a_panel_is_approved_on_a_request_and_once():
    assert outcome(TOLD, convened()) == "calibration-not-requested"
    assert outcome([*ASKED, withdrawn()], convened()) == "calibration-not-requested"
    assert outcome(SITTING, convened("m-5", "m-6", "hr-9")) == "panel-convened-already"
    assert outcome(FILED, convened("m-5", "m-6", "hr-9")) == "protocol-filed"


@pytest.mark.clause("score-sheet/cl-20/ten-working-days")
def test_cl_19_a_panel_sits_after_the_request():
    assert outcome(ASKED, convened(sits_on="2026-04-15")) == "dates-out-of-order"
    assert outcome(ASKED, convened(sits_on="2026-04-16")) == "recorded"


def test_cl_19_cl_20_a_panel_approved_or_sitting_late_is_the_bodys_miss_and_stops_nothing():
    assert outcome(ASKED, convened(sits_on="2026-07-01", on="2026-06-15")) == "recorded"


REPLACEMENTS = [
    ("another evaluator", "m-1", "m-5", "recorded"),
    ("another of HR", "hr-9", "hr-8", "recorded"),
    ("the last of HR by an evaluator", "hr-9", "m-5", "panel-incomplete"),
    ("by the servant", "m-1", "e-1", "member-excluded"),
    ("by the one who scored", "m-1", "head-1", "member-excluded"),
    ("by one who sits", "m-1", "m-2", "member-twice"),
    ("by himself", "m-1", "m-1", "member-twice"),
    ("one who does not sit", "m-7", "m-5", "not-a-member"),
    ("into no role of a panel", "m-1", "m-5:secretary", "wrong-role"),
]


@pytest.mark.clause("score-sheet/cl-19/replacement")
@pytest.mark.parametrize(
    ("out", "into", "then"), [row[1:] for row in REPLACEMENTS], ids=[row[0] for row in REPLACEMENTS]
)
def test_cl_19_a_member_who_drops_out_is_replaced_and_the_panel_stays_right(out, into, then):
    assert outcome(SITTING, replaced(out, into)) == then


def test_cl_19_several_members_drop_out_one_after_another():
    changed = [*SITTING, replaced("m-1", "m-5"), replaced("m-2", "m-6"), replaced("hr-9", "hr-8")]

    assert [seat.member for seat in calibration(changed).members] == ["m-5", "m-6", "hr-8"]
    assert outcome(changed, replaced("m-5", "m-1")) == "recorded"


@pytest.mark.clause("score-sheet/cl-19/approved-before-it-acts", "score-sheet/cl-22/protocol")
def test_cl_19_nobody_is_replaced_before_there_is_a_panel_or_after_its_protocol():
    assert outcome(ASKED, replaced("m-1", "m-5")) == "panel-not-convened"
    assert outcome(DECIDED, replaced("hr-9", "hr-8")) == "panel-decided"
    assert outcome(FILED, replaced("m-1", "m-5")) == "protocol-filed"


@pytest.mark.clause("score-sheet/cl-19/replacement")
def test_cl_19_the_vote_of_one_who_dropped_out_counts_no_more_and_his_successor_votes():
    changed = [*SITTING, vote("m-1", "4.50"), replaced("m-1", "m-5")]

    assert outcome(changed, vote("m-1", "4.50")) == "not-a-member"
    assert calibration([*changed, vote("m-2", "4.50")]).concluded is None
    assert calibration([*changed, vote("m-2", "4.50"), vote("m-5", "4.50")]).is_concluded


def test_cl_19_one_who_returns_votes_anew():
    back = [*SITTING, vote("m-1", "4.50"), replaced("m-1", "m-5"), replaced("m-5", "m-1")]

    assert calibration([*back, vote("m-2", "4.50")]).concluded is None
    assert outcome(back, vote("m-1", "3.00")) == "recorded"
