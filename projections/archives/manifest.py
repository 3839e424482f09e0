"""The manifest: what an archive holds and the digest of every byte of it, signed with the log's key."""

from collections.abc import Iterable
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.checkpoint import CheckpointError, Verifier, open_text, origin_of, sign_text
from projections.archives.container import Section
from projections.archives.failures import ArchiveError

FIRST_LINE: Final = "bagalau/archive/1"
_NONE: Final = "-"
_BODY: Final = ("body", "year", "exported-at", "release")
_COUNTS: Final = ("events", "law-events", "documents", "persons", "grades", "destroyed")


class Covered(msgspec.Struct, frozen=True):
    """How far the archive follows a ledger: its first `size` leaves, and their root in hex."""

    ledger: str
    size: int
    root: str


class Counts(msgspec.Struct, frozen=True):
    """What the archive holds; `destroyed` counts the documents of the ledger that had no key at export."""

    events: int
    law_events: int
    documents: int
    persons: int
    grades: int
    destroyed: int


class Manifest(msgspec.Struct, frozen=True):
    """What an archive says of itself. `escrow` is the public key it can be opened with, in hex."""

    body: str
    year: int
    exported_at: str
    release: str
    counts: Counts
    ledger: Covered
    agency: Covered
    escrow: str | None
    sections: tuple[Section, ...]
    length: int
    digest: str


def sign(manifest: Manifest, key: Ed25519PrivateKey) -> bytes:
    """The manifest as a C2SP signed note under the origin of the body's ledger."""
    return sign_text(_text(manifest), key, origin_of(manifest.body)).encode()


def read(note: bytes) -> Manifest:
    """The manifest in a note, whoever signed it. Raises ArchiveError `broken-manifest`."""
    try:
        text = note.decode().rpartition("\n\n")[0] + "\n"
        found = _parsed(text)
    except (ValueError, IndexError, KeyError):
        raise ArchiveError("broken-manifest", "the manifest is not written as manifests are") from None
    if _text(found) != text:
        raise ArchiveError("broken-manifest", "the manifest is not written as manifests are")
    return found


def check_signature(note: bytes, verifiers: Iterable[Verifier]) -> None:
    """Returns when the log's key alone signed the note. Raises CheckpointError."""
    open_text(note, verifiers)
    # Whoever may add a signature may add bytes, and they would lie outside of every digest.
    if note.decode().rpartition("\n\n")[2].count("\n") != 1:
        raise CheckpointError("malformed-note", "the manifest bears more than one signature")


def _text(manifest: Manifest) -> str:
    counts = [getattr(manifest.counts, name.replace("-", "_")) for name in _COUNTS]
    body = (manifest.body, manifest.year, manifest.exported_at, manifest.release)
    lines = [
        FIRST_LINE,
        *(f"{name} {value}" for name, value in zip(_BODY, body, strict=True)),
        *(f"{name} {value}" for name, value in zip(_COUNTS, counts, strict=True)),
        *(f"ledger {one.ledger} {one.size} {one.root}" for one in (manifest.ledger, manifest.agency)),
        f"escrow {manifest.escrow or _NONE}",
        *(
            f"section {one.tag} {one.offset} {one.length} {one.digest} {one.content_length}"
            f" {one.content_digest}"
            for one in manifest.sections
        ),
        f"file {manifest.length} {manifest.digest}",
    ]
    return "\n".join(lines) + "\n"


def _parsed(text: str) -> Manifest:
    lines = [line.split(" ") for line in text.removesuffix("\n").split("\n")]
    single = {line[0]: line[1] for line in lines[1:] if line[0] not in {"ledger", "section", "file"}}
    of_ledger, of_agency = (Covered(line[1], int(line[2]), line[3]) for line in lines if line[0] == "ledger")
    sections = tuple(
        Section(line[1], int(line[2]), int(line[3]), line[4], int(line[5]), line[6])
        for line in lines
        if line[0] == "section"
    )
    file = lines[-1]
    escrow = single["escrow"]
    return Manifest(
        single["body"],
        int(single["year"]),
        single["exported-at"],
        single["release"],
        Counts(*(int(single[name]) for name in _COUNTS)),
        of_ledger,
        of_agency,
        None if escrow == _NONE else escrow,
        sections,
        int(file[1]),
        file[2],
    )
