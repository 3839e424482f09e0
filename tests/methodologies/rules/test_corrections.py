"""What a panel, a commission or an appeal may correct a result to, by the act (`arys-2022` cl. 38)."""

from decimal import Decimal

import pytest

from events.envelope import Refusal
from events.period import parse_period
from methodologies.loading import shipped
from methodologies.rules.decisions import Decision, check

SCORE = Decision("appeal", 0, Decimal("3.5"))
POINTS = Decision("appeal", 0, points=104)
COMPETENCIES = Decision("appeal", 0, competencies={"integrity": "meets"})

TAKEN = [
    ("zhanakorgan-2026", "2026-Q1", None, SCORE),
    ("sjc-2017", "2017-Q1", None, POINTS),
    ("sjc-2017", "2017", None, SCORE),
    ("arys-2022", "2023", "targets", Decision("commission", 0, Decimal(3))),
    ("arys-2022", "2023", "competencies", COMPETENCIES),
]
REFUSED = [
    ("points for a score", "zhanakorgan-2026", "2026-Q1", None, POINTS),
    ("a score off the scale", "zhanakorgan-2026", "2026-Q1", None, Decision("panel", 0, Decimal("5.5"))),
    ("competencies for a score", "zhanakorgan-2026", "2026-Q1", None, COMPETENCIES),
    ("competencies of an act without them", "zhanakorgan-2026", "2026-Q1", "competencies", COMPETENCIES),
    ("a score for points", "sjc-2017", "2017-Q1", None, SCORE),
    ("a year below the lowest mark", "sjc-2017", "2017", None, Decision("appeal", 0, Decimal("1.99"))),
    ("points for a year", "sjc-2017", "2017", None, POINTS),
    ("half a target", "arys-2022", "2023", "targets", Decision("commission", 0, Decimal("2.5"))),
    ("a score for competencies", "arys-2022", "2023", "competencies", SCORE),
]


@pytest.mark.clause("sjc-2017/cl-35/approve-or-revise", "arys-2022/cl-38/correction")
@pytest.mark.parametrize(("act", "period", "form", "correction"), TAKEN)
def test_a_result_is_corrected_to_what_the_act_prints(
    act: str, period: str, form: str | None, correction: Decision
) -> None:
    check(shipped()[act], parse_period(period), form, correction)


@pytest.mark.clause("sjc-2017/cl-35/approve-or-revise", "arys-2022/cl-38/correction")
@pytest.mark.parametrize(
    ("act", "period", "form", "correction"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_the_act_has_no_grade_for_corrects_nothing(
    act: str, period: str, form: str | None, correction: Decision
) -> None:
    with pytest.raises(Refusal) as refused:
        check(shipped()[act], parse_period(period), form, correction)

    assert refused.value.problem.code == "correction-misfit"
