"""Quarters of `sjc-2017` by hand: 100, plus bonuses, minus penalties (cl. 15-22), the band (cl. 27)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.documents.assessment import Award, Breach
from methodologies.loading import shipped
from methodologies.rules.points import Working, steps, work_out
from methodologies.rules.steps import Step, plain
from tests.documents import assessment, awards, breaches, readings
from tests.methodologies.rules.replaying import only, points

ACT = shipped()["sjc-2017"]


def worked_out(bonus: tuple[Award, ...] = (), lost: tuple[Breach, ...] = (), **chosen: str) -> Working:
    return work_out(ACT, readings(ACT, **chosen), assessment("2017-Q1", awards=bonus, breaches=lost))


QUARTERS: list[tuple[str, tuple[int, ...], int, tuple[str, str, bool]]] = [
    # clause and case; bonuses; breaches; score, grade, gap
    ("cl. 16: the base alone", (), 0, ("100", "satisfactory", False)),
    ("cl. 18: one indicator brings 1 to 5", (5,), 0, ("105", "satisfactory", False)),
    ("cl. 27: 106 is the lowest of effective", (5, 1), 0, ("106", "effective", False)),
    ("cl. 22: each breach takes 2", (5, 5, 4), 1, ("112", "effective", False)),
    ("cl. 27: 130 is the highest of effective", (5,) * 6, 0, ("130", "effective", False)),
    ("cl. 27: 131 is over 130", (*(5,) * 6, 1), 0, ("131", "excellent", False)),
    ("cl. 27: 79 is under 80", (1,), 11, ("79", "unsatisfactory", False)),
    ("cl. 27: 80 is in no band", (), 10, ("80", "satisfactory", True)),
    ("cl. 27: 81 is the lowest of satisfactory", (1,), 10, ("81", "satisfactory", False)),
    ("cl. 22: penalties have no bottom", (), 60, ("-20", "unsatisfactory", False)),
]


@pytest.mark.clause(
    "sjc-2017/cl-15/base-bonus-penalty",
    "sjc-2017/cl-16/base-of-100",
    "sjc-2017/cl-22/two-for-each-breach",
    "sjc-2017/cl-27/bands",
)
@pytest.mark.parametrize("row", QUARTERS, ids=[row[0] for row in QUARTERS])
def test_a_quarter(row: tuple[str, tuple[int, ...], int, tuple[str, str, bool]]) -> None:
    _, bonus, lost, expected = row
    kinds = ("execution", "discipline")
    found = worked_out(awards(*bonus), breaches(*(kinds[number % 2] for number in range(lost))))
    assert (plain(found.placed.announced), found.placed.grade, found.placed.gap) == expected


def test_eighty_points_are_unsatisfactory_by_the_other_reading() -> None:
    found = worked_out(lost=breaches(*["execution"] * 10), eighty_points="unsatisfactory")
    assert (found.placed.grade, found.placed.gap) == ("unsatisfactory", True)


def test_the_steps_of_a_quarter() -> None:
    chosen = readings(ACT)
    found = steps(ACT, chosen, worked_out(awards(5, 3), breaches("discipline", "execution", "execution")))
    assert found[:5] == (
        Step("base-points", "16", {}, "100"),
        Step("bonus", "18", {"indicator": "1"}, "5"),
        Step("bonus", "18", {"indicator": "2"}, "3"),
        Step("penalty", "20; 22", {"kind": "execution", "count": "2", "each": "2"}, "4"),
        Step("penalty", "21; 22", {"kind": "discipline", "count": "1", "each": "2"}, "2"),
    )
    assert found[5] == Step("points", "15; 26", {"base": "100", "bonus": "8", "penalty": "6"}, "102")
    assert [step.rule for step in found[6:]] == ["announced", "band"]


def test_indicators_are_told_in_the_order_of_their_numbers() -> None:
    found = worked_out(tuple(reversed(awards(*[1] * 11))))
    assert [award.indicator for award in found.awards] == [str(number) for number in range(1, 12)]


bonuses = st.lists(st.integers(1, 5), max_size=12).map(lambda points: awards(*points))
losses = st.lists(st.sampled_from(["execution", "discipline"]), max_size=30).map(lambda one: breaches(*one))


@given(bonuses, losses, st.integers(1, 5))
def test_a_bonus_never_lowers_and_a_breach_never_raises_the_points(
    bonus: tuple[Award, ...], lost: tuple[Breach, ...], more: int
) -> None:
    before = worked_out(bonus, lost).total
    assert worked_out(awards(*(one.points for one in bonus), more), lost).total > before
    assert worked_out(bonus, (*lost, *breaches("execution"))).total < before


@given(bonuses, losses, st.data())
def test_the_order_of_bonuses_and_breaches_does_not_matter(
    bonus: tuple[Award, ...], lost: tuple[Breach, ...], data: st.DataObject
) -> None:
    shuffled = worked_out(tuple(data.draw(st.permutations(bonus))), tuple(data.draw(st.permutations(lost))))
    assert shuffled == worked_out(bonus, lost)


@given(bonuses, losses)
def test_the_steps_done_again_by_hand_give_the_points(
    bonus: tuple[Award, ...], lost: tuple[Breach, ...]
) -> None:
    working = worked_out(bonus, lost)
    found = steps(ACT, readings(ACT), working)
    assert points(found) == only(found, "points").value == plain(working.placed.announced)
