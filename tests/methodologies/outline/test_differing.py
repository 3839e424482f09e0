"""What differs between two acts, clause by clause, by hand from domain knowledge of the clones."""

import pytest

from methodologies.loading import shipped
from methodologies.model.clause import LANGUAGES, Language
from methodologies.outline import difference

NAMES_THE_ACT = {"act", "inferred"}


@pytest.mark.parametrize("identity", sorted(shipped()))
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_act_does_not_differ_from_itself(identity: str, language: Language) -> None:
    assert difference(shipped()[identity], shipped()[identity], language) == ()


def told(first: str, second: str) -> list[str]:
    found = difference(shipped()[first], shipped()[second], "kk")
    return [f"{one.row.clause} {one.row.key} {one.how}" for one in found if one.section not in NAMES_THE_ACT]


def test_pavlodar_differs_from_zhanakorgan_in_these_clauses_and_no_other() -> None:
    assert told("zhanakorgan-2026", "pavlodar-2026") == [
        "annex 1, row 4 forms.annex-1.4 differs",
        "16 assignments.0.annex-1 differs",
        "3 substitution.secondment only-second",
        "3 substitution.first-head only-second",
        "6 eligibility.dismissed differs",
        "10 terms.calibration-request differs",
        "1; 16 faults.calls-itself-typical only-first",
        "2(3); 16 faults.e-3-in-one-place only-first",
        "annex 1, row 4 faults.discipline-of-the-evaluator only-second",
    ]


def test_the_other_way_round_the_sides_change() -> None:
    there = difference(shipped()["zhanakorgan-2026"], shipped()["pavlodar-2026"], "en")
    back = difference(shipped()["pavlodar-2026"], shipped()["zhanakorgan-2026"], "en")

    assert {(one.row.key, one.first, one.second) for one in there} == {
        (one.row.key, one.second, one.first) for one in back
    }


def test_health_differs_from_the_typical_text_in_clause_3_and_what_it_infers() -> None:
    assert told("typical-2025", "health-2025") == [
        "3 substitution.secondment only-second",
        "3 substitution.first-head only-second",
    ]


def test_acts_of_two_families_differ_by_whole_sections() -> None:
    found = difference(shipped()["zhanakorgan-2026"], shipped()["arys-2022"], "en")

    assert {one.how for one in found if one.section == "panel"} == {"only-first"}
    assert {one.how for one in found if one.section == "commission"} == {"only-second"}
    assert {one.how for one in found if one.section == "eligibility"} == {
        "differs",
        "only-first",
        "only-second",
    }
