"""The measure of rebuilds fills ledgers that hold what they say, and tells what it measured."""

import json
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.filling import fill
from bench.multiplied import Multiplied, multiplied
from events.documents import fold
from events.envelope import AGENCY
from events.verification import verify
from projections.ledger import grades
from projections.view import LedgerView
from services.cli import app
from services.keys import keyring_path, open_keyring
from services.rebuilding import rebuild_all
from services.servers import Servers, connect

pytestmark = pytest.mark.servers

KEYS = {
    "events",
    "ledgers",
    "largest_ledger",
    "workers",
    "rows",
    "seconds",
    "raw_scan_events_per_s",
    "rebuild_events_per_s",
    "ratio_to_scan",
    "byte_scan_events_per_s",
    "ratio_to_byte_scan",
    "eventsourcing_events_per_s",
    "ratio_to_eventsourcing",
    "peak_memory_mib",
    "what_if_seconds",
    "what_if_results",
    "ratio_what_if_to_rebuild",
    "wide_what_if_seconds",
    "wide_what_if_results",
    "ratio_wide_what_if_to_rebuild",
}


@pytest.fixture(scope="module")
def country() -> Multiplied:
    """A body in which facts are told several times over, and some in which they are not."""
    found = multiplied(3000, seed=5)
    shares = tuple(
        share if share.ledger == AGENCY else type(share)(share.ledger, share.told, 1 + at % 3)
        for at, share in enumerate(found.shares)
    )
    return Multiplied(shares, found.decided, found.law)


@pytest.fixture
def filled(servers: Servers, database: str, home: Path, country: Multiplied) -> Servers:
    own = Servers(database, servers.nats_url, embedded=servers.embedded)
    open_keyring(keyring_path(home), make=True)
    done = [share.ledger for share in fill(home, own, country.shares, 2)]
    assert sorted(done) == sorted(share.ledger for share in country.shares)
    return own


def test_a_filled_ledger_holds_as_if_it_had_been_appended_to(filled, country):
    with connect(filled, "bagalau_auditor", autocommit=True) as conn:
        for share in country.shares:
            report = verify(conn, share.ledger)

            assert report.ok, report.codes
            assert report.rows == share.size > 0


def test_everybody_of_every_turn_has_the_grades_that_were_decided_once(filled, home, country):
    expected = Counter[str]()
    for share in country.shares:
        documents = fold(event for event in country.decided if event.ledger == share.ledger)
        once = sum(1 for _ in grades(LedgerView(share.ledger, documents, country.law)))
        expected[share.ledger] = once * share.turns

    report = rebuild_all(filled, keyring_path(home), workers=1, compared=False)

    with connect(filled, "bagalau_projector") as conn:
        found = Counter(
            dict(conn.execute("SELECT ledger, count(*) FROM projection.grades GROUP BY ledger").fetchall())
        )
    assert report.parked == 0
    assert found == +expected
    assert found.total() > 0


def test_the_country_is_about_as_large_as_was_asked():
    found = multiplied(40_000, seed=1)

    assert found.events == pytest.approx(40_000, rel=0.05)
    assert max(share.turns for share in found.shares) > 1


def test_it_tells_rates_ratios_memory_and_rows():
    result = CliRunner().invoke(app, ["bench", "rebuild", "--json", "--events", "600"])

    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert set(found) == KEYS
    assert found["rows"] > 0
    assert found["events"] >= found["largest_ledger"] > 0
    assert all(value > 0 for key, value in found.items() if not key.endswith("_results"))
    assert found["what_if_results"] + found["wide_what_if_results"] > 0
