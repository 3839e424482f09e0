"""A grade explained as a page of text: whose, under which act, what came out, and every step to it."""

from collections.abc import Iterator

from methodologies.act import Act
from methodologies.explanations import explain_step, flag_text, reading_text, reading_title, reason_text
from methodologies.explanations.catalogue import template
from methodologies.explanations.figures import number, period
from methodologies.model.clause import Language
from methodologies.registry import Law
from methodologies.rules.steps import GRADED, NOT_ASSESSED
from projections.grade import Grade


def page(grade: Grade, law: Law, language: Language) -> Iterator[str]:
    """The explanation in a language, line by line; the grade must carry its steps.

    Raises UnexplainedError for a step that has no sentence.
    """
    revision = law.methodologies[grade.methodology].revisions[grade.revision]
    act = revision.act
    yield template("page.subject", language).format(
        body=grade.body,
        employee=grade.employee,
        position=grade.position,
        period=period(grade.period, language),
    )
    yield template("page.act" if act.number else "page.act-without-number", language).format(
        title=act.title.in_(language), number=act.number, act=act.id, revision=grade.revision
    )
    yield _result(grade, act, language)
    if grade.steps:
        yield ""
        yield template("page.steps", language)
        for at, step in enumerate(grade.steps, start=1):
            yield f"  {at}. {explain_step(step, act, language)}"
    if grade.flags:
        yield ""
        yield template("page.flags", language)
        for flag in grade.flags:
            yield f"  - {flag_text(flag, language)}"
    if grade.status == GRADED:
        yield ""
        yield template("page.readings", language)
        for name, choice in grade.readings.items():
            yield f"  - {reading_title(name, language)}: {reading_text(name, choice, language)}"


def _result(grade: Grade, act: Act, language: Language) -> str:
    if grade.status == NOT_ASSESSED:
        return template("page.not-assessed", language)
    if grade.status != GRADED:
        reason = reason_text(grade.reason or "incomplete", language)
        return template("page.open", language).format(reason=reason)
    if grade.score is None or grade.grade is None:
        return template("page.competencies", language)
    return template("page.result", language).format(
        score=number(grade.score, language), grade=act.grades[grade.grade].title.in_(language)
    )
