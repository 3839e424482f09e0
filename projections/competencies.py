"""The competencies of a year: a strand of its own that decides development alone (`arys-2022` cl. 7)."""

import msgspec

from events.documents import Assessment
from events.period import parse_period
from methodologies.rules import competencies, decisions
from methodologies.rules.decisions import ANNULLED
from methodologies.rules.eligibility import tenure_in
from methodologies.rules.steps import GRADED
from projections.grade import CompetencyResult, Grade
from projections.sheets import awaited, still_open
from projections.view import LedgerView, not_assessed, opened

NO_GROUP = "category-without-group"


def competencies_grade(view: LedgerView, assessment: Assessment, *, explained: bool) -> Grade | None:
    """The competency results of a year's assessment; None while no such sheet was issued."""
    period = parse_period(assessment.period)
    forms = {code for code, form in view.governing(period).act.forms.items() if form.kind == "competencies"}
    sheet = next((sheet for sheet in assessment.sheets if sheet.form in forms), None)
    if sheet is None:
        return None
    decision = view.standing(assessment, sheet)
    law = view.governing(period, decision)
    rule = law.act.competencies
    if rule is None:
        return None
    blank = view.blank("competencies", law, (assessment.employee, assessment.position, assessment.period))
    ground = view.ground(law, assessment)
    if ground is not None:
        return not_assessed(blank, ground, explained=explained)
    tenure = tenure_in(view.employment(assessment.employee), assessment.position, period)
    if tenure is None or rule.group_of(tenure.category, heads_unit=tenure.heads_unit) is None:
        return opened(blank, NO_GROUP)
    missing = competencies.unassessed_competencies(law.act, tenure, assessment)
    reason = still_open(law.act, sheet, missing)
    if reason is not None:
        return opened(blank, reason)
    if decision is not None and decision.annulled:
        return opened(blank, ANNULLED)
    working = competencies.work_out(law.act, tenure, assessment)
    anew = {rule.code_of(code): result for code, result in decision.competencies.items()} if decision else {}
    return msgspec.structs.replace(
        blank,
        status=GRADED,
        flags=awaited(law.act, sheet, assessment.result(sheet.form)),
        results=tuple(
            CompetencyResult(one.competency, one.shown, one.of, anew.get(one.competency, one.result))
            for one in working.results
        ),
        steps=(
            *view.eligibility_steps(law, assessment),
            *competencies.steps(law.act, working),
            *(decisions.competency_steps(law.act, decision) if decision else ()),
        )
        if explained
        else (),
    )
