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
from services.sample import Country, bodies, facts, facts_of, items, items_of, lapses_of
from services.sample.score_sheet import form_and_evaluator
from services.sample.servant import Post

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
            # An act may be adopted later than from when it governs.
            if fact["type"] != "MethodologyAdopted"
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


def test_marks_fall_within_the_twenty_days_after_the_quarter_but_for_what_lapses(
    year: list[dict[str, Any]],
) -> None:
    months = {"Q1": "04", "Q2": "07", "Q3": "10", "Q4": "01"}
    lapses = {
        (body.code, one.employee, one.position, one.period)
        for body in bodies(COUNTRY)
        for one in lapses_of(COUNTRY, body.code)
        if one.term == "quarter-assessed"
    }
    signed, late = set(), set()
    for fact in year:
        if fact["type"] in {"ScoreSubmitted", "SheetSigned"}:
            _, month, day = fact["occurred_on"].split("-")
            assert month == months[fact["data"]["period"][-2:]]
            if int(day) > 20:
                late.add(_assessment(fact))
            if fact["type"] == "SheetSigned":
                signed.add(_assessment(fact))
    assert late <= lapses
    assert (lapses & signed) - late == set()
    assert late


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
            "EmployeeSeconded": 1,
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


def test_every_result_is_told_and_some_are_contested(year: list[dict[str, Any]]) -> None:
    happened = Counter(fact["type"] for fact in year)
    told = {_assessment(fact) for fact in year if fact["type"] == "ResultDelivered"}
    signed = {_assessment(fact) for fact in year if fact["type"] == "SheetSigned"}
    assert told <= signed
    # The others are not assessed: they served or worked too little.
    assert len(told) > 0.97 * len(signed)
    assert 0.02 < happened["CalibrationRequested"] / len(told) < 0.045
    assert happened >= Counter(
        {
            "ResultAcquainted": 300,
            "AcquaintanceRefused": 3,
            "DisputeRaised": 3,
            "DisputeSettled": 3,
            "CalibrationWithdrawn": 3,
            "CalibrationConvened": 30,
            "MemberReplaced": 2,
            "ArgumentHeard": 30,
            "VoteCast": 100,
            "ProtocolFiled": 30,
            "FeedbackGiven": 30,
            "DecisionAppealed": 3,
            "AppealResolved": 3,
        }
    )


def test_most_of_the_contested_results_are_poor(year: list[dict[str, Any]]) -> None:
    marks: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for fact in year:
        if fact["type"] == "ScoreSubmitted":
            marks[_assessment(fact)].append(float(fact["data"]["score"]))
    means = {name: sum(found) / len(found) for name, found in marks.items()}
    contested = {_assessment(fact) for fact in year if fact["type"] == "CalibrationRequested"}
    poor = {name for name, mean in means.items() if mean < 4}
    assert len(contested & poor) / len(poor) > 4 * len(contested - poor) / len(means.keys() - poor)


def test_panels_are_odd_and_vote_in_one_to_three_rounds(year: list[dict[str, Any]]) -> None:
    sizes = [len(fact["data"]["members"]) for fact in year if fact["type"] == "CalibrationConvened"]
    assert set(sizes) == {3, 5}
    votes = Counter(fact["data"]["round"] for fact in year if fact["type"] == "VoteCast")
    assert set(votes) == {1, 2, 3}
    assert votes[1] > votes[2] > votes[3]


def test_whoever_left_early_is_told_by_a_channel_that_records_it(year: list[dict[str, Any]]) -> None:
    left = {
        (fact["body"], fact["data"]["employee"]): fact["occurred_on"]
        for fact in year
        if fact["type"] == "EmployeeDismissed"
    }
    ordinary = {"information-system", "mobile-application"}
    channels = defaultdict(set)
    for fact in year:
        if fact["type"] == "ResultDelivered":
            data = fact["data"]
            gone = left.get((fact["body"], data["employee"]), "9999")
            channels[gone <= parse_period(data["period"]).end.isoformat()].add(data["channel"])
    assert channels[False] <= ordinary | set(shipped()["pavlodar-2026"].eligibility.dismissed.channels)
    assert len(channels[True] - ordinary) > 1


def test_results_change_after_they_were_told(year: list[dict[str, Any]]) -> None:
    told: dict[tuple[str, ...], str] = {}
    again = 0
    for fact in year:
        if fact["type"] == "ResultDelivered":
            again += _assessment(fact) in told
            told[_assessment(fact)] = fact["occurred_on"]
    assert again > 20
    late = [
        fact
        for fact in year
        if fact["type"] == "WorkdaysReported" and told.get(_assessment(fact), "9999") < fact["occurred_on"]
    ]
    assert late
    assert {fact["data"]["days"] for fact in late} == {14}


