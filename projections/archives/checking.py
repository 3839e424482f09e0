"""Whether an archive is what was written and what the ledgers hold: no database, no network, no secret."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final

import msgspec

from events.checkpoint import CheckpointError, Verifier, origin_of
from events.envelope import AGENCY
from projections.archives import heads, manifest
from projections.archives.container import (
    CHECKPOINTS,
    COMMON,
    EVENTS,
    GRADES,
    KEYS,
    LAW_EVENTS,
    LAW_LEAVES,
    LEAVES,
    MANIFEST,
    STORED,
    Buffer,
    Content,
    Placed,
    begin_of,
    content,
    layout,
)
from projections.archives.failures import ArchiveError, Fault
from projections.archives.grades import read_grades
from projections.archives.manifest import Covered, Manifest
from projections.archives.placing import Placing
from projections.archives.records import read_groups

_LISTED: Final = 100
_CHUNK: Final = 1 << 20
_MOST: Final = 64 << 20

Passed = Callable[[int], None]
"""Told how many events were gone over since it was told last."""


class Checked(msgspec.Struct, frozen=True):
    """What a check of an archive found; at most 100 faults of each code are listed.

    `manifest` is None where none could be read; `events` counts those of the body and the agency.
    """

    manifest: Manifest | None
    events: int
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        return not self.faults

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the faults, each once, in the order found."""
        return tuple(dict.fromkeys(fault.code for fault in self.faults))


def check(data: Buffer, log_keys: Sequence[bytes], passed: Passed = lambda _: None) -> Checked:
    """What is found in an archive's bytes, held against the log's public keys (Ed25519, 32 bytes each)."""
    checking = _Checking(data, log_keys, passed)
    try:
        checking.run()
    except ArchiveError as error:
        checking.fault(error.code, str(error))
    return Checked(checking.manifest, checking.events, tuple(checking.faults))


class _Checking:
    def __init__(self, data: Buffer, log_keys: Sequence[bytes], passed: Passed) -> None:
        self.manifest: Manifest | None = None
        self.events = 0
        self.faults: list[Fault] = []
        self._data = data
        self._log_keys = log_keys
        self._passed = passed
        self._found: dict[str, int] = {}
        self._streams: dict[str, int] = {}

    def fault(self, code: str, detail: str, ledger: str | None = None, seq: int | None = None) -> None:
        self._found[code] = self._found.get(code, 0) + 1
        if self._found[code] <= _LISTED:
            self.faults.append(Fault(code, detail, ledger, seq))

    def run(self) -> None:
        places = layout(self._data)
        note = bytes(places[MANIFEST].of(self._data))
        found = self.manifest = manifest.read(note)
        try:
            manifest.check_signature(note, self._verifiers(found.body))
        except CheckpointError as error:
            self.fault(error.code, f"the manifest: {error}")
        self._check_digests(found, places)
        self._check_ledger(found, places, found.agency, (LAW_EVENTS,), LAW_LEAVES)
        self._check_ledger(found, places, found.ledger, (EVENTS, COMMON), LEAVES)
        self._check_rest(found, places)

    def _verifiers(self, ledger: str) -> list[Verifier]:
        return [Verifier(origin_of(ledger), key) for key in self._log_keys]

    def _check_digests(self, found: Manifest, places: dict[str, Placed]) -> None:
        before = begin_of(places[MANIFEST])
        if found.length != before or found.digest != _digest(self._data[:before]):
            self.fault("wrong-file-digest", "the bytes before the manifest are not those it was signed for")
        lying = [place for tag, place in places.items() if tag != MANIFEST]
        if [(one.tag, one.offset, one.length) for one in found.sections] != [
            (one.tag, one.offset, one.length) for one in lying
        ]:
            self.fault("wrong-section-digest", "the sections are not those that the manifest lists")
            return
        for section, place in zip(found.sections, lying, strict=True):
            if section.digest != _digest(place.of(self._data)):
                self.fault("wrong-section-digest", f"the section {section.tag} is not what was written")

    def _check_ledger(
        self,
        found: Manifest,
        places: dict[str, Placed],
        covered: Covered,
        events: Sequence[str],
        leaves: str,
    ) -> None:
        """That each event leads to its leaf, the leaves to the root, and the root to signed heads."""
        lying = places[leaves].of(self._data)
        placing = Placing(covered, lying, self.fault)
        for tag in events:
            read = content(self._data, places[tag])
            try:
                for group in read_groups(read):
                    placing.take(group)
                    self._passed(len(group.events))
                self._check_section(found, read)
            except ArchiveError as error:
                self.fault(error.code, str(error), covered.ledger)
        self.events += placing.events
        is_law = covered.ledger == AGENCY
        told = found.counts.law_events if is_law else found.counts.events
        if placing.events != told:
            code = "missing-event" if placing.events < told else "added-event"
            self.fault(code, f"there are {placing.events} events, not {told}", covered.ledger)
        counted = (placing.persons, placing.documents)
        if not is_law and counted != (found.counts.persons, found.counts.documents):
            self.fault("wrong-count", f"there are {counted[0]} persons and {counted[1]} documents")
        try:
            kept = heads.decode(whole(content(self._data, places[CHECKPOINTS])))
        except ArchiveError as error:
            self.fault(error.code, str(error), covered.ledger)
            kept = ()
        for one in heads.faults_of(kept, covered, lying, self._verifiers(covered.ledger)):
            self.fault(one.code, one.detail, one.ledger, one.seq)

    def _check_rest(self, found: Manifest, places: dict[str, Placed]) -> None:
        try:
            read = content(self._data, places[GRADES])
            grades = sum(len(one.grades) for one in read_grades(read))
            self._check_section(found, read)
            if grades != found.counts.grades:
                self.fault("wrong-count", f"there are {grades} grades, not {found.counts.grades}")
        except ArchiveError as error:
            self.fault(error.code, str(error))
        if (KEYS in places) != (found.escrow is not None):
            self.fault("wrong-count", "an escrow is told of and not there, or there and not told of")

    def _check_section(self, found: Manifest, read: Content) -> None:
        """That the content is what the manifest has; where it is stored as it is, that was seen already."""
        read.rest()
        told = next((one for one in found.sections if one.tag == read.tag), None)
        if read.tag in STORED or told is None:
            return
        if (told.content_length, told.content_digest) != (read.length, read.digest):
            self.fault("wrong-section-digest", f"the section {read.tag} decompresses to something else")


def whole(read: Content) -> bytes:
    """All of a section's content, which is to be small. Raises ArchiveError `broken-section`."""
    pieces = []
    while piece := read.read(_CHUNK):
        pieces.append(piece)
        if read.length > _MOST:
            raise ArchiveError("broken-section", f"{read.tag} decompresses to more than it may hold")
    return b"".join(pieces)


def _digest(lying: Buffer) -> str:
    return sha256(lying).hexdigest()
