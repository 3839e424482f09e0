"""The file that an archive is: a first line, sections of known length, and the signed manifest last."""

import io
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import IO, BinaryIO, Final, TypeAlias

import msgspec
from backports.zstd import ZstdCompressor, ZstdError, ZstdFile

from projections.archives.failures import ArchiveError

MAGIC: Final = b"bagalau archive 1\n"
_FAMILY: Final = b"bagalau archive "

EVENTS: Final = "EVEN"
COMMON: Final = "COMM"
LEAVES: Final = "LEAV"
GRADES: Final = "GRAD"
LAW_EVENTS: Final = "LAWE"
LAW_LEAVES: Final = "LAWL"
CHECKPOINTS: Final = "CHEC"
KEYS: Final = "KEYS"
MANIFEST: Final = "MANI"

ORDER: Final = (EVENTS, COMMON, LEAVES, GRADES, LAW_EVENTS, LAW_LEAVES, CHECKPOINTS)
"""The sections of every archive; `KEYS` follows where there is an escrow, the manifest ends the file."""

# Hashes and ciphertext do not shrink, and a leaf is looked up where it lies.
STORED: Final = frozenset({LAW_LEAVES, LEAVES, KEYS, MANIFEST})

_HEAD = struct.Struct(">4sQ")
LEVEL: Final = 3
"""How hard zstd tries: most of what it gets is ciphertext, and does not shrink."""

_CHUNK: Final = 1 << 20

Buffer: TypeAlias = memoryview
Write: TypeAlias = Callable[[bytes], object]


class Section(msgspec.Struct, frozen=True):
    """A section: where it begins, its length as it lies there, and the content's once decompressed.

    The digests are SHA-256 in hex.
    """

    tag: str
    offset: int
    length: int
    digest: str
    content_length: int
    content_digest: str


class Placed(msgspec.Struct, frozen=True):
    """Where a section's bytes lie."""

    tag: str
    offset: int
    length: int

    def of(self, data: Buffer) -> Buffer:
        """The section's bytes as they lie there."""
        return data[self.offset : self.offset + self.length]


class Writer:
    """Writes sections one after another to a file that can seek; a section is never held in memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self.sections: list[Section] = []
        self._file = file
        file.write(MAGIC)

    @contextmanager
    def section(self, tag: str) -> Iterator[Write]:
        """What takes the content of the next section, in pieces."""
        start = self._file.tell()
        self._file.write(_HEAD.pack(tag.encode(), 0))
        lying = _Counting(self._file.write)
        if tag in STORED:
            content = lying
            yield content.write
        else:
            # The check sum of a frame would only repeat what the manifest has.
            compressor = ZstdCompressor(level=LEVEL)
            content = _Counting(lambda piece: lying.write(compressor.compress(piece)))
            yield content.write
            lying.write(compressor.flush())
        end = self._file.tell()
        self._file.seek(start)
        self._file.write(_HEAD.pack(tag.encode(), lying.length))
        self._file.seek(end)
        self.sections.append(
            Section(tag, start + _HEAD.size, lying.length, lying.digest, content.length, content.digest)
        )

    def copy(self, tag: str, waiting: IO[bytes]) -> None:
        """Writes as the next section what another file holds."""
        waiting.seek(0)
        with self.section(tag) as write:
            while piece := waiting.read(_CHUNK):
                write(piece)

    def finish(self, manifest: Callable[[int, str], bytes]) -> None:
        """Ends the file with the manifest, asked for with the length and digest of all before it."""
        length = self._file.tell()
        self._file.seek(0)
        running = sha256()
        while piece := self._file.read(_CHUNK):
            running.update(piece)
        self._file.seek(length)
        note = manifest(length, running.hexdigest())
        self._file.write(_HEAD.pack(MANIFEST.encode(), len(note)))
        self._file.write(note)


def layout(data: Buffer) -> dict[str, Placed]:
    """The sections by tag, in the order of the format.

    Raises ArchiveError `not-an-archive`, `other-format`, `truncated`, `trailing-bytes` or `broken-section`.
    """
    begun = bytes(data[: len(MAGIC)])
    if begun != MAGIC:
        if MAGIC.startswith(begun):
            raise ArchiveError("truncated", "the file ends within its first line")
        if begun.startswith(_FAMILY):
            raise ArchiveError("other-format", "the archive is of a format that this release does not know")
        raise ArchiveError("not-an-archive", "the file does not begin as an archive does")
    found: dict[str, Placed] = {}
    at = len(MAGIC)
    for tag in (*ORDER, KEYS, MANIFEST):
        if len(data) < at + _HEAD.size:
            raise ArchiveError("truncated", f"the file ends before its section {tag}")
        raw, length = _HEAD.unpack_from(data, at)
        if tag == KEYS and raw == MANIFEST.encode():
            continue
        if raw != tag.encode():
            raise ArchiveError("broken-section", f"where the section {tag} should begin there is none")
        at += _HEAD.size
        if len(data) < at + length:
            raise ArchiveError("truncated", f"the file ends within its section {tag}")
        found[tag] = Placed(tag, at, length)
        at += length
    if len(data) != at:
        raise ArchiveError("trailing-bytes", f"{len(data) - at} bytes follow the manifest")
    return found


def begin_of(placed: Placed) -> int:
    """Where the section's tag stands: all before it is what a manifest's digest covers."""
    return placed.offset - _HEAD.size


def content(data: Buffer, placed: Placed) -> "Content":
    """The section's content, decompressed as it is read."""
    return Content(placed.tag, placed.of(data), compressed=placed.tag not in STORED)


class Content:
    """A section's content, read in order; `digest` and `length` are of what was read."""

    def __init__(self, tag: str, lying: Buffer, *, compressed: bool) -> None:
        self.tag = tag
        self.length = 0
        self._hash = sha256()
        raw = _Lying(lying)
        self._file: BinaryIO = ZstdFile(raw) if compressed else raw  # type: ignore[assignment]

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def read(self, size: int) -> bytes:
        """Up to so many bytes, fewer at the end alone. Raises ArchiveError `broken-section`."""
        try:
            piece = self._file.read(size)
        except (ZstdError, EOFError, OSError) as error:
            raise ArchiveError("broken-section", f"{self.tag} does not decompress: {error}") from None
        self._hash.update(piece)
        self.length += len(piece)
        return piece

    def exactly(self, size: int) -> bytes:
        """So many bytes. Raises ArchiveError `broken-record` where the content ends before."""
        piece = self.read(size)
        if len(piece) != size:
            raise ArchiveError("broken-record", f"{self.tag} ends within a record")
        return piece

    def rest(self) -> None:
        """Reads on to the end, for the digest."""
        while self.read(_CHUNK):
            pass


class _Lying(io.RawIOBase):
    """Bytes in memory, or mapped from a file, as a file: no copy of the whole is made."""

    def __init__(self, lying: Buffer) -> None:
        super().__init__()
        self._lying = lying
        self._at = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        stop = len(self._lying) if size < 0 else min(self._at + size, len(self._lying))
        piece = bytes(self._lying[self._at : stop])
        self._at = stop
        return piece

    def readinto(self, into: "memoryview | bytearray") -> int:  # type: ignore[override]
        piece = self.read(len(into))
        into[: len(piece)] = piece
        return len(piece)


class _Counting:
    def __init__(self, write: Write) -> None:
        self.length = 0
        self._write = write
        self._hash = sha256()

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def write(self, piece: bytes) -> None:
        self._hash.update(piece)
        self.length += len(piece)
        self._write(piece)
