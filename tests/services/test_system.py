"""What is made ready before services start, and how they end together."""

import asyncio
import os
from pathlib import Path

import psycopg
import pytest

from events import keyring
from events.keyring import KeyringError
from services import keys
from services.servers import Servers, ServersError, connect
from services.system import prepare, serve
from tests import serving
from tests.ledgers import new_log, record, scores

pytestmark = pytest.mark.servers


@pytest.fixture
def new(empty_database: str, nats_url: str, servers: Servers) -> Servers:
    return Servers(empty_database, nats_url, embedded=servers.embedded)


def another_keyring(home: Path) -> None:
    (home / "keyring.json").unlink()
    keyring.save(serving.new_keyring(), home / "keyring.json")


def test_the_first_start_migrates_and_makes_the_keyring_and_the_next_finds_it(
    new: Servers, home: Path
) -> None:
    made = prepare(home, new)
    assert prepare(home, new).signing.raw == made.signing.raw


def test_another_keyring_is_refused_though_nothing_was_recorded_yet(new: Servers, home: Path) -> None:
    prepare(home, new)
    another_keyring(home)
    with pytest.raises(KeyringError, match="restore the back-up") as error:
        prepare(home, new)
    assert error.value.code == "keyring-wrong"


def test_a_lost_keyring_is_not_made_anew(new: Servers, home: Path) -> None:
    prepare(home, new)
    (home / "keyring.json").unlink()
    with pytest.raises(KeyringError) as error:
        prepare(home, new)
    assert error.value.code == "keyring-missing"


def test_events_from_before_there_were_fingerprints_get_no_new_keyring(new: Servers, home: Path) -> None:
    prepare(home, new)
    with connect(new, autocommit=True) as conn:
        conn.execute("SET ROLE bagalau_writer")
        record(conn, new_log(), scores(1))
        conn.execute("RESET ROLE")
        conn.execute("ALTER TABLE ledger.keyring DISABLE TRIGGER ALL")
        conn.execute("DELETE FROM ledger.keyring")
        conn.execute("ALTER TABLE ledger.keyring ENABLE ALWAYS TRIGGER append_only")
        conn.execute("ALTER TABLE ledger.keyring ENABLE ALWAYS TRIGGER no_truncate")
    (home / "keyring.json").unlink()
    with pytest.raises(KeyringError) as error:
        prepare(home, new)
    assert error.value.code == "keyring-missing"


def test_a_rotated_keyring_is_still_the_databases_own(new: Servers, home: Path) -> None:
    ring = prepare(home, new)
    before = ring.newest
    keyring.save(ring.rotated(os.urandom), home / "keyring.json", replace=True)
    assert prepare(home, new).newest == before + 1


def test_the_fingerprint_stays_for_good(new: Servers, home: Path) -> None:
    prepare(home, new)
    with connect(new, autocommit=True) as conn:
        for change in ("UPDATE ledger.keyring SET fingerprint = fingerprint", "DELETE FROM ledger.keyring"):
            with pytest.raises(psycopg.errors.RestrictViolation):
                conn.execute(change)
        for role in ("reader", "projector", "auditor", "destroyer"):
            conn.execute(f"SET ROLE bagalau_{role}")
            keys.check(conn, serving.keyring.load(home / "keyring.json"), home)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute("INSERT INTO ledger.keyring (fingerprint) VALUES (sha256(''))")


def test_a_queue_that_does_not_answer_is_told_before_anything_is_touched(new: Servers, home: Path) -> None:
    with pytest.raises(ServersError) as error:
        prepare(home, Servers(new.postgres_url, "nats://127.0.0.1:1", embedded=new.embedded))
    assert error.value.code == "nats-failed"
    assert not (home / "keyring.json").exists()


async def test_a_service_that_fails_takes_the_others_along(fresh_servers: Servers) -> None:
    ended = asyncio.Event()

    async def well(_: object, __: object, stop: asyncio.Event, ___: object) -> None:
        try:
            await stop.wait()
        finally:
            ended.set()

    async def fails(*_: object) -> None:
        raise ServersError("server-not-durable", "fsync off.", "Set it on.")

    with pytest.raises(ExceptionGroup) as error:
        await serve(fresh_servers, serving.new_keyring(), [well, fails], asyncio.Event())
    assert error.group_contains(ServersError)
    assert ended.is_set()
