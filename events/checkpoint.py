"""Checkpoints of a ledger's tree: C2SP tlog-checkpoint bodies in C2SP signed notes, signed with Ed25519.

Beside the log's own signature a note may hold cosignatures (C2SP tlog-cosignature, v1) of those who saw it.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519: Final = b"\x01"
COSIGNATURE: Final = b"\x04"
"""The kinds of key: one signs a note's text, the other says that it saw it at a time."""
MAX_SIGNATURES: Final = 100

_ROOT_BYTES: Final = 32
_NEWLINE: Final = "\n"
_DASH: Final = "— ".encode()
_KEY_ID_BYTES: Final = 4
_TIMESTAMP_BYTES: Final = 8
_LAST_TIMESTAMP: Final = 2**63 - 1
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_SIGNATURE_LINE = re.compile(r"— (?P<name>[^ ]+) (?P<signature>[^ ]+)")
_VERIFIER_KEY = re.compile(r"(?P<name>[^+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[^ ]+)")


class CheckpointError(ValueError):
    """A note that is not believed, or cannot be made; `code` is stable.

    `malformed-note`, `malformed-checkpoint`, `malformed-key`, `ambiguous-key`, `wrong-signature`,
    `unknown-key` (signed by none of the verifiers), `wrong-origin`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Checkpoint(msgspec.Struct, frozen=True):
    """The tree head of a log: `root` is the 32-byte root over its first `size` leaves."""

    origin: str
    size: int
    root: bytes


class Verifier(msgspec.Struct, frozen=True):
    """A key that signs notes under a name, or cosigns them; `public_key` is Ed25519's 32 bytes."""

    name: str
    public_key: bytes
    kind: bytes = ED25519

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name || 0x0A || kind || public key)."""
        return sha256(self.name.encode() + b"\n" + self.kind + self.public_key).digest()[:_KEY_ID_BYTES]

    @property
    def vkey(self) -> str:
        """The key as others are given it: `name+key id in hex+base64(kind || public key)`."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(self.kind + self.public_key)}"


def origin_of(ledger: str) -> str:
    """The origin line, and key name, of a ledger's checkpoints."""
    return f"bagalau/{ledger}"


def verifier_of(name: str, key: Ed25519PrivateKey | Ed25519PublicKey, kind: bytes = ED25519) -> Verifier:
    """The verifier of what `key` signs under `name`. Raises CheckpointError `malformed-key`."""
    if not _is_key_name(name):
        raise CheckpointError("malformed-key", "a key's name holds neither spaces nor a plus")
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return Verifier(name, public.public_bytes_raw(), kind)


def parse_vkey(vkey: str) -> Verifier:
    """The verifier that `vkey` writes down. Raises CheckpointError `malformed-key`."""
    found = _VERIFIER_KEY.fullmatch(vkey)
    key = _unbase64(found["key"]) if found else None
    known = key is not None and key[:1] in {ED25519, COSIGNATURE} and len(key) == 1 + 32
    if not found or not _is_key_name(found["name"]) or not key or not known:
        raise CheckpointError("malformed-key", "this is not an Ed25519 verifier key")
    verifier = Verifier(found["name"], key[1:], key[:1])
    if verifier.key_id.hex() != found["id"]:
        raise CheckpointError("malformed-key", "the verifier key's id does not belong to its name and key")
    return verifier


def sign(checkpoint: Checkpoint, private_key: Ed25519PrivateKey, key_name: str | None = None) -> str:
    """The checkpoint as a signed note; the key's name is the origin unless `key_name` says otherwise.

    Sign no checkpoint that is inconsistent with an earlier one. Raises CheckpointError
    `malformed-checkpoint` or `malformed-key`.
    """
    if not checkpoint.origin or "\n" in checkpoint.origin or len(checkpoint.root) != _ROOT_BYTES:
        raise CheckpointError("malformed-checkpoint", "a checkpoint has an origin line and a 32-byte root")
    if not _SIZE.fullmatch(str(checkpoint.size)):
        raise CheckpointError("malformed-checkpoint", "a checkpoint's size counts leaves")
    text = f"{checkpoint.origin}\n{checkpoint.size}\n{_base64(checkpoint.root)}\n"
    return sign_text(text, private_key, checkpoint.origin if key_name is None else key_name)


def open_note(note: str | bytes, verifiers: Iterable[Verifier], origin: str | None = None) -> Checkpoint:
    """The checkpoint in a signed note, once a verifier's signature and no verifier's failure is found in it.

    Extension lines are allowed and left out. Raises CheckpointError, also when `origin` is given and differs.
    """
    checkpoint = _checkpoint(open_text(note, verifiers))
    if origin is not None and checkpoint.origin != origin:
        raise CheckpointError("wrong-origin", "the checkpoint is of another log")
    return checkpoint


def parse_checkpoint(note: str | bytes) -> Checkpoint:
    """The checkpoint that a note holds, whoever signed it or did not. Raises CheckpointError."""
    text, _ = _split(note)
    return _checkpoint(text)


def _checkpoint(text: str) -> Checkpoint:
    lines = text.removesuffix("\n").split("\n")
    root = _unbase64(lines[2]) if len(lines) > 2 and all(lines) else None  # noqa: PLR2004
    if root is None or len(root) != _ROOT_BYTES or not _SIZE.fullmatch(lines[1]):
        raise CheckpointError("malformed-checkpoint", "the note is not of origin, size and root")
    return Checkpoint(lines[0], int(lines[1]), root)


