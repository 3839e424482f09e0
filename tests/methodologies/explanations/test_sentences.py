"""Whole calculations told in three languages, and the grammar of what is filled in."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from events.period import parse_period
from methodologies.act import Act
from methodologies.explanations import explain_ground, explain_step, reading_text
from methodologies.loading import shipped
from methodologies.model.clause import LANGUAGES, Language
from methodologies.rules import (
    competencies,
    decisions,
    eligibility,
    mean_of_quarters,
    points,
    quarters_and_plan,
    score_sheet,
    targets,
)
from methodologies.rules.decisions import Decision
from methodologies.rules.steps import Ground, Step
from tests.documents import (
    assessment,
    awards,
    breaches,
    counted,
    discipline,
    employment,
    marked,
    met,
    plan,
    readings,
    sanction,
    sheet_of,
    shown,
    tenure,
)
from tests.methodologies.explanations.codes import VARIANTS, codes

TYPICAL, SJC, ARYS = (shipped()[name] for name in ("typical-2025", "sjc-2017", "arys-2022"))


def of_decisions() -> Iterator[tuple[Act, tuple[Step, ...]]]:
    bands, chosen = TYPICAL.bands["score"], readings(TYPICAL, discipline_cap_scope="overall")
    chosen = {**chosen, "cap-binds-panel": "yes"}
    file = discipline(sanction("remark", "2026-02-11"))
    ceiling = score_sheet.binding_ceiling(TYPICAL, chosen, file, parse_period("2026-Q1"))
    for by in ("panel", "commission", "appeal"):
        act = SJC if by == "commission" else TYPICAL
        decided = decisions.work_out(bands, chosen, Decision(by, 9, Decimal("4.5")), ceiling)
        assert decided is not None
        yield act, decisions.steps(act, bands, chosen, decided)
    corrected = Decision("commission", 9, competencies={"integrity": "meets"})
    yield ARYS, decisions.competency_steps(ARYS, corrected)


def told(step: Step, language: Language, act: Act = TYPICAL) -> str:
    return explain_step(step, act, language)


def of_sheets() -> Iterator[tuple[Act, tuple[Step, ...]]]:
    file = discipline(sanction("severe-reprimand", "2026-02-11"))
    made = sheet_of(
        [(str(row), "head-1", "4") for row in range(1, 6)] + [("5", "aide-1", "5")], added=("aide-1",)
    )
    for scope in ("parameter", "overall"):
        chosen = readings(TYPICAL, over_twenty="mean", discipline_cap_scope=scope)
        working = score_sheet.work_out(TYPICAL, chosen, made, file, parse_period("2026-Q1"))
        yield TYPICAL, score_sheet.steps(TYPICAL, chosen, made, working)
    held = employment(tenure("2020-01-01"))
    for days in (57, None):
        known = assessment(workdays=days)
        yield TYPICAL, eligibility.steps(TYPICAL, known, held, parse_period("2026-Q1"))


def of_years() -> Iterator[tuple[Act, tuple[Step, ...]]]:
    scores = counted(
        ("2026-Q1", "3.99", "p-1", 30), ("2026-Q1", "4.00", "p-2", 60), ("2026-Q2", "4.00", "p-2", 91)
    )
    for rounding in ("half-up", "half-even", "down"):
        for several in ("mean", "by-days"):
            chosen = readings(TYPICAL, rounding=rounding, quarter_with_several_assessments=several)
            yield (
                TYPICAL,
                mean_of_quarters.steps(TYPICAL, chosen, mean_of_quarters.work_out(TYPICAL, chosen, scores)),
            )


def of_points() -> Iterator[tuple[Act, tuple[Step, ...]]]:
    known = assessment("2017-Q1", awards=awards(1, 5), breaches=breaches(*["execution"] * 12, "discipline"))
    chosen = readings(SJC)
    yield SJC, points.steps(SJC, chosen, points.work_out(SJC, chosen, known))
    targets_marked = quarters_and_plan.plan_marks(
        plan(4), assessment("2017", targets=marked(dict(zip("1234", (2, 3, 4, 5), strict=True))))
    )
    for rounding in ("half-up", "half-even", "down"):
        for score in ("80", "105.5"):
            other = readings(SJC, rounding=rounding)
            year = quarters_and_plan.work_out(SJC, other, counted(("2017-Q1", score)), targets_marked)
            yield SJC, quarters_and_plan.steps(SJC, other, year)


def of_targets() -> Iterator[tuple[Act, tuple[Step, ...]]]:
    outcomes = assessment("2022", targets=met({"1": True, "2": False}))
    yield ARYS, targets.steps(ARYS, targets.work_out(ARYS, plan(5, "2022"), outcomes))
    servant = tenure("2020-01-01", category="E-2", serves_public=True)
    strand = assessment("2022", competencies=(shown("integrity", 4, (2, 6)), shown("initiative", 1)))
    yield ARYS, competencies.steps(ARYS, competencies.work_out(ARYS, servant, strand))


def every_step() -> list[tuple[Act, Step]]:
    calculations = [*of_sheets(), *of_years(), *of_points(), *of_targets(), *of_decisions()]
    return [(act, step) for act, steps in calculations for step in steps]


GROUNDS = [
    Ground("position-not-held", "5"),
    Ground("tenure-too-short", "5", {"since": date(2026, 3, 2), "until": date(2026, 3, 31), "months": 1}),
    Ground("on-probation", "3", {"until": date(2017, 4, 1), "period_end": date(2017, 3, 31)}),
    Ground("too-few-workdays", "5", {"days": 14, "least": 15}),
]


def test_these_calculations_take_every_step_there_is() -> None:
    assert {step.rule for _, step in every_step()} == codes("Step")
    assert {ground.code for ground in GROUNDS} == codes("Ground")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_is_told_whole_with_its_clause(language: Language) -> None:
    for act, step in every_step():
        sentence = explain_step(step, act, language)
        assert not re.search(r"[{}]", sentence), sentence
        assert re.search(r"\([^()]*\d[^()]*\)\.$", sentence), sentence


def test_no_step_is_told_in_the_same_words_in_two_languages() -> None:
    for act, step in every_step():
        assert len({explain_step(step, act, language) for language in LANGUAGES}) == len(LANGUAGES)
    for ground in GROUNDS:
        assert len({explain_ground(ground, TYPICAL, language) for language in LANGUAGES}) == len(LANGUAGES)


def test_steps_that_are_told_in_variants_are_known() -> None:
    assert set(VARIANTS) <= codes("Step")


MARK = Step("mark", "annex 2, row 1", {"form": "annex-2", "parameter": "1", "scorer": "head-1"}, "4.20")


def test_a_mark_is_told_with_the_acts_own_title_and_all_its_digits() -> None:
    assert told(MARK, "kk") == (
        "1-параметр «Функционалдық міндеттерді орындау сапасы» бойынша 4,20 балл қойылды, "
        "бағалаған – head-1 (2-қосымша, 1-жол)."
    )
    assert told(MARK, "ru") == (
        "По параметру 1 «Качество выполнения функциональных обязанностей» выставлена оценка 4,20, "
        "оценивающее лицо – head-1 (приложение 2, строка 1)."
    )
    assert told(MARK, "en") == (
        "Parameter 1, “Quality of the duties performed”, was marked 4.20 by head-1 (annex 2, row 1)."
    )


def test_the_title_is_that_of_the_form() -> None:
    of_manager = Step("mark", "annex 1, row 1", {**MARK.inputs, "form": "annex-1"}, "4")
    assert "in the units (by the servants) led" in told(of_manager, "en")


def test_a_cap_names_the_sanction_and_its_day() -> None:
    inputs = {
        "sanction": "severe-reprimand",
        "imposed_on": "2026-02-11",
        "ceiling": "2.99",
        "form": "annex-2",
        "parameter": "5",
        "mark": "5",
    }
    step = Step("cap-parameter", "annex 2, row 5", inputs, "2.99")
    assert "2026 жылғы 11 ақпан күні қолданылған тәртіптік жаза («қатаң сөгіс»)" in told(step, "kk")
    assert "Взыскание «строгий выговор», наложенное 11 февраля 2026 года" in told(step, "ru")
    assert "“severe reprimand”, imposed on 11 February 2026" in told(step, "en")
    assert all("2,99" in told(step, language) for language in ("kk", "ru"))


def test_a_quotient_without_end_keeps_every_digit_it_was_counted_with() -> None:
    step = Step("mean", "annex 2, note", {"sum": "10", "count": "3"}, "3.333333333333333333333333333")
    assert "3,333333333333333333333333333" in told(step, "ru")


@pytest.mark.parametrize(
    ("days", "language", "words"),
    [
        (1, "ru", "отработан 1 рабочий день"),
        (2, "ru", "отработано 2 рабочих дня"),
        (5, "ru", "отработано 5 рабочих дней"),
        (11, "ru", "отработано 11 рабочих дней"),
        (21, "ru", "отработан 21 рабочий день"),
        (22, "ru", "отработано 22 рабочих дня"),
        (1, "en", "1 working day was"),
        (2, "en", "2 working days were"),
        (1, "kk", "нақты 1 жұмыс күнін"),
        (21, "kk", "нақты 21 жұмыс күнін"),
    ],
)
def test_a_number_of_days_takes_its_plural_form(days: int, language: Language, words: str) -> None:
    assert words in told(Step("workdays", "5", {"days": days, "least": 15}, value=True), language)


def test_days_told_from_dates_and_from_their_text_are_the_same() -> None:
    ground = GROUNDS[1]
    as_text = {name: value if name == "months" else str(value) for name, value in ground.inputs.items()}
    for language in LANGUAGES:
        assert explain_ground(ground, TYPICAL, language) == told(
            Step(ground.code, ground.clause, as_text, value=False), language
        )


@pytest.mark.parametrize(
    ("value", "language", "words"),
    [
        ("effective", "kk", "«тиімді»"),
        ("effective", "ru", "«эффективно»"),
        ("effective", "en", "“effective”"),
    ],
)
def test_a_grade_is_called_as_the_act_calls_it(value: str, language: Language, words: str) -> None:
    assert words in told(Step("band", "27", {"score": "112"}, value), language, SJC)


def test_eighty_points_name_the_reading_that_decided() -> None:
    step = Step("band-by-reading", "27", {"score": "80", "reading": "eighty-points"}, "satisfactory")
    assert told(step, "en", SJC) == (
        "The act prints no range for 80; by the reading “grade of eighty points” "
        "the grade is “satisfactory” (cl. 27)."
    )


def test_a_competency_names_the_indicators_that_were_missing() -> None:
    (step,) = (step for act, step in every_step() if act is ARYS and step.value == "does-not-meet")
    assert ARYS.competencies is not None
    printed = ARYS.competencies.competencies["integrity"].indicators["B"]
    for language in LANGUAGES:
        assert printed[1] in explain_step(step, ARYS, language)
        assert printed[5] in explain_step(step, ARYS, language)
        assert printed[0] not in explain_step(step, ARYS, language)


def test_a_kind_of_breach_that_only_this_act_has_is_quoted() -> None:
    inputs = {"kind": "secrecy", "count": "2", "each": "3"}
    assert told(Step("penalty", "20", inputs, "6"), "en", SJC) == (
        "2 breaches of the kind “secrecy”, at 3 each, make a penalty of 6 (cl. 20)."
    )


@pytest.mark.parametrize(("language", "weight"), [("kk", "0,4"), ("ru", "0,4"), ("en", "0.4")])
def test_weights_are_told_as_numbers_of_the_language(language: Language, weight: str) -> None:
    assert weight in reading_text("annual-weights", "0.4/0.6", language)
