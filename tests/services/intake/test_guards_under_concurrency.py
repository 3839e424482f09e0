"""Guards across documents under concurrency: what two sides tell one ledger at once goes as in some order.

The servers are real; each side has its connection, its documents at hand and its own batches.
"""

import asyncio
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from threading import Barrier
from uuid import UUID

import nats
import psycopg
import pytest

from events.envelope import AGENCY, Event, Receipt
from events.log import Connection, Log, head
from services import streams
from services.intake import cache
from services.intake.crash import nothing
from services.intake.law import LawKeeper, agency_events
from services.intake.message import Message, Reading, read
from services.intake.opening import found
from services.intake.partition import LOCKS
from services.intake.transaction import Transactor
from services.servers import Servers, connect
from tests import serving
from tests.facts import BODY, adopted, appointed, id_of, ref, registered
from tests.services.intake.scenes import SCENES, Lines, Scene, sanction_and_delivery
from tests.services.intake.serial_order import Refused, findings, refused

pytestmark = pytest.mark.servers

ROUNDS, MANY_ROUNDS = 25, 400
SERVANTS = 6
"""Of each scene, in the queue."""
PATIENCE = 90.0

FOUNDING = registered()
LAW = [adopted("zhanakorgan-2026", "2026-Q1", until_period="2026-Q1"), adopted("sjc-2017", "2026-Q2")]


class Side:
    """One who tells a ledger facts: a connection, and a transactor with documents of its own."""

    def __init__(self, servers: Servers, log: Log) -> None:
        self.conn = connect(servers, "bagalau_writer", autocommit=True)
        self._transactor = Transactor(log, LawKeeper(agency_events(log)), nothing)

    def read(self, line: bytes) -> Reading:
        return read(Message(BODY if line != FOUNDING else AGENCY, line), self._transactor.digest)

    def tell(self, lines: Sequence[bytes]) -> tuple[Receipt, ...]:
        return self._transactor.transact(self.conn, [self.read(line) for line in lines]).receipts


class Race:
    """Rounds in which two sides tell one ledger about one servant after another."""

    def __init__(self, servers: Servers, scene: Scene, seed: int) -> None:
        self.log = Log(serving.new_keyring())
        with connect(servers, "bagalau_writer", autocommit=True) as conn:
            found(conn, self.log)
        self.sides = (Side(servers, self.log), Side(servers, self.log))
        self.lines: dict[UUID, bytes] = {}
        self.refused: list[Refused] = []
        self.endings: set[tuple[str, ...]] = set()
        self._scene, self._numbers = scene, count()
        self._random = random.Random(seed)
        self.sides[0].tell([FOUNDING])
        self._open(self.sides[0], LAW)

    def run(self, rounds: int) -> None:
        with ThreadPoolExecutor(2) as threads:
            # A race in which always the same side is first is none.
            for number in range(rounds * 8):
                if number >= rounds and len(self.endings) > 1:
                    return
                self._round(next(self._numbers), threads)

    def events(self) -> list[Event]:
        return _events(self.sides[0].conn, self.log)

    def findings(self) -> list[str]:
        return findings(BODY, self.events(), [FOUNDING], self.lines, self.refused)

    def close(self) -> None:
        for side in self.sides:
            side.conn.close()

    def _open(self, side: Side, lines: Lines) -> None:
        receipts = side.tell(self._known(lines))
        assert [one.problem for one in receipts if one.problem] == []

    def _known(self, lines: Lines) -> Lines:
        self.lines |= {id_of(line): line for line in lines}
        return lines

    def _round(self, number: int, threads: ThreadPoolExecutor) -> None:
        of = ref(f"e-{number}")
        opening, *told = self._scene(of)
        # The one who opens has the documents at hand when the race begins, and the other has older ones.
        self._open(self.sides[number % 2], [appointed(of["employee"], superior="top-1"), *opening])
        since = self._size()
        start = Barrier(2)
        plans = [self._batches(self._known(lines)) for lines in told]
        turns = zip(self.sides, plans, strict=True)
        work = [threads.submit(_tell, side, plan, start) for side, plan in turns]
        receipts = [one.result() for one in work]
        until = self._size()
        for side, lines, its in zip(self.sides, told, receipts, strict=True):
            self.refused += refused([side.read(line) for line in lines], its, since, until)
        self.endings.add(_ending(receipts))

    def _size(self) -> int:
        return head(self.sides[0].conn, BODY).size

    def _batches(self, lines: Lines) -> list[tuple[float, Lines]]:
        """The lines in random batches, before each a moment's pause."""
        plan, rest = [], lines
        while rest:
            many = self._random.randint(1, len(rest))
            plan.append((self._random.choice((0, 0, 0.001, 0.004)), rest[:many]))
            rest = rest[many:]
        return plan


def _tell(side: Side, plan: list[tuple[float, Lines]], start: Barrier) -> list[Receipt]:
    start.wait()
    receipts: list[Receipt] = []
    for pause, lines in plan:
        time.sleep(pause)
        receipts += side.tell(lines)
    return receipts


