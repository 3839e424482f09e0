"""Every grade of an archive derived anew from it alone, and held against what it holds and what was told."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from events.documents import Document
from events.envelope import Event
from events.failures import told
from events.vocabulary import Name
from projections.archives.deriving import Ground, Lost, Unread, adoptions_in
from projections.archives.failures import ArchiveError
from projections.archives.grades import open_grade, open_steps, steps_of
from projections.archives.manifest import Manifest
from projections.archives.parts import Archive, Law, Person
from projections.grade import Grade
from projections.replay import Replay, Scope
from projections.replayed import INPUTS_DESTROYED, Finding, row_differences

Passed = Callable[[int], None]


class Replayed(msgspec.Struct, frozen=True):
    """What a replay came to.

    `grades` in the archive were opened and derived anew, `alike` came out the same with all of their steps;
    `announcements` were judged under the law of their day, `announced_alike` the same to the last digit.
    `lost` grades and `documents_destroyed` could not be opened.
    """

    body: str
    year: int
    events: int
    persons: int
    grades: int
    alike: int
    lost: int
    announcements: int
    announced_alike: int
    documents_destroyed: int
    findings: tuple[Finding, ...]

    @property
    def unexplained(self) -> tuple[Finding, ...]:
        """What nothing explains."""
        return tuple(one for one in self.findings if not one.is_explained)


def replay(archive: Archive, passed: Passed = lambda _: None) -> Replayed:
    """The replay of a whole archive. Raises ArchiveError, see `Archive`."""
    law = archive.law()
    run = _Run(archive.manifest, law)
    for person in archive.persons():
        run.person(person)
        passed(len(person.part.sealed))
    return run.replayed()


def ground_of(manifest: Manifest, law: Law) -> Ground:
    """What the year's grades are derived on."""
    return Ground(manifest.body, manifest.year, adoptions_in(law.common.events), law.laws.law)


class _Single(Replay):
    """The replay of one person's part."""

    def another_transaction(self) -> None:
        self._begin()


class _Run:
    def __init__(self, manifest: Manifest, law: Law) -> None:
        self._manifest = manifest
        self._law = law
        self._ground = ground_of(manifest, law)
        self._adopted = [one for one in law.common.events if one.document.kind == "adoptions"]
        self._boundaries = [one.seq for one in law.common.opened]
        self._findings: list[Finding] = []
        self._persons = self._events = self._grades = self._alike = self._lost = 0
        self._judged = self._judged_alike = 0
        self._gone: set[UUID] = set()

    def replayed(self) -> Replayed:
        return Replayed(
            self._manifest.body,
            self._manifest.year,
            self._events,
            self._persons,
            self._grades,
            self._alike,
            self._lost,
            self._judged,
            self._judged_alike,
            len(self._gone),
            tuple(self._findings),
        )

    def person(self, person: Person) -> None:
        self._persons += 1
        self._events += len(person.part.opened)
        gone = {one.stream for one in person.part.opened if isinstance(one, Lost)}
        self._gone |= gone
        for one in person.part.opened:
            if isinstance(one, Unread):
                self._find("log-altered", person, seq=one.seq, detail=f"unsealed: {one.error}")
        try:
            self._compare(person, lost=bool(gone))
            self._judge(person)
        except ArchiveError as error:
            self._find("grade-not-authentic", person, detail=str(error))
        except Exception as error:  # noqa: BLE001 - whatever one person's documents do, the rest go on
            self._find(INPUTS_DESTROYED if gone else "not-derivable", person, detail=told(error))

    def _compare(self, person: Person, *, lost: bool) -> None:
        """What the archive holds as his grades, and what his documents come to."""
        place = (self._manifest.body, self._manifest.year, person.person)
        documents: dict[Name, Document] = self._ground.documents_of(person.part.events)
        derived = {_place(grade): grade for grade in self._ground.grades(documents)}
        for one in person.grades:
            stored = open_grade(one, person.part.keys, place)
            if stored is None:
                self._lost += 1
                continue
            self._grades += 1
            grade = derived.pop(_place(stored), None)
            differing = () if grade is None else row_differences(stored, grade)
            steps = open_steps(one, person.part.keys, place)
            if grade is not None and not differing and (steps is None or steps == steps_of(grade)):
                self._alike += 1
            elif lost:
                self._find(INPUTS_DESTROYED, person, stored, differences=differing)
            elif grade is None or differing:
                self._find("result-differs", person, stored, differences=differing)
            else:
                self._find("steps-differ", person, stored)
        if not lost:
            for grade in derived.values():
                self._find("grade-missing", person, grade)

    def _judge(self, person: Person) -> None:
        """What he was told, each time under the law of that day."""
        scope = Scope(person.employee, str(self._manifest.year))
        replay = _Single(self._manifest.body, self._law.laws, scope)
        mine: Sequence[Any] = sorted([*person.part.opened, *self._adopted], key=lambda one: one.seq)
        last = 0
        for one in mine:
            # Of a commission only that it did something in between matters to what stands of him.
            if bisect_right(self._boundaries, one.seq) > bisect_right(self._boundaries, last):
                replay.another_transaction()
            last = one.seq
            if isinstance(one, Event):
                replay.take(one)
            elif isinstance(one, Lost):
                replay.take_destroyed(one.type, one.seq)
        replay.finish()
        self._judged += replay.judged
        self._judged_alike += replay.alike
        self._findings += replay.findings

    def _find(self, code: str, person: Person, grade: Grade | None = None, **more: Any) -> None:
        self._findings.append(
            Finding(
                code=code,
                body=self._manifest.body,
                employee=person.employee,
                position=grade.position if grade else None,
                period=grade.period if grade else None,
                form=grade.kind if grade else None,
                **more,
            )
        )


def _place(grade: Grade) -> tuple[str, str, str]:
    """What tells a grade from a person's others; a year's stands once, in the position he held last."""
    return grade.kind, grade.period, "" if grade.kind == "annual" else grade.position
