"""A refusal says what to do: it names what the act or the vocabulary knows instead."""

import json
from typing import Any

import pytest

from events.envelope import Problem
from events.problems import KINDS
from events.vocabulary.words import REPLACING, SANCTIONS
from methodologies.loading import shipped
from services.offline import Ledgers, rejections
from tests.facts import (
    adopted,
    appointed,
    body_and_servant,
    fact,
    id_of,
    issued,
    ref,
    sanctioned,
    scored,
    under,
)


def refused(*lines: bytes) -> Problem:
    """The problem of the one refused line."""
    ((_, problem),) = rejections(Ledgers(), lines)
    return problem


def replaced(ground: str) -> bytes:
    """By another for each ground."""
    return fact("EvaluatorReplaced", {**ref(), "evaluator": f"by-{ground}", "ground": ground})


def test_an_unknown_sanction_is_told_the_kinds():
    problem = refused(*body_and_servant(), sanctioned("scolding", "2026-02-01"))

    assert (problem.code, problem.field) == ("unknown-sanction", "data.sanction")
    assert all(kind in problem.detail for kind in SANCTIONS)
    assert "scolding" not in problem.detail


def test_an_unknown_methodology_is_told_the_published_ones_and_that_a_new_fact_is_needed():
    lines = body_and_servant()
    problem = refused(*lines, adopted("typical-2026"))

    assert problem.code == "unknown-methodology"
    assert all(act in problem.detail for act in shipped())
    assert "under a new id" in problem.detail


def test_an_unknown_ground_is_told_the_grounds_and_a_known_one_is_taken():
    problem = refused(*body_and_servant(), issued(), replaced("illness"))

    assert (problem.code, problem.field) == ("unknown-ground", "data.ground")
    assert all(ground in problem.detail for ground in REPLACING)
    known = [*body_and_servant("pavlodar-2026"), issued(), *map(replaced, REPLACING)]
    assert list(rejections(Ledgers(), known)) == []


def test_an_unknown_form_is_told_the_forms_of_the_act():
    assert "annex-1, annex-2" in refused(*body_and_servant(), issued(form="points")).detail


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        ({"score": "5,0"}, "invalid-score", "one digit with at most two decimals"),
        ({"score": None}, "invalid-value", "Expected a score"),
        ({"comment": 5}, "invalid-value", "Expected text"),
        ({"comment": "x" * 9000}, "invalid-value", "its length <= 8192"),
        ({"mood": "good"}, "unknown-field", "docs/facts.md"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_does_not_fit_is_told_what_does(change: dict[str, Any], code: str, told: str):
    line = json.loads(scored("1", "4"))
    line["data"] |= change
    problem = refused(*body_and_servant(), issued(), json.dumps(line).encode())

    assert problem.code == code
    assert told in problem.detail
    assert problem.detail.endswith(KINDS[code].remedy)


def test_the_same_code_says_the_same_offline_as_at_the_intake():
    assert refused(appointed()).detail == KINDS["unknown-ledger"].sentence
    lines = body_and_servant()
    assert refused(*lines, under(id_of(lines[2]), appointed("e-2"))).detail == KINDS["id-reused"].sentence
