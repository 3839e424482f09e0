"""An archive's parts, opened as far as the keys at hand open them: the law, the body's own, each person's."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import zip_longest
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from events.codec import Codec
from events.envelope import AGENCY, Event
from events.seal import DocumentKey
from projections.archives.container import (
    COMMON,
    EVENTS,
    GRADES,
    KEYS,
    LAW_EVENTS,
    MANIFEST,
    Buffer,
    content,
    layout,
)
from projections.archives.deriving import Opened, opened
from projections.archives.escrow import open_keys
from projections.archives.failures import ArchiveError
from projections.archives.grades import SealedGrade, read_grades
from projections.archives.manifest import Manifest, read
from projections.archives.records import Group, Sealed, read_groups
from projections.lawbook import Lawbook

KeysOf = Callable[[str, Collection[UUID]], Mapping[UUID, DocumentKey]]
"""The keys of a ledger's documents that there still are."""


class Part(msgspec.Struct, frozen=True):
    """Some events as they lie in an archive, each opened as far as it opens, and the keys that there are."""

    sealed: tuple[Sealed, ...]
    opened: tuple[Opened, ...]
    keys: Mapping[UUID, DocumentKey]

    @property
    def events(self) -> list[Event]:
        """Those that open."""
        return [one for one in self.opened if isinstance(one, Event)]


class Law(msgspec.Struct, frozen=True):
    """The law in an archive, and the events of the body as a whole: what everybody's part rests on."""

    laws: Lawbook
    agency: Part
    common: Part


class Person(msgspec.Struct, frozen=True):
    """One person's part of an archive and his sealed grades; `person` is his keyed hash."""

    person: bytes
    part: Part
    grades: tuple[SealedGrade, ...]

    @property
    def employee(self) -> str | None:
        """His code; None where nothing of his opens."""
        events = self.part.events
        return events[0].document.key[0] if events else None


class Archive:
    """An archive's bytes with the keys at hand. Raises ArchiveError for one that is broken."""

    def __init__(self, data: Buffer, keys_of: KeysOf) -> None:
        self._data = data
        self._places = layout(data)
        self.manifest: Manifest = read(bytes(self._places[MANIFEST].of(data)))
        self._keys_of = keys_of
        self._codec = Codec()

    def law(self) -> Law:
        """Raises ArchiveError `law-unreadable` where a key of the agency's documents is not at hand."""
        laws = Lawbook()
        agency = self._part(AGENCY, self._groups(LAW_EVENTS))
        for one in agency.opened:
            if not isinstance(one, Event):
                raise ArchiveError(
                    "law-unreadable",
                    f"event {one.seq} of the agency does not open with the keys at hand",
                    "Open the archive with the system that made it, or with its escrow key.",
                )
            laws.take(one)
        # What else the agency's ledger holds does not change the law, and deciders saw it.
        laws.law = msgspec.structs.replace(laws.law, seq=self.manifest.agency.size)
        return Law(laws, agency, self._part(self.manifest.body, self._groups(COMMON)))

    def persons(self) -> Iterator[Person]:
        """Each person's part, one held at a time. Raises ArchiveError `broken-record`."""
        grades = read_grades(content(self._data, self._places[GRADES]))
        for group, its in zip_longest(self._groups(EVENTS), grades):
            if group is None or its is None or group.person != its.person:
                raise ArchiveError("broken-record", "the grades are not of the persons in the archive")
            yield Person(group.person, self._part(self.manifest.body, (group,)), its.grades)

    def person(self, person: bytes) -> Person | None:
        """The part of one person, by his keyed hash; nobody else's is opened."""
        group = next((one for one in self._groups(EVENTS) if one.person == person), None)
        if group is None:
            return None
        return Person(person, self._part(self.manifest.body, (group,)), ())

    def streams(self) -> Iterator[tuple[str, UUID]]:
        """Every document in the archive: its ledger and stream."""
        for tag in (LAW_EVENTS, COMMON, EVENTS):
            for group in self._groups(tag):
                yield from dict.fromkeys((one.header.ledger, one.header.stream) for one in group.events)

    def _groups(self, tag: str) -> Iterator[Group]:
        return read_groups(content(self._data, self._places[tag]))

    def _part(self, ledger: str, groups: Iterable[Group]) -> Part:
        sealed = tuple(one for group in groups for one in group.events)
        keys = self._keys_of(ledger, {one.header.stream for one in sealed})
        return Part(sealed, tuple(opened(self._codec, sealed, keys)), keys)


def escrow_keys(data: Buffer, private_key: X25519PrivateKey) -> KeysOf:
    """The keys that an archive carries. Raises ArchiveError `no-escrow` or `wrong-escrow-key`."""
    places = layout(data)
    found = read(bytes(places[MANIFEST].of(data)))
    if KEYS not in places:
        raise ArchiveError(
            "no-escrow",
            "the archive carries no keys: it was exported without an escrow",
            "Open it where the system's database and keyring are.",
        )
    keys = open_keys(bytes(places[KEYS].of(data)), private_key, found.body, found.year)
    return lambda _, streams: {stream: keys[stream] for stream in streams if stream in keys}
