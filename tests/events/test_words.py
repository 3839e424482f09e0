"""The words that facts choose from are those that the shipped acts name."""

import pytest

from events.json_schema import fact_schema
from events.vocabulary import words
from events.vocabulary.words import SANCTIONS
from methodologies.loading import shipped

ACTS = shipped()
DEFINED = fact_schema()["$defs"]


def examples(of: object) -> set[str]:
    (meta,) = of.__metadata__  # type: ignore[attr-defined]
    return set(meta.examples)


def test_the_sanctions_are_those_that_caps_are_set_for():
    assert words.SANCTIONS == SANCTIONS


def test_the_acts_are_the_shipped_ones():
    assert examples(words.ActId) == set(ACTS)


def test_the_forms_and_breaches_are_those_of_the_acts():
    assert examples(words.FormCode) == {form for act in ACTS.values() for form in act.forms}
    assert examples(words.Breach) == {
        kind for act in ACTS.values() if act.points for kind in act.points.breaches
    }


def test_the_categories_hold_those_by_which_an_act_groups_or_assigns():
    named = {one for act in ACTS.values() for each in act.assignments for one in each.categories or ()}
    groups = [act.competencies.groups.values() for act in ACTS.values() if act.competencies]
    named |= {one for each in groups for group in each for one in group.categories}
    assert examples(words.Category) >= named


@pytest.mark.parametrize(
    ("type_", "field", "closed"),
    [
        ("DisciplineRecorded", "sanction", words.SANCTIONS),
        ("EvaluatorReplaced", "ground", words.REPLACING),
        ("EvaluatorAdded", "ground", words.ADDING),
        ("AppealResolved", "outcome", words.OUTCOMES),
        ("Member", "role", words.ROLES),
    ],
)
def test_a_closed_list_is_an_enum_of_the_schema(type_, field, closed):
    assert DEFINED[type_]["properties"][field]["enum"] == list(closed)


@pytest.mark.parametrize(
    ("type_", "field"),
    [("LeaveTaken", "kind"), ("EmployeeAppointed", "category"), ("ResultDelivered", "channel")],
)
def test_an_open_list_is_told_as_examples_and_binds_nobody(type_, field):
    told = DEFINED[type_]["properties"][field]
    assert told["examples"]
    assert "enum" not in told
