"""A panel hears both sides, votes, files its protocol; then feedback (cl. 22, 23 of the score-sheet acts)."""

from collections import Counter
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.documents.calibration import Vote
from events.vocabulary.calibration import CalibrationConcluded
from tests.facts import assessed, body_and_servant, sanctioned
from tests.services.deciding.calibrating import (
    ASKED,
    DECIDED,
    FILED,
    SHARED,
    SITTING,
    STUCK,
    TOLD,
    Room,
    argued,
    asked,
    calibration,
    convened,
    feedback,
    filed,
    outcome,
    own_act,
    refused,
    replaced,
    score,
    told,
    vote,
    votes,
)


@pytest.mark.clause("score-sheet/cl-22/both-sides")
@pytest.mark.parametrize(
    ("by", "then"), [("head-1", "recorded"), ("e-1", "recorded"), ("m-1", "not-a-party")]
)
def test_cl_22_the_evaluator_and_the_servant_argue(by, then):
    assert outcome(SITTING, argued(by)) == then


@pytest.mark.clause("score-sheet/cl-22/both-sides")
def test_cl_22_everyone_who_scored_argues_his_mark():
    sitting = [*SHARED, convened("m-3", "m-4", "hr-9")]

    assert outcome(sitting, argued("m-1")) == "recorded"
    assert outcome(sitting, argued("m-2")) == "not-a-party"


def test_cl_22_they_argue_whom_the_act_names():
    act = own_act()
    act["panel"]["argued_by"] = ["employee"]
    room = Room(SITTING, act)

    assert room.refusals(argued("e-1")) == []
    assert room.refusals(argued("head-1")) == ["not-a-party"]


@pytest.mark.clause("score-sheet/cl-19/approved-before-it-acts", "score-sheet/cl-22/protocol")
def test_cl_22_arguments_are_heard_by_a_panel_before_its_protocol():
    assert outcome(ASKED, argued("e-1")) == "panel-not-convened"
    assert outcome(DECIDED, argued("e-1")) == "recorded"
    assert outcome(FILED, argued("e-1")) == "protocol-filed"


@pytest.mark.clause("score-sheet/cl-22/members-vote")
def test_cl_22_only_a_member_votes():
    for stranger in ("m-7", "e-1", "head-1"):
        problem = refused(SITTING, vote(stranger, "4.50"))
        assert (problem.code, problem.field) == ("not-a-member", "data.member")
        assert "cl. 22" in problem.detail


@pytest.mark.clause("score-sheet/cl-22/members-vote")
def test_cl_22_a_member_votes_once_in_a_round():
    assert outcome([*SITTING, vote("m-1", "4.50")], vote("m-1", "4.00")) == "voted-already"
    assert outcome(STUCK, vote("m-1", "4.00")) == "recorded"


@pytest.mark.clause("score-sheet/cl-22/members-vote")
def test_cl_22_a_vote_is_of_the_current_round():
    assert outcome(SITTING, vote("m-1", "4.50", round=1)) == "recorded"
    assert outcome(SITTING, vote("m-1", "4.50", round=2)) == "wrong-round"
    assert outcome(STUCK, vote("m-1", "4.50", round=1)) == "wrong-round"
    assert outcome(STUCK, vote("m-1", "4.50", round=2)) == "recorded"


@pytest.mark.clause("score-sheet/cl-22/members-vote")
@pytest.mark.parametrize(
    ("said", "then"),
    [
        ("0", "recorded"),
        ("5", "recorded"),
        ("4.35", "recorded"),
        ("5.01", "mark-out-of-range"),
        (None, "missing-field"),
    ],
)
def test_cl_22_a_vote_is_for_a_score_on_the_scale(said, then):
    assert outcome(SITTING, vote("m-1", said)) == then


def test_cl_22_a_vote_is_no_finer_than_the_act_announces():
    act = own_act()
    act["bands"]["score"]["announced"] = "0.1"
    room = Room(SITTING, act)

    assert room.refusals(vote("m-1", "4.35")) == ["mark-too-precise"]
    assert room.refusals(vote("m-1", "4.30")) == []


@pytest.mark.clause("score-sheet/cl-19/approved-before-it-acts", "score-sheet/cl-22/protocol")
def test_cl_22_nobody_votes_before_there_is_a_panel_or_after_its_protocol():
    assert outcome(TOLD, vote("m-1", "4.50")) == "calibration-not-requested"
    assert outcome(ASKED, vote("m-1", "4.50")) == "panel-not-convened"
    problem = refused(FILED, vote("hr-9", "4.50"))
    assert problem.code == "protocol-filed"
    assert "cl. 22" in problem.detail


