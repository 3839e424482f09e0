"""One person's part of an archive, opened and proven by itself: what goes to a court."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.checkpoint import CheckpointError, Verifier, open_text, origin_of, sign_text
from events.codec import Codec, public_type
from events.envelope import ACCEPTED, AGENCY, Event, Receipt
from events.failures import told
from events.header import Header
from events.log.documents import event_of
from events.log.instants import instant
from events.seal import DocumentKey, SealError, unseal
from projections.archives import proofs
from projections.archives.deriving import Ground, adoptions_in
from projections.archives.failures import ArchiveError, Fault
from projections.archives.records import Sealed, decode_header
from projections.dossiers import is_personal
from projections.grade import Grade, to_json
from projections.lawbook import Lawbook

FORMAT: Final = "bagalau extract 1"
_SIGNED: Final = "bagalau/extract/1"
REVEALS: Final = (
    "Confidential. This file opens what is recorded of this person in this year, and the whole of his file"
    " and sanctions; the keys in it open the same documents wherever else their ciphertext is. Hand it to"
    " whom it is meant for alone."
)


class Opened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A document: its stream, what it is, and the key that opens its events."""

    ledger: str
    stream: UUID
    kind: str
    name: tuple[str, ...]
    key: bytes


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event: header and sealed payload as the log has them, its proof, its receipt, and what it says."""

    ledger: str
    seq: int
    type: str
    header: bytes
    payload: bytes
    proof: str
    receipt: Receipt
    says: msgspec.Raw


class Extract(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A dossier of a year. `archive` is the digest of the archive's bytes, `pages` the grades explained.

    `signature` is the log's over everything else, empty where it was made without the log's key.
    """

    format: str
    reveals: str
    body: str
    year: int
    employee: str
    made_at: str
    release: str
    archive: str
    documents: tuple[Opened, ...]
    events: tuple[Evidence, ...]
    grades: tuple[msgspec.Raw, ...]
    pages: dict[str, list[str]]
    signature: str = ""


class CheckedExtract(msgspec.Struct, frozen=True):
    """What a check of an extract found; `grades` are those that its events come to."""

    extract: Extract | None
    grades: tuple[Grade, ...]
    law: Lawbook | None
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        return not self.faults

    @property
    def is_signed(self) -> bool:
        """Whether it bears the log's signature; else its events alone are proven, by the log's heads."""
        return self.extract is not None and bool(self.extract.signature)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the faults, each once, in the order found."""
        return tuple(dict.fromkeys(fault.code for fault in self.faults))


_decoder = msgspec.json.Decoder(Extract)


def encode(extract: Extract) -> bytes:
    """The extract as indented JSON, the same bytes for the same extract."""
    return msgspec.json.format(msgspec.json.encode(extract)) + b"\n"


def sign(extract: Extract, key: Ed25519PrivateKey) -> Extract:
    """The extract with the log's signature."""
    note = sign_text(_to_be_signed(extract), key, origin_of(extract.body))
    return msgspec.structs.replace(extract, signature=note)


def is_extract(data: bytes) -> bool:
    """Whether a file's first bytes are an extract's and no archive's."""
    return data.lstrip()[:1] == b"{"


def evidence(one: Sealed, key: DocumentKey, proof: proofs.Proof) -> Evidence:
    """The event opened, with its proof. Raises SealError."""
    said = unseal(key, one.encoded, one.payload)
    return Evidence(
        one.header.ledger,
        one.header.seq,
        public_type(one.header.type),
        one.encoded,
        one.payload,
        proofs.encode(proof),
        _receipt(one, said),
        msgspec.Raw(said),
    )


def check_extract(data: bytes, log_keys: Sequence[bytes]) -> CheckedExtract:
    """What is found in an extract, held against the log's public keys (Ed25519, 32 bytes each)."""
    try:
        found = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        fault = Fault("broken-record", f"this is not an extract: {error}")
        return CheckedExtract(None, (), None, (fault,))
    checking = _Checking(found, log_keys)
    if found.format != FORMAT:
        checking.fault("other-format", "the extract is of a format that this release does not know")
    elif encode(found) != data:
        checking.fault("wrong-file-digest", "the extract is not written as extracts are")
    checking.run()
    return CheckedExtract(found, tuple(checking.grades), checking.laws, tuple(checking.faults))


