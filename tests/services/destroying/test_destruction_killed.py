"""Killed at every step, and run again, a destruction finishes; nothing that lives is lost."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from events import keyring
from events.envelope import Event
from events.keyring import Keyring
from events.log import Connection, Destroyed
from events.vocabulary.retention import DocumentDestroyed
from projections import store
from services.destroying.acts import load
from services.servers import Servers
from services.verifying import verify_ledgers
from tests.facts import BODY
from tests.projections.recorded import folded, in_order
from tests.services.destroying.years_ago import SECOND_QUARTER_OVER, Archive

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[3]
STEPS = (
    "batch",
    "batch",
    "destroyed",
    "key-made",
    "wrapping-raised",
    "documents-wrapped",
    "records-wrapped",
    "rejections-wrapped",
    "key-erased",
    "settled",
    "swept",
)


def run_until(servers: Servers, file: Path, step: str) -> int:
    command = [sys.executable, "-m", "tests.services.destroying.destroying_process"]
    done = subprocess.run(
        [*command, servers.postgres_url, str(file), "2029-1", step],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        timeout=120,
    )
    return done.returncode


def test_killed_at_each_step_in_turn_it_finishes(
    archive: Archive,
    own_servers: Servers,
    owner: Connection,
    keyring_file: Path,
    keys: Keyring,
    tmp_path: Path,
) -> None:
    act = archive.authorised("2029-1", SECOND_QUARTER_OVER)
    living = {one.id for one in archive.log.read(owner, BODY) if isinstance(one, Event)}
    doomed = {one.stream for one in act.documents}
    for step in STEPS:
        assert run_until(own_servers, keyring_file, step) == -signal.SIGKILL, step
        # Whatever was begun, what is not listed opens under the keyring that is left.
        opened = list(archive.log.read(owner, BODY))
        assert {one.stream for one in opened if isinstance(one, Destroyed)} <= doomed
    assert run_until(own_servers, keyring_file, "no such step") == 0

    events = list(archive.log.read(owner, BODY))
    gone = {one.stream for one in events if isinstance(one, Destroyed)}
    assert gone == doomed
    told = Counter(
        one.data.stream
        for one in events
        if isinstance(one, Event) and isinstance(one.data, DocumentDestroyed)
    )
    assert told == dict.fromkeys(doomed, 1)
    assert load(owner, archive.log, BODY, "2029-1").state == "completed"
    assert len(living) > len([one for one in events if isinstance(one, Destroyed)])

    left = keyring.load(keyring_file)
    assert list(left.keks) == [left.newest]
    for table in ("ledger.documents", "projection.record_keys", "ledger.rejection_keys"):
        [(others,)] = owner.execute(f"SELECT count(*) FROM {table} WHERE kek <> %s", [left.newest]).fetchall()
        assert others == 0
    assert [one.name for one in keyring_file.parent.iterdir() if "keyring" in one.name] == [keyring_file.name]
    [report] = verify_ledgers(owner, keys, tmp_path, (), [BODY])
    assert report.ok
    archive.project()
    shown = in_order(store.grades(owner, keys))
    assert shown == folded(owner, archive.log)
    assert {one.period for one in shown if one.kind == "quarterly"} == {"2026-Q3", "2026-Q4"}
    years = [one for one in shown if one.kind == "annual" and one.period == "2026"]
    assert [len(one.quarters or ()) for one in years] == [4, 4]
    assert "provisional" not in years[0].flags


def test_what_a_killed_rotation_left_beside_the_keyring_is_cleared_away(archive: Archive) -> None:
    left = archive.file.parent / f".{archive.file.name}.abcd"
    left.write_bytes(archive.file.read_bytes())
    archive.authorised()
    archive.run()
    assert not left.exists()
