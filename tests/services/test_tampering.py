"""What the owner of a database can do to a ledger with the guards off, and what `verify` calls it.

The table in docs/verification.md is this test's: each row is done to a real server and verified twice, alone
and against a checkpoint that somebody outside kept.
"""

import os
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest

from events import merkle
from events.checkpoint import Checkpoint, origin_of
from events.envelope import SYSTEM, Fact
from events.header import encode_header
from events.log import Connection, Log, head, read_places
from events.seal import new_key, seal, unseal
from events.vocabulary.retention import DocumentDestroyed
from services.verifying import verify_keys, verify_ledgers
from tests.ledgers import BODY, new_log, record, scores, seal_over

pytestmark = pytest.mark.servers

PAGE = Path(__file__).parents[2] / "docs" / "verification.md"
SIZE = 300
GUARDED = ("events", "events_1", "tiles", "receipts", "ledgers", "documents")
COLUMNS = "ledger, stream, version, type, recorded_at, agency_seq, payload, leaf"


class Ground(msgspec.Struct, frozen=True):
    """A ledger of 300 events, and the connection of the database's owner."""

    conn: Connection
    log: Log


def run(*statements: str) -> Callable[[Ground], None]:
    def tamper(ground: Ground) -> None:
        for statement in statements:
            ground.conn.execute(statement)

    return tamper


def one(conn: Connection, statement: str, *parameters: object) -> tuple[Any, ...]:
    """The one row of a statement."""
    row = conn.execute(statement, parameters, binary=True).fetchone()
    assert row is not None
    return tuple(row)


def then_sealed_over(*statements: str) -> Callable[[Ground], None]:
    def tamper(ground: Ground) -> None:
        run(*statements)(ground)
        seal_over(ground.conn)

    return tamper


def restored(ground: Ground) -> None:
    """Every table as it was 60 events ago: a backup put back."""
    run("DELETE FROM ledger.events WHERE seq > 240", "DELETE FROM ledger.receipts WHERE seq > 240")(ground)
    ground.conn.execute(
        "DELETE FROM ledger.documents d WHERE NOT EXISTS "
        "(SELECT FROM ledger.events e WHERE e.stream = d.stream)"
    )
    seal_over(ground.conn)


def restored_and_gone_on(ground: Ground) -> None:
    restored(ground)
    # Nothing at hand remembers what was undone.
    again = Log(ground.log.keyring)
    record(ground.conn, again, scores(80, employees=7))


def sealed_anew(ground: Ground) -> None:
    """A document's payloads opened and sealed again under a new key, as one who stole the keyring could."""
    conn, keyring = ground.conn, ground.log.keyring
    (stream,) = one(conn, "SELECT stream FROM ledger.events WHERE seq = 10")
    row = one(conn, "SELECT kek, key FROM ledger.documents WHERE stream = %s", stream)
    old, fresh = keyring.unwrap(stream, *row), new_key(os.urandom)
    for each in list(read_places(conn, BODY)):
        if each.header.stream == stream:
            header = encode_header(each.header)
            (payload,) = one(conn, "SELECT payload FROM ledger.events WHERE seq = %s", each.header.seq)
            anew = seal(fresh, header, unseal(old, header, payload), os.urandom(12))
            conn.execute("UPDATE ledger.events SET payload = %s WHERE seq = %s", [anew, each.header.seq])
    kek, wrapped = keyring.wrap(stream, fresh)
    conn.execute("UPDATE ledger.documents SET kek = %s, key = %s WHERE stream = %s", [kek, wrapped, stream])


def sealed_anew_and_over(ground: Ground) -> None:
    sealed_anew(ground)
    seal_over(ground.conn)


TWO = "(SELECT stream FROM ledger.documents ORDER BY stream LIMIT 2)"
SWAPPED = (
    "UPDATE ledger.documents d SET {0} = o.{0} FROM ledger.documents o "
    f"WHERE d.stream IN {TWO} AND o.stream IN {TWO} AND d.stream <> o.stream"
)
FREE = "ALTER TABLE ledger.documents DROP CONSTRAINT documents_ledger_name_key"
FREE_VERSIONS = "ALTER TABLE ledger.events DROP CONSTRAINT events_ledger_stream_version_key"

