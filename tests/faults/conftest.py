"""Servers that the fault tests may kill, with a database and streams anew for each test; and the figures."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import nats
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from events import keyring, schema
from services import streams
from services.servers import EmbeddedNats, EmbeddedPostgres, Servers
from tests.faults.ground import Figures, Ground

_FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def mortal_home() -> Iterator[Path]:
    """The home of servers that no other test uses; they are killed and started again under it."""
    path = Path(tempfile.mkdtemp(prefix="bagalau-", dir="/tmp"))
    yield path
    EmbeddedNats(path).stop()
    EmbeddedPostgres(path).stop()
    shutil.rmtree(path)


@pytest.fixture
def ground(mortal_home: Path, tmp_path: Path) -> Iterator[Ground]:
    postgres, broker = EmbeddedPostgres(mortal_home), EmbeddedNats(mortal_home)
    postgres.start()
    broker.start()
    asyncio.run(_without_streams(broker.url))
    name = f"test_{uuid4().hex[:16]}"
    with psycopg.connect(postgres.url, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    url = make_conninfo(postgres.url, dbname=name)
    schema.migrate(url)
    keyring.save(keyring.create(os.urandom), tmp_path / "keyring.json")
    made = Ground(Servers(url, broker.url, embedded=True), postgres, broker, tmp_path)
    yield made
    made.close()
    postgres.start()
    broker.start()
    with psycopg.connect(postgres.url, autocommit=True) as conn:
        conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Takes a line that is printed at once (`-s`) and in the summary of the run."""
    kept = request.config.stash.setdefault(_FIGURES, [])

    def tell(line: str) -> None:
        kept.append(line)
        print(line)  # noqa: T201 - long runs are watched

    return tell


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if kept := config.stash.get(_FIGURES, []):
        terminalreporter.section("faults")
        for line in kept:
            terminalreporter.write_line(line)


async def _without_streams(url: str) -> None:
    async with await nats.connect(url) as client:
        js = client.jetstream()
        for stream in streams.STREAMS:
            try:
                await js.delete_stream(str(stream.name))
            except nats.js.errors.NotFoundError:
                continue
        await streams.provision(js)
