"""`bagalau bench intake`: from publish to receipt, beside the same facts saved by others."""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from itertools import zip_longest
from pathlib import Path
from threading import Thread

import msgspec

from bench import peers
from bench.servers import own_servers
from events.envelope import AGENCY
from services.cli.output import console, print_table, progress_console
from services.feeding import Fed, feed
from services.sample import Country, items_of, shared_out
from services.servers import Servers, conninfo
from services.system import prepare

FEEDERS = 8
_FEEDING_PROCESSES = 2
_BODIES = 60
_PEER_FACTS = 2_000
_PEER_BULK_FACTS = 20_000


class Measured(msgspec.Struct, frozen=True):
    """What the run printed; times in milliseconds, memory in MiB, rates a second."""

    facts: int
    intakes: int
    rejected: int
    sent_again: int
    seconds: float
    facts_per_s: float
    p50_ms: float
    p99_ms: float
    peak_memory_mib: float
    intake_cpu_us_per_fact: float
    single_inserts_per_s: float
    eventsourcing_events_per_s: float
    eventsourcing_bulk_events_per_s: float
    ratio_to_eventsourcing: float
    ratio_to_eventsourcing_bulk: float
    ratio_to_single_inserts: float


class _Share(msgspec.Struct, frozen=True):
    fed: int
    rejected: int
    again: int
    first: float
    last: float
    latencies: list[float]


def run(facts: int, intakes: int, window: int, seed: int) -> Measured:
    """Feeds a country of about `facts` facts, and measures the peers on the same server."""
    peers.check()
    country = Country.of_facts(facts, seed=seed, bodies=_BODIES, wrong=0.0)
    with own_servers() as (home, servers):
        return _measure(home, servers, country, (intakes, window))


def _measure(home: Path, servers: Servers, country: Country, settings: tuple[int, int]) -> Measured:
    """`settings`: how many intakes, and the feeders' window."""
    intakes, window = settings
    prepare(home, servers)
    with ExitStack() as running:
        processes = [running.enter_context(_intake_process(home)) for _ in range(intakes)]
        asyncio.run(feed(servers.nats_url, _lines(country, (AGENCY,)), patience=60))
        _say("feeding")
        before = sum(_cpu_seconds(process.pid) for process in processes)
        shares = _feed_all(servers, country, window)
        cpu = sum(_cpu_seconds(process.pid) for process in processes) - before
        peak = max(_peak_memory(process.pid) for process in processes)
    latencies = sorted(latency for share in shares for latency in share.latencies)
    seconds = max(share.last for share in shares) - min(share.first for share in shares)
    fed = sum(share.fed for share in shares)
    rate = fed / seconds
    single, one_by_one, bulk = _measure_peers(servers, country)
    return Measured(
        facts=fed,
        intakes=intakes,
        rejected=sum(share.rejected for share in shares),
        sent_again=sum(share.again for share in shares),
        seconds=round(seconds, 2),
        facts_per_s=round(rate, 1),
        p50_ms=round(1000 * statistics.quantiles(latencies, n=100)[49], 1),
        p99_ms=round(1000 * statistics.quantiles(latencies, n=100)[98], 1),
        peak_memory_mib=round(peak, 1),
        intake_cpu_us_per_fact=round(1_000_000 * cpu / fed, 1),
        single_inserts_per_s=round(single, 1),
        eventsourcing_events_per_s=round(one_by_one, 1),
        eventsourcing_bulk_events_per_s=round(bulk, 1),
        ratio_to_eventsourcing=round(rate / one_by_one, 2),
        ratio_to_eventsourcing_bulk=round(rate / bulk, 2),
        ratio_to_single_inserts=round(rate / single, 2),
    )


