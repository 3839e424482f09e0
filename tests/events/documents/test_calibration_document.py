from datetime import date
from decimal import Decimal

import pytest

from events.documents.calibration import Calibration, Protocol, Seat
from events.vocabulary import Data
from events.vocabulary.calibration import (
    ArgumentHeard,
    CalibrationConcluded,
    CalibrationConvened,
    CalibrationRequested,
    CalibrationWithdrawn,
    FeedbackGiven,
)
from events.vocabulary.commission import MemberReplaced, ProtocolFiled, VoteCast
from events.vocabulary.types import Member
from tests.ledger import document_of, event

REF = {"employee": "4117", "position": "p-1", "period": "2026-Q1"}
ASKED_ON = date(2026, 4, 16)

REQUESTED = CalibrationRequested(**REF, grounds="the marks do not show the work")
WITHDRAWN = CalibrationWithdrawn(**REF)
CONVENED = CalibrationConvened(
    **REF,
    members=[Member("m-1", "evaluator"), Member("m-2", "evaluator"), Member("hr-9", "hr")],
    sits_on=date(2026, 4, 24),
)
FILED = ProtocolFiled(**REF, number="7", signed_on=date(2026, 4, 24))
FEEDBACK = FeedbackGiven(**REF, on=date(2026, 4, 27), achievements="a", skills="s", career="c")


def vote(member: str, score: str, round_: int | None = None) -> VoteCast:
    return VoteCast(**REF, member=member, score=Decimal(score), round=round_)


def concluded(score: str, round_: int = 1) -> CalibrationConcluded:
    return CalibrationConcluded(**REF, round=round_, score=Decimal(score))


def replaced(out: str, member: str, role: str = "evaluator") -> MemberReplaced:
    return MemberReplaced(**REF, out=out, in_=Member(member, role))


def calibration(*said: Data) -> Calibration:
    found = document_of(event(one, seq, occurred_on=ASKED_ON) for seq, one in enumerate(said, start=1))
    assert isinstance(found, Calibration)
    return found


def counting(of: Calibration) -> list[tuple[int, str, str]]:
    return [(one.round, one.member, str(one.score)) for one in of.votes if one.counts]


SPLIT = (REQUESTED, CONVENED, vote("m-1", "3.00"), vote("m-2", "4.00"), vote("hr-9", "5.00"))
DECIDED = (REQUESTED, CONVENED, vote("m-1", "4.00"), vote("m-2", "4.00"), concluded("4.00"))


def test_a_request_is_pending_from_its_day():
    asked = calibration(REQUESTED)

    assert (asked.requested_on, asked.requested_seq) == (ASKED_ON, 1)
    assert asked.is_pending
    assert not asked.is_convened


def test_a_request_withdrawn_leaves_nothing_pending_and_no_panel():
    after = calibration(REQUESTED, CONVENED, vote("m-1", "4.00"), WITHDRAWN)

    assert after == Calibration("4117", "p-1", "2026-Q1")
    assert not after.is_pending


def test_a_panel_has_its_seats_and_the_day_it_sits():
    panel = calibration(REQUESTED, CONVENED)

    assert panel.members == (Seat("m-1", "evaluator"), Seat("m-2", "evaluator"), Seat("hr-9", "hr"))
    assert panel.sits_on == date(2026, 4, 24)
    assert panel.seat("hr-9") == Seat("hr-9", "hr")
    assert panel.seat("m-7") is None
    assert panel.is_convened


def test_who_argued_is_kept_in_order():
    heard = [ArgumentHeard(**REF, by=by, text="so") for by in ("head-1", "4117")]

    assert calibration(REQUESTED, CONVENED, *heard).heard == ("head-1", "4117")


def test_a_vote_that_names_no_round_is_of_the_current_one():
    assert counting(calibration(*SPLIT, vote("m-1", "4.00"))) == [
        (1, "m-1", "3.00"),
        (1, "m-2", "4.00"),
        (1, "hr-9", "5.00"),
        (2, "m-1", "4.00"),
    ]


