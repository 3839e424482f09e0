"""An extract of a result: what the law on access to information lets out, or for a court everything.

Only what is restricted is withheld; the calculation, the act and its clauses, grades and marks stay.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

import msgspec

from events.envelope import Event
from events.period import Period
from events.vocabulary.commission import VoteCast
from methodologies.model.clause import Language
from methodologies.model.text import Text
from methodologies.registry import Law
from projections.grade import Grade
from projections.history import Entry, tell
from projections.history.said import Coded, Counted, Owed, Verdict
from services.history import Recorded

Ground = Literal["access-to-information", "court"]

PEOPLE: Final = "people"
TEXTS: Final = "texts"
VOTES: Final = "votes"

WITHHELD: Final = "[…]"
"""Stands in the place of what is withheld."""

_PAPERS: Final = frozenset({"annual", "assessment", "calibration", "commission", "plan"})
# What is not listed is withheld: a field that is added later does not slip out.
_PEOPLE: Final = frozenset(
    {"by", "employee", "evaluator", "in_", "member", "members", "out", "position", "present", "scorer"}
    | {"session", "to_employee", "viewer", "witnesses"}
)
_KEPT: Final = frozenset(
    {"cause", "channel", "choice", "competencies", "competency", "days", "digest", "due", "form", "from_body"}
    | {"grade", "ground", "indicator", "kind", "mark", "met", "methodology", "missing", "on"}
    | {"outcome", "parameter", "period", "points", "quarter", "quarters", "readings", "results"}
    | {"revision", "round", "score", "shown", "signed_on", "sits_on", "source_leaf", "source_seq", "target"}
    | {"to", "year"}
)
_WORDS_OF_STEPS: Final = _KEPT | {"body", "by", "category", "code", "group"}
"""Inputs of a step that hold no person's code: `by` is a panel, a commission or an appeal."""

_CLOSED: Final = (Coded, Counted, date, Decimal, int, Owed, Period, Text, Verdict)
"""Values that hold no free text."""


class Extract(msgspec.Struct, frozen=True):
    """An extract of what is known of one period: grades with their steps, and what led to them.

    `withheld` counts the places by kind (`people`, `texts`, `votes`); `clause` is the act's on secrecy, None
    where it prints none. `events` are objects with a sentence each.
    """

    body: str
    period: str
    ground: Ground
    basis: str
    employee: str | None
    grades: tuple[Grade, ...]
    events: tuple[Mapping[str, Any], ...]
    withheld: Mapping[str, int]
    clause: str | None
    law: Law


def extract(
    held: Recorded,
    found: tuple[tuple[Grade, Law], ...],
    period: str,
    said: tuple[Ground, str],
    lang: Language,
) -> Extract:
    """The extract on a ground and a paper: for a court all of it, else without what is restricted."""
    ground, basis = said
    law = found[0][1] if found else held.law
    entries = [one for one in held.history() if _is_of(one, period)]
    cutting = Cutting(held, is_whole=ground == "court")
    events = tuple(one for entry in entries if (one := cutting.event(entry, lang)) is not None)
    grades = tuple(cutting.grade(grade) for grade, _ in found)
    return Extract(
        body=held.body,
        period=period,
        ground=ground,
        basis=basis,
        employee=held.employee if cutting.is_whole else None,
        grades=grades,
        events=events,
        withheld=dict(sorted(cutting.withheld.items())),
        clause=_clause(grades, law),
        law=law,
    )


def _is_of(entry: Entry, period: str) -> bool:
    return entry.event.document.kind in _PAPERS and entry.period in {None, period}


def _clause(grades: tuple[Grade, ...], law: Law) -> str | None:
    for grade in grades:
        act = law.methodologies[grade.methodology].revisions[grade.revision].act
        if act.secrecy is not None:
            return act.secrecy.clause
    return None


class Cutting:
    """Takes out what is restricted, and counts it."""

    def __init__(self, held: Recorded, *, is_whole: bool) -> None:
        self.is_whole = is_whole
        self.withheld: Counter[str] = Counter()
        self._codes = {held.employee} | {code for event in held.events for code in _codes(event)}

    def grade(self, grade: Grade) -> Grade:
        """The grade with its calculation."""
        if self.is_whole:
            return grade
        steps = tuple(
            msgspec.structs.replace(
                step, inputs={name: self._input(name, one) for name, one in step.inputs.items()}
            )
            for step in grade.steps
        )
        self.withheld[PEOPLE] += 2
        return msgspec.structs.replace(grade, employee=WITHHELD, position=WITHHELD, steps=steps)

    def event(self, entry: Entry, lang: Language) -> dict[str, Any] | None:
        """What an event says, in fields and in a sentence; None where nothing of it is let out."""
        event = entry.event
        if not self.is_whole and isinstance(event.data, VoteCast) and event.data.session is None:
            # What the panel decided is told; the acts open no member's vote to others (cl. 22).
            self.withheld[VOTES] += 1
            return None
        told = entry if self.is_whole else self._cut(entry)
        if not self.is_whole:
            self.withheld[PEOPLE] += 1
        return {
            "seq": event.seq,
            "recorded_at": event.recorded_at,
            "occurred_on": event.occurred_on,
            "actor": event.actor if self.is_whole else WITHHELD,
            "type": event.type,
            "text": tell(told, lang),
            "data": msgspec.to_builtins(event.data) if self.is_whole else self._data(event),
        }

    def _data(self, event: Event) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for field in msgspec.structs.fields(event.data):
            value = getattr(event.data, field.name)
            if value is None:
                continue
            if field.name in _KEPT:
                shown[field.encode_name] = msgspec.to_builtins(value)
            else:
                self.withheld[PEOPLE if field.name in _PEOPLE else TEXTS] += 1
        return shown

    def _cut(self, entry: Entry) -> Entry:
        said = entry.said
        arguments = {name: self._value(name, one) for name, one in said.arguments.items()}
        details = {name: one for name, one in said.details.items() if self._value(name, one) is one}
        return msgspec.structs.replace(
            entry, said=msgspec.structs.replace(said, arguments=arguments, details=details)
        )

    def _value(self, name: str, value: Any) -> Any:
        """The value where it is one that is let out."""
        parts = value if isinstance(value, tuple) else (value,)
        closed = all(one is None or isinstance(one, _CLOSED) for one in parts)
        return value if name not in _PEOPLE and (closed or name in _KEPT) else WITHHELD

    def _input(self, name: str, value: Any) -> Any:
        is_code = isinstance(value, str) and value in self._codes and name not in _WORDS_OF_STEPS
        if name == "scorer" or is_code:
            self.withheld[PEOPLE] += 1
            return WITHHELD
        return value


def _codes(event: Event) -> set[str]:
    found = {event.actor}
    for name in _PEOPLE - {"members", "session"}:
        value = getattr(event.data, name, None)
        found |= set(value) if isinstance(value, list) else {value} if isinstance(value, str) else set()
    return found
