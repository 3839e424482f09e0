"""The archive that an earlier release wrote, its keys, and archives forged from it without the log's key."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from backports import zstd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from events.checkpoint import parse_vkey
from projections.archives import manifest
from projections.archives.checking import whole
from projections.archives.container import COMMON, EVENTS, KEYS, LAW_EVENTS, MANIFEST, Writer, content, layout
from projections.archives.manifest import Manifest
from projections.archives.records import Group, read_groups, write_group

FIXTURES = Path(__file__).parent / "fixtures"
ARCHIVE = (FIXTURES / "year-1.archive").read_bytes()
LOG_KEYS = [parse_vkey((FIXTURES / "log.vkey").read_text().strip()).public_key]


def extract() -> bytes:
    return zstd.decompress((FIXTURES / "extract-1.json.zst").read_bytes())


def escrow() -> X25519PrivateKey:
    pem = (FIXTURES / "escrow-for-tests-alone.pem").read_bytes()
    key = load_pem_private_key(pem, password=None)
    assert isinstance(key, X25519PrivateKey)
    return key


Change = Callable[[list[Group]], list[Group]]


def forged(tag: str, change: Change, told: Callable[[Manifest], Manifest] = lambda one: one) -> bytes:
    """The archive with other events, every digest made to fit, under the manifest's old signature."""
    data = memoryview(ARCHIVE)
    places = layout(data)
    note = bytes(places[MANIFEST].of(data)).decode()
    file = io.BytesIO()
    writer = Writer(file)
    for one, place in places.items():
        if one == MANIFEST:
            continue
        with writer.section(one) as write:
            if one == tag:
                for group in change(list(read_groups(content(data, place)))):
                    write_group(write, group)
            else:
                write(bytes(place.of(data)) if one == KEYS else whole(content(data, place)))

    def signed(length: int, digest: str) -> bytes:
        found = msgspec.structs.replace(
            manifest.read(note.encode()), sections=tuple(writer.sections), length=length, digest=digest
        )
        of_a_stranger = manifest.sign(told(found), Ed25519PrivateKey.generate()).decode()
        return (of_a_stranger.rpartition("\n\n")[0] + "\n\n" + note.rpartition("\n\n")[2]).encode()

    writer.finish(signed)
    return file.getvalue()


def sections_of_events() -> Iterator[str]:
    data = memoryview(ARCHIVE)
    for tag in (EVENTS, COMMON, LAW_EVENTS):
        if any(group.events for group in read_groups(content(data, layout(data)[tag]))):
            yield tag
