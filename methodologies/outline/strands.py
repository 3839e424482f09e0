"""What single families have: the year, points, the plan, competencies."""

from methodologies.model.strands import Group, Plan
from methodologies.outline.rows import Row
from methodologies.outline.teller import Rows, Teller


def of_annual(tell: Teller) -> Rows:
    annual = tell.act.annual
    if annual is None:
        return
    yield tell.row("annual.method", "method", tell.word("method", annual.method), annual.clause)
    yield tell.row("annual.bands", "bands-used", tell.word("bands", annual.bands), annual.clause)
    if annual.quarters_clause is not None:
        yield tell.row("annual.quarters", "quarters", tell.yes(annual), annual.quarters_clause)
    if annual.plan_clause is not None:
        yield tell.row("annual.plan", "plan-part", tell.yes(annual), annual.plan_clause)
    if annual.weights is not None:
        value = f"{annual.weights}: {tell.act.readings[annual.weights].value}"
        yield tell.row("annual.weights", "weights", value, annual.weights_clause)


def of_points(tell: Teller) -> Rows:
    points = tell.act.points
    if points is None:
        return
    made_of = tell.words("label", ("base", "bonus", "penalty"))
    yield tell.row("points", "made-of", made_of, points.clause)
    yield from tell.figure("points.base", "base", points.base)
    least, most = tell.number(points.bonus_least.value), tell.number(points.bonus_most.value)
    clauses = dict.fromkeys((points.bonus_least.clause, points.bonus_most.clause))
    yield tell.row("points.bonus", "bonus", f"{least} – {most}", "; ".join(clauses))
    yield from tell.figure("points.penalty", "penalty", points.penalty)
    for kind, duty in points.breaches.items():
        yield tell.row(f"points.breaches.{kind}", "breach", tell.word("breach", kind), duty.clause)
    yield from tell.figure("points.evidence", "evidence", points.evidence)
    yield from tell.figure("points.scale_levels", "scale-levels", points.scale_levels)


def of_plan(tell: Teller) -> Rows:
    plan = tell.act.plan
    if plan is None:
        return
    yield tell.row("plan.drawn_up_by", "drawn-up", tell.words("who", plan.drawn_up_by), plan.clause)
    yield from tell.figure("plan.least_targets", "least-targets", plan.least_targets)
    yield from tell.figure("plan.most_targets", "most-targets", plan.most_targets)
    criteria = tell.words("criterion", plan.criteria)
    yield tell.row("plan.criteria", "criteria", criteria, plan.criteria_clause)
    yield from _approved(tell, plan)
    yield from tell.figure("plan.copies", "copies", plan.copies)
    for code, one in plan.marks.items():
        value = f"{tell.number(one.mark)}: {tell.text(one.title)}"
        yield tell.row(f"plan.marks.{code}", "target-mark", value, one.clause)


def _approved(tell: Teller, plan: Plan) -> Rows:
    if plan.approved_by is not None:
        approver = tell.word("who", plan.approved_by)
        yield tell.row("plan.approved_by", "approved-by", approver, plan.approved_clause)
    if plan.first_head_clause is not None:
        yield tell.row("plan.first_head", "first-head", tell.yes(plan), plan.first_head_clause)
    if plan.monitored is not None:
        often = tell.word("monitored", plan.monitored)
        yield tell.row("plan.monitored", "monitored", often, plan.monitored_clause)


def of_competencies(tell: Teller) -> Rows:
    rule = tell.act.competencies
    if rule is None:
        return
    kind = tell.word("kind", "competencies")
    asked = ", ".join(tell.text(one.title) for one in rule.competencies.values())
    yield Row("competencies", kind, asked, rule.clause)
    yield from tell.figure("competencies.threshold", "threshold", rule.threshold)
    yield from tell.figure("competencies.most_indicators", "most-indicators", rule.most_indicators)
    serving = ", ".join(tell.text(one.title) for one in rule.competencies.values() if one.serves_public)
    yield tell.row("competencies.serving", "serving", serving, rule.serving_clause)
    for code, text in rule.results.items():
        yield tell.row(f"competencies.results.{code}", "result", tell.text(text), rule.threshold.clause)
    for code, group in rule.groups.items():
        label = f"{tell.word('label', 'group')} {code}"
        yield Row(f"competencies.groups.{code}", label, _categories(tell, group), group.clause)


def _categories(tell: Teller, group: Group) -> str:
    named = (
        ("any-post", group.categories),
        ("heading-unit", group.heads),
        ("not-heading", group.others),
    )
    return "; ".join(tell.labelled(label, ", ".join(codes)) for label, codes in named if codes)


def of_indicators(tell: Teller) -> Rows:
    rule = tell.act.competencies
    if rule is None:
        return
    for code, one in rule.competencies.items():
        key, title = f"competencies.{code}", tell.text(one.title)
        counts = "; ".join(f"{group}: {one.count(group)}" for group in one.indicators)
        yield Row(key, title, counts, one.clause)
        for group, indicators in one.indicators.items():
            for number, indicator in enumerate(indicators, start=1):
                label = f"{title}, {group}, {number}"
                yield Row(f"{key}.{group}.{number}", label, indicator, one.indicators_clause)
