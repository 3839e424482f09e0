"""Work plans, their targets and the competencies of a year (`sjc-2017`, `arys-2022`)."""

from collections.abc import Callable, Mapping

from events.documents.assessment import Sheet
from events.documents.plan import Plan as WorkPlan
from events.envelope import Fact, Refusal
from events.vocabulary import Name
from events.vocabulary import plan as plans
from events.vocabulary.assessment import CompetencyAssessed, TargetAssessed
from methodologies.act import Act
from methodologies.model.clause import clause_text
from methodologies.model.sheets import Kind
from methodologies.model.strands import Plan
from methodologies.rules.eligibility import tenure_in, tenures_in
from services.deciding.situation import Situation, period_of


def _agreed(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, plans.PlanAgreed)
    situation.servant(data.employee, data.position)
    law = situation.governing(period_of(fact))
    rule = _plan_rule(law.act)
    _check_number(rule, len(data.targets))
    if len({str(target.target) for target in data.targets}) != len(data.targets):
        raise Refusal("duplicate-target", field="data.targets")
    measurable = sum(target.measurable for target in data.targets)
    needed = len(data.targets)
    if law.readings.get("measurable-targets") == "half":
        needed = (needed + 1) // 2
    if measurable < needed:
        raise Refusal.because(
            "targets-not-measurable",
            f"Under cl. {rule.criteria_clause} at least {needed} of these targets are measurable"
            " (reading measurable-targets).",
            "data.targets",
        )
    _check_sheet_open(fact, situation, law.act)
    return (fact,)


def _check_sheet_open(fact: Fact, situation: Situation, act: Act) -> None:
    """A plan is not changed once the sheet that was filled in by it is signed."""
    forms = {code: form for code, form in act.forms.items() if form.kind == "annual"}
    sheets = situation.assessment(Name("assessment", fact.document.key)).sheets
    signed = next((forms[one.form] for one in sheets if one.is_signed and one.form in forms), None)
    if signed is not None:
        raise Refusal.because(
            "sheet-signed",
            f"{_under(signed.clause)} the sheet says how the targets of this plan came out.",
            "data",
        )


def _plan_rule(act: Act) -> Plan:
    if act.plan is None:
        raise Refusal.because(
            "not-in-act",
            f"The act {act.id}, which governs this year, has no work plan.",
            "type",
        )
    return act.plan


def _check_number(rule: Plan, number: int) -> None:
    least = rule.least_targets.value if rule.least_targets else 1
    most = rule.most_targets.value
    if not least <= number <= most:
        wanted = f"exactly {most}" if least == most else f"{least} to {most}"
        raise Refusal.because(
            "wrong-number-of-targets",
            f"Under cl. {rule.most_targets.clause} a plan has {wanted} targets.",
            "data.targets",
        )