@pytest.mark.parametrize(("votes", "round_"), [(0, 1), (1, 1), (2, 1), (3, 2)])
def test_a_round_ends_when_every_member_has_voted(votes, round_):
    panel = calibration(*SPLIT[: 2 + votes])

    assert panel.round == round_
    assert panel.is_stuck == (round_ > 1)


def test_a_conclusion_closes_the_round_it_came_in_though_everybody_voted():
    decided = calibration(*SPLIT[:3], vote("m-2", "4.00"), vote("hr-9", "4.00"), concluded("4.00"))

    assert (decided.round, decided.concluded, decided.concluded_seq) == (1, Decimal("4.00"), 6)
    assert decided.concluded_on == ASKED_ON
    assert decided.is_concluded
    assert not decided.is_stuck


def test_the_last_members_vote_after_the_conclusion_opens_no_round():
    after = calibration(*DECIDED, vote("hr-9", "2.00"))

    assert (after.round, after.concluded) == (1, Decimal("4.00"))
    assert len(after.votes_in(1)) == 3


def test_a_second_round_decides():
    second = [vote("m-1", "4.00", 2), vote("m-2", "4.00", 2), concluded("4.00", 2)]
    decided = calibration(*SPLIT, *second)

    assert (decided.round, decided.concluded) == (2, Decimal("4.00"))
    assert not decided.is_stuck


def test_the_vote_of_one_who_leaves_no_longer_counts_and_the_round_waits_for_his_successor():
    after = calibration(*SPLIT[:4], replaced("m-1", "m-5"))

    assert counting(after) == [(1, "m-2", "4.00")]
    assert [vote.member for vote in after.votes] == ["m-1", "m-2"]
    assert after.members[0] == Seat("m-5", "evaluator")
    assert calibration(*SPLIT[:4], replaced("m-1", "m-5"), vote("hr-9", "5.00")).round == 1


def test_one_who_leaves_in_the_second_round_takes_no_vote_of_the_first_with_him():
    after = calibration(*SPLIT, replaced("m-1", "m-5"))

    assert len(after.votes_in(1)) == 3
    assert (after.round, after.is_stuck) == (2, True)


def test_one_who_leaves_after_the_conclusion_leaves_the_vote_that_made_it():
    assert counting(calibration(*DECIDED, replaced("m-1", "m-5"))) == [(1, "m-1", "4.00"), (1, "m-2", "4.00")]


def test_a_protocol_ends_the_session():
    ended = calibration(*DECIDED, FILED)

    assert ended.protocol == Protocol("7", date(2026, 4, 24), 6)
    assert ended.is_filed
    assert not ended.is_pending


def test_feedback_stands_on_its_day():
    assert calibration(*DECIDED, FILED, FEEDBACK).feedback_on == date(2026, 4, 27)


def test_a_new_request_opens_a_session_and_leaves_what_was_decided():
    again = calibration(*DECIDED, FILED, FEEDBACK, REQUESTED)

    assert (again.requested_seq, again.round, again.members, again.votes, again.heard) == (8, 1, (), (), ())
    assert again.sits_on is None
    assert (again.is_pending, again.is_concluded, again.is_filed) == (True, False, False)
    assert (again.concluded, again.protocol.number) == (Decimal("4.00"), "7")


def test_a_new_request_withdrawn_leaves_what_was_decided():
    after = calibration(*DECIDED, FILED, REQUESTED, CONVENED, WITHDRAWN)

    assert not after.is_pending
    assert not after.is_stuck
    assert (after.concluded, after.protocol.number) == (Decimal("4.00"), "7")


def test_a_second_decision_takes_the_place_of_the_first_with_its_papers():
    second = (REQUESTED, CONVENED, vote("m-1", "3.00"), vote("m-2", "3.00"), concluded("3.00"))
    after = calibration(*DECIDED, FILED, FEEDBACK, *second)

    assert (after.concluded, after.protocol, after.feedback_on) == (Decimal("3.00"), None, None)
    assert after.is_concluded
    assert not after.is_filed
