"""A grade as a row: what stands in plain columns, and the grade itself sealed beside them."""

import struct
from collections.abc import Mapping
from hashlib import blake2b
from types import MappingProxyType
from typing import Final
from uuid import UUID

import msgspec

from events.keyring import Keyring
from events.log.documents import hashed_name
from events.seal import DocumentKey, SealError, seal, unseal
from events.vocabulary import Name
from projections.grade import Grade, Kind

DIGEST_BYTES: Final = 16

# An event's header, the other thing sealed to under these keys, begins with its version and never a letter.
_SEALED: Final = b"bagalau/grade/1\0"
# With whom else the row has to do. A row that has to do with nobody else is as it was before rows told it.
_SEALED_WITH: Final = b"bagalau/grade/2\0"
_DIGESTED: Final = b"bagalau/grade/3"
_COUNTS: Final = struct.Struct(">?HH")


# Keys in order: the digest of a grade must not hang on the order in which its readings were put together.
_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(Grade)

# The readings of an act are one read-only object for every grade under it, and encoding them costs more than
# the rest of a grade does. The object is kept with what it became: while it is, its id is its own.
_READINGS: Final[dict[int, tuple[Mapping[str, str], msgspec.Raw]]] = {}
_MOST_READINGS: Final = 1000


class RowError(Exception):
    """A row that is not as it was written (`row-not-authentic`), or cannot be read (`row-unreadable`)."""

    remedy = (
        "`bagalau replay` tells what else was altered; `bagalau rebuild --accept-changes` derives the rows"
        " anew and shows them."
    )

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Concerned(msgspec.Struct, frozen=True):
    """Who else has to do with a result, each by his keyed hash: what the database admits a viewer by.

    `members` are of the panel that has the case, while it has; `requested` tells that a calibration was asked
    for and is not concluded.
    """

    evaluators: tuple[bytes, ...] = ()
    members: tuple[bytes, ...] = ()
    requested: bool = False


NOBODY_ELSE: Final = Concerned()


class Row(msgspec.Struct, frozen=True):
    """A grade's row, its content not sealed yet.

    `person` and `id` are known without the grade: the keyed hash of the employee, and the assessment's stream
    or the annual record. `seq` is the place in the ledger at which the grade became what it is.
    """

    ledger: str
    person: bytes
    kind: Kind
    id: UUID
    period: str
    status: str
    grade: str | None
    methodology: str
    revision: int
    seq: int
    digest: bytes
    content: bytes
    concerned: Concerned = NOBODY_ELSE


def person_of(keyring: Keyring, ledger: str, employee: str) -> bytes:
    """The keyed hash, 16 bytes, that stands for an employee of a body: his file's hashed name."""
    return hashed_name(keyring, ledger, Name("employment", (employee,)))


def record_of(keyring: Keyring, ledger: str, employee: str, year: str) -> UUID:
    """The id of an annual record: the hashed name of the document in which the ledger keeps the year."""
    return UUID(bytes=hashed_name(keyring, ledger, Name("annual", (employee, year))))


def row_of(  # noqa: PLR0917 - what stands beside the grade, in the order of a row
    grade: Grade,
    person: bytes,
    row_id: UUID,
    key: DocumentKey,
    seq: int,
    concerned: Concerned = NOBODY_ELSE,
) -> Row:
    """The row of a grade; its steps are left out, since they are worked out again when asked for."""
    content = _encoder.encode(msgspec.structs.replace(grade, steps=(), readings=_encoded(grade.readings)))
    return Row(
        grade.body,
        person,
        grade.kind,
        row_id,
        grade.period,
        grade.status,
        grade.grade,
        grade.methodology,
        grade.revision,
        seq,
        _digest(key, concerned, content),
        content,
        concerned,
    )


def _encoded(readings: Mapping[str, str]) -> msgspec.Raw:
    if not isinstance(readings, MappingProxyType):
        return msgspec.Raw(_encoder.encode(readings))
    kept = _READINGS.get(id(readings))
    if kept is None:
        if len(_READINGS) >= _MOST_READINGS:
            _READINGS.clear()
        kept = _READINGS[id(readings)] = readings, msgspec.Raw(_encoder.encode(dict(readings)))
    return kept[1]


def sealed(row: Row, generation: int, key: DocumentKey, nonce: bytes) -> bytes:
    """The row's content, sealed and bound to everything that stands beside it."""
    return seal(key, _associated(row, generation), row.content, nonce)


def opened(row: Row, generation: int, key: DocumentKey, content: bytes) -> Grade:
    """The grade in a row whose `content` was sealed; the row's own content is not looked at.

    Raises RowError.
    """
    place = f"{row.kind} {row.id} of {row.ledger}"
    try:
        plain = unseal(key, _associated(row, generation), content)
    except SealError:
        raise RowError("row-not-authentic", f"the row {place} is not as it was written") from None
    try:
        return _decoder.decode(plain)
    except msgspec.DecodeError:
        raise RowError("row-unreadable", f"the row {place} was written by another release") from None


def _digest(key: DocumentKey, concerned: Concerned, content: bytes) -> bytes:
    # Under the document's key and not the keyring's: with that one left, a mark would be guessed from the
    # digest of a row whose document was destroyed.
    # BLAKE2b takes its key itself, and costs half of an HMAC.
    evaluators, members = concerned.evaluators, concerned.members
    counts = _COUNTS.pack(concerned.requested, len(evaluators), len(members))
    digested = b"".join((counts, *evaluators, *members, content))
    return blake2b(digested, key=key.raw, person=_DIGESTED, digest_size=DIGEST_BYTES).digest()


def _associated(row: Row, generation: int) -> bytes:
    beside = (
        generation,
        row.ledger,
        row.person,
        row.kind,
        row.id,
        row.period,
        row.status,
        row.grade,
        row.methodology,
        row.revision,
        row.seq,
        row.digest,
    )
    if row.concerned == NOBODY_ELSE:
        return _SEALED + msgspec.json.encode(beside)
    return _SEALED_WITH + msgspec.json.encode((*beside, row.concerned))
