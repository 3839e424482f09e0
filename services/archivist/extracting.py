"""One person's dossier out of an archive: opened, proven event by event, and explained in three languages."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.envelope import AGENCY, Event
from events.keyring import Keyring
from methodologies.model.clause import LANGUAGES, Language
from methodologies.registry import Law
from projections.archives import extract as extracts
from projections.archives import heads
from projections.archives.checking import whole
from projections.archives.container import CHECKPOINTS, LAW_LEAVES, LEAVES, Buffer, content, layout
from projections.archives.deriving import Unread
from projections.archives.extract import CheckedExtract, Evidence, Extract, Opened, evidence
from projections.archives.failures import ArchiveError, Fault
from projections.archives.heads import Kept
from projections.archives.manifest import Covered
from projections.archives.parts import Archive, Part, Person
from projections.archives.proofs import Tree
from projections.archives.replaying import ground_of
from projections.grade import Grade, to_json
from projections.rows import person_of
from services.explanation_page import page

_TITLE: Final[Mapping[Language, str]] = {
    "kk": "Жеке іс: {employee}, {body}, {year}",
    "ru": "Личное дело: {employee}, {body}, {year}",
    "en": "Dossier: {employee}, {body}, {year}",
}


class Making(msgspec.Struct, frozen=True):
    """When and by which release an extract is made, and the log's key where it is at hand."""

    at: datetime
    release: str
    log_key: Ed25519PrivateKey | None = None


def extract(
    data: Buffer, archive: Archive, employee: str, making: Making, keyring: Keyring | None = None
) -> Extract:
    """The person's dossier, signed where the log's key is at hand.

    With a keyring he is found by his keyed hash, else by opening one person after another. What was destroyed
    since the export is left out. Raises ArchiveError `unknown-employee`, `inputs-destroyed` where nothing of
    his opens any more, and see `Archive`.
    """
    found, law = archive.manifest, archive.law()
    person = _found(archive, employee, keyring)
    places = layout(data)
    kept = heads.decode(whole(content(data, places[CHECKPOINTS])))
    of_body = _Proving(places[LEAVES].of(data), kept, found.ledger)
    of_agency = _Proving(places[LAW_LEAVES].of(data), kept, found.agency)
    proven = [
        *of_agency.proven(law.agency, frozenset({"adoptions", "methodology"})),
        *of_body.proven(law.common, frozenset({"adoptions"})),
        *of_body.proven(person.part),
    ]
    ground = ground_of(found, law)
    grades = ground.grades(ground.documents_of(person.part.events))
    made = Extract(
        extracts.FORMAT,
        extracts.REVEALS,
        found.body,
        found.year,
        employee,
        making.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        making.release,
        found.digest,
        tuple(dict.fromkeys(document for document, _ in proven)),
        tuple(sorted((one for _, one in proven), key=lambda one: (one.ledger != AGENCY, one.seq))),
        tuple(msgspec.Raw(to_json(grade)) for grade in grades),
        pages(employee, found.body, found.year, grades, ground.law),
    )
    return made if making.log_key is None else extracts.sign(made, making.log_key)


def check(data: bytes, log_keys: Sequence[bytes]) -> CheckedExtract:
    """What is found in an extract; pages that the log did not sign are written anew and compared."""
    checked = extracts.check_extract(data, log_keys)
    found = checked.extract
    if found is None or checked.is_signed or checked.law is None or checked.faults:
        return checked
    if found.pages != pages(found.employee, found.body, found.year, checked.grades, checked.law.law):
        fault = Fault("page-differs", "the pages do not tell of the grades as this release does")
        return msgspec.structs.replace(checked, faults=(fault,))
    return checked


def pages(employee: str, body: str, year: int, grades: Sequence[Grade], law: Law) -> dict[str, list[str]]:
    """The grades explained, by language, line by line."""
    return {language: list(_page(language, (employee, body, year), grades, law)) for language in LANGUAGES}


def text_of(found: Extract, digest: str) -> str:
    """The dossier for people: the pages one under another, and every event with its place in the log."""
    lines = [line for language in LANGUAGES for line in (*found.pages[language], "", "")]
    lines += [
        f"{one.ledger} {one.seq} {one.receipt.recorded_at:%Y-%m-%dT%H:%M:%SZ} {one.type}"
        for one in found.events
    ]
    return "\n".join([*lines, "", f"SHA-256 {digest}", found.reveals, ""])


def _page(language: Language, of: tuple[str, str, int], grades: Sequence[Grade], law: Law) -> Iterator[str]:
    employee, body, year = of
    yield _TITLE[language].format(employee=employee, body=body, year=year)
    for grade in grades:
        yield ""
        yield from page(grade, law, language)


def _found(archive: Archive, employee: str, keyring: Keyring | None) -> Person:
    if keyring is not None:
        found = archive.person(person_of(keyring, archive.manifest.body, employee))
    else:
        found = next((one for one in archive.persons() if one.employee == employee), None)
    if found is None:
        raise ArchiveError("unknown-employee", f"the archive holds nothing of {employee} that opens")
    for one in found.part.opened:
        if isinstance(one, Unread):
            raise ArchiveError(
                "not-authentic", f"event {one.seq} does not open", "Run `bagalau archive verify`."
            )
    if not found.part.events:
        raise ArchiveError("inputs-destroyed", f"everything of {employee} was destroyed since the export")
    return found


class _Proving:
    """Proves a ledger's events by the leaves that an archive holds of it."""

    def __init__(self, leaves: Buffer, kept: Sequence[Kept], covered: Covered) -> None:
        self._tree = Tree(leaves)
        notes = [one.note for one in kept if one.ledger == covered.ledger and not one.proof]
        # One that others signed too is worth more to a stranger, if it covers everything.
        whole_ones = [note for note in notes if note.split("\n")[1] == str(covered.size)]
        self._checkpoint = max(whole_ones, key=lambda note: note.count("\n"))
        self._size = covered.size

    def proven(self, part: Part, kinds: frozenset[str] | None = None) -> Iterator[tuple[Opened, Evidence]]:
        """Those events that open, of some kinds of document or of all, each with its document."""
        for sealed, event in zip(part.sealed, part.opened, strict=True):
            if isinstance(event, Event) and (kinds is None or event.document.kind in kinds):
                stream = sealed.header.stream
                key = part.keys[stream]
                name = event.document
                proof = self._tree.proof(event.seq - 1, self._size, self._checkpoint)
                yield (
                    Opened(event.ledger, stream, name.kind, name.key, key.raw),
                    evidence(sealed, key, proof),
                )