TAMPERING: dict[str, Callable[[Ground], None]] = {
    "a payload is edited": run(
        "UPDATE ledger.events SET payload = payload || '\\x00' WHERE seq = 10",
    ),
    "a column of an event is edited": run(
        "UPDATE ledger.events SET recorded_at = recorded_at + interval '1 microsecond' WHERE seq = 10",
    ),
    "an event's leaf is edited": run("UPDATE ledger.events SET leaf = sha256('x') WHERE seq = 10"),
    "two payloads are swapped": run(
        "UPDATE ledger.events e SET payload = o.payload FROM ledger.events o "
        "WHERE (e.seq, o.seq) IN ((10, 20), (20, 10))",
    ),
    "two events are swapped": run(
        FREE_VERSIONS,
        f"UPDATE ledger.events e SET ({COLUMNS.removeprefix('ledger, ')}) = "
        "(o.stream, o.version, o.type, o.recorded_at, o.agency_seq, o.payload, o.leaf) "
        "FROM ledger.events o WHERE (e.seq, o.seq) IN ((10, 20), (20, 10))",
    ),
    "an event is deleted": run("DELETE FROM ledger.events WHERE seq = 10"),
    "an event is deleted and the rest moved up": run(
        "DELETE FROM ledger.events WHERE seq = 290",
        "UPDATE ledger.events SET seq = seq - 1 WHERE seq > 290",
    ),
    "an event is inserted": run(
        FREE_VERSIONS,
        "UPDATE ledger.events SET seq = seq + 1000 WHERE seq > 290",
        "UPDATE ledger.events SET seq = seq - 999 WHERE seq > 1000",
        f"INSERT INTO ledger.events (seq, {COLUMNS}) SELECT 291, {COLUMNS} FROM ledger.events WHERE seq = 5",
    ),
    "an event is added at the end": run(
        f"INSERT INTO ledger.events (seq, {COLUMNS}) SELECT 301, ledger, gen_random_uuid(), version, type, "
        "recorded_at, agency_seq, payload, leaf FROM ledger.events WHERE seq = 5",
    ),
    "the tail is cut off": run("DELETE FROM ledger.events WHERE seq > 290"),
    "the tail is cut off and the tree made to agree": then_sealed_over(
        "DELETE FROM ledger.events WHERE seq > 290",
    ),
    "an older backup is restored": restored,
    "an older backup is restored and work goes on": restored_and_gone_on,
    "history is replaced and the tree computed anew, without the keyring": then_sealed_over(
        "UPDATE ledger.events SET payload = payload || '\\x00' WHERE seq = 10",
    ),
    "history is replaced and the tree computed anew, with the keyring": sealed_anew_and_over,
    "the ledger is taken away": run(
        "DELETE FROM ledger.ledgers", "DELETE FROM ledger.events", "DELETE FROM ledger.tiles"
    ),
    "the head is edited": run("UPDATE ledger.ledgers SET root = sha256('x')"),
    "the head is set back": run("UPDATE ledger.ledgers SET size = 290"),
    "a tile is edited": run("UPDATE ledger.tiles SET hashes = reverse(hashes)"),
    "a tile is deleted": run("DELETE FROM ledger.tiles"),
    "a stored receipt is edited": run("UPDATE ledger.receipts SET leaf = sha256('x') WHERE seq = 10"),
    "a stored receipt is deleted": run("DELETE FROM ledger.receipts WHERE seq = 10"),
    "a document is sealed under a new key": sealed_anew,
    "two documents' keys are swapped": run(SWAPPED.format("key")),
    "two documents' names are swapped": run(FREE, SWAPPED.format("name")),
    "a document's key is deleted without an act": run(
        "DELETE FROM ledger.documents WHERE stream = (SELECT stream FROM ledger.events WHERE seq = 10)"
    ),
}


