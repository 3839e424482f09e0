"""Who changes of a page of persons, from their rows that are shown and what they would come to."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final

import msgspec

from events.keyring import KeyringError
from events.log import Connection
from events.period import parse_period
from projections.comparing import Change
from projections.consequences import compared, consequences
from projections.dossiers import Reader
from projections.grade import Grade
from projections.grading import Ground
from projections.record_keys import LedgerKeys
from projections.shown import Readings, ShownRows, changed
from projections.writing import Derived
from services.correcting.affected import Affected, Person, Unread
from services.correcting.laws import Laws, UnderLaws
from services.correcting.question import Question
from services.correcting.told import Streams, Told, strand_of

_MANY: Final = 200
"""So many persons are asked about at once."""


class _Found(msgspec.Struct, frozen=True):
    """A person of whom something differs: which rows, which of them in the result, and what stays fixed."""

    of: Derived
    changes: Sequence[Change]
    own: Sequence[Change]
    stays: Sequence[Affected]

    @property
    def problems(self) -> list[str]:
        """Why rows cannot be read."""
        return sorted({one.unreadable for one in self.changes if one.unreadable})

    @property
    def grades(self) -> list[Grade]:
        """Those results, as they are named."""
        return [*map(_named, self.own), *(one.grade for one in self.stays)]


class Changing:
    """Reads of the persons of one ledger what changes, and why where that is asked; in one snapshot.

    `results` counts the rows there are before or after. Documents are derived under another law for those
    alone whose results stay as they were decided, and for everyone where the explanations are wanted.
    """

    def __init__(  # noqa: PLR0917 - the question, and all that the ledger is read by
        self,
        conn: Connection,
        reader: Reader,
        question: Question,
        laws: Laws,
        ground: Ground,
        shown: ShownRows,
        record_keys: LedgerKeys,
    ) -> None:
        self.results = 0
        self._waiting: list[_Found] = []
        self._conn = conn
        self._reader = reader
        self._question = question
        self._laws = laws
        self._ground = ground
        self._shown = shown
        self._record_keys = record_keys
        self._readings = Readings(laws.after)

    def page(self, page: Collection[Derived]) -> Iterator[Person | Unread]:
        """Those concerned among some persons; some of them wait until more are asked for, or for `left`."""
        for one in page:
            if one.dossier.failures:
                rows = self._shown.take(one.dossier.person)
                self.results += len(rows)
                if rows:
                    yield self._unread(one, "unreadable")
                continue
            try:
                found = self._found(one)
            except KeyringError:
                raise
            except Exception:  # noqa: BLE001 - whatever one person's documents do, the rest go on
                yield self._unread(one, "unreadable")
                continue
            if found.problems:
                yield self._unread(one, found.problems[0])
            if found.own or found.stays or (self._question.follows_otherwise and found.changes):
                self._waiting.append(found)
        if len(self._waiting) >= _MANY:
            yield from self._asked()

    def _asked(self) -> Iterator[Person | Unread]:
        """Those who wait, with what was told of them."""
        concerned, self._waiting = self._waiting, []
        told = Told(self._conn, self._reader, self._ground.ledger, _streams(concerned), self._ground.seq)
        for found in concerned:
            people: list[Person] | None = None
            if not told.fails(found.grades):
                # Of one whom the law of today cannot grade there is nothing to explain.
                with suppress(Exception):
                    people = list(self._person(found, told))
            if people is not None:
                yield from people
            elif not found.problems:
                yield self._unread(found.of, "unreadable")

    def left(self, why: str) -> Iterator[Person | Unread]:
        """Who still waits, and those of whom rows are shown and nothing is left in the ledger that opens."""
        yield from self._asked()
        for person, rows in self._shown.left.items():
            self.results += len(rows)
            yield Unread(self._ground.ledger, person, why)

    def _found(self, of: Derived) -> _Found:
        results, changes = changed(self._shown, of, self._record_keys, self._readings)
        self.results += results
        own = [one for one in changes if not one.unreadable and one.is_of_result]
        stays = self._stays(of) if self._is_decided_otherwise(of) else ()
        return _Found(of, changes, own, stays)

    def _is_decided_otherwise(self, of: Derived) -> bool:
        """Whether another revision of the act decides a result within the scope all the same."""
        asked = self._question
        return not asked.scope.decided_too and any(
            row.methodology == asked.methodology
            and row.revision != asked.revision
            and asked.scope.covers(row.ledger, parse_period(row.period))
            for row, _ in of.rows
        )

    def _stays(self, of: Derived) -> Sequence[Affected]:
        """The results that would change, were they not decided by somebody; not yet what was told of them."""
        asked, under = self._question, self._under(of)
        stays: Mapping[tuple[str, ...], Grade] = {grade.key: grade for grade in of.grades}
        if asked.explained:
            stays = under.grades(self._laws.after)
        would = under.grades(self._laws.decided_too, explained=asked.explained)
        return tuple(
            Affected(None, _plain(grade), _plain(would.get(key)), by)
            for key, grade in stays.items()
            if (grade.methodology, grade.revision) != (asked.methodology, asked.revision)
            and (by := under.decider(grade)) is not None
            and _said(would.get(key)) != _said(grade)
        )

    def _under(self, of: Derived) -> UnderLaws:
        return UnderLaws(self._ground, self._laws, of.dossier)

    def _person(self, found: _Found, told: Told) -> Iterator[Person]:
        """The person; nobody where nothing comes of what differs."""
        results = self._results(found, told)
        fixed = tuple(msgspec.structs.replace(one, announced=told.last(one.grade)) for one in found.stays)
        law, changes = self._laws.after, [one for one in found.changes if not one.unreadable]
        # Consequences rest on all of a person's grades, also on those that stay.
        differing = {(one.kind, one.id) for one in found.changes}
        others = [
            grade
            for grade, (row, _) in zip(found.of.grades, found.of.rows, strict=True)
            if (row.kind, row.id) not in differing
        ]
        follows = compared(
            consequences((*others, *(one.before for one in changes if one.before)), law),
            consequences((*others, *(one.after for one in changes if one.after)), law),
        )
        gained = tuple(one for each in follows for one in each.gained)
        lost = tuple(one for each in follows for one in each.lost)
        if results or fixed or gained or lost:
            employee, person = found.of.dossier.employee or "", found.of.dossier.person
            yield Person(self._ground.ledger, employee, person, results, fixed, gained, lost)

    def _results(self, found: _Found, told: Told) -> tuple[Affected, ...]:
        """The changes as the rows have them, with the steps of what was worked out anew where asked for."""
        before: Mapping[tuple[str, ...], Grade] = {}
        after: Mapping[tuple[str, ...], Grade] = {}
        if self._question.explained and found.own:
            sides = [side for one in found.own for side in (one.before, one.after) if side is not None]
            years = {parse_period(side.period).year for side in sides}
            under = self._under(found.of)
            before = under.grades(self._laws.before, years=years)
            after = under.grades(self._laws.after, years=years)
        return tuple(
            Affected(
                told.last(_named(one)),
                _with_steps(_plain(one.before), before),
                _with_steps(_plain(one.after), after),
            )
            for one in found.own
        )

    def _unread(self, of: Derived, why: str) -> Unread:
        return Unread(self._ground.ledger, of.dossier.person, why)


def _streams(concerned: Iterable[_Found]) -> Streams:
    """The assessments that the results of these persons are told in."""
    return {
        name: one.of.dossier.streams[name]
        for one in concerned
        for name, _ in map(strand_of, one.grades)
        if name in one.of.dossier.streams
    }


def _named(one: Change) -> Grade:
    found = one.after or one.before
    assert found is not None, "it was opened"
    return found


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
