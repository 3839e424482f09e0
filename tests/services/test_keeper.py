"""The keeper: rejected messages go with their day's key when their term is over, and no others."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import psycopg
import pytest

from events.envelope import Refusal
from events.log import Log, Rejection
from services import keeper
from services.heartbeat import heartbeats
from services.servers import Servers
from tests import serving
from tests.ledgers import BODY

pytestmark = pytest.mark.servers

SECRET = "e-secret"


def write(log: Log, conn: psycopg.Connection, message_id: str, days_ago: int) -> None:
    digest = sha256(message_id.encode()).digest()
    refused = Rejection(BODY, message_id, digest, Refusal("not-json").problem, b"{")
    log.write_rejections(conn, [refused], datetime.now(UTC) - timedelta(days=days_ago))


async def test_what_is_past_its_term_is_purged_at_the_start_and_counted_without_names(
    fresh_servers: Servers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bagalau.keeper")
    log = Log(serving.new_keyring())
    stop = asyncio.Event()
    with psycopg.connect(fresh_servers.postgres_url, autocommit=True) as conn:
        for message_id, days_ago in ((SECRET, 31), ("on-its-day", 30), ("younger", 29), ("new", 0)):
            write(log, conn, message_id, days_ago)
        serving_it = asyncio.create_task(keeper.run(fresh_servers, None, stop))
        async with asyncio.timeout(serving.PATIENCE):
            while not (beats := heartbeats(conn)):  # noqa: ASYNC110 - it is in the servers
                await asyncio.sleep(0.05)
        assert [(one.service, dict(one.detail)) for one in beats] == [("keeper", {"purged": 2})]
        kept = conn.execute("SELECT message_id FROM ledger.rejections ORDER BY id").fetchall()
        assert kept == [("younger",), ("new",)]
        assert conn.execute("SELECT count(*) FROM ledger.rejection_keys").fetchone() == (2,)
        opened = [one.message for one in log.list_rejections(conn, messages=True)]
        assert opened == [b"{", b"{"]
        stop.set()
        await serving_it
        assert heartbeats(conn) == []
    assert "2 rejections" in caplog.text
    assert SECRET not in caplog.text
