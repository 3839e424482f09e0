"""`bagalau migrate` on a server of one's own, and services that look at it with a login each."""

import json
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from services.servers import EmbeddedPostgres
from tests.services.cli.commands import command, environment

pytestmark = pytest.mark.servers

ROOT = Path(__file__).parents[3]


def asked(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        env={**environment(home / "machine"), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_command_that_reads_loads_no_tool_for_migrations() -> None:
    reads = "import sys, services.cli.attached, services.viewers.looking; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", reads], cwd=ROOT, check=False).returncode == 0


def test_the_database_is_migrated_by_the_migrator_alone_and_its_rights_are_looked_at(
    home: Path, own_postgres: EmbeddedPostgres, nats_url: str
) -> None:
    migrator = {"BAGALAU_POSTGRES_URL": own_postgres.url}
    auditor = {
        "BAGALAU_POSTGRES_URL_AUDITOR": make_conninfo(own_postgres.url, user="bagalau_auditor"),
        "BAGALAU_NATS_URL": nats_url,
    }
    made = asked(home, "migrate", **migrator)
    assert made.returncode == 0, made.stderr
    assert "ledger: made, at" in made.stdout
    assert "projection: made, at" in made.stdout
    again = asked(home, "migrate", "--json", **migrator)
    (told,) = map(json.loads, again.stdout.splitlines())
    assert all(one["before"] == one["after"] for one in told["migrated"])
    with psycopg.connect(own_postgres.url, autocommit=True) as conn:
        conn.execute("UPDATE ledger.alembic_version SET version_num = '0005'")
    serving = asked(home, "serve", "witness", **auditor)
    assert serving.returncode == 1
    assert "schema-behind" in serving.stderr
    assert "bagalau migrate" in serving.stderr
    refused = asked(home, "migrate", **auditor)
    assert refused.returncode == 1
    assert "bagalau: migrator-url-missing: " in refused.stderr
    with psycopg.connect(own_postgres.url, autocommit=True) as conn:
        version = told["migrated"][0]["after"]
        conn.execute("UPDATE ledger.alembic_version SET version_num = %s", [version])
        conn.execute("GRANT SELECT ON projection.grades TO bagalau_auditor")
    differing = asked(home, "migrate", **migrator)
    assert differing.returncode == 1
    assert "grants-differ" in differing.stderr
    assert "too much: projection.grades: SELECT to bagalau_auditor" in differing.stderr
    assert "grants-differ" in asked(home, "serve", "witness", **auditor).stderr
    found = asked(home, "doctor", "--json", **migrator)
    rights = [
        one for one in json.loads(found.stdout)["findings"] if one["subject"] == "rights in the database"
    ]
    assert [one["verdict"] for one in rights] == ["stuck"]
