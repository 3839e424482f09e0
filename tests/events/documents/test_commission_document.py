from datetime import date
from decimal import Decimal

from events.documents.commission import Seat, Subject, subject_of
from events.vocabulary.commission import (
    CommissionConvened,
    CommissionSat,
    MemberReplaced,
    ProtocolFiled,
    ResultApproved,
    VoteCast,
)
from events.vocabulary.types import Member
from tests.ledger import after, document_of, event

SESSION = "2017-12"
CONVENED = CommissionConvened(
    session=SESSION,
    members=[Member("c-1", "chair"), Member("m-1", "member"), Member("hr-1", "secretary")],
)
SAT = CommissionSat(session=SESSION, present=["c-1", "m-1"])
OF_THE_YEAR = {"employee": "s-1", "position": "p-1", "period": "2017"}


def vote(member: str = "m-1", choice: str = "approve", **more: object) -> VoteCast:
    return VoteCast(**{"session": SESSION, "member": member, "choice": choice, **OF_THE_YEAR, **more})


def test_a_session_holds_its_members_in_their_roles():
    session = after(CONVENED)

    assert session.session == SESSION
    assert session.members == (Seat("c-1", "chair"), Seat("m-1", "member"), Seat("hr-1", "secretary"))
    assert (session.chair, session.convened_on) == ("c-1", date(2026, 4, 10))
    assert (session.sat_on, session.present, session.protocol, session.approved_by) == (None, (), None, None)


def test_a_member_who_is_replaced_leaves_his_seat_to_another():
    session = after(CONVENED, MemberReplaced(session=SESSION, out="c-1", in_=Member("c-2", "chair")))

    assert (session.seat("c-1"), session.seat("c-2")) == (None, Seat("c-2", "chair"))
    assert session.chair == "c-2"
    assert session.seat("m-1") == Seat("m-1", "member")


def test_a_session_that_sat_keeps_the_day_and_who_was_present():
    session = document_of([event(CONVENED, 1), event(SAT, 2, occurred_on=date(2026, 4, 13))])

    assert (session.present, session.sat_on, session.convened_on) == (
        ("c-1", "m-1"),
        date(2026, 4, 13),
        date(2026, 4, 10),
    )


def test_a_vote_keeps_what_it_corrects_and_its_place():
    session = after(CONVENED, SAT, vote(choice="revise", score=Decimal("4.5"), explanation="late reports"))

    (kept,) = session.votes
    assert (kept.member, kept.choice, kept.score, kept.explanation, kept.seq) == (
        "m-1",
        "revise",
        Decimal("4.5"),
        "late reports",
        3,
    )
    assert (kept.points, kept.competencies) == (None, {})


def test_votes_are_told_apart_by_what_they_are_on():
    competencies = vote(form="competencies", choice="revise", competencies={"decisions": "meets"})
    session = after(CONVENED, SAT, vote(), competencies, vote("c-1"))

    year = Subject("s-1", "p-1", "2017")
    apart = Subject("s-1", "p-1", "2017", "competencies")
    assert session.subjects == (year, apart)
    assert [one.member for one in session.votes_on(year)] == ["m-1", "c-1"]
    assert [one.competencies for one in session.votes_on(apart)] == [{"decisions": "meets"}]


def test_a_form_that_may_go_unnamed_is_the_same_named_or_not():
    assert subject_of(vote(form="plan")) == subject_of(vote()) == Subject("s-1", "p-1", "2017")
    assert subject_of(vote()).key == ("s-1", "p-1", "2017")


def test_a_vote_that_names_no_assessment_is_on_nothing():
    unnamed = VoteCast(session=SESSION, member="m-1", choice="approve", employee="s-1", position="p-1")

    assert subject_of(unnamed) is None
    assert after(CONVENED, SAT, unnamed) == after(CONVENED, SAT)


def test_the_protocol_and_the_approval_are_kept():
    filed = ProtocolFiled(session=SESSION, number="7", signed_on=date(2026, 4, 9))
    session = after(CONVENED, SAT, filed, ResultApproved(session=SESSION, by="akim-1"))

    assert (session.protocol.number, session.protocol.signed_on, session.protocol.seq) == (
        "7",
        date(2026, 4, 9),
        3,
    )
    assert (session.approved_by, session.approved_on) == ("akim-1", date(2026, 4, 10))
