"""The table of dossiers held against the ledger: whose document each one says that it is."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from events.envelope import Event
from events.keyring import Keyring
from events.log.heads import Connection
from events.vocabulary import Name
from projections.dossiers import is_own
from projections.replayed import Finding
from projections.rows import person_of
from projections.sql import statements

DIFFERS: Final = "dossier-differs"
UNEXPECTED: Final = "dossier-unexpected"
STRAY: Final = "dossier-stray"

_SQL = statements("replay")
_FETCHED = 2000


class Met:
    """The documents of a ledger by what they say themselves: a person's with its place, and nobody's."""

    def __init__(self) -> None:
        self.own: dict[UUID, tuple[Name, int]] = {}
        self.nobodys: set[UUID] = set()

    def take(self, stream: UUID, event: Event) -> None:
        """An event of a document; the first that can be read tells whose it is."""
        if stream not in self.own and stream not in self.nobodys:
            name = event.document
            if is_own(name):
                self.own[stream] = (name, event.seq)
            else:
                self.nobodys.add(stream)


class Dossiers(msgspec.Struct, frozen=True):
    """How many documents of persons were held against the table, and what differs."""

    compared: int = 0
    findings: tuple[Finding, ...] = ()


def compare_dossiers(
    conn: Connection,
    keyring: Keyring,
    ledger: str,
    met: Met,
    *,
    upto: int,
    destroyed: AbstractSet[UUID],
    employee: str | None,
    named: bool,
) -> Dossiers:
    """Every document that is a person's stands in his dossier and in no other, and nothing else does.

    `met` is of the whole ledger; what a projector did not come to yet, after `upto`, may stand there and need
    not. Of the `destroyed`, and of what does not open, nobody can tell whose they are. Of one `employee`
    what concerns him is told; unless `named` a finding names the document alone. In a transaction.
    """
    comparing = _Comparing(keyring, ledger, met, named=named)
    seen: set[UUID] = set()
    found: list[_Told] = []
    strange: dict[UUID, set[bytes]] = {}
    for stream, persons in _filed(conn, ledger):
        if stream in met.own:
            seen.add(stream)
            found += comparing.own(stream, persons)
        elif stream in met.nobodys:
            found += comparing.unexpected(stream, persons, "the document is nobody's")
        elif stream not in destroyed:
            strange[stream] = persons
    unreadable = (
        {row[0] for row in conn.execute(_SQL["streams_there"], [ledger, list(strange)])} if strange else ()
    )
    for stream in strange.keys() - unreadable:
        found += comparing.unexpected(stream, strange[stream], "the ledger has no such document", STRAY)
    for stream, (_, seq) in met.own.items():
        if seq <= upto and stream not in seen:
            found += comparing.own(stream, set())
    told = (one.finding for one in found if employee is None or employee in one.concerned)
    return Dossiers(len(met.own), tuple(told))


class _Told(NamedTuple):
    concerned: set[str | None]
    finding: Finding


def _filed(conn: Connection, ledger: str) -> Iterator[tuple[UUID, set[bytes]]]:
    with conn.cursor("replayed_dossiers", binary=True) as cursor:
        cursor.itersize = _FETCHED
        for stream, rows in groupby(cursor.execute(_SQL["read_dossiers"], [ledger]), itemgetter(0)):
            yield stream, {person for _, person in rows}


class _Comparing:
    def __init__(self, keyring: Keyring, ledger: str, met: Met, *, named: bool) -> None:
        self._ledger = ledger
        self._met = met
        self._named = named
        employees = {name.key[0] for name, _ in met.own.values()}
        self._persons = {one: person_of(keyring, ledger, one) for one in employees}
        self._employees = {person: one for one, person in self._persons.items()}

    def own(self, stream: UUID, persons: set[bytes]) -> Iterable[_Told]:
        """What differs of a document that is a person's."""
        employee = self._met.own[stream][0].key[0]
        owner = self._persons[employee]
        if persons == {owner}:
            return
        others = persons - {owner}
        if owner in persons:
            yield from self.unexpected(stream, others, f"the document is {self._whose(owner)}'s")
        elif others:
            concerned = {employee, *map(self._employees.get, others)}
            detail = "it stands in the dossier of " + " and ".join(sorted(map(self._whose, others)))
            yield _Told(concerned, self._find(DIFFERS, stream, detail))
        else:
            yield _Told({employee}, self._find("dossier-missing", stream, "it stands in no dossier"))

    def unexpected(
        self, stream: UUID, persons: set[bytes], what: str, code: str = UNEXPECTED
    ) -> Iterable[_Told]:
        """What stands in these dossiers and has no place there."""
        name, _ = self._met.own.get(stream, (None, 0))
        for person in sorted(persons):
            concerned = {self._employees.get(person)} | ({name.key[0]} if name else set())
            detail = f"it stands in the dossier of {self._whose(person)}, and {what}"
            yield _Told(concerned, self._find(code, stream, detail))

    def _whose(self, person: bytes) -> str:
        employee = self._employees.get(person)
        if employee is None:
            return f"nobody known, {person.hex()}"
        return employee if self._named else "a person"

    def _find(self, code: str, stream: UUID, what: str) -> Finding:
        name, _ = self._met.own.get(stream, (None, 0))
        told = Finding(code=code, body=self._ledger, document=str(stream), detail=f"{stream}: {what}")
        if name is None or not self._named:
            return told
        position, period = name.key[1:] if name.kind == "assessment" else (None, None)
        return msgspec.structs.replace(
            told,
            employee=name.key[0],
            position=position,
            period=period,
            detail=f"{name.kind} {told.detail}",
        )