def _ending(receipts: Sequence[Sequence[Receipt]]) -> tuple[str, ...]:
    """Whose facts were recorded in which order, and what became of the others."""
    recorded = sorted((one.seq, str(side)) for side, its in enumerate(receipts) for one in its if one.seq)
    return (*(side for _, side in recorded), *serving.codes([one for its in receipts for one in its]))


def _events(conn: Connection, log: Log) -> list[Event]:
    return [event for event in log.read(conn, BODY) if isinstance(event, Event)]


@pytest.fixture
def race(fresh_servers: Servers) -> Iterator[Callable[[Scene], Race]]:
    """Makes races over a database of their own, and closes their connections."""
    made: list[Race] = []

    def make(scene: Scene, seed: int = 1) -> Race:
        made.append(Race(fresh_servers, scene, seed))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
@pytest.mark.parametrize("rounds", [ROUNDS, pytest.param(MANY_ROUNDS, marks=pytest.mark.long)])
def test_two_sides_at_once_come_to_what_some_order_comes_to(race, scene, rounds):
    one = race(scene)
    one.run(rounds)

    assert one.findings() == []
    assert len(one.endings) > 1


def test_a_side_that_trusted_documents_of_another_size_would_be_found_out(race, monkeypatch):
    def stale(self, ledger, size, names):
        return get(self, ledger, self._sizes.get(ledger, size), names)

    get = cache.DocumentCache.get
    one = race(sanction_and_delivery)
    monkeypatch.setattr(cache.DocumentCache, "get", stale)
    for _ in range(ROUNDS):
        # Within one document the log itself would notice; what spans two of them only the guards hold.
        with suppress(psycopg.errors.UniqueViolation):
            one.run(1)

    assert any("told to be" in finding for finding in one.findings())


async def _publish(servers: Servers, lines: Lines, seed: int) -> None:
    pauses = random.Random(seed)
    async with await nats.connect(servers.nats_url) as client:
        for line in lines:
            await client.publish(streams.facts_subject(BODY, json.loads(line)["type"]), line)
            await asyncio.sleep(pauses.choice((0, 0, 0.002, 0.01)))


async def _taken_from_its_holder(servers: Servers, until: asyncio.Event) -> int:
    """How often the session was ended that held the body's partition."""
    cut = 0
    async with await psycopg.AsyncConnection.connect(servers.postgres_url, autocommit=True) as conn:
        while not until.is_set():
            await asyncio.sleep(0.4)
            rows = await conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                " AND classid = %s AND objid = %s AND database ="
                " (SELECT oid FROM pg_database WHERE datname = current_database())",
                [LOCKS, streams.partition_of(BODY)],
            )
            cut += len(await rows.fetchall())
    return cut


async def test_two_intakes_that_take_a_ledger_from_each_other_hold_the_guards(fresh_servers: Servers) -> None:
    ring = serving.new_keyring()
    scenes = [(ref(f"e-{number}"), scene) for number, scene in enumerate(SCENES * SERVANTS)]
    opened, *sides = zip(*(scene(of) for of, scene in scenes), strict=True)
    appointments = [appointed(of["employee"], superior="top-1") for of, _ in scenes]
    opening = [*LAW, *appointments, *(line for lines in opened for line in lines)]
    told: list[Lines] = [[line for lines in its for line in lines] for its in sides]
    async with (
        serving.intake(fresh_servers, ring),
        serving.intake(fresh_servers, ring),
        serving.mailbox(fresh_servers) as box,
    ):
        await box.ask([FOUNDING], AGENCY)
        assert {one.problem for one in await box.ask(opening)} == {None}
        over = asyncio.Event()
        cutting = asyncio.create_task(_taken_from_its_holder(fresh_servers, over))
        await asyncio.gather(*(_publish(fresh_servers, lines, seed) for seed, lines in enumerate(told)))
        awaited = {str(id_of(line)) for lines in told for line in lines}
        async with asyncio.timeout(PATIENCE):
            while not awaited <= _receipts(box).keys():  # noqa: ASYNC110 - the mailbox tells each receipt alone
                await asyncio.sleep(0.1)
        over.set()
        assert await cutting > 0
    with psycopg.connect(fresh_servers.postgres_url) as conn:
        events = _events(conn, Log(ring))
    since = min(event.seq for event in events if str(event.id) in awaited) - 1
    given = _receipts(box)
    turned_away = [
        one
        for lines in told
        for one in refused(
            [read(Message(BODY, line), ring.digest) for line in lines],
            [given[str(id_of(line))] for line in lines],
            since,
            len(events),
        )
    ]
    lines = {id_of(line): line for line in (*opening, *told[0], *told[1])}
    assert findings(BODY, events, [FOUNDING], lines, turned_away) == []
    assert len(turned_away) > len(scenes) // 2


def _receipts(box: serving.Mailbox) -> dict[str, Receipt]:
    """Each message's receipt; after a hand-over some are given again."""
    return {one.id: one for one in box.receipts}