def _returned(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    """Whoever submits it again agrees it again; the two working days for it refuse nothing (cl. 12)."""
    data = fact.data
    assert isinstance(data, plans.PlanReturned)
    _agreed_plan(fact, situation)
    act = situation.governing(period_of(fact)).act
    rule = _approving(act)
    if not data.reason.strip():
        raise Refusal.because(
            "missing-field",
            f"{_under(rule.criteria_clause)} a plan is returned for targets that are not as they must be:"
            " the reason says which.",
            "data.reason",
        )
    _check_sheet_open(fact, situation, act)
    return (fact,)


def _approved(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, plans.PlanApproved)
    plan = _agreed_plan(fact, situation)
    rule = _approving(situation.governing(period_of(fact)).act)
    if plan.approved_by is not None:
        raise Refusal("plan-approved-already", field="data")
    _check_approver(fact, situation, data.by, rule)
    return (fact,)


def _approving(act: Act) -> Plan:
    rule = _plan_rule(act)
    if rule.approved_by is None:
        raise Refusal.because("not-in-act", f"Under the act {act.id} nobody approves a work plan.", "type")
    return rule


def _check_approver(fact: Fact, situation: Situation, by: str, rule: Plan) -> None:
    """The superior of the supervisor, where the file names one; where it does not, anyone above the servant.

    A supervisor with nobody above him is the first head, who approves himself (`arys-2022` cl. 11).
    """
    employee, position, _ = fact.document.key
    held = tenures_in(situation.employment(employee), position, period_of(fact))
    superior = held[-1].superior if held else None
    if by == employee or (superior and by != superior):
        clauses = "; ".join(clause for clause in (rule.approved_clause, rule.first_head_clause) if clause)
        raise Refusal.because(
            "wrong-approver",
            f"{_under(clauses)} the superior of the servant's supervisor approves his plan, as the file"
            " names him.",
            "data.by",
        )


def _monitored(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, plans.PlanMonitored)
    plan = _agreed_plan(fact, situation)
    act = situation.governing(period_of(fact)).act
    rule = _plan_rule(act)
    if rule.monitored is None:
        raise Refusal.because("not-in-act", f"Under the act {act.id} no plan is monitored.", "type")
    year, dash, _ = str(data.quarter).partition("-")
    if dash and year != plan.year:
        raise Refusal.because("wrong-period", f"The plan is for {plan.year}.", "data.quarter")
    if not data.recommendations.strip():
        raise Refusal.because(
            "missing-field",
            f"{_under(rule.monitored_clause or rule.clause)} the supervisor recommends in writing after each"
            " quarter.",
            "data.recommendations",
        )
    return (fact,)


def _agreed_plan(fact: Fact, situation: Situation) -> WorkPlan:
    employee, position, _ = fact.document.key
    situation.servant(employee, position)
    plan = situation.plan(fact.document)
    if plan is None or not plan.agreed:
        raise Refusal("unknown-plan", field="data")
    return plan


def _under(clause: str) -> str:
    return f"Under {clause_text(clause, 'en')}"


def _target_assessed(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, TargetAssessed)
    act = situation.governing(period_of(fact)).act
    rule = _plan_rule(act)
    _open_sheet(fact, situation, act, "annual")
    plan = situation.plan(fact.document)
    if plan is None or plan.target(str(data.target)) is None:
        raise Refusal("unknown-target", field="data.target")
    marks = {int(mark.mark): mark.clause for mark in rule.marks.values()}
    if marks and data.mark not in marks:
        raise Refusal.because(
            "mark-out-of-range",
            f"A target's mark is one of {', '.join(map(str, sorted(marks)))}.",
            "data.mark",
        )
    if not marks and data.met is None:
        raise Refusal.because(
            "missing-field",
            "Under this act a target is met or not: the field data.met is required.",
            "data.met",
        )
    return (fact,)


def _open_sheet(fact: Fact, situation: Situation, act: Act, kind: Kind) -> Sheet:
    form = next((form for form, one in act.forms.items() if one.kind == kind), None)
    if form is None:
        raise Refusal.because("not-in-act", f"The act {act.id} has no form for this.", "type")
    return situation.open_sheet(fact, form)


def _competency_assessed(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, CompetencyAssessed)
    period = period_of(fact)
    act = situation.governing(period).act
    rule = act.competencies
    if rule is None:
        raise Refusal.because(
            "not-in-act",
            f"The act {act.id} assesses no competencies.",
            "type",
        )
    _open_sheet(fact, situation, act, "competencies")
    tenure = tenure_in(situation.servant(data.employee, data.position), data.position, period)
    group = rule.group_of(tenure.category, heads_unit=tenure.heads_unit) if tenure else None
    code = rule.code_of(str(data.competency))
    if tenure is None or code is None or code not in rule.asked_of(serves_public=tenure.serves_public):
        raise Refusal("unknown-competency", field="data.competency")
    if group is None:
        raise Refusal("unknown-category", field="data.employee")
    count = rule.competencies[code].count(group)
    missing = set(data.missing)
    if data.shown + len(data.missing) != count or not missing <= set(range(1, count + 1)):
        raise Refusal.because(
            "indicators-do-not-add-up",
            f"Shown and missing indicators together make the {count} of the group.",
            "data.missing",
        )
    if len(missing) != len(data.missing):
        raise Refusal.because(
            "indicators-do-not-add-up",
            "An indicator is named as missing once.",
            "data.missing",
        )
    return (fact,)


DECIDERS: Mapping[type, Callable[[Fact, Situation], tuple[Fact, ...]]] = {
    plans.PlanAgreed: _agreed,
    plans.PlanReturned: _returned,
    plans.PlanApproved: _approved,
    plans.PlanMonitored: _monitored,
    TargetAssessed: _target_assessed,
    CompetencyAssessed: _competency_assessed,
}
