"""The acts on the command line: listed, told, compared."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from methodologies.loading import ActError, act_from_data, shipped
from methodologies.model.clause import LANGUAGES
from methodologies.outline.words import word
from services.cli import app

CLONES = "zhanakorgan-2026, pavlodar-2026"

MADE_UP = """
id = "made-up-2027"
extends = "typical-2025"
family = "score-sheet"
rule = "score-sheet/1"

[title]
kk = "Ойдан шығарылған әдістеме"
ru = "Выдуманная методика"
en = "A made-up methodology"

[body]
kk = "Ойдан шығарылған орган"
ru = "Выдуманный орган"
en = "A made-up body"

[source.wording]
kk = "translation"
ru = "translation"
en = "made-up-2027"

[life]
adopted = 2027-01-11

[life.in_force.basis]
kk = "Қол қойылған күні"
ru = "Со дня подписания"
en = "On the day it is signed"

[eligibility.workdays]
value = 20
clause = "5"
"""


@pytest.fixture
def acts(tmp_path: Path) -> Path:
    (tmp_path / "made-up-2027.toml").write_text(MADE_UP, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["methodologies", *arguments], env={"COLUMNS": "200"})


def said(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_every_shipped_act_is_listed():
    listed = said()

    assert [one["id"] for one in listed] == sorted(shipped())
    assert set(listed[0]) == {"id", "title", "family", "body", "life", "warnings"}


@pytest.mark.parametrize(
    ("identity", "life", "warnings"),
    [
        (
            "sjc-2017",
            "adopted: 17 February 2017; day of the ending act: 14 March 2018",
            [
                "The act was ended by an act adopted: 14 March 2018",
                "The law behind the act ends: 1 July 2026",
                "The day it took effect is not known",
            ],
        ),
        (
            "health-2025",
            "in force on: 22 September 2025",
            ["The law behind the act ends: 1 July 2026", "Part of it is inferred from other acts"],
        ),
    ],
)
def test_the_list_tells_of_life_and_warns(identity, life, warnings):
    (found,) = [one for one in said() if one["id"] == identity]

    assert (found["life"], found["warnings"]) == (life, warnings)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_act_is_told_in_the_language_asked_for(lang):
    told = run("show", "pavlodar-2026", "--lang", lang)

    assert told.exit_code == 0
    assert shipped()["pavlodar-2026"].title.in_(lang) in " ".join(told.output.split())
    assert all(word("section", key, lang) in told.output for key in ("terms", "readings", "faults"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_list_is_told_in_the_language_asked_for(lang):
    told = " ".join(run("--lang", lang).output.split())

    assert all(act.title.in_(lang) in told for act in shipped().values())


def test_the_list_for_people_names_every_act_and_its_warnings():
    told = run().output

    assert all(f"{identity}  " in told for identity in shipped())
    assert (told.count("Part of it is inferred"), told.count("All of it is inferred")) == (1, 1)


def test_an_act_is_told_with_figures_clauses_and_reasons():
    told = said("show", "zhanakorgan-2026")
    rows = {row["key"]: row for section in told["sections"] for row in section["rows"]}

    assert rows["eligibility.workdays"] == {
        "key": "eligibility.workdays",
        "label": "least days worked in the period",
        "value": "15",
        "clause": "5",
        "note": None,
        "inferred_from": [],
    }
    assert rows["readings.rounding"]["note"] == shipped()["zhanakorgan-2026"].readings["rounding"].reason.en
    assert "faults.calls-itself-typical" in rows


def test_what_health_infers_is_told():
    told = said("show", "health-2025")
    (inferred,) = [section for section in told["sections"] if section["key"] == "inferred"]

    (panel,) = [section for section in told["sections"] if section["key"] == "panel"]

    assert {row["key"]: row["value"] for row in inferred["rows"]}["inferred.panel"] == CLONES
    assert {", ".join(row["inferred_from"]) for row in panel["rows"]} == {CLONES}
    assert "inferred from: " + CLONES in " ".join(run("show", "health-2025").output.split())


def test_two_acts_are_compared_clause_by_clause():
    told = said("diff", "zhanakorgan-2026", "pavlodar-2026")
    found = {(one["first"] or one["second"])["key"]: one for one in told["differences"]}

    assert (told["first"], told["second"]) == ("zhanakorgan-2026", "pavlodar-2026")
    assert found["terms.calibration-request"]["how"] == "differs"
    assert found["terms.calibration-request"]["first"]["clause"] == "10"
    assert found["substitution.secondment"]["first"] is None
    assert run("diff", "zhanakorgan-2026", "pavlodar-2026").exit_code == 0


def test_an_act_without_a_difference_says_so():
    assert run("diff", "sjc-2017", "sjc-2017").output == "Nothing differs.\n"


def test_acts_of_another_folder(acts):
    assert [one["id"] for one in said("--acts", str(acts))] == ["made-up-2027"]
    assert said("show", "made-up-2027", "--acts", str(acts))["title"] == "A made-up methodology"

    found = said("diff", "typical-2025", "made-up-2027", "--acts", str(acts))["differences"]
    assert [(one["first"] or one["second"])["key"] for one in found if one["section"] != "act"] == [
        "eligibility.workdays",
        "inferred.*",
    ]


def test_an_act_nobody_knows_is_a_mistake_of_the_caller():
    result = run("show", "nowhere-1999")

    assert result.exit_code == 2
    assert "nowhere-1999 is not among" in " ".join(result.output.split())


def test_a_bad_file_is_refused_with_file_key_and_expectation(acts):
    (acts / "bad.toml").write_text(
        MADE_UP.replace('"made-up-2027"', '"bad"').replace("value = 20", 'value = "x"')
    )

    result = run("--acts", str(acts))

    assert result.exit_code == 1
    assert isinstance(result.exception, ActError)
    assert (result.exception.file, result.exception.key) == ("bad.toml", "eligibility.workdays.value")


def test_the_published_text_says_where_the_law_of_today_is() -> None:
    hint = "--revision in-force shows what is the law now"

    assert hint in " ".join(run("show", "pavlodar-2026").output.split())
    assert hint not in run("show", "pavlodar-2026", "--json").output


def test_revisions_are_the_ledgers_and_not_a_folders(acts) -> None:
    result = run("show", "made-up-2027", "--acts", str(acts), "--revision", "1")

    assert result.exit_code == 2
    assert "not of --acts" in " ".join(result.output.split())


def test_an_act_shown_as_data_can_be_published_as_it_is() -> None:
    result = CliRunner().invoke(app, ["methodologies", "show", "pavlodar-2026", "--data"])

    assert act_from_data(json.loads(result.stdout)) == shipped()["pavlodar-2026"]
