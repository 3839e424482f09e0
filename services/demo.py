"""The whole system at work: a made-up country is fed and graded, an act corrected, everything verified."""

import asyncio
import math
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from events.envelope import AGENCY, Receipt
from events.failures import told
from events.keyring import Keyring
from events.log import Connection, heads
from events.verification import VerificationReport, verify
from methodologies.registry import Law
from projections.grade import Grade
from projections.marks import lag
from projections.store import Count, counts, grades
from services.correcting.demonstration import Demonstrated, demonstrated
from services.demo_story import Story, story_of
from services.explaining import explained
from services.feeding import FeedError, Progress, feed
from services.keys import keyring_path
from services.sample import Country, items_of, shared_out
from services.servers import Servers, connect
from services.system import serve, services
from services.witness import kept_checkpoints

FEEDERS = 4
PATIENCE = 60.0
"""Seconds without a receipt, or without a grade, after which the demo gives up."""

_LOOK_SECONDS = 0.1
_AUDITOR = "bagalau_auditor"
_PROJECTOR = "bagalau_projector"


class DemoError(Exception):
    """A demo that came to no end: `services-ended`, or why its facts or grades did not come."""

    remedy = "Run it again as `bagalau demo --keep`, then see what `bagalau doctor` finds."

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class DemoReport(msgspec.Struct, frozen=True):
    """What the demo saw: receipts, grades by body, one grade explained, one contested, an act corrected.

    `counts`, `example` and `story` are of before the correction, `verified` is of the ledgers after it.
    """

    receipts: tuple[Receipt, ...]
    counts: tuple[Count, ...]
    example: tuple[Grade, Law] | None
    story: Story | None
    correction: Demonstrated
    verified: tuple[VerificationReport, ...]
    seconds: float

    @property
    def accepted(self) -> int:
        return sum(receipt.problem is None for receipt in self.receipts)

    @property
    def rejected(self) -> tuple[Receipt, ...]:
        return tuple(receipt for receipt in self.receipts if receipt.problem is not None)

    @property
    def grades(self) -> int:
        """How many results have a grade."""
        return sum(count.count for count in self.counts if count.status == "graded")

    @property
    def ok(self) -> bool:
        return self.correction.ok and all(report.ok for report in self.verified)


def country(facts: int, seed: int) -> Country:
    """The demo's country: under all five acts and the typical text, with some wrong facts."""
    return Country.of_facts(
        facts, seed=seed, bodies=6, wrong=0.03, families=("score-sheet", "points", "targets")
    )


async def run(
    home: Path,
    servers: Servers,
    keyring: Keyring,
    of: Country,
    progress: Callable[[int, int, int], None] = lambda *_: None,
) -> DemoReport:
    """Serves, feeds, waits until every grade is there, stops, corrects an act, and verifies.

    `progress` is told (feeder, lines read, receipts held). Raises DemoError when a service ends or fails
    (`services-ended`), and when no receipt (`no-receipts`) or grade (`grades-behind`) comes for `PATIENCE`.
    """
    started = time.monotonic()
    stop, ready = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(serve(servers, keyring, services(home).values(), stop, ready=ready.set))
    working = asyncio.create_task(_work(servers, of, ready, progress))
    try:
        await asyncio.wait({serving, working}, return_when=asyncio.FIRST_COMPLETED)
        ended = serving.done()
    finally:
        stop.set()
        if not working.done():
            working.cancel()
        await asyncio.gather(serving, working, return_exceptions=True)
    if ended or serving.exception() is not None:
        raise _ended(serving.exception())
    receipts = working.result()
    return await asyncio.to_thread(_report, home, servers, keyring, (of, receipts, started))


async def _work(
    servers: Servers, of: Country, ready: asyncio.Event, progress: Callable[[int, int, int], None]
) -> tuple[Receipt, ...]:
    await ready.wait()
    try:
        receipts = await _feed_all(servers, of, progress)
    except FeedError as error:
        raise DemoError(error.code, error.detail) from error
    await _until_level(servers)
    return receipts


def _ended(error: BaseException | None) -> DemoError:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    why = f": {told(error)}" if error is not None else ""
    made = DemoError("services-ended", f"A service ended before the demo was through{why}.")
    made.__cause__ = error
    return made


async def _feed_all(
    servers: Servers, of: Country, progress: Callable[[int, int, int], None]
) -> tuple[Receipt, ...]:
    def teller(feeder: int) -> Callable[[Progress], None]:
        return lambda state: progress(feeder, state.read, state.accepted + state.rejected)

    def lines(*bodies: str) -> list[tuple[str, bytes]]:
        return [(item.body, item.message) for body in bodies for item in items_of(of, body)]

    first = await feed(servers.nats_url, lines(AGENCY), progress=teller(0), patience=PATIENCE)
    fed = await asyncio.gather(
        *(
            feed(servers.nats_url, lines(*bodies), progress=teller(feeder), patience=PATIENCE)
            for feeder, bodies in enumerate(shared_out(of, FEEDERS), start=1)
            if bodies
        )
    )
    return (*first.receipts, *(receipt for one in fed for receipt in one.receipts))


async def _until_level(servers: Servers) -> None:
    def behind() -> int:
        with connect(servers, _PROJECTOR, autocommit=True) as conn:
            return sum(one.behind + one.law_behind for one in lag(conn))

    least, moved_at = math.inf, time.monotonic()
    while left := await asyncio.to_thread(behind):
        if left < least:
            least, moved_at = left, time.monotonic()
        if time.monotonic() - moved_at > PATIENCE:
            raise DemoError("grades-behind", f"{left} events wait to be graded, and nothing moves.")
        await asyncio.sleep(_LOOK_SECONDS)


def _report(
    home: Path, servers: Servers, keyring: Keyring, fed: tuple[Country, tuple[Receipt, ...], float]
) -> DemoReport:
    of, receipts, started = fed
    with connect(servers, _PROJECTOR, autocommit=True) as conn:
        found = tuple(counts(conn))
        example = _example(conn, keyring)
        story = story_of(conn, keyring, of)
    corrected = demonstrated(servers, keyring_path(home), workers=1)
    with connect(servers, _AUDITOR, autocommit=True) as conn:
        verified = tuple(
            verify(conn, one.ledger, receipts, kept_checkpoints(home, one.ledger, keyring.log_key))
            for one in heads(conn)
        )
    return DemoReport(receipts, found, example, story, corrected, verified, time.monotonic() - started)


def _example(conn: Connection, keyring: Keyring) -> tuple[Grade, Law] | None:
    """A quarter of `zhanakorgan` that a sanction capped, or else any that has a grade."""
    graded = [
        grade
        for grade in grades(conn, keyring, ledger="zhanakorgan", kind="quarterly")
        if grade.status == "graded"
    ]
    chosen = min(graded, key=lambda grade: (grade.exact, grade.key), default=None)
    if chosen is None:
        return None
    return next(
        found
        for found in explained(conn, keyring, chosen.employee, chosen.period, chosen.body)
        if found[0].key == chosen.key
    )
