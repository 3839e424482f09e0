"""The list of those whom a correction concerns, as a file for nobody but its owner."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import Any, Final, Protocol, TextIO

import msgspec

from events.files import written
from events.vocabulary.assessment import AnnouncedResult
from methodologies.explanations import explain_step
from methodologies.model.clause import Language
from methodologies.registry import Law
from projections.consequences import Consequence
from projections.grade import Grade
from services.correcting.affected import Affected, Person
from services.correcting.proposal import Proposal
from services.correcting.question import Listed
from services.correcting.tally import Tally

_COLUMNS: Final = (
    "body", "employee", "position", "kind", "period", "announced", "announced_score", "announced_grade",
    "score", "grade", "revision", "new_score", "new_grade", "new_revision", "fixed", "gained", "lost",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class Entries(Protocol):
    """Puts people into the words of a list."""

    def of(self, person: Person) -> str: ...


class List(msgspec.Struct, frozen=True):
    """Where to list whom a correction concerns, and the language of the explanations."""

    file: Path
    language: Language = "en"

    @property
    def kind(self) -> Listed:
        """The form of the list, by the name of its file: JSON, or CSV where it ends in it."""
        return "csv" if self.file.suffix.lower() == ".csv" else "json"


class Listing:
    """A list that is being written."""

    def __init__(self, stream: TextIO, of: List, proposal: Proposal) -> None:
        self.kind = of.kind
        self.language = of.language
        self._stream = stream
        self._is_begun = False
        if self.kind == "csv":
            csv.writer(stream).writerow(_COLUMNS)
            return
        about = {
            "methodology": proposal.act.id,
            "revision": proposal.revision,
            "digest": proposal.digest,
            "scope": proposal.scope,
        }
        stream.write(f'{{"correction": {_json(about)},\n"people": [')

    def add(self, entries: Sequence[str]) -> None:
        """People in the list's words, in their order."""
        for entry in entries:
            separator = "" if self.kind == "csv" else ",\n" if self._is_begun else "\n"
            self._stream.write(f"{separator}{entry}")
            self._is_begun = True

    def close(self, tally: Tally) -> None:
        """Ends the list with what it came to; in CSV rows are all there is."""
        if self.kind == "json":
            self._stream.write(f'],\n"tally": {_json(tally)}}}\n')


@contextmanager
def listing(proposal: Proposal, into: List | None) -> Iterator[Listing | None]:
    """A list in a file that its owner alone can read; none where none is wanted."""
    if into is None:
        yield None
        return
    with _opened(into.file) as stream:
        yield Listing(stream, into, proposal)


def entries(kind: Listed, law: Law, language: Language) -> Entries:
    """What puts people into a list's words; `law` holds every revision."""
    return InCsv() if kind == "csv" else InJson(law, language)


class InJson:
    """An object for each person, with the explanations before and after."""

    def __init__(self, law: Law, language: Language) -> None:
        self._law = law
        self._language = language

    def of(self, person: Person) -> str:
        return _json(
            {
                "body": person.body,
                "employee": person.employee,
                "results": [self._result(one) for one in (*person.results, *person.fixed)],
                "gained": [_consequence(one) for one in person.gained],
                "lost": [_consequence(one) for one in person.lost],
            }
        )

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


class InCsv:
    """A row for each result, without the explanations."""

    def of(self, person: Person) -> str:
        rows = StringIO(newline="")
        writer = csv.writer(rows)
        shown = (*person.results, *person.fixed)
        if not shown:
            codes = (" ".join(one.code for one in found) for found in (person.gained, person.lost))
            empty = [None] * (len(_COLUMNS) - 4)
            writer.writerow([_cell(value) for value in (person.body, person.employee, *empty, *codes)])
        for at, one in enumerate(shown):
            of, told = one.grade, one.announced
            others = [] if at else [each.grade for each in shown]
            cells = (
                person.body, person.employee, of.position, of.kind, of.period,
                "yes" if told else "no", told and told.score, told and told.grade,
                *_short(one.before), *_short(one.after), one.fixed,
                _codes(person.gained, of, others), _codes(person.lost, of, others),
            )  # fmt: skip
            writer.writerow([_cell(value) for value in cells])
        return rows.getvalue()


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
    """The file, which is put in its place once it is whole; what was there stays until then."""
    place = file.resolve()
    if place.exists() and not place.is_file():
        # A device or a pipe has nothing that could be kept.
        with place.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        return
    with written(place, replace=True) as made:
        stream = TextIOWrapper(made, encoding="utf-8", newline="")
        try:
            yield stream
        finally:
            stream.detach()


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
