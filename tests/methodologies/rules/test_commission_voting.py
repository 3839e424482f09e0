"""Quorum, majority and casting vote (`sjc-2017` cl. 7, 9; `arys-2022` cl. 30, 33)."""

from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from methodologies.loading import shipped
from methodologies.rules.commission import Ballot, Electorate, Option, decided, needed_for_quorum

APPROVE = Option("approve")
UP = Option("revise", Decimal(5))
DOWN = Option("revise", Decimal(3))
LOWEST = Option("revise", Decimal(2))
CHAIR = "v-1"
READINGS = ("of-votes", "of-members")


def ballots(*options: Option) -> list[Ballot]:
    """One vote each of `v-1`, who chairs, `v-2`, …"""
    return [Ballot(f"v-{number}", option) for number, option in enumerate(options, start=1)]


def electorate(present: int, members: int | None = None) -> Electorate:
    return Electorate(members or present, present, CHAIR)


def act_rule(act: str):
    rule = shipped()[act].commission
    assert rule is not None
    return rule


@pytest.mark.clause("sjc-2017/cl-7/quorum", "arys-2022/cl-30/quorum")
@pytest.mark.parametrize("act", ["sjc-2017", "arys-2022"])
@pytest.mark.parametrize(("composition", "needed"), [(3, 2), (4, 3), (5, 4), (6, 4), (7, 5), (9, 6)])
def test_quorum_is_two_thirds_of_the_composition_cl_7_30(act, composition, needed):
    assert needed_for_quorum(act_rule(act), composition) == needed


@given(st.integers(1, 100))
def test_quorum_is_the_fewest_that_make_the_share(composition):
    rule = act_rule("sjc-2017")
    needed = needed_for_quorum(rule, composition)
    assert Fraction(needed, composition) >= rule.quorum.ratio > Fraction(needed - 1, composition)


@pytest.mark.clause("sjc-2017/cl-9/majority", "arys-2022/cl-33/majority")
@pytest.mark.parametrize(
    ("cast", "present", "of_votes"),
    [
        ([], 5, None),
        ([APPROVE, APPROVE, APPROVE], 5, APPROVE),
        ([APPROVE, APPROVE], 5, None),
        ([DOWN, UP, UP, UP], 5, UP),
        ([APPROVE, UP, UP, APPROVE], 4, APPROVE),
        ([UP, UP], 4, UP),
        ([APPROVE, UP, UP], 4, None),
        ([APPROVE, UP, DOWN], 3, None),
        ([UP, APPROVE, DOWN], 3, UP),
        ([APPROVE, APPROVE, UP, UP, DOWN], 5, None),
        ([DOWN, APPROVE, APPROVE, UP, UP], 5, None),
        ([DOWN, UP, UP, APPROVE], 4, None),
        ([UP, UP, DOWN, APPROVE, LOWEST], 5, None),
    ],
    ids=[
        "nobody has voted",
        "more than half of those present",
        "less than half so far",
        "three of four, one still to vote",
        "a tie, decided by the chair",
        "half with the chair, whatever the others do",
        "half without the chair, one still to vote",
        "most would revise to different values, the chair would not",
        "most would revise to different values, the chair too",
        "two lead with as many, but most would revise",
        "two lead with as many, the chair with neither",
        "half without the chair, the others divided",
        "the chair's side is the largest, yet neither half nor equal",
    ],
)
def test_by_of_votes_the_votes_of_those_present_decide_cl_9_33(cast, present, of_votes):
    assert decided(ballots(*cast), electorate(present, 7), "of-votes") == of_votes


@pytest.mark.parametrize(
    ("cast", "members", "of_members"),
    [
        ([APPROVE] * 3, 6, APPROVE),
        ([UP] + [APPROVE] * 3, 6, None),
        ([UP] + [APPROVE] * 4, 6, APPROVE),
        ([APPROVE, APPROVE, UP], 5, None),
        ([UP, APPROVE], 4, None),
    ],
    ids=[
        "half of the members with the chair",
        "half of them without the chair",
        "more than half of the members",
        "most of the votes, not of the members",
        "a tie of too few members",
    ],
)
def test_by_of_members_more_than_half_of_all_who_vote_is_needed_cl_9_33(cast, members, of_members):
    for closed in (False, True):
        assert decided(ballots(*cast), electorate(len(cast), members), "of-members", closed=closed) == (
            of_members
        )


def test_at_the_protocol_the_votes_cast_decide_cl_35_39():
    cast = ballots(APPROVE, UP, UP)

    assert decided(cast, electorate(7), "of-votes") is None
    assert decided(cast, electorate(7), "of-votes", closed=True) == UP
    assert decided([], electorate(7), "of-votes", closed=True) is None


@pytest.mark.clause("sjc-2017/cl-9/chair-breaks-a-tie", "arys-2022/cl-33/chair-breaks-a-tie")
def test_a_tie_without_the_chairs_vote_decides_nothing_cl_9_33():
    absent = Electorate(6, 4, "v-9")

    assert decided(ballots(APPROVE, APPROVE, UP, UP), absent, "of-votes") is None


options = st.sampled_from([APPROVE, UP, DOWN])


@given(st.lists(options, max_size=7), st.integers(0, 2), st.sampled_from(READINGS))
def test_more_than_half_of_those_who_could_vote_always_decide(cast, absent, reading):
    who = electorate(len(cast), len(cast) + absent)
    result = decided(ballots(*cast), who, reading)
    of = len(cast) if reading == "of-votes" else who.members
    most = [option for option in set(cast) if 2 * cast.count(option) > of]

    assert most in ([], [result])


@given(st.data(), st.sampled_from(READINGS))
def test_what_is_certain_stands_whatever_the_others_do(data, reading):
    cast = data.draw(st.lists(options, min_size=1, max_size=5))
    left = data.draw(st.integers(0, 3))
    absent = data.draw(st.integers(0, 2))
    # The chair may be one who has voted, one who has not yet, or not there at all.
    chair = data.draw(st.sampled_from([f"v-{number}" for number in range(1, len(cast) + left + 2)]))
    who = Electorate(len(cast) + left + absent, len(cast) + left, chair)
    certain = decided(ballots(*cast), who, reading)
    if certain is None:
        return
    for rest in product((APPROVE, UP, DOWN, None), repeat=left):
        every = [
            Ballot(f"v-{number}", option)
            for number, option in enumerate((*cast, *rest), start=1)
            if option is not None
        ]
        assert decided(every, who, reading, closed=True) == certain


@given(st.lists(options, min_size=1, max_size=7), st.sampled_from(READINGS))
def test_the_order_of_votes_decides_nothing(cast, reading):
    who = electorate(7, 8)
    made = ballots(*cast)

    assert decided(made, who, reading) == decided(made[::-1], who, reading)


def test_equal_figures_are_one_side_however_they_are_written():
    same = (Option("revise", Decimal(4)), Option("revise", Decimal("4.00")))

    assert decided(ballots(*same), electorate(3), "of-votes") == Option("revise", Decimal(4))
