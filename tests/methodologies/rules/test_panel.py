"""Panels as clauses 19 and 22 want them."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.documents.calibration import Seat
from methodologies.loading import shipped
from methodologies.rules.panel import flaw, majority

RULE = shipped()["zhanakorgan-2026"].panel
SERVANT_AND_SCORER = {"e-1", "head-1"}


def panel(*members: str) -> tuple[Seat, ...]:
    """Members as `name` (an evaluator), `name:hr` or `name:role`."""
    return tuple(Seat(name, role or "evaluator") for name, _, role in (one.partition(":") for one in members))


COMPOSITIONS = [
    ("three with one of HR", ["m-1", "m-2", "hr-1:hr"], None),
    ("five with two of HR", ["m-1", "m-2", "m-3", "hr-1:hr", "hr-2:hr"], None),
    ("one evaluator is enough", ["m-1", "hr-1:hr", "hr-2:hr"], None),
    ("nobody", [], "too-few"),
    ("one", ["hr-1:hr"], "too-few"),
    ("two", ["m-1", "hr-1:hr"], "too-few"),
    ("four", ["m-1", "m-2", "m-3", "hr-1:hr"], "even"),
    ("the servant himself", ["m-1", "e-1", "hr-1:hr"], "excluded"),
    ("the one who scored", ["m-1", "m-2", "head-1:hr"], "excluded"),
    ("one person twice", ["m-1", "m-1", "hr-1:hr"], "twice"),
    ("one person in two roles", ["m-1", "m-2", "m-1:hr"], "twice"),
    ("nobody of HR", ["m-1", "m-2", "m-3"], "no-hr"),
    ("HR alone", ["hr-1:hr", "hr-2:hr", "hr-3:hr"], "no-evaluator"),
    ("a chair", ["m-1", "m-2:chair", "hr-1:hr"], "role"),
]


@pytest.mark.clause("score-sheet/cl-19/odd", "score-sheet/cl-19/at-least-three")
@pytest.mark.parametrize(
    ("members", "found"), [row[1:] for row in COMPOSITIONS], ids=[row[0] for row in COMPOSITIONS]
)
def test_cl_19_who_makes_up_a_panel(members, found):
    assert flaw(RULE, panel(*members), SERVANT_AND_SCORER) == found


MAJORITIES = [
    # votes, members, decided for by of-members, by of-votes
    ("4.00 4.00", 3, "4.00", None),
    ("4.00 4.00 3.00", 3, "4.00", "4.00"),
    ("3.00 4.00 4.00", 3, "4.00", "4.00"),
    ("3.00 4.00 5.00", 3, None, None),
    ("4.00 4.00", 5, None, None),
    ("4.00 4.00 4.00", 5, "4.00", None),
    ("4.00 4.00 3.00 3.00 5.00", 5, None, None),
    ("4.0 4.00 3.00", 3, "4.00", "4.00"),
    ("", 3, None, None),
    # A tie is no majority, should an act ever let a panel be even.
    ("3.00 3.00 4.00 4.00", 4, None, None),
]


@pytest.mark.clause("score-sheet/cl-22/majority")
@pytest.mark.parametrize(("votes", "members", "of_members", "of_votes"), MAJORITIES)
def test_cl_22_more_than_half_for_one_score_decide(votes, members, of_members, of_votes):
    scores = [Decimal(vote) for vote in votes.split()]

    for reading, decided in (("of-members", of_members), ("of-votes", of_votes)):
        assert majority(scores, members, reading) == (None if decided is None else Decimal(decided))


@given(
    st.lists(st.sampled_from([Decimal(3), Decimal("3.5"), Decimal(4)]), max_size=9),
    st.integers(0, 4),
    st.sampled_from(["of-members", "of-votes"]),
)
def test_cl_22_what_is_decided_has_more_than_half_of_the_votes_and_their_order_does_not_matter(
    scores, absent, reading
):
    members = len(scores) + absent
    decided = majority(scores, members, reading)

    assert majority(scores[::-1], members, reading) == decided
    if decided is not None:
        assert Counter(scores)[decided] * 2 > members
