"""Whose results a correction changes, and who keeps another only because it was decided otherwise."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

import msgspec

from events.codec import Codec
from events.documents import Adoptions
from events.keyring import Keyring
from events.log import Connection
from events.period import parse_period
from events.vocabulary import Name
from events.vocabulary.assessment import AnnouncedResult
from methodologies.rules.decisions import Decider
from projections import comparing
from projections.comparing import Change
from projections.consequences import Consequence, compared, consequences
from projections.dossiers import Dossier, Reader, persons_of
from projections.grade import Grade
from projections.grading import ADOPTIONS
from projections.sql import statements
from services.correcting.derived import Derived, Laws
from services.correcting.question import Part, Question
from services.correcting.told import Told, strand_of

_SQL = statements("correcting")
_PAGE: Final = 200


class Affected(msgspec.Struct, frozen=True):
    """A result that changes, or that would if it were not decided by somebody (`fixed`).

    `announced` is what was told of it last; None while nothing was. Both grades carry their steps where they
    were asked for; None where there is none.
    """

    announced: AnnouncedResult | None
    before: Grade | None
    after: Grade | None
    fixed: Decider | None = None

    @property
    def grade(self) -> Grade:
        """Either of the two, for what they share."""
        found = self.after or self.before
        assert found is not None, "a change is of a grade that there is before or after it"
        return found


class Person(msgspec.Struct, frozen=True):
    """An employee with the results that change, those that stay fixed, and what follows of it for him."""

    body: str
    employee: str
    person: bytes
    results: tuple[Affected, ...]
    fixed: tuple[Affected, ...]
    gained: tuple[Consequence, ...]
    lost: tuple[Consequence, ...]


class Unread(msgspec.Struct, frozen=True):
    """Somebody whose rows differ and cannot be told of: destroyed, or not readable."""

    body: str
    why: str


_Place = tuple[str, bytes]
"""A row of a person: its kind and id."""


class Looking:
    """Reads of the people of a ledger what two generations say of them, and why where that is asked.

    What changes is read from the rows alone; documents are folded only of those whose results stay as they
    were decided, and of everyone where the explanations are wanted.
    """

    def __init__(self, conn: Connection, keyring: Keyring, laws: Laws, question: Question) -> None:
        self._conn = conn
        self._keyring = keyring
        self._reader = Reader(keyring, Codec())
        self._laws = laws
        self._question = question

    def people(self, of: Part) -> Iterator[Person | Unread]:
        """Everyone concerned among the persons of the part, in their order."""
        changed = self._changed(of)
        fixed = self._fixed(of)
        concerned = sorted({*changed, *fixed})
        adoptions = self._adoptions(of) if fixed or self._question.explained else None
        for at in range(0, len(concerned), _PAGE):
            page = _Page(of, adoptions, {one: changed.get(one, ()) for one in concerned[at : at + _PAGE]})
            yield from self._page(page, fixed)

    def _changed(self, of: Part) -> dict[bytes, Sequence[Change]]:
        """All rows that differ, of those of whom another result is among them."""
        asked = self._question
        rows = comparing.changes(
            self._conn, self._keyring, of.ledger, asked.before, asked.after, persons=(of.first, of.last)
        )
        by_person = ((person, list(its)) for person, its in groupby(rows, key=lambda one: one.person))
        return {person: its for person, its in by_person if any(map(_counts, its))}

    def _fixed(self, of: Part) -> set[bytes]:
        """Whose results within the scope another revision decides all the same."""
        asked = self._question
        if asked.scope.decided_too:
            return set()
        wanted = [asked.after, of.ledger, of.first, of.last, asked.methodology, asked.revision]
        rows = self._conn.execute(_SQL["untouched_rows"], wanted, binary=True)
        return {person for person, period in rows if asked.scope.covers(of.ledger, parse_period(period))}

    def _adoptions(self, of: Part) -> Adoptions | None:
        found = self._reader.document(self._conn, of.ledger, ADOPTIONS, of.seq)
        return found if isinstance(found, Adoptions) else None

    def _page(self, page: "_Page", fixed: Collection[bytes]) -> Iterator[Person | Unread]:
        of = page.of
        deep = [one for one in page.changed if self._question.explained or one in fixed]
        dossiers = self._reader.load(self._conn, of.ledger, deep, of.seq) if deep else {}
        same = self._same(page)
        names = {
            _assessment(grade)
            for changes in page.changed.values()
            for one in changes
            if (grade := one.after or one.before) is not None and _counts(one)
        }
        told = Told(self._conn, self._reader, of.ledger, names, of.seq)
        for person, changes in page.changed.items():
            dossier = dossiers.get(person)
            derived = None if dossier is None else self._derived(page, dossier)
            yield from self._person(_Looked(of.ledger, person, told, derived), changes, same, person in fixed)

    def _derived(self, page: "_Page", dossier: Dossier) -> Derived:
        return Derived(page.of.ledger, page.of.seq, page.adoptions, self._laws, dossier)

    def _same(self, page: "_Page") -> Mapping[bytes, Sequence[Grade]]:
        """What stays of those of whom something changes, as consequences rest on all of a person's grades."""
        changes = {person: its for person, its in page.changed.items() if its}
        differing: set[tuple[bytes, _Place]] = {
            (person, (one.kind, one.id.bytes)) for person, its in changes.items() for one in its
        }
        found: dict[bytes, list[Grade]] = {}
        asked = self._question
        for person, kind, row_id, grade in comparing.rows_of(
            self._conn, self._keyring, page.of.ledger, asked.after, list(changes)
        ):
            if (person, (kind, row_id.bytes)) not in differing:
                found.setdefault(person, []).append(grade)
        return found

    def _person(
        self, of: "_Looked", changes: Sequence[Change], same: Mapping[bytes, Sequence[Grade]], is_fixed: bool
    ) -> Iterator[Person | Unread]:
        for why in (one.unreadable for one in changes if one.unreadable):
            yield Unread(of.ledger, why)
        readable = [one for one in changes if not one.unreadable]
        own = [one for one in readable if one.is_of_result]
        if not own and not is_fixed:
            return
        if (of.derived is not None and of.derived.employee is None) or of.told.fails(map(_named, own)):
            yield Unread(of.ledger, "unreadable")
            return
        results = self._results(of, own)
        fixed = self._kept(of) if is_fixed else ()
        if not results and not fixed:
            return
        law, others = self._laws.after, same.get(of.person, ())
        follows = compared(
            consequences((*others, *(one.before for one in readable if one.before)), law),
            consequences((*others, *(one.after for one in readable if one.after)), law),
        )
        employee = (results or fixed)[0].grade.employee
        gained = tuple(one for each in follows for one in each.gained)
        lost = tuple(one for each in follows for one in each.lost)
        yield Person(of.ledger, employee, of.person, results, fixed, gained, lost)

    def _results(self, of: "_Looked", own: Sequence[Change]) -> tuple[Affected, ...]:
        """The changes as the rows have them, with the steps of what was worked out anew where asked for."""
        explained = of.derived if self._question.explained and own else None
        sides = [side for one in own for side in (one.before, one.after) if side is not None]
        years = {parse_period(side.period).year for side in sides}
        before = {} if explained is None else explained.grades(self._laws.before, years=years)
        after = {} if explained is None else explained.grades(self._laws.after, years=years)
        return tuple(
            Affected(
                of.told.last(_named(one)), _with_steps(one.before, before), _with_steps(one.after, after)
            )
            for one in own
        )

    def _kept(self, of: "_Looked") -> tuple[Affected, ...]:
        """The results that would change, were they not decided by somebody."""
        asked = self._question
        if of.derived is None:
            return ()
        stays, would = (
            of.derived.grades(law, explained=asked.explained)
            for law in (self._laws.after, self._laws.decided_too)
        )
        return tuple(
            Affected(of.derived.announced(grade), _plain(grade), _plain(would.get(key)), by)
            for key, grade in stays.items()
            if (grade.methodology, grade.revision) != (asked.methodology, asked.revision)
            and (by := of.derived.decider(grade)) is not None
            and _said(would.get(key)) != _said(grade)
        )


