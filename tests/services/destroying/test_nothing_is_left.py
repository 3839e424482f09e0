"""Whole servers of the test's own, searched file by file for what was destroyed in them."""

import asyncio
import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import nats
import psycopg
import pytest

from events.codec import Codec
from events.envelope import Event
from events.keyring import load
from events.log import Connection, Log
from events.log.documents import event_of, header_of
from events.log.raw import ask
from events.seal import DocumentKey
from events.sql import statements
from projections.live import Live
from projections.rows import record_of
from services import streams
from services.clock.passing import pass_over
from services.destroying.authorising import authorise, draw
from services.destroying.errors import DestroyingError
from services.destroying.queue import kept_until
from services.destroying.running import Destroyer
from services.keys import keyring_path
from services.servers import EmbeddedNats, EmbeddedPostgres, Servers, connect
from services.system import prepare
from services.verifying import verify_ledgers
from tests import serving
from tests.facts import BODY, adopted, appointed, fact, issued, ref, registered, scored, signed, worked
from tests.projections.recorded import catch_up
from tests.services.clock.world import delivered, dismissed
from tests.services.destroying.scanner import keks_found, opened, words_found
from tests.services.destroying.years_ago import DELIVERED, FIRST, FORMED_ON, SECOND, TODAY, viewer

pytestmark = pytest.mark.servers

NAME, COMMENT, NUMBER, GROUNDS = "Қанарбек-Zyx", "zqxcomment-77", "990101300017", "zqxgrounds-31"
CANARIES = (NAME, COMMENT, NUMBER, GROUNDS)
MARK = "3.17"


def papers(employee: str, **more: str) -> list[bytes]:
    lines = [appointed(employee, f"p-{employee}", **more)]
    for period, on in DELIVERED.items():
        of = ref(employee, f"p-{employee}", period)
        lines += [worked(57, of), issued(of)]
        lines += [scored(str(row), MARK, of, comment=more.get("comment", "as agreed")) for row in range(1, 6)]
        lines += [signed(of), delivered(of, on)]
    return lines


def canary() -> list[bytes]:
    lines = []
    for line in papers("e-1", name=NAME, iin=NUMBER):
        said = json.loads(line)
        if said["type"] == "ScoreSubmitted":
            said["data"]["comment"] = COMMENT
        lines.append(json.dumps(said, ensure_ascii=False).encode())
    of = ref("e-1", "p-e-1", "2026-Q4")
    asked = fact("CalibrationRequested", {**of, "grounds": GROUNDS}, on="2027-01-21")
    withdrawn = fact("CalibrationWithdrawn", of, on="2027-01-22")
    return [*lines, asked, withdrawn, dismissed("e-1", "2027-03-01")]


@pytest.fixture
def own(own_postgres: EmbeddedPostgres, own_nats: EmbeddedNats) -> Servers:
    with psycopg.connect(own_postgres.url, autocommit=True) as conn:
        # Compressed page images would hide from the search what whoever has the disk can unpack.
        conn.execute("ALTER SYSTEM SET wal_compression = off")
        conn.execute("SELECT pg_reload_conf()")
    return Servers(own_postgres.url, own_nats.url, embedded=True)


@pytest.fixture
def destroyer(own: Servers, home: Path) -> Iterator[Connection]:
    prepare(home, own)
    with connect(own, "bagalau_destroyer", autocommit=True) as conn:
        yield conn


async def fed(own: Servers, ring: Any, lines: list[bytes]) -> None:
    async with serving.intake(own, ring), serving.mailbox(own) as box:
        receipts = await box.ask([registered()], "agency")
        receipts += await box.ask(lines, BODY)
        assert {one.outcome for one in receipts} == {"accepted"}


def queue(own: Servers) -> Any:
    async def ask_it(body: str, facts: Any) -> Any:
        async with await nats.connect(own.nats_url) as client:
            return await kept_until(client.jetstream(), body, facts)

    return lambda body, facts: asyncio.run(ask_it(body, facts))


