"""What a sheet still lacks before it may be signed."""

from events.documents.assessment import Assessment, Sheet
from events.period import parse_period
from events.vocabulary import Name
from methodologies.act import Act
from methodologies.registry import Governing
from methodologies.rules import competencies, quarters_and_plan, targets
from methodologies.rules.eligibility import tenure_in
from methodologies.rules.score_sheet import missing_parameters
from services.deciding.situation import Situation


def what_is_missing(law: Governing, sheet: Sheet, situation: Situation, name: Name) -> str | None:
    """What the sheet lacks, in words; None when it is complete."""
    form = law.act.forms.get(sheet.form)
    if form is None:
        return "a form that the act in force prints"
    missing = missing_parameters(form, sheet)
    if missing:
        return f"marks for the parameters {', '.join(missing)}"
    if form.kind == "annual":
        return _targets_missing(law.act, situation, name)
    if form.kind == "competencies":
        return _competencies_missing(law.act, situation, situation.assessment(name))
    return None


def _targets_missing(act: Act, situation: Situation, name: Name) -> str | None:
    plan = situation.plan(name)
    if plan is None or not plan.agreed:
        return "a work plan"
    assessment = situation.assessment(name)
    by_marks = act.annual is not None
    missing = (
        quarters_and_plan.unmarked_targets(plan, assessment)
        if by_marks
        else targets.unassessed_targets(plan, assessment)
    )
    return f"assessments of the targets {', '.join(missing)}" if missing else None


def _competencies_missing(act: Act, situation: Situation, assessment: Assessment) -> str | None:
    employment = situation.employment(assessment.employee)
    tenure = tenure_in(employment, assessment.position, parse_period(assessment.period))
    if tenure is None:
        return None
    missing = competencies.unassessed_competencies(act, tenure, assessment)
    return f"assessments of the competencies {', '.join(missing)}" if missing else None