def sign_text(text: str, private_key: Ed25519PrivateKey, key_name: str) -> str:
    """`text` as a signed note. Raises CheckpointError `malformed-note` or `malformed-key`."""
    if not text.endswith("\n"):
        raise CheckpointError("malformed-note", "a note's text ends in a newline")
    signed = _note_bytes(text)
    key_id = verifier_of(key_name, private_key).key_id
    return f"{text}\n— {key_name} {_base64(key_id + private_key.sign(signed))}\n"


def cosign(note: str, private_key: Ed25519PrivateKey, name: str, at: int) -> str:
    """The note with one more cosignature: at `at` (POSIX seconds) its tree was the largest that `name` saw.

    Whoever cosigns has opened the note and found it consistent with what he saw before. Raises
    CheckpointError `malformed-note` or `malformed-key`.
    """
    text, signatures = _split(note)
    if not 0 <= at <= _LAST_TIMESTAMP or len(signatures) >= MAX_SIGNATURES:
        raise CheckpointError("malformed-note", "the note takes no cosignature of this time")
    key_id = verifier_of(name, private_key, COSIGNATURE).key_id
    signature = private_key.sign(_cosigned(text, at))
    stamped = at.to_bytes(_TIMESTAMP_BYTES) + signature
    return f"{note.removesuffix(_NEWLINE)}\n— {name} {_base64(key_id + stamped)}\n"


def open_text(note: str | bytes, verifiers: Iterable[Verifier]) -> str:
    """The text of a signed note, with its last newline. Signatures by other keys are ignored.

    Raises CheckpointError `malformed-note`, `ambiguous-key`, `wrong-signature` or `unknown-key`.
    """
    text, signatures = _split(note)
    keys: dict[tuple[str, bytes], Verifier] = {}
    for verifier in verifiers:
        if keys.setdefault((verifier.name, verifier.key_id), verifier) != verifier:
            raise CheckpointError("ambiguous-key", "two verifier keys share a name and an id")
    known = [(keys[by], signature) for by, signature in signatures if by in keys]
    if not known:
        origin = text.partition("\n")[0]
        raise CheckpointError("unknown-key", f"no key that is trusted signed the note of {origin}")
    for verifier, signature in known:
        try:
            Ed25519PublicKey.from_public_bytes(verifier.public_key).verify(
                *_message(verifier, text, signature)
            )
        except InvalidSignature:
            raise CheckpointError("wrong-signature", "a trusted key's signature does not fit") from None
    return text


def notes_in(content: bytes) -> Iterator[bytes]:
    """The notes of a file that holds one or many, with or without an empty line between them.

    Raises CheckpointError `malformed-note` for what is none.
    """
    text, signatures = list[bytes](), list[bytes]()
    for line in content.split(b"\n"):
        if line.startswith(_DASH):
            signatures.append(line)
        elif signatures and text:
            yield _joined(text, signatures)
            text, signatures = ([line] if line else []), []
        elif line or text:
            text.append(line)
    if text:
        if not signatures:
            raise CheckpointError("malformed-note", "a note has no signatures")
        yield _joined(text, signatures)


def _joined(text: Sequence[bytes], signatures: Sequence[bytes]) -> bytes:
    return b"\n".join([*text, *signatures, b""])


def _message(verifier: Verifier, text: str, signature: bytes) -> tuple[bytes, bytes]:
    """The signature alone, and what it was made over."""
    if verifier.kind == ED25519:
        return signature, text.encode()
    at = int.from_bytes(signature[:_TIMESTAMP_BYTES])
    return signature[_TIMESTAMP_BYTES:], _cosigned(text, at)


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _split(note: str | bytes) -> tuple[str, list[tuple[tuple[str, bytes], bytes]]]:
    """The text, and of each signature its key's name and id and what it signed with."""
    try:
        decoded = note.decode() if isinstance(note, bytes) else note
    except UnicodeDecodeError:
        raise CheckpointError("malformed-note", "the note is not UTF-8") from None
    _note_bytes(decoded)
    # The text may hold empty lines: the last one parts it from the signatures.
    text, blank, below = decoded.rpartition("\n\n")
    lines = below.removesuffix("\n").split("\n")
    if not blank or not below.endswith("\n") or len(lines) > MAX_SIGNATURES:
        raise CheckpointError("malformed-note", "the note is not a text, an empty line and signatures")
    return text + "\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[tuple[str, bytes], bytes]:
    found = _SIGNATURE_LINE.fullmatch(line)
    signature = _unbase64(found["signature"]) if found else None
    if not found or not _is_key_name(found["name"]) or not signature or len(signature) <= _KEY_ID_BYTES:
        raise CheckpointError("malformed-note", "a line below the note's text is not a signature")
    return (found["name"], signature[:_KEY_ID_BYTES]), signature[_KEY_ID_BYTES:]


def _note_bytes(text: str) -> bytes:
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        raise CheckpointError("malformed-note", "the note is not Unicode") from None
    if _CONTROL.search(text):
        raise CheckpointError("malformed-note", "the note holds a control character")
    return encoded


def _is_key_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(each.isspace() or each < " " for each in name)


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _unbase64(text: str) -> bytes | None:
    """What the text encodes; None unless it is the one way to encode it."""
    try:
        data = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        return None
    return data if _base64(data) == text else None
