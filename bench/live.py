"""`bagalau bench live`: how far results lag behind receipts while facts come in as fast as they are taken."""

import asyncio
import statistics
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

import msgspec
import nats

from bench.feeding import Share, feed_all, lines_of
from bench.servers import own_servers
from bench.serving import served
from events.envelope import ACCEPTED, AGENCY, Receipt
from projections import marks
from services.cli.output import console, print_table, progress_console
from services.feeding import feed
from services.sample import Country
from services.servers import Servers, connect
from services.system import prepare

_BODIES: Final = 60
_LOOK_SECONDS: Final = 0.01
_PATIENCE: Final = 300.0


class Measured(msgspec.Struct, frozen=True):
    """What the run printed; times in milliseconds, rates a second.

    The lag of a fact is from when its receipt arrived to when its body's results were seen to be committed
    with it, to the hundredth of a second at which they are looked at; 0 where they were first. Beside it the
    same from `recorded_at` on, which is before the fact is committed.
    """

    facts: int
    events: int
    intakes: int
    seconds: float
    facts_per_s: float
    p50_ms: float
    p99_ms: float
    worst_ms: float
    since_recorded_p50_ms: float
    since_recorded_p99_ms: float
    most_behind: int


class _Seen:
    """When receipts arrived, and how far results went at each look."""

    def __init__(self) -> None:
        self.receipts: list[tuple[str, int, float, float]] = []
        self.seqs: dict[str, list[int]] = defaultdict(list)
        self.times: dict[str, list[float]] = defaultdict(list)
        self.most_behind = 0

    def covered_at(self, ledger: str, seq: int) -> float:
        """When the results of a ledger were first seen to go as far."""
        return self.times[ledger][bisect_left(self.seqs[ledger], seq)]


def run(facts: int, intakes: int, window: int, seed: int) -> Measured:
    """Feeds a country of about `facts` facts to intakes beside a projector, and watches both."""
    country = Country.of_facts(facts, seed=seed, bodies=_BODIES, wrong=0.0)
    with own_servers() as (home, servers):
        return _measure(home, servers, country, (intakes, window))


def _measure(home: Path, servers: Servers, country: Country, settings: tuple[int, int]) -> Measured:
    """`settings`: how many intakes, and the feeders' window."""
    intakes, window = settings
    prepare(home, servers)
    seen = _Seen()
    with ExitStack() as running:
        _say("starting the intakes and the projector")
        for _ in range(intakes):
            running.enter_context(served(home, "intake"))
        running.enter_context(served(home, "projector"))
        asyncio.run(feed(servers.nats_url, lines_of(country, (AGENCY,)), patience=60))
        _level(servers)
        _say("feeding")
        fed = Event()
        watchers = [Thread(target=watch, args=(servers, seen, fed)) for watch in (_hear, _look)]
        for watcher in watchers:
            watcher.start()
        try:
            shares = feed_all(servers, country, window)
            _level(servers)
            time.sleep(10 * _LOOK_SECONDS)
        finally:
            fed.set()
            for watcher in watchers:
                watcher.join()
    return _measured(seen, shares, intakes)


def _measured(seen: _Seen, shares: Sequence[Share], intakes: int) -> Measured:
    if not seen.receipts:
        raise SystemExit("no receipt was heard of")
    lags, since = [], []
    for ledger, seq, heard, recorded in seen.receipts:
        covered = seen.covered_at(ledger, seq)
        lags.append(1000 * max(0.0, covered - heard))
        since.append(1000 * (covered - recorded))
    seconds = max(share.last for share in shares) - min(share.first for share in shares)
    fed = sum(share.fed for share in shares)
    half, most = _percentiles(lags)
    since_half, since_most = _percentiles(since)
    return Measured(
        facts=fed,
        events=sum(seqs[-1] for seqs in seen.seqs.values()),
        intakes=intakes,
        seconds=round(seconds, 2),
        facts_per_s=round(fed / seconds, 1),
        p50_ms=half,
        p99_ms=most,
        worst_ms=round(max(lags), 1),
        since_recorded_p50_ms=since_half,
        since_recorded_p99_ms=since_most,
        most_behind=seen.most_behind,
    )


def _percentiles(found: Sequence[float]) -> tuple[float, float]:
    of_hundred = statistics.quantiles(found, n=100)
    return round(of_hundred[49], 1), round(of_hundred[98], 1)


def _hear(servers: Servers, seen: _Seen, fed: Event) -> None:
    """Notes each receipt of an accepted fact as it arrives."""

    async def listen() -> None:
        client = await nats.connect(servers.nats_url, pending_size=2**26)

        async def heard(message: Any) -> None:
            at = time.time()
            receipt = msgspec.json.decode(message.data, type=Receipt)
            if receipt.outcome == ACCEPTED and receipt.ledger and receipt.seq and receipt.recorded_at:
                seen.receipts.append((receipt.ledger, receipt.seq, at, receipt.recorded_at.timestamp()))

        await client.subscribe("receipts.>", cb=heard, pending_msgs_limit=-1, pending_bytes_limit=-1)
        await asyncio.to_thread(fed.wait)
        await client.drain()

    asyncio.run(listen())


def _look(servers: Servers, seen: _Seen, fed: Event) -> None:
    """Notes how far the results of each ledger go, again and again."""
    with connect(servers, "bagalau_projector", autocommit=True) as conn:
        while not fed.is_set():
            lags = marks.lag(conn)
            # After the answer: what it says was committed by then.
            at = time.time()
            for one in lags:
                seqs = seen.seqs[one.ledger]
                if not seqs or seqs[-1] < one.seq:
                    seqs.append(one.seq)
                    seen.times[one.ledger].append(at)
            seen.most_behind = max(seen.most_behind, sum(one.behind for one in lags))
            time.sleep(_LOOK_SECONDS)


def _level(servers: Servers) -> None:
    """Returns when every ledger's results are at its head."""
    until = time.monotonic() + _PATIENCE
    with connect(servers, "bagalau_projector", autocommit=True) as conn:
        while any(one.behind for one in marks.lag(conn)):
            if time.monotonic() > until:
                raise SystemExit(f"results are not level after {_PATIENCE:.0f} seconds")
            time.sleep(_LOOK_SECONDS)


def _say(what: str) -> None:
    progress_console.print(f"{what} …", highlight=False)


def show(result: Measured) -> None:
    """The figures as a table."""
    rows = [
        ["the receipt arrived", result.p50_ms, result.p99_ms],
        ["the fact was recorded", result.since_recorded_p50_ms, result.since_recorded_p99_ms],
    ]
    print_table("Results with a fact, ms after", ["ms after", "p50", "p99"], rows)
    console.print(
        f"{result.facts} facts in {result.seconds} s ({result.facts_per_s}/s) by {result.intakes} intakes;"
        f" at worst {result.worst_ms} ms, and {result.most_behind} events behind in all ledgers.",
        highlight=False,
    )