@pytest.mark.clause("score-sheet/cl-22/majority")
def test_cl_22_a_majority_of_the_members_decides_as_soon_as_it_exists():
    assert calibration([*SITTING, *votes("4.50")]).concluded is None
    decided = calibration(DECIDED)

    assert (str(decided.concluded), decided.round) == ("4.50", 1)


def test_cl_22_votes_for_one_score_are_one_however_written():
    assert str(calibration([*SITTING, *votes("4.5", "4.50")]).concluded) == "4.50"
    assert str(calibration([*SITTING, *votes("4", "4.0")]).concluded) == "4.00"


@pytest.mark.clause("score-sheet/cl-22/up-or-down")
@pytest.mark.parametrize("decided", ["5.00", "2.50"])
def test_cl_22_the_score_goes_up_or_down(decided):
    assert score(TOLD) == "4.00"
    assert score([*SITTING, *votes(decided, decided)]) == decided


@pytest.mark.clause("score-sheet/cl-22/majority")
def test_cl_22_the_others_put_their_vote_on_record_and_change_nothing():
    after = calibration([*DECIDED, vote("hr-9", "3.00")])

    assert (str(after.concluded), after.round, len(after.votes)) == ("4.50", 1, 3)
    assert outcome([*DECIDED, vote("hr-9", "3.00")], vote("hr-9", "4.50")) == "voted-already"
    assert outcome(DECIDED, vote("hr-9", "3.00", round=2)) == "wrong-round"


@pytest.mark.clause("score-sheet/cl-22/majority")
def test_cl_22_without_a_majority_another_round_is_open_and_the_panel_is_stuck():
    stuck = calibration(STUCK)

    assert (stuck.round, stuck.concluded, stuck.is_stuck) == (2, None, True)
    decided = calibration([*STUCK, *votes("4.00", "4.00")])
    assert (decided.round, str(decided.concluded), decided.is_stuck) == (2, "4.00", False)


def test_cl_22_a_panel_may_need_many_rounds():
    third = [*STUCK, *votes("3.00", "4.00", "5.00", round=2)]

    assert calibration(third).round == 3
    assert calibration([*third, *votes("4.00", "4.00", "4.00", round=3)]).is_concluded


@pytest.mark.clause("score-sheet/cl-22/protocol")
def test_cl_22_the_protocol_lays_down_a_decision_and_is_filed_once():
    assert outcome(ASKED, filed()) == "panel-not-convened"
    assert outcome(SITTING, filed()) == "panel-undecided"
    assert outcome(STUCK, filed()) == "panel-undecided"
    assert outcome(DECIDED, filed()) == "recorded"
    assert outcome(FILED, filed()) == "protocol-filed"


@pytest.mark.clause("score-sheet/cl-22/protocol")
def test_cl_22_the_protocol_is_signed_after_the_decision_and_may_be_filed_late():
    assert outcome(DECIDED, filed("2026-04-23")) == "dates-out-of-order"
    assert outcome(DECIDED, filed("2026-04-24", on="2026-06-30")) == "recorded"


@pytest.mark.clause("score-sheet/cl-23/feedback")
def test_cl_23_feedback_follows_the_decision():
    assert outcome(SITTING, feedback()) == "panel-undecided"
    assert outcome(DECIDED, feedback()) == "recorded"
    assert outcome(FILED, feedback()) == "recorded"
    assert outcome(FILED, feedback("2026-04-23")) == "dates-out-of-order"


@pytest.mark.clause("score-sheet/cl-23/three-topics")
@pytest.mark.parametrize("topic", ["achievements", "skills", "career"])
def test_cl_23_feedback_speaks_of_its_three_topics(topic):
    problem = refused(FILED, feedback(**{topic: "  "}))

    assert (problem.code, problem.field) == ("missing-field", f"data.{topic}")
    assert "cl. 23" in problem.detail


REPRIMANDED = [
    *body_and_servant(),
    *assessed(("4", "4", "4", "4", "2")),
    sanctioned("reprimand", "2026-02-10"),
    told(),
    asked(),
    convened(),
]


