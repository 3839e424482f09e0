"""What follows for people from their grades, and who gains or loses what when grades change."""

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.documents import Assessment
from events.vocabulary.assessment import CommissionDecided, DecisionApproved
from events.vocabulary.methodology import MethodologyCorrected
from methodologies import registry
from methodologies.loading import act_to_data, shipped
from methodologies.registry import first_law
from projections.consequences import Changed, compared, consequences, decision_days, is_settled
from projections.grade import CompetencyResult, Grade
from tests.documents import assessment
from tests.ledger import after, event

LAW = first_law()


def graded(period: str, grade: str | None, methodology: str = "sjc-2017", **more: Any) -> Grade:
    kind: Any = "quarterly" if "Q" in period else "annual"
    of = Grade(
        kind=kind,
        body="sjc",
        employee="e-1",
        position="p-1",
        period=period,
        methodology=methodology,
        revision=1,
        status="graded",
        grade=grade,
    )
    return msgspec.structs.replace(of, **more)


def competencies(year: str, results: dict[str, str], **more: Any) -> Grade:
    shown = tuple(CompetencyResult(name, 1, 4, told) for name, told in results.items())
    return graded(year, None, "arys-2022", kind="competencies", results=shown, **more)


def codes(*grades: Grade) -> list[tuple[str, str, str]]:
    return [(one.employee, one.period, one.code) for one in consequences(grades, LAW)]


def test_each_person_has_what_follows_from_his_own_grades() -> None:
    mine, others = graded("2017", "unsatisfactory"), graded("2018", "unsatisfactory", employee="e-2")
    elsewhere = graded("2018", "unsatisfactory", body="other")
    assert {one.code for one in consequences([mine, others, elsewhere], LAW)} == {
        "training",
        "no-mentoring",
        "service-record",
    }
    own = graded("2018", "unsatisfactory")
    grounds = [one for one in consequences([own, others, mine], LAW) if one.code == "demotion-or-dismissal"]
    assert [(one.body, one.employee, one.period, one.since) for one in grounds] == [
        ("sjc", "e-1", "2018", "2017")
    ]


def test_they_come_by_body_employee_and_time() -> None:
    grades = [
        graded("2017", "satisfactory"),
        graded("2017-Q4", "satisfactory"),
        graded("2017-Q1", "satisfactory", employee="e-0"),
        graded("2017-Q1", "satisfactory", body="a", employee="e-9"),
    ]
    found = consequences(grades, LAW)
    assert [(one.body, one.employee, one.period) for one in found] == [
        ("a", "e-9", "2017-Q1"),
        ("sjc", "e-0", "2017-Q1"),
        ("sjc", "e-1", "2017-Q4"),
        ("sjc", "e-1", "2017"),
    ]


@pytest.mark.parametrize(
    ("flags", "settled"),
    [
        ((), True),
        (("gap", "workdays-unreported"), True),
        (("awaiting-commission",), False),
        (("awaiting-superior",), False),
        (("gap", "provisional"), False),
    ],
)
def test_a_grade_is_settled_once_nobody_has_to_agree_review_or_form_it(
    flags: tuple[str, ...], settled: bool
) -> None:
    grade = graded("2017", "unsatisfactory", flags=flags)
    assert is_settled(grade) is settled
    assert {one.pending for one in consequences([grade], LAW)} == {not settled}


def test_what_is_not_graded_has_no_consequences() -> None:
    assert codes(graded("2017", None, status="open"), graded("2016", None, status="not-assessed")) == []


@pytest.mark.parametrize("methodology", ["typical-2025", "zhanakorgan-2026", "health-2025", "pavlodar-2026"])
def test_nothing_follows_under_an_act_that_prints_nothing(methodology: str) -> None:
    assert (
        codes(graded("2026-Q1", "unsatisfactory", methodology), graded("2026", "proper", methodology)) == []
    )


def test_each_grade_is_judged_by_the_revision_it_was_given_under() -> None:
    act = act_to_data(shipped()["sjc-2017"])
    act["consequences"]["bonus"]["grades"] = ["excellent"]
    corrected = MethodologyCorrected(id="sjc-2017", revision=2, act=act, reason="bonus")
    law = registry.evolve(LAW, event(corrected))
    first, second = graded("2017-Q1", "effective"), graded("2017-Q2", "effective", revision=2)
    bonuses = [one.period for one in consequences([first, second], law) if one.code == "bonus"]
    assert bonuses == ["2017-Q1"]
    with pytest.raises(KeyError):
        consequences([second], LAW)


@pytest.mark.clause("sjc-2017/cl-42/training")
def test_sjc_cl_42_training_is_due_three_months_after_the_commission_sat() -> None:
    decided = CommissionDecided(
        employee="e-1",
        position="p-1",
        period="2017",
        session="s-1",
        choice="approve",
        convened_on=date(2017, 12, 10),
        sat_on=date(2017, 12, 20),
    )
    year, sheet = graded("2017", "unsatisfactory"), after(decided)
    assert isinstance(sheet, Assessment)
    found = consequences([year], LAW, {year.key: decision_days(sheet)})
    assert {one.code: one.due for one in found} == {
        "training": date(2018, 3, 20),
        "no-mentoring": None,
        "service-record": None,
    }


