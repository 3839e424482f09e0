"""The measure of the rules grades something in every family and tells what it measured."""

import json

import pytest
from typer.testing import CliRunner

from methodologies.model.readings import FAMILIES
from services.cli import app


@pytest.fixture(scope="module")
def measured():
    arguments = ["bench", "rules", "--json", "--seconds", "0.1", "--employees", "20"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return {one["family"]: one for one in json.loads(result.stdout)}


def test_every_family_is_measured(measured):
    assert tuple(measured) == FAMILIES


@pytest.mark.parametrize("family", FAMILIES)
def test_grades_are_counted_with_and_without_steps(measured, family):
    found = measured[family]

    assert 0 < found["graded"] <= found["results"] < found["facts"]
    assert found["grades_per_s"] > 0
    assert found["explained_grades_per_s"] > 0
    assert found["steps_per_grade"] > 1
    assert 0 <= found["steps_share"] < 1
