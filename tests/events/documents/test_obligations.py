"""The terms of an assessment as the clock marked them last."""

from datetime import date
from functools import reduce

from events.documents.obligations import Obligations, evolve
from events.vocabulary.obligation import TermMark, TermsMarked
from tests.ledger import given


def mark(term: str, state: str, met_on: date | None = None) -> TermMark:
    return TermMark(
        term=term, owes="evaluator", due=date(2026, 4, 20), clause="4", state=state, met_on=met_on
    )


def marked(*terms: TermMark, on: str, form: str | None = "annex-2") -> TermsMarked:
    return TermsMarked(
        employee="e-1",
        position="p-1",
        period="2026-Q1",
        form=form,
        on=date.fromisoformat(on),
        terms=list(terms),
    )


def after(*said: TermsMarked) -> Obligations:
    found = reduce(evolve, given(*said), None)
    assert found is not None
    return found


def test_the_last_mark_of_each_term_stands() -> None:
    kept = mark("quarter-assessed", "kept", date(2026, 4, 10))
    request = mark("calibration-request", "open")

    found = after(
        marked(mark("quarter-assessed", "open"), on="2026-04-01"), marked(kept, request, on="2026-04-14")
    )

    assert found.terms == {"quarter-assessed": kept, "calibration-request": request}
    assert (found.form, found.marked_on) == ("annex-2", date(2026, 4, 14))


def test_a_year_without_a_sheet_has_no_form() -> None:
    assert after(marked(mark("annual-formed", "open"), on="2027-01-01", form=None)).form is None
