"""A whole ledger folded in memory, person by person, with nobody's documents kept but those in hand."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

import msgspec

from events.codec import Codec
from events.failures import told
from events.keyring import Keyring, KeyringError
from events.seal import DocumentKey
from projections.dossiers import Dossier, Failure, is_own
from projections.rebuild.opening import Opener
from projections.rebuild.scanning import Kept, Misfiled, Scanned, is_unread
from projections.rows import person_of

PAGE: Final = 64
"""So many persons are in hand at once: few enough for the processor's cache until their rows are made."""


class Folding:
    """The persons of a scanned ledger. Rows are let go of as they are folded.

    `found` are documents whose persons the table of dossiers does not know yet; `orphans` failed so that
    nobody knows whose they are. The table's word is taken for whose the others are, and checked against what
    the documents say of themselves.
    """

    def __init__(
        self,
        keyring: Keyring,
        codec: Codec,
        ledger: str,
        kept: dict[bytes, Kept],
        scanned: Scanned,
    ) -> None:
        """Raises KeyringError `unknown-kek` and Misfiled."""
        self._keyring = keyring
        self._ledger = ledger
        self._kept = kept
        self._rows = scanned.rows
        self._opener = Opener(ledger, codec)
        self._streams: dict[bytes, list[bytes]] = {}
        self.found: dict[UUID, bytes] = {}
        self.orphans: list[Failure] = []
        for stream in list(self._rows):
            person = kept[stream].person
            if person is None:
                person = self._look(stream)
            elif is_unread(self._rows[stream][0]):
                person = self._confirm(stream, person)
            if person is not None:
                self._streams.setdefault(person, []).append(stream)

    def pages(self) -> Iterator[tuple[list[Dossier], int]]:
        """Some dossiers at a time, and how many events they were folded from. Raises Misfiled.

        In the order in which the ledger first tells of them: what lies together in memory is read together.
        """
        page: list[Dossier] = []
        events = 0
        for person in list(self._streams):
            dossier = Dossier(person)
            for stream in self._streams.pop(person):
                events += len(self._rows[stream])
                self._fold(dossier, stream)
            self._check(dossier)
            page.append(dossier)
            if len(page) == PAGE:
                yield page, events
                page, events = [], 0
        if page:
            yield page, events

    def _fold(self, dossier: Dossier, stream: bytes) -> None:
        rows = self._rows.pop(stream)
        id_ = _uuid(stream)
        key = self._key(id_, stream)
        if isinstance(key, str):
            dossier.failures.append(Failure(id_, len(rows), key))
        else:
            events, failures = self._opener.open(id_, key, rows)
            if events and not is_own(events[0].document):
                raise Misfiled
            dossier.take_all(id_, key, events, failures)

    def _check(self, dossier: Dossier) -> None:
        employee = dossier.employee
        if employee is None:
            return
        if any(name.key[0] != employee for name in dossier.streams) or (
            person_of(self._keyring, self._ledger, employee) != dossier.person
        ):
            raise Misfiled

    def _look(self, stream: bytes) -> bytes | None:
        """Whose document it is, by its first event that opens; of nobody's, as live does, all are opened."""
        id_ = _uuid(stream)
        key = self._key(id_, stream)
        if isinstance(key, str):
            self.orphans.append(Failure(id_, len(self._rows.pop(stream)), key))
            return None
        failing: list[Failure] = []
        for row in self._rows[stream]:
            events, failures = self._opener.open(id_, key, [row])
            failing += failures
            if events and is_own(events[0].document):
                person = person_of(self._keyring, self._ledger, events[0].document.key[0])
                self.found[id_] = person
                return person if self._is_read(stream) else None
        self.orphans += failing[-1:]
        del self._rows[stream]
        return None

    def _confirm(self, stream: bytes, person: bytes) -> bytes | None:
        """The person whose document it is said to be, by a first event that no grade is read from."""
        id_ = _uuid(stream)
        key = self._key(id_, stream)
        if not isinstance(key, str):
            events, _ = self._opener.open(id_, key, self._rows[stream][:1])
            if any(
                not is_own(one.document)
                or person_of(self._keyring, self._ledger, one.document.key[0]) != person
                for one in events
            ):
                raise Misfiled
        return person if self._is_read(stream) else None

    def _is_read(self, stream: bytes) -> bool:
        """Whether a grade is read from the document; its first event has told whose it is."""
        rows = self._rows[stream]
        if is_unread(rows[0]):
            del rows[0]
        if not rows:
            del self._rows[stream]
        return bool(rows)

    def _key(self, id_: UUID, stream: bytes) -> DocumentKey | str:
        kept = self._kept[stream]
        try:
            return self._keyring.unwrap(id_, kept.kek, kept.wrapped)
        except KeyringError as error:
            # A keyring older than the documents is no fault of theirs.
            if error.code == "unknown-kek":
                raise
            return told(error)


def _uuid(raw: bytes) -> UUID:
    # In C: the class's own constructor costs as much as unsealing an event.
    return msgspec.convert(raw, UUID)
