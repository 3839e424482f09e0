"""`bagalau bench archive`: a body's year exported, verified and replayed, beside zstd over the same bytes."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from backports.zstd import ZstdCompressor

from bench.filling import fill
from bench.multiplied import Multiplied, Share, multiplied
from bench.servers import own_servers
from events.envelope import AGENCY
from events.seal import unseal
from projections.archives.checking import check
from projections.archives.container import LEVEL, Buffer, Placed, content, layout
from projections.archives.manifest import Manifest
from projections.archives.parts import Archive, KeysOf
from projections.archives.replaying import replay
from services.archivist.exporting import Order, export
from services.archivist.files import mapped
from services.archivist.found import Reading
from services.archivist.opening import system_keys_at_once
from services.cli.output import console, print_table, progress_console
from services.cli.progress import bar
from services.keys import keyring_path, open_keyring
from services.migrating import migrate
from services.servers import Servers, connect

T = TypeVar("T")

_MEBI: Final = 1 << 20
_YEAR: Final = 2026


class Measured(msgspec.Struct, frozen=True):
    """What the run printed; rates in events a second, sizes in bytes an event of the archive.

    `zstd` alone runs over what the archive's sections hold, at the level of the archive, in MiB a second.
    `opened_zstd` is what the events would take were they not sealed: ciphertext does not shrink.
    """

    events: int
    persons: int
    grades: int
    announcements: int
    leaves: int
    export_events_per_s: float
    verify_events_per_s: float
    replay_events_per_s: float
    export_mib_per_s: float
    zstd_mib_per_s: float
    archive_bytes: int
    archive_bytes_per_event: float
    zstd_bytes_per_event: float
    opened_zstd_bytes_per_event: float


def run(events: int, seed: int) -> Measured:
    """Fills the largest body of a country of about `events` events, archives its year and measures."""
    _say("deciding")
    country = multiplied(events, seed)
    with own_servers() as (home, servers):
        # No more: what a system records when it is first set up would stand where ledgers are filled.
        migrate(servers)
        open_keyring(keyring_path(home), make=True)
        largest = max(
            (share for share in country.shares if share.ledger != AGENCY), key=lambda share: share.size
        )
        _fill(home, servers, country, largest)
        return _measure(home, servers, largest.ledger)


def _fill(home: Path, servers: Servers, country: Multiplied, largest: Share) -> None:
    # A body as large as the whole country was asked to be: the rest of it is not archived.
    turns = max(largest.turns, largest.turns * country.events // largest.size)
    shares = [
        msgspec.structs.replace(share, turns=turns) if share is largest else share
        for share in country.shares
        if share is largest or share.ledger == AGENCY
    ]
    with bar() as progress:
        task = progress.add_task("filling ledgers", total=sum(share.size for share in shares))
        for share in fill(home, servers, shares, 1):
            progress.advance(task, share.size)


def _measure(home: Path, servers: Servers, body: str) -> Measured:
    keys = open_keyring(keyring_path(home))
    path = home / "year.archive"
    with (
        connect(servers, "bagalau_auditor", autocommit=True) as proving,
        connect(servers, "bagalau_projector", autocommit=True) as opening,
    ):
        order = Order(body, _YEAR, datetime.now(UTC), "bench")
        _say("exporting")
        exporting, done = _timed(lambda: export(Reading(proving, opening, keys), home, order, path))
        with path.open("rb") as file, mapped(file) as data:
            _say("verifying")
            log_key = keys.log_key.public_key().public_bytes_raw()
            verifying, checked = _timed(lambda: check(data, [log_key]))
            _say("replaying")
            keys_of = system_keys_at_once(opening, keys, Archive(data, lambda _, __: {}).streams())
            replaying, found = _timed(lambda: replay(Archive(data, keys_of)))
            _say("zstd alone")
            held, alone, zipped = _zstd_alone(data)
            opened = _opened(data, done.manifest, keys_of)
    if not checked.ok or found.unexplained:
        codes = Counter([*checked.codes, *(one.code for one in found.unexplained)])
        raise SystemExit(f"the archive does not hold: {dict(codes)}")
    counts = done.manifest.counts
    events = counts.events + counts.law_events
    return Measured(
        events=events,
        persons=counts.persons,
        grades=counts.grades,
        announcements=found.announcements,
        leaves=done.manifest.ledger.size + done.manifest.agency.size,
        export_events_per_s=round(events / exporting, 1),
        verify_events_per_s=round(events / verifying, 1),
        replay_events_per_s=round(events / replaying, 1),
        export_mib_per_s=round(held / _MEBI / exporting, 1),
        zstd_mib_per_s=round(held / _MEBI / alone, 1),
        archive_bytes=done.length,
        archive_bytes_per_event=round(done.length / events, 1),
        zstd_bytes_per_event=round(zipped / events, 1),
        opened_zstd_bytes_per_event=round(opened / events, 1),
    )


def _zstd_alone(data: Buffer) -> tuple[int, float, int]:
    """How much the sections hold, the seconds that zstd takes over it, and what it makes of it."""
    held = b"".join(_content(data, place) for place in layout(data).values())
    seconds, zipped = _timed(lambda: _zipped(held))
    return len(held), seconds, zipped


def _content(data: Buffer, place: Placed) -> bytes:
    reading = content(data, place)
    return b"".join(iter(lambda: reading.read(_MEBI), b""))


def _opened(data: Buffer, manifest: Manifest, keys_of: KeysOf) -> int:
    """What zstd makes of the same events opened."""
    archive = Archive(data, keys_of)
    law = archive.law()
    parts = (law.agency, law.common, *(person.part for person in archive.persons()))
    plain = b"".join(
        one.encoded + unseal(part.keys[one.header.stream], one.encoded, one.payload)
        for part in parts
        for one in part.sealed
    )
    assert manifest == archive.manifest
    return _zipped(plain)


def _zipped(held: bytes) -> int:
    compressor = ZstdCompressor(level=LEVEL)
    return len(compressor.compress(held)) + len(compressor.flush())


def _timed(run_: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    found = run_()
    return time.perf_counter() - began, found


def _say(what: str) -> None:
    progress_console.print(f"{what} …", highlight=False)


def show(result: Measured) -> None:
    """The figures as tables."""
    rows = [
        [
            "export, and verified before it takes its name",
            result.export_events_per_s,
            result.export_mib_per_s,
        ],
        ["verify", result.verify_events_per_s, ""],
        ["replay: every grade and every told result", result.replay_events_per_s, ""],
        ["zstd alone over the same bytes", "", result.zstd_mib_per_s],
    ]
    print_table("Rates in one process", ["what", "events/s", "MiB/s"], rows)
    sizes = [
        ["the archive: sealed, with leaves, grades and proofs", result.archive_bytes_per_event],
        ["zstd alone over the same bytes", result.zstd_bytes_per_event],
        ["zstd over the events opened", result.opened_zstd_bytes_per_event],
    ]
    print_table("Size", ["what", "bytes an event"], sizes)
    console.print(
        f"{result.events} events of {result.persons} persons, {result.grades} grades,"
        f" {result.announcements} told results; {result.archive_bytes / _MEBI:.1f} MiB.",
        highlight=False,
    )
