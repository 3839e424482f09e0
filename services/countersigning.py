"""A body countersigns the heads that it is shown: what it has seen once, no later head may contradict."""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from events import merkle
from events.checkpoint import (
    COSIGNATURE,
    Checkpoint,
    CheckpointError,
    Verifier,
    cosign,
    notes_in,
    open_note,
    parse_checkpoint,
    verifier_of,
)
from events.told_error import ToldError

_OLD = re.compile(rb"old (0|[1-9][0-9]{0,18})")


class CountersignError(ToldError):
    """A head that is not countersigned, or a key that cannot do it; `code` is stable.

    `key-unusable`, `went-back` (an earlier one was larger, or another of this size), `proof-missing`,
    `not-consistent`.
    """


class Shown(msgspec.Struct, frozen=True):
    """A note, and the consistency proof from an older size where one came with it."""

    note: bytes
    since: int | None = None
    proof: tuple[bytes, ...] = ()


class Cosigner(msgspec.Struct, frozen=True):
    """Who countersigns: a key and its name."""

    key: Ed25519PrivateKey
    name: str

    @property
    def verifier(self) -> Verifier:
        """What others verify his cosignatures by. Raises CheckpointError `malformed-key`."""
        return verifier_of(self.name, self.key, COSIGNATURE)


def load_key(pem: bytes) -> Ed25519PrivateKey:
    """The Ed25519 private key in PEM. Raises CountersignError `key-unusable`."""
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise CountersignError(
            "key-unusable",
            "The file holds no Ed25519 private key in PEM without a password.",
            "Make one with `openssl genpkey -algorithm ed25519`.",
        )
    return key


def shown_in(content: bytes) -> Iterator[Shown]:
    """The heads in a file that `bagalau checkpoint` wrote, with and without proofs.

    Raises CheckpointError `malformed-note`.
    """
    for block in notes_in(content):
        first, _, rest = block.partition(b"\n")
        old = _OLD.fullmatch(first)
        if old is None:
            yield Shown(block)
            continue
        hashes, blank, note = (b"\n" + rest).partition(b"\n\n")
        try:
            proof = tuple(b64decode(line, validate=True) for line in hashes.split(b"\n")[1:])
        except ValueError:
            proof, blank = (), b""
        if not blank:
            raise CheckpointError("malformed-note", "a proof is not hashes, an empty line and a note")
        yield Shown(note, int(old[1]), proof)


def seen_before(content: bytes, cosigner: Cosigner) -> dict[str, Checkpoint]:
    """The largest head of each log among those that the cosigner signed. Raises CheckpointError."""
    seen: dict[str, Checkpoint] = {}
    for note in notes_in(content):
        checkpoint = open_note(note, [cosigner.verifier])
        before = seen.get(checkpoint.origin)
        if before is None or before.size < checkpoint.size:
            seen[checkpoint.origin] = checkpoint
    return seen


def countersign(
    shown: Shown, cosigner: Cosigner, seen: Mapping[str, Checkpoint], log_keys: Sequence[Verifier], at: int
) -> str:
    """The note with one more cosignature, at POSIX seconds `at`.

    With `log_keys` one of them must have signed it. Raises CheckpointError and CountersignError.
    """
    checkpoint = open_note(shown.note, log_keys) if log_keys else parse_checkpoint(shown.note)
    before = seen.get(checkpoint.origin)
    if before is not None:
        _check_extends(checkpoint, before, shown)
    return cosign(shown.note.decode(), cosigner.key, cosigner.name, at)


def _check_extends(checkpoint: Checkpoint, before: Checkpoint, shown: Shown) -> None:
    name = checkpoint.origin
    again = checkpoint.size == before.size and checkpoint.root == before.root
    if again or before.size == 0:
        return
    if checkpoint.size <= before.size:
        raise CountersignError(
            "went-back",
            f"{name} was countersigned at {before.size} events and is shown at {checkpoint.size} as another.",
            "Keep both notes: together they prove that history was changed.",
        )
    if shown.since != before.size:
        raise CountersignError(
            "proof-missing",
            f"{name} comes without the proof that it extends what was countersigned at {before.size} events.",
            "Ask for it: `bagalau checkpoint --since FILE` takes the notes countersigned last.",
        )
    try:
        merkle.verify_consistency(before.size, checkpoint.size, before.root, checkpoint.root, shown.proof)
    except merkle.ProofError as error:
        raise CountersignError(
            "not-consistent",
            f"{name} does not extend what was countersigned at {before.size} events: {error}.",
            "Keep both notes, and ask for the ledger to be verified against the older one.",
        ) from None
