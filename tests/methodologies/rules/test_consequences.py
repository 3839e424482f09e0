"""What follows from grades, worked out by hand from `sjc-2017` chapter 8 and `arys-2022` clause 7."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from methodologies.act import Act
from methodologies.loading import act_from_data, act_to_data, shipped
from methodologies.model.sheets import Kind
from methodologies.rules.consequences import Follows, Result, follows
from methodologies.workdays import WorkCalendar

SJC = shipped()["sjc-2017"]
ARYS = shipped()["arys-2022"]
TYPICAL = shipped()["typical-2025"]
PRINT_NONE = ("typical-2025", "zhanakorgan-2026", "health-2025", "pavlodar-2026")
GRADES = ("excellent", "effective", "satisfactory", "unsatisfactory")
CALENDAR = WorkCalendar()


def result(period: str, grade: str | None, act: Act = SJC, **more: Any) -> Result:
    kind: Kind = "quarterly" if "Q" in period else "annual"
    return Result(**{"kind": kind, "period": period, "act": act, "grade": grade, **more})


def competencies(year: str, act: Act = ARYS, **more: Any) -> Result:
    return result(year, None, act, kind="competencies", **more)


def what(code: str, *results: Result) -> list[Follows]:
    return [one for one in follows(results, CALENDAR) if one.code == code]


def periods(code: str, *results: Result) -> list[str]:
    return [one.period for one in what(code, *results)]


def bars(*results: Result) -> list[tuple[str, str, str | None]]:
    return [(one.period, one.since, one.until) for one in what("no-mentoring", *results)]


@pytest.mark.clause("sjc-2017/cl-41/bonus")
@pytest.mark.parametrize("period", ["2017-Q2", "2017"])
@pytest.mark.parametrize(
    ("grade", "earns"),
    [("excellent", True), ("effective", True), ("satisfactory", False), ("unsatisfactory", False)],
)
def test_sjc_cl_41_excellent_and_effective_earn_a_bonus(period: str, grade: str, earns: bool) -> None:
    found = what("bonus", result(period, grade))
    assert [(one.period, one.grade, one.clause) for one in found] == (
        [(period, grade, "41")] if earns else []
    )


@pytest.mark.clause("sjc-2017/cl-42/training")
@pytest.mark.parametrize("grade", GRADES)
def test_sjc_cl_42_an_unsatisfactory_year_and_no_quarter_sends_to_training(grade: str) -> None:
    failed = grade == "unsatisfactory"
    assert periods("training", result("2017", grade)) == (["2017"] if failed else [])
    assert periods("training", result("2017-Q2", grade)) == []


@pytest.mark.clause("sjc-2017/cl-42/training")
@pytest.mark.parametrize(
    ("sat", "due"), [("2017-12-20", "2018-03-20"), ("2017-11-30", "2018-02-28"), ("2018-01-31", "2018-04-30")]
)
def test_sjc_cl_42_training_is_due_within_three_months_of_the_commissions_approval(
    sat: str, due: str
) -> None:
    days = {"CommissionSat": date.fromisoformat(sat)}
    (training,) = what("training", result("2017", "unsatisfactory", days=days))
    assert (training.due, training.clause) == (date.fromisoformat(due), "42")


def test_sjc_cl_42_training_has_no_day_while_the_day_of_approval_is_not_known() -> None:
    days = {"ResultDelivered": date(2017, 12, 22)}
    for known in (days, {}):
        (training,) = what("training", result("2017", "unsatisfactory", days=known))
        assert training.due is None


def test_sjc_cl_42_the_term_is_counted_by_the_readings_of_the_act() -> None:
    data = act_to_data(SJC)
    data["readings"]["deadline-on-day-off"]["value"] = "next-working-day"
    days = {"CommissionSat": date(2017, 11, 30)}
    moved = result("2017", "unsatisfactory", act_from_data(data), days=days)
    saturday_off = WorkCalendar({date(2018, 2, 28): False})
    (training,) = [one for one in follows([moved], saturday_off) if one.code == "training"]
    assert training.due == date(2018, 3, 1)


def test_sjc_cl_42_what_has_no_term_is_never_due() -> None:
    days = {"CommissionSat": date(2017, 12, 20)}
    found = follows([result("2016", "unsatisfactory"), result("2017", "unsatisfactory", days=days)], CALENDAR)
    assert {one.code for one in found if one.due is not None} == {"training"}


@pytest.mark.clause("sjc-2017/cl-43/no-mentoring")
@pytest.mark.parametrize("period", ["2017-Q2", "2017"])
@pytest.mark.parametrize("grade", GRADES)
def test_sjc_cl_43_whoever_was_graded_unsatisfactory_may_not_mentor(period: str, grade: str) -> None:
    expected = [(period, period, None)] if grade == "unsatisfactory" else []
    assert bars(result(period, grade)) == expected


@pytest.mark.clause("sjc-2017/cl-43/no-mentoring")
def test_sjc_cl_43_he_may_not_mentor_until_a_later_result_is_a_better_one() -> None:
    q1, q2 = result("2017-Q1", "unsatisfactory"), result("2017-Q2", "unsatisfactory")
    q3, q4 = result("2017-Q3", "satisfactory"), result("2017-Q4", "unsatisfactory")
    assert bars(q1, q2) == [("2017-Q1", "2017-Q1", None), ("2017-Q2", "2017-Q1", None)]
    assert bars(q1, q2, q3, q4) == [
        ("2017-Q1", "2017-Q1", "2017-Q3"),
        ("2017-Q2", "2017-Q1", "2017-Q3"),
        ("2017-Q4", "2017-Q4", None),
    ]


def test_sjc_cl_43_a_year_comes_after_its_own_quarters() -> None:
    quarter, year = result("2017-Q4", "effective"), result("2017", "unsatisfactory")
    following = result("2018-Q1", "effective")
    assert bars(quarter, year) == [("2017", "2017", None)]
    assert bars(quarter, year, following) == [("2017", "2017", "2018-Q1")]
    assert bars(result("2017-Q4", "unsatisfactory"), result("2017", "effective")) == [
        ("2017-Q4", "2017-Q4", "2017")
    ]


def test_sjc_cl_43_of_two_positions_in_a_quarter_both_have_to_be_better() -> None:
    bad = result("2017-Q1", "unsatisfactory")
    one = result("2017-Q2", "effective", position="p-1")
    other = result("2017-Q2", "unsatisfactory", position="p-2")
    later = result("2017-Q3", "effective")
    assert bars(bad, one, other, later) == [
        ("2017-Q1", "2017-Q1", "2017-Q3"),
        ("2017-Q2", "2017-Q1", "2017-Q3"),
    ]
    better = result("2017-Q2", "satisfactory", position="p-2")
    assert bars(bad, one, better) == [("2017-Q1", "2017-Q1", "2017-Q2")]


def test_sjc_cl_43_a_result_that_is_not_settled_lifts_nothing() -> None:
    bad = result("2017-Q1", "unsatisfactory")
    waiting = result("2017-Q2", "effective", settled=False)
    assert bars(bad, waiting) == [("2017-Q1", "2017-Q1", None)]
    unsettled = result("2017-Q1", "unsatisfactory", settled=False)
    assert bars(unsettled, result("2017-Q2", "unsatisfactory"))[1] == ("2017-Q2", "2017-Q2", None)


def test_sjc_cl_43_what_is_not_settled_bars_in_time_as_it_would_once_it_is() -> None:
    bad = result("2017-Q1", "unsatisfactory")
    waiting = result("2017-Q2", "unsatisfactory", position="p-1", settled=False)
    other = result("2017-Q2", "effective", position="p-2")
    assert bars(bad, waiting, other) == [
        ("2017-Q1", "2017-Q1", "2017-Q2"),
        ("2017-Q2", "2017-Q1", None),
    ]


def test_sjc_cl_43_nothing_but_a_bar_lasts_from_one_result_to_another() -> None:
    grades = ("unsatisfactory", "effective", "effective", "satisfactory")
    quarters = [result(f"2017-Q{at}", grade) for at, grade in enumerate(grades, 1)]
    found = follows([*quarters, result("2017", "unsatisfactory")], CALENDAR)
    others = [one for one in found if one.code != "no-mentoring"]
    assert {one.code for one in others} == {"bonus", "service-record", "training"}
    assert all((one.since, one.until) == (one.period, None) for one in others)


def test_sjc_cl_43_a_better_result_under_another_act_lifts_it_and_a_worse_one_does_not_begin_it() -> None:
    bad = result("2017-Q4", "unsatisfactory")
    assert bars(bad, result("2018-Q1", "effective", TYPICAL)) == [("2017-Q4", "2017-Q4", "2018-Q1")]
    assert bars(bad, result("2018-Q1", "unsatisfactory", TYPICAL)) == [("2017-Q4", "2017-Q4", None)]
    assert bars(result("2017-Q3", "unsatisfactory", TYPICAL), bad) == [("2017-Q4", "2017-Q4", None)]


def test_sjc_cl_43_competencies_neither_lift_nor_prolong_it() -> None:
    bad = result("2017-Q4", "unsatisfactory")
    assert bars(bad, competencies("2018")) == [("2017-Q4", "2017-Q4", None)]
    assert bars(bad, competencies("2018"), result("2018", "effective")) == [("2017-Q4", "2017-Q4", "2018")]


@pytest.mark.clause("sjc-2017/cl-44/two-years-running")
def test_sjc_cl_44_two_years_running_ground_demotion_or_dismissal() -> None:
    first, second = result("2016", "unsatisfactory"), result("2017", "unsatisfactory")
    (ground,) = what("demotion-or-dismissal", first, second)
    assert (ground.period, ground.since, ground.clause) == ("2017", "2016", "44")
    third = result("2018", "unsatisfactory")
    grounds = what("demotion-or-dismissal", first, second, third)
    assert [(one.period, one.since) for one in grounds] == [("2017", "2016"), ("2018", "2017")]


@pytest.mark.clause("sjc-2017/cl-44/two-years-running")
@pytest.mark.parametrize(
    "years",
    [
        {"2017": "unsatisfactory"},
        {"2016": "satisfactory", "2017": "unsatisfactory"},
        {"2016": "unsatisfactory", "2017": "satisfactory"},
        {"2015": "unsatisfactory", "2017": "unsatisfactory"},
        {"2015": "unsatisfactory", "2016": "effective", "2017": "unsatisfactory"},
    ],
    ids=str,
)
def test_sjc_cl_44_one_year_or_two_apart_do_not(years: dict[str, str]) -> None:
    assert periods("demotion-or-dismissal", *(result(*year) for year in years.items())) == []


def test_sjc_cl_44_a_year_between_that_was_not_assessed_breaks_the_run() -> None:
    between = result("2016", None, status="not-assessed")
    years = (result("2015", "unsatisfactory"), between, result("2017", "unsatisfactory"))
    assert periods("demotion-or-dismissal", *years) == []


def test_sjc_cl_44_quarters_do_not_make_years() -> None:
    quarters = [result(f"{year}-Q{at}", "unsatisfactory") for year in (2016, 2017) for at in (1, 2, 3, 4)]
    assert periods("demotion-or-dismissal", *quarters) == []
    assert periods("demotion-or-dismissal", *quarters, result("2017", "unsatisfactory")) == []


def test_sjc_cl_44_a_year_under_an_act_of_another_family_does_not_count() -> None:
    second = result("2017", "unsatisfactory")
    assert periods("demotion-or-dismissal", result("2016", "unsatisfactory", ARYS), second) == []
    sibling = act_from_data({**act_to_data(SJC), "id": "sibling"})
    assert periods("demotion-or-dismissal", result("2016", "unsatisfactory", sibling), second) == ["2017"]


def test_sjc_cl_44_how_many_years_is_the_figure_of_the_act() -> None:
    data = act_to_data(SJC)
    data["consequences"]["demotion-or-dismissal"]["years_running"] = 3
    stricter = act_from_data(data)
    years = [result(str(year), "unsatisfactory", stricter) for year in (2015, 2016, 2017)]
    (ground,) = what("demotion-or-dismissal", *years)
    assert (ground.period, ground.since) == ("2017", "2015")
    assert periods("demotion-or-dismissal", *years[1:]) == []


def test_sjc_cl_44_years_run_only_over_years_whatever_kinds_an_act_names() -> None:
    data = act_to_data(SJC)
    data["consequences"]["demotion-or-dismissal"]["kinds"] = ["quarterly", "annual"]
    wider = act_from_data(data)
    results = [
        result("2016", "unsatisfactory", wider),
        result("2017-Q1", "unsatisfactory", wider),
        result("2017", "unsatisfactory", wider),
    ]
    assert periods("demotion-or-dismissal", *results) == ["2017"]


@pytest.mark.clause("sjc-2017/cl-45/service-record")
def test_sjc_cl_45_every_result_goes_into_the_service_record() -> None:
    results = [result(f"2017-Q{at}", grade) for at, grade in enumerate(GRADES, 1)]
    found = what("service-record", *results, result("2017", "satisfactory"))
    assert [one.period for one in found] == ["2017-Q1", "2017-Q2", "2017-Q3", "2017-Q4", "2017"]
    assert {one.clause for one in found} == {"45"}


@pytest.mark.parametrize("status", ["open", "not-assessed", "destroyed"])
def test_sjc_cl_45_what_is_no_result_goes_nowhere(status: str) -> None:
    assert (
        follows([result("2017", None, status=status), result("2017-Q1", None, status=status)], CALENDAR) == ()
    )


@pytest.mark.clause("arys-2022/cl-7/targets-decide")
@pytest.mark.parametrize("grade", GRADES)
def test_arys_cl_7_targets_ground_decisions_on_bonuses_and_posts_whatever_the_grade(grade: str) -> None:
    (ground,) = follows([result("2022", grade, ARYS)], CALENDAR)
    assert (ground.code, ground.kind, ground.clause) == ("decided-by-targets", "annual", "7")
    assert "bonuses" in ground.title.en


@pytest.mark.clause("arys-2022/cl-7/competencies-develop")
def test_arys_cl_7_competencies_ground_development_only() -> None:
    (ground,) = follows([competencies("2022")], CALENDAR)
    assert (ground.code, ground.kind, ground.clause) == ("development-only", "competencies", "7")


@pytest.mark.clause("arys-2022/cl-7/competencies-develop")
def test_arys_cl_7_competencies_reach_nothing_else_even_where_an_act_names_them_beside_another_kind() -> None:
    data = act_to_data(ARYS)
    data["consequences"]["decided-by-targets"]["kinds"] = ["annual", "competencies"]
    mixing = act_from_data(data)
    found = follows([competencies("2022", mixing), result("2022", "excellent", mixing)], CALENDAR)
    assert [(one.code, one.kind) for one in found] == [
        ("decided-by-targets", "annual"),
        ("development-only", "competencies"),
    ]


@pytest.mark.parametrize("act", PRINT_NONE)
@pytest.mark.parametrize("grade", GRADES)
def test_score_sheet_acts_print_no_consequences(act: str, grade: str) -> None:
    printed = shipped()[act]
    years = [result(str(year), grade, printed) for year in (2025, 2026)]
    assert follows([*years, result("2026-Q1", grade, printed)], CALENDAR) == ()


def test_nothing_follows_yet_from_what_is_not_settled() -> None:
    waiting = result("2017", "unsatisfactory", settled=False, days={"CommissionSat": date(2017, 12, 20)})
    found = follows([result("2016", "unsatisfactory"), waiting], CALENDAR)
    pending = {one.code for one in found if one.pending}
    assert pending == {"training", "no-mentoring", "demotion-or-dismissal", "service-record"}
    assert {one.period for one in found if one.pending} == {"2017"}
    assert all(one.due is None for one in found)


def test_years_running_wait_for_whichever_of_them_is_not_settled() -> None:
    first = result("2016", "unsatisfactory", settled=False)
    (ground,) = what("demotion-or-dismissal", first, result("2017", "unsatisfactory"))
    assert ground.pending
    (training, settled) = what("training", first, result("2017", "unsatisfactory"))
    assert (training.pending, settled.pending) == (True, False)


def test_what_follows_says_of_which_result_and_act_it_is() -> None:
    (bonus, _) = follows([result("2017-Q2", "effective", position="p-1")], CALENDAR)
    assert bonus == Follows(
        code="bonus",
        title=SJC.consequences["bonus"].title,
        clause="41",
        methodology="sjc-2017",
        kind="quarterly",
        period="2017-Q2",
        position="p-1",
        grade="effective",
        since="2017-Q2",
    )


YEARS = [str(year) for year in range(2015, 2020)]
POSITIONS = st.sampled_from(["p-1", "p-2"])
STATUSES = st.sampled_from(["graded", "graded", "graded", "open", "not-assessed"])
quarters = st.builds(
    result,
    st.sampled_from([f"{year}-Q{quarter}" for year in YEARS[2:4] for quarter in (1, 2, 3, 4)]),
    st.sampled_from(GRADES),
    st.sampled_from([SJC, SJC, TYPICAL]),
    status=STATUSES,
    settled=st.booleans(),
    position=POSITIONS,
)
years = st.builds(
    result,
    st.sampled_from(YEARS),
    st.sampled_from([*GRADES, "unsatisfactory"]),
    st.sampled_from([SJC, SJC, ARYS, TYPICAL]),
    status=STATUSES,
    settled=st.booleans(),
)
strands = st.builds(
    result,
    st.sampled_from(YEARS),
    # No act grades them; one that did would give them no more influence.
    st.sampled_from([None, *GRADES]),
    st.sampled_from([SJC, ARYS, TYPICAL]),
    kind=st.just("competencies"),
    status=STATUSES,
    settled=st.booleans(),
    position=POSITIONS,
)


def histories(of: st.SearchStrategy[Result], most: int) -> st.SearchStrategy[list[Result]]:
    return st.lists(of, max_size=most, unique_by=lambda one: (one.kind, one.period, one.position))


assessed = st.builds(list.__add__, histories(quarters, 8), histories(years, 5))


def but_development(found: tuple[Follows, ...]) -> list[Follows]:
    return [one for one in found if one.code != "development-only"]


@pytest.mark.clause("arys-2022/cl-7/competencies-develop")
@given(assessed, histories(strands, 6), histories(strands, 6))
def test_arys_cl_7_whatever_the_competencies_everything_but_development_is_the_same(
    results: list[Result], some: list[Result], others: list[Result]
) -> None:
    without = follows(results, CALENDAR)
    assert but_development(follows([*results, *some], CALENDAR)) == list(without)
    assert but_development(follows([*others, *results], CALENDAR)) == list(without)
    assert all(one.kind != "competencies" for one in without)


@given(assessed, histories(strands, 6))
def test_arys_cl_7_targets_never_touch_development(results: list[Result], some: list[Result]) -> None:
    found = follows([*results, *some], CALENDAR)
    assert [one for one in found if one.kind == "competencies"] == list(follows(some, CALENDAR))


@given(assessed, histories(strands, 3), st.data())
def test_what_follows_is_a_function_of_the_graded_results_in_whatever_order(
    results: list[Result], some: list[Result], data: st.DataObject
) -> None:
    every = [*results, *some]
    shuffled = data.draw(st.permutations(every))
    graded = [one for one in every if one.status == "graded"]
    assert follows(every, CALENDAR) == follows(shuffled, CALENDAR) == follows(graded, CALENDAR)


@pytest.mark.clause("sjc-2017/cl-44/two-years-running")
@given(histories(years, 5))
def test_sjc_cl_44_a_ground_there_is_if_and_only_if_both_years_were_unsatisfactory(
    results: list[Result],
) -> None:
    failed = {
        one.period for one in results if (one.status, one.act, one.grade) == ("graded", SJC, "unsatisfactory")
    }
    expected = [year for year in YEARS if {year, str(int(year) - 1)} <= failed]
    assert periods("demotion-or-dismissal", *results) == expected


@given(assessed)
def test_sjc_cl_43_he_is_barred_today_if_and_only_if_his_latest_results_bar_him(
    results: list[Result],
) -> None:
    settled = [one for one in results if one.settled and one.status == "graded" and one.act is SJC]
    latest = max((one.place for one in settled), default=None)
    last = [one for one in settled if one.place == latest]
    standing = [one for one in what("no-mentoring", *settled) if one.until is None]
    assert bool(standing) == any(one.grade == "unsatisfactory" for one in last)


@given(assessed)
def test_each_graded_result_under_the_act_goes_into_the_record_once_and_no_bonus_goes_to_a_failed_one(
    results: list[Result],
) -> None:
    graded = [one for one in results if one.status == "graded" and one.act is SJC]
    recorded = [(one.kind, one.period, one.position) for one in what("service-record", *results)]
    assert sorted(recorded) == sorted((one.kind, one.period, one.position) for one in graded)
    earned = {(one.kind, one.period, one.position) for one in what("bonus", *results)}
    barred = {(one.kind, one.period, one.position) for one in what("no-mentoring", *results)}
    assert not earned & barred
