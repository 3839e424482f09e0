"""Which sheets a period asks for, by hand from the clauses on who assesses whom."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.documents import Employment
from events.documents.employment import Received, Secondment
from events.period import parse_period
from methodologies.loading import shipped
from methodologies.rules.issuing import Issue, sheets_for
from tests.documents import employment, tenure

SHEET_ACTS = ("typical-2025", "zhanakorgan-2026", "health-2025", "pavlodar-2026")
ANYONE = tenure("2020-01-01")


def sheets(act: str, file: Employment, period: str = "2026-Q1") -> list[str]:
    """Each sheet as `position form evaluator`."""
    found = sheets_for(shipped()[act], file, parse_period(period))
    return [f"{one.position} {one.form} {one.evaluator}" for one in found]


def seconded(since: str, until: str, position: str = "p-1") -> Secondment:
    return Secondment(
        UUID(int=0), position, "health", "h-1", "hp-1", date.fromisoformat(since), date.fromisoformat(until)
    )


def with_secondments(file: Employment, *secondments: Secondment) -> Employment:
    return Employment(file.employee, tenures=file.tenures, secondments=secondments)


CL_16 = [
    # act, category, managerial, the sheet
    ("zhanakorgan-2026", "E-1", True, "annex-1 boss-1"),
    ("zhanakorgan-2026", "E-2", True, "annex-1 boss-1"),
    ("zhanakorgan-2026", "E-3", True, "annex-1 boss-1"),
    ("zhanakorgan-2026", "E-3", False, "annex-1 boss-1"),
    ("zhanakorgan-2026", "Е-3", False, "annex-1 boss-1"),
    ("zhanakorgan-2026", "E-R-1", True, "annex-1 boss-1"),
    ("zhanakorgan-2026", "E-R-2", True, "annex-1 head-1"),
    ("zhanakorgan-2026", "E-4", False, "annex-2 head-1"),
    *(
        row
        for act in ("typical-2025", "health-2025", "pavlodar-2026")
        for row in (
            (act, "E-1", True, "annex-1 boss-1"),
            (act, "E-2", False, "annex-1 boss-1"),
            (act, "E-R-1", True, "annex-1 boss-1"),
            (act, "E-3", True, "annex-1 head-1"),
            (act, "E-3", False, "annex-2 head-1"),
            (act, "E-4", False, "annex-2 head-1"),
        )
    ),
]


@pytest.mark.clause(
    "zhanakorgan-2026/cl-16/managers-by-category",
    "typical-2025/cl-16/managers-by-category",
    "score-sheet/cl-16/other-managers",
    "score-sheet/cl-16/all-others",
)
@pytest.mark.parametrize(("act", "category", "managerial", "expected"), CL_16)
def test_cl_16_the_form_and_who_assesses_follow_from_category_and_post(act, category, managerial, expected):
    file = employment(tenure("2020-01-01", category=category, managerial=managerial))

    assert sheets(act, file) == [f"p-1 {expected}"]


def test_cl_16_stands_beside_the_sheet():
    (found,) = sheets_for(shipped()["zhanakorgan-2026"], employment(ANYONE), parse_period("2026-Q1"))

    assert found == Issue("p-1", "annex-2", "head-1", "unit-head", "16")


@pytest.mark.parametrize(
    ("act", "period", "expected"),
    [
        ("sjc-2017", "2017-Q1", ["p-1 points boss-1"]),
        ("sjc-2017", "2017", ["p-1 plan boss-1"]),
        ("arys-2022", "2023-Q1", []),
        ("arys-2022", "2023", ["p-1 targets boss-1", "p-1 competencies boss-1"]),
        *((act, "2026", []) for act in SHEET_ACTS),
    ],
)
def test_a_period_asks_for_the_sheets_that_its_act_has(act, period, expected):
    assert sheets(act, employment(tenure("2015-01-01")), period) == expected


@pytest.mark.clause("sjc-2017/cl-4/supervisor")
def test_a_head_of_department_is_assessed_by_his_supervisor_sjc_cl_4():
    file = employment(tenure("2015-01-01", managerial=True, heads_unit=True, unit_head="e-1"))

    assert sheets("sjc-2017", file, "2017-Q1") == ["p-1 points boss-1"]


@pytest.mark.parametrize(
    ("since", "until", "is_issued"),
    [
        ("2026-03-31", None, True),
        ("2026-04-01", None, False),
        ("2020-01-01", "2026-01-01", True),
        ("2020-01-01", "2025-12-31", False),
    ],
)
def test_cl_5_whoever_held_the_position_in_the_period_gets_a_sheet(since, until, is_issued):
    assert bool(sheets("zhanakorgan-2026", employment(tenure(since, until)))) is is_issued


@pytest.mark.parametrize("act", ["sjc-2017", "arys-2022"])
def test_one_on_probation_gets_a_sheet_as_his_not_being_assessed_is_derived(act):
    file = employment(tenure("2023-11-01", probation_until=date(2024, 2, 1)))

    assert sheets(act, file, "2023")


def test_a_transfer_within_the_quarter_gives_a_sheet_for_each_position():
    file = employment(
        tenure("2020-01-01", "2026-02-15"),
        tenure("2026-02-16", position="p-2", category="E-1", managerial=True, supervisor="boss-2"),
    )

    assert sheets("zhanakorgan-2026", file) == ["p-1 annex-2 head-1", "p-2 annex-1 boss-2"]


def test_a_year_asks_for_the_sheets_of_the_position_held_last():
    file = employment(
        tenure("2020-01-01", "2023-06-30"), tenure("2023-07-01", position="p-2", supervisor="boss-2")
    )

    assert sheets("arys-2022", file, "2023") == ["p-2 targets boss-2", "p-2 competencies boss-2"]


def test_of_two_times_in_a_position_the_last_in_the_period_says_who_assesses():
    file = employment(
        tenure("2020-01-01", "2026-01-20"),
        tenure("2026-03-01", unit_head="head-2"),
        tenure("2026-04-01", unit_head="head-3"),
    )

    assert sheets("zhanakorgan-2026", file) == ["p-1 annex-2 head-2"]


@pytest.mark.clause("score-sheet/cl-2/assessed-by-a-superior")
def test_cl_2_who_heads_the_unit_himself_is_assessed_by_the_one_above_him():
    file = employment(tenure("2020-01-01", category="E-R-2", managerial=True, unit_head="e-1"))

    assert sheets("pavlodar-2026", file) == ["p-1 annex-1 boss-1"]


@pytest.mark.parametrize("supervisor", ["", "e-1"])
def test_where_the_file_names_nobody_above_him_the_evaluator_is_left_to_the_body(supervisor):
    file = employment(tenure("2020-01-01", category="E-1", supervisor=supervisor))

    assert sheets("pavlodar-2026", file) == ["p-1 annex-1 None"]


@pytest.mark.clause("pavlodar-2026/cl-3/seconded")
def test_pavlodar_cl_3_one_received_by_secondment_gets_a_sheet_of_the_receiving_body():
    from_home = Received(UUID(int=1), "arys", "a-1", "ap-1")
    file = employment(tenure("2026-01-12", "2026-02-20", supervisor="", unit_head="", received=from_home))

    assert sheets("pavlodar-2026", file) == ["p-1 annex-2 None"]


AWAY = [
    # what is away, whether the position is left a sheet at home
    ("the whole quarter", [seconded("2026-01-01", "2026-03-31")], False),
    ("longer than the quarter", [seconded("2025-11-01", "2026-06-30")], False),
    ("all but the first day", [seconded("2026-01-02", "2026-03-31")], True),
    ("all but the last day", [seconded("2026-01-01", "2026-03-30")], True),
    ("in two parts", [seconded("2026-02-10", "2026-03-31"), seconded("2025-12-01", "2026-02-09")], False),
    (
        "with a day between",
        [seconded("2025-12-01", "2026-02-08"), seconded("2026-02-10", "2026-03-31")],
        True,
    ),
    ("from another position", [seconded("2026-01-01", "2026-03-31", "p-9")], True),
    ("another quarter", [seconded("2026-04-01", "2026-06-30")], True),
]


@pytest.mark.clause("pavlodar-2026/cl-3/seconded")
@pytest.mark.parametrize(("away", "is_issued"), [row[1:] for row in AWAY], ids=[row[0] for row in AWAY])
@pytest.mark.parametrize("act", SHEET_ACTS)
def test_cl_3_for_the_time_of_a_secondment_the_receiving_body_assesses_where_the_act_says_so(
    act, away, is_issued
):
    says_so = act in {"health-2025", "pavlodar-2026"}

    assert bool(sheets(act, with_secondments(employment(ANYONE), *away))) is (is_issued or not says_so)


@pytest.mark.clause("pavlodar-2026/cl-3/seconded")
def test_cl_3_one_seconded_from_his_first_day_on_has_no_sheet_at_home():
    file = employment(tenure("2026-02-02", "2026-03-10"))

    assert sheets("pavlodar-2026", with_secondments(file, seconded("2026-02-02", "2026-03-10"))) == []


days = st.integers(0, 130).map(lambda number: date(2025, 12, 1) + timedelta(days=number))


@given(st.lists(st.tuples(days, days).map(sorted), max_size=5))
def test_a_sheet_is_issued_at_home_as_long_as_one_day_of_the_quarter_was_served_there(spans):
    away = [seconded(since.isoformat(), until.isoformat()) for since, until in spans]
    quarter = (date(2026, 1, 1) + timedelta(days=number) for number in range(90))
    at_home = [day for day in quarter if not any(since <= day <= until for since, until in spans)]

    assert bool(sheets("pavlodar-2026", with_secondments(employment(ANYONE), *away))) is bool(at_home)


@given(st.sampled_from(sorted(shipped())), st.text("Е-EС1CR2", max_size=6), st.booleans(), st.booleans())
def test_every_servant_has_a_form_of_his_act_and_never_assesses_himself(act, category, managerial, heads):
    file = employment(
        tenure("2015-01-01", category=category, managerial=managerial, heads_unit=heads, unit_head="e-1")
    )
    for period in ("2023-Q1", "2023"):
        for one in sheets_for(shipped()[act], file, parse_period(period)):
            assert one.form in shipped()[act].forms
            assert one.evaluator == "boss-1"
