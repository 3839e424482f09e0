"""The list of those whom a correction concerns, as a file for nobody but its owner."""

import csv
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

import msgspec

from events.vocabulary.assessment import AnnouncedResult
from methodologies.explanations import explain_step
from methodologies.model.clause import Language
from methodologies.registry import Law
from projections.consequences import Consequence
from projections.grade import Grade
from services.correcting.affected import Affected, Person
from services.correcting.proposal import Proposal
from services.correcting.tally import Tally

_OWNERS_ALONE: Final = 0o600
_COLUMNS: Final = (
    "body", "employee", "position", "kind", "period", "announced", "announced_score", "announced_grade",
    "score", "grade", "revision", "new_score", "new_grade", "new_revision", "fixed", "gained", "lost",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class Listing(Protocol):
    """Takes the people one by one, and what it came to at the end."""

    def add(self, person: Person) -> None: ...

    def close(self, tally: Tally) -> None: ...


@contextmanager
def listing(file: Path, proposal: Proposal, law: Law, language: Language) -> Iterator[Listing]:
    """A list written as JSON, or as CSV where the file's name ends in it; `law` holds every revision.

    What stood in the file before is gone.
    """
    with _opened(file) as stream:
        kind = CsvListing if file.suffix.lower() == ".csv" else JsonListing
        yield kind(stream, proposal, law, language)


class JsonListing:
    """One object: the correction, its people with their explanations before and after, and the tally."""

    def __init__(self, stream: TextIO, proposal: Proposal, law: Law, language: Language) -> None:
        self._stream = stream
        self._law = law
        self._language = language
        self._count = 0
        about = {
            "methodology": proposal.act.id,
            "revision": proposal.revision,
            "digest": proposal.digest,
            "scope": proposal.scope,
        }
        stream.write(f'{{"correction": {_json(about)},\n"people": [')

    def add(self, person: Person) -> None:
        entry = {
            "body": person.body,
            "employee": person.employee,
            "results": [self._result(one) for one in (*person.results, *person.fixed)],
            "gained": [_consequence(one) for one in person.gained],
            "lost": [_consequence(one) for one in person.lost],
        }
        self._stream.write(f"{',' if self._count else ''}\n{_json(entry)}")
        self._count += 1

    def close(self, tally: Tally) -> None:
        self._stream.write(f'],\n"tally": {_json(tally)}}}\n')

    def _result(self, one: Affected) -> dict[str, Any]:
        of = one.grade
        return {
            "kind": of.kind,
            "position": of.position,
            "period": of.period,
            "fixed": one.fixed,
            "announced": _announced(one.announced),
            "before": self._side(one.before),
            "after": self._side(one.after),
        }

    def _side(self, grade: Grade | None) -> Mapping[str, Any] | None:
        if grade is None:
            return None
        act = self._law.methodologies[grade.methodology].revisions[grade.revision].act
        told: dict[str, Any] = msgspec.to_builtins(
            msgspec.structs.replace(grade, readings=dict(grade.readings))
        )
        return told | {"explanation": [explain_step(step, act, self._language) for step in grade.steps]}


class CsvListing:
    """A row for each result, without the explanations."""

    def __init__(self, stream: TextIO, proposal: Proposal, law: Law, language: Language) -> None:  # noqa: ARG002
        self._writer = csv.writer(stream)
        self._writer.writerow(_COLUMNS)

    def add(self, person: Person) -> None:
        shown = (*person.results, *person.fixed)
        for at, one in enumerate(shown):
            of, told = one.grade, one.announced
            others = [] if at else [each.grade for each in shown]
            cells = (
                person.body, person.employee, of.position, of.kind, of.period,
                "yes" if told else "no", told and told.score, told and told.grade,
                *_short(one.before), *_short(one.after), one.fixed,
                _codes(person.gained, of, others), _codes(person.lost, of, others),
            )  # fmt: skip
            self._writer.writerow([_cell(value) for value in cells])

    def close(self, tally: Tally) -> None:
        """Rows are all there is."""


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
    number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNERS_ALONE)
    with open(number, "w", encoding="utf-8", newline="") as stream:  # noqa: PTH123 - opened under a mode
        # One that was there before keeps the mode it had.
        os.fchmod(number, _OWNERS_ALONE)
        yield stream


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _announced(told: AnnouncedResult | None) -> dict[str, Any] | None:
    if told is None:
        return None
    return {"score": told.score, "grade": told.grade, "results": told.results, "revision": told.revision}


def _consequence(one: Consequence) -> dict[str, Any]:
    return {
        "code": one.code,
        "clause": one.clause,
        "kind": one.kind,
        "period": one.period,
        "pending": one.pending,
    }


def _short(grade: Grade | None) -> tuple[Any, ...]:
    return (None, None, None) if grade is None else (grade.score, grade.grade or grade.status, grade.revision)


def _codes(found: tuple[Consequence, ...], of: Grade, others: list[Grade]) -> str:
    """What follows from the very result; with `others`, also what follows from none of those listed."""
    listed = {(one.kind, one.period) for one in others}
    return " ".join(
        one.code
        for one in found
        if (one.kind, one.period) == (of.kind, of.period) or (listed and (one.kind, one.period) not in listed)
    )


def _cell(value: Any) -> str:
    # A spreadsheet would work out what begins like a formula, and codes are the bodies' own.
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
