import json
from collections import Counter, defaultdict
from itertools import chain, islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.period import parse_period
from events.wire import read_fact
from methodologies.loading import shipped
from services.offline import Ledgers
from services.sample import Country, bodies, facts, facts_of, items, items_of
from services.sample.score_sheet import form_and_evaluator
from services.sample.staff import Post

COUNTRY = Country(seed=11, bodies=8, employees=400, years=(2025, 2026), wrong=0)
WITH_ALL_FAMILIES = Country(
    seed=5, bodies=4, employees=300, wrong=0, families=("score-sheet", "points", "targets")
)


@pytest.fixture(scope="module")
def year() -> list[dict[str, Any]]:
    return list(facts(COUNTRY))


countries = st.builds(
    Country,
    seed=st.integers(0, 2**32),
    bodies=st.integers(1, 7),
    employees=st.integers(36, 90),
    years=st.sampled_from([(2026,), (2025, 2026)]),
    quarters=st.sets(st.integers(1, 4), min_size=1).map(lambda found: tuple(sorted(found))),
    wrong=st.sampled_from([0, 0.05, 0.5]),
    families=st.sampled_from([("score-sheet",), ("score-sheet", "points", "targets")]),
)


@settings(max_examples=15, deadline=None)
@given(country=countries)
def test_the_same_country_gives_the_same_bytes(country: Country) -> None:
    assert list(items(country)) == list(items(country))


@settings(max_examples=25, deadline=None)
@given(country=countries)
def test_every_message_is_answered_as_expected_by_the_door_and_the_deciders(country: Country) -> None:
    ledgers = Ledgers()
    for item in items(country):
        if item.expected == "wrong-body":  # a file has no subjects
            continue
        problem = ledgers.decide(ledgers.read(item.message))
        assert (problem.code if problem else None) == item.expected, item.message[:500]


def test_another_seed_gives_another_country() -> None:
    first, second = (list(facts_of(Country(seed=seed, employees=40), "pavlodar")) for seed in (1, 2))
    assert first != second


def test_the_country_is_the_agency_and_then_its_bodies() -> None:
    codes = ["agency", *(body.code for body in bodies(COUNTRY))]
    assert list(facts(COUNTRY)) == list(chain.from_iterable(facts_of(COUNTRY, code) for code in codes))
    with pytest.raises(KeyError):
        facts_of(COUNTRY, "nowhere")


def test_messages_are_the_facts_when_none_is_wrong() -> None:
    for fact, item in zip(facts(COUNTRY), items(COUNTRY), strict=True):
        assert json.loads(item.message) == fact
        assert (item.body, item.type, item.id, item.expected) == (
            fact["body"],
            fact["type"],
            fact["id"],
            None,
        )


@pytest.mark.parametrize("country", [COUNTRY, WITH_ALL_FAMILIES])
def test_every_fact_is_read_at_the_door_and_no_id_stands_twice(country: Country) -> None:
    ids = [read_fact(item.message).id for item in items(country)]
    assert len(set(ids)) == len(ids) > 0
    assert {fact_id.version for fact_id in ids} == {4}


@pytest.mark.parametrize("country", [COUNTRY, WITH_ALL_FAMILIES])
def test_a_ledger_s_facts_come_in_the_order_of_their_days(country: Country) -> None:
    for body in bodies(country):
        days = [
            fact["occurred_on"]
            for fact in facts_of(country, body.code)
            # An act may be adopted later than from when it governs; a plan may be returned meanwhile.
            if fact["type"] not in {"MethodologyAdopted", "PlanReturned", "PlanAgreed", "PlanApproved"}
        ]
        assert days == sorted(days)


def test_an_assessment_has_about_eight_facts(year: list[dict[str, Any]]) -> None:
    kinds = {"WorkdaysReported", "SheetIssued", "ScoreSubmitted", "SheetSigned", "EvaluatorReplaced"}
    sheets = sum(fact["type"] == "SheetIssued" for fact in year)
    assert 7.7 < sum(fact["type"] in kinds for fact in year) / sheets < 8.3


def test_marks_are_such_as_people_give(year: list[dict[str, Any]]) -> None:
    marks = [float(fact["data"]["score"]) for fact in year if fact["type"] == "ScoreSubmitted"]
    assert 0.8 < sum(mark >= 4 for mark in marks) / len(marks) < 0.95
    assert 0.02 < sum(not mark.is_integer() for mark in marks) / len(marks) < 0.25
    assert 0.005 < sum(mark < 3 for mark in marks) / len(marks) < 0.08
    assert 0 < sum(mark == 0 for mark in marks) / len(marks) < 0.03


def test_marks_come_as_numbers_and_as_text(year: list[dict[str, Any]]) -> None:
    kinds = Counter(type(fact["data"]["score"]) for fact in year if fact["type"] == "ScoreSubmitted")
    assert set(kinds) == {str, int, float}


def test_marks_fall_within_the_twenty_days_after_the_quarter(year: list[dict[str, Any]]) -> None:
    months = {"Q1": "04", "Q2": "07", "Q3": "10", "Q4": "01"}
    for fact in year:
        if fact["type"] in {"ScoreSubmitted", "SheetSigned"}:
            period = fact["data"]["period"]
            _, month, day = fact["occurred_on"].split("-")
            assert month == months[period[-2:]]
            assert 1 <= int(day) <= 20


