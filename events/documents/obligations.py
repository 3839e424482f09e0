"""The terms of one assessment as the clock marked them last: what is owed of it, kept, missed."""

from collections.abc import Mapping
from datetime import date

import msgspec

from events.envelope import Event
from events.vocabulary.obligation import TermMark, TermsMarked


class Obligations(msgspec.Struct, frozen=True):
    """Of each term, by its code, the last mark; `form` is None for a year that no sheet is issued for."""

    employee: str
    position: str
    period: str
    form: str | None = None
    terms: Mapping[str, TermMark] = {}
    marked_on: date | None = None


def evolve(document: Obligations | None, event: Event) -> Obligations:
    """The obligations after one more event."""
    employee, position, period, form = event.document.key
    current = document or Obligations(employee, position, period, form or None)
    data = event.data
    if not isinstance(data, TermsMarked):
        return current
    marks = {mark.term: mark for mark in data.terms}
    return msgspec.structs.replace(current, terms={**current.terms, **marks}, marked_on=data.on)
