"""The measure of archives tells what it measured."""

import json

import pytest
from typer.testing import CliRunner

from services.cli import app

pytestmark = pytest.mark.servers


def test_it_tells_rates_and_sizes() -> None:
    done = CliRunner().invoke(app, ["bench", "archive", "--events", "2000", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout.splitlines()[-1])

    assert told["events"] > 1500
    assert told["grades"] > 50
    assert min(told[f"{what}_events_per_s"] for what in ("export", "verify", "replay")) > 0
    assert told["archive_bytes_per_event"] > told["opened_zstd_bytes_per_event"] > 0