@pytest.fixture
def ground(database: str) -> Iterator[Ground]:
    with psycopg.connect(database, autocommit=True) as conn:
        log = new_log()
        record(conn, log, scores(240, employees=40))
        record(conn, log, scores(60, employees=50))
        for table in GUARDED:
            conn.execute(f"ALTER TABLE ledger.{table} DISABLE TRIGGER USER")
        yield Ground(conn, log)


def verified(ground: Ground, home: Path, outside: list[Checkpoint]) -> tuple[str, ...]:
    """What is found, each code once; against what somebody outside kept."""
    keyring, held = ground.log.keyring, {BODY: outside} if outside else {}
    reports = verify_ledgers(ground.conn, keyring, home, against=held)
    codes = [code for one in reports for code in verify_keys(ground.conn, keyring, one).codes]
    return tuple(dict.fromkeys(codes))


def table() -> dict[str, tuple[str, str, str]]:
    """The page's rows by what was done: found alone, found against a checkpoint, whether one is needed."""
    rows = re.findall(r"^\| ([^|]+) \| ([^|]*) \| ([^|]*) \| (yes|no) \|$", PAGE.read_text(), re.MULTILINE)
    return {done: (alone, outside, needed) for done, alone, outside, needed in rows}


def told(codes: tuple[str, ...]) -> str:
    return ", ".join(f"`{code}`" for code in codes) or "nothing"


def test_the_page_has_every_way_and_no_other() -> None:
    assert table().keys() == TAMPERING.keys()


@pytest.mark.parametrize("done", TAMPERING)
def test_every_tampering_is_found_and_named(ground: Ground, tmp_path: Path, done: str) -> None:
    at = head(ground.conn, BODY)
    kept = [Checkpoint(origin_of(BODY), at.size, at.root)]
    assert verified(ground, tmp_path, kept) == ()
    TAMPERING[done](ground)
    alone, outside = verified(ground, tmp_path, []), verified(ground, tmp_path, kept)
    assert outside, "with a checkpoint kept outside every tampering is found"
    assert table()[done] == (told(alone), told(outside), "no" if alone else "yes")


def test_a_checkpoint_says_that_a_ledger_which_grew_is_the_one_it_saw(ground: Ground, tmp_path: Path) -> None:
    at = head(ground.conn, BODY)
    seen = Checkpoint(origin_of(BODY), at.size, at.root)
    record(ground.conn, ground.log, scores(30))
    (report,) = verify_ledgers(ground.conn, ground.log.keyring, tmp_path, against={BODY: [seen]})
    (extension,) = report.extensions
    assert (report.ok, report.caveat, extension.size, extension.holds) == (True, None, SIZE, True)
    now = head(ground.conn, BODY)
    assert extension.proof is not None
    merkle.verify_consistency(SIZE, now.size, at.root, now.root, extension.proof)
    run("UPDATE ledger.events SET payload = payload || '\\x00' WHERE seq = 10")(ground)
    (report,) = verify_ledgers(ground.conn, ground.log.keyring, tmp_path, against={BODY: [seen]})
    assert [each.holds for each in report.extensions] == [False]


def test_a_destroyed_document_is_no_lost_key(ground: Ground, tmp_path: Path) -> None:
    (stream,) = one(ground.conn, "SELECT stream FROM ledger.events WHERE seq = 10")
    assert isinstance(stream, UUID)
    ground.conn.execute("DELETE FROM ledger.documents WHERE stream = %s", [stream])
    assert "lost-key" in verified(ground, tmp_path, [])
    said = DocumentDestroyed(act="a-1", stream=stream, on=date(2026, 11, 1))
    record(ground.conn, ground.log, [Fact(stream, BODY, "DocumentDestroyed", said.on, SYSTEM, said)])
    assert verified(ground, tmp_path, []) == ()
