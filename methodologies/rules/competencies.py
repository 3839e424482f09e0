"""The competencies of a year, version 1: which of a group's behavioural indicators were shown."""

from fractions import Fraction

import msgspec

from events.documents import Assessment
from events.documents.employment import Tenure
from methodologies.act import Act
from methodologies.model.strands import Competencies
from methodologies.rules.steps import Step

MEETS = "meets"
DOES_NOT_MEET = "does-not-meet"


class Result(msgspec.Struct, frozen=True):
    """A competency: how many of its indicators were shown, of how many; the numbers of the others."""

    competency: str
    shown: int
    of: int
    result: str
    missing: tuple[int, ...]


class Working(msgspec.Struct, frozen=True):
    """The competencies of a servant, in the act's order, by the group that his category belongs to."""

    category: str
    group: str
    results: tuple[Result, ...]


def asked_of(act: Act, tenure: Tenure) -> tuple[str, ...]:
    """The competencies a servant is assessed on: some only where he serves the public (annex 3, note)."""
    return _rule(act).asked_of(serves_public=tenure.serves_public)


def unassessed_competencies(act: Act, tenure: Tenure, assessment: Assessment) -> tuple[str, ...]:
    """The competencies that a servant is assessed on and nobody assessed yet, in the act's order."""
    rule = _rule(act)
    assessed = {rule.code_of(one.competency) for one in assessment.competencies}
    return tuple(code for code in asked_of(act, tenure) if code not in assessed)


def work_out(act: Act, tenure: Tenure, assessment: Assessment) -> Working:
    """The result of each competency assessed (`arys-2022` cl. 26-27).

    Those that the servant is not assessed on are left out. LookupError when no group names his category.
    """
    rule = _rule(act)
    group = rule.group_of(tenure.category, heads_unit=tenure.heads_unit)
    if group is None:
        raise LookupError(f"no group of indicators names the category {tenure.category}")
    marks = {rule.code_of(one.competency): one for one in assessment.competencies}
    results = []
    for code in asked_of(act, tenure):
        mark = marks.get(code)
        if mark is not None:
            of = rule.competencies[code].count(group)
            missing = tuple(sorted(mark.missing))
            results.append(Result(code, mark.shown, of, _result(rule, mark.shown, of), missing))
    return Working(tenure.category, group, tuple(results))


def _rule(act: Act) -> Competencies:
    assert act.competencies is not None, "the loader refuses an act of this family without competencies"
    return act.competencies


def _result(rule: Competencies, shown: int, of: int) -> str:
    return MEETS if Fraction(shown, of) >= rule.threshold.ratio else DOES_NOT_MEET


def steps(act: Act, working: Working) -> tuple[Step, ...]:
    """Each competency with its clause, after the group whose indicators apply."""
    rule = _rule(act)
    inputs = {"category": working.category, "group": working.group}
    group = Step("competency-group", rule.groups[working.group].clause, inputs, working.group)
    return group, *(_step(rule, working.group, one) for one in working.results)


def _step(rule: Competencies, group: str, one: Result) -> Step:
    inputs = {
        "competency": one.competency,
        "group": group,
        "shown": str(one.shown),
        "of": str(one.of),
        "threshold": rule.threshold.value,
        "missing": [str(number) for number in one.missing],
    }
    clause = f"{rule.threshold.clause}; {rule.competencies[one.competency].indicators_clause}"
    return Step("competency", clause, inputs, one.result)
