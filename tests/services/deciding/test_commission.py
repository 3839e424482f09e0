"""A commission's session: given what it did so far, when it does more, then that is recorded or refused.

Clauses are those of `sjc-2017` and `arys-2022`, in this order where both are named.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from events.documents import Assessment
from events.documents.results import CommissionDecision, Result
from events.envelope import SYSTEM, Fact
from events.vocabulary import Name
from services.deciding import decide
from services.offline import Ledgers, rejections
from tests.facts import BODY, adopted, appointed, fact, issued, ref, registered, signed
from tests.outcomes import outcome, refusal

QUARTER = ref("s-1", period="2017-Q2")
YEAR = ref("s-1", period="2017")
TARGETS = ref("s-1", period="2023")
COMPETENCIES = {**TARGETS, "form": "competencies"}

CHAIR, FIRST, SECOND, THIRD, SECRETARY = "c-1", "m-1", "m-2", "m-3", "hr-1"
SEATS = {CHAIR: "chair", FIRST: "member", SECOND: "member", THIRD: "member", SECRETARY: "secretary"}


def convened(seats: dict[str, str] | None = None, *, session: str = "k-1", on: str = "2026-04-10") -> bytes:
    members = [{"member": member, "role": role} for member, role in (seats or SEATS).items()]
    return fact("CommissionConvened", {"session": session, "members": members}, on=on)


def sat(*present: str, session: str = "k-1", on: str = "2026-04-10") -> bytes:
    return fact("CommissionSat", {"session": session, "present": list(present or SEATS)}, on=on)


def replaced(out: str, into: str, role: str, *, session: str = "k-1") -> bytes:
    data = {"session": session, "out": out, "in": {"member": into, "role": role}}
    return fact("MemberReplaced", data)


def vote(
    member: str, of: dict[str, Any], choice: str | None = "approve", *, session: str = "k-1", **more: Any
) -> bytes:
    choosing = {"choice": choice} if choice else {}
    return fact("VoteCast", {**of, "session": session, "member": member, **choosing, **more})


def revise(member: str, of: dict[str, Any], **more: Any) -> bytes:
    return vote(member, of, "revise", **{"explanation": "deadlines were met late", **more})


def filed(session: str = "k-1", signed_on: str = "2026-04-10") -> bytes:
    return fact("ProtocolFiled", {"session": session, "number": "7", "signed_on": signed_on})


def result_approved(session: str = "k-1", by: str = "akim-1") -> bytes:
    return fact("ResultApproved", {"session": session, "by": by})


def appealed(of: dict[str, Any]) -> bytes:
    return fact("DecisionAppealed", {**of, "to": "authorised-body", "on": "2026-04-10", "grounds": "unjust"})


def resolved(of: dict[str, Any], outcome: str, **more: Any) -> bytes:
    told = {"outcome": outcome, "on": "2026-04-10", "explanation": "reconsider", **more}
    return fact("AppealResolved", {**of, **told})


def planned(year: str, targets: int) -> bytes:
    drawn_up = [{"target": n, "title": f"target {n}", "measurable": True} for n in range(1, targets + 1)]
    data = {"employee": "s-1", "position": "p-1", "year": year, "targets": drawn_up}
    return fact("PlanAgreed", data, on=f"{year}-01-09")


def of_year(year: str, **more: Any) -> dict[str, Any]:
    return {"employee": "s-1", "position": "p-1", "year": year, **more}


SJC = [registered(), adopted("sjc-2017", "2017-Q1"), appointed("s-1", on="2015-01-01")]
SJC_QUARTER = [*SJC, issued(QUARTER, "points"), signed(QUARTER)]
SJC_YEAR = [
    *SJC,
    planned("2017", 1),
    issued(YEAR, "plan"),
    fact("TargetAssessed", of_year("2017", target=1, mark=4)),
    signed(YEAR),
]
SITTING = [convened(), sat()]
IN_QUARTER = [*SJC_QUARTER, *SITTING]

ARYS = [registered(), adopted("arys-2022", "2023"), appointed("s-1", on="2020-01-01", superior="top-1")]
ARYS_SIGNED = [
    *ARYS,
    planned("2023", 5),
    issued(TARGETS, "targets"),
    *(fact("TargetAssessed", of_year("2023", target=n, met=True)) for n in range(1, 6)),
    signed(TARGETS),
]
ARYS_YEAR = [*ARYS_SIGNED, fact("SheetAgreed", {**TARGETS, "by": "top-1"})]
# Group C: the number of indicators of each competency asked of one who serves no public.
INDICATORS = {
    "managing-work": 4,
    "cooperation": 3,
    "decisions": 3,
    "promptness": 4,
    "self-development": 3,
    "integrity": 3,
    "responsibility": 1,
    "initiative": 1,
    "stress-resistance": 1,
}
ARYS_COMPETENCIES = [
    *ARYS,
    issued(COMPETENCIES, "competencies"),
    *(
        fact("CompetencyAssessed", of_year("2023", competency=code, shown=count, missing=[]))
        for code, count in INDICATORS.items()
    ),
    signed(COMPETENCIES),
]
IN_TARGETS = [*ARYS_YEAR, *SITTING]


def result_after(lines: Iterable[bytes], of: dict[str, Any]) -> Result:
    """What became of the result after these facts, all of them recorded."""
    ledgers = Ledgers()
    assert [problem for _, problem in rejections(ledgers, lines)] == []
    name = Name("assessment", (of["employee"], of["position"], of["period"]))
    assessment = ledgers._sitting.ledgers[BODY].documents[name]
    assert isinstance(assessment, Assessment)
    return assessment.result(of.get("form"))


def decision(lines: Iterable[bytes], of: dict[str, Any]) -> CommissionDecision | None:
    return result_after(lines, of).decision


def choice(lines: Iterable[bytes], of: dict[str, Any]) -> str | None:
    found = decision(lines, of)
    return found.choice if found else None


def recorded(given: list[bytes], when: bytes) -> tuple[Fact, ...]:
    """The fact and what the system adds to it."""
    ledgers = Ledgers()
    assert [problem for _, problem in rejections(ledgers, given)] == []
    reported = ledgers.read(when).fact
    assert reported is not None
    return decide(reported, ledgers._sitting.ledgers[BODY].documents, ledgers.law)


def clause_told(given: list[bytes], when: bytes) -> str:
    problem = refusal(given, when)
    assert problem is not None
    return problem.detail


COMPOSITION = [
    ("a chair, members and the secretary, cl. 6, 9", SJC, convened(), "recorded"),
    ("no secretary named", SJC, convened({CHAIR: "chair", FIRST: "member"}), "recorded"),
    ("without a chair, cl. 9", SJC, convened({FIRST: "member", SECOND: "member"}), "not-one-chair"),
    ("with two chairs, cl. 9", SJC, convened({CHAIR: "chair", FIRST: "chair"}), "not-one-chair"),
    ("a role of a panel", SJC, convened({CHAIR: "chair", FIRST: "evaluator"}), "wrong-role"),
    ("five members, cl. 5", ARYS, convened(), "recorded"),
    (
        "four members, cl. 5",
        ARYS,
        convened({CHAIR: "chair", FIRST: "member", SECOND: "member", SECRETARY: "secretary"}),
        "wrong-number-of-members",
    ),
    ("a session of a code used before", [*SJC, convened()], convened(), "session-convened-already"),
    ("another session", [*SJC, convened()], convened(session="k-2"), "recorded"),
    (
        "under an act that has none",
        [registered(), adopted("zhanakorgan-2026"), appointed("s-1")],
        convened(),
        "not-in-act",
    ),
]


@pytest.mark.clause(
    "arys-2022/cl-5/at-least-five",
    "sjc-2017/cl-9/chair-breaks-a-tie",
    "arys-2022/cl-33/chair-breaks-a-tie",
)
@pytest.mark.parametrize(
    ("given", "when", "then"), [row[1:] for row in COMPOSITION], ids=[row[0] for row in COMPOSITION]
)
def test_cl_6_and_5_a_commission_is_convened(given, when, then):
    assert outcome(given, when) == then


@pytest.mark.clause("arys-2022/cl-5/at-least-five")
def test_a_member_stands_in_the_order_once():
    twice = [{"member": CHAIR, "role": "chair"}, {"member": CHAIR, "role": "member"}]
    assert outcome(SJC, fact("CommissionConvened", {"session": "k-1", "members": twice})) == "member-twice"


def test_a_year_is_reviewed_in_the_next_when_another_act_may_govern():
    later = adopted("typical-2025", "2024-Q1")
    given = [*ARYS_YEAR, later]

    assert outcome(given, convened(on="2024-01-15")) == "recorded"
    sitting = [*given, convened(on="2024-01-15"), sat(on="2024-01-16")]
    assert outcome(sitting, vote(CHAIR, TARGETS)) == "recorded"


def test_before_the_first_act_with_a_commission_there_is_none():
    given = [registered(), adopted("typical-2025", "2022-Q1"), adopted("arys-2022", "2023")]

    assert outcome(given, convened(on="2022-12-30")) == "not-in-act"
    assert outcome(given, convened(on="2023-01-10")) == "recorded"


REPLACEMENT = [
    ("an absent member", [convened()], replaced(FIRST, "m-9", "member"), "recorded"),
    ("the absent chair", [convened()], replaced(CHAIR, "c-9", "chair"), "recorded"),
    ("the chair by a mere member", [convened()], replaced(CHAIR, "m-9", "member"), "wrong-role"),
    ("a member by a second chair", [convened()], replaced(FIRST, "m-9", "chair"), "wrong-role"),
    ("one who does not sit", [convened()], replaced("x-1", "m-9", "member"), "not-a-member"),
    ("by one who sits already", [convened()], replaced(FIRST, SECOND, "member"), "member-twice"),
    ("by himself", [convened()], replaced(FIRST, FIRST, "member"), "member-twice"),
    ("after the commission sat", SITTING, replaced(FIRST, "m-9", "member"), "session-sat-already"),
    ("of no session", [], replaced(FIRST, "m-9", "member"), "unknown-session"),
]


@pytest.mark.clause("sjc-2017/cl-7/replaced-by-order", "arys-2022/cl-31/replaced-by-order")
@pytest.mark.parametrize("act", [SJC, ARYS], ids=["cl. 7", "cl. 31"])
@pytest.mark.parametrize(
    ("given", "when", "then"), [row[1:] for row in REPLACEMENT], ids=[row[0] for row in REPLACEMENT]
)
def test_cl_7_and_31_a_member_is_replaced_by_order(act, given, when, then):
    assert outcome([*act, *given], when) == then


@pytest.mark.clause("sjc-2017/cl-7/replaced-by-order", "arys-2022/cl-31/replaced-by-order")
def test_cl_7_and_31_whoever_replaces_a_member_sits_and_votes_in_his_place():
    sitting = [convened(), replaced(FIRST, "m-9", "member"), sat(CHAIR, "m-9", SECOND, SECRETARY)]

    assert outcome([*SJC_QUARTER, *sitting], vote("m-9", QUARTER)) == "recorded"
    assert outcome([*SJC_QUARTER, *sitting], vote(FIRST, QUARTER)) == "not-a-member"


SITTINGS = [
    ("everybody", [convened()], sat(), "recorded"),
    ("four of five are two thirds", [convened()], sat(CHAIR, FIRST, SECOND, SECRETARY), "recorded"),
    ("three of five are not", [convened()], sat(CHAIR, FIRST, SECOND), "no-quorum"),
    ("a stranger makes no quorum", [convened()], sat(CHAIR, FIRST, SECOND, "x-1"), "not-a-member"),
    ("one named twice makes none either", [convened()], sat(CHAIR, FIRST, SECOND, SECOND), "member-twice"),
    ("a second time", SITTING, sat(), "session-sat-already"),
    ("with a quorum, after it had none", [convened()], sat(CHAIR, FIRST, SECOND, THIRD), "recorded"),
    ("before it was convened", [convened()], sat(on="2026-04-09"), "dates-out-of-order"),
    ("unconvened", [], sat(), "unknown-session"),
]


@pytest.mark.clause("sjc-2017/cl-7/quorum", "arys-2022/cl-30/quorum")
@pytest.mark.parametrize("act", [SJC, ARYS], ids=["cl. 7", "cl. 30"])
@pytest.mark.parametrize(
    ("given", "when", "then"), [row[1:] for row in SITTINGS], ids=[row[0] for row in SITTINGS]
)
def test_cl_7_and_30_a_commission_sits_with_two_thirds_of_its_composition(act, given, when, then):
    assert outcome([*act, *given], when) == then


@pytest.mark.clause("sjc-2017/cl-7/quorum", "arys-2022/cl-30/quorum")
@pytest.mark.parametrize(("act", "clause"), [(SJC, "cl. 7"), (ARYS, "cl. 30")])
def test_no_quorum_is_told_its_clause_and_how_many_are_needed(act, clause):
    told = clause_told([*act, convened()], sat(CHAIR, FIRST, SECOND))

    assert told.startswith(f"Under {clause} 2/3 of the 5 members are present, so at least 4.")


VOTERS = [
    ("a member who is present", IN_QUARTER, vote(FIRST, QUARTER), "recorded"),
    ("the chair", IN_QUARTER, vote(CHAIR, QUARTER), "recorded"),
    ("a stranger, cl. 9", IN_QUARTER, vote("x-1", QUARTER), "not-a-member"),
    ("the secretary, cl. 9", IN_QUARTER, vote(SECRETARY, QUARTER), "secretary-votes"),
    (
        "an absent member, cl. 8",
        [*SJC_QUARTER, convened(), sat(CHAIR, FIRST, SECOND, SECRETARY)],
        vote(THIRD, QUARTER),
        "not-present",
    ),
    ("a member twice", [*IN_QUARTER, vote(FIRST, QUARTER)], vote(FIRST, QUARTER), "voted-already"),
    (
        "a member on another result too",
        [*IN_QUARTER, vote(FIRST, QUARTER), *SJC_YEAR[len(SJC) :]],
        vote(FIRST, YEAR),
        "recorded",
    ),
    ("before the commission sat", [*SJC_QUARTER, convened()], vote(FIRST, QUARTER), "session-not-sat"),
    ("in no session", SJC_QUARTER, vote(FIRST, QUARTER), "unknown-session"),
    ("after the protocol", [*IN_QUARTER, filed()], vote(FIRST, QUARTER), "protocol-filed"),
    (
        "on no result",
        IN_QUARTER,
        fact("VoteCast", {"session": "k-1", "member": FIRST, "choice": "approve"}),
        "missing-field",
    ),
    ("on a servant nobody appointed", IN_QUARTER, vote(FIRST, ref("s-9")), "unknown-employee"),
]


@pytest.mark.clause(
    "sjc-2017/cl-8/open-vote",
    "sjc-2017/cl-9/majority",
    "sjc-2017/cl-9/secretary-does-not-vote",
)
@pytest.mark.parametrize(
    ("given", "when", "then"), [row[1:] for row in VOTERS], ids=[row[0] for row in VOTERS]
)
def test_cl_8_and_9_who_votes_and_when(given, when, then):
    assert outcome(given, when) == then


@pytest.mark.clause("sjc-2017/cl-9/secretary-does-not-vote", "arys-2022/cl-34/secretary-does-not-vote")
@pytest.mark.parametrize(
    ("given", "of", "clause"), [(IN_QUARTER, QUARTER, "cl. 9"), (IN_TARGETS, TARGETS, "cl. 34")]
)
def test_cl_9_and_34_the_secretary_is_told_the_clause(given, of, clause):
    assert clause_told(given, vote(SECRETARY, of)).startswith(f"Under {clause} ")


def on_sheet(*lines: bytes) -> list[bytes]:
    return [*SJC, *lines, *SITTING]


REVIEWED = [
    ("a quarter, cl. 34", IN_QUARTER, vote(FIRST, QUARTER), "recorded"),
    ("a quarter by its form's name", IN_QUARTER, vote(FIRST, {**QUARTER, "form": "points"}), "recorded"),
    ("a quarter by another form", IN_QUARTER, vote(FIRST, {**QUARTER, "form": "plan"}), "unknown-sheet"),
    ("a year, cl. 34", [*SJC_YEAR, *SITTING], vote(FIRST, YEAR), "recorded"),
    ("no sheet", on_sheet(), vote(FIRST, QUARTER), "unknown-sheet"),
    (
        "an unsigned sheet, cl. 34",
        on_sheet(issued(QUARTER, "points")),
        vote(FIRST, QUARTER),
        "sheet-unsigned",
    ),
    ("KTI that the superior agreed to, cl. 24", IN_TARGETS, vote(FIRST, TARGETS), "recorded"),
    (
        "KTI before the superior agrees, cl. 21, 24",
        [*ARYS_SIGNED, *SITTING],
        vote(FIRST, TARGETS),
        "sheet-not-agreed",
    ),
    (
        "competencies, straight from the signature, cl. 28",
        [*ARYS_COMPETENCIES, *SITTING],
        vote(FIRST, COMPETENCIES),
        "recorded",
    ),
    (
        "a result under an act without a commission",
        [*ARYS_YEAR, adopted("typical-2025", "2024-Q1"), convened(on="2024-01-15"), sat(on="2024-01-15")],
        vote(FIRST, ref("s-1", period="2024-Q1")),
        "not-in-act",
    ),
]


@pytest.mark.clause(
    "sjc-2017/cl-6/every-result-reviewed",
    "arys-2022/cl-24/to-the-commission",
    "arys-2022/cl-28/straight-to-the-commission",
    "arys-2022/cl-36/filled-sheets",
)
@pytest.mark.parametrize(
    ("given", "when", "then"), [row[1:] for row in REVIEWED], ids=[row[0] for row in REVIEWED]
)
def test_cl_34_and_36_what_a_commission_reviews(given, when, then):
    assert outcome(given, when) == then


CHOICES = [
    ("to approve, cl. 35", IN_QUARTER, vote(FIRST, QUARTER), "recorded"),
    ("to revise, cl. 35", IN_QUARTER, revise(FIRST, QUARTER, points=104), "recorded"),
    ("neither", IN_QUARTER, vote(FIRST, QUARTER, "abstain"), "unknown-choice"),
    ("nothing", IN_QUARTER, vote(FIRST, QUARTER, None), "missing-field"),
    (
        "to approve with a correction",
        IN_QUARTER,
        vote(FIRST, QUARTER, points=104),
        "correction-without-revision",
    ),
    (
        "to revise without an explanation, cl. 35",
        IN_QUARTER,
        revise(FIRST, QUARTER, points=104, explanation=" "),
        "revision-unexplained",
    ),
    (
        "to revise with no explanation at all, cl. 35",
        IN_QUARTER,
        vote(FIRST, QUARTER, "revise", points=104),
        "revision-unexplained",
    ),
    ("to revise to nothing, cl. 35", IN_QUARTER, revise(FIRST, QUARTER), "missing-field"),
    ("a quarter of points to a score", IN_QUARTER, revise(FIRST, QUARTER, score="4"), "correction-misfit"),
    ("a year to a score", [*SJC_YEAR, *SITTING], revise(FIRST, YEAR, score="4.2"), "recorded"),
    ("a year to points", [*SJC_YEAR, *SITTING], revise(FIRST, YEAR, points=104), "correction-misfit"),
    ("KTI without an explanation, cl. 38", IN_TARGETS, vote(FIRST, TARGETS, "revise", score="4"), "recorded"),
    ("KTI to half a target", IN_TARGETS, vote(FIRST, TARGETS, "revise", score="3.5"), "correction-misfit"),
    ("KTI to six of five", IN_TARGETS, vote(FIRST, TARGETS, "revise", score="6"), "correction-misfit"),
]


@pytest.mark.clause(
    "sjc-2017/cl-35/approve-or-revise",
    "sjc-2017/cl-35/revision-explained",
    "arys-2022/cl-37/approve-or-revise",
    "arys-2022/cl-38/correction",
)
@pytest.mark.parametrize(
    ("given", "when", "then"), [row[1:] for row in CHOICES], ids=[row[0] for row in CHOICES]
)
def test_cl_35_and_37_38_a_vote_approves_or_revises(given, when, then):
    assert outcome(given, when) == then


def to(**results: str) -> dict[str, str]:
    return {code.replace("_", "-"): result for code, result in results.items()}


@pytest.mark.clause("arys-2022/cl-38/correction")
@pytest.mark.parametrize(
    ("corrected", "then"),
    [
        (to(decisions="does-not-meet"), "recorded"),
        (to(decisions="does-not-meet", integrity="meets"), "recorded"),
        ({"3": "does-not-meet"}, "recorded"),
        ({}, "missing-field"),
        (to(decisions="good"), "correction-misfit"),
        (to(courage="meets"), "correction-misfit"),
        (to(client_focus="meets"), "unknown-competency"),
        ({"3": "meets", "decisions": "does-not-meet"}, "unknown-competency"),
    ],
    ids=[
        "one result",
        "two",
        "by its number",
        "none",
        "a word that is no result",
        "a competency the act has not",
        "one not asked of who serves no public",
        "one twice",
    ],
)
def test_cl_38_competencies_are_corrected_by_their_results(corrected, then):
    given = [*ARYS_COMPETENCIES, *SITTING]
    assert outcome(given, vote(FIRST, COMPETENCIES, "revise", competencies=corrected)) == then


@pytest.mark.clause("sjc-2017/cl-9/majority")
def test_cl_9_a_decision_stands_as_soon_as_the_other_votes_cannot_change_it():
    two = [*IN_QUARTER, vote(FIRST, QUARTER), vote(SECOND, QUARTER)]

    assert choice(two, QUARTER) is None
    assert choice([*two, vote(THIRD, QUARTER)], QUARTER) == "approve"


def test_cl_9_half_of_those_present_with_the_chair_is_certain_too():
    assert choice([*IN_QUARTER, vote(FIRST, QUARTER), vote(CHAIR, QUARTER)], QUARTER) == "approve"


def test_cl_9_a_member_may_put_his_vote_on_record_after_the_decision_which_it_does_not_change():
    decided = [*IN_QUARTER, *(vote(member, QUARTER) for member in (CHAIR, FIRST, SECOND))]
    late = revise(THIRD, QUARTER, points=90)

    assert outcome(decided, late) == "recorded"
    assert decision([*decided, late], QUARTER) == decision(decided, QUARTER)


@pytest.mark.clause("sjc-2017/cl-9/chair-breaks-a-tie")
def test_cl_9_and_33_at_a_tie_the_side_of_the_chair_carries():
    split = [vote(FIRST, QUARTER), vote(SECOND, QUARTER), revise(THIRD, QUARTER, points=90)]
    with_chair = [*IN_QUARTER, *split, revise(CHAIR, QUARTER, points=90)]

    found = decision(with_chair, QUARTER)
    assert (found.choice, found.points) == ("revise", 90)


@pytest.mark.clause("sjc-2017/cl-9/majority")
def test_cl_9_corrections_that_differ_make_no_majority_together():
    divided = [
        *IN_QUARTER,
        revise(FIRST, QUARTER, points=90),
        revise(SECOND, QUARTER, points=95),
        vote(THIRD, QUARTER),
    ]

    assert decision(divided, QUARTER) is None
    assert decision([*divided, filed()], QUARTER) is None
    last = revise(CHAIR, QUARTER, points=95)
    assert decision([*divided, last], QUARTER).points == 95


@pytest.mark.clause("sjc-2017/cl-35/approve-or-revise")
def test_cl_35_a_decision_carries_the_correction_and_the_days_of_the_session():
    session = [convened(on="2017-07-07"), sat(on="2017-07-10")]
    scores = {CHAIR: "4.5", FIRST: "4.50", SECOND: "4.5"}
    votes = [revise(member, YEAR, score=score) for member, score in scores.items()]
    found = decision([*SJC_YEAR, *session, *votes], YEAR)

    assert (found.session, found.choice, found.score) == ("k-1", "revise", Decimal("4.5"))
    assert (str(found.convened_on), str(found.sat_on)) == ("2017-07-07", "2017-07-10")
    assert (found.points, found.competencies, found.approved_by) == (None, {}, None)


def test_cl_35_the_chairs_explanation_goes_with_the_decision():
    votes = [
        revise(FIRST, QUARTER, points=90, explanation="three breaches"),
        revise(CHAIR, QUARTER, points=90, explanation="as the register shows"),
        revise(SECOND, QUARTER, points=99, explanation="one breach"),
    ]
    (_, decided) = recorded([*IN_QUARTER, votes[0]], votes[1])
    assert decided.data.explanation == "as the register shows"

    without_chair = recorded(
        [*IN_QUARTER, votes[0], revise(SECOND, QUARTER, points=90)], revise(THIRD, QUARTER, points=90)
    )
    assert without_chair[1].data.explanation == "three breaches"
    outvoted = recorded(
        [*IN_QUARTER, vote(CHAIR, QUARTER), votes[2], vote(FIRST, QUARTER)], vote(THIRD, QUARTER)
    )
    assert outvoted == (outvoted[0],)


def test_an_approval_needs_no_explanation_and_one_that_lost_is_not_told():
    given = [*IN_QUARTER, revise(FIRST, QUARTER, points=90), vote(SECOND, QUARTER)]
    (_, decided) = recorded(given, vote(CHAIR, QUARTER))

    assert (decided.data.choice, decided.data.explanation) == ("approve", None)


def test_what_a_session_decides_at_once_is_told_apart():
    both = [*SJC_QUARTER, *SJC_YEAR[len(SJC) :], *SITTING, vote(FIRST, QUARTER), vote(FIRST, YEAR)]
    told, *decided = recorded(both, filed())

    assert told.type == "ProtocolFiled"
    assert [(one.type, one.actor, one.data.period) for one in decided] == [
        ("CommissionDecided", SYSTEM, "2017-Q2"),
        ("CommissionDecided", SYSTEM, "2017"),
    ]
    assert len({told.id, *(one.id for one in decided)}) == 3


def test_cl_38_competencies_carry_by_their_codes_however_the_members_name_them():
    named = [{"3": "does-not-meet"}, {"decisions": "does-not-meet"}, {"3": "does-not-meet"}]
    votes = [
        vote(member, COMPETENCIES, "revise", competencies=one)
        for member, one in zip(SEATS, named, strict=False)
    ]
    lines = [*ARYS_COMPETENCIES, *SITTING, *votes]

    assert decision(lines, COMPETENCIES).competencies == {"decisions": "does-not-meet"}


@pytest.mark.clause("arys-2022/cl-6/two-strands")
def test_cl_6_arys_the_two_strands_are_decided_apart():
    lines = [*ARYS_YEAR, *ARYS_COMPETENCIES[len(ARYS) :], *SITTING]
    votes = [vote(member, TARGETS) for member in (CHAIR, FIRST, SECOND)]

    assert choice([*lines, *votes], TARGETS) == "approve"
    assert choice([*lines, *votes], COMPETENCIES) is None


PROTOCOLS = [
    ("of a session that sat", SITTING, filed(), "recorded"),
    ("twice", [*SITTING, filed()], filed(), "protocol-filed"),
    ("of a session that did not sit", [convened()], filed(), "session-not-sat"),
    ("of no session", [], filed(), "unknown-session"),
    ("signed before the commission sat", SITTING, filed(signed_on="2026-04-09"), "dates-out-of-order"),
]


@pytest.mark.clause("sjc-2017/cl-35/protocol", "arys-2022/cl-39/protocol")
@pytest.mark.parametrize("act", [SJC, ARYS], ids=["cl. 35", "cl. 39"])
@pytest.mark.parametrize(
    ("given", "when", "then"), [row[1:] for row in PROTOCOLS], ids=[row[0] for row in PROTOCOLS]
)
def test_cl_35_and_39_a_protocol_is_filed(act, given, when, then):
    assert outcome([*act, *given], when) == then


@pytest.mark.clause("sjc-2017/cl-35/protocol", "sjc-2017/cl-9/majority")
def test_cl_35_and_39_at_the_protocol_the_votes_cast_decide_what_is_open():
    both = [*SJC_QUARTER, *SJC_YEAR[len(SJC) :], *SITTING]
    votes = [vote(FIRST, QUARTER), revise(FIRST, YEAR, score="3"), vote(SECOND, YEAR)]

    assert choice([*both, *votes], QUARTER) is None
    assert choice([*both, *votes, filed()], QUARTER) == "approve"
    # One for each, and the chair has not voted: nothing carries, and another session may decide.
    assert choice([*both, *votes, filed()], YEAR) is None
    elsewhere = [convened(session="k-2"), sat(session="k-2")]
    assert outcome([*both, *votes, filed(), *elsewhere], vote(FIRST, YEAR, session="k-2")) == "recorded"


def test_the_protocol_decides_nothing_anew():
    decided = [*IN_QUARTER, *(vote(member, QUARTER) for member in (CHAIR, FIRST, SECOND))]
    against = revise(THIRD, QUARTER, points=90)

    assert decision([*decided, against, filed()], QUARTER) == decision(decided, QUARTER)


APPROVED = [*IN_QUARTER, *(vote(member, QUARTER) for member in (CHAIR, FIRST, SECOND))]
ANOTHER = [convened(session="k-2"), sat(session="k-2")]
AGAIN = vote(FIRST, QUARTER, session="k-2")


def back(outcome: str, **more: Any) -> list[bytes]:
    return [*APPROVED, appealed(QUARTER), resolved(QUARTER, outcome, **more), *ANOTHER]


AGAINS = [
    ("as long as the first decision stands", [*APPROVED, *ANOTHER], "decided-already"),
    ("while an appeal is pending", [*APPROVED, appealed(QUARTER), *ANOTHER], "decided-already"),
    ("when the appeal left it, cl. 38", back("left"), "decided-already"),
    ("when the appeal named what is right", back("revise", points=99), "decided-already"),
    ("when the appeal wants it revised, cl. 38", back("revise"), "recorded"),
    ("when the appeal annulled it, cl. 38", back("annul"), "recorded"),
]


@pytest.mark.clause("sjc-2017/cl-35/approve-or-revise")
@pytest.mark.parametrize(("given", "then"), [row[1:] for row in AGAINS], ids=[row[0] for row in AGAINS])
def test_cl_35_and_38_a_result_is_decided_in_another_session(given, then):
    assert outcome(given, AGAIN) == then


def test_cl_38_what_an_appeal_sent_back_is_decided_anew():
    votes = [revise(member, QUARTER, points=90, session="k-2") for member in (CHAIR, FIRST, SECOND)]
    found = decision([*back("revise"), *votes], QUARTER)

    assert (found.session, found.choice, found.points) == ("k-2", "revise", 90)


@pytest.mark.clause("sjc-2017/cl-35/approve-or-revise")
def test_cl_38_the_session_whose_decision_was_sent_back_does_not_decide_it_again():
    sent_back = [*APPROVED, appealed(QUARTER), resolved(QUARTER, "revise")]

    assert outcome(sent_back, vote(THIRD, QUARTER)) == "decided-already"


def test_a_vote_on_a_sheet_that_was_returned_since_does_not_count():
    returned = fact("SheetReturned", {**QUARTER, "by": "boss-1", "reason": "unsupported"})
    before = [*IN_QUARTER, vote(CHAIR, QUARTER), returned]

    assert outcome(before, vote(FIRST, QUARTER)) == "sheet-unsigned"
    anew = [*before, signed(QUARTER)]
    assert decision([*anew, vote(FIRST, QUARTER)], QUARTER) is None
    assert choice([*anew, vote(FIRST, QUARTER), vote(CHAIR, QUARTER)], QUARTER) == "approve"


def test_the_protocol_decides_nothing_on_a_sheet_that_was_returned_since():
    returned = fact("SheetReturned", {**QUARTER, "by": "boss-1", "reason": "unsupported"})

    assert decision([*IN_QUARTER, vote(FIRST, QUARTER), returned, filed()], QUARTER) is None


DECIDED = [*IN_TARGETS, *(vote(member, TARGETS) for member in (CHAIR, FIRST, SECOND))]

APPROVALS = [
    ("of what was decided", DECIDED, result_approved(), "recorded"),
    ("after the protocol", [*DECIDED, filed()], result_approved(), "recorded"),
    ("before the protocol", [*DECIDED, result_approved()], filed(), "recorded"),
    ("twice", [*DECIDED, result_approved()], result_approved(), "already-approved"),
    ("of nothing decided", IN_TARGETS, result_approved(), "nothing-decided"),
    ("of a session that did not sit", [*ARYS_YEAR, convened()], result_approved(), "nothing-decided"),
    ("of no session", ARYS_YEAR, result_approved(), "unknown-session"),
    ("under an act that asks for none", APPROVED, result_approved(), "not-in-act"),
    ("of nothing, under such an act", IN_QUARTER, result_approved(), "not-in-act"),
]


@pytest.mark.clause("arys-2022/cl-39/approved")
@pytest.mark.parametrize(
    ("given", "when", "then"), [row[1:] for row in APPROVALS], ids=[row[0] for row in APPROVALS]
)
def test_cl_39_the_authorised_person_approves(given, when, then):
    assert outcome(given, when) == then


@pytest.mark.clause("arys-2022/cl-39/approved")
def test_cl_39_the_approval_is_laid_to_every_result_that_the_session_decided():
    lines = [*ARYS_YEAR, *ARYS_COMPETENCIES[len(ARYS) :], *SITTING]
    first = [vote(member, TARGETS) for member in (CHAIR, FIRST, SECOND)]
    then = [vote(member, COMPETENCIES) for member in (CHAIR, FIRST, SECOND)]
    approved = [*lines, *first, result_approved()]

    assert decision(approved, TARGETS).approved_by == "akim-1"
    # What is decided after that waits for an approval of its own.
    assert decision([*approved, *then], COMPETENCIES).approved_by is None
    both = [*approved, *then, result_approved(by="akim-2")]
    assert decision(both, COMPETENCIES).approved_by == "akim-2"
    assert decision(both, TARGETS).approved_by == "akim-1"


def test_cl_39_an_approval_is_of_what_that_session_decided_and_still_stands():
    sent_back = [*DECIDED, appealed(TARGETS), resolved(TARGETS, "revise"), *ANOTHER]
    again = [vote(member, TARGETS, session="k-2") for member in (CHAIR, FIRST, SECOND)]

    assert outcome(sent_back, result_approved()) == "nothing-decided"
    assert outcome([*sent_back, *again], result_approved()) == "nothing-decided"
    assert outcome([*sent_back, *again], result_approved("k-2")) == "recorded"


def grade(lines: Iterable[bytes], kind: str) -> Any:
    ledgers = Ledgers()
    assert [problem for _, problem in rejections(ledgers, lines)] == []
    return next(one for one in ledgers.grades() if one.kind == kind)


@pytest.mark.clause("arys-2022/cl-39/approved", "arys-2022/cl-37/approve-or-revise")
def test_a_result_waits_for_the_commission_and_then_for_its_approval_cl_37_39():
    assert grade(IN_TARGETS, "annual").flags == ("awaiting-commission",)
    assert grade(DECIDED, "annual").flags == ("awaiting-commission",)
    assert grade([*DECIDED, result_approved()], "annual").flags == ()


@pytest.mark.clause("sjc-2017/cl-35/approve-or-revise")
def test_what_the_commission_corrected_is_the_result_cl_35():
    votes = [revise(member, QUARTER, points=104) for member in (CHAIR, FIRST, SECOND)]
    told = grade([*IN_QUARTER, *votes], "quarterly")

    assert (told.score, told.grade, told.flags) == ("104", "satisfactory", ())


@pytest.mark.clause("sjc-2017/cl-9/majority")
@settings(max_examples=60, deadline=None)
@drawn(
    st.permutations([CHAIR, FIRST, SECOND, THIRD]),
    st.lists(st.sampled_from(["approve", "revise"]), min_size=4, max_size=4),
)
def test_votes_in_any_order_come_to_the_same_decision(order, choices):
    chosen = dict(zip([CHAIR, FIRST, SECOND, THIRD], choices, strict=True))
    votes = [
        vote(member, QUARTER) if chosen[member] == "approve" else revise(member, QUARTER, points=90)
        for member in order
    ]
    sides = [member for member in order if chosen[member] == "approve"]
    approves = len(sides) > 2 or (len(sides) == 2 and CHAIR in sides)

    assert choice([*IN_QUARTER, *votes], QUARTER) == ("approve" if approves else "revise")
