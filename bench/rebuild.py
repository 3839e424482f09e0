"""`bagalau bench rebuild`: results anew from their ledgers, beside a bare scan and a peer's projection."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from bench import peers
from bench.filling import fill
from bench.multiplied import Multiplied, multiplied
from bench.scan import How, scan
from bench.servers import own_servers
from bench.what_if import Asked, what_ifs
from services.cli.output import console, print_table, progress_console
from services.cli.progress import bar
from services.keys import keyring_path, open_keyring
from services.migrating import migrate
from services.rebuild_steps import Rebuilding
from services.rebuilding import Report, rebuild_all
from services.servers import Servers, conninfo

WORKERS: Final = 2
GROWTH: Final = (100_000, 1_000_000, 5_000_000)

_ROUNDS: Final = 4
"""At least; more where they are short, as a machine that others use spoils most of them."""
_ROUNDS_SECONDS: Final = 15.0
"""What 45 seconds for 200,000 events leave to them."""
_QUESTIONS: Final = 2
_MOST_OF_PEER: Final = 5_000
_LEAST_OF_PEER: Final = 100
_OF_PEER: Final = 100
"""One event of so many is projected by the peer too, which is slow."""

_SECONDS_A_MILLION: Final = 90


class Measured(msgspec.Struct, frozen=True):
    """What the run printed; rates in events a second, memory of the largest process in MiB.

    The raw scan is of rows as psycopg hands them over; the byte scan only counts what libpq receives. The
    rebuild is timed from its first ledger taken to its last committed; `seconds` are those of the whole,
    from nothing to level with the heads and compared with what is shown, with starting the workers. A what-if
    is timed from the question to the tally, with starting its processes; `what_if_results` would change. One
    is of the act of the largest body, the wide one of the act of nearly all bodies. Each is the
    best of some rounds.
    """

    events: int
    ledgers: int
    largest_ledger: int
    workers: int
    rows: int
    seconds: float
    raw_scan_events_per_s: float
    rebuild_events_per_s: float
    ratio_to_scan: float
    byte_scan_events_per_s: float
    ratio_to_byte_scan: float
    eventsourcing_events_per_s: float
    ratio_to_eventsourcing: float
    peak_memory_mib: float
    what_if_seconds: float
    what_if_results: int
    ratio_what_if_to_rebuild: float
    wide_what_if_seconds: float
    wide_what_if_results: int
    ratio_wide_what_if_to_rebuild: float


def run(events: int, workers: int, seed: int) -> Measured:
    """Fills ledgers with about `events` events and measures; see `show` for what stands beside it."""
    peers.check()
    _say("deciding")
    country = multiplied(events, seed)
    with own_servers() as (home, servers):
        # No more: what a system records when it is first set up would stand where ledgers are filled.
        migrate(servers)
        open_keyring(keyring_path(home), make=True)
        _fill(home, servers, country, workers)
        return _measure(home, servers, country, workers)


def grow(workers: int, seed: int, sizes: Sequence[int] = GROWTH) -> list[Measured]:
    """One run after another, each on ledgers of its own."""
    minutes = sum(sizes) * _SECONDS_A_MILLION / 60_000_000 + len(sizes) / 2
    _say(f"about {minutes:.0f} minutes for {', '.join(f'{size:,}' for size in sizes)} events")
    found = []
    for size in sizes:
        found.append(run(size, workers, seed))
        _say(f"{found[-1].events:,} events: {found[-1].rebuild_events_per_s:,.0f}/s")
    return found


def _fill(home: Path, servers: Servers, country: Multiplied, workers: int) -> None:
    with bar() as progress:
        task = progress.add_task("filling ledgers", total=country.events)
        for share in fill(home, servers, country.shares, workers):
            progress.advance(task, share.size)


def _measure(home: Path, servers: Servers, country: Multiplied, workers: int) -> Measured:
    ledgers = [share.ledger for share in country.shares]
    # The first rebuild finds whose the documents are and makes keys, which later ones, as of a country that
    # was projected as it grew, find there.
    first = _rebuilt(home, servers, workers, golive=True)
    _say(f"first rebuild, nothing known of the ledgers: {first.events_per_second:,.0f} events/s")
    rounds: list[tuple[Report, float]] = []
    scans: list[dict[How, float]] = []
    # In turns, as a machine is not as fast all the time; each round by processes and sessions of its own.
    all_began = time.perf_counter()
    while _is_time_for_more(len(rounds), time.perf_counter() - all_began):
        began = time.perf_counter()
        report = _rebuilt(home, servers, workers, golive=False)
        rounds.append((report, time.perf_counter() - began))
        Rebuilding(servers, keyring_path(home)).abort(report.generation)
        scans.append(_scanned(servers, ledgers, country.events, workers))
    report, seconds = rounds[0][0], min(took for _, took in rounds)
    asked, widely = _asked(home, servers, workers)
    peer = _peer(servers, country)
    rebuilt = max(one.events_per_second for one, _ in rounds)
    scanned, bytes_scanned = (max(one[how] for one in scans) for how in ("rows", "bytes"))
    return Measured(
        events=report.events,
        ledgers=len(ledgers),
        largest_ledger=max(share.size for share in country.shares),
        workers=workers,
        rows=report.rows,
        seconds=round(seconds, 2),
        raw_scan_events_per_s=round(scanned, 1),
        rebuild_events_per_s=round(rebuilt, 1),
        ratio_to_scan=round(rebuilt / scanned, 3),
        byte_scan_events_per_s=round(bytes_scanned, 1),
        ratio_to_byte_scan=round(rebuilt / bytes_scanned, 3),
        eventsourcing_events_per_s=round(peer, 1),
        ratio_to_eventsourcing=round(rebuilt / peer, 1),
        peak_memory_mib=max((most for one, _ in rounds for most in one.peak_mib.values()), default=0.0),
        what_if_seconds=round(asked.seconds, 2),
        what_if_results=asked.results,
        ratio_what_if_to_rebuild=round(asked.seconds / seconds, 3),
        wide_what_if_seconds=round(widely.seconds, 2),
        wide_what_if_results=widely.results,
        ratio_wide_what_if_to_rebuild=round(widely.seconds / seconds, 3),
    )


def _is_time_for_more(rounds: int, seconds: float) -> bool:
    return rounds < _ROUNDS or seconds / rounds * (rounds + 1) < _ROUNDS_SECONDS


def _asked(home: Path, servers: Servers, workers: int) -> tuple[Asked, Asked]:
    rounds = [list(what_ifs(servers, keyring_path(home), workers)) for _ in range(_QUESTIONS)]
    best = [min(its, key=lambda one: one.seconds) for its in zip(*rounds, strict=True)]
    for one in best:
        _say(f"what-if of {one.methodology}: {one.results:,} of {one.rows:,} results would change")
    of_one, widely = best
    return of_one, widely


def _peer(servers: Servers, country: Multiplied) -> float:
    # Not installed everywhere, which `peers.check` says in words.
    from bench.peer_projection import eventsourcing_projection  # noqa: PLC0415

    with peers.peer_database(conninfo(servers)) as database:
        prefix = min(_MOST_OF_PEER, max(_LEAST_OF_PEER, country.events // _OF_PEER))
        events, rate, rows = eventsourcing_projection(database, country, prefix)
    _say(f"eventsourcing projected the first {events:,} events to {rows:,} rows")
    return rate


def _rebuilt(home: Path, servers: Servers, workers: int, *, golive: bool) -> Report:
    with bar() as progress:
        task = progress.add_task("rebuilding", total=None)
        report = rebuild_all(
            servers,
            keyring_path(home),
            workers=workers,
            watch=lambda now: progress.update(task, total=now.events, completed=now.folded),
            compared=not golive,
            golive=golive,
        )
    if report.parked or not report.rows:
        raise SystemExit(f"{report.rows} rows were written and {report.parked} documents parked")
    if report.compared is not None and report.compared.differing:
        raise SystemExit(f"{report.compared.differing} of {report.compared.rows} rows differ when rebuilt")
    return report


def _scanned(servers: Servers, ledgers: Sequence[str], events: int, workers: int) -> dict[How, float]:
    """Of each kind, in events a second."""
    found = scan(servers, ledgers, workers)
    if any(rows != events for _, rows in found.values()):
        raise SystemExit(f"not all of {events} events were scanned")
    return {how: events / seconds for how, (seconds, _) in found.items()}


def _say(what: str) -> None:
    progress_console.print(f"{what} …", highlight=False)


def show(result: Measured) -> None:
    """The figures as a table."""
    rows = [
        ["rebuild: unsealed, folded, graded, written", result.rebuild_events_per_s, ""],
        [
            f"bare scan: rows of a binary COPY by psycopg, {result.workers} connections",
            result.raw_scan_events_per_s,
            result.ratio_to_scan,
        ],
        [
            f"their bytes alone, counted by libpq, {result.workers} connections",
            result.byte_scan_events_per_s,
            result.ratio_to_byte_scan,
        ],
        [
            "the same through eventsourcing",
            result.eventsourcing_events_per_s,
            result.ratio_to_eventsourcing,
        ],
    ]
    print_table("Events a second", ["what", "events/s", "the rebuild is times as fast"], rows)
    console.print(
        f"{result.events} events of {result.ledgers} ledgers, the largest of {result.largest_ledger}, became"
        f" {result.rows} rows by {result.workers} workers; {result.seconds} s from nothing to level and"
        f" compared; {result.peak_memory_mib} MiB in the largest process.",
        highlight=False,
    )
    console.print(
        f"A what-if of the largest body's act took {result.what_if_seconds} s,"
        f" {result.ratio_what_if_to_rebuild} of the rebuild; {result.what_if_results} results would change."
        f" One of the act of nearly all took {result.wide_what_if_seconds} s,"
        f" {result.ratio_wide_what_if_to_rebuild} of it; {result.wide_what_if_results} would.",
        highlight=False,
    )


def show_growth(found: Sequence[Measured]) -> None:
    """How rate and memory grow with the events, and with the largest ledger."""
    columns = ["events", "largest ledger", "events/s", "of the scan", "MiB at most", "bytes an event of it"]
    print_table(
        "As the country grows",
        columns,
        [
            (
                one.events,
                one.largest_ledger,
                one.rebuild_events_per_s,
                one.ratio_to_scan,
                one.peak_memory_mib,
                round(one.peak_memory_mib * 2**20 / one.largest_ledger),
            )
            for one in found
        ],
    )
