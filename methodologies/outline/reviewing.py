"""Who reviews a result: the panel, the commission, appeals; and what follows from a grade."""

from methodologies.model.procedure import Commission
from methodologies.outline.rows import Row
from methodologies.outline.teller import Rows, Teller


def of_panel(tell: Teller) -> Rows:
    panel = tell.act.panel
    if panel is None:
        return
    yield tell.row("panel.decided_by", "decided-by", tell.word("who", panel.decided_by), panel.clause)
    yield from tell.figure("panel.least_members", "least-members", panel.least_members)
    yield from tell.figure("panel.odd", "odd", panel.odd)
    yield tell.row("panel.excluded", "excluded", tell.words("who", panel.excluded), panel.excluded_clause)
    yield from tell.figure("panel.evaluators", "evaluators", panel.evaluators)
    yield from tell.figure("panel.hr_members", "hr-members", panel.hr_members)
    yield tell.row("panel.argued_by", "argued-by", tell.words("who", panel.argued_by), panel.argued_clause)
    directions = tell.words("direction", panel.directions)
    yield tell.row("panel.directions", "directions", directions, panel.directions_clause)
    yield from tell.figure("panel.majority", "majority", panel.majority)
    feedback = tell.words("feedback", panel.feedback)
    yield tell.row("panel.feedback", "feedback", feedback, panel.feedback_clause)


def of_commission(tell: Teller) -> Rows:
    commission = tell.act.commission
    if commission is None:
        return
    yield tell.row("commission", "created", tell.yes(commission), commission.clause)
    yield from tell.figure("commission.least_members", "least-members", commission.least_members)
    yield from tell.figure("commission.quorum", "quorum", commission.quorum)
    yield from tell.figure("commission.open_vote", "open-vote", commission.open_vote)
    yield from tell.figure("commission.majority", "majority", commission.majority)
    chair = tell.word("who", commission.tie_decided_by)
    yield tell.row("commission.tie_decided_by", "tie", chair, commission.tie_clause)
    votes = tell.yes(commission.secretary_votes)
    yield tell.row("commission.secretary_votes", "secretary", votes, commission.secretary_clause)
    replaced = tell.text(commission.replaced_by)
    yield tell.row("commission.replaced_by", "replaced-by", replaced, commission.replaced_clause)
    yield tell.row("commission.reviews", "reviews", tell.words("kind", commission.reviews), commission.clause)
    yield from _decisions(tell, commission)


def _decisions(tell: Teller, commission: Commission) -> Rows:
    decisions = tell.words("decision", commission.decisions)
    yield tell.row("commission.decisions", "decisions", decisions, commission.decisions_clause)
    explained = tell.yes(commission.revision_explained)
    yield tell.row("commission.revision_explained", "explained", explained, commission.revision_clause)
    if commission.approved_by is not None:
        approver = tell.word("who", commission.approved_by)
        yield tell.row("commission.approved_by", "approved-by", approver, commission.approved_clause)


def of_appeals(tell: Teller) -> Rows:
    for one in tell.act.appeals:
        parts = []
        if one.term is not None:
            term = tell.act.terms.get(one.term)
            parts.append(one.term if term is None else tell.text(term.title))
        if one.outcomes:
            parts.append(tell.labelled("outcomes", tell.words("decision", one.outcomes)))
        yield Row(
            f"appeals.{one.to}", tell.word("appeal", one.to), "; ".join(parts) or tell.yes(one), one.clause
        )


def of_consequences(tell: Teller) -> Rows:
    for code, one in tell.act.consequences.items():
        parts = [tell.words("kind", one.kinds)]
        if one.grades:
            parts.append(tell.labelled("follows", tell.grades(one.grades)))
        if one.years_running is not None:
            parts.append(tell.labelled("years-running", tell.number(one.years_running)))
        if one.term is not None and one.term in tell.act.terms:
            parts.append(tell.text(tell.act.terms[one.term].title))
        yield Row(f"consequences.{code}", tell.text(one.title), "; ".join(parts), one.clause)
