"""Whose results a correction changes, and who keeps another only because it was decided otherwise."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Final

import msgspec

from events.documents import Adoptions, Assessment
from events.documents.assessment import ALWAYS_NAMED
from events.keyring import Keyring
from events.log import Connection
from events.period import parse_period
from events.vocabulary import Name
from events.vocabulary.assessment import AnnouncedResult
from methodologies.registry import Law
from methodologies.rules.decisions import Decider
from projections.comparing import Change, Comparison
from projections.consequences import Consequence, compared, consequences
from projections.dossiers import Dossier, Reader, persons_of
from projections.grade import Grade
from projections.grading import ADOPTIONS, Ground
from projections.ledger import Work, grades_of, work_by_employee
from projections.sql import statements
from projections.view import LedgerView
from services.correcting.proposal import Proposal

_SQL = statements("correcting")
_PAGE: Final = 200


class Laws(msgspec.Struct, frozen=True, eq=False):
    """The law as it is, as it would be, and as it would be were nothing left as it was decided."""

    before: Law
    after: Law
    decided_too: Law


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


class Looking:
    """Reads of the people of a ledger what a comparison of generations found of them."""

    def __init__(
        self, conn: Connection, keyring: Keyring, laws: Laws, proposal: Proposal, *, explained: bool
    ) -> None:
        self._conn = conn
        self._reader = Reader(keyring)
        self._laws = laws
        self._proposal = proposal
        self._explained = explained

    def people(self, of: Comparison, generation: int, changes: Iterable[Change]) -> Iterator[Person | Unread]:
        """Everyone concerned in a ledger, by the generation that was compared and its changes there."""
        changed: dict[bytes, list[Change]] = {}
        for person, its in groupby(changes, key=lambda one: one.person):
            own = [one for one in its if one.unreadable or one.is_of_result]
            if own:
                changed[person] = own
        fixed = self._fixed(of.ledger, generation)
        found = self._reader.document(self._conn, of.ledger, ADOPTIONS, of.seq)
        adoptions = found if isinstance(found, Adoptions) else None
        concerned = sorted({*changed, *fixed})
        for at in range(0, len(concerned), _PAGE):
            some = concerned[at : at + _PAGE]
            dossiers = self._reader.load(self._conn, of.ledger, some, of.seq)
            for person, dossier in dossiers.items():
                looked = _Looked(of.ledger, of.seq, adoptions, self._laws, dossier)
                yield from self._person(looked, changed.get(person, []), is_fixed=person in fixed)

    def _fixed(self, ledger: str, generation: int) -> set[bytes]:
        """Whose results within the scope another revision decides all the same."""
        proposal = self._proposal
        if proposal.scope.decided_too:
            return set()
        rows = self._conn.execute(
            _SQL["untouched_rows"],
            [generation, ledger, proposal.act.id, proposal.revision],
            binary=True,
        )
        return {person for person, period in rows if proposal.scope.covers(ledger, parse_period(period))}

    def _person(self, of: "_Looked", changes: list[Change], *, is_fixed: bool) -> Iterator[Person | Unread]:
        for why in (one.unreadable for one in changes if one.unreadable):
            yield Unread(of.ledger, why)
        readable = [one for one in changes if not one.unreadable]
        employee = of.dossier.employee
        if of.dossier.failures or employee is None:
            if readable:
                yield Unread(of.ledger, "unreadable")
            return
        explained = self._explained
        before, after = of.grades(of.laws.before, explained), of.grades(of.laws.after, explained)
        results = tuple(of.affected(one, before, after) for one in readable)
        fixed = tuple(of.fixed(after, self._proposal, explained)) if is_fixed else ()
        if not results and not fixed:
            return
        law = of.laws.after
        follows = compared(consequences(before.values(), law), consequences(after.values(), law))
        gained = tuple(one for each in follows for one in each.gained)
        lost = tuple(one for each in follows for one in each.lost)
        yield Person(of.ledger, employee, of.dossier.person, results, fixed, gained, lost)


_Key = tuple[str, str, str, str, str]


class _Looked:
    """One person's documents, under one law or another."""

    def __init__(
        self, ledger: str, seq: int, adoptions: Adoptions | None, laws: Laws, dossier: Dossier
    ) -> None:
        self.ledger = ledger
        self.laws = laws
        self.dossier = dossier
        self._seq = seq
        self._adoptions = adoptions

    def view(self, law: Law) -> LedgerView:
        return Ground(self.ledger, self._seq, self._adoptions, law).view(self.dossier)

    def grades(self, law: Law, explained: bool) -> dict[_Key, Grade]:
        employee = self.dossier.employee or ""
        work = work_by_employee(self.dossier.documents).get(employee, Work())
        return {one.key: one for one in grades_of(self.view(law), employee, work, explained=explained)}

    def affected(self, change: Change, before: Mapping[_Key, Grade], after: Mapping[_Key, Grade]) -> Affected:
        """The change as the rows have it, with the steps of what was worked out anew."""
        return Affected(
            self._announced(change.after or change.before),
            _with_steps(change.before, before),
            _with_steps(change.after, after),
        )

    def fixed(self, stays: Mapping[_Key, Grade], proposal: Proposal, explained: bool) -> Iterator[Affected]:
        """The results that would change, were they not decided by somebody."""
        otherwise = self.grades(self.laws.decided_too, explained)
        for key, grade in stays.items():
            if (grade.methodology, grade.revision) == (proposal.act.id, proposal.revision):
                continue
            would = otherwise.get(key)
            by = self._decider(grade)
            if by is not None and _said(would) != _said(grade):
                yield Affected(self._announced(grade), grade, would, by)

    def _decider(self, grade: Grade) -> Decider | None:
        assessment = self._assessment(grade)
        if assessment is None:
            return None
        sheet = assessment.sheet(_form(grade))
        decision = self.view(self.laws.after).standing(assessment, sheet)
        return None if decision is None else decision.by

    def _announced(self, grade: Grade | None) -> AnnouncedResult | None:
        assessment = None if grade is None else self._assessment(grade)
        if assessment is None or grade is None:
            return None
        return assessment.result(_form(grade)).last

    def _assessment(self, grade: Grade) -> Assessment | None:
        name = Name("assessment", (grade.employee, grade.position, grade.period))
        found = self.dossier.documents.get(name)
        return found if isinstance(found, Assessment) else None


def _said(grade: Grade | None) -> Grade | None:
    """The result alone, whatever it rests on."""
    if grade is None:
        return None
    return msgspec.structs.replace(grade, methodology="", revision=0, readings={}, steps=())


def _form(grade: Grade) -> str | None:
    return ALWAYS_NAMED if grade.kind == "competencies" else None


def _with_steps(grade: Grade | None, worked_out: Mapping[_Key, Grade]) -> Grade | None:
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