class _Page(msgspec.Struct, frozen=True):
    """Some persons of a part, each with the rows that differ."""

    of: Part
    adoptions: Adoptions | None
    changed: Mapping[bytes, Sequence[Change]]


class _Looked(msgspec.Struct, frozen=True):
    """One person, with what was told of him, and his documents where they were folded."""

    ledger: str
    person: bytes
    told: Told
    derived: Derived | None


def _counts(one: Change) -> bool:
    return bool(one.unreadable) or one.is_of_result


def _named(one: Change) -> Grade:
    found = one.after or one.before
    assert found is not None, "it was opened"
    return found


def _assessment(grade: Grade) -> Name:
    return strand_of(grade)[0]


def _said(grade: Grade | None) -> Grade | None:
    """The result alone, whatever it rests on."""
    if grade is None:
        return None
    return msgspec.structs.replace(grade, methodology="", revision=0, readings={}, steps=())


def _plain(grade: Grade | None) -> Grade | None:
    """With readings that can be sent to another process."""
    return None if grade is None else msgspec.structs.replace(grade, readings=dict(grade.readings))


def _with_steps(grade: Grade | None, worked_out: Mapping[tuple[str, ...], Grade]) -> Grade | None:
    if grade is None:
        return None
    again = worked_out.get(grade.key)
    return grade if again is None else msgspec.structs.replace(grade, steps=again.steps)


def persons_under(conn: Connection, ledger: str, methodology: str, revision: int) -> list[bytes]:
    """Whose results a revision decides, of those that are shown."""
    rows = conn.execute(_SQL["persons_under"], [ledger, methodology, revision], binary=True)
    return [row[0] for row in rows]


def persons_since(conn: Connection, ledger: str, seq: int) -> Collection[bytes]:
    """Of whom something was recorded after a place of the ledger, of those that projections know."""
    streams = [row[0] for row in conn.execute(_SQL["streams_since"], [ledger, seq], binary=True)]
    return set(persons_of(conn, ledger, streams).values())