def test_the_days_of_a_decision_are_those_on_which_it_was_made_and_approved() -> None:
    of = {"employee": "e-1", "position": "p-1", "period": "2022", "session": "s-1"}
    decided = CommissionDecided(
        **of, choice="approve", convened_on=date(2023, 1, 10), sat_on=date(2023, 1, 20)
    )
    sheet = after(decided, DecisionApproved(**of, by="boss-1"))
    assert isinstance(sheet, Assessment)
    assert decision_days(sheet) == {"CommissionSat": date(2023, 1, 20), "ResultApproved": date(2026, 4, 10)}
    assert decision_days(sheet, "competencies") == {}
    assert decision_days(assessment("2022")) == {}


def test_a_person_loses_and_gains_what_no_longer_and_what_newly_follows() -> None:
    before = consequences([graded("2017", "unsatisfactory"), graded("2017-Q4", "effective")], LAW)
    after = consequences([graded("2017", "effective"), graded("2017-Q4", "effective")], LAW)
    (changed,) = compared(before, after)
    assert (changed.body, changed.employee) == ("sjc", "e-1")
    assert [one.code for one in changed.gained] == ["bonus"]
    assert [one.code for one in changed.lost] == ["training", "no-mentoring"]
    (back,) = compared(after, before)
    assert (back.gained, back.lost) == (changed.lost, changed.gained)


def test_a_year_that_becomes_better_takes_the_ground_for_demotion_from_the_next() -> None:
    second = graded("2018", "unsatisfactory")
    before = consequences([graded("2017", "unsatisfactory"), second], LAW)
    after = consequences([graded("2017", "satisfactory"), second], LAW)
    (changed,) = compared(before, after)
    assert ("2018", "demotion-or-dismissal") in [(one.period, one.code) for one in changed.lost]


def test_nobody_is_told_to_change_by_a_grade_that_leads_to_the_same() -> None:
    before = consequences([graded("2017", "effective")], LAW)
    assert compared(before, consequences([graded("2017", "excellent")], LAW)) == ()
    assert compared(before, consequences([graded("2017", "effective", flags=("provisional",))], LAW)) == ()


def test_people_of_two_bodies_under_one_code_are_two_people() -> None:
    before = consequences([graded("2017", "satisfactory"), graded("2017", "satisfactory", body="a")], LAW)
    after = consequences([graded("2017", "effective"), graded("2017", "effective", body="a")], LAW)
    assert [(one.body, len(one.gained), one.lost) for one in compared(before, after)] == [
        ("a", 1, ()),
        ("sjc", 1, ()),
    ]


PERIODS = [
    (kind, period)
    for year in (2021, 2022, 2023)
    for kind, period in (("quarterly", f"{year}-Q1"), ("quarterly", f"{year}-Q4"), ("annual", str(year)))
]
GRADES = st.sampled_from(["excellent", "effective", "satisfactory", "unsatisfactory"])
FLAGS = st.sampled_from([(), ("awaiting-commission",), ("gap",)])


@st.composite
def people(draw: st.DrawFn) -> list[Grade]:
    """Grades of two servants under acts of all families, as the years went by."""
    return [
        graded(
            period,
            draw(GRADES),
            draw(st.sampled_from(["sjc-2017", "typical-2025", *(["arys-2022"] if kind == "annual" else [])])),
            employee=employee,
            flags=draw(FLAGS),
        )
        for employee in ("e-1", "e-2")
        for kind, period in PERIODS
        if draw(st.booleans())
    ]


names = st.sampled_from(["cooperation", "integrity"])
shown = st.dictionaries(names, st.sampled_from(["meets", "does-not-meet"]))
strands = st.lists(
    st.builds(
        lambda year, results, employee, flags: competencies(year, results, employee=employee, flags=flags),
        st.sampled_from(["2021", "2022", "2023"]),
        shown,
        st.sampled_from(["e-1", "e-2"]),
        FLAGS,
    ),
    max_size=4,
    unique_by=lambda one: one.key,
)


@pytest.mark.clause("arys-2022/cl-7/competencies-develop")
@given(people(), strands, strands)
def test_arys_cl_7_whatever_the_competencies_nobody_gains_or_loses_anything_but_development(
    grades: list[Grade], some: list[Grade], others: list[Grade]
) -> None:
    with_some, with_others = (consequences([*grades, *each], LAW) for each in (some, others))
    moved = [one for each in compared(with_some, with_others) for one in (*each.gained, *each.lost)]
    assert {one.code for one in moved} <= {"development-only"}
    rest = [one for one in with_some if one.code != "development-only"]
    assert rest == list(consequences(grades, LAW))


@given(people(), people())
def test_what_is_lost_and_gained_makes_the_one_out_of_the_other(
    earlier: list[Grade], later: list[Grade]
) -> None:
    before, after = consequences(earlier, LAW), consequences(later, LAW)
    changes = compared(before, after)
    lost = {one.key for each in changes for one in each.lost}
    gained = {one.key for each in changes for one in each.gained}
    assert {one.key for one in before} - lost | gained == {one.key for one in after}
    assert not lost & gained
    assert all(isinstance(each, Changed) and (each.gained or each.lost) for each in changes)
