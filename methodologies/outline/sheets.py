"""The sheets, and who fills them in for whom."""

from methodologies.model.sheets import Assignment
from methodologies.outline.rows import Row
from methodologies.outline.teller import Rows, Teller


def of_forms(tell: Teller) -> Rows:
    for code, form in tell.act.forms.items():
        key = f"forms.{code}"
        value = f"{tell.text(form.title)} ({tell.word('kind', form.kind)})"
        yield Row(key, f"{tell.word('label', 'form')} {code}", value, form.clause)
        for number, row in form.parameters.items():
            yield Row(f"{key}.{number}", f"{code}, {number}", tell.text(row.title), row.clause)
        if form.mean_clause is not None:
            label = f"{code}: {tell.word('label', 'mean')}"
            yield Row(f"{key}.mean", label, tell.yes(form), form.mean_clause)


def of_assignments(tell: Teller) -> Rows:
    for place, one in enumerate(tell.act.assignments):
        evaluator = tell.word("who", one.evaluator)
        if one.post is not None:
            evaluator = f"{evaluator} ({tell.text(one.post)})"
        value = f"{tell.labelled('form', one.form)}; {evaluator}"
        yield Row(f"assignments.{place}.{one.form}", _servants(tell, one), value, one.clause)


def _servants(tell: Teller, one: Assignment) -> str:
    named = [", ".join(one.categories)] if one.categories else []
    if one.managerial is not None:
        named.append(tell.word("label", "managers" if one.managerial else "not-managers"))
    if one.heads_unit is not None:
        named.append(tell.word("label", "unit-heads" if one.heads_unit else "not-unit-heads"))
    return "; ".join(named) or tell.word("label", "everybody-else")


def of_substitution(tell: Teller) -> Rows:
    for code, one in tell.act.substitution.items():
        value = tell.text(one.by)
        if one.over is not None:
            value = f"{value}; {tell.labelled('over', tell.number(one.over))}"
        yield Row(f"substitution.{code}", tell.word("ground", code), value, one.clause)
