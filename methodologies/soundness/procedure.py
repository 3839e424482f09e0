"""Terms are either printed days or counted ones, and what names a term names one the act has."""

from collections.abc import Iterator

from events.vocabulary import TYPES
from methodologies.act import Act
from methodologies.model.procedure import MOMENTS, Term


def of_procedure(act: Act) -> Iterator[tuple[str, str]]:
    """Terms that cannot be computed, names of terms, readings and grades that the act does not have."""
    for code, term in act.terms.items():
        yield from _of_term(f"terms.{code}", term)
    if act.eligibility.tenure.reading not in act.readings:
        yield "eligibility.tenure.reading", "expected a reading of the act"
    for key, named in _named_terms(act):
        if named is not None and named not in act.terms:
            yield key, "expected a term of the act"
    for code, one in act.consequences.items():
        if not set(one.grades) <= set(act.grades):
            yield f"consequences.{code}.grades", f"expected grades among {', '.join(act.grades)}"


def _of_term(key: str, term: Term) -> Iterator[tuple[str, str]]:
    if (term.count is None) != (term.unit is None) or bool(term.fixed) == (term.count is not None):
        yield key, "expected either `fixed` days or a `count` with its `unit`"
    elif term.count is not None and (term.since is None) == (term.before is None):
        yield key, "expected either `since` or `before`, the event it is counted from"
    for field, named in (("since", term.since), ("before", term.before), ("met_by", term.met_by)):
        if named is not None and named not in TYPES and named not in MOMENTS:
            yield f"{key}.{field}", f"expected a type of fact or one of {', '.join(MOMENTS)}"
    for place, day in enumerate(term.fixed):
        if (day.of == "year") != (day.month is not None):
            yield f"{key}.fixed[{place}]", "expected a `month` for a day of the year, and only there"
    if term.fixed and term.fixed[-1].only_quarter is not None:
        yield f"{key}.fixed", "expected a last day for every other quarter"


def _named_terms(act: Act) -> Iterator[tuple[str, str | None]]:
    if act.eligibility.absence is not None:
        yield "eligibility.absence.term", act.eligibility.absence.term
    if act.eligibility.dismissed is not None:
        yield "eligibility.dismissed.term", act.eligibility.dismissed.term
    if act.delivery.refusal is not None:
        yield "delivery.refusal.term", act.delivery.refusal.term
    for place, appeal in enumerate(act.appeals):
        yield f"appeals[{place}].term", appeal.term
    for code, one in act.consequences.items():
        yield f"consequences.{code}.term", one.term
