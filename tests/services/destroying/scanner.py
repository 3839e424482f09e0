"""Whoever has the disk: every file searched for words, and for wrapped keys that some key there opens."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.keyring import WRAPPED_BYTES, KeyringError, load
from events.seal import NONCE_BYTES

_BEFORE, _AFTER = 96, 224


def files(*folders: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file there is, with what it holds."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path, path.read_bytes()


def words_found(words: Iterable[str], *folders: Path) -> dict[str, set[str]]:
    """In which files each word stands in plain: as UTF-8, and as JSON escapes it."""
    forms = {word: {word.encode(), ascii(word)[1:-1].encode()} for word in words}
    found: dict[str, set[str]] = {}
    for path, content in files(*folders):
        for word, spelt in forms.items():
            if any(one in content for one in spelt):
                found.setdefault(word, set()).add(path.name)
    return found


def keks_found(*folders: Path) -> list[AESGCM]:
    """The key-encryption keys of every keyring file, whatever it is called."""
    found: dict[bytes, AESGCM] = {}
    for path, content in files(*folders):
        if b'"keks"' in content:
            try:
                ring = load(path)
            except KeyringError:
                continue
            found |= {kek.raw: kek.cipher for kek in ring.keks.values()}
    return list(found.values())


def opened(bound: Iterable[UUID], keks: Iterable[AESGCM], *folders: Path) -> dict[UUID, bytes]:
    """The keys of these documents or records that one of the key-encryption keys opens, wherever they lie.

    A wrapped key is looked for about every place where what it is bound to stands: in heap pages that were
    deleted from, in indexes and in the write-ahead log alike.
    """
    wanted = {one.bytes: one for one in bound}
    ciphers = list(keks)
    found: dict[UUID, bytes] = {}
    for _, content in files(*folders):
        for raw, stream in wanted.items():
            at = -1
            while stream not in found and (at := content.find(raw, at + 1)) >= 0:
                key = _near(content, at, raw, ciphers)
                if key is not None:
                    found[stream] = key
    return found


def _near(content: bytes, at: int, bound: bytes, ciphers: list[AESGCM]) -> bytes | None:
    for start in range(max(0, at - _BEFORE), min(at + _AFTER, len(content) - WRAPPED_BYTES)):
        wrapped = content[start : start + WRAPPED_BYTES]
        for cipher in ciphers:
            try:
                return cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound)
            except InvalidTag:
                continue
    return None