def test_who_has_more_than_twenty_to_assess_names_others_who_score_beside_him() -> None:
    crowded = Country(seed=2, bodies=2, employees=700, quarters=(1,), wrong=0)
    sheets, added = Counter[str](), {}
    for fact in facts_of(crowded, "health"):
        if fact["type"] == "SheetIssued":
            sheets[fact["data"]["evaluator"]] += 1
        if fact["type"] == "EvaluatorAdded":
            added[_assessment(fact)] = fact["data"]["evaluator"]
        if fact["type"] == "ScoreSubmitted":
            assert fact["data"].get("scorer") == added.get(_assessment(fact))
    assert len(added) >= sum(count - 20 for count in sheets.values() if count > 20) - 2 > 5


def test_the_lapses_of_a_body_are_known_beforehand() -> None:
    found = {one.term for body in bodies(COUNTRY) for one in lapses_of(COUNTRY, body.code)}
    assert found == {"quarter-assessed", "panel-approved", "panel-held", "protocol-filed", "dismissed-told"}
    with pytest.raises(KeyError):
        lapses_of(COUNTRY, "nowhere")


def test_where_the_clock_is_at_work_the_receiving_body_reports_of_those_lent_to_it() -> None:
    alone = Country(seed=4, bodies=3, employees=400, wrong=0)
    clocked = Country(seed=4, bodies=3, employees=400, wrong=0, clocked=True)
    lent = [fact["data"] for fact in facts(alone) if fact["type"] == "EmployeeSeconded"]
    assert lent == [fact["data"] for fact in facts(clocked) if fact["type"] == "EmployeeSeconded"]
    there = {(one["to_body"], one["to_employee"]) for one in lent}

    def told_of(country: Country) -> set[str]:
        return {
            fact["type"] for fact in facts(country) if (fact["body"], fact["data"].get("employee")) in there
        }

    assert told_of(alone) == set()
    assert {"SheetIssued", "ScoreSubmitted", "SheetSigned", "ResultDelivered"} <= told_of(clocked)


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
    for years in ((2026,), tuple(range(2026, 2031))):
        tracemalloc.start()
        for _ in items_of(Country(bodies=2, employees=250, years=years), "health"):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_a_long_country_starts_at_once() -> None:
    first = list(islice(items(Country(bodies=300, employees=84_000, years=(2024, 2025, 2026))), 1000))
    assert len(first) == 1000


def test_the_older_acts_get_their_plans_points_targets_and_commissions() -> None:
    by_type: dict[str, Counter[str]] = defaultdict(Counter)
    for fact in facts(WITH_ALL_FAMILIES):
        by_type[fact["body"]][fact["type"]] += 1
    sjc, arys = by_type["sjc"], by_type["arys"]
    commission = {"CommissionConvened", "CommissionSat", "VoteCast", "ProtocolFiled", "ResultDelivered"}
    points = {"PlanAgreed", "SelfAssessed", "PointsAwarded", "BreachRecorded", "TargetAssessed"}
    targets = {"PlanAgreed", "PlanApproved", "PlanMonitored", "TargetAssessed", "CompetencyAssessed"}
    assert points | commission <= set(sjc)
    assert targets | commission | {"SheetAgreed", "ResultApproved"} <= set(arys)
    forms = {fact["data"]["form"] for fact in facts(WITH_ALL_FAMILIES) if fact["type"] == "SheetIssued"}
    assert forms == {"annex-1", "annex-2", "points", "plan", "targets", "competencies"}


def test_commissions_approve_most_and_revise_some() -> None:
    country = Country(seed=6, bodies=1, per_body=90, wrong=0, families=("score-sheet", "points", "targets"))
    happened: dict[str, Counter[str]] = defaultdict(Counter)
    for code in ("sjc", "arys"):
        for fact in facts_of(country, code):
            happened[code][fact["data"].get("choice", fact["type"])] += 1
    for code in ("sjc", "arys"):
        assert 0.02 < happened[code]["revise"] / happened[code]["approve"] < 0.2
        assert happened[code] >= Counter({"DecisionAppealed": 1, "AppealResolved": 1, "MemberReplaced": 1})
    assert happened["sjc"]["AcquaintanceRefused"] > 0
    assert happened["sjc"]["TrainingAssigned"] > 0
    assert happened["arys"]["AcquaintanceRefused"] > 0


def _assessment(fact: dict[str, Any]) -> tuple[str, ...]:
    data = fact["data"]
    return fact["body"], data["employee"], data["position"], data["period"]
