"""The servers that tests talk to: given by URL, else containers, else embedded. All of them real."""

import asyncio
import importlib
import importlib.util
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import nats
import psycopg
import pytest
from nats.js.errors import NotFoundError
from psycopg import sql
from psycopg.conninfo import make_conninfo

from services import streams
from services.servers import EmbeddedNats, EmbeddedPostgres, Servers, running

pytest_plugins = ["tests.sessions"]


def pytest_xdist_auto_num_workers() -> int | None:
    """One process where servers are given, as it empties them; else one for each core, with its own."""
    return 0 if "BAGALAU_POSTGRES_URL" in os.environ else None


_TRIES = 50
_SCHEMAS = ("events.schema", "projections.schema")


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """One PostgreSQL and one NATS for the whole run; they belong to the tests, which empty them."""
    given = "BAGALAU_POSTGRES_URL" in os.environ and "BAGALAU_NATS_URL" in os.environ
    with _given() if given else _containers() if _docker_answers() else _embedded() as found:
        if given and asyncio.run(_holds_facts(found.nats_url)):
            pytest.exit(
                f"{streams.FACTS} on BAGALAU_NATS_URL holds messages, and the tests would delete them.", 2
            )
        yield found


@pytest.fixture(scope="session")
def postgres_url(servers: Servers) -> str:
    """The migrator's URL; databases on it are made per test, see `database`."""
    return servers.postgres_url


@pytest.fixture(scope="session")
def nats_url(servers: Servers) -> str:
    """NATS as the tests before have left it, for core subjects and names of a test's own."""
    return servers.nats_url


@pytest.fixture
def fresh_nats_url(nats_url: str) -> Iterator[str]:
    """NATS with the product's streams and durables, all empty."""
    asyncio.run(_provision_anew(nats_url))
    yield nats_url
    asyncio.run(_delete_streams(nats_url))


@pytest.fixture(scope="session")
def template_database(postgres_url: str) -> Iterator[str]:
    """The name of a migrated database that is only ever copied."""
    with _created(postgres_url, None) as (name, url):
        for schema in _SCHEMAS:
            if importlib.util.find_spec(schema):
                importlib.import_module(schema).migrate(url)
        yield name


@pytest.fixture
def empty_database(postgres_url: str) -> Iterator[str]:
    """The URL of a database without any migration."""
    with _created(postgres_url, None) as (_, url):
        yield url


@pytest.fixture
def database(postgres_url: str, template_database: str) -> Iterator[str]:
    """The migrator's URL of a migrated, empty database of the test's own."""
    with _created(postgres_url, template_database) as (_, url):
        yield url


@pytest.fixture
def fresh_servers(servers: Servers, database: str, fresh_nats_url: str) -> Servers:
    """A database and streams of the test's own."""
    return Servers(database, fresh_nats_url, embedded=servers.embedded)


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty home for embedded servers, on a path short enough for a socket; what runs there is stopped."""
    path = Path(tempfile.mkdtemp(prefix="bagalau-", dir="/tmp"))
    yield path
    EmbeddedNats(path).stop()
    EmbeddedPostgres(path).stop()
    _removed(path)


def _removed(path: Path) -> None:
    """Removes the folder; what an interrupted initdb left running may still be writing for a moment."""
    for _ in range(_TRIES):
        with suppress(OSError):
            shutil.rmtree(path)
            return
        time.sleep(0.1)
    shutil.rmtree(path)


@pytest.fixture
def own_postgres(home: Path) -> EmbeddedPostgres:
    """A started PostgreSQL that the test may stop and kill."""
    server = EmbeddedPostgres(home)
    _start(server)
    return server


@pytest.fixture
def own_nats(home: Path) -> EmbeddedNats:
    """A started nats-server that the test may stop and kill, and whose store it may lose."""
    server = EmbeddedNats(home)
    _start(server)
    return server


@pytest.fixture(autouse=True)
def _no_role_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    # They name one database, and tests have one each.
    for name in list(os.environ):
        if name.startswith("BAGALAU_POSTGRES_URL_"):
            monkeypatch.delenv(name)


def _start(server: EmbeddedPostgres | EmbeddedNats) -> None:
    server.start()


@contextmanager
def _given() -> Iterator[Servers]:
    yield Servers(os.environ["BAGALAU_POSTGRES_URL"], os.environ["BAGALAU_NATS_URL"])


@contextmanager
def _embedded() -> Iterator[Servers]:
    with tempfile.TemporaryDirectory(prefix="bagalau-", dir="/tmp") as path, running(Path(path)) as found:
        yield found


def _docker_answers() -> bool:
    import docker  # noqa: PLC0415 - comes with testcontainers, which a server image does without

    try:
        return bool(docker.from_env(timeout=2).ping())
    except docker.errors.DockerException:
        return False


@contextmanager
def _containers() -> Iterator[Servers]:
    from testcontainers.community.nats import NatsContainer  # noqa: PLC0415 - slow to import
    from testcontainers.community.postgres import PostgresContainer  # noqa: PLC0415

    with ExitStack() as stack:
        postgres = stack.enter_context(PostgresContainer("postgres:18", driver=None))
        broker = stack.enter_context(NatsContainer("nats:2.15", jetstream=True))
        yield Servers(postgres.get_connection_url(), broker.nats_uri())


@contextmanager
def _created(postgres_url: str, template: str | None) -> Iterator[tuple[str, str]]:
    name = f"test_{uuid4().hex[:16]}"
    database = sql.Identifier(name)
    with psycopg.connect(postgres_url, autocommit=True) as conn:
        conn.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                database, sql.Identifier(template or "template0")
            )
        )
        try:
            yield name, make_conninfo(postgres_url, dbname=name)
        finally:
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))


async def _provision_anew(nats_url: str) -> None:
    async with await nats.connect(nats_url) as client:
        js = client.jetstream()
        for _ in range(_TRIES):
            await _delete(js)
            await streams.provision(js)
            # A busy server may make a stream anew before the files of the last one are gone.
            found = [await js.stream_info(str(stream.name)) for stream in streams.STREAMS]
            if not any(one.state.messages for one in found):
                return


async def _delete_streams(nats_url: str) -> None:
    async with await nats.connect(nats_url) as client:
        await _delete(client.jetstream())


async def _delete(js: nats.js.JetStreamContext) -> None:
    for stream in streams.STREAMS:
        with suppress(NotFoundError):
            await js.delete_stream(str(stream.name))


async def _holds_facts(nats_url: str) -> bool:
    async with await nats.connect(nats_url) as client:
        try:
            return (await client.jetstream().stream_info(streams.FACTS)).state.messages > 0
        except NotFoundError:
            return False
