"""What the doctor finds on real servers, and that it only looks."""

import asyncio
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from events import keyring
from projections.rebuild import generations
from services import system
from services.correcting.correction import Correcting
from services.correcting.demonstration import overall
from services.correcting.proposal import Scope, current_acts, proposed
from services.doctor import examine
from services.finding import Finding
from services.heartbeat import beat
from services.servers import EmbeddedNats, EmbeddedPostgres, Servers, connect, running
from tests import serving

pytestmark = pytest.mark.servers

ALL_HELD = "partitions 0-15; heard"


def told(home: Path) -> dict[str, Finding]:
    """The findings, a service's under its name alone."""
    return {one.subject.split(" ")[0]: one for one in examine(home)}


def stuck(home: Path) -> set[str]:
    return {subject for subject, one in told(home).items() if one.verdict == "stuck"}


@pytest.fixture
def given(fresh_servers: Servers, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Servers]:
    """Prepared servers of one's own that the home is used with."""
    system.prepare(home, fresh_servers)
    monkeypatch.setenv("BAGALAU_POSTGRES_URL", fresh_servers.postgres_url)
    monkeypatch.setenv("BAGALAU_NATS_URL", fresh_servers.nats_url)
    return fresh_servers


@pytest.fixture
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BAGALAU_POSTGRES_URL", raising=False)
    monkeypatch.delenv("BAGALAU_NATS_URL", raising=False)


@pytest.mark.usefixtures("_nothing_given")
def test_of_a_new_home_it_says_that_nothing_is_there_and_makes_nothing(home: Path) -> None:
    (finding,) = examine(home / "new")
    assert finding.verdict == "stuck"
    assert str(home / "new") in finding.detail
    assert finding.remedy
    assert "bagalau up" in finding.remedy
    assert not list(home.iterdir())


@pytest.mark.usefixtures("_nothing_given")
def test_embedded_servers_that_do_not_run_are_stuck_and_stay_so(home: Path) -> None:
    with running(home):
        pass
    for _ in range(2):
        assert stuck(home) == {"postgresql", "nats", "keyring"}
    assert EmbeddedPostgres(home).pid() is None
    assert EmbeddedNats(home).pid() is None


def test_servers_that_do_not_answer_are_findings_within_seconds(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAGALAU_POSTGRES_URL", "postgresql://clerk:geheim@127.0.0.1:1/bagalau")
    monkeypatch.setenv("BAGALAU_NATS_URL", "nats://geheim@127.0.0.1:1")
    found = told(home)
    assert stuck(home) == {"postgresql", "nats", "keyring"}
    assert "geheim" not in str(found)


def test_with_nothing_running_the_intake_and_the_projector_are_missed(given: Servers, home: Path) -> None:
    assert stuck(home) == {"intake", "projector"}
    assert told(home)["keyring"].verdict == "well"
    with connect(given, "bagalau_writer", autocommit=True) as conn:
        beat(conn, "intake", "killed", {})
        conn.execute("UPDATE ledger.heartbeats SET beat_at = beat_at - interval '42 s'")
    assert "fell silent 42 s ago" in told(home)["intake"].detail


def test_a_keyring_that_is_lost_or_anothers_is_a_finding(given: Servers, home: Path) -> None:
    (home / "keyring.json").unlink()
    assert "keyring-missing" in told(home)["keyring"].detail
    keyring.save(serving.new_keyring(), home / "keyring.json")
    assert "keyring-wrong" in told(home)["keyring"].detail
    assert given


def test_a_rebuild_and_a_correction_under_way_are_told_of(given: Servers, home: Path) -> None:
    assert "generation" not in told(home)
    with connect(given, autocommit=True) as conn:
        conn.execute("SET ROLE bagalau_owner")
        made = generations.prepare(conn)
        assert (told(home)["generation"].verdict, told(home)["generation"].detail) == (
            "look", "prepared, of a rebuild",
        )  # fmt: skip
        generations.remove(conn, made.number, generations.UNFINISHED)
        law = Correcting(given, home / "keyring.json").law()
        act = overall(current_acts(law)["zhanakorgan-2026"])
        proposal = proposed(law, act, Scope("2026-Q2"))
        generations.prepare(conn, purpose="correction", supposed=proposal.supposed(date(2026, 5, 1)))
    found = told(home)["generation"]
    assert found.verdict == "look"
    assert "zhanakorgan-2026, revision 2, for all bodies, from 2026-Q2 on" in found.detail
    assert "`bagalau rebuild abort`" in (found.remedy or "")


def test_a_database_that_was_never_migrated_is_a_finding(
    given: Servers, empty_database: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAGALAU_POSTGRES_URL", empty_database)
    assert "schema-missing" in told(home)["postgresql"].detail
    assert given


async def test_what_runs_is_well_and_what_ended_well_is_gone(given: Servers, home: Path) -> None:
    stop, ready = asyncio.Event(), asyncio.Event()
    ring = keyring.load(home / "keyring.json")
    runners = system.services(home).values()
    at_work = asyncio.create_task(system.serve(given, ring, runners, stop, ready=ready.set))
    async with asyncio.timeout(60):
        await ready.wait()
        while (bad := await asyncio.to_thread(_not_well, home)) - {"grades", "events"}:
            assert not at_work.done(), bad
            await asyncio.sleep(0.1)
        # The last beat can be a second old, and tell of the partitions as they were then.
        while not (found := await asyncio.to_thread(told, home))["intake"].detail.startswith(ALL_HELD):
            assert not at_work.done(), found["intake"].detail
            await asyncio.sleep(0.1)
    assert found["intake"].detail.startswith(ALL_HELD)
    assert {"projector", "relay", "witness"} <= found.keys()
    stop.set()
    await at_work
    with connect(given, "bagalau_reader", autocommit=True) as conn:
        assert conn.execute("SELECT count(*) FROM ledger.heartbeats").fetchone() == (0,)


def _not_well(home: Path) -> set[str]:
    return {subject for subject, one in told(home).items() if one.verdict != "well"}