class _Checking:
    def __init__(self, found: Extract, log_keys: Sequence[bytes]) -> None:
        self.faults: list[Fault] = []
        self.grades: list[Grade] = []
        self.laws: Lawbook | None = None
        self._found = found
        self._log_keys = log_keys
        self._codec = Codec()
        self._keys: dict[tuple[str, UUID], DocumentKey] = {}
        self._versions: dict[UUID, int] = {}

    def fault(self, code: str, detail: str, ledger: str | None = None, seq: int | None = None) -> None:
        self.faults.append(Fault(code, detail, ledger, seq))

    def run(self) -> None:
        found = self._found
        self._check_signature()
        for one in found.documents:
            try:
                self._keys[one.ledger, one.stream] = DocumentKey(one.key)
            except SealError as error:
                self.fault("not-authentic", f"a document's key: {error}", one.ledger)
        events = [event for one in found.events if (event := self._proven(one)) is not None]
        self._check_order()
        try:
            self._derive(events)
        except Exception as error:  # noqa: BLE001 - whatever the events are, they are told of
            self.fault("grade-differs", f"the events come to no grades: {told(error)}")

    def _verifiers(self, ledger: str) -> list[Verifier]:
        return [Verifier(origin_of(ledger), key) for key in self._log_keys]

    def _check_signature(self) -> None:
        found = self._found
        if not found.signature:
            return
        try:
            text = open_text(found.signature, self._verifiers(found.body))
        except CheckpointError as error:
            self.fault(error.code, f"the extract's signature: {error}")
            return
        if found.signature.rpartition("\n\n")[2].count("\n") != 1:
            self.fault("malformed-note", "the extract bears more than one signature")
        if text != _to_be_signed(found):
            self.fault("wrong-file-digest", "the extract is not what was signed")

    def _proven(self, one: Evidence) -> Event | None:
        """The event, once it is proven to stand in the ledger and to say what is told of it."""
        try:
            header = decode_header(one.header)
            sealed = Sealed(header, one.header, one.payload)
            self._check_place(one, header)
            verifiers = self._verifiers(header.ledger)
            proofs.check(sealed.leaf, header.seq, proofs.decode(one.proof), verifiers, origin_of(one.ledger))
            return self._said(one, header, sealed)
        except ArchiveError as error:
            self.fault(error.code, str(error), one.ledger, one.seq)
        except SealError as error:
            self.fault("not-authentic", str(error), one.ledger, one.seq)
        except Exception as error:  # noqa: BLE001 - whatever one payload holds, the rest go on
            self.fault("unreadable-event", told(error), one.ledger, one.seq)
        return None

    def _check_place(self, one: Evidence, header: Header) -> None:
        if (header.ledger, header.seq, public_type(header.type)) != (one.ledger, one.seq, one.type):
            raise ArchiveError("altered-event", "the event is not the one that it is told to be")
        if header.ledger not in {self._found.body, AGENCY}:
            raise ArchiveError("added-event", "the event is of another ledger")

    def _said(self, one: Evidence, header: Header, sealed: Sealed) -> Event:
        key = self._keys.get((header.ledger, header.stream))
        if key is None:
            raise ArchiveError("not-authentic", "the extract holds no key of the event's document")
        said = unseal(key, one.header, one.payload)
        if msgspec.json.decode(said) != msgspec.json.decode(one.says) or one.receipt != _receipt(
            sealed, said
        ):
            raise ArchiveError("altered-event", "the event does not say what is told of it")
        return event_of(self._codec, key, header, one.payload)

    def _check_order(self) -> None:
        """Each ledger's events in order, each document from its first event on."""
        last: dict[str, int] = {}
        for one in self._found.events:
            if one.seq <= last.get(one.ledger, 0):
                self.fault("reordered-event", "the event is not in its place", one.ledger, one.seq)
            last[one.ledger] = one.seq
            try:
                header = decode_header(one.header)
            except ArchiveError:
                continue
            if header.version != self._versions.get(header.stream, 0) + 1:
                self.fault(
                    "missing-event", "an earlier event of its document is missing", one.ledger, one.seq
                )
            self._versions[header.stream] = header.version

    def _derive(self, events: Sequence[Event]) -> None:
        """The grades that the events come to are those told."""
        found = self._found
        laws = self.laws = Lawbook(event for event in events if event.ledger == AGENCY)
        own = [event for event in events if event.ledger == found.body]
        mine = [event for event in own if is_personal(event.document)]
        for event in mine:
            if event.document.key[0] != found.employee:
                self.fault("added-event", "the event is of another person", event.ledger, event.seq)
        ground = Ground(found.body, found.year, adoptions_in(own), laws.law)
        self.grades = ground.grades(ground.documents_of(mine))
        derived = [msgspec.json.decode(to_json(grade)) for grade in self.grades]
        if derived != [msgspec.json.decode(grade) for grade in found.grades]:
            self.fault("grade-differs", "the events do not come to the grades that are told")


def _to_be_signed(extract: Extract) -> str:
    digest = sha256(encode(msgspec.structs.replace(extract, signature=""))).hexdigest()
    return f"{_SIGNED}\nbody {extract.body}\nyear {extract.year}\nsha256 {digest}\n"


def _receipt(one: Sealed, said: bytes) -> Receipt:
    """The receipt that was given for the event: all of it stands in the log."""
    header = one.header
    fact: Mapping[str, Any] = msgspec.json.decode(said)
    return Receipt(
        str(fact["id"]),
        header.ledger,
        ACCEPTED,
        header.ledger,
        header.seq,
        one.leaf.hex(),
        instant(header.recorded_at),
        None,
    )
