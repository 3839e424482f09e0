"""A step or a ground as one sentence."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from methodologies.act import Act
from methodologies.explanations.catalogue import template
from methodologies.explanations.figures import day, number, period
from methodologies.explanations.names import reading_title, sanction_name
from methodologies.model.clause import Language, clause_text
from methodologies.rules.steps import Ground, Step


def _breach(kind: str) -> str:
    # An act of the same family may name kinds of breach of its own; they are quoted as it codes them.
    return kind if kind in {"execution", "discipline"} else "other"


_VARIANT: Mapping[str, Callable[[Step], str]] = {
    "announced": lambda step: str(step.inputs["rounding"]),
    "rounded": lambda step: str(step.inputs["rounding"]),
    "quarter": lambda step: "by-days" if "days" in step.inputs else "alone",
    "quarter-mean": lambda step: str(step.inputs["reading"]),
    "penalty": lambda step: _breach(str(step.inputs["kind"])),
    "target": lambda step: "met" if step.value else "missed",
    "competency": lambda step: str(step.value),
    "decided": lambda step: str(step.inputs["by"]),
}
"""Steps that are told in different sentences, and what tells them apart."""

_COUNTED: Mapping[str, str] = {
    "bonus": "result",
    "competency": "of",
    "mark-mean": "count",
    "penalty": "count",
    "quarter-mean": "count",
    "targets-met": "count",
    "tenure": "months",
    "tenure-too-short": "months",
    "too-few-workdays": "days",
    "workdays": "days",
    "workdays-unreported": "least",
}
"""The figure that decides the plural form of a step's sentence."""

_DAYS = frozenset({"since", "until", "period_end", "imposed_on"})
_NUMBERS = frozenset(
    {
        "base",
        "bonus",
        "ceiling",
        "count",
        "days",
        "each",
        "least",
        "mark",
        "met",
        "months",
        "of",
        "penalty",
        "plan",
        "plan_weight",
        "precision",
        "quarters",
        "quarters_weight",
        "score",
        "shown",
        "sum",
        "value",
    }
)
_NUMBERED_RESULTS = frozenset(
    {
        "announced",
        "base-points",
        "bonus",
        "cap-overall",
        "cap-parameter",
        "decided",
        "mark",
        "mark-mean",
        "mean",
        "penalty",
        "plan-mark",
        "plan-mean",
        "points",
        "quarter",
        "quarter-mean",
        "quarters-mark",
        "rounded",
        "targets-met",
        "year-mean",
        "year-weighted",
    }
)


def explain_step(step: Step, act: Act, language: Language) -> str:
    """The step as a sentence with its clause; titles and grades are the act's own.

    Raises UnexplainedError for a step that no rule takes.
    """
    variant = _VARIANT.get(step.rule)
    message = f"step.{step.rule}" + (f".{variant(step)}" if variant else "")
    counted = _COUNTED.get(step.rule)
    words = template(message, language, _count(step, counted) if counted else None)
    return words.format_map(_fields(step, act, language))


def explain_ground(ground: Ground, act: Act, language: Language) -> str:
    """Why there is no grade, with the figures it was judged by and its clause."""
    return explain_step(Step(ground.code, ground.clause, ground.inputs, value=False), act, language)


def _count(step: Step, counted: str) -> int:
    return int(Decimal(str(step.value if counted == "result" else step.inputs[counted])))


def _fields(step: Step, act: Act, language: Language) -> dict[str, str]:
    fields = {name: _input(step, name, value, language) for name, value in step.inputs.items()}
    fields["clause"] = clause_text(step.clause, language)
    if step.rule in _NUMBERED_RESULTS:
        fields["result"] = number(step.value, language)
    titles = _TITLES.get(step.rule)
    if titles is not None:
        fields |= titles(step, act, language)
    return fields


def _input(step: Step, name: str, value: Any, language: Language) -> str:
    if value is None:
        return ""
    if name in _DAYS:
        return day(value, language)
    if name in _NUMBERS:
        return number(value, language)
    if name == "period":
        return period(value, language)
    if name == "sanction":
        return sanction_name(str(value), language)
    if name == "reading" and step.rule == "band-by-reading":
        return reading_title(str(value), language)
    return str(value)


def _parameter(step: Step, act: Act, language: Language) -> dict[str, str]:
    code = str(step.inputs["parameter"])
    form = act.forms.get(str(step.inputs.get("form")))
    row = None if form is None else form.parameters.get(code)
    return {"title": code if row is None else row.title.in_(language)}


def _grade(step: Step, act: Act, language: Language) -> dict[str, str]:
    return _grade_titled(str(step.value), act, language)


def _quarters_grade(step: Step, act: Act, language: Language) -> dict[str, str]:
    return _grade_titled(str(step.inputs["grade"]), act, language)


def _grade_titled(code: str, act: Act, language: Language) -> dict[str, str]:
    grade = act.grades.get(code)
    return {"grade": code if grade is None else grade.title.in_(language)}


def _plan_mark(step: Step, act: Act, language: Language) -> dict[str, str]:
    meanings = () if act.plan is None else act.plan.marks.values()
    value = Decimal(str(step.value))
    title = next((one.title.in_(language) for one in meanings if one.mark == value), str(step.value))
    return {"title": title}


def _competency(step: Step, act: Act, language: Language) -> dict[str, str]:
    assert act.competencies is not None, "only an act with competencies takes this step"
    competency = act.competencies.competencies[str(step.inputs["competency"])]
    printed = competency.indicators[str(step.inputs["group"])]
    named = template("format.indicator", language)
    missing = (named.format(number=one, title=printed[int(one) - 1]) for one in step.inputs["missing"])
    return {
        "title": competency.title.in_(language),
        "verdict": act.competencies.results[str(step.value)].in_(language),
        "missing": "; ".join(missing),
    }


def _competency_decided(step: Step, act: Act, language: Language) -> dict[str, str]:
    assert act.competencies is not None, "only an act with competencies takes this step"
    rule = act.competencies
    named = str(step.inputs["competency"])
    return {
        "title": rule.competencies[rule.code_of(named) or named].title.in_(language),
        "verdict": rule.results[str(step.value)].in_(language),
    }


_TITLES: Mapping[str, Callable[[Step, Act, Language], dict[str, str]]] = {
    "band": _grade,
    "band-by-reading": _grade,
    "band-of-gap": _grade,
    "band-of-targets": _grade,
    "cap-parameter": _parameter,
    "competency": _competency,
    "competency-decided": _competency_decided,
    "mark": _parameter,
    "mark-mean": _parameter,
    "plan-mark": _plan_mark,
    "quarters-mark": _quarters_grade,
}