@pytest.mark.clause("score-sheet/cl-22/cap-binds")
def test_cl_22_a_cap_on_the_whole_score_binds_the_panel_row_5():
    room = Room(REPRIMANDED, own_act(discipline_cap_scope="overall"))

    assert room.refusals(vote("m-1", "2.99")) == []
    assert room.refusals(vote("m-1", "3.00")) == ["above-the-cap"]


@pytest.mark.clause("score-sheet/cl-22/cap-binds")
def test_cl_22_a_cap_on_a_row_does_not_bind_the_panel_row_5():
    assert outcome(REPRIMANDED, vote("m-1", "5.00")) == "recorded"
    assert Room(REPRIMANDED, own_act(cap_binds_panel="yes")).refusals(vote("m-1", "5.00")) == [
        "above-the-cap"
    ]


def test_cl_22_a_refusal_above_a_cap_names_its_row_and_the_reading():
    (answer,) = Room(REPRIMANDED, own_act(cap_binds_panel="yes")).hear([vote("m-1", "5.00")])

    assert "annex 2, row 5" in answer.problem.detail
    assert "2.99" in answer.problem.detail
    assert "cap-binds-panel" in answer.problem.detail


@pytest.mark.clause("score-sheet/cl-22/majority")
def test_cl_22_by_the_reading_of_votes_a_majority_waits_for_every_member():
    room = Room(SITTING, own_act(panel_majority="of-votes"))

    assert room.cast(votes("4.50", "4.50"))[0].concluded is None
    assert str(room.cast(votes("4.50", "4.50", "3.00"))[0].concluded) == "4.50"
    assert room.cast(votes("4.50", "4.00", "3.00"))[0].is_stuck


FIVE = ("m-1", "m-2", "m-3", "m-4", "hr-9")


@cache
def five(reading: str) -> Room:
    return Room([*ASKED, convened(*FIVE)], own_act(panel_majority=reading))


cast = st.tuples(st.just("vote"), st.sampled_from([*FIVE, "m-7"]), st.sampled_from(["3.50", "4.00", "4.00"]))
leave = st.tuples(st.just("replace"), st.sampled_from(FIVE[:4]), st.sampled_from(["m-5", "m-6", *FIVE[:4]]))


@given(
    st.sampled_from(["of-members", "of-votes"]), st.lists(cast | cast | cast | leave, min_size=8, max_size=40)
)
@settings(max_examples=80, deadline=None)
def test_cl_22_whatever_the_order_there_is_one_decision_at_most_and_a_majority_stands_for_it(
    reading, happened
):
    lines = [replaced(*rest) if what == "replace" else vote(*rest) for what, *rest in happened]

    after, events = five(reading).cast(lines)

    concluded = [event.data for event in events if isinstance(event.data, CalibrationConcluded)]
    assert len(concluded) <= 1
    in_round = after.votes_in(after.round)
    assert _each_once(in_round)
    most = Counter(vote.score for vote in in_round).most_common(1)
    if concluded:
        at = after.concluded_seq or 0
        counted = Counter(vote.score for vote in in_round if vote.seq < at)
        assert counted[after.concluded] * 2 > (5 if reading == "of-members" else sum(counted.values()))
        assert reading == "of-members" or sum(counted.values()) == 5
    elif reading == "of-members":
        assert not most or most[0][1] * 2 <= 5
    for ended in range(1, after.round):
        assert len(after.votes_in(ended)) == 5


def _each_once(cast_votes: Sequence[Vote]) -> bool:
    return len({vote.member for vote in cast_votes}) == len(cast_votes)


def test_cl_22_the_last_vote_for_what_is_decided_decides_nothing_again():
    _, events = Room(SITTING).cast(votes("4.50", "4.50", "4.50"))

    assert [event.type for event in events].count("CalibrationConcluded") == 1
    assert events[-1].type == "VoteCast"


def test_a_decision_is_of_the_form_that_was_voted_on():
    _, events = Room(SITTING).cast(votes("4.50", "4.50", form="annex-2"))

    assert [event.data.form for event in events[:3]] == ["annex-2"] * 3


def test_a_decision_is_recorded_with_the_vote_that_made_it():
    _, events = Room(SITTING).cast(votes("4.50", "4.50"))

    assert [event.type for event in events] == [
        "VoteCast",
        "VoteCast",
        "CalibrationConcluded",
        "ResultRestated",
    ]
    assert events[2].actor == "system"
    assert events[3].data.cause == "CalibrationConcluded"