class _intake_process:  # noqa: N801 - used as a context manager, like a function
    """The intake in a process of its own, ready when entered, ended when left."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def __enter__(self) -> subprocess.Popen[str]:
        _say("starting the intake")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "services.cli", "serve", "intake"],
            env={**os.environ, "BAGALAU_HOME": str(self._home)},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if "ready" in line:
                # What it says later must not fill the pipe and make it wait.
                Thread(target=self._process.stderr.read, daemon=True).start()
                return self._process
        raise SystemExit("the intake did not start")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=60)


def _lines(country: Country, bodies: Sequence[str]) -> list[tuple[str, bytes]]:
    """The bodies' facts side by side, as bodies report in the same weeks."""
    of_each = [[(item.body, item.message) for item in items_of(country, body)] for body in bodies]
    return [line for together in zip_longest(*of_each) for line in together if line is not None]


def _feed_all(servers: Servers, country: Country, window: int) -> list[_Share]:
    shares = [share for share in shared_out(country, FEEDERS) if share]
    groups = [shares[at::_FEEDING_PROCESSES] for at in range(_FEEDING_PROCESSES)]
    with ProcessPoolExecutor(_FEEDING_PROCESSES) as pool:
        running = [pool.submit(_feed_group, servers.nats_url, country, group, window) for group in groups]
        return [share for one in running for share in one.result()]


def _feed_group(url: str, country: Country, shares: Sequence[Sequence[str]], window: int) -> list[_Share]:
    """Feeds several feeders' bodies from one process; each feeder has a connection of its own."""
    lines = [_lines(country, share) for share in shares]

    async def all_of_them() -> list[_Share]:
        return await asyncio.gather(*(_feed_one(url, one, window) for one in lines))

    return asyncio.run(all_of_them())


async def _feed_one(url: str, lines: list[tuple[str, bytes]], window: int) -> _Share:
    latencies: list[float] = []
    first = time.time()
    fed: Fed = await feed(url, lines, window=window, patience=120, answered=latencies.append)
    return _Share(fed.accepted, len(fed.rejected), fed.again, first, time.time(), latencies)


def _measure_peers(servers: Servers, country: Country) -> tuple[float, float, float]:
    bodies = [body for share in shared_out(country, 1) for body in share]
    messages = [message for _, message in _lines(country, bodies)][:_PEER_BULK_FACTS]
    measured = []
    measures: list[tuple[str, Callable[[str, Sequence[bytes]], float], int]] = [
        ("single durable inserts", peers.single_inserts, _PEER_FACTS),
        ("eventsourcing, one by one", peers.eventsourcing_one_by_one, _PEER_FACTS),
        ("eventsourcing, in bulk", peers.eventsourcing_in_bulk, _PEER_BULK_FACTS),
    ]
    for name, measure, count in measures:
        _say(name)
        with peers.peer_database(conninfo(servers)) as database:
            measured.append(measure(database, messages[:count]))
    single, one_by_one, bulk = measured
    return single, one_by_one, bulk


def _peak_memory(pid: int) -> float:
    """The peak resident memory of a process in MiB; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text("utf-8").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _cpu_seconds(pid: int) -> float:
    """The processor time that a process has used; 0 where the system does not tell."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _say(what: str) -> None:
    progress_console.print(f"{what} …", highlight=False)


def show(result: Measured) -> None:
    """The figures as a table."""
    rows = [
        ["this intake: sealed, proven, receipted", result.facts_per_s, ""],
        ["eventsourcing, one by one", result.eventsourcing_events_per_s, result.ratio_to_eventsourcing],
        [
            "eventsourcing, in bulk",
            result.eventsourcing_bulk_events_per_s,
            result.ratio_to_eventsourcing_bulk,
        ],
        ["bare single inserts", result.single_inserts_per_s, result.ratio_to_single_inserts],
    ]
    print_table("Facts a second", ["what", "facts/s", "we are times as fast"], rows)
    console.print(
        f"{result.facts} facts in {result.seconds} s by {result.intakes} intakes, {result.rejected} refused,"
        f" {result.sent_again} sent again; publish to receipt p50 {result.p50_ms} ms, p99 {result.p99_ms} ms;"
        f" {result.intake_cpu_us_per_fact} µs of processor a fact, {result.peak_memory_mib} MiB at most.",
        highlight=False,
    )
