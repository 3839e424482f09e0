"""Terms in words: when, who owes it, what meets it."""

from methodologies.model.procedure import FixedDay, Term
from methodologies.outline.rows import Row
from methodologies.outline.teller import Rows, Teller
from methodologies.outline.words import day_of_year, span

_IN_YEAR = ("in-year", "in-next-year", "in-second-year")


def of_terms(tell: Teller) -> Rows:
    for code, term in tell.act.terms.items():
        parts = [_when(tell, term), tell.labelled(_bound(term), tell.word("who", term.owes))]
        if term.met_by is not None:
            parts.append(tell.labelled("met-by", tell.word("event", term.met_by)))
        parts.append(tell.word("missing", term.missing))
        if term.forms:
            parts.append(tell.labelled("form", ", ".join(term.forms)))
        yield Row(f"terms.{code}", tell.text(term.title), "; ".join(parts), term.clause)


def _bound(term: Term) -> str:
    return "right-of" if term.missing == "refuses" else "owes"


def _when(tell: Teller, term: Term) -> str:
    if term.count is None or term.unit is None:
        return "; ".join(_printed(tell, day) for day in term.fixed)
    counted = span(term.count, term.unit, tell.language)
    way = "after" if term.before is None else "before"
    event = tell.word("event", term.since or term.before or "")
    return tell.word("when", way).format(span=counted, event=event)


def _printed(tell: Teller, day: FixedDay) -> str:
    if day.month is not None:
        on = day_of_year(day.month, day.day or 1, tell.language)
        when = tell.word("when", _IN_YEAR[day.years_after]).format(day=on)
    else:
        later = "after-quarter" if day.months_after else "in-quarter"
        last = "end-after-quarter" if day.months_after else "end-of-quarter"
        template = tell.word("when", last if day.day is None else later)
        when = template.format(day=day.day, months=day.months_after)
    if day.only_quarter is None:
        return when
    return tell.word("when", "of-quarter").format(quarter=day.only_quarter, when=when)
