"""Sheets issued: on the form that the act gives the servant, to the one who assesses him (cl. 16, 17)."""

from collections.abc import Callable, Mapping

from events.envelope import Fact, Refusal
from events.period import Period
from events.vocabulary import assessment as facts
from methodologies.act import Act
from methodologies.model.sheets import Evaluator, Form
from methodologies.rules.issuing import Issue, sheet_of
from services.deciding.situation import Situation, period_of

_POSTS: Mapping[Evaluator, str] = {"supervisor": "his supervisor", "unit-head": "the head of his unit"}


def _issued(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.SheetIssued)
    employment = situation.servant(data.employee, data.position)
    period = period_of(fact)
    act = situation.governing(period).act
    form = _form(act, data.form, period)
    issued = situation.assessment(fact.document).sheet(data.form)
    # What the clock issued first is the body's to issue still: it may not know of it yet.
    if issued is not None and (issued.is_signed or not issued.by_clock):
        raise Refusal("sheet-issued-already", field="data")
    # One who did not hold the position in the period is not assessed, which is derived, not refused.
    right = sheet_of(act, form.kind, employment, data.position, period)
    if right is not None:
        _check_form(data, right, period)
    _check_evaluator(data, right, right.clause if right else form.clause)
    return (fact,)


def _form(act: Act, code: str, period: Period) -> Form:
    form = act.forms.get(code)
    if form is None:
        raise Refusal.because(
            "unknown-form",
            f"The act {act.id}, which governs this period, has the forms {', '.join(act.forms)}.",
            "data.form",
        )
    if period.is_quarter != (form.kind == "quarterly"):
        raise Refusal.because(
            "wrong-period",
            f"Under cl. {form.clause} this form is for a"
            f" {'quarter' if form.kind == 'quarterly' else 'year'}.",
            "data.period",
        )
    return form


def _check_form(data: facts.SheetIssued, right: Issue, period: Period) -> None:
    if data.form != right.form:
        raise Refusal.because(
            "wrong-form",
            f"Under cl. {right.clause} one of this category and post is assessed for a"
            f" {'quarter' if period.is_quarter else 'year'} on the form {right.form}.",
            "data.form",
        )


def _check_evaluator(data: facts.SheetIssued, right: Issue | None, clause: str) -> None:
    if right is not None and right.evaluator is not None:
        if data.evaluator != right.evaluator:
            raise Refusal.because(
                "wrong-evaluator",
                f"Under cl. {clause} the sheet goes to {_POSTS[right.by]}, as the file names him.",
                "data.evaluator",
            )
    elif data.evaluator == data.employee:
        raise Refusal.because(
            "wrong-evaluator",
            f"Under cl. {clause} a superior assesses, never the servant himself.",
            "data.evaluator",
        )


DECIDERS: Mapping[type, Callable[[Fact, Situation], tuple[Fact, ...]]] = {facts.SheetIssued: _issued}
