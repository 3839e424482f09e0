"""Competencies of `arys-2022`: three quarters of a group's indicators (cl. 26-27, annex 4)."""

import pytest

from methodologies.loading import shipped
from methodologies.rules.competencies import Result, asked_of, steps, unassessed_competencies, work_out
from methodologies.rules.steps import Step
from tests.documents import assessment, shown, tenure

ACT = shipped()["arys-2022"]
assert ACT.competencies is not None
ENOUGH = {1: 1, 2: 2, 3: 3, 4: 3, 5: 4, 6: 5}
"""How many of so many indicators are three quarters or more (cl. 27)."""

SERVANTS = {
    "A": tenure("2020-01-01", category="E-1", serves_public=True),
    "B": tenure("2020-01-01", category="E-R-2", serves_public=True),
    "C": tenure("2020-01-01", category="E-4", serves_public=True),
}
NUMBERS = [
    # annex 4: indicators in the groups A, B, C
    ("managing-work", 3, 4, 4),
    ("cooperation", 3, 4, 3),
    ("decisions", 5, 5, 3),
    ("promptness", 4, 3, 4),
    ("self-development", 4, 3, 3),
    ("client-focus", 4, 3, 3),
    ("informing-clients", 2, 3, 3),
    ("integrity", 6, 6, 3),
    ("responsibility", 1, 1, 1),
    ("initiative", 1, 1, 1),
    ("stress-resistance", 1, 1, 1),
]
CASES = [(row[0], group, number) for row in NUMBERS for group, number in zip("ABC", row[1:], strict=True)]


@pytest.mark.clause("arys-2022/cl-27/three-quarters")
@pytest.mark.parametrize(("competency", "group", "number"), CASES)
def test_exactly_three_quarters_meet_and_one_fewer_do_not(competency: str, group: str, number: int) -> None:
    for count, result in ((ENOUGH[number], "meets"), (ENOUGH[number] - 1, "does-not-meet")):
        missing = tuple(range(count + 1, number + 1))
        known = assessment("2022", competencies=(shown(competency, count, missing),))
        found = work_out(ACT, SERVANTS[group], known)
        assert found.group == group
        assert found.results == (Result(competency, count, number, result, missing),)


@pytest.mark.clause("arys-2022/cl-26/indicators-of-the-group")
@pytest.mark.parametrize(
    ("category", "heads_unit", "group"),
    [
        ("E-1", False, "A"),
        ("E-R-1", True, "A"),
        ("E-2", False, "B"),
        ("E-3", True, "B"),
        ("E-3", False, "C"),
        ("E-R-3", False, "B"),
        ("E-G-1", False, "B"),
        ("E-G-2", True, "B"),
        ("E-G-2", False, "C"),
        ("E-5", False, "C"),
        ("Е-4", False, "C"),
    ],
)
def test_the_category_decides_the_group(category: str, heads_unit: bool, group: str) -> None:
    servant = tenure("2020-01-01", category=category, heads_unit=heads_unit)
    assert work_out(ACT, servant, assessment("2022")).group == group


def test_a_category_that_no_group_names_has_no_indicators() -> None:
    with pytest.raises(LookupError, match="C-1"):
        work_out(ACT, tenure("2020-01-01", category="C-1"), assessment("2022"))


@pytest.mark.clause("arys-2022/annex-3/clients")
def test_two_competencies_are_only_for_those_who_serve_the_public() -> None:
    inside = tenure("2020-01-01", category="E-4")
    assert asked_of(ACT, SERVANTS["C"]) == tuple(row[0] for row in NUMBERS)
    assert set(asked_of(ACT, SERVANTS["C"])) - set(asked_of(ACT, inside)) == {
        "client-focus",
        "informing-clients",
    }
    known = assessment("2022", competencies=(shown("client-focus", 3), shown("initiative", 1)))
    assert [one.competency for one in work_out(ACT, inside, known).results] == ["initiative"]


def test_a_sheet_is_complete_when_every_competency_asked_of_the_servant_is_assessed() -> None:
    inside = tenure("2020-01-01", category="E-4")
    every = tuple(shown(code, 0) for code in asked_of(ACT, inside))
    assert unassessed_competencies(ACT, inside, assessment("2022")) == asked_of(ACT, inside)
    assert unassessed_competencies(ACT, inside, assessment("2022", competencies=every)) == ()
    assert unassessed_competencies(ACT, SERVANTS["C"], assessment("2022", competencies=every)) == (
        "client-focus",
        "informing-clients",
    )


def test_results_stand_in_the_order_of_the_act_whatever_the_order_of_facts() -> None:
    marks = (shown("initiative", 1), shown("cooperation", 1, (3, 2)), shown("managing-work", 4))
    forwards = work_out(ACT, SERVANTS["C"], assessment("2022", competencies=marks))
    backwards = work_out(ACT, SERVANTS["C"], assessment("2022", competencies=marks[::-1]))
    assert forwards == backwards
    assert [one.competency for one in forwards.results] == ["managing-work", "cooperation", "initiative"]


@pytest.mark.clause("arys-2022/cl-27/three-quarters")
def test_the_steps_name_the_group_and_what_was_missing() -> None:
    known = assessment("2022", competencies=(shown("cooperation", 2, (3,)),))
    assert steps(ACT, work_out(ACT, SERVANTS["C"], known)) == (
        Step("competency-group", "annex 4", {"category": "E-4", "group": "C"}, "C"),
        Step(
            "competency",
            "27; annex 4",
            {
                "competency": "cooperation",
                "group": "C",
                "shown": "2",
                "of": "3",
                "threshold": "3/4",
                "missing": ["3"],
            },
            "does-not-meet",
        ),
    )
