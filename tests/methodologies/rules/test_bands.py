"""Every edge of every act's bands, worked out by hand from the clause, under both scopes of rounding."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from methodologies.loading import shipped
from methodologies.model.readings import READINGS
from methodologies.model.sheets import Bands
from methodologies.rules.bands import Placed, band_steps, place, rounded
from tests.documents import readings

SJC = shipped()["sjc-2017"]
SCOPES = ("gaps-only", "every-score")


def placed(act_id: str, bands: str, value: str, **chosen: str) -> Placed:
    act = shipped()[act_id]
    return place(Decimal(value), act.bands[bands], readings(act, **chosen))


QUARTERLY_POINTS = [
    # cl. 27: under 80; 81 to 105; 106 to 130; over 130. Points, then (grade, gap) by scope.
    ("79", ("unsatisfactory", False), ("unsatisfactory", False)),
    ("79.4", ("unsatisfactory", False), ("unsatisfactory", False)),
    ("79.5", ("unsatisfactory", False), ("satisfactory", False)),
    ("80", ("satisfactory", True), ("satisfactory", True)),
    ("80.4", ("satisfactory", True), ("satisfactory", True)),
    ("80.5", ("satisfactory", True), ("satisfactory", True)),
    ("81", ("satisfactory", False), ("satisfactory", False)),
    ("105", ("satisfactory", False), ("satisfactory", False)),
    ("105.4", ("satisfactory", True), ("satisfactory", True)),
    ("105.5", ("effective", True), ("effective", True)),
    ("106", ("effective", False), ("effective", False)),
    ("130", ("effective", False), ("effective", False)),
    ("130.4", ("excellent", False), ("effective", False)),
    ("130.5", ("excellent", False), ("excellent", False)),
    ("131", ("excellent", False), ("excellent", False)),
]


@pytest.mark.clause("sjc-2017/cl-27/bands")
@pytest.mark.parametrize(("points", "gaps_only", "every_score"), QUARTERLY_POINTS)
def test_points_of_a_quarter_find_their_band_by_clause_27(
    points: str, gaps_only: tuple[str, bool], every_score: tuple[str, bool]
) -> None:
    for scope, expected in zip(SCOPES, (gaps_only, every_score), strict=True):
        found = placed("sjc-2017", "quarterly", points, rounding_scope=scope)
        assert (found.grade, found.gap) == expected
        assert found.clause == "27"


@pytest.mark.clause("sjc-2017/cl-27/bands")
@pytest.mark.parametrize(
    ("points", "scope", "grade", "hole"),
    [
        ("79.5", "gaps-only", "unsatisfactory", None),
        ("79.5", "every-score", "unsatisfactory", "eighty-points"),
        ("80", "gaps-only", "unsatisfactory", "eighty-points"),
        ("80.4", "gaps-only", "unsatisfactory", "eighty-points"),
        ("80.4", "every-score", "unsatisfactory", "eighty-points"),
        ("80.5", "gaps-only", "satisfactory", None),
        ("81", "every-score", "satisfactory", None),
    ],
)
def test_eighty_points_and_what_rounds_to_them_follow_the_reading(
    points: str, scope: str, grade: str, hole: str | None
) -> None:
    found = placed("sjc-2017", "quarterly", points, rounding_scope=scope, eighty_points="unsatisfactory")
    assert (found.grade, found.hole) == (grade, hole)


ANNUAL_SCORES = [
    # cl. 33: under 3; 3 to 3.9; 4 to 4.9; 5
    ("2.9", ("unsatisfactory", False), ("unsatisfactory", False)),
    ("2.94", ("unsatisfactory", False), ("unsatisfactory", False)),
    ("2.95", ("unsatisfactory", False), ("satisfactory", False)),
    ("3", ("satisfactory", False), ("satisfactory", False)),
    ("3.9", ("satisfactory", False), ("satisfactory", False)),
    ("3.94", ("satisfactory", True), ("satisfactory", True)),
    ("3.95", ("effective", True), ("effective", True)),
    ("4", ("effective", False), ("effective", False)),
    ("4.9", ("effective", False), ("effective", False)),
    ("4.94", ("effective", True), ("effective", True)),
    ("4.95", ("excellent", True), ("excellent", True)),
    ("5", ("excellent", False), ("excellent", False)),
]


@pytest.mark.clause("sjc-2017/cl-33/bands")
@pytest.mark.parametrize(("score", "gaps_only", "every_score"), ANNUAL_SCORES)
def test_annual_scores_find_their_band_by_clause_33(
    score: str, gaps_only: tuple[str, bool], every_score: tuple[str, bool]
) -> None:
    for scope, expected in zip(SCOPES, (gaps_only, every_score), strict=True):
        found = placed("sjc-2017", "annual", score, rounding_scope=scope)
        assert (found.grade, found.gap) == expected
        assert found.clause == "33"


@pytest.mark.clause("score-sheet/cl-7/bands")
@pytest.mark.parametrize(
    ("score", "grade", "announced", "gap"),
    [
        # cl. 7: 0 to 1.99; 2 to 2.99; 3 to 3.99; 4 to 5
        ("0", "unsatisfactory", "0.00", False),
        ("1.99", "unsatisfactory", "1.99", False),
        ("1.994", "unsatisfactory", "1.99", True),
        ("1.995", "satisfactory", "2.00", True),
        ("2", "satisfactory", "2.00", False),
        ("2.99", "satisfactory", "2.99", False),
        ("2.9949", "satisfactory", "2.99", True),
        ("2.995", "proper", "3.00", True),
        ("3", "proper", "3.00", False),
        ("3.985", "proper", "3.99", False),
        ("3.99", "proper", "3.99", False),
        ("3.998", "effective", "4.00", True),
        ("4", "effective", "4.00", False),
        ("5", "effective", "5.00", False),
    ],
)
def test_scores_of_a_sheet_find_their_band_by_clause_7(
    score: str, grade: str, announced: str, *, gap: bool
) -> None:
    for scope in SCOPES:
        found = placed("typical-2025", "score", score, rounding_scope=scope)
        assert (found.grade, str(found.announced), found.gap) == (grade, announced, gap)


@pytest.mark.parametrize(
    ("act", "bands", "value", "rounding", "grade"),
    [
        ("sjc-2017", "quarterly", "80.5", "half-up", "satisfactory"),
        ("sjc-2017", "quarterly", "80.5", "half-even", "unsatisfactory"),
        ("sjc-2017", "quarterly", "80.5", "down", "unsatisfactory"),
        ("sjc-2017", "quarterly", "105.5", "half-even", "effective"),
        ("sjc-2017", "quarterly", "105.5", "down", "satisfactory"),
        ("sjc-2017", "annual", "3.95", "half-even", "effective"),
        ("sjc-2017", "annual", "3.95", "down", "satisfactory"),
        ("sjc-2017", "annual", "4.95", "down", "effective"),
        ("typical-2025", "score", "3.995", "half-even", "effective"),
        ("typical-2025", "score", "3.998", "down", "proper"),
    ],
)
def test_a_value_between_two_bands_goes_where_the_reading_of_rounding_sends_it(
    act: str, bands: str, value: str, rounding: str, grade: str
) -> None:
    chosen = {"rounding": rounding}
    if act == "sjc-2017":
        chosen["eighty_points"] = "unsatisfactory"
    assert placed(act, bands, value, **chosen).grade == grade


@pytest.mark.parametrize(
    ("rounding", "expected"), [("half-up", "0.13"), ("half-even", "0.12"), ("down", "0.12")]
)
def test_a_half_is_rounded_as_the_reading_says(rounding: str, expected: str) -> None:
    assert rounded(Decimal("0.125"), Decimal("0.01"), {"rounding": rounding}) == Decimal(expected)


def test_an_annual_score_is_announced_finer_than_its_bands_are_printed() -> None:
    found = placed("sjc-2017", "annual", "3.95")
    assert (str(found.announced), str(found.judged)) == ("3.95", "4.0")


def test_a_value_off_the_scale_has_no_band() -> None:
    with pytest.raises(LookupError, match=r"5\.50"):
        placed("typical-2025", "score", "5.5")


def test_steps_tell_apart_a_band_a_gap_and_a_reading() -> None:
    told = {
        value: [
            step.rule
            for step in band_steps(
                placed("sjc-2017", "quarterly", value), SJC.bands["quarterly"], readings(SJC)
            )
        ]
        for value in ("100", "105.5", "80")
    }
    assert told == {
        "100": ["announced", "band"],
        "105.5": ["announced", "band-of-gap"],
        "80": ["announced", "band-by-reading"],
    }


def test_steps_name_the_rounding_that_only_the_band_sees() -> None:
    score = placed("sjc-2017", "annual", "3.95")
    announced, found, band = band_steps(score, SJC.bands["annual"], readings(SJC))
    assert (announced.value, found.rule, found.value, band.value) == ("3.95", "rounded", "4.0", "effective")
    assert found.inputs == {"value": "3.95", "precision": "0.1", "rounding": "half-up"}


EVERY_SCALE = [
    (act_id, name)
    for act_id in ("typical-2025", "zhanakorgan-2026", "health-2025", "pavlodar-2026", "sjc-2017")
    for name in shipped()[act_id].bands
]
ENDS = {"score": ("0", "5"), "quarterly": ("-50", "250"), "annual": ("2", "5")}


def scale_of(name: str) -> st.SearchStrategy[Decimal]:
    lowest, highest = ENDS[name]
    exact = st.decimals(lowest, highest, places=6)
    thirds = st.fractions(lowest, highest, max_denominator=12).map(
        lambda share: Decimal(share.numerator) / Decimal(share.denominator)
    )
    return exact | thirds


def order(bands: Bands) -> dict[str, int]:
    return {band.grade: place for place, band in enumerate(bands.bands)}


@settings(max_examples=500)
@given(data=st.data())
def test_grades_are_total_over_the_scale_and_never_fall_as_a_score_rises(data: st.DataObject) -> None:
    act_id, name = data.draw(st.sampled_from(EVERY_SCALE))
    act = shipped()[act_id]
    chosen = {
        **readings(act),
        "rounding": data.draw(st.sampled_from(READINGS["rounding"].choices)),
        "rounding-scope": data.draw(st.sampled_from(READINGS["rounding-scope"].choices)),
        "eighty-points": data.draw(st.sampled_from(READINGS["eighty-points"].choices)),
    }
    low, high = sorted((data.draw(scale_of(name)), data.draw(scale_of(name))))
    rank = order(act.bands[name])
    assert rank[place(low, act.bands[name], chosen).grade] <= rank[place(high, act.bands[name], chosen).grade]
