"""The grades in an archive, each sealed under keys of the documents that it rests on."""

import struct
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from events.documents import Annual, Document
from events.period import parse_period
from events.seal import KEY_BYTES, NONCE_BYTES, DocumentKey, SealError, seal, unseal
from events.vocabulary import Name
from projections.archives.container import Content, Write
from projections.archives.failures import ArchiveError
from projections.archives.records import PERSON, PERSON_BYTES, counted
from projections.grade import Grade, to_json

GRADE: Final = b"G"

# An event's header, the other thing sealed to under these keys, begins with its version and never a letter.
_SEALED: Final = b"bagalau/archive/grade/1\0"
_EXPLAINED: Final = b"bagalau/archive/steps/1\0"
_COUNT = struct.Struct(">H")
_LENGTH = struct.Struct(">I")
_STREAM_BYTES: Final = 16
_OF_A_PERIOD: Final = frozenset({"assessment", "calibration", "plan"})
_OF_A_PERSON: Final = frozenset({"discipline", "employment"})

_decoder = msgspec.json.Decoder(Grade)

Keys = Mapping[UUID, DocumentKey]
Streams = tuple[UUID, ...]


class SealedGrade(msgspec.Struct, frozen=True):
    """A grade without its steps, and its steps; each opens with the keys of all of its streams alone."""

    streams: Streams
    grade: bytes
    step_streams: Streams
    steps: bytes


class SealedGrades(msgspec.Struct, frozen=True):
    """A person's grades."""

    person: bytes
    grades: tuple[SealedGrade, ...]


def seal_grade(
    grade: Grade,
    documents: Mapping[Name, Document],
    streams: Mapping[Name, tuple[UUID, DocumentKey]],
    place: tuple[str, int, bytes],
    random_bytes: Callable[[int], bytes],
) -> SealedGrade:
    """The explained grade of a person, sealed. `place` is the ledger, the year and the person.

    A quarter opens with its assessment's key, a year that was formed with its annual record's, another year
    with those of all its assessments; steps tell of more, and open with the keys of all that they tell of.
    """
    keys = dict(streams.values())
    rests_on = _sorted(streams[name][0] for name in _rests_on(grade, documents) if name in streams)
    tells_of = _sorted(streams[name][0] for name in _tells_of(grade, documents) if name in streams)
    bare = msgspec.structs.replace(grade, steps=())
    return SealedGrade(
        rests_on,
        seal(
            _key(_SEALED, rests_on, keys),
            _associated(_SEALED, place, rests_on),
            to_json(bare),
            random_bytes(NONCE_BYTES),
        ),
        tells_of,
        seal(
            _key(_EXPLAINED, tells_of, keys),
            _associated(_EXPLAINED, place, tells_of),
            msgspec.json.encode(steps_of(grade)),
            random_bytes(NONCE_BYTES),
        ),
    )


def open_grade(found: SealedGrade, keys: Keys, place: tuple[str, int, bytes]) -> Grade | None:
    """The grade without its steps; None where a key is gone. Raises ArchiveError `not-authentic`."""
    plain = _opened(_SEALED, found.streams, found.grade, keys, place)
    try:
        return None if plain is None else _decoder.decode(plain)
    except msgspec.DecodeError:
        raise ArchiveError("broken-record", "a grade was written by another release") from None


def open_steps(found: SealedGrade, keys: Keys, place: tuple[str, int, bytes]) -> Any:
    """The steps as JSON has them; None where a key is gone. Raises ArchiveError `not-authentic`."""
    plain = _opened(_EXPLAINED, found.step_streams, found.steps, keys, place)
    return None if plain is None else msgspec.json.decode(plain)


def steps_of(grade: Grade) -> Any:
    """The steps of a grade as JSON has them."""
    return msgspec.json.decode(to_json(grade))["steps"]


def write_grades(write: Write, of: SealedGrades) -> None:
    """Writes a person's grades."""
    pieces = [PERSON, of.person]
    for one in of.grades:
        pieces += (GRADE, *_pieces(one.streams, one.grade), *_pieces(one.step_streams, one.steps))
    write(b"".join(pieces))


def _pieces(streams: Streams, content: bytes) -> Iterator[bytes]:
    yield _COUNT.pack(len(streams))
    yield from (stream.bytes for stream in streams)
    yield _LENGTH.pack(len(content))
    yield content


def read_grades(content: Content) -> Iterator[SealedGrades]:
    """The grades person by person, in the order written. Raises ArchiveError `broken-record`."""
    person: bytes | None = None
    grades: list[SealedGrade] = []
    while tag := content.read(1):
        if tag == PERSON:
            if person is not None:
                yield SealedGrades(person, tuple(grades))
            person, grades = content.exactly(PERSON_BYTES), []
        elif tag == GRADE and person is not None:
            streams, grade = _streams(content), counted(content)
            step_streams, steps = _streams(content), counted(content)
            grades.append(SealedGrade(streams, grade, step_streams, steps))
        else:
            raise ArchiveError("broken-record", f"{content.tag} holds a record of no known kind")
    if person is not None:
        yield SealedGrades(person, tuple(grades))


def _streams(content: Content) -> Streams:
    (count,) = _COUNT.unpack(content.exactly(_COUNT.size))
    raw = content.exactly(count * _STREAM_BYTES)
    return tuple(UUID(bytes=raw[at : at + _STREAM_BYTES]) for at in range(0, len(raw), _STREAM_BYTES))


def _opened(
    kind: bytes, streams: Streams, sealed: bytes, keys: Keys, place: tuple[str, int, bytes]
) -> bytes | None:
    if not streams or any(stream not in keys for stream in streams):
        return None
    try:
        return unseal(_key(kind, streams, keys), _associated(kind, place, streams), sealed)
    except SealError:
        raise ArchiveError("not-authentic", "a grade was not sealed with its documents' keys") from None


def _rests_on(grade: Grade, documents: Mapping[Name, Document]) -> list[Name]:
    if grade.kind != "annual":
        return [Name("assessment", (grade.employee, grade.position, grade.period))]
    record = Name("annual", (grade.employee, grade.period))
    found = documents.get(record)
    if isinstance(found, Annual) and found.formed is not None:
        return [record]
    return [name for name in documents if name.kind in {"annual", "assessment"}]


def _tells_of(grade: Grade, documents: Collection[Name]) -> list[Name]:
    if grade.kind == "annual":
        return list(documents)
    key = (grade.employee, grade.position, grade.period)
    return [
        name
        for name in documents
        if name.kind in _OF_A_PERSON or (name.kind in _OF_A_PERIOD and name.key == key)
    ]


def of_the_year(name: Name, year: int) -> bool:
    """Whether a personal document tells of the year, or of no year alone."""
    if name.kind in _OF_A_PERSON:
        return True
    period = name.key[1] if name.kind == "annual" else name.key[2]
    return parse_period(period).year == year


def _sorted(streams: "Iterator[UUID] | Sequence[UUID]") -> Streams:
    return tuple(sorted(streams, key=lambda stream: stream.bytes))


def _key(kind: bytes, streams: Streams, keys: Keys) -> DocumentKey:
    """A key that only all of the documents' keys together lead to."""
    material = b"".join(keys[stream].raw for stream in streams)
    return DocumentKey(HKDF(SHA256(), KEY_BYTES, salt=None, info=kind).derive(material))


def _associated(kind: bytes, place: tuple[str, int, bytes], streams: Streams) -> bytes:
    ledger, year, person = place
    return kind + msgspec.json.encode((ledger, year, person.hex(), [str(stream) for stream in streams]))