def test_everything_that_makes_assessment_hard_happens(year: list[dict[str, Any]]) -> None:
    happened = Counter(fact["type"] for fact in year)
    assert happened >= Counter(
        {
            "EmployeeTransferred": 5,
            "EmployeeDismissed": 5,
            "LeaveTaken": 20,
            "LeaveEnded": 2,
            "DisciplineRecorded": 20,
            "DisciplineAnnulled": 1,
            "EvaluatorReplaced": 3,
        }
    )
    signed = happened["SheetSigned"] / happened["SheetIssued"]
    assert 0.95 < signed < 0.999
    days = [fact["data"]["days"] for fact in year if fact["type"] == "WorkdaysReported"]
    assert {14, 15} <= set(days)
    assert 0.005 < sum(count < 15 for count in days) / len(days) < 0.06
    assert any("comment" in fact["data"] for fact in year)
    replaced = Counter(
        (*_assessment(fact), fact["data"]["parameter"]) for fact in year if fact["type"] == "ScoreSubmitted"
    )
    assert 0.003 < sum(count > 1 for count in replaced.values()) / len(replaced) < 0.03


def test_sanctions_come_before_the_sheet_after_it_and_a_day_outside_the_quarter(
    year: list[dict[str, Any]],
) -> None:
    signed: dict[tuple[str, str], set[str]] = defaultdict(set)
    before = after = outside = 0
    for fact in year:
        data = fact["data"]
        if fact["type"] == "SheetSigned":
            signed[fact["body"], data["employee"]].add(data["period"])
        if fact["type"] == "DisciplineRecorded":
            imposed = data["imposed_on"]
            period = f"{imposed[:4]}-Q{(int(imposed[5:7]) + 2) // 3}"
            late = period in signed[fact["body"], data["employee"]]
            before, after = before + (not late), after + late
            outside += imposed[5:] in {"03-31", "06-30", "09-30", "12-31", "04-01", "07-01", "10-01", "01-01"}
    assert min(before, after, outside) > 0


def test_the_form_and_the_evaluator_are_those_of_clause_16(year: list[dict[str, Any]]) -> None:
    posts: dict[tuple[str, str], dict[str, Any]] = {}
    seen = set()
    acts = shipped()
    roll = {body.code: body for body in bodies(COUNTRY)}

    for fact in year:
        data = fact["data"]
        if fact["type"] in {"EmployeeAppointed", "EmployeeTransferred"}:
            posts[fact["body"], data["position"]] = data
        if fact["type"] == "SheetIssued":
            post = posts[fact["body"], data["position"]]
            act = acts[roll[fact["body"]].governed_by(parse_period(data["period"]))]
            rule = next(
                one for one in act.assignments if one.fits(post["category"], managerial=post["managerial"])
            )
            assert data["form"] == rule.form
            assert data["evaluator"] == post[rule.evaluator.replace("-", "_")]
            seen.add((rule.form, rule.evaluator))
    assert seen == {("annex-1", "supervisor"), ("annex-1", "unit-head"), ("annex-2", "unit-head")}


@pytest.mark.parametrize(
    ("methodology", "category", "managerial", "expected"),
    [
        ("zhanakorgan-2026", "E-3", False, ("annex-1", "supervisor")),
        ("pavlodar-2026", "E-3", False, ("annex-2", "head")),
        ("pavlodar-2026", "E-3", True, ("annex-1", "head")),
        ("typical-2025", "Е-1", True, ("annex-1", "supervisor")),
        ("typical-2025", "E-R-1", True, ("annex-1", "supervisor")),
        ("health-2025", "C-4", False, ("annex-2", "head")),
    ],
)
def test_who_assesses_whom_on_which_form(
    methodology: str, category: str, managerial: bool, expected: tuple[str, str]
) -> None:
    post = Post("unit/1", category, managerial, "unit", "supervisor", "head", "superior")
    assert form_and_evaluator(methodology, post) == expected


def test_memory_does_not_grow_with_what_was_told() -> None:
    import tracemalloc  # noqa: PLC0415

    peaks = []
    for years in ((2026,), tuple(range(2026, 2034))):
        tracemalloc.start()
        for _ in items_of(Country(bodies=2, employees=300, years=years), "health"):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_a_long_country_starts_at_once() -> None:
    first = list(islice(items(Country(bodies=300, employees=84_000, years=(2024, 2025, 2026))), 1000))
    assert len(first) == 1000


def test_the_older_acts_get_their_plans_points_and_targets() -> None:
    by_type: dict[str, Counter[str]] = defaultdict(Counter)
    for fact in facts(WITH_ALL_FAMILIES):
        by_type[fact["body"]][fact["type"]] += 1
    sjc, arys = by_type["sjc"], by_type["arys"]
    assert {"PlanAgreed", "SelfAssessed", "PointsAwarded", "BreachRecorded", "TargetAssessed"} <= set(sjc)
    assert {"PlanAgreed", "PlanApproved", "PlanMonitored", "TargetAssessed", "CompetencyAssessed"} <= set(
        arys
    )
    forms = {fact["data"]["form"] for fact in facts(WITH_ALL_FAMILIES) if fact["type"] == "SheetIssued"}
    assert forms == {"annex-1", "annex-2", "points", "plan", "targets", "competencies"}


def _assessment(fact: dict[str, Any]) -> tuple[str, ...]:
    data = fact["data"]
    return fact["body"], data["employee"], data["position"], data["period"]