async def let_a_week_pass(own: Servers) -> None:
    """The stream's own age does it, only sooner."""
    async with await nats.connect(own.nats_url) as client:
        js = client.jetstream()
        config = (await js.stream_info(streams.FACTS)).config
        config.max_age = 1
        await js.update_stream(config)
        async with asyncio.timeout(30):
            while (await js.stream_info(streams.FACTS)).state.messages:  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0.2)


def flushed(own: Servers) -> None:
    with psycopg.connect(own.postgres_url, autocommit=True) as conn:
        conn.execute("CHECKPOINT")


def read_with(conn: Connection, keys: dict[UUID, bytes]) -> list[Event]:
    """What the found keys open of the ledger."""
    statement = statements("reading")["read_streams"]
    rows = ask(conn, statement, [BODY, list(keys)]).fetchall()
    return [
        event_of(Codec(), DocumentKey(keys[UUID(bytes=row[1])]), *header_of(BODY, UUID(bytes=row[1]), row))
        for row in rows
    ]


def test_after_a_destruction_nothing_on_the_disk_opens_it(
    own: Servers, home: Path, destroyer: Connection, tmp_path: Path
) -> None:
    file = keyring_path(home)
    ring = prepare(home, own)
    log = Log(ring)
    asyncio.run(
        fed(
            own, ring, [adopted("zhanakorgan-2026"), viewer(FIRST), viewer(SECOND), *canary(), *papers("e-2")]
        )
    )
    with connect(own, "bagalau_writer", autocommit=True) as writer:
        assert pass_over(writer, log, FORMED_ON).failing == {}
    with connect(own, "bagalau_projector", autocommit=True) as projector:
        catch_up(projector, Live(ring))
        act = draw(destroyer, log, BODY, "2031-1", as_of=TODAY, on=TODAY)
        for person in (FIRST, SECOND):
            act = authorise(destroyer, log, act, person, on=TODAY)
        doomed = {one.stream for one in act.documents}
        records = {record_of(ring, BODY, one, "2026") for one in ("e-1", "e-2")}
        old = load(file)

        # The queue keeps the very messages, in plain; a destruction waits for it.
        flushed(own)
        assert set(words_found(CANARIES, home)) == set(CANARIES)
        with pytest.raises(DestroyingError) as caught:
            Destroyer(destroyer, projector, ring, file, queue(own), day=lambda _: TODAY).run(BODY, "2031-1")
        assert caught.value.code == "queue-holds-facts"
        asyncio.run(let_a_week_pass(own))

        seen: list[int] = []

        def reached(step: str) -> None:
            if step == "destroyed":
                # Every row is deleted, and the disk still opens them: the search can find what it looks for.
                flushed(own)
                found = opened(doomed | records, keks_found(home), home)
                seen.append(len(found))
                assert found.keys() >= doomed
                said = read_with(destroyer, {one: found[one] for one in doomed})
                assert {COMMENT, NAME} <= {getattr(one.data, "comment", None) for one in said} | {
                    getattr(one.data, "name", None) for one in said
                }

        done = Destroyer(
            destroyer, projector, ring, file, queue(own), reached=reached, day=lambda _: TODAY
        ).run(BODY, "2031-1")
        assert seen
    assert done.destroyed == len(doomed)
    flushed(own)
    assert words_found(CANARIES, home) == {}
    keks = keks_found(home, tmp_path)
    assert len(keks) == 1
    assert opened(doomed | records, keks, home) == {}
    # Nothing but the erased key stands between the disk and what was destroyed.
    kept_elsewhere = [kek.cipher for kek in old.keks.values()]
    assert opened(doomed, kept_elsewhere, home).keys() >= doomed
    written = [b64encode(one.raw) for one in old.keks.values()]
    assert not any(one in content for content in _contents(home) for one in written)
    with psycopg.connect(own.postgres_url, autocommit=True) as owner:
        assert all(report.ok for report in verify_ledgers(owner, ring, home, (), None))
        living = [one for one in log.read(owner, BODY) if isinstance(one, Event)]
    assert {getattr(one.data, "employee", None) for one in living} >= {"e-2"}


def _contents(folder: Path) -> Iterator[bytes]:
    return (path.read_bytes() for path in folder.rglob("*") if path.is_file())
