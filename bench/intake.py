"""`bagalau bench intake`: from publish to receipt, beside the same facts saved by others."""

import asyncio
import os
import statistics
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec

from bench import peers
from bench.feeding import feed_all, lines_of
from bench.servers import own_servers
from bench.serving import served
from events.envelope import AGENCY
from services.cli.output import console, print_table, progress_console
from services.feeding import feed
from services.sample import Country, shared_out
from services.servers import Servers, conninfo
from services.system import prepare

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
        _say("starting the intake")
        processes = [running.enter_context(served(home, "intake")) for _ in range(intakes)]
        asyncio.run(feed(servers.nats_url, lines_of(country, (AGENCY,)), patience=60))
        _say("feeding")
        before = sum(_cpu_seconds(process.pid) for process in processes)
        shares = feed_all(servers, country, window)
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


def _measure_peers(servers: Servers, country: Country) -> tuple[float, float, float]:
    bodies = [body for share in shared_out(country, 1) for body in share]
    messages = [message for _, message in lines_of(country, bodies)][:_PEER_BULK_FACTS]
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
