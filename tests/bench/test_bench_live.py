"""The measure of results' lag hears of receipts, sees results go along and tells how far they are behind."""

import json

import pytest
from typer.testing import CliRunner

from services.cli import app

pytestmark = pytest.mark.servers


def test_it_tells_how_far_results_lag_behind_receipts():
    result = CliRunner().invoke(app, ["bench", "live", "--json", "--facts", "1000", "--intakes", "1"])

    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["events"] >= found["facts"] > 0
    assert found["facts_per_s"] > 0
    assert 0 <= found["p50_ms"] <= found["p99_ms"] <= found["worst_ms"]
    assert 0 < found["since_recorded_p50_ms"] <= found["since_recorded_p99_ms"]
